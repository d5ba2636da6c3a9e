package seal

import (
	"errors"
	"io"
	"math/rand/v2"
	"testing"

	"deskhand/protocol/fault"
)

const session = "563773096"

// dice is a random source that repeats itself in every run of a test.
func dice(seed byte) io.Reader { return rand.NewChaCha8([32]byte{seed}) }

func party(attendee, visit uint32) Party { return Party{session, attendee, visit} }

func newEpoch(t testing.TB, number uint32, seed byte) Epoch {
	t.Helper()
	e, err := NewEpoch(number, dice(seed))
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func newOffer(t testing.TB, p Party, seed byte) *Offer {
	t.Helper()
	o, err := NewOffer(p, dice(seed))
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func newAnswer(t testing.TB, p Party, seed byte) *Answer {
	t.Helper()
	a, err := NewAnswer(p, dice(seed))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// meet runs a whole handshake with nobody in between.
func meet(t testing.TB, p Party, seed byte) (*Offer, *Answer) {
	t.Helper()
	o, a := newOffer(t, p, seed), newAnswer(t, p, seed+100)
	reveal, ours := reveal(t, o, key(t, a, o.Commit()))
	if theirs := confirm(t, a, reveal); ours != theirs {
		t.Fatalf("the customer sees %q, the attendee %q", ours, theirs)
	}
	return o, a
}

func key(t testing.TB, a *Answer, commit []byte) []byte {
	t.Helper()
	body, err := a.Key(commit)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

func reveal(t testing.TB, o *Offer, key []byte) ([]byte, Words) {
	t.Helper()
	body, w, err := o.Reveal(key)
	if err != nil {
		t.Fatal(err)
	}
	return body, w
}

func confirm(t testing.TB, a *Answer, reveal []byte) Words {
	t.Helper()
	w, err := a.Confirm(reveal)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func wrap(t testing.TB, o *Offer, e Epoch) []byte {
	t.Helper()
	body, err := o.Wrap(e)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

func unwrap(t testing.TB, a *Answer, body []byte) Epoch {
	t.Helper()
	e, err := a.Unwrap(body)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func seal(t testing.TB, s *Sealer, plain, aad string) []byte {
	t.Helper()
	frame, err := s.Seal(nil, []byte(plain), []byte(aad))
	if err != nil {
		t.Fatal(err)
	}
	return frame
}

func opener(lane Lane, epochs ...Epoch) *Opener {
	o := NewOpener(session, lane)
	for _, e := range epochs {
		o.Add(e)
	}
	return o
}

func opens(t testing.TB, o *Opener, frame []byte, aad, want string, from uint32) {
	t.Helper()
	plain, sender, err := o.Open(nil, frame, []byte(aad))
	if err != nil || string(plain) != want || sender != from {
		t.Fatalf("Open = %q from %d, %v; want %q from %d", plain, sender, err, want, from)
	}
}

func refused(t testing.TB, err error) {
	t.Helper()
	if !fault.Is(err, fault.SealBroken) {
		t.Fatalf("error is %v, want %s", err, fault.SealBroken)
	}
}

// refuses checks that a frame does not open, and that nothing of it comes out.
func refuses(t testing.TB, o *Opener, frame []byte, aad string) {
	t.Helper()
	dst := append(make([]byte, 0, 256), "before"...)
	got, from, err := o.Open(dst, frame, []byte(aad))
	refused(t, err)
	if string(got) != "before" || from != 0 {
		t.Fatalf("a refused frame gave %q from %d", got, from)
	}
	for i, b := range got[len(got):cap(got)] {
		if b != 0 {
			t.Fatalf("a refused frame left its plain text at %d: %q", i, got[:cap(got)])
		}
	}
}

// empty is a random source that has run dry.
type empty struct{}

var errEmpty = errors.New("no randomness")

func (empty) Read([]byte) (int, error) { return 0, errEmpty }
