package seal

import (
	"bytes"
	"testing"
)

// The parsers of the handshake see what the relay forwards, so they get anything. Each target checks that only the one
// right message passes.

func FuzzKey(f *testing.F) {
	p := party(2, 1)
	f.Add([]byte{})
	f.Add(newOffer(f, p, 1).Commit())
	f.Fuzz(func(t *testing.T, commit []byte) {
		a := newAnswer(t, p, 2)
		body, err := a.Key(commit)
		if err != nil {
			refused(t, err)
			return
		}
		if len(commit) != commitLen || len(body) != keyLen {
			t.Fatalf("a commit of %d bytes gave a key of %d", len(commit), len(body))
		}
	})
}

func FuzzReveal(f *testing.F) {
	p := party(2, 1)
	right := key(f, newAnswer(f, p, 2), newOffer(f, p, 1).Commit())
	_, words := reveal(f, newOffer(f, p, 1), right)
	f.Add([]byte{})
	f.Add(right)
	f.Add(make([]byte, keyLen))
	f.Fuzz(func(t *testing.T, body []byte) {
		o := newOffer(t, p, 1)
		_, w, err := o.Reveal(body)
		if err != nil {
			refused(t, err)
			return
		}
		if (w == words) != bytes.Equal(body, right) {
			t.Fatalf("the key %x gives the words %q", body, w)
		}
		if _, err := o.Wrap(newEpoch(t, 1, 1)); err != nil {
			refused(t, err)
		}
	})
}

func FuzzConfirm(f *testing.F) {
	p := party(2, 1)
	o := newOffer(f, p, 1)
	right, _ := reveal(f, o, key(f, newAnswer(f, p, 2), o.Commit()))
	f.Add([]byte{})
	f.Add(right)
	f.Add(make([]byte, revealLen))
	f.Fuzz(func(t *testing.T, body []byte) {
		a := newAnswer(t, p, 2)
		key(t, a, o.Commit())
		_, err := a.Confirm(body)
		if (err == nil) != bytes.Equal(body, right) {
			t.Fatalf("Confirm(%x): %v", body, err)
		}
		if err != nil {
			refused(t, err)
		}
	})
}

func FuzzUnwrap(f *testing.F) {
	p := party(2, 1)
	o, _ := meet(f, p, 1)
	e := newEpoch(f, 1, 1)
	f.Add([]byte{})
	f.Add(wrap(f, o, e))
	f.Add(make([]byte, wrapLen))
	f.Fuzz(func(t *testing.T, body []byte) {
		_, a := meet(t, p, 1)
		got, err := a.Unwrap(body)
		if err != nil {
			refused(t, err)
			return
		}
		// Wrapping is randomised, so there is more than one right message; each holds what the customer wrapped.
		if got.Number != e.Number || got.state.secret != e.state.secret {
			t.Fatalf("Unwrap(%x) = %v with another secret", body, got)
		}
	})
}

func FuzzOpen(f *testing.F) {
	e := newEpoch(f, 1, 1)
	right := seal(f, NewSealer(e, session, 2, LaneScreen), "secret", "slot")
	f.Add([]byte{}, []byte{})
	f.Add(right, []byte("slot"))
	f.Fuzz(func(t *testing.T, frame, aad []byte) {
		o := opener(LaneScreen, e)
		if bytes.Equal(frame, right) && string(aad) == "slot" {
			opens(t, o, frame, "slot", "secret", 2)
			return
		}
		refuses(t, o, frame, string(aad))
	})
}
