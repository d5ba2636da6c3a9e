package capture

import (
	"image"
	"image/color"
	"sync"

	"deskhand/protocol/frame"
	"deskhand/protocol/pixel"
)

// Album is a display in memory whose pictures are compared.
type Album struct{ album }

// NewAlbum makes a black display and the source that looks at it.
func NewAlbum(w, h int) (*Album, Source) {
	a := &Album{album{img: pixel.New(w, h)}}
	return a, newPolled(Config{}.withDefaults(), &a.album)
}

// Fill paints.
func (a *Album) Fill(r image.Rectangle, c color.RGBA) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.img.Sub(r).Fill(c.R, c.G, c.B)
}

// Point moves the pointer.
func (a *Album) Point(x, y int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.at = image.Pt(x, y)
}

// Shape gives the pointer another form.
func (a *Album) Shape(shape pixel.Image, hot image.Point) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.form, a.hot = shape, hot
	a.serial++
}

// album is a camera of pictures in memory.
type album struct {
	mu  sync.Mutex
	img pixel.Image
	at  image.Point

	form   pixel.Image // of the pointer
	hot    image.Point
	serial uint64
}

func (a *album) displays() ([]frame.Display, error) {
	return []frame.Display{{X: -10, Y: 5, W: a.img.W, H: a.img.H, Primary: true}}, nil
}

func (a *album) picture(frame.Display) (pixel.Image, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	taken := pixel.New(a.img.W, a.img.H)
	pixel.Copy(taken, 0, 0, a.img)
	return taken, nil
}

func (a *album) pointer() (image.Point, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.at.Add(image.Pt(-10, 5)), true
}

func (a *album) shape(known uint64) (Cursor, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return newCursor(a.form, a.hot, a.serial), a.serial != known
}
