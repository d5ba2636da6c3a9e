package seal

import (
	"sync"
	"sync/atomic"
)

// maxSenders bounds what an Opener remembers. Frames of more senders than that are refused until the next epoch.
const maxSenders = 64

// Opener opens the frames of one lane of one session, of every sender. For one goroutine.
//
// Each frame opens once and in the order it was sealed in: a counter not above the last one of its sender is refused.
// What was opened is remembered in the epoch, so that an Opener made anew refuses it as well. The screen lane is the
// exception: there the relay may send the newest units again to a lane that was opened again, so there each Opener
// remembers for itself.
type Opener struct {
	session string
	lane    Lane
	epoch   Epoch
	senders map[uint32]*reader // of the current epoch
	own     *seen              // on the screen lane; nil on the others
	scratch frame
}

// reader opens the frames of one sender.
type reader struct {
	key  frameKey
	last *atomic.Uint64 // the last counter plus one; 0 before the first frame
}

// NewOpener makes an Opener that opens nothing until Add. It belongs to a handshake: after a new Answer or Offer, where
// epochs may count from 1 again, a new one is needed.
func NewOpener(session string, lane Lane) *Opener { return &Opener{session: session, lane: lane} }

// Add makes e the current epoch; older ones are refused from then on. An epoch that is not newer is ignored.
func (o *Opener) Add(e Epoch) {
	if !e.usable() || e.Number <= o.epoch.Number {
		return
	}
	o.epoch = e
	o.senders = make(map[uint32]*reader)
	o.own = nil
	if o.lane == LaneScreen {
		o.own = new(seen)
	}
}

// Open appends the plain text of a sealed frame to dst and names its sender. Whatever is not a fresh, authentic frame
// of this lane, this session and the current epoch, sealed with the same additional data, is fault.SealBroken; dst
// comes back as it was. It allocates only when dst has to grow, and for a sender's first frame in an epoch.
func (o *Opener) Open(dst, sealed, aad []byte) (plain []byte, from uint32, err error) {
	kid, ctr, n, err := ParseHeader(sealed)
	if err != nil {
		return dst, 0, err
	}
	from, err = o.accept(kid)
	if err != nil {
		return dst, 0, err
	}
	if len(sealed)-n < tagSize || len(sealed)-n-tagSize > MaxPlain {
		return dst, 0, broken("a frame of %d bytes", len(sealed))
	}
	plain, err = o.open(from, ctr, n, dst, sealed, aad)
	if err != nil {
		return dst, 0, err
	}
	return plain, from, nil
}

// accept names the sender of a frame if the key id is one that may be opened now.
func (o *Opener) accept(kid uint64) (sender uint32, err error) {
	epoch, sender, lane := splitKeyID(kid)
	switch {
	case lane != o.lane || lane == 0:
		return 0, broken("a frame of another lane")
	case sender == 0:
		return 0, broken("a frame of nobody")
	case epoch < uint64(o.epoch.Number):
		return 0, broken("%w", ErrEpochBehind)
	case epoch > uint64(o.epoch.Number):
		return 0, broken("%w", ErrEpochAhead)
	case !o.epoch.usable():
		return 0, broken("there is no epoch")
	}
	return sender, nil
}

// open decrypts and then claims the counter, so that what is not authentic changes nothing.
func (o *Opener) open(from uint32, ctr uint64, n int, dst, sealed, aad []byte) ([]byte, error) {
	r, err := o.reader(from)
	if err != nil {
		return dst, err
	}
	if r.last != nil && ctr < r.last.Load() {
		return dst, broken("a frame that came before")
	}
	plain, err := o.scratch.open(&r.key, ctr, n, dst, sealed, aad)
	if err != nil {
		return dst, broken("%w", err)
	}
	if r.last == nil {
		err = o.remember(from, r)
	}
	if err == nil && !claim(r.last, ctr) {
		err = broken("a frame that came before")
	}
	if err != nil {
		clear(plain[len(dst):])
		return dst, err
	}
	return plain, nil
}

// reader gives what opens the frames of a sender. That of a new sender is kept only once a frame of it has proved to be
// authentic, so that forged headers cost no memory.
func (o *Opener) reader(from uint32) (*reader, error) {
	if r := o.senders[from]; r != nil {
		return r, nil
	}
	if len(o.senders) >= maxSenders {
		return nil, broken("too many senders")
	}
	key, err := o.epoch.key(o.session, from, o.lane)
	if err != nil {
		return nil, broken("key: %w", err)
	}
	return &reader{key: key}, nil
}

func (o *Opener) remember(from uint32, r *reader) error {
	s := o.own
	if s == nil {
		s = &o.epoch.state.seen[o.lane]
	}
	r.last = s.of(from)
	if r.last == nil {
		return broken("too many senders")
	}
	o.senders[from] = r
	return nil
}

// claim moves the last counter up to ctr; false when ctr, or a later one, was there before.
func claim(last *atomic.Uint64, ctr uint64) bool {
	for {
		was := last.Load()
		if ctr < was || ctr == ^uint64(0) {
			return false
		}
		if last.CompareAndSwap(was, ctr+1) {
			return true
		}
	}
}

// seen remembers the last counter of every sender on one lane in one epoch. Safe for concurrent use.
type seen struct {
	mu   sync.Mutex
	last map[uint32]*atomic.Uint64
}

// of gives the counter of a sender, or nil when there are too many.
func (s *seen) of(sender uint32) *atomic.Uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.last[sender]
	if c != nil || len(s.last) >= maxSenders {
		return c
	}
	if s.last == nil {
		s.last = make(map[uint32]*atomic.Uint64)
	}
	c = new(atomic.Uint64)
	s.last[sender] = c
	return c
}
