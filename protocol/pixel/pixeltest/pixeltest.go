// Package pixeltest makes pictures for the tests of lossy codecs and says how alike two are.
package pixeltest

import (
	"math"
	"math/rand/v2"

	"deskhand/protocol/pixel"
)

// Landscape is a picture like a photo: soft shapes with noise of up to grain either way. It is always the same one.
func Landscape(w, h, grain int) pixel.Image {
	rnd := rand.New(rand.NewPCG(1, 2))
	m := pixel.New(w, h)
	for y := range h {
		row := m.Row(y)
		for x := range w {
			fx, fy := float64(x), float64(y)
			g := rnd.IntN(2*grain+1) - grain
			row[4*x] = byte(128 + int(90*math.Sin(fx/37+fy/90)) + g)
			row[4*x+1] = byte(128 + int(80*math.Sin(fx/53-fy/31)) + g)
			row[4*x+2] = byte(128 + int(70*math.Cos(fx/71)*math.Sin(fy/43)) + g)
		}
	}
	return m
}

// PSNR is the likeness of two pictures of one size in dB over blue, green and red.
func PSNR(a, b pixel.Image) float64 {
	sum := 1e-9
	for y := range a.H {
		ra, rb := a.Row(y), b.Row(y)
		for i := range ra {
			if i%pixel.Bytes != 3 {
				d := float64(ra[i]) - float64(rb[i])
				sum += d * d
			}
		}
	}
	return 10 * math.Log10(255*255*3*float64(a.W*a.H)/sum)
}
