//go:build cgo && (linux || windows) && !nocodecs

package photo_test

import (
	"fmt"
	"testing"

	"deskhand/apps/internal/photo"
	"deskhand/protocol/pixel"
)

func TestNothingIsAllocated(t *testing.T) {
	p, got := landscape(256, 256), pixel.New(256, 256)
	e, d := photo.NewEncoder(), photo.NewDecoder()
	defer e.Close()
	defer d.Close()
	var body []byte
	var err error
	if n := testing.AllocsPerRun(20, func() {
		if body, err = e.Append(body[:0], p, 75, photo.Full444); err == nil {
			err = d.Decode(got, body)
		}
	}); n != 0 || err != nil {
		t.Errorf("%v allocations, %v", n, err)
	}
}

func BenchmarkPhoto(b *testing.B) {
	p := landscape(1280, 720)
	for _, sub := range []photo.Sampling{photo.Full444, photo.Half420} {
		e, d := photo.NewEncoder(), photo.NewDecoder()
		body := encode(b, p, 75, sub)
		b.Run(fmt.Sprintf("encode 720p sampling %d", sub), func(b *testing.B) {
			b.ReportAllocs()
			b.ReportMetric(float64(len(body))/1e3, "kB")
			for b.Loop() {
				body, _ = e.Append(body[:0], p, 75, sub)
			}
		})
		got := pixel.New(p.W, p.H)
		b.Run(fmt.Sprintf("decode 720p sampling %d", sub), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_ = d.Decode(got, body)
			}
		})
		e.Close()
		d.Close()
	}
}
