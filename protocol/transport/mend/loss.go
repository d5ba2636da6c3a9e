package mend

import "time"

const (
	// leastLoss is what is not worth repairing: QUIC does it well enough.
	leastLoss = 0.0005
	// strength is how many parities there are to one expected loss. Several, because losses come close together, and
	// because each parity is itself lost now and then.
	strength = 6
	// firstGuess is the loss assumed from the first one on.
	firstGuess = 0.01

	leastInterval = 4 // packets to a parity
	mostInterval  = 16
)

// lossEstimate learns the share of packets that do not arrive.
type lossEstimate struct {
	share      float64
	lookedAt   time.Time
	sent, lost uint64 // totals when share was last updated
	fading     time.Time
}

// look takes totals; lost includes what was repaired and may fall when QUIC finds that a packet was only late.
func (l *lossEstimate) look(now time.Time, sent, lost uint64) {
	l.lookedAt = now
	if l.fading.IsZero() {
		l.fading = now
	}
	fresh := int64(lost - l.lost)
	n := sent - l.sent
	switch {
	case fresh > 0 && l.share == 0:
		l.share, l.sent, l.lost, l.fading = firstGuess, sent, lost, now
	case n >= 200: // enough for an estimate: one part new, three parts old
		l.share += (float64(max(fresh, 0))/float64(n) - l.share) / 4
		l.sent, l.lost, l.fading = sent, lost, now
	case now.Sub(l.fading) > forgetAfter && fresh <= 0:
		l.share, l.fading = l.share/2, now
	}
	if l.share < leastLoss {
		l.share = 0
	}
}

// interval is after how many packets a parity is due; 0: never.
func (l *lossEstimate) interval() int {
	if l.share == 0 {
		return 0
	}
	return min(max(int(1/(strength*l.share)), leastInterval), mostInterval)
}

// budget bounds parity to a share of what it protects, and a little for small packets.
type budget struct {
	bytes float64
	at    time.Time
}

const (
	budgetShare = 0.3  // of the bytes protected
	budgetRate  = 4000 // bytes a second on top
	budgetMost  = 4 * maxParity
)

func (b *budget) earn(now time.Time, n int) {
	if !b.at.IsZero() {
		b.bytes += now.Sub(b.at).Seconds() * budgetRate
	}
	b.at = now
	b.bytes = min(b.bytes+budgetShare*float64(n), budgetMost)
}

func (b *budget) spend(n int) bool {
	if b.bytes < float64(n) {
		return false
	}
	b.bytes -= float64(n)
	return true
}
