package frame

import (
	"bytes"
	"encoding/hex"
	"reflect"
	"strings"
	"testing"

	"deskhand/protocol/fault"
)

// oneOfEach is a valid event of every kind.
func oneOfEach() []Event {
	return []Event{
		{Kind: PointerMove, Display: 15, X: 1919, Y: 1079},
		{Kind: ButtonDown, Display: 1, X: 2, Y: 3, Button: Forward},
		{Kind: ButtonUp, X: MaxSide - 1, Y: MaxSide - 1, Button: Left},
		{Kind: Wheel, X: 4, Y: 5, DX: -WheelClick, DY: MaxWheel},
		{Kind: KeyDown, Sym: SymAltR},
		{Kind: KeyUp, Sym: KeysymOf('€')},
		{Kind: Text, Rune: '𝄞'},
		{Kind: ReleaseAll},
	}
}

func TestEventWire(t *testing.T) {
	got := hex.EncodeToString(AppendEvents(nil, oneOfEach()))
	want := strings.ReplaceAll("01 0f 077f 0437"+
		" 02 01 0002 0003 09"+
		" 03 00 7fff 7fff 01"+
		" 04 00 0004 0005 ff88 0f00"+
		" 05 0000fe03"+
		" 06 010020ac"+
		" 07 0001d11e"+
		" 08", " ", "")
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestEventsRoundTrip(t *testing.T) {
	for _, tt := range []struct {
		name string
		ev   []Event
	}{
		{"none", nil},
		{"one of each", oneOfEach()},
		{"as many as allowed", moves(MaxEvents)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := ParseEvents(nil, AppendEvents(nil, tt.ev))
			if err != nil || !reflect.DeepEqual(got, tt.ev) {
				t.Errorf("came back as %+v, %v", got, err)
			}
		})
	}
}

func moves(n int) []Event {
	ev := make([]Event, n)
	for i := range ev {
		ev[i] = Event{Kind: PointerMove, X: i}
	}
	return ev
}

func TestEventsGoBehindThoseThatAreThere(t *testing.T) {
	there := []Event{{Kind: ReleaseAll}}
	got, err := ParseEvents(there, AppendEvents(nil, oneOfEach()))
	if want := append(there, oneOfEach()...); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v", got, err)
	}
	got, err = ParseEvents(there, []byte{byte(ReleaseAll), 0})
	if err == nil || !reflect.DeepEqual(got, there) {
		t.Errorf("after a bad batch %+v, %v", got, err)
	}
}

func TestEventsAreBroughtIntoLimits(t *testing.T) {
	got, err := ParseEvents(nil, AppendEvents(nil, []Event{
		{Kind: PointerMove, X: -1, Y: 1 << 40},
		{Kind: Wheel, DX: -1 << 40, DY: 1 << 40},
	}))
	want := []Event{
		{Kind: PointerMove, X: 0, Y: MaxSide - 1},
		{Kind: Wheel, DX: -MaxWheel, DY: MaxWheel},
	}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestEventsRefused(t *testing.T) {
	for _, tt := range []struct {
		name string
		b    []byte
	}{
		{"kind 0", []byte{0}},
		{"kind 9", []byte{9}},
		{"too many", AppendEvents(nil, moves(MaxEvents+1))},
		{"display 16", AppendEvents(nil, []Event{{Kind: PointerMove, Display: 16}})},
		{"display 256", AppendEvents(nil, []Event{{Kind: PointerMove, Display: 256}})},
		{"display -1", AppendEvents(nil, []Event{{Kind: PointerMove, Display: -1}})},
		{"x too large", []byte{byte(PointerMove), 0, 0x80, 0, 0, 0}},
		{"y too large", []byte{byte(ButtonDown), 0, 0, 0, 0xff, 0xff, 1}},
		{"no button", AppendEvents(nil, []Event{{Kind: ButtonDown}})},
		{"wheel as a button", AppendEvents(nil, []Event{{Kind: ButtonDown, Button: 4}})},
		{"button 10", AppendEvents(nil, []Event{{Kind: ButtonUp, Button: 10}})},
		{"wheel too far", []byte{byte(Wheel), 0, 0, 0, 0, 0, 0x0f, 0x01, 0, 0}},
		{"wheel too far back", []byte{byte(Wheel), 0, 0, 0, 0, 0, 0, 0, 0x80, 0}},
		{"no key", AppendEvents(nil, []Event{{Kind: KeyDown}})},
		{"control character as a key", AppendEvents(nil, []Event{{Kind: KeyDown, Sym: 0x0a}})},
		{"half a pair as a key", AppendEvents(nil, []Event{{Kind: KeyDown, Sym: 0x0100_d800}})},
		{"Latin-1 in the long form", AppendEvents(nil, []Event{{Kind: KeyDown, Sym: 0x0100_0041}})},
		{"VoidSymbol", AppendEvents(nil, []Event{{Kind: KeyUp, Sym: 0xff_ffff}})},
		{"key beyond Unicode", AppendEvents(nil, []Event{{Kind: KeyUp, Sym: 0x0111_0000}})},
		{"text of nothing", AppendEvents(nil, []Event{{Kind: Text}})},
		{"text of a line end", AppendEvents(nil, []Event{{Kind: Text, Rune: '\n'}})},
		{"text of a C1 control", AppendEvents(nil, []Event{{Kind: Text, Rune: 0x9b}})},
		{"text of half a pair", AppendEvents(nil, []Event{{Kind: Text, Rune: 0xdc00}})},
		{"negative text", AppendEvents(nil, []Event{{Kind: Text, Rune: -1}})},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got, err := ParseEvents(nil, tt.b); !fault.Is(err, fault.Invalid) {
				t.Errorf("taken as %+v, %v", got, err)
			}
		})
	}
	for _, e := range oneOfEach() {
		b := AppendEvents(nil, []Event{e})
		for n := 1; n < len(b); n++ {
			if got, err := ParseEvents(nil, b[:n]); !fault.Is(err, fault.Invalid) {
				t.Errorf("%d bytes of %+v taken as %+v", n, e, got)
			}
		}
	}
}

func FuzzEvents(f *testing.F) {
	f.Add([]byte(nil))
	f.Add(AppendEvents(nil, oneOfEach()))
	f.Add(AppendEvents(nil, moves(MaxEvents+1)))
	f.Fuzz(func(t *testing.T, b []byte) {
		ev, err := ParseEvents(nil, b)
		if err != nil {
			return
		}
		if len(ev) > MaxEvents {
			t.Errorf("%d events", len(ev))
		}
		if again := AppendEvents(nil, ev); !bytes.Equal(again, b) {
			t.Errorf("%x parsed as %+v, which is %x", b, ev, again)
		}
	})
}

func FuzzEvent(f *testing.F) {
	for _, e := range oneOfEach() {
		f.Add(uint8(e.Kind), e.Display, e.X, e.Y, uint8(e.Button), e.DX, e.DY, uint32(e.Sym), e.Rune)
	}
	f.Fuzz(func(t *testing.T, kind uint8, display, x, y int, button uint8, dx, dy int, sym uint32, r rune) {
		e := Event{Kind(kind), display, x, y, Button(button), dx, dy, Keysym(sym), r}
		got, err := ParseEvents(nil, AppendEvents(nil, []Event{e}))
		if e.Valid() && err != nil {
			t.Fatalf("%+v is valid and refused: %v", e, err)
		}
		if err == nil && (!got[0].Valid() || got[0].Kind != e.Kind) {
			t.Errorf("%+v came back as %+v", e, got[0])
		}
	})
}

func TestEventsAllocateNothing(t *testing.T) {
	ev := oneOfEach()
	buf, back := make([]byte, 0, 256), make([]Event, 0, MaxEvents)
	n := testing.AllocsPerRun(100, func() {
		buf = AppendEvents(buf[:0], ev)
		var err error
		if back, err = ParseEvents(back[:0], buf); err != nil {
			t.Error(err)
		}
	})
	if n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestKeysymOf(t *testing.T) {
	for _, tt := range []struct {
		name string
		r    rune
		want Keysym
	}{
		{"letter", 'a', 0x61},
		{"capital", 'A', 0x41},
		{"space", ' ', 0x20},
		{"at", '@', 0x40},
		{"é", 'é', 0xe9},
		{"ß", 'ß', 0xdf},
		{"no-break space", '\u00a0', 0xa0},
		{"ÿ", 'ÿ', 0xff},
		{"Ā", 'Ā', 0x0100_0100},
		{"€", '€', 0x0100_20ac},
		{"beyond 16 bits", '😀', 0x0101_f600},
		{"line feed", '\n', SymReturn},
		{"carriage return", '\r', SymReturn},
		{"tab", '\t', SymTab},
		{"backspace", '\b', SymBackSpace},
		{"escape", 0x1b, SymEscape},
		{"delete", 0x7f, SymDelete},
		{"null", 0, 0},
		{"C1 control", 0x85, 0},
		{"half a pair", 0xd800, 0},
		{"negative", -1, 0},
		{"beyond Unicode", 0x11_0000, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := KeysymOf(tt.r); got != tt.want {
				t.Errorf("got %#x, want %#x", got, tt.want)
			}
		})
	}
}

func TestKeysymRune(t *testing.T) {
	for r := range rune(0x11_0000) {
		k := KeysymOf(r)
		if k == 0 || k == SymReturn || k == SymTab || k == SymBackSpace || k == SymEscape || k == SymDelete {
			continue
		}
		if got, ok := k.Rune(); !ok || got != r || !k.Valid() {
			t.Fatalf("%U became %#x and came back as %U, %v, valid %v", r, k, got, ok, k.Valid())
		}
	}
	for i, r := range "*+,-./0123456789" {
		if got, ok := (SymKPMultiply + Keysym(i)).Rune(); !ok || got != r {
			t.Errorf("keypad %q is %q, %v", r, got, ok)
		}
	}
	for _, k := range []Keysym{0, 0x1f, 0x7f, 0x80, SymReturn, SymF24, SymKPEnter, 0x1008_ff13, 0x0100_0041, 0x0111_0000, 0xffff_ffff} {
		if r, ok := k.Rune(); ok {
			t.Errorf("%#x types %q", k, r)
		}
	}
}
