package capture

import (
	"bytes"
	"image"

	"deskhand/protocol/pixel"
)

// cell is the side of the squares by which pictures are compared.
const cell = 64

// update makes shown like taken, which has the same size, and appends squares, joined from left to right, that cover
// all pixels in which they differed.
func update(dirty []image.Rectangle, shown, taken pixel.Image) []image.Rectangle {
	begin := len(dirty)
	for y := 0; y < taken.H; y += cell {
		for x := 0; x < taken.W; x += cell {
			r := image.Rect(x, y, x+cell, y+cell).Intersect(taken.Bounds())
			if same(shown.Sub(r), taken.Sub(r)) {
				continue
			}
			pixel.Copy(shown, x, y, taken.Sub(r))
			if n := len(dirty) - 1; n >= begin && dirty[n].Min.Y == y && dirty[n].Max.X == x {
				dirty[n].Max.X = r.Max.X
			} else {
				dirty = append(dirty, r)
			}
		}
	}
	return dirty
}

// same compares whole bytes: the fourth ones come from the same system and are the same while the colours are.
func same(a, b pixel.Image) bool {
	for y := range a.H {
		if !bytes.Equal(a.Row(y), b.Row(y)) {
			return false
		}
	}
	return true
}
