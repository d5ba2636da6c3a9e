package tile

import (
	"image"
	"image/color"
	"image/draw"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gomono"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
)

// picture is something like what stands on a desktop, the same at each run.
type picture struct {
	name  string
	most  int // bytes that a tile of Size may take on average
	all   int // bytes that the whole may take as one picture
	image *image.RGBA
}

const pictureW, pictureH = 1024, 512

func pictures(tb testing.TB) []picture {
	regular, mono := face(tb, goregular.TTF, 15), face(tb, gomono.TTF, 14)
	return []picture{
		{"text", 1500, 15000, textPage(regular, color.RGBA{34, 34, 34, 255}, color.White)},
		{"editor", 1450, 15000, textPage(mono, color.RGBA{212, 212, 212, 255}, color.RGBA{30, 30, 30, 255})},
		{"terminal", 200, 5000, terminal()},
		{"dialog", 500, 5000, dialog(regular)},
		{"gradient", 175, 20000, gradient()},
		{"photo", 8500, 1100000, photo()},
		{"empty", 4, 10, blank(color.RGBA{240, 240, 240, 255})},
	}
}

func face(tb testing.TB, ttf []byte, size float64) font.Face {
	tb.Helper()
	f, err := opentype.Parse(ttf)
	if err != nil {
		tb.Fatal(err)
	}
	made, err := opentype.NewFace(f, &opentype.FaceOptions{Size: size, DPI: 72, Hinting: font.HintingFull})
	if err != nil {
		tb.Fatal(err)
	}
	return made
}

func blank(c color.Color) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, pictureW, pictureH))
	box(img, img.Rect, c)
	return img
}

func box(img *image.RGBA, r image.Rectangle, c color.Color) {
	draw.Draw(img, r, image.NewUniform(c), image.Point{}, draw.Src)
}

func write(img *image.RGBA, f font.Face, at image.Point, text string, c color.Color) {
	d := font.Drawer{Dst: img, Src: image.NewUniform(c), Face: f, Dot: fixed.P(at.X, at.Y)}
	d.DrawString(text)
}

// sentence is n syllables that look like words.
func sentence(rnd *rand.Rand, n int) string {
	const syllables = "ka le mi no ru ste bra tion er ing de al om qui ja vo xe fy Wo Ta Be"
	all := strings.Fields(syllables)
	var b strings.Builder
	for range n {
		b.WriteString(all[rnd.IntN(len(all))])
		if rnd.IntN(3) == 0 {
			b.WriteByte(" .,; "[rnd.IntN(5)])
			b.WriteByte(' ')
		}
	}
	return b.String()
}

func textPage(f font.Face, ink, paper color.Color) *image.RGBA {
	img, rnd := blank(paper), rand.New(rand.NewPCG(1, 2))
	links := []color.Color{ink, ink, ink, color.RGBA{86, 156, 214, 255}, color.RGBA{106, 153, 85, 255}}
	for y := 24; y < pictureH; y += 20 {
		write(img, f, image.Pt(12, y), sentence(rnd, 20+rnd.IntN(40)), links[rnd.IntN(len(links))])
	}
	return img
}

// terminal is letters of two colours without smoothing.
func terminal() *image.RGBA {
	img, rnd := blank(color.Black), rand.New(rand.NewPCG(3, 4))
	var glyphs [40][8]uint8
	for i := range glyphs {
		for y := range 8 {
			glyphs[i][y] = uint8(rnd.IntN(128)) & (uint8(rnd.IntN(64)) << 1)
		}
	}
	for y := 2; y+8 < pictureH; y += 13 {
		for x := 4; x < 200+rnd.IntN(pictureW-220); x += 7 {
			for dy, bits := range glyphs[rnd.IntN(len(glyphs))] {
				for dx := range 8 {
					if bits>>dx&1 == 1 {
						img.SetRGBA(x+dx, y+dy, color.RGBA{229, 229, 229, 255})
					}
				}
			}
		}
	}
	return img
}

func dialog(f font.Face) *image.RGBA {
	img, rnd := blank(color.RGBA{236, 238, 242, 255}), rand.New(rand.NewPCG(5, 6))
	for y := range 48 {
		box(img, image.Rect(0, y, pictureW, y+1), color.RGBA{40, uint8(60 + y), uint8(120 + 2*y), 255})
	}
	for row := range 10 {
		for column := range 5 {
			r := image.Rect(20+column*200, 64+row*44, 200+column*200, 96+row*44)
			box(img, r, color.RGBA{190, 196, 206, 255})
			box(img, r.Inset(1), color.White)
			write(img, f, r.Min.Add(image.Pt(10, 21)), sentence(rnd, 5), color.RGBA{40, 40, 60, 255})
		}
	}
	return img
}

func gradient() *image.RGBA {
	img := blank(color.Black)
	for y := range pictureH {
		for x := range pictureW {
			img.SetRGBA(x, y, color.RGBA{uint8(x / 4), uint8(y / 2), uint8((x + y) / 6), 255})
		}
	}
	return img
}

// photo is soft shapes with the grain of a sensor.
func photo() *image.RGBA {
	img, rnd := blank(color.Black), rand.New(rand.NewPCG(7, 8))
	for y := range pictureH {
		for x := range pictureW {
			fx, fy := float64(x), float64(y)
			light := 120 + 50*math.Sin(fx/90)*math.Cos(fy/70) + 30*math.Sin((fx+2*fy)/31)
			grain := func() float64 { return rnd.NormFloat64() * 3 }
			img.SetRGBA(x, y, color.RGBA{uint8(light + grain()), uint8(light*0.9 + grain()), uint8(200 - light/2 + grain()), 255})
		}
	}
	return img
}
