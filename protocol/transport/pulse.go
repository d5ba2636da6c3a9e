package transport

import (
	"time"

	"github.com/quic-go/quic-go"
)

// quicConfig is what both ends have in common.
//
// A dialler asks for a sign of life after quicPeriod of silence, which costs one small packet each way. QUIC's own idle
// timeout begins anew with that question and so cannot notice a dead peer soon after an unanswered one; pulse does,
// and the idle timeout is only its backstop. It must be over twice the period, or QUIC would ask more often.
func quicConfig() *quic.Config {
	return &quic.Config{
		HandshakeIdleTimeout:       handshakeTimeout / 2, // QUIC gives the whole handshake twice this
		MaxIdleTimeout:             2 * quicDeadAfter,
		MaxStreamReceiveWindow:     4 << 20,
		MaxConnectionReceiveWindow: 8 << 20,
		MaxIncomingUniStreams:      -1,
	}
}

// quicPeriod is a little more than the ten seconds that an idle connection may send one packet in, because QUIC has one
// more of its own now and then: every twentieth sign of life is acknowledged in both directions.
const quicPeriod = keepAlivePeriod + 500*time.Millisecond

// pulseTick cuts quicDeadAfter into steps; a peer is dead after silentTicks steps without a packet. What was heard last
// came up to one step before the first of these, so that quicDeadAfter is never exceeded.
const (
	pulseTick   = 1500 * time.Millisecond
	silentTicks = int(quicDeadAfter/pulseTick) - 1
)

// pulse returns when received, the count of packets that came, has stood still for silentTicks, or when done is closed.
// It reports whether the peer is dead.
func pulse(done <-chan struct{}, received func() uint64) bool {
	ticks := time.NewTicker(pulseTick)
	defer ticks.Stop()
	last, silent := received(), 0
	for {
		select {
		case <-done:
			return false
		case <-ticks.C:
		}
		now := received()
		if now != last {
			last, silent = now, 0
			continue
		}
		if silent++; silent == silentTicks {
			return true
		}
	}
}

// watchPulse closes a QUIC connection whose peer is dead, and returns when the connection has ended. Now and then it
// calls also, which may be nil.
func watchPulse(c *quic.Conn, also func()) {
	received := func() uint64 {
		if also != nil {
			also()
		}
		return c.ConnectionStats().PacketsReceived
	}
	if pulse(c.Context().Done(), received) {
		_ = c.CloseWithError(connSilent, "")
	}
}
