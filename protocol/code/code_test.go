package code

import (
	"bytes"
	"crypto/rand"
	"errors"
	"io"
	"math"
	"strings"
	"testing"
	"testing/iotest"

	"deskhand/protocol/fault"
)

func TestParse(t *testing.T) {
	for _, tt := range []struct{ name, text string }{
		{"digits alone", "563773096"},
		{"spaces", "563 773 096"},
		{"hyphens", "563-773-096"},
		{"full stops", "563.773.096"},
		{"slashes", "563/773/096"},
		{"no-break spaces", "563\u00a0773\u00a0096"},
		{"narrow no-break spaces", "563\u202f773\u202f096"},
		{"thin spaces", "563\u2009773\u2009096"},
		{"figure spaces", "563\u2007773\u2007096"},
		{"ideographic spaces", "563\u3000773\u3000096"},
		{"no-break hyphens", "563\u2011773\u2011096"},
		{"en dashes", "563–773–096"},
		{"em dashes", "563—773—096"},
		{"minus signs", "563\u2212773\u2212096"},
		{"tabs and line ends", "\t563\r\n773\n096\r\n"},
		{"space around", "  563773096 "},
		{"one by one", "5 6 3 7 7 3 0 9 6"},
		{"pairs", "56 37 73 09 6"},
		{"mixed and doubled", "563 - 773 -- 096."},
		{"zero-width space", "563\u200b773\u200b096"},
		{"marks of a copied phone number", "\u202a563 773 096\u202c"},
		{"byte order mark", "\ufeff563773096"},
		{"soft hyphen", "563\u00ad773\u00ad096"},
		{"full-width digits", "５６３　７７３　０９６"},
		{"full-width separators", "５６３．７７３／０９６"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, err := Parse(tt.text)
			if err != nil || c.String() != "563773096" || c.Grouped() != "563 773 096" {
				t.Errorf("got %q, %q, %v", c, c.Grouped(), err)
			}
		})
	}
	if c, err := Parse("000-000-000"); err != nil || c != "000000000" {
		t.Errorf("leading zeroes: %q, %v", c, err)
	}
}

func TestParseRefused(t *testing.T) {
	for _, tt := range []struct{ name, text string }{
		{"nothing", ""},
		{"separators alone", " - - "},
		{"eight digits", "56377309"},
		{"ten digits", "5637730961"},
		{"a word before", "code 563773096"},
		{"a word behind", "563773096 please"},
		{"a letter within", "563 7l3 096"},
		{"letter O for zero", "563 773 O96"},
		{"comma", "563,773,096"},
		{"colon", "563:773:096"},
		{"plus", "+563773096"},
		{"number sign", "#563773096"},
		{"brackets", "(563) 773 096"},
		{"a link", "https://example.com/j/563773096"},
		{"exponent", "563773096e0"},
		{"Arabic-Indic digits", "٥٦٣٧٧٣٠٩٦"},
		{"superscript digits", "⁵⁶³⁷⁷³⁰⁹⁶"},
		{"broken UTF-8", "563773096\xff"},
		{"null", "563773096\x00"},
		{"two codes", "563773096 563773096"},
		{"long", "563773096" + strings.Repeat(" ", 200)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if c, err := Parse(tt.text); !fault.Is(err, fault.Invalid) || c != "" {
				t.Errorf("taken as %q, %v", c, err)
			}
		})
	}
}

func TestGroupedOfNoCode(t *testing.T) {
	for _, c := range []Code{"", "12", "1234567890"} {
		if got := c.Grouped(); got != string(c) {
			t.Errorf("%q is shown as %q", c, got)
		}
	}
}

func TestNewDraws(t *testing.T) {
	word := func(n uint32) []byte { n <<= 2; return []byte{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)} }
	for _, tt := range []struct {
		name string
		b    []byte
		want Code
	}{
		{"lowest", word(0), "100000000"},
		{"highest", word(count - 1), "999999999"},
		{"too high is drawn again", append(word(count), word(463773096)...), "563773096"},
		{"the highest bits count", []byte{0xff, 0xff, 0xff, 0xff, 0, 0, 0, 4}, "100000001"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if c, err := New(bytes.NewReader(tt.b)); err != nil || c != tt.want {
				t.Errorf("got %q, %v", c, err)
			}
		})
	}
}

func TestNewFails(t *testing.T) {
	broken := errors.New("broken")
	for _, tt := range []struct {
		name string
		r    io.Reader
		want error // nil: any
	}{
		{"broken source", iotest.ErrReader(broken), broken},
		{"short source", bytes.NewReader([]byte{1, 2, 3}), io.ErrUnexpectedEOF},
		{"stuck source", bytes.NewReader(bytes.Repeat([]byte{0xff}, 4*maxDraws+4)), nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, err := New(tt.r)
			if err == nil || c != "" || (tt.want != nil && !errors.Is(err, tt.want)) {
				t.Errorf("got %q, %v", c, err)
			}
		})
	}
}

// Each first digit must come up as often as the others: within five standard deviations.
func TestNewIsUniform(t *testing.T) {
	const draws = 90_000
	var first [10]int
	for range draws {
		c, err := New(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := Parse(c.Grouped()); err != nil || again != c {
			t.Fatalf("%q is read as %q, %v", c, again, err)
		}
		first[c[0]-'0']++
	}
	const p = 1.0 / 9
	bound := 5 * math.Sqrt(draws*p*(1-p))
	for d, n := range first[1:] {
		if math.Abs(float64(n)-draws*p) > bound {
			t.Errorf("first digit %d came %d times of %d", d+1, n, draws)
		}
	}
	if first[0] != 0 {
		t.Errorf("%d codes begin with 0", first[0])
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"", "563773096", "563-773-096", "５６３ ７７３\u00a0０９６", "code 563773096", "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, err := Parse(text)
		if err != nil {
			if !fault.Is(err, fault.Invalid) || c != "" {
				t.Errorf("%q gives %q, %v", text, c, err)
			}
			return
		}
		if len(c) != digits || strings.Trim(string(c), "0123456789") != "" {
			t.Errorf("%q gives %q", text, c)
		}
		for _, s := range []string{c.String(), c.Grouped()} {
			if again, err := Parse(s); err != nil || again != c {
				t.Errorf("%q is read as %q, %v", s, again, err)
			}
		}
	})
}
