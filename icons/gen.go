//go:build ignore

// Gen draws what this package embeds from what people edit: the line drawings in strokes/ become outlines in svg/,
// because Fyne neither colours nor scales strokes, and the drawings in app/ become pictures. Run it in this folder:
//
//	go run gen.go
package main

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"log"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/fyne-io/oksvg"
	"github.com/srwiley/rasterx"
	"golang.org/x/image/math/fixed"
)

const (
	grid  = 24
	fine  = 64    // units a grid unit is divided into while outlining
	slack = 0.012 // grid units that a point may move when outlines are thinned out
)

func main() {
	drawings, err := filepath.Glob("strokes/*.svg")
	check(err)
	for _, f := range drawings {
		out := filepath.Join("svg", filepath.Base(f))
		check(os.WriteFile(out, outline(f), 0o644))
	}
	for _, size := range []int{16, 24, 32, 48, 64, 128, 256} {
		source := "app/deskhand.svg"
		if size <= 24 {
			source = "app/deskhand-small.svg"
		}
		picture(source, fmt.Sprintf("app/deskhand-%d.png", size), size)
	}
	trays, err := filepath.Glob("app/tray-*.svg")
	check(err)
	for _, f := range trays {
		picture(f, strings.TrimSuffix(f, ".svg")+".png", 64)
	}
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func picture(source, out string, size int) {
	icon, err := oksvg.ReadIcon(source)
	check(err)
	icon.SetTarget(0, 0, float64(size), float64(size))
	img := image.NewRGBA(image.Rect(0, 0, size, size))
	icon.Draw(rasterx.NewDasher(size, size, rasterx.NewScannerGV(size, size, img, img.Bounds())), 1)
	var b bytes.Buffer
	check((&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, img))
	check(os.WriteFile(out, b.Bytes(), 0o644))
}

// outline turns the strokes of a drawing into filled shapes.
func outline(file string) []byte {
	icon, err := oksvg.ReadIcon(file)
	check(err)
	icon.SetTarget(0, 0, grid*fine, grid*fine)
	for i := range icon.SVGPaths {
		icon.SVGPaths[i].LineWidth *= fine
	}
	tape := &recorder{}
	icon.Draw(rasterx.NewDasher(grid*fine, grid*fine, tape), 1)
	tape.end()
	var d strings.Builder
	for _, shape := range tape.shapes {
		write(&d, thin(shape))
	}
	return fmt.Appendf(nil, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d"><path d="%s"/></svg>`+"\n", grid, grid, d.String())
}

type point struct{ x, y float64 }

// recorder is a rasterx.Scanner that keeps the outlines instead of filling them. A stroke arrives as edges in no
// order; together they close.
type recorder struct {
	rasterx.Scanner
	shapes [][]point
	edges  [][]fixed.Point26_6
}

func (r *recorder) Start(a fixed.Point26_6) { r.edges = append(r.edges, []fixed.Point26_6{a}) }
func (r *recorder) Line(b fixed.Point26_6) {
	last := len(r.edges) - 1
	r.edges[last] = append(r.edges[last], b)
}
func (r *recorder) Draw()                                  { r.end() }
func (r *recorder) Clear()                                 { r.edges = nil }
func (r *recorder) SetColor(any)                           {}
func (r *recorder) SetWinding(bool)                        {}
func (r *recorder) SetBounds(int, int)                     {}
func (r *recorder) SetClip(image.Rectangle)                {}
func (r *recorder) GetPathExtent() (b fixed.Rectangle26_6) { return b }

// end chains the edges into closed shapes.
func (r *recorder) end() {
	for len(r.edges) > 0 {
		chain := r.edges[0]
		r.edges = r.edges[1:]
		for !near(chain[0], chain[len(chain)-1]) || len(chain) < 3 {
			next := r.after(chain[len(chain)-1])
			if next < 0 {
				break
			}
			chain = append(chain, r.edges[next][1:]...)
			r.edges = append(r.edges[:next:next], r.edges[next+1:]...)
		}
		if len(chain) < 3 {
			continue
		}
		shape := make([]point, len(chain))
		for i, p := range chain {
			shape[i] = point{float64(p.X) / 64 / fine, float64(p.Y) / 64 / fine}
		}
		r.shapes = append(r.shapes, shape)
	}
}

func (r *recorder) after(end fixed.Point26_6) int {
	return slices.IndexFunc(r.edges, func(e []fixed.Point26_6) bool { return near(e[0], end) })
}

func near(a, b fixed.Point26_6) bool {
	d := a.Sub(b)
	return max(d.X, -d.X) <= 8 && max(d.Y, -d.Y) <= 8
}

// thin leaves out points that lie on the line between their neighbours (Douglas and Peucker).
func thin(p []point) []point {
	if len(p) < 3 {
		return p
	}
	first, last := p[0], p[len(p)-1]
	far, where := 0.0, 0
	for i := 1; i < len(p)-1; i++ {
		if d := distance(p[i], first, last); d > far {
			far, where = d, i
		}
	}
	if far <= slack {
		return []point{first, last}
	}
	left := thin(p[:where+1])
	return append(left[:len(left)-1:len(left)-1], thin(p[where:])...)
}

func distance(p, a, b point) float64 {
	dx, dy := b.x-a.x, b.y-a.y
	length := math.Hypot(dx, dy)
	if length < 1e-9 {
		return math.Hypot(p.x-a.x, p.y-a.y)
	}
	return math.Abs(dy*(p.x-a.x)-dx*(p.y-a.y)) / length
}

func write(d *strings.Builder, shape []point) {
	was := [2]int{}
	for i, p := range shape {
		now := [2]int{int(math.Round(p.x * 100)), int(math.Round(p.y * 100))}
		switch {
		case i == 0:
			fmt.Fprintf(d, "M%s %s", number(now[0]), number(now[1]))
		case now != was:
			fmt.Fprintf(d, "l%s %s", number(now[0]-was[0]), number(now[1]-was[1]))
		}
		was = now
	}
	d.WriteString("z")
}

func number(hundredths int) string {
	s := fmt.Sprintf("%.2f", float64(hundredths)/100)
	return strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
}
