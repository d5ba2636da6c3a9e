package mend

import (
	"crypto/rand"
	"crypto/subtle"
	"net/netip"
	"time"
)

// roaming is what the end that was dialled knows of a dialler's new address.
type roaming struct {
	asked   netip.AddrPort // who is to prove that it is there
	nonce   [proofLen - 1]byte
	askedAt time.Time

	bridge netip.AddrPort // gets everything too; not valid: nobody
	until  time.Time
}

// Here tells the peer where this end is now. Only the end that dialled calls it.
func (f *Flow) Here() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.here()
}

func (f *Flow) here() {
	if !f.closed && f.keys != nil && f.keys.dialled && f.socket != nil {
		f.sendBody(f.to, kindHere)
	}
}

// sendBody sends a side packet. The caller holds mu.
func (f *Flow) sendBody(to netip.AddrPort, body ...byte) {
	f.count++
	f.side = append(f.keys.appendHeader(f.side[:0], f.count), body...)
	f.sendSide(to)
}

// roam handles the packets that are about addresses.
func (f *Flow) roam(s *Socket, from netip.AddrPort, body []byte) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return
	}
	if f.socket == nil {
		f.socket, f.to = s, from
	}
	switch {
	case len(body) == 1 && body[0] == kindHere && !f.keys.dialled:
		f.ask(from)
	case len(body) == proofLen && body[0] == kindProve && f.keys.dialled:
		answer := append([]byte{kindProof}, body[1:]...)
		f.sendBody(f.to, answer...)
	case len(body) == proofLen && body[0] == kindProof && !f.keys.dialled:
		f.believe(from, body[1:])
	}
}

// ask makes an unknown address prove that somebody is there, with a packet not much larger than the one it answers.
func (f *Flow) ask(from netip.AddrPort) {
	now := time.Now()
	r := &f.roaming
	if from == f.to || from == r.bridge && now.Before(r.until) || now.Sub(r.askedAt) < proveEvery {
		return
	}
	r.asked, r.askedAt = from, now
	_, _ = rand.Read(r.nonce[:]) // never fails
	f.sendBody(from, append([]byte{kindProve}, r.nonce[:]...)...)
}

// believe begins to send to a new address too, with what was sent lately, which nobody may have got.
func (f *Flow) believe(from netip.AddrPort, nonce []byte) {
	r := &f.roaming
	if from != r.asked || subtle.ConstantTimeCompare(nonce, r.nonce[:]) != 1 {
		return
	}
	r.asked = netip.AddrPort{}
	r.bridge, r.until = from, time.Now().Add(bridgeFor)
	for _, k := range []*kept{&f.nudge.full, &f.nudge.small} {
		for i := range k.packets {
			if p := k.at(i); isShort(p) {
				f.socket.send(p, from)
			}
		}
	}
}

// bridged gives the second address that packets go to now. The caller holds mu.
func (f *Flow) bridged(now time.Time) (netip.AddrPort, bool) {
	return f.roaming.bridge, f.roaming.bridge.IsValid() && now.Before(f.roaming.until)
}

// alsoSend sends packets on to the second address, if there is one. The caller holds mu.
func (f *Flow) alsoSend(now time.Time, batch []byte, size int) {
	to, ok := f.bridged(now)
	if !ok {
		return
	}
	if to == f.to { // QUIC has come there by itself
		f.bridge = netip.AddrPort{}
		return
	}
	for len(batch) > 0 {
		n := min(size, len(batch))
		f.socket.send(batch[:n], to)
		batch = batch[n:]
	}
}
