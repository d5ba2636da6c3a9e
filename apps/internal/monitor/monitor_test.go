package monitor

import (
	"errors"
	"testing"
)

// TestList holds on every system: displays with IDs in order, or an error that says that there are none.
func TestList(t *testing.T) {
	displays, err := List()
	if err != nil {
		if !errors.Is(err, ErrNone) || displays != nil {
			t.Errorf("List = %v, %v", displays, err)
		}
		return
	}
	for i, d := range displays {
		if d.ID != i || d.W < 1 || d.H < 1 {
			t.Errorf("display %d is %+v", i, d)
		}
	}
}
