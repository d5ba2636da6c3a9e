package seal

import (
	"crypto/ed25519"
	"crypto/hpke"
	"encoding/binary"
	"fmt"
	"io"
)

// Offer is the customer's half of a handshake with one attendee in one visit. Its keys serve that one only. For one
// goroutine.
type Offer struct {
	party  Party
	key    ed25519.PrivateKey
	reveal []byte // the message REVEAL, secret until KEY has come
	commit [commitLen]byte

	stage      stage
	peer       hpke.PublicKey
	transcript transcript
	last       uint32 // number of the last epoch that was wrapped
}

// NewOffer begins a handshake. rand must be a cryptographic source.
func NewOffer(p Party, rand io.Reader) (*Offer, error) {
	if err := p.check(); err != nil {
		return nil, err
	}
	var random [ed25519.SeedSize + nonceLen]byte
	if _, err := io.ReadFull(rand, random[:]); err != nil {
		return nil, fmt.Errorf("seal: offer: %w", err)
	}
	o := &Offer{party: p, key: ed25519.NewKeyFromSeed(random[:ed25519.SeedSize])}
	o.reveal = append(o.reveal, o.key.Public().(ed25519.PublicKey)...)
	o.reveal = append(o.reveal, random[ed25519.SeedSize:]...)
	o.commit = p.commit(o.reveal)
	return o, nil
}

// Commit gives the body of COMMIT.
func (o *Offer) Commit() []byte { return append([]byte(nil), o.commit[:]...) }

// Reveal takes the body of KEY and gives the body of REVEAL and the words to show. It works once: a second key, even the
// same, could have been chosen by someone who knows the reveal.
func (o *Offer) Reveal(key []byte) (reveal []byte, w Words, err error) {
	if o.stage != begun {
		o.stage = spoilt
		return nil, Words{}, broken("a second key for one offer")
	}
	o.stage = spoilt
	if len(key) != keyLen {
		return nil, Words{}, broken("a key of %d bytes", len(key))
	}
	o.peer, err = kem().NewPublicKey(key[:keyLen-nonceLen])
	if err != nil {
		return nil, Words{}, broken("key: %w", err)
	}
	o.transcript = o.party.transcript(o.commit[:], key, o.reveal)
	o.stage = agreed
	return append([]byte(nil), o.reveal...), o.transcript.words(), nil
}

// Wrap gives the body of EPOCH. It works after Reveal only, each time with a higher epoch number. An epoch that the same
// attendee got in another handshake is refused: make a new one when an attendee comes back.
func (o *Offer) Wrap(e Epoch) ([]byte, error) {
	switch {
	case o.stage != agreed:
		return nil, broken("wrapping before the words are known")
	case !e.usable() || e.Number <= o.last:
		return nil, broken("epoch %d does not follow %d", e.Number, o.last)
	case !e.state.give(o):
		return nil, broken("epoch %d went to attendee %d in another handshake", e.Number, o.party.Attendee)
	}
	number := binary.BigEndian.AppendUint32(nil, e.Number)
	enc, sender, err := hpke.NewSender(o.peer, hpke.HKDFSHA256(), hpke.AES128GCM(), o.transcript.info())
	if err != nil {
		return nil, broken("wrap: %w", err)
	}
	ct, err := sender.Seal(number, e.state.secret[:])
	if err != nil {
		return nil, broken("wrap: %w", err)
	}
	o.last = e.Number
	body := append(append(number, enc...), ct...)
	return append(body, ed25519.Sign(o.key, o.transcript.signed(body))...), nil
}
