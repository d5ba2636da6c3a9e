package e2e

import (
	"crypto/rand"
	"image"
	"image/color"
	"sync"
	"testing"

	"deskhand/apps/internal/session"
	"deskhand/protocol/pb"
	"deskhand/protocol/seal"
)

// ghost is a rep whom the relay has made up. It stands at the customer's end and holds an honest handshake.
type ghost struct {
	sessionID string

	mu     sync.Mutex
	answer *seal.Answer
	words  seal.Words
	epoch  seal.Epoch
	failed error
}

const ghostNumber = 3

func (g *ghost) hooks() hooks[pb.ControlUp, pb.ControlDown] {
	return hooks[pb.ControlUp, pb.ControlDown]{
		up: func(w *controlWire, m *pb.ControlUp) {
			if s := m.GetSeal(); s.GetTo() == ghostNumber {
				g.take(w, s)
				return
			}
			w.toRelay(m)
		},
		down: func(w *controlWire, m *pb.ControlDown) {
			if welcome := m.GetWelcome(); welcome != nil {
				one := &pb.Attendee{Id: ghostNumber, Name: "Nobody", Role: pb.Attendee_REP, Visit: 1}
				welcome.Attendees = append(welcome.Attendees, one)
			}
			w.toSide(m)
		},
	}
}

func (g *ghost) take(w *controlWire, s *pb.Seal) {
	g.mu.Lock()
	defer g.mu.Unlock()
	visit, body := uint32(1), s.GetBody()[4:]
	var err error
	switch s.GetStep() {
	case pb.Seal_COMMIT:
		if g.answer, err = seal.NewAnswer(seal.Party{Session: g.sessionID, Attendee: ghostNumber, Visit: visit}, rand.Reader); err == nil {
			var key []byte
			key, err = g.answer.Key(body)
			down := sealDown(visit, pb.Seal_KEY, key)
			down.GetSeal().From = ghostNumber
			w.toSide(down)
		}
	case pb.Seal_REVEAL:
		g.words, err = g.answer.Confirm(body)
	case pb.Seal_EPOCH:
		g.epoch, err = g.answer.Unwrap(body)
	}
	if g.failed == nil {
		g.failed = err
	}
}

func (g *ghost) stolen() (seal.Epoch, seal.Words, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.epoch, g.words, g.failed
}

// ghostInTheRoom is a relay that adds somebody who watches along. The words of the real rep cannot give that away, so the
// customer's side names everybody who can see the screen.
func ghostInTheRoom(t *testing.T) {
	w := newWorld(t, ways()[0])
	g, mitm := &ghost{}, w.newMiddle()
	mitm.control = g.hooks()
	c, r := w.meet(visitors{customer: mitm.stand, named: func(id string) { g.sessionID = id }})
	w.await("words at both ends", func() bool { return worded(&c.side) && worded(&r.side) && len(c.Snapshot().Attendees) == 3 })
	c.Allow(session.Consent{See: true})
	w.seen(c, r)
	secret := color.RGBA{11, 22, 33, 255}
	c.desktop.fill(0, image.Rect(0, 0, 40, 40), secret)
	w.seen(c, r)
	epoch, words, err := g.stolen()
	if err != nil {
		t.Fatalf("the attack went wrong by itself: %v", err)
	}
	if !w.tape.colours(t, c.Snapshot().ID, epoch)[secret] {
		t.Fatal("the ghost sees nothing, so the test proves nothing")
	}
	shown := map[uint32]seal.Words{}
	for _, a := range c.Snapshot().Attendees {
		shown[a.ID] = a.Words
	}
	if shown[2] != r.Snapshot().Words || shown[ghostNumber] != words || shown[2] == words {
		t.Errorf("the customer is shown %v; the rep has %q, the ghost %q", shown, r.Snapshot().Words, words)
	}
}
