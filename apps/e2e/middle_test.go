package e2e

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"sync"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/test/bufconn"
	"google.golang.org/protobuf/proto"

	"deskhand/apps/internal/session"
	"deskhand/protocol/fault"
	"deskhand/protocol/pb"
	"deskhand/protocol/transport"
)

// middle stands between one side and the real relay, sees every message and may do with it what it likes, as a relay
// that has been taken over could. Set its hooks before the side begins; without one, messages pass. Each lane calls
// them from two goroutines, one for each direction.
type middle struct {
	pb.UnimplementedRoomServer

	control hooks[pb.ControlUp, pb.ControlDown]
	screen  hooks[pb.ScreenUp, pb.ScreenDown]
	input   hooks[pb.InputUp, pb.InputDown]

	relay  session.Link
	listen *bufconn.Listener
	inside *grpc.ClientConn
}

// hooks take messages over: a hook sends on what it wants to pass, by way of the wire.
type hooks[Up, Down any] struct {
	open func(*wire[Up, Down]) // before the first message
	up   func(*wire[Up, Down], *Up)
	down func(*wire[Up, Down], *Down)
}

// wire is one lane of one side: the side at one end, the relay at the other.
type wire[Up, Down any] struct {
	mu    sync.Mutex
	side  grpc.BidiStreamingServer[Up, Down]
	relay grpc.BidiStreamingClient[Up, Down]
}

// toSide and toRelay drop what the other end takes no more.
func (w *wire[Up, Down]) toSide(m *Down) {
	w.mu.Lock()
	defer w.mu.Unlock()
	_ = w.side.Send(m)
}

func (w *wire[Up, Down]) toRelay(m *Up) {
	w.mu.Lock()
	defer w.mu.Unlock()
	_ = w.relay.Send(m)
}

// newMiddle makes one that lets everything pass. It stands in the way of the sides that are given stand.
func (w *world) newMiddle() *middle {
	w.t.Helper()
	m := &middle{listen: bufconn.Listen(1 << 20)}
	server := grpc.NewServer(grpc.MaxRecvMsgSize(8 << 20))
	pb.RegisterRoomServer(server, m)
	served := make(chan error, 1)
	go func() { served <- server.Serve(m.listen) }()
	inside, err := grpc.NewClient("passthrough:///middle",
		grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return m.listen.DialContext(ctx) }),
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(8<<20)))
	if err != nil {
		w.t.Fatal(err)
	}
	m.inside = inside
	w.t.Cleanup(func() {
		_ = inside.Close()
		server.Stop()
		<-served
	})
	return m
}

// stand puts the middle between a side and its relay.
func (m *middle) stand(l session.Link) session.Link {
	m.relay = l
	return m
}

// Conn implements session.Link, as does Fault.
func (m *middle) Conn(ctx context.Context) (session.Conn, error) {
	c, err := m.relay.Conn(ctx)
	return diverted{Conn: c, inside: m.inside}, err
}

// Fault is the real link's.
func (m *middle) Fault() fault.Reason { return m.relay.Fault() }

// diverted is a connection whose lanes lead into the middle.
type diverted struct {
	session.Conn
	inside *grpc.ClientConn
}

func (d diverted) Lane(transport.Lane) *grpc.ClientConn { return d.inside }

// beyond gives a client for the real relay, and who is calling.
func (m *middle) beyond(ctx context.Context, lane transport.Lane) (pb.RoomClient, context.Context, error) {
	who, _ := metadata.FromIncomingContext(ctx)
	c, err := m.relay.Conn(ctx)
	if err != nil {
		return nil, nil, err
	}
	out := metadata.MD{}
	for _, name := range []string{"authorization", "deskhand-session"} {
		out.Set(name, who.Get(name)...)
	}
	return pb.NewRoomClient(c.Lane(lane)), metadata.NewOutgoingContext(ctx, out), nil
}

// Control implements pb.RoomServer, as do Screen and Input.
func (m *middle) Control(side grpc.BidiStreamingServer[pb.ControlUp, pb.ControlDown]) error {
	client, ctx, err := m.beyond(side.Context(), transport.LaneControl)
	if err != nil {
		return err
	}
	relay, err := client.Control(ctx)
	return splice(m.control, side, relay, err)
}

// Screen is the screen lane.
func (m *middle) Screen(side grpc.BidiStreamingServer[pb.ScreenUp, pb.ScreenDown]) error {
	client, ctx, err := m.beyond(side.Context(), transport.LaneScreen)
	if err != nil {
		return err
	}
	relay, err := client.Screen(ctx)
	return splice(m.screen, side, relay, err)
}

// Input is the input lane.
func (m *middle) Input(side grpc.BidiStreamingServer[pb.InputUp, pb.InputDown]) error {
	client, ctx, err := m.beyond(side.Context(), transport.LaneInput)
	if err != nil {
		return err
	}
	relay, err := client.Input(ctx)
	return splice(m.input, side, relay, err)
}

// splice carries messages both ways until the relay ends the lane.
func splice[Up, Down any](h hooks[Up, Down], side grpc.BidiStreamingServer[Up, Down], relay grpc.BidiStreamingClient[Up, Down], err error) error {
	if err != nil {
		return err
	}
	w := &wire[Up, Down]{side: side, relay: relay}
	if h.open != nil {
		h.open(w)
	}
	go func() { // ends with the call, at the latest
		for {
			m, err := side.Recv()
			if errors.Is(err, io.EOF) {
				_ = relay.CloseSend()
			}
			if err != nil {
				return
			}
			if h.up == nil {
				w.toRelay(m)
			} else {
				h.up(w, m)
			}
		}
	}()
	for {
		m, err := relay.Recv()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if h.down == nil {
			w.toSide(m)
		} else {
			h.down(w, m)
		}
	}
}

// handshake makes hooks of the control lane that take over the handshake alone. A step that is taken over is nil for
// "let it pass".
type handshake struct {
	up   func(w *controlWire, visit uint32, step pb.Seal_Step, body []byte) (passes bool)
	down func(w *controlWire, visit uint32, step pb.Seal_Step, body []byte) (passes bool)
}

type controlWire = wire[pb.ControlUp, pb.ControlDown]

func (h handshake) hooks() hooks[pb.ControlUp, pb.ControlDown] {
	return hooks[pb.ControlUp, pb.ControlDown]{
		up: func(w *controlWire, m *pb.ControlUp) {
			s := m.GetSeal()
			if s == nil || h.up == nil || h.up(w, binary.BigEndian.Uint32(s.GetBody()), s.GetStep(), s.GetBody()[4:]) {
				w.toRelay(m)
			}
		},
		down: func(w *controlWire, m *pb.ControlDown) {
			s := m.GetSeal()
			if s == nil || h.down == nil || h.down(w, binary.BigEndian.Uint32(s.GetBody()), s.GetStep(), s.GetBody()[4:]) {
				w.toSide(m)
			}
		},
	}
}

// sealUp and sealDown are handshake messages as a rep sends and gets them.
func sealUp(visit uint32, step pb.Seal_Step, body []byte) *pb.ControlUp {
	return &pb.ControlUp{Message: &pb.ControlUp_Seal{Seal: &pb.Seal{To: 1, Step: step, Body: framed(visit, body)}}}
}

func sealDown(visit uint32, step pb.Seal_Step, body []byte) *pb.ControlDown {
	return &pb.ControlDown{Message: &pb.ControlDown_Seal{Seal: &pb.Seal{From: 1, Step: step, Body: framed(visit, body)}}}
}

func framed(visit uint32, body []byte) []byte {
	return append(binary.BigEndian.AppendUint32(nil, visit), body...)
}

// flipped is b with one bit changed.
func flipped(b []byte, at int) []byte {
	b = append([]byte(nil), b...)
	b[at] ^= 1
	return b
}

// copyOf is a message of its own.
func copyOf[M proto.Message](m M) M { return proto.CloneOf(m) }
