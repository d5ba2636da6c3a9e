package paint

import (
	"image"

	"deskhand/apps/internal/watch"
	"deskhand/protocol/frame"
	"deskhand/protocol/pixel"
	"deskhand/ui/viewer"
)

// Source is a customer's picture; see watch.Picture.
type Source interface {
	Layout() frame.Layout
	Pointer() frame.Cursor
	Shape() watch.Shape
	Read(display int, f func(img pixel.Image, dirty []image.Rectangle)) bool
	Peek(display int, f func(img pixel.Image)) bool
}

// Thumbnail is a customer's first display made small enough for a place of most pixels; false while nothing is shown. It
// costs a few milliseconds for a large display: a caller that wants to stay fresh asks once a second or less.
func Thumbnail(s Source, most image.Point) (img *image.RGBA, ok bool) {
	l := s.Layout()
	if len(l.Displays) == 0 {
		return nil, false
	}
	ok = s.Peek(l.Displays[0].ID, func(m pixel.Image) { img = viewer.Thumbnail(viewer.Pixels(m), most) })
	return img, ok
}
