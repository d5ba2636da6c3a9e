// Package seal keeps what a session shows and moves secret from everything between the two machines.
package seal

import (
	"errors"
	"io"

	"deskhand/protocol/fault"
)

// Lane says what a frame carries; each lane has keys of its own.
type Lane uint8

// The lanes, as they stand in key ids.
const (
	LaneScreen    Lane = 1
	LaneInput     Lane = 2
	LaneClipboard Lane = 3
	LaneFiles     Lane = 4
	LaneControl   Lane = 5
)

// Party names one handshake: the session, the attendee that the customer admits, and that attendee's visit.
type Party struct {
	Session         string
	Attendee, Visit uint32
}

// Words are the three verifier words that both ends show.
type Words [3]string

// String gives the words with spaces between.
func (w Words) String() string { return w[0] + " " + w[1] + " " + w[2] }

// Epoch is one media key of a session.
type Epoch struct {
	Number uint32
}

var errSkeleton = errors.New("seal: not written yet")

// NewEpoch makes a fresh media key.
func NewEpoch(number uint32, rand io.Reader) (Epoch, error) { return Epoch{number}, nil }

// Offer is the customer's half of a handshake.
type Offer struct{}

// NewOffer begins a handshake.
func NewOffer(p Party, rand io.Reader) (*Offer, error) { return &Offer{}, nil }

// Commit gives the body of COMMIT.
func (o *Offer) Commit() []byte { return nil }

// Reveal takes the body of KEY and gives the body of REVEAL.
func (o *Offer) Reveal(key []byte) (reveal []byte, w Words, err error) {
	return nil, Words{}, errSkeleton
}

// Wrap gives the body of EPOCH.
func (o *Offer) Wrap(e Epoch) ([]byte, error) { return nil, errSkeleton }

// Answer is the attendee's half of a handshake.
type Answer struct{}

// NewAnswer begins a handshake.
func NewAnswer(p Party, rand io.Reader) (*Answer, error) { return &Answer{}, nil }

// Key takes the body of COMMIT and gives the body of KEY.
func (a *Answer) Key(commit []byte) ([]byte, error) { return nil, errSkeleton }

// Confirm takes the body of REVEAL.
func (a *Answer) Confirm(reveal []byte) (Words, error) { return Words{}, errSkeleton }

// Unwrap takes the body of EPOCH.
func (a *Answer) Unwrap(body []byte) (Epoch, error) { return Epoch{}, errSkeleton }

// Sealer makes the frames of one sender on one lane.
type Sealer struct{}

// NewSealer makes a Sealer.
func NewSealer(e Epoch, session string, sender uint32, lane Lane) *Sealer { return &Sealer{} }

// Seal appends the sealed frame to dst.
func (s *Sealer) Seal(dst, plain, aad []byte) ([]byte, error) { return dst, errSkeleton }

// Opener opens the frames of one lane.
type Opener struct{}

// NewOpener makes an Opener that opens nothing until Add.
func NewOpener(session string, lane Lane) *Opener { return &Opener{} }

// Add makes e the current epoch.
func (o *Opener) Add(e Epoch) {}

// Open appends the plain text to dst.
func (o *Opener) Open(dst, sealed, aad []byte) (plain []byte, from uint32, err error) {
	return dst, 0, fault.New(fault.SealBroken, errSkeleton)
}

// AppendHeader appends an SFrame header to dst.
func AppendHeader(dst []byte, kid, ctr uint64) []byte { return dst }

// ParseHeader reads the SFrame header that b begins with; n is its length.
func ParseHeader(b []byte) (kid, ctr uint64, n int, err error) { return 0, 0, 0, errSkeleton }
