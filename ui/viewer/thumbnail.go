package viewer

import (
	"image"
)

// Thumbnail is a picture made small enough for a place of most pixels, or as it is if it fits. It shares nothing.
func Thumbnail(img Pixels, most image.Point) *image.RGBA {
	if img.Empty() || most.X <= 0 || most.Y <= 0 {
		return image.NewRGBA(image.Rectangle{})
	}
	size := img.Size()
	if size.X > most.X {
		size = image.Pt(most.X, max(1, img.H*most.X/img.W))
	}
	if size.Y > most.Y {
		size = image.Pt(max(1, img.W*most.Y/img.H), most.Y)
	}
	var s scaler
	out := NewPixels(size)
	s.paint(out, img, out.bounds(), size)
	swap(out.Pix)
	return &image.RGBA{Pix: out.Pix, Stride: out.Stride, Rect: out.bounds()}
}
