package seal

import (
	"fmt"
	"testing"
)

// The relay, or whoever owns it, sits between customer and attendee and may change, drop, repeat and invent every
// message. mallory holds what it makes by itself.

// TestRelayActsForBoth gives each end a complete handshake with the relay: the ends see different words, and an epoch
// of one handshake is worth nothing in the other.
func TestRelayActsForBoth(t *testing.T) {
	for seed := range byte(20) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			p := party(2, 1)
			customer, attendee := newOffer(t, p, seed), newAnswer(t, p, seed+50)
			malloryOffer, malloryAnswer := newOffer(t, p, seed+100), newAnswer(t, p, seed+150)

			toCustomer := key(t, malloryAnswer, customer.Commit())
			body, shown := reveal(t, customer, toCustomer)
			confirm(t, malloryAnswer, body)

			fromAttendee := key(t, attendee, malloryOffer.Commit())
			body, _ = reveal(t, malloryOffer, fromAttendee)
			if theirs := confirm(t, attendee, body); theirs == shown {
				t.Fatalf("both ends show %q with the relay between", shown)
			}

			wrapped := wrap(t, customer, newEpoch(t, 1, 1))
			_, err := attendee.Unwrap(wrapped)
			refused(t, err)
			unwrap(t, malloryAnswer, wrapped) // this is why people compare the words
		})
	}
}

// TestRelaySwapsTheKeyOnly passes the customer's messages on and puts its own key in the way back.
func TestRelaySwapsTheKeyOnly(t *testing.T) {
	p := party(2, 1)
	customer, attendee, mallory := newOffer(t, p, 1), newAnswer(t, p, 2), newAnswer(t, p, 3)
	key(t, attendee, customer.Commit())
	body, shown := reveal(t, customer, key(t, mallory, customer.Commit()))
	if theirs := confirm(t, attendee, body); theirs == shown {
		t.Fatalf("both ends show %q with another key", shown)
	}
}

// TestRelaySwapsTheReveal commits for the customer and reveals itself, or the reverse.
func TestRelaySwapsTheReveal(t *testing.T) {
	p := party(2, 1)
	for _, tt := range []struct {
		name      string
		committed byte
	}{
		{"customer's commit, relay's reveal", 1},
		{"relay's commit, customer's reveal", 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			attendee := newAnswer(t, p, 3)
			body := key(t, attendee, newOffer(t, p, tt.committed).Commit())
			other, _ := reveal(t, newOffer(t, p, 3-tt.committed), body)
			_, err := attendee.Confirm(other)
			refused(t, err)
		})
	}
}

// TestRelayCannotChooseAfterSeeing is about the order that the short words rest on: what the relay sends towards either
// end is fixed before it learns what that end adds to the words, and neither end gives it a second try.
func TestRelayCannotChooseAfterSeeing(t *testing.T) {
	p := party(2, 1)
	t.Run("commit after the attendee's key", func(t *testing.T) {
		attendee := newAnswer(t, p, 1)
		key(t, attendee, newOffer(t, p, 2).Commit())
		_, err := attendee.Key(newOffer(t, p, 3).Commit())
		refused(t, err)
	})
	t.Run("key after the customer's reveal", func(t *testing.T) {
		customer := newOffer(t, p, 1)
		reveal(t, customer, key(t, newAnswer(t, p, 2), customer.Commit()))
		_, _, err := customer.Reveal(key(t, newAnswer(t, p, 3), customer.Commit()))
		refused(t, err)
	})
	t.Run("the commit tells nothing", func(t *testing.T) {
		customer := newOffer(t, p, 1)
		guess := customer.party.commit(append(append([]byte(nil), customer.reveal[:32]...), make([]byte, nonceLen)...))
		if guess == customer.commit {
			t.Error("the commit is a hash of the key alone: who knows the key could predict the words")
		}
	})
}

// TestEpochOfSomeoneElse lets others wrap epochs for an attendee whose words have been compared.
func TestEpochOfSomeoneElse(t *testing.T) {
	p := party(2, 1)
	_, attendee := meet(t, p, 1)
	for _, tt := range []struct {
		name string
		body func() []byte
	}{
		{"the relay", func() []byte {
			mallory := newOffer(t, p, 66)
			reveal(t, mallory, attendee.body)
			return wrap(t, mallory, newEpoch(t, 1, 1))
		}},
		{"the relay with the customer's signature from another visit", func() []byte {
			o, _ := meet(t, party(2, 2), 1)
			return wrap(t, o, newEpoch(t, 1, 1))
		}},
		{"the same customer, for another attendee", func() []byte {
			o, _ := meet(t, party(3, 1), 1)
			return wrap(t, o, newEpoch(t, 1, 1))
		}},
		{"the same customer, in another session", func() []byte {
			o, _ := meet(t, Party{"563773097", 2, 1}, 1)
			return wrap(t, o, newEpoch(t, 1, 1))
		}},
		{"another attendee of the session", func() []byte {
			o, _ := meet(t, party(3, 1), 7)
			return wrap(t, o, newEpoch(t, 1, 1))
		}},
		{"halves of two epochs", func() []byte {
			o, _ := meet(t, p, 1)
			first := wrap(t, o, newEpoch(t, 1, 1))
			second := wrap(t, o, newEpoch(t, 2, 2))
			return append(first[:wrapLen-64:wrapLen-64], second[wrapLen-64:]...)
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := attendee.Unwrap(tt.body())
			refused(t, err)
		})
	}
}
