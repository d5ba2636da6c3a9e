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

func someKey() Key {
	return Key{
		Generation: 7, Slot: SlotOf(5, 2, 3), Codec: Exact, Step: 1 << 40, CapturedAt: -1, W: 64, H: 24, Body: []byte{1, 2, 3},
	}
}

func someShape() CursorShape {
	return CursorShape{Generation: 9, W: 32, H: 48, HotX: 31, HotY: 1, Body: []byte{4, 5}}
}

func TestKeyWire(t *testing.T) {
	for _, tt := range []struct {
		name string
		got  []byte
		want string
	}{
		{"key", AppendKey(nil, someKey()), "05 00000007 85003002 01 0000010000000000 ffffffffffffffff 0040 0018 010203"},
		{"shape", AppendCursorShape(nil, someShape()), "06 00000009 0020 0030 001f 0001 0405"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got, want := hex.EncodeToString(tt.got), strings.ReplaceAll(tt.want, " ", ""); got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
		})
	}
}

func TestSlotsAreApart(t *testing.T) {
	all := []Slot{LayoutSlot, CursorSlot, CursorShapeSlot, StepSlot}
	for i, s := range all {
		if s.IsTile() {
			t.Errorf("%#x is taken for a tile", s)
		}
		for _, other := range all[:i] {
			if s == other {
				t.Errorf("%#x is there twice", s)
			}
		}
	}
}

func TestKeyComesBack(t *testing.T) {
	for _, tt := range []struct {
		name string
		k    Key
	}{
		{"usual", someKey()},
		{"smallest", Key{Slot: SlotOf(0, 0, 0), Codec: Photo, CapturedAt: math.MinInt64, W: 1, H: 1, Body: []byte{0}}},
		{"largest", Key{
			Generation: math.MaxUint32, Slot: SlotOf(15, 4095, 4095), Codec: Photo, Step: math.MaxUint64,
			CapturedAt: math.MaxInt64, W: MaxTile, H: MaxTile, Body: make([]byte, 4*MaxTile*MaxTile+bodySlack),
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := ParseKey(AppendKey(nil, tt.k))
			if err != nil || !reflect.DeepEqual(got, tt.k) {
				t.Errorf("came back otherwise, %v", err)
			}
		})
	}
	for _, c := range []CursorShape{
		someShape(),
		{W: 1, H: 1, Body: []byte{0}},
		{Generation: math.MaxUint32, W: MaxShape, H: MaxShape, HotX: MaxShape - 1, HotY: MaxShape - 1, Body: make([]byte, 8*MaxShape*MaxShape+bodySlack)},
	} {
		got, err := ParseCursorShape(AppendCursorShape(nil, c))
		if err != nil || !reflect.DeepEqual(got, c) {
			t.Errorf("a shape of %dx%d came back otherwise, %v", c.W, c.H, err)
		}
	}
}

func TestKeyRefused(t *testing.T) {
	with := func(change func(*Key)) []byte {
		k := someKey()
		change(&k)
		return AppendKey(nil, k)
	}
	for _, tt := range []struct {
		name string
		b    []byte
	}{
		{"nothing", nil},
		{"another unit", AppendCursor(nil, someCursor())},
		{"short", with(func(*Key) {})[:29]},
		{"slot of a step", with(func(k *Key) { k.Slot = StepSlot })},
		{"no codec", with(func(k *Key) { k.Codec = 0 })},
		{"unknown codec", with(func(k *Key) { k.Codec = 3 })},
		{"no width", with(func(k *Key) { k.W = 0 })},
		{"too high", with(func(k *Key) { k.H = MaxTile + 1 })},
		{"no body", with(func(k *Key) { k.Body = nil })},
		{"body too large", with(func(k *Key) { k.W, k.H, k.Body = 1, 1, make([]byte, 4+bodySlack+1) })},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got, err := ParseKey(tt.b); !fault.Is(err, fault.Invalid) {
				t.Errorf("taken as %+v, %v", got, err)
			}
		})
	}
}

func TestShapeRefused(t *testing.T) {
	with := func(change func(*CursorShape)) []byte {
		c := someShape()
		change(&c)
		return AppendCursorShape(nil, c)
	}
	for _, tt := range []struct {
		name string
		b    []byte
	}{
		{"nothing", nil},
		{"another unit", AppendCursor(nil, someCursor())},
		{"short", with(func(*CursorShape) {})[:12]},
		{"no width", with(func(c *CursorShape) { c.W, c.HotX = 0, 0 })},
		{"too wide", with(func(c *CursorShape) { c.W = MaxShape + 1 })},
		{"negative height", with(func(c *CursorShape) { c.H = -1 })},
		{"points beside itself", with(func(c *CursorShape) { c.HotX = c.W })},
		{"points below itself", with(func(c *CursorShape) { c.HotY = c.H })},
		{"points above itself", with(func(c *CursorShape) { c.HotY = -1 })},
		{"no body", with(func(c *CursorShape) { c.Body = nil })},
		{"body too large", with(func(c *CursorShape) { c.W, c.H, c.HotX, c.HotY, c.Body = 1, 1, 0, 0, make([]byte, 8+bodySlack+1) })},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got, err := ParseCursorShape(tt.b); !fault.Is(err, fault.Invalid) {
				t.Errorf("taken as %+v, %v", got, err)
			}
		})
	}
}

func FuzzKey(f *testing.F) {
	f.Add([]byte(nil))
	f.Add(AppendKey(nil, someKey()))
	f.Fuzz(func(t *testing.T, b []byte) {
		k, err := ParseKey(b)
		if err != nil {
			return
		}
		if again := AppendKey(nil, k); !bytes.Equal(again, b) {
			t.Errorf("%x parsed as %+v, which is %x", b, k, again)
		}
	})
}

func FuzzCursorShape(f *testing.F) {
	f.Add([]byte(nil))
	f.Add(AppendCursorShape(nil, someShape()))
	f.Fuzz(func(t *testing.T, b []byte) {
		c, err := ParseCursorShape(b)
		if err != nil {
			return
		}
		if again := AppendCursorShape(nil, c); !bytes.Equal(again, b) {
			t.Errorf("%x parsed as %+v, which is %x", b, c, again)
		}
	})
}

func TestKeyAllocatesNothing(t *testing.T) {
	buf := make([]byte, 0, 4096)
	k, c := someKey(), someShape()
	if n := testing.AllocsPerRun(100, func() {
		buf = AppendKey(buf[:0], k)
		if _, err := ParseKey(buf); err != nil {
			t.Error(err)
		}
		buf = AppendCursorShape(buf[:0], c)
		if _, err := ParseCursorShape(buf); err != nil {
			t.Error(err)
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
