package trace

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"io"
	"time"

	"github.com/klauspost/compress/zstd"

	"deskhand/apps/internal/capture"
	"deskhand/protocol/frame"
	"deskhand/protocol/pixel"
)

// cell is the side of the squares in which a Writer looks for what has really changed.
const cell = 32

// Writer writes frames down.
type Writer struct {
	out   io.Writer
	zip   *zstd.Encoder
	buf   []byte
	shown []pixel.Image // as a Reader has them
	last  time.Time
}

// NewWriter begins a trace.
func NewWriter(out io.Writer) (*Writer, error) {
	if _, err := io.WriteString(out, magic); err != nil {
		return nil, fmt.Errorf("trace: %w", err)
	}
	zip, err := zstd.NewWriter(out, zstd.WithEncoderLevel(zstd.SpeedBestCompression), zstd.WithWindowSize(maxWindow),
		zstd.WithEncoderConcurrency(1))
	if err != nil {
		return nil, fmt.Errorf("trace: %w", err)
	}
	return &Writer{out: out, zip: zip}, nil
}

// Write appends a frame. A Reader of what has been written so far gets it at once.
func (w *Writer) Write(f *capture.Frame) error {
	if w.last.IsZero() {
		w.last = f.CapturedAt
	}
	w.buf = binary.AppendUvarint(w.buf[:0], uint64(max(0, f.CapturedAt.Sub(w.last).Microseconds())))
	w.last = f.CapturedAt
	parts := uint64(0)
	for _, p := range []struct {
		flag uint64
		set  bool
	}{{hasLayout, f.Relayout}, {hasPointer, f.PointerMoved || f.Relayout}, {hasCursor, f.CursorChanged || f.Relayout}} {
		if p.set {
			parts |= p.flag
		}
	}
	w.buf = binary.AppendUvarint(w.buf, parts)
	if parts&hasLayout != 0 {
		w.layout(f.Displays)
	}
	if parts&hasPointer != 0 {
		w.pointer(f.Pointer)
	}
	if parts&hasCursor != 0 {
		w.cursor(f.Cursor)
	}
	for i := range w.shown {
		w.changes(w.shown[i], f.Images[i], f.Dirty[i])
	}
	if _, err := w.zip.Write(w.buf); err != nil {
		return fmt.Errorf("trace: %w", err)
	}
	if err := w.zip.Flush(); err != nil {
		return fmt.Errorf("trace: %w", err)
	}
	return nil
}

func (w *Writer) layout(displays []frame.Display) {
	w.shown = nil
	w.buf = binary.AppendUvarint(w.buf, uint64(len(displays)))
	for _, d := range displays {
		w.shown = append(w.shown, pixel.New(d.W, d.H))
		w.buf = binary.AppendVarint(w.buf, int64(d.X))
		w.buf = binary.AppendVarint(w.buf, int64(d.Y))
		w.numbers(d.W, d.H)
		w.truth(d.Primary)
		name := d.Name[:min(len(d.Name), maxName)]
		w.numbers(len(name))
		w.buf = append(w.buf, name...)
	}
}

func (w *Writer) pointer(p capture.Pointer) {
	w.numbers(p.Display)
	w.buf = binary.AppendVarint(w.buf, int64(p.X))
	w.buf = binary.AppendVarint(w.buf, int64(p.Y))
	w.truth(p.Visible)
}

func (w *Writer) cursor(c capture.Cursor) {
	w.numbers(c.Shape.W)
	if c.Shape.Empty() {
		return
	}
	w.numbers(c.Shape.H, c.Hot.X, c.Hot.Y)
	for y := range c.Shape.H {
		w.buf = append(w.buf, c.Shape.Row(y)...)
	}
}

func (w *Writer) numbers(all ...int) {
	for _, n := range all {
		w.buf = binary.AppendUvarint(w.buf, uint64(n))
	}
}

func (w *Writer) truth(b bool) {
	n := 0
	if b {
		n = 1
	}
	w.numbers(n)
}

// changes appends what differs from what a Reader has.
func (w *Writer) changes(shown, img pixel.Image, dirty []image.Rectangle) {
	var all []image.Rectangle
	for _, d := range dirty {
		for y := d.Min.Y; y < d.Max.Y; y += cell {
			for x := d.Min.X; x < d.Max.X; x += cell {
				r := tight(shown, img, image.Rect(x, y, x+cell, y+cell).Intersect(d))
				if r.Empty() {
					continue
				}
				pixel.Copy(shown, r.Min.X, r.Min.Y, img.Sub(r))
				if n := len(all) - 1; n >= 0 && all[n].Max.X == r.Min.X && all[n].Min.Y == r.Min.Y && all[n].Max.Y == r.Max.Y {
					all[n].Max.X = r.Max.X
				} else {
					all = append(all, r)
				}
			}
		}
	}
	if len(all) > maxRects {
		all = []image.Rectangle{img.Bounds()}
		pixel.Copy(shown, 0, 0, img)
	}
	w.numbers(len(all))
	for _, r := range all {
		w.numbers(r.Min.X, r.Min.Y, r.Dx(), r.Dy())
		part := img.Sub(r)
		predicted := noisy(part)
		w.truth(predicted)
		for y := range part.H {
			w.row(part.Row(y), predicted)
		}
	}
}

// row appends one row of pixels.
func (w *Writer) row(row []byte, predicted bool) {
	var left [channels]byte
	for ; len(row) > 0; row = row[pixel.Bytes:] {
		if !predicted {
			w.buf = append(w.buf, row[:channels]...)
			continue
		}
		b, g, r := row[0]-left[0], row[1]-left[1], row[2]-left[2]
		w.buf = append(w.buf, b-g, g, r-g)
		left = [channels]byte(row)
	}
}

// noisy reports whether hardly any pixel is like the one before it, as in photos.
func noisy(m pixel.Image) bool {
	same := 0
	for y := range m.H {
		row := m.Row(y)
		for x := pixel.Bytes; x < len(row); x += pixel.Bytes {
			if [channels]byte(row[x:]) == [channels]byte(row[x-pixel.Bytes:]) {
				same++
			}
		}
	}
	return 3*same < m.W*m.H
}

// tight is r without the rows above and below that are the same in both.
func tight(a, b pixel.Image, r image.Rectangle) image.Rectangle {
	same := func(y int) bool {
		one := image.Rect(r.Min.X, y, r.Max.X, y+1)
		return pixel.Equal(a.Sub(one), b.Sub(one))
	}
	for !r.Empty() && same(r.Min.Y) {
		r.Min.Y++
	}
	for !r.Empty() && same(r.Max.Y-1) {
		r.Max.Y--
	}
	return r
}

// Close ends the trace; the file stays open.
func (w *Writer) Close() error {
	if err := w.zip.Close(); err != nil {
		return fmt.Errorf("trace: %w", err)
	}
	return nil
}

// Record writes what a source sees until ctx ends or the source fails; only the latter is an error.
func Record(ctx context.Context, source capture.Source, out io.Writer) error {
	w, err := NewWriter(out)
	if err != nil {
		return err
	}
	var f capture.Frame
	for err == nil {
		if err = source.Next(ctx, &f); err == nil {
			err = w.Write(&f)
		}
	}
	if ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		err = nil
	}
	return errors.Join(err, w.Close())
}
