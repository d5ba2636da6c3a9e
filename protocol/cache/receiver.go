package cache

import (
	"errors"
	"fmt"
	"image"

	"deskhand/protocol/pixel"
)

// Receiver holds the content that the sender wants held.
type Receiver struct {
	pieces []piece
}

// piece is an entry's content, row by row without gaps. Its memory, that of a whole piece, stays for the next content.
type piece struct {
	pix  []byte
	w, h int // 0: unknown
}

// NewReceiver makes a Receiver for as many entries as the Sender has; 0 stands for Entries, as there. It takes 16 KiB of
// memory for each entry that is used.
func NewReceiver(entries int) *Receiver { return &Receiver{pieces: make([]piece, count(entries))} }

// Forget makes all entries unknown.
func (r *Receiver) Forget() {
	for i := range r.pieces {
		r.pieces[i].w, r.pieces[i].h = 0, 0
	}
}

// Keep stores p, which it copies, as an entry. It refuses entries that there are not, and pieces that are empty or too
// large.
func (r *Receiver) Keep(entry uint16, p pixel.Image) error {
	if int(entry) >= len(r.pieces) {
		return fmt.Errorf("cache: entry %d of %d", entry, len(r.pieces))
	}
	if !fits(p) {
		return fmt.Errorf("cache: a piece of %dx%d pixels", p.W, p.H)
	}
	e := &r.pieces[entry]
	if e.pix == nil {
		e.pix = make([]byte, Side*Side*pixel.Bytes)
	}
	e.w, e.h = p.W, p.H
	pixel.Copy(e.image(), 0, 0, p)
	return nil
}

// Size is how large an entry is, in pixels; known is false if there is none.
func (r *Receiver) Size(entry uint16) (size image.Point, known bool) {
	if int(entry) >= len(r.pieces) || r.pieces[entry].w == 0 {
		return image.Point{}, false
	}
	return image.Pt(r.pieces[entry].w, r.pieces[entry].h), true
}

// Draw copies an entry to dst with its corner at at. It refuses entries that are unknown or do not fit there.
func (r *Receiver) Draw(dst pixel.Image, at image.Point, entry uint16) error {
	size, known := r.Size(entry)
	if !known {
		return fmt.Errorf("cache: entry %d is unknown", entry)
	}
	if !dst.Holds() || at.X < 0 || at.Y < 0 || at.X > dst.W-size.X || at.Y > dst.H-size.Y {
		return errors.New("cache: drawn outside of the picture")
	}
	pixel.Copy(dst, at.X, at.Y, r.pieces[entry].image())
	return nil
}

func (e *piece) image() pixel.Image {
	return pixel.Image{Pix: e.pix[:e.w*e.h*pixel.Bytes], Stride: e.w * pixel.Bytes, W: e.w, H: e.h}
}
