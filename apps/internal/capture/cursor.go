package capture

import (
	"image"

	"deskhand/protocol/pixel"
)

// maxCursor is the largest side of a cursor's shape, in pixels.
const maxCursor = 256

// Cursor is what the pointer looks like.
type Cursor struct {
	// Shape is B, G, R and alpha, colours multiplied by alpha, up to 256x256. It is empty while the shape is unknown:
	// show an arrow then. Its pixels never change: another shape has other memory.
	Shape pixel.Image
	// Hot is the pixel of Shape that stands at the pointer's place; it lies within.
	Hot image.Point
	// Serial tells shapes of one Source apart; 0 is the unknown one.
	Serial uint64
}

// newCursor cuts a shape that is too large down to what is around its hot spot.
func newCursor(shape pixel.Image, hot image.Point, serial uint64) Cursor {
	if shape.Empty() {
		return Cursor{}
	}
	hot = image.Pt(min(max(hot.X, 0), shape.W-1), min(max(hot.Y, 0), shape.H-1))
	corner := image.Pt(
		min(max(hot.X-maxCursor/2, 0), max(shape.W-maxCursor, 0)),
		min(max(hot.Y-maxCursor/2, 0), max(shape.H-maxCursor, 0)),
	)
	r := image.Rectangle{corner, corner.Add(image.Pt(maxCursor, maxCursor))}.Intersect(shape.Bounds())
	return Cursor{Shape: shape.Sub(r), Hot: hot.Sub(corner), Serial: serial}
}
