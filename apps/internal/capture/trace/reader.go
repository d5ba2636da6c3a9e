package trace

import (
	"bufio"
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

// Reader gives the frames of a trace one after the other.
type Reader struct {
	zip     *zstd.Decoder
	in      *bufio.Reader
	row     []byte
	frame   capture.Frame
	cursors uint64 // shapes so far
	at      time.Time
	begun   bool  // at is that of the next frame already
	err     error // the first, for good
}

// NewReader begins to read. Close must be called.
func NewReader(in io.Reader) (*Reader, error) {
	head := make([]byte, len(magic))
	if _, err := io.ReadFull(in, head); err != nil || string(head) != magic {
		return nil, errCorrupt
	}
	zip, err := zstd.NewReader(in, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true),
		zstd.WithDecoderMaxWindow(maxWindow))
	if err != nil {
		return nil, fmt.Errorf("trace: %w", err)
	}
	r := parse(zip)
	r.zip = zip
	return r, nil
}

// parse reads what is in the stream.
func parse(in io.Reader) *Reader { return &Reader{in: bufio.NewReader(in), at: time.Unix(0, 0)} }

// Close gives the memory back.
func (r *Reader) Close() { r.zip.Close() }

// Next reads a frame into f as capture.Source does, with times from 1970 on. At the end it is io.EOF.
func (r *Reader) Next(f *capture.Frame) error {
	if _, err := r.due(); err != nil {
		return err
	}
	r.begun = false
	r.err = r.body()
	*f = r.frame
	return r.err
}

// due gives the time of the next frame without reading more of it.
func (r *Reader) due() (time.Time, error) {
	if r.begun || r.err != nil {
		return r.at, r.err
	}
	pause, err := binary.ReadUvarint(r.in)
	switch {
	case errors.Is(err, io.EOF):
		r.err = io.EOF
	case err != nil || pause > maxPause:
		r.err = corrupt(err)
	default:
		r.begun = true
		r.at = r.at.Add(time.Duration(pause) * time.Microsecond)
	}
	return r.at, r.err
}

func (r *Reader) body() error {
	parts, err := r.number(hasLayout | hasPointer | hasCursor)
	if err != nil || len(r.frame.Displays) == 0 && parts&hasLayout == 0 {
		return corrupt(err)
	}
	f := &r.frame
	f.CapturedAt, f.Relayout = r.at, parts&hasLayout != 0
	f.PointerMoved, f.CursorChanged = parts&hasPointer != 0, parts&hasCursor != 0
	for _, part := range []struct {
		there bool
		read  func() error
	}{{f.Relayout, r.layout}, {f.PointerMoved, r.pointer}, {f.CursorChanged, r.cursor}} {
		if !part.there {
			continue
		}
		if err := part.read(); err != nil {
			return corrupt(err)
		}
	}
	for i := range f.Images {
		if err := r.changes(i); err != nil {
			return corrupt(err)
		}
	}
	return nil
}

// corrupt is for errors within a frame, where an end is one, too.
func corrupt(err error) error {
	if err == nil || errors.Is(err, errCorrupt) || errors.Is(err, io.EOF) {
		return errCorrupt
	}
	return fmt.Errorf("%w: %w", errCorrupt, err)
}

// number reads one of at most limit.
func (r *Reader) number(limit int) (int, error) {
	n, err := binary.ReadUvarint(r.in)
	if err != nil {
		return 0, err
	}
	if n > uint64(limit) {
		return 0, errCorrupt
	}
	return int(n), nil
}

func (r *Reader) numbers(limit int, into ...*int) (err error) {
	for _, n := range into {
		if *n, err = r.number(limit); err != nil {
			return err
		}
	}
	return nil
}

func (r *Reader) places(into ...*int) error {
	for _, n := range into {
		v, err := binary.ReadVarint(r.in)
		if err != nil {
			return err
		}
		if v < -maxPlace || v > maxPlace {
			return errCorrupt
		}
		*n = int(v)
	}
	return nil
}

func (r *Reader) truth(into *bool) error {
	n, err := r.number(1)
	*into = n == 1
	return err
}

func (r *Reader) layout() error {
	count, err := r.number(frame.MaxDisplays)
	if err != nil || count == 0 {
		return corrupt(err)
	}
	f := &r.frame
	f.Displays, f.Images, f.Dirty = nil, nil, make([][]image.Rectangle, count)
	pixels := 0
	for id := range count {
		d := frame.Display{ID: id}
		var name int
		if err := errors.Join(r.places(&d.X, &d.Y), r.numbers(maxSide, &d.W, &d.H), r.truth(&d.Primary),
			r.numbers(maxName, &name)); err != nil {
			return err
		}
		pixels += d.W * d.H
		if d.W == 0 || d.H == 0 || pixels > maxPixels {
			return errCorrupt
		}
		text := make([]byte, name)
		if _, err := io.ReadFull(r.in, text); err != nil {
			return err
		}
		d.Name = string(text)
		f.Displays = append(f.Displays, d)
		f.Images = append(f.Images, pixel.New(d.W, d.H))
	}
	return nil
}

func (r *Reader) pointer() error {
	p := capture.Pointer{}
	err := errors.Join(r.numbers(frame.MaxDisplays, &p.Display), r.places(&p.X, &p.Y), r.truth(&p.Visible))
	r.frame.Pointer = p
	return err
}

func (r *Reader) cursor() error {
	r.frame.Cursor = capture.Cursor{}
	var w, h int
	var hot image.Point
	if err := r.numbers(maxCursor, &w); err != nil || w == 0 {
		return err
	}
	if err := errors.Join(r.numbers(maxCursor, &h), r.numbers(maxCursor, &hot.X, &hot.Y)); err != nil {
		return err
	}
	if !hot.In(image.Rect(0, 0, w, h)) {
		return errCorrupt
	}
	shape := pixel.New(w, h)
	if _, err := io.ReadFull(r.in, shape.Pix); err != nil {
		return err
	}
	r.cursors++
	r.frame.Cursor = capture.Cursor{Shape: shape, Hot: hot, Serial: r.cursors}
	return nil
}

func (r *Reader) changes(display int) error {
	img := r.frame.Images[display]
	dirty := r.frame.Dirty[display][:0]
	count, err := r.number(maxRects)
	if err != nil {
		return err
	}
	painted := 0
	for range count {
		var x, y, w, h int
		if err := r.numbers(maxSide, &x, &y, &w, &h); err != nil {
			return err
		}
		part := image.Rect(0, 0, w, h).Add(image.Pt(x, y))
		painted += w * h
		if part.Empty() || !part.In(img.Bounds()) || painted > maxRepaint*img.W*img.H {
			return errCorrupt
		}
		var predicted bool
		if err := r.truth(&predicted); err != nil {
			return err
		}
		if err := r.paint(img.Sub(part), predicted); err != nil {
			return err
		}
		dirty = append(dirty, part)
	}
	if r.frame.Relayout {
		dirty = append(dirty[:0], img.Bounds())
	}
	r.frame.Dirty[display] = dirty
	return nil
}

func (r *Reader) paint(to pixel.Image, predicted bool) error {
	if need := channels * to.W; cap(r.row) < need {
		r.row = make([]byte, need)
	}
	from := r.row[:channels*to.W]
	for y := range to.H {
		if _, err := io.ReadFull(r.in, from); err != nil {
			return err
		}
		row := to.Row(y)
		if predicted {
			undo(from)
		}
		for x := range to.W {
			copy(row[pixel.Bytes*x:][:channels], from[channels*x:])
		}
	}
	return nil
}

// undo turns differences into pixels.
func undo(row []byte) {
	var b, g, r byte
	for ; len(row) >= channels; row = row[channels:] {
		b, g, r = b+row[0]+row[1], g+row[1], r+row[2]+row[1]
		row[0], row[1], row[2] = b, g, r
	}
}
