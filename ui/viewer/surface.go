package viewer

import "image"

// Surface is a rectangle of a native window that shows pixels without Fyne, above what Fyne paints there. It takes no
// input: pointer and keys go to the window below. One goroutine uses it. After an error it is of no more use and has to
// be closed.
type Surface interface {
	// Buffer gives rows of BGRX pixels for a picture of a size, to be written until Present is called. It waits until
	// what was presented before has been read. The pixels are those of before as long as the size is the same.
	Buffer(size image.Point) (pix []byte, stride int, err error)
	// Present shows the buffer with its corner at a pixel of the window. Only dirty has changed since the call before;
	// when size or place change, or it was hidden, dirty is all of it.
	Present(at image.Point, dirty []image.Rectangle) error
	// Hide takes it away until the next Present.
	Hide() error
	// Close lets go of everything.
	Close()
}
