package e2e

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"strings"
	"testing"
	"unicode/utf16"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gomono"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"

	"deskhand/apps/internal/session"
	"deskhand/protocol/frame"
	"deskhand/protocol/pixel"
	"deskhand/protocol/tile"
)

const (
	onScreen  = "The vault opens at quarter past nine"
	typedText = "Grüße: Zwölf Boxkämpfer jagen Viktor, €4711 @ naïve façade ✓ 漢字"
	spoken    = "the weather is fine in Lisbon today"
)

// TestRelayCannotRead lets a relay record every byte that it carries and stores, and looks for what was on the screen
// and what was typed: as pixels, as tiles, as events, as text. What it may read, the chat, it does find.
func TestRelayCannotRead(t *testing.T) {
	for _, by := range ways() {
		t.Run(by.name, func(t *testing.T) { relayCannotRead(t, by) })
	}
}

func relayCannotRead(t *testing.T, by way) {
	w := newWorld(t, by)
	c, r := w.help(visitors{}, session.Consent{See: true, Control: true})
	if path := w.conn(c.link).Path(); path != by.name {
		t.Fatalf("the customer's path is %s", path)
	}
	c.desktop.draw(0, image.Rect(0, 64, 500, 128), func(img draw.Image) { writeText(t, img, onScreen) })
	c.desktop.draw(0, image.Rect(0, 192, 500, 256), paintRamp)
	w.seen(c, r)

	w.typist(c, r)
	pressed := keys('K', 'e', 'y', frame.SymTab, 's', '7', frame.SymReturn, 'x', frame.SymF5, 'q')
	r.sender.Send(text(typedText)...)
	r.sender.Send(pressed...)
	w.await("everything that the rep typed at the customer", func() bool {
		return c.hand.typed() == typedText && count(c.hand.all(), frame.KeyUp) == len(pressed)/2
	})
	c.Say(spoken)
	w.await("what the customer said at the rep", func() bool { return r.heard(spoken) })

	secrets := secrets{}
	secrets.picture(c.desktop)
	secrets.add("typed events", frame.AppendEvents(nil, text(typedText)))
	secrets.add("pressed keys", frame.AppendEvents(nil, pressed))
	secrets.text("typed text", typedText)
	secrets.text("text on the screen", onScreen)
	secrets.prove(t)

	recorded := w.tape.all()
	for _, lane := range []string{"control", "screen", "input"} {
		if len(recorded[lane]) == 0 {
			t.Errorf("the relay recorded nothing on the %s lane", lane)
		}
	}
	if n := uint64(len(recorded["screen"])); n < c.share.Stats().Bytes {
		t.Errorf("the customer sent %d bytes of screen, the relay recorded %d", c.share.Stats().Bytes, n)
	}
	if !bytes.Contains(recorded["control"], []byte(spoken)) {
		t.Error("the relay's record does not hold what was said, so it proves nothing")
	}
	for lane, b := range recorded {
		secrets.absent(t, "the "+lane+" lane", b)
	}
	stored(t, w, secrets) // while it runs, with the write-ahead log
	w.stop()
	stored(t, w, secrets)
}

// stored looks through every file of the relay.
func stored(t *testing.T, w *world, s secrets) {
	t.Helper()
	files, err := contents(w.cfg.Dir)
	if err != nil {
		t.Fatal(err)
	}
	said := false
	for name, b := range files {
		s.absent(t, "the file "+name, b)
		said = said || strings.HasPrefix(name, "relay.db") && bytes.Contains(b, []byte(spoken))
	}
	if !said {
		t.Error("the relay's files do not hold what was said, so they prove nothing")
	}
}

// writeText draws a text with a real font, black on white.
func writeText(t *testing.T, img draw.Image, s string) {
	t.Helper()
	parsed, err := opentype.Parse(gomono.TTF)
	if err != nil {
		t.Fatal(err)
	}
	face, err := opentype.NewFace(parsed, &opentype.FaceOptions{Size: 20, DPI: 72, Hinting: font.HintingFull})
	if err != nil {
		t.Fatal(err)
	}
	defer face.Close()
	r := img.Bounds()
	draw.Draw(img, r, image.White, image.Point{}, draw.Src)
	d := font.Drawer{Dst: img, Src: image.Black, Face: face, Dot: fixed.P(r.Min.X+8, r.Min.Y+40)}
	d.DrawString(s)
}

// paintRamp draws pixels of which no two neighbours are alike.
func paintRamp(img draw.Image) {
	r := img.Bounds()
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			img.Set(x, y, color.RGBA{byte(7 * x), byte(13*y + x/5), byte(x ^ 3*y), 255})
		}
	}
}

func count(events []frame.Event, kind frame.Kind) (n int) {
	for _, e := range events {
		if e.Kind == kind {
			n++
		}
	}
	return n
}

// window is how many bytes of a secret in a row give it away. Random bytes match by chance once in 2^96 tries.
const window = 12

// secrets are byte sequences that must not be found, and whose they are.
type secrets map[[window]byte]string

// add makes every stretch of b a secret, but those of too few different bytes, which are everywhere.
func (s secrets) add(what string, b []byte) {
	for i := 0; i+window <= len(b); i++ {
		part := b[i : i+window]
		different := [256]bool{}
		n := 0
		for _, one := range part {
			if !different[one] {
				different[one] = true
				n++
			}
		}
		if n >= 4 {
			s[[window]byte(part)] = fmt.Sprintf("%s, from byte %d", what, i)
		}
	}
}

// picture adds each square of a desktop: its rows as they are, in both orders of colours, and its encoding; and the
// encoding of the whole.
func (s secrets) picture(d *desktop) {
	const side = 64
	d.mu.Lock()
	defer d.mu.Unlock()
	encoder := tile.NewEncoder()
	for i, img := range d.images {
		m := pixel.FromRGBA(img)
		s.add(fmt.Sprintf("display %d, encoded", i), encoder.Append(nil, m))
		for y := 0; y < m.H; y += side {
			for x := 0; x < m.W; x += side {
				r := image.Rect(x, y, x+side, y+side).Intersect(m.Bounds())
				what := fmt.Sprintf("the square at %d,%d of display %d", x, y, i)
				s.add(what+", encoded", encoder.Append(nil, m.Sub(r)))
				for row := r.Min.Y; row < r.Max.Y; row++ {
					at := img.PixOffset(r.Min.X, row)
					s.add(what+", raw", img.Pix[at:at+4*r.Dx()])
					s.add(what+", raw", m.Sub(r).Row(row-r.Min.Y))
				}
			}
		}
	}
}

// text adds a text in the encodings that text has.
func (s secrets) text(what, t string) {
	utf8, runes := []byte(t), []rune(t)
	s.add(what+" in UTF-8", utf8)
	for name, order := range map[string]binary.AppendByteOrder{"BE": binary.BigEndian, "LE": binary.LittleEndian} {
		var in16, in32 []byte
		for _, u := range utf16.Encode(runes) {
			in16 = order.AppendUint16(in16, u)
		}
		for _, r := range runes {
			in32 = order.AppendUint32(in32, uint32(r))
		}
		s.add(what+" in UTF-16"+name, in16)
		s.add(what+" in UTF-32"+name, in32)
	}
}

// find names the first secret in b.
func (s secrets) find(b []byte) (what string, found bool) {
	for i := 0; i+window <= len(b); i++ {
		if what, found = s[[window]byte(b[i:])]; found {
			return what, true
		}
	}
	return "", false
}

func (s secrets) absent(t *testing.T, where string, b []byte) {
	t.Helper()
	if what, found := s.find(b); found {
		t.Errorf("the relay can read %s in %s", what, where)
	}
}

// prove shows that the search finds what it should.
func (s secrets) prove(t *testing.T) {
	t.Helper()
	for _, plain := range []string{typedText, onScreen} {
		if _, found := s.find([]byte("...." + plain + "....")); !found {
			t.Errorf("the search misses %q", plain)
		}
	}
	if _, found := s.find(frame.AppendEvents(nil, text(typedText[:12]))); !found {
		t.Error("the search misses a few typed characters")
	}
	if len(s) < 10_000 {
		t.Errorf("there are only %d secrets", len(s))
	}
}
