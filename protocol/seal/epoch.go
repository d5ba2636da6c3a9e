package seal

import (
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strconv"
	"sync"
	"sync/atomic"
)

const secretSize = 32

// Epoch is one media key of a session: a secret that the customer made, from which every sender and lane derives keys of
// its own. Copies share the counters of what was sealed and opened with it. The zero Epoch seals and opens nothing. Two
// values are equal when they are copies of each other. Safe for concurrent use.
type Epoch struct {
	Number uint32 // 1, 2, 3 … within a session
	state  *epochState
}

// epochState is what copies of an Epoch share.
type epochState struct {
	secret [secretSize]byte
	owner  Party // whom Unwrap gave it to, who may seal as itself only; zero where the epoch was made

	mu    sync.Mutex
	sent  map[uint64]*atomic.Uint64 // by key id: the counter of the next frame
	given map[uint32]*Offer         // by attendee: the handshake that it was wrapped in
	seen  [lanes]seen               // has its own lock
}

// NewEpoch makes a fresh media key. The number is 1 or more and rises within a session.
func NewEpoch(number uint32, rand io.Reader) (Epoch, error) {
	if number == 0 {
		return Epoch{}, errors.New("seal: epoch numbers begin with 1")
	}
	var secret [secretSize]byte
	if _, err := io.ReadFull(rand, secret[:]); err != nil {
		return Epoch{}, fmt.Errorf("seal: epoch secret: %w", err)
	}
	return Epoch{number, &epochState{secret: secret}}, nil
}

// String tells the number only, so that no secret gets into a log.
func (e Epoch) String() string { return "epoch " + strconv.FormatUint(uint64(e.Number), 10) }

func (e Epoch) usable() bool { return e.Number != 0 && e.state != nil }

// key derives what seals and opens the frames of one sender on one lane.
func (e Epoch) key(session string, sender uint32, lane Lane) (frameKey, error) {
	info := make([]byte, 0, 64)
	info = append(info, "deskhand sframe"...)
	info = binary.BigEndian.AppendUint32(info, uint32(len(session)))
	info = append(info, session...)
	info = binary.BigEndian.AppendUint32(info, sender)
	info = append(info, byte(lane))
	s := sealing()
	base, err := hkdf.Key(sha256.New, e.state.secret[:], nil, string(info), s.keySize)
	if err != nil {
		return frameKey{}, err
	}
	return s.derive(keyID(e.Number, sender, lane), base)
}

// counter gives the counter of the next frame under a key id. There is one per epoch and key id, whoever asks.
func (s *epochState) counter(kid uint64) *atomic.Uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.sent == nil {
		s.sent = make(map[uint64]*atomic.Uint64)
	}
	c := s.sent[kid]
	if c == nil {
		c = new(atomic.Uint64)
		s.sent[kid] = c
	}
	return c
}

// give reports whether the epoch may be wrapped in that handshake: it must not have gone to the same attendee in another.
func (s *epochState) give(o *Offer) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.given == nil {
		s.given = make(map[uint32]*Offer)
	}
	to := o.party.Attendee
	if s.given[to] == nil {
		s.given[to] = o
	}
	return s.given[to] == o
}
