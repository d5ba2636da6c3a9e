package paint

import (
	"image"

	"deskhand/apps/internal/watch"
	"deskhand/protocol/frame"
	"deskhand/protocol/pixel"
)

// Source is a customer's picture; see watch.Picture.
type Source interface {
	Layout() frame.Layout
	Pointer() frame.Cursor
	Shape() watch.Shape
	Read(display int, f func(img pixel.Image, dirty []image.Rectangle)) bool
	Peek(display int, f func(img pixel.Image)) bool
}
