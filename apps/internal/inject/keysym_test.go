package inject

import (
	"testing"

	"deskhand/protocol/frame"
)

func TestRuneOf(t *testing.T) {
	for _, tt := range []struct {
		name string
		sym  uint32
		want rune
	}{
		{"letter", 'a', 'a'},
		{"Latin-1", 0xe9, 'é'},
		{"EuroSign", 0x20ac, '€'},
		{"Unicode", 0x0100_4f60, '你'},
		{"lstroke", 0x1b3, 'ł'},
		{"Aogonek", 0x1a1, 'Ą'},
		{"hstroke", 0x2b1, 'ħ'},
		{"gbreve", 0x2bb, 'ğ'},
		{"ENG", 0x3bd, 'Ŋ'},
		{"amacron", 0x3e0, 'ā'},
		{"Arabic_alef", 0x5c7, 'ا'},
		{"Cyrillic_ya", 0x6d1, 'я'},
		{"Cyrillic_YU", 0x6e0, 'Ю'},
		{"Cyrillic_io", 0x6a3, 'ё'},
		{"Ukrainian_ghe_with_upturn", 0x6ad, 'ґ'},
		{"numerosign", 0x6b0, '№'},
		{"Cyrillic_DZHE", 0x6bf, 'Џ'},
		{"Greek_alpha", 0x7e1, 'α'},
		{"Greek_rho", 0x7f1, 'ρ'},
		{"Greek_sigma", 0x7f2, 'σ'},
		{"Greek_finalsmallsigma", 0x7f3, 'ς'},
		{"Greek_tau", 0x7f4, 'τ'},
		{"Greek_OMEGA", 0x7d9, 'Ω'},
		{"Greek_SIGMA", 0x7d2, 'Σ'},
		{"Greek_ALPHAaccent", 0x7a1, 'Ά'},
		{"Greek_OMEGAaccent", 0x7ab, 'Ώ'},
		{"Greek_alphaaccent", 0x7b1, 'ά'},
		{"Greek_omegaaccent", 0x7bb, 'ώ'},
		{"hebrew_aleph", 0xce0, 'א'},
		{"hebrew_taw", 0xcfa, 'ת'},
		{"Thai_kokai", 0xda1, 'ก'},
		{"OE", 0x13bc, 'Œ'},
		{"oe", 0x13bd, 'œ'},
		{"Ydiaeresis", 0x13be, 'Ÿ'},
		{"dead key", 0xfe51, 0},
		{"Return", 0xff0d, 0},
		{"keypad", 0xffb1, 0},
		{"Shift", 0xffe1, 0},
		{"none", 0, 0},
		{"control", 0x7f, 0},
		{"beyond Unicode", 0x0111_0000, 0},
		{"Greek, nothing there", 0x7d3, 0},
		{"Greek, a gap", 0x7a6, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, ok := runeOf(tt.sym)
			if got != tt.want || ok != (tt.want != 0) {
				t.Errorf("runeOf(%#x) = %q, %v, want %q", tt.sym, got, ok, tt.want)
			}
		})
	}
}

// TestOneNumberEach: no two older numbers of one set mean the same, which a shifted table would show.
func TestOneNumberEach(t *testing.T) {
	for set := uint32(1); set < 0x21; set++ {
		seen := map[rune]uint32{}
		for low := uint32(0xa0); low <= 0xff; low++ {
			r, ok := runeOf(set<<8 | low)
			if ok && seen[r] != 0 {
				t.Errorf("%#x and %#x are both %q", seen[r], set<<8|low, r)
			}
			if ok {
				seen[r] = set<<8 | low
			}
		}
	}
}

func TestFit(t *testing.T) {
	displays := []frame.Display{{ID: 4, W: 10, H: 20}}
	for _, tt := range []struct {
		name string
		e    frame.Event
		ok   bool
		x, y int
	}{
		{"inside", frame.Event{Kind: frame.PointerMove, Display: 4, X: 3, Y: 4}, true, 3, 4},
		{"outside", frame.Event{Kind: frame.Wheel, Display: 4, X: -3, Y: 20}, true, 0, 19},
		{"not there", frame.Event{Kind: frame.ButtonDown, Display: 0}, false, 0, 0},
		{"without a place", frame.Event{Kind: frame.Text, Rune: 'x'}, true, 0, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if ok := Fit(&tt.e, displays); ok != tt.ok || tt.e.X != tt.x || tt.e.Y != tt.y {
				t.Errorf("Fit = %v, %+v", ok, tt.e)
			}
		})
	}
}

// small is a reply to GetMap with one type and one key.
func small() []byte {
	b := make([]byte, mapHead)
	b[0], b[12], b[15], b[17], b[20], b[33] = 1, mapTypes|mapSyms|mapModifiers, 1, 24, 1, 1
	b = append(b, modShift, modShift, 0, 0, 2, 1, 0, 0) // a type with two levels
	b = append(b, 1, modShift, 1, modShift, 0, 0, 0, 0) // Shift leads to the second
	b = append(b, 0, 0, 0, 0, 1, 2, 2, 0)               // a key with one group of two levels
	b = append(b, 'q', 0, 0, 0, 'Q', 0, 0, 0)
	return append(b, 24, modLock, 0, 0)
}

func TestParseKeymap(t *testing.T) {
	m, err := parseKeymap(small())
	if err != nil {
		t.Fatal(err)
	}
	var got []stroke
	m.strokes(3, func(s uint32) bool { return s == 'Q' }, func(s stroke) bool { got = append(got, s); return true })
	if len(got) != 1 || got[0] != (stroke{code: 24, mask: modShift, mods: modShift}) {
		t.Errorf("Q is %+v", got)
	}
	if m.mods[24] != modLock {
		t.Errorf("the key is modifier %b", m.mods[24])
	}
	for n := range len(small()) - 2 { // the last two bytes are padding
		if _, err := parseKeymap(small()[:n]); err == nil {
			t.Errorf("%d of %d bytes are taken", n, len(small()))
		}
	}
}

func TestGroup(t *testing.T) {
	for _, tt := range []struct {
		name      string
		groups    byte
		effective byte
		want      int
	}{
		{"none", 0, 2, 0},
		{"there", 2, 1, 1},
		{"wrap", 2, 3, 1},
		{"clamp", 0x40 | 2, 3, 1},
		{"redirect", 0x90 | 2, 3, 1},
		{"redirect beyond", 0xb0 | 2, 3, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := (&key{groups: tt.groups}).group(tt.effective); got != tt.want {
				t.Errorf("group = %d, want %d", got, tt.want)
			}
		})
	}
}

func FuzzParseKeymap(f *testing.F) {
	f.Add(small())
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := parseKeymap(b)
		if err != nil {
			return
		}
		for group := range byte(4) {
			m.strokes(group, func(uint32) bool { return true }, func(stroke) bool { return true })
		}
	})
}
