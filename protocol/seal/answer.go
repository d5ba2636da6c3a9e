package seal

import (
	"crypto/ed25519"
	"crypto/hpke"
	"crypto/subtle"
	"encoding/binary"
	"fmt"
	"io"
)

// Answer is the attendee's half of a handshake. Its keys serve that one handshake only. For one goroutine.
type Answer struct {
	party Party
	key   hpke.PrivateKey
	body  []byte // the message KEY

	stage      stage
	commit     [commitLen]byte
	signer     ed25519.PublicKey
	transcript transcript
	last       uint32 // number of the last epoch that was unwrapped
}

// NewAnswer begins a handshake. rand must be a cryptographic source.
func NewAnswer(p Party, rand io.Reader) (*Answer, error) {
	if err := p.check(); err != nil {
		return nil, err
	}
	var random [32 + nonceLen]byte
	if _, err := io.ReadFull(rand, random[:]); err != nil {
		return nil, fmt.Errorf("seal: answer: %w", err)
	}
	key, err := kem().DeriveKeyPair(random[:32])
	if err != nil {
		return nil, fmt.Errorf("seal: answer: %w", err)
	}
	body := append(key.PublicKey().Bytes(), random[32:]...)
	return &Answer{party: p, key: key, body: body}, nil
}

// Key takes the body of COMMIT and gives the body of KEY. It works once: who could commit again after seeing the key
// could choose the words.
func (a *Answer) Key(commit []byte) ([]byte, error) {
	if a.stage != begun {
		a.stage = spoilt
		return nil, broken("a second commit for one answer")
	}
	if len(commit) != commitLen {
		a.stage = spoilt
		return nil, broken("a commit of %d bytes", len(commit))
	}
	copy(a.commit[:], commit)
	a.stage = keyed
	return append([]byte(nil), a.body...), nil
}

// Confirm takes the body of REVEAL and gives the words to show. It works once, and only with what was committed to.
func (a *Answer) Confirm(reveal []byte) (Words, error) {
	if a.stage != keyed {
		a.stage = spoilt
		return Words{}, broken("a reveal out of order")
	}
	a.stage = spoilt
	if len(reveal) != revealLen {
		return Words{}, broken("a reveal of %d bytes", len(reveal))
	}
	want := a.party.commit(reveal)
	if subtle.ConstantTimeCompare(want[:], a.commit[:]) != 1 {
		return Words{}, broken("the reveal is not what was committed to")
	}
	a.signer = append(a.signer, reveal[:ed25519.PublicKeySize]...)
	a.transcript = a.party.transcript(a.commit[:], a.body, reveal)
	a.stage = agreed
	return a.transcript.words(), nil
}

// Unwrap takes the body of EPOCH. It works after Confirm only, each time with a higher epoch number. A body that is
// refused changes nothing. The epoch seals as this attendee only.
func (a *Answer) Unwrap(body []byte) (Epoch, error) {
	if a.stage != agreed {
		return Epoch{}, broken("an epoch before the words are known")
	}
	if len(body) != wrapLen {
		return Epoch{}, broken("an epoch of %d bytes", len(body))
	}
	wrapped, signature := body[:wrapLen-ed25519.SignatureSize], body[wrapLen-ed25519.SignatureSize:]
	if !ed25519.Verify(a.signer, a.transcript.signed(wrapped), signature) {
		return Epoch{}, broken("an epoch that the customer did not sign")
	}
	number, enc, ct := wrapped[:4], wrapped[4:36], wrapped[36:]
	n := binary.BigEndian.Uint32(number)
	if n <= a.last {
		return Epoch{}, broken("epoch %d does not follow %d", n, a.last)
	}
	recipient, err := hpke.NewRecipient(enc, a.key, hpke.HKDFSHA256(), hpke.AES128GCM(), a.transcript.info())
	if err != nil {
		return Epoch{}, broken("unwrap: %w", err)
	}
	secret, err := recipient.Open(number, ct)
	if err != nil {
		return Epoch{}, broken("unwrap: %w", err)
	}
	a.last = n
	state := &epochState{owner: a.party}
	copy(state.secret[:], secret)
	return Epoch{n, state}, nil
}
