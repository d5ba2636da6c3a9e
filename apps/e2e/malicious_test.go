package e2e

import (
	"crypto/rand"
	"image"
	"image/color"
	"sync"
	"testing"

	"deskhand/apps/internal/session"
	"deskhand/protocol/fault"
	"deskhand/protocol/pb"
	"deskhand/protocol/seal"
)

// mallory holds a handshake with each of two people who believe that they hold one with each other. She stands at the
// rep's end.
type mallory struct {
	sessionID string
	number    uint32 // the rep's

	mu       sync.Mutex
	rep      *seal.Answer // towards the customer
	customer *seal.Offer  // towards the rep
	revealed bool         // to the rep
	waiting  func()       // what the rep gets once it is
	failed   error
	epoch    seal.Epoch // the customer's
}

func (m *mallory) hooks() hooks[pb.ControlUp, pb.ControlDown] {
	return handshake{up: m.fromRep, down: m.fromCustomer}.hooks()
}

func (m *mallory) fail(err error) {
	if err != nil && m.failed == nil {
		m.failed = err
	}
}

func (m *mallory) fromCustomer(w *controlWire, visit uint32, step pb.Seal_Step, body []byte) (passes bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	switch step {
	case pb.Seal_COMMIT:
		party := seal.Party{Session: m.sessionID, Attendee: m.number, Visit: visit}
		var err error
		m.rep, err = seal.NewAnswer(party, rand.Reader)
		m.fail(err)
		m.customer, err = seal.NewOffer(party, rand.Reader)
		m.fail(err)
		key, err := m.rep.Key(body)
		m.fail(err)
		w.toRelay(sealUp(visit, pb.Seal_KEY, key))
		w.toSide(sealDown(visit, pb.Seal_COMMIT, m.customer.Commit()))
	case pb.Seal_REVEAL:
		_, err := m.rep.Confirm(body)
		m.fail(err)
	case pb.Seal_EPOCH:
		epoch, err := m.rep.Unwrap(body)
		m.fail(err)
		m.epoch = epoch
		m.waiting = func() {
			own, err := seal.NewEpoch(epoch.Number, rand.Reader)
			m.fail(err)
			wrapped, err := m.customer.Wrap(own)
			m.fail(err)
			w.toSide(sealDown(visit, pb.Seal_EPOCH, wrapped))
		}
		m.advance()
	}
	return false
}

func (m *mallory) fromRep(w *controlWire, visit uint32, step pb.Seal_Step, body []byte) (passes bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if step != pb.Seal_KEY || len(body) == 0 {
		return false
	}
	reveal, _, err := m.customer.Reveal(body)
	m.fail(err)
	w.toSide(sealDown(visit, pb.Seal_REVEAL, reveal))
	m.revealed = true
	m.advance()
	return false
}

func (m *mallory) advance() {
	if m.revealed && m.waiting != nil {
		m.waiting()
		m.waiting = nil
	}
}

func (m *mallory) stolen() (seal.Epoch, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.epoch, m.failed
}

// TestMaliciousRelay puts a relay in the middle that swaps keys. Whatever it does, two people who compare their words
// notice, or the session says that its seal is broken.
func TestMaliciousRelay(t *testing.T) {
	t.Run("a handshake with each end", wholeMiddle)
	for _, one := range swaps() {
		t.Run(one.name, func(t *testing.T) { keySwap(t, one.hooks) })
	}
	t.Run("no handshake", noHandshake)
	t.Run("one more in the room", ghostInTheRoom)
}

// wholeMiddle succeeds in reading the screen, so it shows that the attack is a real one; the words give it away.
func wholeMiddle(t *testing.T) {
	w := newWorld(t, ways()[0])
	m, mitm := &mallory{number: 2}, w.newMiddle()
	mitm.control = m.hooks()
	c, r := w.meet(visitors{rep: mitm.stand, named: func(id string) { m.sessionID = id }})
	w.await("words at both ends", func() bool { return worded(&c.side) && worded(&r.side) })
	if a, b := c.Snapshot().Words, r.Snapshot().Words; a == b {
		t.Fatalf("both ends show %q with somebody in the middle", a)
	}
	c.Allow(session.Consent{See: true})
	w.await("two ends that believe to be sealed", func() bool { return c.Snapshot().Sealed && r.Snapshot().Sealed })
	epoch, err := m.stolen()
	if err != nil {
		t.Fatalf("the attack went wrong by itself: %v", err)
	}
	secret := color.RGBA{11, 22, 33, 255}
	c.desktop.fill(0, image.Rect(0, 0, 40, 40), secret)
	w.await("the secret in the hands of the middle", func() bool { return w.tape.colours(t, c.Snapshot().ID, epoch)[secret] })
	if a, b := c.Snapshot().Words, r.Snapshot().Words; a == b {
		t.Errorf("both ends show %q in the end", a)
	}
}

// swap is one way to meddle with the handshake, at the rep's end.
type swap struct {
	name  string
	hooks func() hooks[pb.ControlUp, pb.ControlDown]
}

func swaps() []swap {
	down := func(step pb.Seal_Step, change func([]byte) []byte) func() hooks[pb.ControlUp, pb.ControlDown] {
		return handshake{down: func(w *controlWire, visit uint32, s pb.Seal_Step, body []byte) bool {
			if s == step {
				w.toSide(sealDown(visit, s, change(body)))
			}
			return s != step
		}}.hooks
	}
	up := func(change func([]byte) []byte) func() hooks[pb.ControlUp, pb.ControlDown] {
		return handshake{up: func(w *controlWire, visit uint32, s pb.Seal_Step, body []byte) bool {
			w.toRelay(sealUp(visit, s, change(body)))
			return false
		}}.hooks
	}
	flip := func(at int) func([]byte) []byte { return func(b []byte) []byte { return flipped(b, at) } }
	return []swap{
		{"another commit", down(pb.Seal_COMMIT, flip(0))},
		{"another public key of the rep", up(otherKey)},
		{"another nonce of the rep", up(flip(40))},
		{"a rep's key cut short", up(func(b []byte) []byte { return b[:63] })},
		{"another public key of the customer", down(pb.Seal_REVEAL, flip(3))},
		{"another nonce of the customer", down(pb.Seal_REVEAL, flip(40))},
		{"another epoch number", down(pb.Seal_EPOCH, flip(0))},
		{"another wrapped secret", down(pb.Seal_EPOCH, flip(50))},
		{"another signature", down(pb.Seal_EPOCH, flip(147))},
		{"an epoch before the reveal", down(pb.Seal_REVEAL, func(b []byte) []byte { return make([]byte, 148) })},
		{"two keys", twoKeys},
		{"another number for the rep", otherNumber},
	}
}

// otherKey is somebody else's public key with the rep's nonce.
func otherKey(b []byte) []byte {
	a, err := seal.NewAnswer(seal.Party{Session: "563773096", Attendee: 2, Visit: 1}, rand.Reader)
	if err != nil {
		panic(err)
	}
	key, err := a.Key(make([]byte, 32))
	if err != nil {
		panic(err)
	}
	return append(key[:32:32], b[32:]...)
}

// twoKeys tries a second key after it has seen the first one's answer.
func twoKeys() hooks[pb.ControlUp, pb.ControlDown] {
	return handshake{up: func(w *controlWire, visit uint32, s pb.Seal_Step, body []byte) bool {
		w.toRelay(sealUp(visit, s, body))
		w.toRelay(sealUp(visit, s, flipped(body, 40)))
		return false
	}}.hooks()
}

// otherNumber makes the rep believe that it is somebody else in the room.
func otherNumber() hooks[pb.ControlUp, pb.ControlDown] {
	return hooks[pb.ControlUp, pb.ControlDown]{down: func(w *controlWire, m *pb.ControlDown) {
		if welcome := m.GetWelcome(); welcome != nil {
			for _, a := range welcome.GetAttendees() {
				if a.GetId() == welcome.GetYou() {
					a.Id = 3
				}
			}
			welcome.You = 3
		}
		w.toSide(m)
	}}
}

func keySwap(t *testing.T, meddle func() hooks[pb.ControlUp, pb.ControlDown]) {
	w := newWorld(t, ways()[0])
	mitm := w.newMiddle()
	mitm.control = meddle()
	c, r := w.meet(visitors{rep: mitm.stand})
	// As careless as people can be: the customer permits everything as soon as there are words.
	w.await("words, or a broken seal", func() bool { return worded(&c.side) || exposed(&c.side) || exposed(&r.side) })
	c.Allow(session.Consent{See: true, Control: true})
	w.await("a broken seal, or words that differ", func() bool {
		a, b := c.Snapshot(), r.Snapshot()
		differ := a.Sealed && b.Sealed && a.Words != b.Words
		return exposed(&c.side) || exposed(&r.side) || differ
	})
	if a, b := c.Snapshot(), r.Snapshot(); a.Sealed && b.Sealed && a.Words == b.Words {
		t.Errorf("both ends are sealed and show %q", a.Words)
	}
	if c.desktop.shownIn(r.watch.Picture()) {
		t.Error("the rep sees the picture all the same")
	}
}

// noHandshake is a relay that keeps the handshake to itself: then there is nothing to see.
func noHandshake(t *testing.T) {
	w := newWorld(t, ways()[0])
	mitm := w.newMiddle()
	never := func(*controlWire, uint32, pb.Seal_Step, []byte) bool { return false }
	mitm.control = handshake{up: never, down: never}.hooks()
	c, r := w.meet(visitors{rep: mitm.stand})
	c.Allow(session.Consent{See: true, Control: true})
	w.await("a rep who is told that the screen is shared", func() bool { return r.Snapshot().Sharing })
	for range 5 {
		c.desktop.fill(0, image.Rect(0, 0, 40, 40), color.RGBA{byte(w.tape.mark()), 2, 3, 255})
		r.sender.Send(text("nobody must read this")...)
		w.roundTrip(&c.side, &r.side)
	}
	a, b := c.Snapshot(), r.Snapshot()
	if a.Sealed || b.Sealed || worded(&c.side) || worded(&r.side) {
		t.Errorf("there was no handshake, yet the customer has %v %q, the rep %v %q", a.Sealed, a.Words, b.Sealed, b.Words)
	}
	if n := c.share.Stats().Packets; n != 0 || len(w.tape.packets(t)) != 0 {
		t.Errorf("%d screen packets were sent without a key", n)
	}
	if n := len(w.tape.messages("input", 0)); n != 0 {
		t.Errorf("%d input frames were sent without a key", n)
	}
}

func worded(s *side) bool { return s.Snapshot().Words != seal.Words{} }

// exposed reports whether a side says that its seal is broken.
func exposed(s *side) bool {
	now := s.Snapshot()
	return now.Phase == session.Over && now.Fault == fault.SealBroken
}
