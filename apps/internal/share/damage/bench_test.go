package damage_test

import (
	"image"
	"testing"

	"deskhand/apps/internal/share/damage"
	"deskhand/protocol/pixel"
)

// change is a pair of full-HD pictures and hints.
type change struct {
	name     string
	old, new pixel.Image
	hints    []image.Rectangle
}

func changes() []change {
	const w, h = 1920, 1080
	rnd := random(77)
	page, other := pixel.New(w, h), pixel.New(w, h)
	text(rnd, page)
	text(rnd, other)
	all := whole(page)
	made := func(f func(m pixel.Image)) pixel.Image {
		m := clone(page)
		f(m)
		return m
	}
	glyph := image.Rect(900, 500, 907, 511)
	typed := made(func(m pixel.Image) { invert(m.Sub(glyph)) })
	static := made(func(m pixel.Image) { noise(rnd, m) })
	windowed := pixel.New(800, 600)
	text(rnd, windowed)
	return []change{
		{"nothing", page, clone(page), all},
		{"glyph, tight hint", page, typed, []image.Rectangle{glyph}},
		{"glyph, full hint", page, typed, all},
		{"page", page, other, all},
		{"noise", static, made(func(m pixel.Image) { noise(rnd, m) }), all},
		{"video", page, made(func(m pixel.Image) { noise(rnd, m.Sub(image.Rect(320, 160, 1600, 880))) }), all},
		{"specks", page, made(func(m pixel.Image) {
			for range 4000 {
				set(m, rnd.IntN(w), rnd.IntN(h), 1, 2, 3)
			}
		}), all},
		{"scroll", page, made(func(m pixel.Image) { scrolled(rnd, m, image.Rect(0, 48, w, 1032), image.Pt(0, -57)) }), all},
		{"half page", page, made(func(m pixel.Image) { scrolled(rnd, m, image.Rect(200, 48, w-15, 1032), image.Pt(0, 513)) }), all},
		{"two panes", page, made(func(m pixel.Image) {
			scrolled(rnd, m, image.Rect(20, 48, 900, 1032), image.Pt(0, -57))
			scrolled(rnd, m, image.Rect(930, 48, w, 1032), image.Pt(0, 38))
		}), all},
		{"to the left", page, made(func(m pixel.Image) { scrolled(rnd, m, image.Rect(100, 48, w, 1032), image.Pt(-77, 0)) }), all},
		{
			"window",
			made(func(m pixel.Image) { pixel.Copy(m, 500, 200, windowed) }),
			made(func(m pixel.Image) { pixel.Copy(m, 533, 177, windowed) }),
			all,
		},
	}
}

func BenchmarkFind(b *testing.B) {
	for _, c := range changes() {
		b.Run(c.name, func(b *testing.B) {
			f, res := damage.New(), damage.Result{}
			b.SetBytes(int64(area(c.hints) * pixel.Bytes))
			b.ReportAllocs()
			for b.Loop() {
				f.Find(c.old, c.new, c.hints, &res)
			}
			b.ReportMetric(float64(len(res.Copies)), "copies")
			b.ReportMetric(float64(len(res.Dirty)), "rects")
			b.ReportMetric(float64(area(res.Dirty)), "px")
		})
	}
}
