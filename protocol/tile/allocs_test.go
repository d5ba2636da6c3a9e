//go:build !race

package tile

import (
	"image"
	"testing"

	"deskhand/protocol/pixel"
)

// The race detector makes sync.Pool forget at random, and the decompressor pools its tables: this holds without it.
func TestAllocatesNothing(t *testing.T) {
	e, d := NewEncoder(), NewDecoder()
	for _, pic := range pictures(t) {
		t.Run(pic.name, func(t *testing.T) {
			whole := pixel.FromRGBA(pic.image)
			parts := []pixel.Image{whole, whole.Sub(image.Rect(64, 64, 128, 128)), whole.Sub(image.Rect(20, 10, 30, 30))}
			out := []pixel.Image{newImage(pictureW, pictureH), newImage(64, 64), newImage(10, 20)}
			buf := make([]byte, 0, 2*MaxBody(pictureW, pictureH))
			n := testing.AllocsPerRun(3, func() {
				for i, p := range parts {
					buf = e.Append(buf[:0], p)
					if err := d.Decode(out[i], buf); err != nil || !pixel.Equal(p, out[i]) {
						t.Error("came back otherwise: ", err)
					}
				}
			})
			if n != 0 {
				t.Errorf("%v allocations", n)
			}
		})
	}
}
