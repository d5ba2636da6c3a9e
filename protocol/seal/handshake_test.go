package seal

import (
	"bytes"
	"errors"
	"fmt"
	"testing"

	"deskhand/protocol/fault"
)

func TestHandshake(t *testing.T) {
	o, a := meet(t, party(2, 1), 1)
	for number := uint32(1); number < 4; number++ {
		e := newEpoch(t, number*7, byte(number))
		got := unwrap(t, a, wrap(t, o, e))
		if got.Number != e.Number || got.state.secret != e.state.secret {
			t.Fatalf("epoch %d came out as %d", e.Number, got.Number)
		}
	}
}

func TestOneEpochForSeveralAttendees(t *testing.T) {
	e := newEpoch(t, 1, 1)
	for attendee := uint32(2); attendee < 6; attendee++ {
		o, a := meet(t, party(attendee, 3), byte(attendee))
		if got := unwrap(t, a, wrap(t, o, e)); got.state.secret != e.state.secret {
			t.Fatalf("attendee %d got another secret", attendee)
		}
	}
}

func TestHandshakesDiffer(t *testing.T) {
	seen := make(map[string]bool)
	for seed := range byte(50) {
		o := newOffer(t, party(2, 1), seed)
		_, w, err := o.Reveal(key(t, newAnswer(t, party(2, 1), seed+100), o.Commit()))
		if err != nil {
			t.Fatal(err)
		}
		seen[w.String()] = true
	}
	if len(seen) != 50 {
		t.Errorf("50 handshakes gave %d different words", len(seen))
	}
}

func TestPartyRefused(t *testing.T) {
	for _, tt := range []struct {
		name  string
		party Party
	}{
		{"zero", Party{}},
		{"nobody", Party{session, 0, 1}},
		{"the customer itself", Party{session, 1, 1}},
		{"attendee too high", Party{session, 4096, 1}},
		{"no session", Party{"", 2, 1}},
		{"session too short", Party{"56377309", 2, 1}},
		{"session too long", Party{"5637730961", 2, 1}},
		{"session grouped", Party{"563 77309", 2, 1}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := NewOffer(tt.party, dice(1)); !fault.Is(err, fault.Invalid) {
				t.Errorf("NewOffer: %v", err)
			}
			if _, err := NewAnswer(tt.party, dice(1)); !fault.Is(err, fault.Invalid) {
				t.Errorf("NewAnswer: %v", err)
			}
		})
	}
}

func TestWithoutRandomness(t *testing.T) {
	if _, err := NewOffer(party(2, 1), empty{}); !errors.Is(err, errEmpty) {
		t.Errorf("NewOffer: %v", err)
	}
	if _, err := NewAnswer(party(2, 1), empty{}); !errors.Is(err, errEmpty) {
		t.Errorf("NewAnswer: %v", err)
	}
	if _, err := NewEpoch(1, empty{}); !errors.Is(err, errEmpty) {
		t.Errorf("NewEpoch: %v", err)
	}
}

// TestPartiesMustAgree has the relay introduce the two ends as different parties to each other.
func TestPartiesMustAgree(t *testing.T) {
	for _, tt := range []struct {
		name  string
		party Party
	}{
		{"another session", Party{"563773097", 2, 1}},
		{"another attendee", Party{session, 3, 1}},
		{"another visit", Party{session, 2, 2}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			o, a := newOffer(t, party(2, 1), 1), newAnswer(t, tt.party, 2)
			body, _ := reveal(t, o, key(t, a, o.Commit()))
			_, err := a.Confirm(body)
			refused(t, err)
		})
	}
}

func TestMessagesOutOfOrder(t *testing.T) {
	p := party(2, 1)
	someKey := func() []byte { return key(t, newAnswer(t, p, 9), newOffer(t, p, 9).Commit()) }
	for _, tt := range []struct {
		name string
		run  func(o *Offer, a *Answer) error
	}{
		{"wrap before the key", func(o *Offer, _ *Answer) error {
			_, err := o.Wrap(newEpoch(t, 1, 1))
			return err
		}},
		{"second key", func(o *Offer, _ *Answer) error {
			reveal(t, o, someKey())
			_, _, err := o.Reveal(someKey())
			return err
		}},
		{"wrap after a second key", func(o *Offer, _ *Answer) error {
			reveal(t, o, someKey())
			_, _, _ = o.Reveal(someKey())
			_, err := o.Wrap(newEpoch(t, 1, 1))
			return err
		}},
		{"key after a bad key", func(o *Offer, _ *Answer) error {
			_, _, _ = o.Reveal(nil)
			_, _, err := o.Reveal(someKey())
			return err
		}},
		{"second commit", func(o *Offer, a *Answer) error {
			key(t, a, o.Commit())
			_, err := a.Key(o.Commit())
			return err
		}},
		{"commit after a bad commit", func(o *Offer, a *Answer) error {
			_, _ = a.Key(nil)
			_, err := a.Key(o.Commit())
			return err
		}},
		{"reveal before the commit", func(o *Offer, a *Answer) error {
			body, _ := reveal(t, o, someKey())
			_, err := a.Confirm(body)
			return err
		}},
		{"second reveal", func(o *Offer, a *Answer) error {
			body, _ := reveal(t, o, key(t, a, o.Commit()))
			confirm(t, a, body)
			_, err := a.Confirm(body)
			return err
		}},
		{"reveal after a bad reveal", func(o *Offer, a *Answer) error {
			body, _ := reveal(t, o, key(t, a, o.Commit()))
			_, _ = a.Confirm(body[1:])
			_, err := a.Confirm(body)
			return err
		}},
		{"epoch before the reveal", func(o *Offer, a *Answer) error {
			reveal(t, o, key(t, a, o.Commit()))
			_, err := a.Unwrap(wrap(t, o, newEpoch(t, 1, 1)))
			return err
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			refused(t, tt.run(newOffer(t, p, 1), newAnswer(t, p, 2)))
		})
	}
}

func TestMessagesMalformed(t *testing.T) {
	p := party(2, 1)
	for _, n := range []int{0, 1, 31, 33, 63, 65, 147, 149, 4096} {
		t.Run(fmt.Sprintf("%d bytes", n), func(t *testing.T) {
			b := make([]byte, n)
			_, err := newAnswer(t, p, 1).Key(b)
			refused(t, err)
			_, _, err = newOffer(t, p, 1).Reveal(b)
			refused(t, err)
			a := newAnswer(t, p, 1)
			key(t, a, newOffer(t, p, 1).Commit())
			_, err = a.Confirm(b)
			refused(t, err)
			_, a = meet(t, p, 1)
			_, err = a.Unwrap(b)
			refused(t, err)
		})
	}
}

// TestEveryBitOfTheHandshakeCounts flips each bit of each message on its way.
func TestEveryBitOfTheHandshakeCounts(t *testing.T) {
	p := party(2, 1)
	t.Run("commit", func(t *testing.T) {
		eachFlip(newOffer(t, p, 1).Commit(), func(flipped []byte) {
			o, a := newOffer(t, p, 1), newAnswer(t, p, 2)
			body, _ := reveal(t, o, key(t, a, flipped))
			_, err := a.Confirm(body)
			refused(t, err)
		})
	})
	t.Run("key", func(t *testing.T) {
		eachFlip(key(t, newAnswer(t, p, 2), newOffer(t, p, 1).Commit()), func(flipped []byte) {
			o, a := newOffer(t, p, 1), newAnswer(t, p, 2)
			key(t, a, o.Commit())
			body, ours := reveal(t, o, flipped)
			if theirs := confirm(t, a, body); ours == theirs {
				t.Fatalf("the key was changed and both see %q", ours)
			}
			if body, err := o.Wrap(newEpoch(t, 1, 1)); err == nil {
				_, err = a.Unwrap(body)
				refused(t, err)
			}
		})
	})
	t.Run("reveal", func(t *testing.T) {
		body, _ := reveal(t, newOffer(t, p, 1), key(t, newAnswer(t, p, 2), newOffer(t, p, 1).Commit()))
		eachFlip(body, func(flipped []byte) {
			a := newAnswer(t, p, 2)
			key(t, a, newOffer(t, p, 1).Commit())
			_, err := a.Confirm(flipped)
			refused(t, err)
		})
	})
	t.Run("epoch", func(t *testing.T) {
		o, a := meet(t, p, 1)
		body := wrap(t, o, newEpoch(t, 1, 1))
		eachFlip(body, func(flipped []byte) {
			_, err := a.Unwrap(flipped)
			refused(t, err)
		})
		unwrap(t, a, body) // what was refused has changed nothing
	})
}

// eachFlip calls f with copies of b that differ from it in one bit.
func eachFlip(b []byte, f func(flipped []byte)) {
	for i := range len(b) * 8 {
		flipped := bytes.Clone(b)
		flipped[i/8] ^= 1 << (i % 8)
		f(flipped)
	}
}

func TestEpochNumbersRise(t *testing.T) {
	o, a := meet(t, party(2, 1), 1)
	five := wrap(t, o, newEpoch(t, 5, 1))
	for _, number := range []uint32{5, 4, 1} {
		_, err := o.Wrap(newEpoch(t, number, 2))
		refused(t, err)
	}
	six := wrap(t, o, newEpoch(t, 6, 3))
	unwrap(t, a, six)
	for _, body := range [][]byte{five, six} {
		_, err := a.Unwrap(body)
		refused(t, err)
	}
}

func TestEpochMustExist(t *testing.T) {
	if _, err := NewEpoch(0, dice(1)); err == nil {
		t.Error("epoch 0 was made")
	}
	o, _ := meet(t, party(2, 1), 1)
	for _, e := range []Epoch{{}, {Number: 7}} {
		_, err := o.Wrap(e)
		refused(t, err)
	}
}

// TestEpochGoesToOneVisit: an attendee that comes back starts counting at zero, so it must not get the same keys again.
func TestEpochGoesToOneVisit(t *testing.T) {
	e := newEpoch(t, 1, 1)
	first, _ := meet(t, party(2, 1), 1)
	wrap(t, first, e)
	again, _ := meet(t, party(2, 2), 2)
	_, err := again.Wrap(e)
	refused(t, err)
	wrap(t, again, newEpoch(t, 2, 2))
}

func TestLowOrderKeyIsNotWrappedFor(t *testing.T) {
	for _, first := range []byte{0, 1} { // two points of small order: the shared secret would be known to all
		o := newOffer(t, party(2, 1), 1)
		body := make([]byte, keyLen)
		body[0] = first
		if _, _, err := o.Reveal(body); err != nil {
			refused(t, err)
			continue
		}
		_, err := o.Wrap(newEpoch(t, 1, 1))
		refused(t, err)
	}
}

func TestBodiesAreCopies(t *testing.T) {
	o, a := newOffer(t, party(2, 1), 1), newAnswer(t, party(2, 1), 2)
	clear(o.Commit())
	body := key(t, a, o.Commit())
	sent := bytes.Clone(body)
	clear(body)
	r, ours := reveal(t, o, sent)
	sent = bytes.Clone(r)
	clear(r)
	if theirs := confirm(t, a, sent); ours != theirs {
		t.Errorf("the customer sees %q, the attendee %q", ours, theirs)
	}
}
