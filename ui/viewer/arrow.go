package viewer

import (
	"image"
	"image/color"
)

// Shape is what a cursor looks like: blue, green, red, alpha, premultiplied. It is not changed once it is in use.
type Shape struct {
	Pixels
	Hot image.Point // the pixel that points
}

// arrow is the cursor until its real shape is known, seen on light and on dark.
func arrow() *Shape {
	drawing := [...]string{
		"#           ",
		"##          ",
		"#.#         ",
		"#..#        ",
		"#...#       ",
		"#....#      ",
		"#.....#     ",
		"#......#    ",
		"#.......#   ",
		"#........#  ",
		"#.........# ",
		"#......#####",
		"#...#..#    ",
		"#..# #..#   ",
		"#.#  #..#   ",
		"##    #..#  ",
		"#     #..#  ",
		"       ##   ",
	}
	s := &Shape{Pixels: NewPixels(image.Pt(len(drawing[0]), len(drawing)))}
	for y, line := range drawing {
		for x, c := range line {
			switch c {
			case '#':
				copy(s.row(y)[pixelBytes*x:], []byte{0x18, 0x14, 0x10, 0xff})
			case '.':
				copy(s.row(y)[pixelBytes*x:], []byte{0xff, 0xff, 0xff, 0xff})
			}
		}
	}
	return s
}

// Image implements desktop.Cursor.
func (s *Shape) Image() (img image.Image, x, y int) { return s.image(), s.Hot.X, s.Hot.Y }

// image is the shape as Fyne wants it.
func (s *Shape) image() image.Image {
	img := image.NewRGBA(s.bounds())
	for y := range s.H {
		for x := range s.W {
			c := s.row(y)[pixelBytes*x:]
			img.SetRGBA(x, y, color.RGBA{R: c[2], G: c[1], B: c[0], A: c[3]})
		}
	}
	return img
}

// drawOn blends a shape into pixels with its corner at a point, each of its pixels as a square of factor pixels. What
// lies outside is left out.
func (s *Shape) drawOn(dst Pixels, at image.Point, factor int) {
	r := image.Rectangle{Min: at, Max: at.Add(s.Size().Mul(factor))}.Intersect(dst.bounds())
	for y := r.Min.Y; y < r.Max.Y; y++ {
		to, from := dst.row(y), s.row((y-at.Y)/factor)
		for x := r.Min.X; x < r.Max.X; x++ {
			blend(to[pixelBytes*x:][:3:3], from[(x-at.X)/factor*pixelBytes:][:4:4])
		}
	}
}

func blend(to, from []byte) {
	rest := 255 - uint32(from[3])
	for i := range to {
		to[i] = byte(min(255, uint32(from[i])+(uint32(to[i])*rest+127)/255))
	}
}
