package session

import (
	"bytes"
	"crypto/rand"
	"encoding/binary"
	"testing"

	"deskhand/protocol/fault"
	"deskhand/protocol/pb"
	"deskhand/protocol/seal"
)

// between is a relay that sits in the middle of the handshake with keys of its own: it answers the customer and makes
// offers to the rep.
type between struct {
	t      *testing.T
	answer *seal.Answer // towards the customer
	offer  *seal.Offer  // towards the rep
	party  seal.Party
}

func newBetween(t *testing.T) *between {
	party := seal.Party{Session: testSession, Attendee: 2, Visit: 1}
	answer, err := seal.NewAnswer(party, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	offer, err := seal.NewOffer(party, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return &between{t, answer, offer, party}
}

func (b *between) framed(from, to uint32, step pb.Seal_Step, body []byte) *pb.Seal {
	return &pb.Seal{From: from, To: to, Step: step, Body: append(binary.BigEndian.AppendUint32(nil, b.party.Visit), body...)}
}

func (b *between) tamper(m *pb.Seal) []*pb.Seal {
	body := m.GetBody()[visitLen:]
	switch m.GetStep() {
	case pb.Seal_COMMIT:
		key, err := b.answer.Key(body)
		if err != nil {
			b.t.Error(err)
		}
		return []*pb.Seal{b.framed(2, 1, pb.Seal_KEY, key), b.framed(1, 2, pb.Seal_COMMIT, b.offer.Commit())}
	case pb.Seal_KEY:
		reveal, _, err := b.offer.Reveal(body)
		if err != nil {
			b.t.Error(err)
		}
		return []*pb.Seal{b.framed(1, 2, pb.Seal_REVEAL, reveal)}
	case pb.Seal_REVEAL:
		if _, err := b.answer.Confirm(body); err != nil {
			b.t.Error(err)
		}
		return nil
	default:
		epoch, err := b.answer.Unwrap(body)
		if err != nil {
			b.t.Error(err)
		}
		wrapped, err := b.offer.Wrap(epoch)
		if err != nil {
			return nil
		}
		return []*pb.Seal{b.framed(1, 2, pb.Seal_EPOCH, wrapped)}
	}
}

// Who sits in between with keys of its own is seen: the words differ.
func TestManInTheMiddle(t *testing.T) {
	r := newRelay(t)
	r.tamper = newBetween(t).tamper
	customer, rep := start(t, r, Customer, nil), start(t, r, Rep, nil)
	c, p := customer.until("has words", worded), rep.until("has words", worded)
	if c.Words == p.Words {
		t.Fatalf("both show %q although the relay sits between", c.Words)
	}
}

// Who changes what it forwards is found out by the programs themselves, and nothing goes on unsealed.
func TestTampering(t *testing.T) {
	flip := func(b []byte) []byte {
		b = bytes.Clone(b)
		b[len(b)-1] ^= 1
		return b
	}
	for _, tt := range []struct {
		name string
		step pb.Seal_Step
		make func(m *pb.Seal) []*pb.Seal
		who  Role
	}{
		{"another commit", pb.Seal_COMMIT, func(m *pb.Seal) []*pb.Seal {
			return []*pb.Seal{{From: m.From, To: m.To, Step: m.Step, Body: flip(m.Body)}}
		}, Rep},
		{"another reveal", pb.Seal_REVEAL, func(m *pb.Seal) []*pb.Seal {
			return []*pb.Seal{{From: m.From, To: m.To, Step: m.Step, Body: flip(m.Body)}}
		}, Rep},
		{"a second commit", pb.Seal_COMMIT, func(m *pb.Seal) []*pb.Seal {
			return []*pb.Seal{m, {From: m.From, To: m.To, Step: m.Step, Body: flip(m.Body)}}
		}, Rep},
		{"an unknown step", pb.Seal_REVEAL, func(m *pb.Seal) []*pb.Seal {
			return []*pb.Seal{{From: m.From, To: m.To, Step: 9, Body: m.Body}}
		}, Rep},
		{"no visit", pb.Seal_COMMIT, func(m *pb.Seal) []*pb.Seal {
			return []*pb.Seal{{From: m.From, To: m.To, Step: m.Step, Body: m.Body[:3]}}
		}, Rep},
		{"another epoch", pb.Seal_EPOCH, func(m *pb.Seal) []*pb.Seal {
			return []*pb.Seal{{From: m.From, To: m.To, Step: m.Step, Body: flip(m.Body)}}
		}, Rep},
		{"an epoch twice", pb.Seal_EPOCH, func(m *pb.Seal) []*pb.Seal { return []*pb.Seal{m, m} }, Rep},
		{"a short key", pb.Seal_KEY, func(m *pb.Seal) []*pb.Seal {
			return []*pb.Seal{{From: m.From, To: m.To, Step: m.Step, Body: m.Body[:20]}}
		}, Customer},
		{"two keys", pb.Seal_KEY, func(m *pb.Seal) []*pb.Seal {
			return []*pb.Seal{m, {From: m.From, To: m.To, Step: m.Step, Body: flip(m.Body)}}
		}, Customer},
		{"a customer's step from a rep", pb.Seal_KEY, func(m *pb.Seal) []*pb.Seal {
			return []*pb.Seal{{From: m.From, To: m.To, Step: pb.Seal_EPOCH, Body: m.Body}}
		}, Customer},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := newRelay(t)
			r.tamper = func(m *pb.Seal) []*pb.Seal {
				if m.GetStep() != tt.step {
					return []*pb.Seal{m}
				}
				return tt.make(m)
			}
			auto := func(c *Config) { c.AutoConsent = &Consent{See: true, Control: true} }
			parties := map[Role]*party{Customer: start(t, r, Customer, auto), Rep: start(t, r, Rep, nil)}
			victim := parties[tt.who]
			if err := victim.over(); !fault.Is(err, fault.SealBroken) {
				t.Fatalf("Run: %v", err)
			}
			if s := victim.Snapshot(); s.Phase != Over || s.Fault != fault.SealBroken || s.Sealed || s.Sharing {
				t.Errorf("afterwards: %+v", s)
			}
			if tt.who == Customer {
				parties[Rep].until("is out as well", phase(Over))
			} else {
				parties[Customer].until("is alone", func(s Snapshot) bool { return len(s.Attendees) == 1 && !s.Sealed })
			}
		})
	}
}

// What is left over from an earlier visit, or comes from somebody else, is ignored.
func TestForeignHandshakes(t *testing.T) {
	r := newRelay(t)
	customer, rep := start(t, r, Customer, nil), start(t, r, Rep, nil)
	customer.until("has words", worded)
	before := rep.until("has words", worded).Words
	body := append(binary.BigEndian.AppendUint32(nil, 7), "of another visit"...)
	current := append(binary.BigEndian.AppendUint32(nil, 1), "of this visit"...)
	r.with(func() {
		for _, m := range []*pb.Seal{
			{From: 1, To: 2, Step: pb.Seal_COMMIT, Body: body},
			{From: 1, To: 2, Step: pb.Seal_EPOCH, Body: body},
			{From: 3, To: 2, Step: pb.Seal_COMMIT, Body: current},
			{From: 2, To: 1, Step: pb.Seal_KEY, Body: body},
			{From: 3, To: 1, Step: pb.Seal_KEY, Body: current},
		} {
			r.down(m.GetTo(), &pb.ControlDown{Message: &pb.ControlDown_Seal{Seal: m}})
		}
	})
	customer.Allow(Consent{See: true})
	s := rep.until("sees", func(s Snapshot) bool { return s.Sharing && s.Sealed })
	if s.Words != before || customer.Snapshot().Words != before {
		t.Error("the words have changed")
	}
}

// The same epoch is on both sides: what one seals the other opens.
func epochOf(s *Session) seal.Epoch { return s.now.Load().epoch }

func opens(t *testing.T, from, to seal.Epoch) bool {
	t.Helper()
	sealed, err := seal.NewSealer(from, testSession, 1, seal.LaneScreen).Seal(nil, []byte("tile"), nil)
	if err != nil {
		t.Fatal(err)
	}
	o := seal.NewOpener(testSession, seal.LaneScreen)
	o.Add(to)
	plain, _, err := o.Open(nil, sealed, nil)
	return err == nil && string(plain) == "tile"
}

func TestEpochs(t *testing.T) {
	r := newRelay(t)
	customer, rep := both(t, r)
	first := epochOf(customer.Session)
	if !opens(t, first, epochOf(rep.Session)) {
		t.Fatal("the rep cannot open what the customer seals")
	}

	second := start(t, r, Rep, func(c *Config) { c.Token = "three" })
	second.until("sees as well", func(s Snapshot) bool { return s.Sharing && s.Sealed })
	c := customer.until("has another epoch", func(Snapshot) bool { return epochOf(customer.Session).Number > first.Number })
	joint := epochOf(customer.Session)
	rep.until("has it too", func(Snapshot) bool { return epochOf(rep.Session).Number == joint.Number })
	if !opens(t, joint, epochOf(rep.Session)) || !opens(t, joint, epochOf(second.Session)) {
		t.Fatal("somebody cannot open the epoch of both reps")
	}
	if len(c.Attendees) != 3 || c.Attendees[1].Words != rep.Snapshot().Words || c.Attendees[2].Words != second.Snapshot().Words ||
		c.Words != rep.Snapshot().Words {
		t.Errorf("words: %+v", c.Attendees)
	}

	second.Leave()
	if err := second.over(); err != nil || second.Snapshot().EndCause != YouLeft {
		t.Errorf("left: %v %+v", err, second.Snapshot())
	}
	customer.until("changes the epoch", func(Snapshot) bool { return epochOf(customer.Session).Number > joint.Number })
	last := epochOf(customer.Session)
	rep.until("follows", func(Snapshot) bool { return epochOf(rep.Session).Number == last.Number })
	if !opens(t, last, epochOf(rep.Session)) {
		t.Error("the rep who stays cannot open the new epoch")
	}

	rep.Leave()
	if err := rep.over(); err != nil {
		t.Error(err)
	}
	if s := customer.until("is alone", func(s Snapshot) bool { return !s.Sealed }); s.Phase != Active || s.Words != (seal.Words{}) {
		t.Errorf("alone: %+v", s)
	}
}

// No epoch leaves the customer's machine before the consent.
func TestNoEpochBeforeConsent(t *testing.T) {
	r := newRelay(t)
	customer, rep := start(t, r, Customer, nil), start(t, r, Rep, nil)
	customer.until("has words", worded)
	rep.Say("well?")
	customer.until("hears", heard("well?"))
	epochs := func(m *pb.ControlUp) bool { return m.GetSeal().GetStep() == pb.Seal_EPOCH }
	if n := r.count(epochs); n != 0 {
		t.Fatalf("%d epochs before the consent", n)
	}
	customer.Allow(Consent{See: true})
	rep.until("has the epoch", func(s Snapshot) bool { return s.Sealed })
	if n := r.count(epochs); n != 1 {
		t.Errorf("%d epochs after the consent", n)
	}
}

// FuzzSeal feeds handshake messages to both sides: they may break the session, never the program.
func FuzzSeal(f *testing.F) {
	f.Add(uint32(1), int32(pb.Seal_COMMIT), append(binary.BigEndian.AppendUint32(nil, 1), make([]byte, 32)...))
	f.Add(uint32(1), int32(pb.Seal_EPOCH), []byte{0, 0, 0, 1})
	f.Add(uint32(2), int32(pb.Seal_KEY), append(binary.BigEndian.AppendUint32(nil, 1), make([]byte, 64)...))
	f.Add(uint32(2), int32(9), []byte{1})
	f.Fuzz(func(t *testing.T, from uint32, step int32, body []byte) {
		for _, role := range []Role{Customer, Rep} {
			a := welcomed(role)
			a.deliver(&pb.ControlDown{Message: &pb.ControlDown_Seal{Seal: &pb.Seal{From: from, Step: pb.Seal_Step(step), Body: body}}})
			a.settle()
			a.publish()
			if s := a.s.Snapshot(); s.Sealed || s.Sharing || a.phase == running && s.Fault != "" {
				t.Errorf("%v after one message: %+v", role, s)
			}
		}
	})
}

// welcomed is an actor in the room, without goroutines: what it sends stays in the queue.
func welcomed(role Role) *actor {
	a := newActor(New(Config{SessionID: testSession, Role: role}), "mark")
	a.lane.visit = &visit{out: make(chan *pb.ControlUp, outQueue), begin: make(chan struct{}), cancel: func(error) {}}
	you := uint32(customerNumber)
	if role == Rep {
		you = 2
	}
	a.deliver(&pb.ControlDown{Message: &pb.ControlDown_Welcome{Welcome: &pb.Welcome{
		You: you, Rights: []pb.Right{pb.Right_RIGHT_SEE}, Attendees: []*pb.Attendee{
			{Id: 1, Role: pb.Attendee_CUSTOMER, Visit: 1}, {Id: 2, Role: pb.Attendee_REP, Visit: 1},
		},
	}}})
	a.settle()
	return a
}

// TestTriesAreBounded: each handshake is one try at words that are the same on both ends, so a relay may not begin one
// after the other until it is lucky: neither by visits, nor by attendees, nor by asking to begin again.
func TestTriesAreBounded(t *testing.T) {
	rep := func(id, visit uint32) attendee {
		return attendee{Attendee: Attendee{ID: id, Role: Rep}, visit: visit}
	}
	for _, tt := range []struct {
		name string
		role Role
		try  func(a *actor, n uint32)
	}{
		{"visits", Customer, func(a *actor, n uint32) { a.meet(rep(2, n)) }},
		{"attendees", Customer, func(a *actor, n uint32) { a.meet(rep(2+n%4000, n)) }},
		{"a rep's own visits", Rep, func(a *actor, n uint32) {
			a.place.you, a.place.attendees[1] = 2, attendee{Attendee: Attendee{ID: 1, Role: Customer}}
			a.meet(rep(2, n))
			a.onSeal(&pb.Seal{From: 1, Step: pb.Seal_COMMIT, Body: append(binary.BigEndian.AppendUint32(nil, n), make([]byte, 32)...)})
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := newActor(New(Config{SessionID: testSession, Role: tt.role}), "mark")
			for n := range uint32(maxHandshakes) {
				if tt.try(a, n+1); a.phase != running {
					t.Fatalf("handshake %d: %v", n, a.fault)
				}
			}
			if tt.try(a, maxHandshakes+1); a.fault != fault.SealBroken {
				t.Errorf("there is no end of tries: %q", a.fault)
			}
		})
	}
}
