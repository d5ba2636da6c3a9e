package inject

import (
	"fmt"
	"slices"
	"testing"

	"deskhand/protocol/fault"
	"deskhand/protocol/frame"
)

// diary are hands that write down what they do.
type diary struct{ lines []string }

func (d *diary) note(format string, args ...any) error {
	d.lines = append(d.lines, fmt.Sprintf(format, args...))
	return nil
}

func sign(down bool) string {
	if down {
		return "+"
	}
	return "-"
}

func (d *diary) move(x, y int) error                    { return d.note("at %d,%d", x, y) }
func (d *diary) button(b frame.Button, down bool) error { return d.note("%sbutton %d", sign(down), b) }
func (d *diary) wheel(dx, dy int) error                 { return d.note("wheel %d,%d", dx, dy) }
func (d *diary) key(s frame.Keysym, down bool) error {
	return d.note("%skey %x", sign(down), uint32(s))
}
func (d *diary) text(r rune) error { return d.note("%c", r) }

func TestNative(t *testing.T) {
	key := func(k frame.Kind, s frame.Keysym) frame.Event { return frame.Event{Kind: k, Sym: s} }
	for _, tt := range []struct {
		name string
		ev   []frame.Event
		want []string
	}{
		{"move", []frame.Event{{Kind: frame.PointerMove, Display: 1, X: 5, Y: 999}}, []string{"at -95,99"}},
		{
			"buttons are pressed once",
			[]frame.Event{
				{Kind: frame.ButtonUp, Button: frame.Left},
				{Kind: frame.ButtonDown, Button: frame.Left},
				{Kind: frame.ButtonDown, Button: frame.Left},
			},
			[]string{"at 0,0", "at 0,0", "+button 1", "at 0,0", "-button 1"},
		},
		{"wheel", []frame.Event{{Kind: frame.Wheel, X: 1, DX: 5, DY: -120}}, []string{"at 1,0", "wheel 5,-120"}},
		{
			"keys repeat",
			[]frame.Event{key(frame.KeyDown, 'a'), key(frame.KeyDown, 'a'), key(frame.KeyUp, 'a'), key(frame.KeyUp, 'a')},
			[]string{"+key 61", "+key 61", "-key 61"},
		},
		{
			"AltGr does not spoil a character",
			[]frame.Event{
				key(frame.KeyDown, frame.SymControlL), key(frame.KeyDown, frame.SymAltL), key(frame.KeyDown, frame.SymShiftL),
				{Kind: frame.Text, Rune: '@'},
			},
			[]string{
				"+key ffe3", "+key ffe9", "+key ffe1", "-key ffe9", "-key ffe3", "@", "+key ffe3", "+key ffe9",
				"-key ffe1", "-key ffe9", "-key ffe3",
			},
		},
		{
			"everything is released",
			[]frame.Event{
				{Kind: frame.ButtonDown, Button: frame.Right},
				key(frame.KeyDown, frame.SymSuperL),
				{Kind: frame.ReleaseAll},
			},
			[]string{"at 0,0", "+button 3", "+key ffeb", "-button 3", "-key ffeb"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := &diary{}
			n := newNative(d)
			n.displays = func() ([]frame.Display, error) {
				return []frame.Display{{W: 100, H: 100}, {ID: 1, X: -100, W: 100, H: 100}}, nil
			}
			if err := n.Apply(tt.ev); err != nil {
				t.Fatal(err)
			}
			if err := n.Close(); err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(d.lines, tt.want) {
				t.Errorf("done %q, want %q", d.lines, tt.want)
			}
			if err := n.Apply([]frame.Event{{Kind: frame.PointerMove, Display: 2}}); !fault.Is(err, fault.Invalid) {
				t.Errorf("a display that is not there: %v", err)
			}
		})
	}
}

func TestNormal(t *testing.T) {
	for _, size := range []int{1, 2, 640, 1366, 1920, 3840, 7680} {
		for _, origin := range []int{0, -1920, 100} {
			for i := range size {
				n := normal(origin+i, origin, size)
				if back := int(n) * size / 65536; n < 0 || n > 65535 || back != i {
					t.Fatalf("pixel %d of %d becomes %d and that is pixel %d", i, size, n, back)
				}
			}
		}
	}
}

func TestNamed(t *testing.T) {
	for _, tt := range []struct {
		name string
		sym  frame.Keysym
		mac  string
		vk   uint16
		ext  bool
	}{
		{"f1", frame.SymF1, "f1", 0x70, false},
		{"f24", frame.SymF24, "", 0x87, false},
		{"keypad 9", frame.SymKP9, "num9", 0x69, false},
		{"right alt", frame.SymAltR, "altr", 0xa5, true},
		{"return", frame.SymReturn, "enter", 0x0d, false},
		{"enter of the keypad", frame.SymKPEnter, "num_enter", 0x0d, true},
		{"capital", 'Q', "q", 0, false},
		{"space", ' ', "space", 0, false},
		{"beyond ASCII", 0xe9, "", 0, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, vk := named(tt.sym)
			if mac := macKey(tt.sym); mac != tt.mac || vk != tt.vk || extended(tt.sym) != tt.ext {
				t.Errorf("%q, %#x, extended %v", mac, vk, extended(tt.sym))
			}
		})
	}
}
