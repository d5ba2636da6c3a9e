package paint

import (
	"image"
	"sync"

	"deskhand/apps/internal/watch"
	"deskhand/protocol/frame"
	"deskhand/protocol/pixel"
)

// Source is a customer's picture; see watch.Picture.
type Source interface {
	Layout() frame.Layout
	Pointer() frame.Cursor
	Read(display int, f func(img pixel.Image, dirty []image.Rectangle)) bool
	Peek(display int, f func(img pixel.Image)) bool
}

// Of makes a source of a watched picture. This is the one place where its pixels are converted.
func Of(p *watch.Picture) Source { return &converted{Picture: p, images: map[int]pixel.Image{}} }

// converted keeps a copy of each display that has been read.
type converted struct {
	*watch.Picture

	mu     sync.Mutex
	images map[int]pixel.Image
}

func (c *converted) Read(display int, f func(pixel.Image, []image.Rectangle)) bool {
	return c.Picture.Read(display, func(img *image.RGBA, dirty []image.Rectangle) {
		c.mu.Lock()
		defer c.mu.Unlock()
		m := c.images[display]
		if m.Bounds() != img.Rect {
			m = pixel.New(img.Rect.Dx(), img.Rect.Dy())
			c.images[display] = m
		}
		for _, r := range dirty {
			for y := r.Min.Y; y < r.Max.Y; y++ {
				pixel.Swap(m.Row(y)[pixel.Bytes*r.Min.X:pixel.Bytes*r.Max.X], img.Pix[img.PixOffset(r.Min.X, y):])
			}
		}
		f(m, dirty)
	})
}

func (c *converted) Peek(display int, f func(pixel.Image)) bool {
	return c.Picture.Peek(display, func(*image.RGBA) {
		c.mu.Lock()
		defer c.mu.Unlock()
		if m := c.images[display]; !m.Empty() {
			f(m)
		}
	})
}
