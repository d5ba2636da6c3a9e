package watch

import (
	"testing"

	"deskhand/apps/internal/roomtest"
	"deskhand/protocol/frame"
	"deskhand/protocol/pixel"
)

// TestEndHidesThePicture: when the connection or the session has ended nothing is shared, whatever was shown last.
func TestEndHidesThePicture(t *testing.T) {
	room := roomtest.NewRelay(t).Join(t, 2)
	room.Set(true, false)
	w := New(nil)
	stop, _ := roomtest.Run(t, w, room)
	<-w.Picture().Changed() // shown
	w.Picture().arrange(frame.Layout{Generation: 1, TileSize: 64, Displays: []frame.Display{one}})
	w.Picture().become(Shape{Image: pixel.New(8, 8)})
	if w.Picture().Shape().Image.Empty() {
		t.Error("the pointer's shape is not seen")
	}
	_ = stop()
	if !w.Picture().Shape().Image.Empty() {
		t.Error("the pointer's shape is still seen")
	}
	if n := len(w.Picture().Layout().Displays); n != 0 {
		t.Errorf("%d displays are still seen", n)
	}
	select {
	case <-w.Picture().Changed():
	default:
		t.Error("nobody is told that the picture has gone")
	}
}
