// Package mend repairs what a network loses, beneath QUIC. A Socket stands between a QUIC transport and its UDP socket.
// QUIC's packets pass through it unchanged; while packets are being lost, a Flow sends parity beside them, from which
// the other end makes a lost packet again before QUIC misses it. Without loss nothing is sent and nothing is copied.
//
// A Flow is one QUIC connection as a Socket sees it. It also sends its latest packet again while the peer is silent, so
// that a connection goes on within a moment of the network's return and not only when QUIC's own timer, which doubles,
// comes round; that needs nothing of the peer.
//
// The package knows nothing of QUIC but its short headers, and it trusts nobody: what is on the wire beside QUIC is
// sealed with keys of the connection's TLS session, and a packet made from parity is given to QUIC, which authenticates
// it as if it had come from the network.
//
// All types are safe for concurrent use.
//
// # Wire
//
// A side packet is a UDP datagram. Its first byte has neither of QUIC's two highest bits set, so that an end that does
// not know it drops it. Big-endian:
//
//	1  0x05
//	4  the flow's number, from the TLS session
//	6  counter, from 1, different for each side packet of a flow and direction
//	n  body, sealed with AES-128-GCM; the first 11 bytes are authenticated with it, the counter is the nonce
//	16 tag
//
// The body is a report or parity:
//
//	1  1 = report
//	4  packets repaired so far, modulo 2^32
//
//	1  2 = parity
//	1  count of packets covered, 1 to 20
//	3n the last three bytes of each of them, which name it
//	2  their lengths, combined
//	m  their bytes, each filled up with zeros to the longest, combined
//
//	1  3 = here: sent by the end that dialled when it is not sure that the other one knows its address
//
//	1  4 = prove: the answer to "here" from an address that is not known
//	8  random bytes
//
//	1  5 = proof
//	8  the same bytes
//
// What the other end sends to the old address it then also sends to the new one, for a while, until QUIC itself has
// proven the new path. It could not do so if its answers went nowhere and the dialler's window is full.
//
// Combined means the sum over GF(2^8) (polynomial 0x11d) of each, multiplied by a factor that coefficient gives from the
// counter and the name.
package mend

import "time"

const (
	kindSide   = 0x05
	headerLen  = 11
	tagLen     = 16
	nameLen    = 3
	kindReport = 1
	kindParity = 2
	kindHere   = 3
	kindProve  = 4
	kindProof  = 5
	reportLen  = 5
	proofLen   = 9

	// maxCovered is how many packets one parity covers: the latest ones. Losses further back than that are not repaired.
	maxCovered = 20
	// minSource leaves out what holds an acknowledgement only, which needs no repair. In bytes of UDP payload, as is
	// maxSource.
	minSource = 60
	// maxSource is the largest packet that parity fits for: with its names and header it makes a datagram of
	// 1441 bytes, which is what QUIC itself would send at most.
	maxSource = 1350
	maxParity = headerLen + 2 + maxCovered*nameLen + 2 + maxSource + tagLen

	// keptPackets is how many received packets are held against later parity, keptRows how many parities wait for the
	// packets that they miss. Of both, the oldest go.
	keptPackets = 64
	keptRows    = 8
	// maxTerms is how many missing packets one equation may name. Adding equations up makes them longer, without end if a
	// peer wants so.
	maxTerms = 64
)

const (
	// flushAfter is how long nothing must be sent before what the last parity did not cover gets one of its own.
	flushAfter = 10 * time.Millisecond
	// lookEvery is how often the loss is looked at, at most.
	lookEvery = 20 * time.Millisecond
	// forgetAfter without a repair or loss halves the estimated loss.
	forgetAfter = 5 * time.Second
	// reportEvery bounds reports.
	reportEvery = 20 * time.Millisecond
	// nudgeEvery is how often the latest packet is sent again while the peer is silent.
	nudgeEvery = 250 * time.Millisecond
	// againAfter is how often other packets are sent again, each againEvery, once the peer is heard after longSilence.
	againAfter  = 8
	againEvery  = 100 * time.Millisecond
	longSilence = time.Second
	// bridgeFor is how long packets go to two addresses at most.
	bridgeFor = 10 * time.Second
	// proveEvery bounds the questions that a flow asks of new addresses.
	proveEvery = 50 * time.Millisecond
	// ownVoice after the peer's last sign whatever is sent is more than an acknowledgement of that, and so expects one.
	ownVoice = 60 * time.Millisecond
)

// isSource tells whether parity may cover a packet: QUIC's short header, neither tiny nor too large.
func isSource(p []byte) bool { return len(p) >= minSource && len(p) <= maxSource && isShort(p) }

func isShort(p []byte) bool { return len(p) > 0 && p[0]&0xc0 == 0x40 }

// name is the end of a packet, which is the end of its authentication tag: as good as random.
type name [nameLen]byte

func nameOf(p []byte) name { return name(p[len(p)-nameLen:]) }
