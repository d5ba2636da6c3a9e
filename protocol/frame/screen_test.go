package frame

import (
	"bytes"
	"encoding/hex"
	"math"
	"reflect"
	"strings"
	"testing"

	"deskhand/protocol/fault"
)

func TestSlot(t *testing.T) {
	for _, tt := range []struct {
		name                 string
		display, column, row int
		want                 Slot
	}{
		{"first", 0, 0, 0, 0x8000_0000},
		{"some", 3, 5, 7, 0x8300_7005},
		{"last", 15, 4095, 4095, 0x8fff_ffff},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := SlotOf(tt.display, tt.column, tt.row)
			if s != tt.want || !s.IsTile() {
				t.Errorf("slot %#x, tile %v, want %#x", s, s.IsTile(), tt.want)
			}
			d, c, r := s.Position()
			if d != tt.display || c != tt.column || r != tt.row {
				t.Errorf("came back as %d %d %d", d, c, r)
			}
		})
	}
	for _, s := range []Slot{LayoutSlot, CursorSlot, 1, 0xc000_0000, 0x9000_0000} {
		if s.IsTile() {
			t.Errorf("%#x is taken for a tile", s)
		}
	}
}

func someLayout() Layout {
	return Layout{Generation: 7, TileSize: 64, Displays: []Display{
		{ID: 0, W: 1920, H: 1080, Primary: true, Name: "DP-1"},
		{ID: 5, X: -1280, Y: -24, W: 1280, H: 1024, Name: "Bürö ½"},
	}}
}

func someCursor() Cursor { return Cursor{Generation: 9, Display: 15, X: 32767, Y: 1, Visible: true} }

func TestScreenWire(t *testing.T) {
	for _, tt := range []struct {
		name string
		got  []byte
		want string
	}{
		{
			"layout", AppendLayout(nil, someLayout()),
			"01 00000007 0040 02" +
				" 00 00000000 00000000 0780 0438 01 04 44502d31" +
				" 05 fffffb00 ffffffe8 0500 0400 00 09 42c3bc72c3b620c2bd",
		},
		{"cursor", AppendCursor(nil, someCursor()), "03 00000009 0f 7fff 0001 01"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got, want := hex.EncodeToString(tt.got), strings.ReplaceAll(tt.want, " ", ""); got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
		})
	}
}

func TestLayoutRoundTrip(t *testing.T) {
	full := Layout{TileSize: MaxTile}
	for i := range MaxDisplays {
		full.Displays = append(full.Displays, Display{ID: 15 - i, X: MaxOffset, Y: -MaxOffset, W: MaxSide, H: 128, Name: strings.Repeat("n", MaxName)})
	}
	for _, tt := range []struct {
		name string
		l    Layout
	}{
		{"usual", someLayout()},
		{"no displays", Layout{Generation: math.MaxUint32, TileSize: MinTile}},
		{"everything at its limit", full},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := ParseLayout(AppendLayout(nil, tt.l))
			if err != nil || !reflect.DeepEqual(got, tt.l) {
				t.Errorf("came back as %+v, %v", got, err)
			}
		})
	}
}

func TestLayoutNamesAreCleaned(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{"control characters", "a\x00b\nc\x7f\u0085", "abc"},
		{"broken UTF-8", "a\xff\xc3b", "ab"},
		{"marks that turn text round", "a\u202eb", "ab"},
		{"long", strings.Repeat("x", 200), strings.Repeat("x", MaxName)},
		{"long, cut before a character", strings.Repeat("x", MaxName-1) + "é", strings.Repeat("x", MaxName-1)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l := Layout{TileSize: 64, Displays: []Display{{W: 1, H: 1, Name: tt.in}}}
			got, err := ParseLayout(AppendLayout(nil, l))
			if err != nil || got.Displays[0].Name != tt.want {
				t.Errorf("got %+v, %v", got, err)
			}
		})
	}
}

func TestLayoutLeavesOutDisplays(t *testing.T) {
	l := Layout{TileSize: 64}
	for i := range 20 {
		l.Displays = append(l.Displays, Display{ID: i, W: 1, H: 1})
	}
	got, err := ParseLayout(AppendLayout(nil, l))
	if err != nil || len(got.Displays) != MaxDisplays {
		t.Errorf("%d displays, %v", len(got.Displays), err)
	}
}

func TestLayoutRefused(t *testing.T) {
	with := func(change func(*Layout)) []byte {
		l := someLayout()
		change(&l)
		return AppendLayout(nil, l)
	}
	good := AppendLayout(nil, someLayout())
	raw := func(at int, v byte) []byte {
		b := bytes.Clone(good)
		b[at] = v
		return b
	}
	for _, tt := range []struct {
		name string
		b    []byte
	}{
		{"nothing", nil},
		{"another unit", raw(0, unitKey)},
		{"behind the end", append(bytes.Clone(good), 0)},
		{"tile size too small", with(func(l *Layout) { l.TileSize = MinTile - 1 })},
		{"tile size too large", with(func(l *Layout) { l.TileSize = MaxTile + 1 })},
		{"tile size far too large", with(func(l *Layout) { l.TileSize = 1<<16 + 64 })},
		{"seventeen displays", raw(7, 17)},
		{"id too large", with(func(l *Layout) { l.Displays[1].ID = 16 })},
		{"id far too large", with(func(l *Layout) { l.Displays[1].ID = 257 })},
		{"id twice", with(func(l *Layout) { l.Displays[1].ID = 0 })},
		{"two primary", with(func(l *Layout) { l.Displays[1].Primary = true })},
		{"unknown flag", raw(8+13, 2)},
		{"no width", with(func(l *Layout) { l.Displays[0].W = 0 })},
		{"negative height", with(func(l *Layout) { l.Displays[0].H = -1 })},
		{"too wide", with(func(l *Layout) { l.Displays[0].W = MaxSide + 1 })},
		{"far too wide", with(func(l *Layout) { l.Displays[0].W = 1<<16 + 1 })},
		{"too far left", with(func(l *Layout) { l.Displays[0].X = -MaxOffset - 1 })},
		{"far too far down", with(func(l *Layout) { l.Displays[0].Y = 1 << 40 })},
		{"too many pixels", with(func(l *Layout) { l.Displays[0].W, l.Displays[0].H = MaxSide, MaxPixels/MaxSide })},
		{"control character in a name", raw(8+15, '\n')},
		{"broken UTF-8 in a name", raw(8+15, 0xff)},
		{"name too long", raw(8+14, MaxName+1)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got, err := ParseLayout(tt.b); !fault.Is(err, fault.Invalid) {
				t.Errorf("taken as %+v, %v", got, err)
			}
		})
	}
	for n := range good {
		if got, err := ParseLayout(good[:n]); !fault.Is(err, fault.Invalid) {
			t.Errorf("the first %d bytes are taken as %+v", n, got)
		}
	}
}

func TestCursor(t *testing.T) {
	b := AppendCursor(nil, someCursor())
	if got, err := ParseCursor(b); err != nil || got != someCursor() {
		t.Errorf("came back as %+v, %v", got, err)
	}
	got, err := ParseCursor(AppendCursor(nil, Cursor{X: -5, Y: 1 << 30}))
	if want := (Cursor{X: 0, Y: MaxSide - 1}); err != nil || got != want {
		t.Errorf("a place outside came back as %+v, %v", got, err)
	}
	for _, tt := range []struct {
		name string
		b    []byte
	}{
		{"nothing", nil},
		{"short", b[:len(b)-1]},
		{"long", append(bytes.Clone(b), 0)},
		{"another unit", append([]byte{unitKey}, b[1:]...)},
		{"display 16", AppendCursor(nil, Cursor{Display: 16})},
		{"display 256", AppendCursor(nil, Cursor{Display: 256})},
		{"display -1", AppendCursor(nil, Cursor{Display: -1})},
		{"x too large", []byte{3, 0, 0, 0, 0, 0, 0x80, 0, 0, 0, 1}},
		{"unknown flag", []byte{3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got, err := ParseCursor(tt.b); !fault.Is(err, fault.Invalid) {
				t.Errorf("taken as %+v, %v", got, err)
			}
		})
	}
}

func FuzzLayout(f *testing.F) {
	f.Add([]byte(nil))
	f.Add(AppendLayout(nil, someLayout()))
	f.Fuzz(func(t *testing.T, b []byte) {
		l, err := ParseLayout(b)
		if err != nil {
			return
		}
		if again := AppendLayout(nil, l); !bytes.Equal(again, b) {
			t.Errorf("%x parsed as %+v, which is %x", b, l, again)
		}
	})
}

func FuzzCursor(f *testing.F) {
	f.Add([]byte(nil))
	f.Add(AppendCursor(nil, someCursor()))
	f.Fuzz(func(t *testing.T, b []byte) {
		c, err := ParseCursor(b)
		if err != nil {
			return
		}
		if again := AppendCursor(nil, c); !bytes.Equal(again, b) {
			t.Errorf("%x parsed as %+v, which is %x", b, c, again)
		}
	})
}

func TestScreenAllocatesNothing(t *testing.T) {
	buf := make([]byte, 0, 4096)
	l, c := someLayout(), someCursor()
	for _, tt := range []struct {
		name string
		do   func()
	}{
		{"append layout", func() { buf = AppendLayout(buf[:0], l) }},
		{"cursor", func() {
			buf = AppendCursor(buf[:0], c)
			if _, err := ParseCursor(buf); err != nil {
				t.Error(err)
			}
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if n := testing.AllocsPerRun(100, tt.do); n != 0 {
				t.Errorf("%v allocations", n)
			}
		})
	}
}
