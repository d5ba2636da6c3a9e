package frame

import (
	"encoding/binary"
	"image"
	"math"
)

// Ops are the operations of a step that have not been read yet. A copy reads them a second time.
type Ops struct {
	r      reader
	count  int
	pixels int64
}

// ParseStep is the inverse of AppendStep. The operations are parsed by Ops.Next one by one, and all at once by Ops.Check,
// which is for those who want to apply either all of a step or nothing.
func ParseStep(b []byte) (Step, Ops, error) {
	r := reader{b: b}
	kind := r.u8()
	s := Step{Number: r.uvarint(), CapturedAt: int64(r.u64())}
	if r.broken || kind != unitStep {
		return Step{}, Ops{}, refuse("not a step")
	}
	return s, Ops{r: r}, nil
}

// Next gives the next operation; false after the last. It allocates nothing but for errors.
func (o *Ops) Next() (Op, bool, error) {
	if len(o.r.b) == 0 && !o.r.broken {
		return Op{}, false, nil
	}
	op, err := o.next()
	if err != nil {
		o.r = reader{broken: true} // there is nothing behind what is broken
		return Op{}, false, err
	}
	return op, true, nil
}

func (o *Ops) next() (Op, error) {
	if o.count++; o.count > MaxOps {
		return Op{}, refuse("more than %d operations", MaxOps)
	}
	head := o.r.u8()
	op := Op{Kind: OpKind(head & 0xf), Display: int(head >> 4)}
	if op.Kind == 0 || op.Kind >= opCount {
		return Op{}, refuse("operation %d", op.Kind)
	}
	o.r.operands(&op)
	if o.r.broken {
		return Op{}, refuse("operation %d is cut off or has a number out of its bounds", op.Kind)
	}
	if err := op.check(); err != nil {
		return Op{}, err
	}
	if o.pixels += op.pixels(); o.pixels > MaxStepPixels {
		return Op{}, refuse("a step of more than %d pixels", MaxStepPixels)
	}
	return op, nil
}

// Check parses all operations and compares them with the displays that there are: nil when each of them can be read and
// lies within its display. What cache entries and video streams there are is not its business.
func (o Ops) Check(l Layout) error {
	for {
		op, more, err := o.Next()
		if !more || err != nil {
			return err
		}
		if err := op.Check(l); err != nil {
			return err
		}
	}
}

// Check reports, by an error, that an operation does not lie within a display of the layout. Of OpRecall it knows the
// corner alone.
func (op Op) Check(l Layout) error {
	if op.Kind == OpVideoEnd || op.Kind == OpForget {
		return nil
	}
	for i := range l.Displays {
		d := &l.Displays[i]
		if d.ID != op.Display {
			continue
		}
		all := image.Rect(0, 0, d.W, d.H)
		if !op.Rect.In(all) || !op.From.In(all) || !op.Rect.Min.In(all) {
			return refuse("operation %d at %v on a display of %dx%d", op.Kind, op.Rect, d.W, d.H)
		}
		return nil
	}
	return refuse("operation %d on display %d, which is not there", op.Kind, op.Display)
}

// pixels is how much work an operation is.
func (op *Op) pixels() int64 {
	switch op.Kind {
	case OpRecall:
		return MaxEntrySide * MaxEntrySide
	default:
		return int64(op.Rect.Dx()) * int64(op.Rect.Dy())
	}
}

// check refuses what breaks a limit on any layout.
func (op *Op) check() error {
	w, h := op.Rect.Dx(), op.Rect.Dy()
	switch op.Kind {
	case OpExact, OpPhoto, OpVideo:
		if w > MaxPatchSide || h > MaxPatchSide || w*h > MaxPatchPixels {
			return refuse("a patch of %dx%d pixels", w, h)
		}
		if len(op.Body) == 0 || len(op.Body) > 4*w*h+bodySlack {
			return refuse("a patch of %dx%d pixels with a body of %d bytes", w, h, len(op.Body))
		}
	case OpStore:
		if w > MaxEntrySide || h > MaxEntrySide {
			return refuse("a cache entry of %dx%d pixels", w, h)
		}
	case OpVideoEnd, OpForget:
		if op.Display != 0 {
			return refuse("operation %d with a display", op.Kind)
		}
	}
	if op.Stream >= MaxStreams {
		return refuse("video stream %d", op.Stream)
	}
	return nil
}

// operands reads what follows an operation's first byte.
func (r *reader) operands(op *Op) {
	switch op.Kind {
	case OpCopy:
		op.From = r.rect()
		to := r.point()
		op.Rect = image.Rectangle{Min: to, Max: to.Add(op.From.Size())}
	case OpExact, OpPhoto:
		op.Codec = Exact
		if op.Kind == OpPhoto {
			op.Codec = Photo
		}
		op.Rect = r.rect()
		op.Body = r.take(r.count(maxBody))
	case OpVideo:
		op.Stream = r.u8()
		op.Rect = r.rect()
		op.Body = r.take(r.count(maxBody))
	case OpVideoEnd:
		op.Stream = r.u8()
	case OpStore:
		op.Entry = uint16(r.count(math.MaxUint16))
		op.Rect = r.rect()
	case OpRecall:
		op.Entry = uint16(r.count(math.MaxUint16))
		op.Rect.Min = r.point()
		op.Rect.Max = op.Rect.Min
	}
}

// rect reads a rectangle that is not empty.
func (r *reader) rect() image.Rectangle {
	at := r.point()
	size := image.Pt(r.count(MaxSide), r.count(MaxSide))
	if size.X == 0 || size.Y == 0 {
		r.broken = true
	}
	return image.Rectangle{Min: at, Max: at.Add(size)}
}

func (r *reader) point() image.Point {
	x := r.count(MaxSide)
	return image.Pt(x, r.count(MaxSide))
}

// count reads a uvarint of at most limit.
func (r *reader) count(limit int) int {
	v := r.uvarint()
	if v > uint64(limit) {
		r.b, r.broken = nil, true
		return 0
	}
	return int(v)
}

// uvarint refuses all but the shortest form.
func (r *reader) uvarint() uint64 {
	v, n := binary.Uvarint(r.b)
	if n <= 0 || n > 1 && r.b[n-1] == 0 {
		r.b, r.broken = nil, true
		return 0
	}
	r.b = r.b[n:]
	return v
}
