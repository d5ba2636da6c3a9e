package roomtest

import (
	"context"
	"net"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/grpc/test/bufconn"

	"deskhand/apps/internal/session"
	"deskhand/protocol/pb"
)

const (
	attendeeKey = "attendee"
	customer    = 1
)

// Relay forwards the Screen and Input lanes of one session. Set its hooks before the first lane opens; each lane calls
// them on its own goroutine.
type Relay struct {
	pb.UnimplementedRoomServer

	// OnPacket sees, and may change, every packet of the customer; false drops it.
	OnPacket func(*pb.ScreenPacket) bool
	// OnView sees, and may change, every unit on its way to a viewer, which is a copy.
	OnView func(*pb.ScreenUnit)
	// OnPass sees every packet on its way to a viewer and holds it up until it returns.
	OnPass func(viewer uint32, p *pb.ScreenPacket)
	// WithoutVideo is a viewer of whom the relay says that it decodes no moving pictures.
	WithoutVideo uint32
	// MaxSteps is how many steps are kept for viewers that are slow; 512 when 0.
	MaxSteps int
	// OnInput sees, and may change, every frame of a rep; false drops it.
	OnInput func(*pb.InputDown) bool
	// HoldAcks, when set, is received from before each acknowledgement to the customer.
	HoldAcks chan struct{}

	// Packets and Bytes count what the customer has sent on the screen lane.
	Packets, Bytes atomic.Int64
	// Lost counts how often a viewer fell out of step.
	Lost atomic.Int64

	listen *bufconn.Listener
	server *grpc.Server

	mu        sync.Mutex
	changed   chan struct{} // closed and replaced when something has come
	life, cut context.Context
	sever     context.CancelFunc
	picture   picture
	sharer    *sharer // nil without the customer's lane
	watchers  []*watcher
	input     chan *pb.InputDown
}

// NewRelay starts a relay that ends with the test.
func NewRelay(t testing.TB) *Relay {
	t.Helper()
	r := &Relay{listen: bufconn.Listen(1 << 16), server: grpc.NewServer(grpc.MaxRecvMsgSize(8 << 20))}
	r.picture.clear()
	r.changed, r.life = make(chan struct{}), t.Context()
	r.cut, r.sever = context.WithCancel(r.life)
	pb.RegisterRoomServer(r.server, r)
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = r.server.Serve(r.listen)
	}()
	t.Cleanup(func() {
		r.server.Stop()
		<-done
		r.sever()
	})
	return r
}

// Join gives an attendee's room; number 1 is the customer.
func (r *Relay) Join(t testing.TB, number uint32) *Room {
	t.Helper()
	conn, err := grpc.NewClient("passthrough:///relay",
		grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return r.listen.DialContext(ctx) }),
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(8<<20)))
	if err != nil {
		t.Fatal(err)
	}
	role := session.Rep
	if number == customer {
		role = session.Customer
	}
	room := newRoom(t.Context(), conn, role, number)
	t.Cleanup(func() {
		room.hangUp()
		_ = conn.Close()
	})
	return room
}

// Cut ends all lanes as a lost connection does. New ones may be opened.
func (r *Relay) Cut() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.sever()
	r.cut, r.sever = context.WithCancel(r.life)
}

func attendee(ctx context.Context) uint32 {
	md, _ := metadata.FromIncomingContext(ctx)
	n, _ := strconv.Atoi(md.Get(attendeeKey)[0])
	return uint32(n)
}

var errCut = status.Error(codes.Unavailable, "cut")

// Screen implements pb.RoomServer.
func (r *Relay) Screen(s grpc.BidiStreamingServer[pb.ScreenUp, pb.ScreenDown]) error {
	if attendee(s.Context()) == customer {
		return r.share(s)
	}
	return r.view(s)
}

// Input implements pb.RoomServer.
func (r *Relay) Input(s grpc.BidiStreamingServer[pb.InputUp, pb.InputDown]) error {
	id := attendee(s.Context())
	r.mu.Lock()
	cut := r.cut
	if id == customer {
		r.input = make(chan *pb.InputDown, 256)
	}
	down := r.input
	r.mu.Unlock()
	failed := make(chan error, 1)
	go func() { failed <- r.takeInput(s, id) }()
	if id != customer {
		down = nil
	}
	for {
		select {
		case f := <-down:
			if err := s.Send(f); err != nil {
				return err
			}
		case err := <-failed:
			return err
		case <-cut.Done():
			return errCut
		}
	}
}

func (r *Relay) takeInput(s grpc.BidiStreamingServer[pb.InputUp, pb.InputDown], id uint32) error {
	for {
		up, err := s.Recv()
		if err != nil {
			return err
		}
		f := &pb.InputDown{From: id, Sealed: up.GetSealed()}
		ok := r.OnInput == nil || r.OnInput(f)
		r.mu.Lock()
		input := r.input
		r.mu.Unlock()
		if ok && input != nil {
			input <- f
		}
	}
}
