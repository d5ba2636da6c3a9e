package share

import (
	"sync"
	"time"

	"deskhand/protocol/pb"
)

// maxAcks bounds the acknowledgements that wait for the sending goroutine; of more, the last ones merge.
const maxAcks = 256

// inbox is what has come back from the relay and the sending goroutine has not seen yet.
type inbox struct {
	clock func() time.Time
	wake  chan struct{} // capacity 1: there is something new

	mu      sync.Mutex
	acks    []ack
	anew    bool // a new generation is wanted
	restart bool // by the relay: somebody else watches now
	keys    bool // keys are wanted
	epoch   uint32
	codecs  []pb.VideoCodec // that every viewer can decode
	decided bool            // codecs has changed
}

type ack struct {
	number uint64
	at     time.Time
}

func newInbox(clock func() time.Time) *inbox {
	return &inbox{clock: clock, wake: make(chan struct{}, 1)}
}

func (b *inbox) signal() {
	select {
	case b.wake <- struct{}{}:
	default:
	}
}

func (b *inbox) acked(number uint64) {
	now := b.clock()
	b.mu.Lock()
	if len(b.acks) < maxAcks {
		b.acks = append(b.acks, ack{number, now})
	} else {
		b.acks[maxAcks-1] = ack{number, now}
	}
	b.mu.Unlock()
	b.signal()
}

func (b *inbox) want(keys bool) {
	b.mu.Lock()
	if keys {
		b.keys = true
	} else {
		b.anew, b.restart = true, true
	}
	b.mu.Unlock()
	b.signal()
}

// rekey wants a new generation for a new epoch, once: what was sent before cannot be opened by everybody.
func (b *inbox) rekey(epoch uint32) {
	b.mu.Lock()
	changed := b.epoch != epoch
	if changed {
		b.epoch, b.anew = epoch, true
	}
	b.mu.Unlock()
	if changed {
		b.signal()
	}
}

func (b *inbox) decode(codecs []pb.VideoCodec) {
	b.mu.Lock()
	b.codecs, b.decided = codecs, true
	b.mu.Unlock()
	b.signal()
}

// mail is what take gives.
type mail struct {
	acks       []ack // valid until the next take
	anew, keys bool
	restart    bool
	codecs     []pb.VideoCodec
	decided    bool
}

// take empties the inbox. m's memory is used again.
func (b *inbox) take(m *mail) {
	b.mu.Lock()
	defer b.mu.Unlock()
	m.acks = append(m.acks[:0], b.acks...)
	m.anew, m.restart, m.keys, m.codecs, m.decided = b.anew, b.restart, b.keys, b.codecs, b.decided
	b.acks, b.anew, b.restart, b.keys, b.decided = b.acks[:0], false, false, false, false
}
