// Package roomtest gives features a room without a relay: a Relay in memory that forwards lanes as a real one does, with
// places where a test can look, cut and tamper, and Rooms whose state the test sets.
package roomtest

import (
	"context"
	"crypto/rand"
	"strconv"
	"sync"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"

	"deskhand/apps/internal/session"
	"deskhand/protocol/pb"
	"deskhand/protocol/seal"
	"deskhand/protocol/transport"
)

// SessionID is the number of every session here.
const SessionID = "563773096"

// Room is a session.Room. Its state is what the test sets.
type Room struct {
	role    session.Role
	you     uint32
	client  pb.RoomClient
	ctx     context.Context
	hangUp  context.CancelFunc
	changed chan struct{}

	mu    sync.Mutex
	state session.State
	epoch seal.Epoch
}

var _ session.Room = (*Room)(nil)

func newRoom(ctx context.Context, conn *grpc.ClientConn, role session.Role, you uint32) *Room {
	ctx = metadata.AppendToOutgoingContext(ctx, attendeeKey, strconv.Itoa(int(you)))
	r := &Room{role: role, you: you, client: pb.NewRoomClient(conn), changed: make(chan struct{}, 1)}
	r.ctx, r.hangUp = context.WithCancel(ctx)
	return r
}

// Role implements session.Room, as do the following.
func (r *Room) Role() session.Role { return r.role }

// You is the attendee's number.
func (r *Room) You() uint32 { return r.you }

// Session is SessionID.
func (r *Room) Session() string { return SessionID }

// Changed merges signals.
func (r *Room) Changed() <-chan struct{} { return r.changed }

// Lane leads to the relay.
func (r *Room) Lane(transport.Lane) (pb.RoomClient, context.Context, error) {
	return r.client, r.ctx, nil
}

// State is what Set set.
func (r *Room) State() session.State {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.state
}

// Epoch is what SetEpoch set.
func (r *Room) Epoch() (seal.Epoch, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.epoch, r.epoch.Number != 0
}

// Set says whether the screen is shared and may be controlled.
func (r *Room) Set(sharing, control bool) {
	r.mu.Lock()
	r.state.Sharing, r.state.ControlAllowed = sharing, control
	r.mu.Unlock()
	r.signal()
}

// SetEpoch sets the media key.
func (r *Room) SetEpoch(e seal.Epoch) {
	r.mu.Lock()
	r.epoch, r.state.Epoch = e, e.Number
	r.mu.Unlock()
	r.signal()
}

func (r *Room) signal() {
	select {
	case r.changed <- struct{}{}:
	default:
	}
}

// Admit makes an epoch and takes it through a handshake: what the customer has of it and what the attendee gets.
func Admit(t testing.TB, number, attendee, visit uint32) (customer, rep seal.Epoch) {
	t.Helper()
	customer, err := seal.NewEpoch(number, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return customer, AdmitTo(t, customer, attendee, visit)
}

// AdmitTo takes an epoch that there is through a handshake with a further attendee.
func AdmitTo(t testing.TB, customer seal.Epoch, attendee, visit uint32) (rep seal.Epoch) {
	t.Helper()
	party := seal.Party{Session: SessionID, Attendee: attendee, Visit: visit}
	must := func(err error) {
		if err != nil {
			t.Helper()
			t.Fatal(err)
		}
	}
	o, err := seal.NewOffer(party, rand.Reader)
	must(err)
	a, err := seal.NewAnswer(party, rand.Reader)
	must(err)
	key, err := a.Key(o.Commit())
	must(err)
	reveal, _, err := o.Reveal(key)
	must(err)
	_, err = a.Confirm(reveal)
	must(err)
	wrapped, err := o.Wrap(customer)
	must(err)
	rep, err = a.Unwrap(wrapped)
	must(err)
	return rep
}

// Run runs a feature in a room until the test ends it with stop, which gives what Run returned. The test ends it too.
func Run(t testing.TB, f session.Feature, in *Room) (stop func() error, ended <-chan error) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	result := make(chan error, 1)
	done := make(chan struct{})
	var err error
	go func() {
		defer close(done)
		err = f.Run(ctx, in)
		result <- err
	}()
	stop = func() error {
		cancel()
		<-done
		return err
	}
	t.Cleanup(func() { _ = stop() })
	return stop, result
}
