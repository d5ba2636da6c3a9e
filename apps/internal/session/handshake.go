package session

import (
	"bytes"
	"encoding/binary"
	"errors"

	"deskhand/protocol/fault"
	"deskhand/protocol/pb"
	"deskhand/protocol/seal"
)

// The body of each pb.Seal is: the attendee's visit as 4 bytes big endian, then what package seal makes and reads. The
// visit tells messages of an earlier visit apart, which may still be on their way when an attendee enters anew; they are
// ignored. Within one visit nothing contradictory is accepted. The visit is also part of what the handshake hashes.
//
// After the customer's own reconnection a handshake goes on where it was: COMMIT or REVEAL is sent once more and an equal
// one is ignored, so the words stay the same. A rep's reconnection is a new visit and a new handshake. A relay that was
// started anew counts visits anew, so a rep may get the rest of a handshake that it has not begun: it answers with an
// empty KEY, and the customer begins again. Whoever sits in between gains one try by that, as by a new visit.
const visitLen = 4

// maxHandshakes is how many handshakes one end takes part in. Whoever sits in between has one try at equal words in each,
// at 1 in 2³³; so many leave it a chance of one in two million, and are more than honest reconnections ever need.
const maxHandshakes = 4096

// offer is the customer's side of the handshake with one attendee in one visit.
type offer struct {
	visit  uint32
	seal   *seal.Offer
	key    []byte // KEY, once it has come
	reveal []byte // REVEAL, once KEY has come
	words  seal.Words
}

// answer is the attendee's side, for its own visit.
type answer struct {
	seal                *seal.Answer
	commit, key, reveal []byte
}

// keys are the handshakes and the media key.
type keys struct {
	offers map[uint32]*offer // customer's side, by attendee
	answer *answer           // rep's side
	visit  uint32            // rep's side: this attendee's own
	words  seal.Words        // rep's side

	epoch  seal.Epoch // the zero Epoch when there is none
	number uint32     // the customer's last epoch number
	tries  int        // handshakes begun
	stale  bool       // customer's side: those who know the epoch are not those who should

	entering bool // the room's attendees are being taken from Welcome
}

// customerNumber is the customer's attendee number in every session.
const customerNumber = 1

// begin counts a handshake, and refuses one too many.
func (k *keys) begin() error {
	if k.tries++; k.tries > maxHandshakes {
		return fault.New(fault.SealBroken, errors.New("too many handshakes in one session"))
	}
	return nil
}

// forget drops the handshake with an attendee that is gone; the epoch that it knows must not be used any more.
func (k *keys) forget(id uint32) {
	if k.offers[id] != nil {
		delete(k.offers, id)
		k.stale = true
	}
}

// forgetAbsent drops the handshakes with all who are not in the room any more.
func (k *keys) forgetAbsent(present map[uint32]attendee) {
	for id := range k.offers {
		if _, here := present[id]; !here {
			k.forget(id)
		}
	}
}

// drop forgets everything secret.
func (k *keys) drop() {
	clear(k.offers)
	k.answer, k.epoch = nil, seal.Epoch{}
}

// meet takes an attendee's news. The customer offers a handshake to each rep that is there, once a visit; a rep begins its
// own side when it learns of its own visit.
func (a *actor) meet(at attendee) {
	k := &a.keys
	if a.cfg.Role == Rep {
		if at.ID == a.place.you && (k.entering || at.visit != k.visit) {
			k.visit, k.answer, k.words, k.epoch = at.visit, nil, seal.Words{}, seal.Epoch{}
		}
		return
	}
	if at.Role != Rep {
		return
	}
	if at.Away {
		k.forget(at.ID)
		return
	}
	if o := k.offers[at.ID]; o != nil && o.visit == at.visit {
		if k.entering {
			a.resumeHandshake(at.ID, o)
		}
		return
	}
	if err := a.offer(at.ID, at.visit); err != nil {
		a.broken(err)
	}
}

// offer begins a handshake.
func (a *actor) offer(id, visit uint32) error {
	a.keys.forget(id)
	if err := a.keys.begin(); err != nil {
		return err
	}
	o, err := seal.NewOffer(seal.Party{Session: a.cfg.SessionID, Attendee: id, Visit: visit}, a.cfg.Rand)
	if err != nil {
		return err
	}
	a.keys.offers[id] = &offer{visit: visit, seal: o}
	a.sendSeal(id, visit, pb.Seal_COMMIT, o.Commit())
	return nil
}

// resumeHandshake sends once more what the connection that broke may have swallowed.
func (a *actor) resumeHandshake(id uint32, o *offer) {
	if o.reveal == nil {
		a.sendSeal(id, o.visit, pb.Seal_COMMIT, o.seal.Commit())
	} else {
		a.sendSeal(id, o.visit, pb.Seal_REVEAL, o.reveal)
	}
}

func (a *actor) sendSeal(to, visit uint32, step pb.Seal_Step, body []byte) {
	framed := append(binary.BigEndian.AppendUint32(nil, visit), body...)
	a.send(&pb.ControlUp{Message: &pb.ControlUp_Seal{Seal: &pb.Seal{To: to, Step: step, Body: framed}}})
}

// onSeal takes one message of a handshake. What does not fit breaks the session.
func (a *actor) onSeal(m *pb.Seal) {
	if len(m.GetBody()) < visitLen {
		a.broken(fault.New(fault.SealBroken, errors.New("a handshake message without a visit")))
		return
	}
	visit, body := binary.BigEndian.Uint32(m.GetBody()), m.GetBody()[visitLen:]
	var err error
	if a.cfg.Role == Customer {
		err = a.onKey(m.GetFrom(), visit, m.GetStep(), body)
	} else {
		err = a.onOffered(m.GetFrom(), visit, m.GetStep(), body)
	}
	if err != nil {
		a.broken(err)
	}
}

// onKey is the customer's side.
func (a *actor) onKey(from, visit uint32, step pb.Seal_Step, body []byte) error {
	o := a.keys.offers[from]
	switch {
	case o == nil || o.visit != visit:
		return nil
	case step != pb.Seal_KEY:
		return fault.New(fault.SealBroken, errors.New("an attendee sent a step of the customer's"))
	case len(body) == 0 && o.key != nil:
		return a.offer(from, visit)
	case len(body) == 0, o.key != nil && bytes.Equal(o.key, body):
		return nil
	case o.key != nil:
		return fault.New(fault.SealBroken, errors.New("an attendee sent two different keys in one visit"))
	}
	reveal, words, err := o.seal.Reveal(body)
	if err != nil {
		return err
	}
	o.key, o.reveal, o.words = bytes.Clone(body), reveal, words
	a.sendSeal(from, visit, pb.Seal_REVEAL, reveal)
	a.keys.stale = true
	return nil
}

// rekey makes a new epoch for those who should know it, when that are not those who know the present one. It waits for
// the customer's consent. Without anybody to wrap it for there is none.
func (a *actor) rekey() {
	k := &a.keys
	if a.cfg.Role != Customer || !k.stale || a.grant.consent == nil || a.end.wanted != nil {
		return
	}
	k.stale, k.epoch, a.dirty = false, seal.Epoch{}, true
	var ready []uint32
	for _, id := range a.place.ids() {
		if o := k.offers[id]; o != nil && o.reveal != nil {
			ready = append(ready, id)
		}
	}
	if len(ready) == 0 {
		return
	}
	epoch, err := seal.NewEpoch(k.number+1, a.cfg.Rand)
	if err != nil {
		a.broken(err)
		return
	}
	k.number++
	for _, id := range ready {
		o := k.offers[id]
		body, err := o.seal.Wrap(epoch)
		if err != nil {
			a.broken(err)
			return
		}
		a.sendSeal(id, o.visit, pb.Seal_EPOCH, body)
	}
	k.epoch = epoch
}

// onOffered is the attendee's side. Only the customer is listened to.
func (a *actor) onOffered(from, visit uint32, step pb.Seal_Step, body []byte) error {
	k := &a.keys
	if from != customerNumber || a.place.attendees[from].Role != Customer || visit != k.visit {
		return nil
	}
	if step != pb.Seal_COMMIT && k.answer == nil {
		a.sendSeal(from, visit, pb.Seal_KEY, nil)
		return nil
	}
	switch step {
	case pb.Seal_COMMIT:
		return a.onCommit(from, visit, body)
	case pb.Seal_REVEAL:
		if k.answer.reveal != nil && bytes.Equal(k.answer.reveal, body) {
			return nil
		}
		words, err := k.answer.seal.Confirm(body)
		if err != nil {
			return err
		}
		k.answer.reveal, k.words = bytes.Clone(body), words
		return nil
	case pb.Seal_EPOCH:
		epoch, err := k.answer.seal.Unwrap(body)
		if err != nil {
			return err
		}
		k.epoch = epoch
		return nil
	default:
		return fault.New(fault.SealBroken, errors.New("an unknown step of the handshake"))
	}
}

// onCommit answers the first COMMIT of a visit, and repeats the answer to an equal one.
func (a *actor) onCommit(from, visit uint32, commit []byte) error {
	k := &a.keys
	if k.answer == nil {
		if err := k.begin(); err != nil {
			return err
		}
		party := seal.Party{Session: a.cfg.SessionID, Attendee: a.place.you, Visit: visit}
		s, err := seal.NewAnswer(party, a.cfg.Rand)
		if err != nil {
			return err
		}
		key, err := s.Key(commit)
		if err != nil {
			return err
		}
		k.answer = &answer{seal: s, commit: bytes.Clone(commit), key: key}
	}
	if !bytes.Equal(k.answer.commit, commit) {
		return fault.New(fault.SealBroken, errors.New("the customer committed twice in one visit"))
	}
	a.sendSeal(from, visit, pb.Seal_KEY, k.answer.key)
	return nil
}

// shownWords are the words for people: a rep's own, or those of the customer's first rep.
func (a *actor) shownWords() seal.Words {
	if a.cfg.Role == Rep {
		return a.keys.words
	}
	for _, id := range a.place.ids() {
		if o := a.keys.offers[id]; o != nil && o.reveal != nil {
			return o.words
		}
	}
	return seal.Words{}
}
