package seal

import (
	"crypto/ecdh"
	"crypto/ed25519"
	"crypto/hpke"
	"crypto/sha256"
	"encoding/binary"

	"deskhand/protocol/fault"
)

// Sizes and layouts of what crosses the wire, in bytes.
const (
	nonceLen  = 32
	commitLen = sha256.Size                                           // hash of the reveal
	keyLen    = 32 + nonceLen                                         // X25519 key | nonce
	revealLen = ed25519.PublicKeySize + nonceLen                      // Ed25519 key | nonce
	wrapLen   = 4 + 32 + secretSize + tagSize + ed25519.SignatureSize // epoch number | HPKE enc | ciphertext | signature
)

// The labels keep every hash and signature of the handshake apart from every other.
const (
	labelCommit     = "deskhand seal 1 commit"
	labelTranscript = "deskhand seal 1 transcript"
	labelEpoch      = "deskhand seal 1 epoch"
	labelSignature  = "deskhand seal 1 signature"
)

// Party names one handshake: the session, the attendee that the customer admits, and that attendee's visit. Both ends
// take it from what the relay tells them; when it lies, the commit does not fit.
type Party struct {
	Session         string // nine digits
	Attendee, Visit uint32 // attendee 2 to 4095: 1 is the customer, who needs no handshake with itself
}

func (p Party) check() error {
	if p.Attendee < 2 || p.Attendee > maxAttendee || len(p.Session) != 9 {
		return fault.New(fault.Invalid, nil)
	}
	for _, c := range []byte(p.Session) {
		if c < '0' || c > '9' {
			return fault.New(fault.Invalid, nil)
		}
	}
	return nil
}

// transcript is the SHA-256 hash of everything that both ends sent before the first epoch.
type transcript [sha256.Size]byte

func (p Party) commit(reveal []byte) [commitLen]byte {
	return digest(labelCommit, p.bytes(), reveal)
}

func (p Party) transcript(commit, key, reveal []byte) transcript {
	return digest(labelTranscript, p.bytes(), commit, key, reveal)
}

// bytes gives attendee | visit | session.
func (p Party) bytes() []byte {
	b := binary.BigEndian.AppendUint32(nil, p.Attendee)
	b = binary.BigEndian.AppendUint32(b, p.Visit)
	return append(b, p.Session...)
}

// info is what the HPKE context of an epoch is bound to.
func (t transcript) info() []byte { return append([]byte(labelEpoch), t[:]...) }

// signed is what the customer signs: body is the message EPOCH without its signature.
func (t transcript) signed(body []byte) []byte {
	d := digest(labelSignature, t[:], body)
	return d[:]
}

// digest hashes the label and the parts, each after its length in four bytes, so that no two inputs look alike.
func digest(label string, parts ...[]byte) (sum [sha256.Size]byte) {
	h := sha256.New()
	var length [4]byte
	for _, part := range append([][]byte{[]byte(label)}, parts...) {
		binary.BigEndian.PutUint32(length[:], uint32(len(part)))
		h.Write(length[:])
		h.Write(part)
	}
	h.Sum(sum[:0])
	return sum
}

func kem() hpke.KEM { return hpke.DHKEM(ecdh.X25519()) }

// stage is how far a half of a handshake has come. A step out of order, or one that fails, ends it.
type stage uint8

const (
	begun  stage = iota
	keyed        // Answer: KEY has gone out
	agreed       // both: the words are known, epochs may cross
	spoilt
)
