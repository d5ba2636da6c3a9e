package mend

import (
	"net/netip"
	"sync"
	"sync/atomic"
	"time"
)

// Counts are what QUIC has counted on a connection so far, in packets.
type Counts struct {
	Sent, Lost, Received uint64
}

// Flow is one QUIC connection.
type Flow struct {
	counts  func() Counts
	keys    *Keys          // nil: the peer does not know side packets
	early   bool           // before the handshake is over
	address netip.AddrPort // guarded by the mutex of the socket that it is attached to

	mu     sync.Mutex // held by senders and timers
	closed bool
	socket *Socket // where the last packet went out
	to     netip.AddrPort
	enc    encoder
	loss   lossEstimate
	budget budget
	count  uint64 // side packets sealed
	side   []byte // scratch
	flush  *time.Timer
	nudge  nudge
	roaming

	repaired atomic.Uint32 // by the peer, as it says
	sides    atomic.Uint64 // side packets sent
	nudges   atomic.Uint64

	receiving sync.Mutex
	window    window
	dec       *decoder // nil until the peer has sent parity
	parityAt  time.Time
	made      uint32 // packets repaired here
	reportAt  time.Time
	reporting bool // a report is due
	keeping   atomic.Bool
}

// NewFlow begins a flow, which ends with Close. counts is called often and must be cheap. keys is nil when the peer does
// not know side packets: then nothing is repaired. Attach it to the Socket that the connection uses.
func NewFlow(keys *Keys, counts func() Counts) *Flow {
	f := &Flow{counts: counts, keys: keys}
	f.flush = time.AfterFunc(time.Hour, f.flushed)
	f.flush.Stop()
	f.nudge.timer = time.AfterFunc(time.Hour, f.nudged)
	f.nudge.timer.Stop()
	return f
}

// NewEarly begins a flow for a handshake: its packets too are sent again while the peer is silent. received counts what
// has come.
func NewEarly(received func() uint64) *Flow {
	f := NewFlow(nil, func() Counts { return Counts{Received: received()} })
	f.early = true
	return f
}

// Close ends the flow: it sends nothing any more. Detach it from its sockets too.
func (f *Flow) Close() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.closed = true
	f.flush.Stop()
	f.nudge.timer.Stop()
}

// Stats tells what a flow has done.
type Stats struct {
	Sides    uint64        // side packets sent
	Repaired uint32        // packets that were lost on the way here and made again
	Nudges   uint64        // packets sent again because the peer was silent
	Loss     float64       // share of the packets sent that do not arrive, estimated
	Silent   time.Duration // for how long the peer has not answered what was sent; 0: it answers, or nothing was sent
}

// Stats gives a copy.
func (f *Flow) Stats() Stats {
	f.mu.Lock()
	loss, silent := f.loss.share, f.nudge.silent(time.Now())
	f.mu.Unlock()
	f.receiving.Lock()
	defer f.receiving.Unlock()
	return Stats{Sides: f.sides.Load(), Repaired: f.made, Nudges: f.nudges.Load(), Loss: loss, Silent: silent}
}

// sent takes note of packets that have left, all of one size but the last. It sends parity when it is due: behind them,
// since the other end takes what has not come before its parity for lost.
func (f *Flow) sent(s *Socket, to netip.AddrPort, batch []byte, size int) {
	if f == nil {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return
	}
	now := time.Now()
	f.socket, f.to = s, to
	f.armNudge(now, batch, size)
	f.alsoSend(now, batch, size)
	if f.keys == nil {
		return
	}
	f.look(now)
	if f.loss.interval() == 0 {
		return
	}
	for len(batch) > 0 {
		p := batch[:min(size, len(batch))]
		batch = batch[len(p):]
		if !isSource(p) {
			continue
		}
		f.budget.earn(now, len(p))
		f.enc.add(p)
		if f.enc.fresh >= f.loss.interval() {
			f.sendParity()
		}
	}
	if f.enc.fresh > 0 {
		f.flush.Reset(flushAfter)
	}
}

// withholds tells packets that are to be lost on purpose: parity for them would be too large. QUIC sends such only to
// learn how large they may be.
func (f *Flow) withholds(size int) bool { return f != nil && f.keys != nil && size > maxSource }

// look learns how much is lost, now and then.
func (f *Flow) look(now time.Time) {
	if now.Sub(f.loss.lookedAt) < lookEvery {
		return
	}
	before := f.loss.interval()
	c := f.counts()
	f.loss.look(now, c.Sent, c.Lost+uint64(f.repaired.Load()))
	if before > 0 && f.loss.interval() == 0 {
		f.enc.forget()
	}
}

func (f *Flow) flushed() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.closed && f.enc.fresh > 0 {
		f.sendParity()
	}
}

// sendParity sends one if that is not too much.
func (f *Flow) sendParity() {
	f.count++
	f.side = f.enc.appendParity(f.keys.appendHeader(f.side[:0], f.count), f.count)
	if f.budget.spend(len(f.side)) {
		f.sendSide(f.to)
	}
}

// sendSide seals and sends what is in side.
func (f *Flow) sendSide(to netip.AddrPort) {
	f.side = f.keys.seal(f.side, f.count)
	f.sides.Add(1)
	f.socket.send(f.side, to)
}

// came takes note of a source packet that has come.
func (f *Flow) came(p []byte) [][]byte {
	f.receiving.Lock()
	defer f.receiving.Unlock()
	if f.dec == nil {
		return nil
	}
	f.dec.packet(p)
	return f.mended(time.Now())
}

// cameSide takes a side packet and gives the packets that could be made with it.
func (f *Flow) cameSide(s *Socket, p []byte, from netip.AddrPort) (made [][]byte) {
	if f.keys == nil {
		return nil
	}
	if !f.unseen(p) {
		return nil
	}
	counter, body, ok := f.keys.unseal(p)
	if !ok || len(body) == 0 || !f.first(counter) {
		return nil
	}
	switch body[0] {
	case kindParity:
		names, sum, ok := splitParity(body)
		if !ok {
			return nil
		}
		made, report := f.cameParity(counter, names, sum)
		if report {
			f.report(s, from)
		}
		return made
	case kindReport:
		if repaired, ok := splitReport(body); ok && int32(repaired-f.repaired.Load()) > 0 { // an old one may come late
			f.repaired.Store(repaired)
		}
	default:
		f.roam(s, from, body)
	}
	return nil
}

// unseen tells of a packet that is not opened yet whether it can be new.
func (f *Flow) unseen(p []byte) bool {
	f.receiving.Lock()
	defer f.receiving.Unlock()
	return isSide(p) && f.window.fresh(counterOf(p))
}

// first takes note of an authentic packet and tells whether it came for the first time.
func (f *Flow) first(counter uint64) bool {
	f.receiving.Lock()
	defer f.receiving.Unlock()
	return f.window.note(counter)
}

func (f *Flow) cameParity(counter uint64, names, sum []byte) (made [][]byte, report bool) {
	f.receiving.Lock()
	defer f.receiving.Unlock()
	now := time.Now()
	if f.dec == nil {
		f.dec = &decoder{}
		f.keeping.Store(true)
	}
	f.parityAt = now
	f.dec.parity(counter, names, sum)
	made = f.mended(now)
	return made, f.reportDue(now)
}

// mended counts what the decoder has made. The caller holds receiving.
func (f *Flow) mended(now time.Time) [][]byte {
	made := f.dec.drain()
	f.made += uint32(len(made))
	f.reporting = f.reporting || len(made) > 0
	if now.Sub(f.parityAt) > 2*forgetAfter {
		f.dec = nil
		f.keeping.Store(false)
	}
	return made
}

func (f *Flow) reportDue(now time.Time) bool {
	if !f.reporting || now.Sub(f.reportAt) < reportEvery {
		return false
	}
	f.reporting, f.reportAt = false, now
	return true
}

// report tells the peer how much was repaired.
func (f *Flow) report(s *Socket, to netip.AddrPort) {
	f.receiving.Lock()
	made := f.made
	f.receiving.Unlock()
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return
	}
	if f.socket == nil {
		f.socket, f.to = s, to
	}
	f.count++
	f.side = appendReport(f.keys.appendHeader(f.side[:0], f.count), made)
	f.sendSide(f.to)
}
