//go:build !race

package damage_test

import (
	"testing"

	"deskhand/apps/internal/share/damage"
)

// It holds with the race detector as well, but takes twenty seconds there.
func TestAllocatesNothing(t *testing.T) {
	for _, c := range changes() {
		f, res := damage.New(), damage.Result{}
		f.Find(c.old, c.new, c.hints, &res)
		if n := testing.AllocsPerRun(3, func() { f.Find(c.old, c.new, c.hints, &res) }); n != 0 {
			t.Errorf("%s: %v allocations", c.name, n)
		}
	}
}
