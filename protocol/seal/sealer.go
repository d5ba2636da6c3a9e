package seal

import "sync/atomic"

const (
	// MaxPlain is the most that one frame can carry, in bytes.
	MaxPlain = 4 << 20
	// Overhead is the most that sealing adds to a frame, in bytes.
	Overhead = maxHeader + tagSize
	// maxFrames is how many frames one key may seal. It keeps far away from where AES-GCM grows weak and from where the
	// counter would wrap around; at a thousand frames a second it lasts 49 days.
	maxFrames = 1 << 32
)

// Sealer makes the frames of one sender on one lane in one epoch. For one goroutine.
type Sealer struct {
	key     frameKey
	next    *atomic.Uint64 // shared with every Sealer of the same epoch and key id
	scratch frame
	err     error // why it seals nothing
}

// NewSealer makes a Sealer. With an epoch, sender (1 to 4095) or lane that it cannot seal for, or with an unwrapped
// epoch and another sender or session than that of its handshake, every Seal fails.
func NewSealer(e Epoch, session string, sender uint32, lane Lane) *Sealer {
	switch {
	case !e.usable():
		return &Sealer{err: broken("there is no epoch")}
	case sender == 0 || sender > maxAttendee:
		return &Sealer{err: broken("attendee %d cannot seal", sender)}
	case lane == 0 || lane >= lanes:
		return &Sealer{err: broken("there is no lane %d", lane)}
	}
	if own := e.state.owner; own.Attendee != 0 && (own.Attendee != sender || own.Session != session) {
		return &Sealer{err: broken("this epoch seals for attendee %d of its session only", own.Attendee)}
	}
	key, err := e.key(session, sender, lane)
	if err != nil {
		return &Sealer{err: broken("key: %w", err)}
	}
	return &Sealer{key: key, next: e.state.counter(key.kid)}
}

// Seal appends the sealed frame to dst. The additional data is authenticated and not part of the frame; Open needs the
// same. plain must not overlap the free part of dst. It allocates only when dst has to grow.
func (s *Sealer) Seal(dst, plain, aad []byte) ([]byte, error) {
	if s.err != nil {
		return dst, s.err
	}
	if len(plain) > MaxPlain {
		return dst, broken("%d bytes do not fit into a frame", len(plain))
	}
	ctr, ok := take(s.next)
	if !ok {
		return dst, broken("this epoch is used up")
	}
	return s.scratch.seal(&s.key, ctr, dst, plain, aad), nil
}

// take draws the next counter; no two callers ever get the same one.
func take(next *atomic.Uint64) (uint64, bool) {
	for {
		ctr := next.Load()
		if ctr >= maxFrames {
			return 0, false
		}
		if next.CompareAndSwap(ctr, ctr+1) {
			return ctr, true
		}
	}
}
