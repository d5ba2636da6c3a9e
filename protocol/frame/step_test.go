package frame

import (
	"bytes"
	"encoding/hex"
	"image"
	"math"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"deskhand/protocol/fault"
)

// twoDisplays is what the operations of these tests are checked against.
var twoDisplays = Layout{TileSize: 64, Displays: []Display{{ID: 0, W: 1920, H: 1080}, {ID: 3, W: 200, H: 100}}}

func someStep() []byte {
	b := AppendStep(nil, Step{Number: 300, CapturedAt: -2})
	b = AppendCopy(b, 0, image.Rect(0, 30, 1000, 1000), image.Pt(0, 0))
	b = AppendPatch(b, 3, image.Rect(100, 50, 200, 100), Exact, []byte{1, 2})
	b = AppendPatch(b, 3, image.Rect(0, 0, 1, 1), Photo, []byte{7})
	b = AppendVideo(b, 0, image.Rect(16, 32, 656, 512), 2, []byte{3})
	b = AppendVideoEnd(b, 3)
	b = AppendStore(b, 4095, 0, image.Rect(64, 64, 128, 128))
	b = AppendRecall(b, 4095, 3, image.Pt(199, 0))
	return AppendForget(b)
}

func TestStepWire(t *testing.T) {
	want := "04 ac02 fffffffffffffffe" +
		" 01 00 1e e807 ca07 00 00" +
		" 32 64 32 64 32 02 0102" +
		" 33 00 00 01 01 01 07" +
		" 04 02 10 20 8005 e003 01 03" +
		" 05 03" +
		" 06 ff1f 40 40 40 40" +
		" 37 ff1f c701 00" +
		" 08"
	if got := hex.EncodeToString(someStep()); got != strings.ReplaceAll(want, " ", "") {
		t.Errorf("got  %s\nwant %s", got, strings.ReplaceAll(want, " ", ""))
	}
}

func TestStepComesBack(t *testing.T) {
	s, ops, err := ParseStep(someStep())
	if err != nil || s != (Step{Number: 300, CapturedAt: -2}) {
		t.Fatalf("the head is %+v, %v", s, err)
	}
	if err := ops.Check(twoDisplays); err != nil {
		t.Error(err)
	}
	want := []Op{
		{Kind: OpCopy, Rect: image.Rect(0, 0, 1000, 970), From: image.Rect(0, 30, 1000, 1000)},
		{Kind: OpExact, Display: 3, Rect: image.Rect(100, 50, 200, 100), Codec: Exact, Body: []byte{1, 2}},
		{Kind: OpPhoto, Display: 3, Rect: image.Rect(0, 0, 1, 1), Codec: Photo, Body: []byte{7}},
		{Kind: OpVideo, Rect: image.Rect(16, 32, 656, 512), Stream: 2, Body: []byte{3}},
		{Kind: OpVideoEnd, Stream: 3},
		{Kind: OpStore, Rect: image.Rect(64, 64, 128, 128), Entry: 4095},
		{Kind: OpRecall, Display: 3, Rect: image.Rect(199, 0, 199, 0), Entry: 4095},
		{Kind: OpForget},
	}
	want[6].Rect = image.Rectangle{Min: image.Pt(199, 0), Max: image.Pt(199, 0)}
	for i, w := range want {
		got, more, err := ops.Next()
		if err != nil || !more || !reflect.DeepEqual(got, w) {
			t.Errorf("operation %d is %+v, %v, want %+v", i, got, err, w)
		}
	}
	for range 2 {
		if _, more, err := ops.Next(); more || err != nil {
			t.Errorf("there is more after the last operation, %v", err)
		}
	}
}

// readAll is the first error in a step, whatever the displays.
func readAll(b []byte) error {
	_, ops, err := ParseStep(b)
	for more := true; more && err == nil; {
		_, more, err = ops.Next()
	}
	return err
}

func TestStepRefused(t *testing.T) {
	head := AppendStep(nil, Step{Number: 1})
	with := func(b ...byte) []byte { return append(bytes.Clone(head), b...) }
	one := image.Rect(0, 0, 1, 1)
	for _, tt := range []struct {
		name string
		b    []byte
	}{
		{"nothing", nil},
		{"another unit", AppendCursor(nil, someCursor())},
		{"a head cut off", head[:len(head)-1]},
		{"a number in a longer form", append([]byte{unitStep, 0x81, 0}, head[2:]...)},
		{"a number that never ends", append([]byte{unitStep}, bytes.Repeat([]byte{0x80}, 20)...)},
		{"operation 0", with(0)},
		{"operation 9", with(9)},
		{"display 16", AppendCopy(with(), 16, one, image.Pt(1, 1))},
		{"display -1", AppendRecall(with(), 1, -1, image.Pt(1, 1))},
		{"an unknown codec", AppendPatch(with(), 0, one, 3, []byte{1})},
		{"an operation cut off", AppendCopy(with(), 0, one, image.Pt(1, 1))[:len(head)+5]},
		{"no width", AppendCopy(with(), 0, image.Rect(0, 0, 0, 1), image.Pt(1, 1))},
		{"no height", AppendStore(with(), 0, 0, image.Rect(0, 0, 1, 0))},
		{"left of the display", AppendCopy(with(), 0, image.Rect(-1, 0, 1, 1), image.Pt(1, 1))},
		{"to above the display", AppendCopy(with(), 0, one, image.Pt(1, -1))},
		{"far to the right", AppendCopy(with(), 0, one, image.Pt(MaxSide+1, 1))},
		{"a coordinate in a longer form", with(byte(OpRecall), 1, 0x85, 0, 0)},
		{"a patch without a body", AppendPatch(with(), 0, one, Exact, nil)},
		{"a patch with too large a body", AppendPatch(with(), 0, one, Exact, make([]byte, 4+bodySlack+1))},
		{"a patch whose body is cut off", with(AppendPatch(nil, 0, one, Photo, []byte{1, 2})[:6]...)},
		{"a patch that is too wide", AppendPatch(with(), 0, image.Rect(0, 0, MaxPatchSide+1, 1), Exact, []byte{1})},
		{"a patch of too many pixels", AppendPatch(with(), 0, image.Rect(0, 0, 4096, 1025), Photo, []byte{1})},
		{"a body of a length beyond everything", AppendPatchHead(with(), 0, one, Exact, math.MaxInt)},
		{"a body of a negative length", AppendPatchHead(with(), 0, one, Exact, -1)},
		{"a video frame without a body", AppendVideo(with(), 0, one, 0, nil)},
		{"video stream 4", AppendVideo(with(), 0, one, 4, []byte{1})},
		{"the end of video stream 4", AppendVideoEnd(with(), 4)},
		{"the end of a stream on a display", with(byte(OpVideoEnd)|1<<4, 0)},
		{"forgetting on a display", with(byte(OpForget) | 1<<4)},
		{"an entry that is too high", AppendStore(with(), 0, 0, image.Rect(0, 0, 1, MaxEntrySide+1))},
		{"entry 65536", with(byte(OpRecall), 0x80, 0x80, 4, 0, 0)},
		{"too many operations", append(with(), bytes.Repeat([]byte{byte(OpForget)}, MaxOps+1)...)},
		{"too many pixels", append(with(), bytes.Repeat(AppendCopy(nil, 0, image.Rect(0, 0, 8192, 8192), image.Pt(0, 0)), 3)...)},
		{"too many entries recalled", append(with(), bytes.Repeat(AppendStore(nil, 1, 0, image.Rect(0, 0, 64, 64)), MaxOps+1)...)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if err := readAll(tt.b); !fault.Is(err, fault.Invalid) {
				t.Errorf("taken, %v", err)
			}
			_, ops, err := ParseStep(tt.b)
			if err == nil {
				err = ops.Check(Layout{Displays: []Display{{W: MaxSide, H: MaxSide}}})
			}
			if !fault.Is(err, fault.Invalid) {
				t.Errorf("checked, %v", err)
			}
		})
	}
	if err := readAll(append(with(), bytes.Repeat([]byte{byte(OpForget)}, MaxOps)...)); err != nil {
		t.Errorf("as many operations as are allowed: %v", err)
	}
	if err := readAll(AppendPatch(with(), 0, image.Rect(0, 0, 2048, 2048), Exact, make([]byte, 4<<22+bodySlack))); err != nil {
		t.Errorf("a patch as large as is allowed: %v", err)
	}
}

func TestStepStaysOnItsDisplay(t *testing.T) {
	for _, tt := range []struct {
		name string
		b    []byte
		ok   bool
	}{
		{"a patch in the corner", AppendPatch(nil, 3, image.Rect(199, 99, 200, 100), Exact, []byte{1}), true},
		{"a patch over the edge", AppendPatch(nil, 3, image.Rect(199, 99, 201, 100), Exact, []byte{1}), false},
		{"a copy from over the edge", AppendCopy(nil, 3, image.Rect(0, 99, 10, 101), image.Pt(0, 0)), false},
		{"a copy to over the edge", AppendCopy(nil, 3, image.Rect(0, 0, 10, 10), image.Pt(191, 0)), false},
		{"video over the edge", AppendVideo(nil, 3, image.Rect(0, 0, 10, 101), 0, []byte{1}), false},
		{"an entry from over the edge", AppendStore(nil, 1, 3, image.Rect(190, 0, 201, 1)), false},
		{"an entry to beyond the edge", AppendRecall(nil, 1, 3, image.Pt(200, 0)), false},
		{"a display that is not there", AppendRecall(nil, 1, 2, image.Pt(0, 0)), false},
		{"no display is needed to forget", AppendForget(nil), true},
		{"nor to end a stream", AppendVideoEnd(nil, 1), true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, ops, err := ParseStep(append(AppendStep(nil, Step{}), tt.b...))
			if err != nil {
				t.Fatal(err)
			}
			if err := ops.Check(twoDisplays); (err == nil) != tt.ok || (err != nil && !fault.Is(err, fault.Invalid)) {
				t.Errorf("Check = %v, want it taken: %v", err, tt.ok)
			}
		})
	}
}

// appendAgain appends an operation that was parsed.
func appendAgain(dst []byte, op Op) []byte {
	switch op.Kind {
	case OpCopy:
		return AppendCopy(dst, op.Display, op.From, op.Rect.Min)
	case OpExact, OpPhoto:
		return AppendPatch(dst, op.Display, op.Rect, op.Codec, op.Body)
	case OpVideo:
		return AppendVideo(dst, op.Display, op.Rect, op.Stream, op.Body)
	case OpVideoEnd:
		return AppendVideoEnd(dst, op.Stream)
	case OpStore:
		return AppendStore(dst, op.Entry, op.Display, op.Rect)
	case OpRecall:
		return AppendRecall(dst, op.Entry, op.Display, op.Rect.Min)
	default:
		return AppendForget(dst)
	}
}

// TestAnyStepComesBack appends random operations within the limits: they come back as they were.
func TestAnyStepComesBack(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	rect := func(side int) image.Rectangle {
		at := image.Pt(random.IntN(MaxSide+1), random.IntN(MaxSide+1))
		return image.Rectangle{at, at.Add(image.Pt(1+random.IntN(side), 1+random.IntN(side)))}
	}
	body := func() []byte { return make([]byte, 1+random.IntN(300)) }
	for range 300 {
		step := Step{Number: random.Uint64() >> random.IntN(64), CapturedAt: int64(random.Uint64())}
		b := AppendStep(nil, step)
		var want []Op
		for range random.IntN(20) {
			op := Op{Kind: OpKind(1 + random.IntN(opCount-1)), Display: random.IntN(MaxDisplays)}
			switch op.Kind {
			case OpCopy:
				op.From = rect(1000)
				to := image.Pt(random.IntN(MaxSide+1), random.IntN(MaxSide+1))
				op.Rect = image.Rectangle{to, to.Add(op.From.Size())}
			case OpExact, OpPhoto:
				op.Rect, op.Codec, op.Body = rect(2048), Codec(op.Kind-OpExact+1), body()
			case OpVideo:
				op.Rect, op.Stream, op.Body = rect(2048), uint8(random.IntN(MaxStreams)), body()
			case OpVideoEnd:
				op.Display, op.Stream = 0, uint8(random.IntN(MaxStreams))
			case OpStore:
				op.Rect, op.Entry = rect(MaxEntrySide), uint16(random.Uint32())
			case OpRecall:
				at := rect(1).Min
				op.Rect, op.Entry = image.Rectangle{at, at}, uint16(random.Uint32())
			case OpForget:
				op.Display = 0
			}
			want = append(want, op)
			b = appendAgain(b, op)
		}
		got, ops, err := ParseStep(b)
		if err != nil || got != step {
			t.Fatalf("%+v came back as %+v, %v", step, got, err)
		}
		for _, w := range want {
			op, more, err := ops.Next()
			if err != nil || !more || !reflect.DeepEqual(op, w) {
				t.Fatalf("%+v came back as %+v, %v", w, op, err)
			}
		}
		if _, more, err := ops.Next(); more || err != nil {
			t.Fatalf("there is more, %v", err)
		}
	}
}

func FuzzStep(f *testing.F) {
	f.Add([]byte(nil))
	f.Add(someStep())
	f.Fuzz(func(t *testing.T, b []byte) {
		s, ops, err := ParseStep(b)
		if err != nil {
			return
		}
		checked := ops.Check(twoDisplays)
		again := AppendStep(nil, s)
		for {
			op, more, err := ops.Next()
			if err != nil {
				if checked == nil {
					t.Errorf("%x was checked and is broken: %v", b, err)
				}
				return
			}
			if !more {
				break
			}
			if outside := op.Check(twoDisplays); outside != nil && checked == nil {
				t.Errorf("%x was checked and has %+v", b, op)
			}
			again = appendAgain(again, op)
		}
		if !bytes.Equal(again, b) {
			t.Errorf("%x came back as %x", b, again)
		}
	})
}

func TestStepAllocatesNothing(t *testing.T) {
	b, layout := someStep(), twoDisplays
	if n := testing.AllocsPerRun(100, func() {
		_, ops, err := ParseStep(b)
		if err != nil || ops.Check(layout) != nil {
			t.Error("refused")
		}
		for more := true; more; {
			if _, more, err = ops.Next(); err != nil {
				t.Error(err)
			}
		}
	}); n != 0 {
		t.Errorf("parsing allocates %v times", n)
	}
	body := make([]byte, 100)
	if n := testing.AllocsPerRun(100, func() {
		b = AppendStep(b[:0], Step{Number: 7})
		b = AppendPatch(b, 0, image.Rect(0, 0, 8, 8), Exact, body)
		b = AppendCopy(b, 0, image.Rect(0, 0, 8, 8), image.Pt(8, 8))
	}); n != 0 {
		t.Errorf("appending allocates %v times", n)
	}
}

func BenchmarkStep(b *testing.B) {
	step, layout := someStep(), twoDisplays
	b.ReportAllocs()
	for b.Loop() {
		_, ops, err := ParseStep(step)
		if err != nil || ops.Check(layout) != nil {
			b.Fatal("refused")
		}
	}
}
