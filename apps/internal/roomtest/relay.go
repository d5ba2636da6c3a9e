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
	"deskhand/protocol/frame"
	"deskhand/protocol/pb"
)

const (
	attendeeKey = "attendee"
	customer    = 1
	maxUnacked  = 2
	maxUnits    = 40 // in one packet to a viewer
)

// Relay forwards the Screen and Input lanes of one session. Set its hooks before the first lane opens; each lane calls
// them on its own goroutine.
type Relay struct {
	pb.UnimplementedRoomServer

	// OnPacket sees, and may change, every packet of the customer; false drops it.
	OnPacket func(*pb.ScreenPacket) bool
	// OnView sees, and may change, every unit on its way to a viewer, which is a copy.
	OnView func(*pb.ScreenUnit)
	// OnInput sees, and may change, every frame of a rep; false drops it.
	OnInput func(*pb.InputDown) bool
	// HoldAcks, when set, is received from before each acknowledgement to the customer.
	HoldAcks chan struct{}

	// Packets and Bytes count what the customer has sent on the screen lane.
	Packets, Bytes atomic.Int64

	listen *bufconn.Listener
	server *grpc.Server

	mu         sync.Mutex
	changed    chan struct{} // closed and replaced when something has come
	life, cut  context.Context
	sever      context.CancelFunc
	generation uint32
	units      []*pb.ScreenUnit // every step and the newest of each other slot, oldest first; nil where a newer one took over
	slots      map[uint32]int
	refresh    chan struct{} // of the customer's lane; nil without one
	decodes    *pb.ScreenDecodes
	input      chan *pb.InputDown
}

// NewRelay starts a relay that ends with the test.
func NewRelay(t testing.TB) *Relay {
	t.Helper()
	r := &Relay{listen: bufconn.Listen(1 << 16), server: grpc.NewServer(grpc.MaxRecvMsgSize(8 << 20))}
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

// Refresh asks the customer for everything anew.
func (r *Relay) Refresh() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.wantRefresh()
}

func (r *Relay) wantRefresh() {
	if r.refresh != nil {
		select {
		case r.refresh <- struct{}{}:
		default:
		}
	}
}

// decode tells the customer what the viewer decodes, with the next refresh.
func (r *Relay) decode(d *pb.ScreenDecodes) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.decodes = d
	r.wantRefresh()
}

// Slots is how many slots the relay keeps.
func (r *Relay) Slots() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.slots)
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
		return r.sharer(s)
	}
	return r.viewer(s)
}

func (r *Relay) sharer(s grpc.BidiStreamingServer[pb.ScreenUp, pb.ScreenDown]) error {
	refresh := make(chan struct{}, 1)
	r.mu.Lock()
	cut := r.cut
	r.refresh, r.slots, r.generation = refresh, map[uint32]int{}, 0
	clear(r.units) // indices go on, so that viewers see only what is new
	r.mu.Unlock()
	acks := make(chan uint64, 1024)
	failed := make(chan error, 1)
	go func() { failed <- r.takePackets(s, acks) }()
	for {
		down := &pb.ScreenDown{}
		select {
		case n := <-acks:
			if r.HoldAcks != nil {
				select {
				case <-r.HoldAcks:
				case err := <-failed:
					return err
				case <-cut.Done():
					return errCut
				}
			}
			down.Message = &pb.ScreenDown_Ack{Ack: &pb.ScreenAck{Number: n}}
		case <-refresh:
			r.mu.Lock()
			decodes := r.decodes
			r.mu.Unlock()
			if decodes != nil {
				if err := s.Send(&pb.ScreenDown{Message: &pb.ScreenDown_Decodes{Decodes: decodes}}); err != nil {
					return err
				}
			}
			down.Message = &pb.ScreenDown_Refresh{Refresh: &pb.ScreenRefresh{}}
		case err := <-failed:
			return err
		case <-cut.Done():
			return errCut
		}
		if err := s.Send(down); err != nil {
			return err
		}
	}
}

func (r *Relay) takePackets(s grpc.BidiStreamingServer[pb.ScreenUp, pb.ScreenDown], acks chan<- uint64) error {
	for last := uint64(0); ; last++ {
		up, err := s.Recv()
		if err != nil {
			return err
		}
		p := up.GetPacket()
		if p == nil || p.GetNumber() != last+1 {
			return status.Error(codes.InvalidArgument, "not the next packet")
		}
		r.take(p)
		acks <- p.GetNumber()
	}
}

func (r *Relay) take(p *pb.ScreenPacket) {
	r.Packets.Add(1)
	for _, u := range p.GetUnits() {
		r.Bytes.Add(int64(len(u.GetSealed())))
	}
	if r.OnPacket != nil && !r.OnPacket(p) {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if p.GetGeneration() < r.generation {
		return
	}
	if p.GetGeneration() > r.generation {
		r.generation, r.slots = p.GetGeneration(), map[uint32]int{}
		clear(r.units)
	}
	for _, u := range p.GetUnits() {
		if i, ok := r.slots[u.GetSlot()]; ok && frame.Slot(u.GetSlot()) != frame.StepSlot {
			r.units[i] = nil
		}
		r.slots[u.GetSlot()] = len(r.units)
		r.units = append(r.units, u)
	}
	close(r.changed)
	r.changed = make(chan struct{})
}

func (r *Relay) viewer(s grpc.BidiStreamingServer[pb.ScreenUp, pb.ScreenDown]) error {
	r.mu.Lock()
	cut := r.cut
	r.wantRefresh()
	r.mu.Unlock()
	acks, failed := make(chan uint64, maxUnacked), make(chan error, 1)
	go func() {
		for {
			up, err := s.Recv()
			if err != nil {
				failed <- err
				return
			}
			if d := up.GetDecodes(); d != nil {
				r.decode(d)
				continue
			}
			acks <- up.GetAck().GetNumber()
		}
	}()
	has, sent, acked := 0, uint64(0), uint64(0)
	for {
		p, until, changed := r.after(has)
		if p != nil && sent-acked < maxUnacked {
			sent++
			p.Number, has = sent, until
			for _, u := range p.GetUnits() {
				if r.OnView != nil {
					r.OnView(u)
				}
			}
			if err := s.Send(&pb.ScreenDown{Message: &pb.ScreenDown_Packet{Packet: p}}); err != nil {
				return err
			}
			continue
		}
		select {
		case acked = <-acks:
		case <-changed:
		case err := <-failed:
			return err
		case <-cut.Done():
			return errCut
		}
	}
}

// after gives what a viewer lacks.
func (r *Relay) after(has int) (p *pb.ScreenPacket, until int, changed <-chan struct{}) {
	r.mu.Lock()
	defer r.mu.Unlock()
	p = &pb.ScreenPacket{Generation: r.generation}
	for ; has < len(r.units) && len(p.GetUnits()) < maxUnits; has++ {
		if u := r.units[has]; u != nil {
			p.Units = append(p.Units, &pb.ScreenUnit{Slot: u.GetSlot(), Sealed: append([]byte(nil), u.GetSealed()...)})
		}
	}
	if len(p.GetUnits()) == 0 {
		p = nil
	}
	return p, has, r.changed
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
