package transport

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"io"
	"net"
	"runtime"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/peer"
	"google.golang.org/protobuf/types/known/wrapperspb"
)

// stage is a relay on loopback with a gRPC server behind it, and what tests need to reach it.
type stage struct {
	listener *Listener
	identity Identity
	arrived  chan net.Addr // where lanes came from
	left     chan net.Addr // where they came from whose call of Deaf has ended
}

// paths are the two ways to the same relay.
var paths = []struct {
	name      string
	quic, tcp bool
}{
	{name: "quic", quic: true},
	{name: "tcp", tcp: true},
}

func testIdentity(t testing.TB) Identity {
	t.Helper()
	i, err := LoadIdentity(t.TempDir(), rand.Reader, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return i
}

func newStage(t testing.TB, quic, tcp bool) *stage {
	t.Helper()
	s := &stage{identity: testIdentity(t), arrived: make(chan net.Addr, 64), left: make(chan net.Addr, 8)}
	s.listener = s.listen(t, quic, tcp, "127.0.0.1:0")
	s.serve(t, s.listener)
	return s
}

func (s *stage) listen(t testing.TB, quic, tcp bool, address string) *Listener {
	t.Helper()
	c := ListenConfig{Identity: s.identity}
	if quic {
		c.QUIC = []string{address}
	}
	if tcp {
		c.TCP = []string{address}
	}
	l, err := Listen(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// serve answers on a listener until the test ends.
func (s *stage) serve(t testing.TB, l *Listener) *grpc.Server {
	t.Helper()
	server := grpc.NewServer(ServerOptions()...)
	server.RegisterService(&grpc.ServiceDesc{
		ServiceName: "test.Echo",
		HandlerType: (*any)(nil),
		Streams: []grpc.StreamDesc{
			{StreamName: "Echo", Handler: echo, ServerStreams: true, ClientStreams: true},
			{StreamName: "Deaf", Handler: s.deaf, ClientStreams: true},
		},
	}, nil)
	served := make(chan error, 1)
	go func() { served <- server.Serve(&noting{l.Lanes(), s.arrived}) }()
	t.Cleanup(func() {
		server.Stop()
		if err := l.Close(); err != nil {
			t.Errorf("closing the listener: %v", err)
		}
		if err := <-served; err != nil {
			t.Errorf("serve: %v", err)
		}
	})
	return server
}

// noting tells where each lane came from.
type noting struct {
	net.Listener
	arrived chan<- net.Addr
}

func (n *noting) Accept() (net.Conn, error) {
	c, err := n.Listener.Accept()
	if err == nil {
		select {
		case n.arrived <- c.RemoteAddr():
		default:
		}
	}
	return c, err
}

func echo(_ any, s grpc.ServerStream) error {
	for {
		var m wrapperspb.BytesValue
		if err := s.RecvMsg(&m); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		if err := s.SendMsg(&m); err != nil {
			return err
		}
	}
}

// deaf never reads.
func (s *stage) deaf(_ any, call grpc.ServerStream) error {
	<-call.Context().Done()
	if from, ok := peer.FromContext(call.Context()); ok {
		select {
		case s.left <- from.Addr:
		default:
		}
	}
	return nil
}

func (s *stage) address() string {
	for _, a := range append(s.listener.TCPAddr(), s.listener.QUICAddr()...) {
		return a.String()
	}
	return ""
}

func (s *stage) config() DialConfig {
	pin := s.identity.Fingerprint()
	return DialConfig{Address: s.address(), Trust: Trust{Key: &pin}}
}

func (s *stage) dial(t testing.TB) *Conn {
	t.Helper()
	return mustDial(t, s.config())
}

func mustDial(t testing.TB, config DialConfig) *Conn {
	t.Helper()
	c, err := Dial(t.Context(), config)
	if err != nil {
		t.Fatalf("dial: %v", err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// openStream begins a call of the test service.
func openStream(ctx context.Context, lane *grpc.ClientConn, name string) (grpc.ClientStream, error) {
	return lane.NewStream(ctx, &grpc.StreamDesc{ServerStreams: true, ClientStreams: true}, "/test.Echo/"+name)
}

// roundTrip sends a message over a lane and wants it back.
func roundTrip(ctx context.Context, lane *grpc.ClientConn, message []byte) error {
	s, err := openStream(ctx, lane, "Echo")
	if err != nil {
		return err
	}
	if err := s.SendMsg(wrapperspb.Bytes(message)); err != nil {
		return err
	}
	var back wrapperspb.BytesValue
	if err := s.RecvMsg(&back); err != nil {
		return err
	}
	if !bytes.Equal(back.GetValue(), message) {
		return errors.New("another message came back")
	}
	if err := s.CloseSend(); err != nil {
		return err
	}
	if err := s.RecvMsg(&back); !errors.Is(err, io.EOF) {
		return errors.New("the call did not end")
	}
	return nil
}

func wantRoundTrip(t testing.TB, c *Conn, l Lane) {
	t.Helper()
	if err := roundTrip(t.Context(), c.Lane(l), []byte("hello "+l.String())); err != nil {
		t.Errorf("lane %s: %v", l, err)
	}
}

func allLanes() []Lane { return []Lane{LaneControl, LaneScreen, LaneInput, LaneClipboard, LaneFiles} }

// checkLeaks fails the test when goroutines of a transport are left at its end. Call it first, so that it ends last.
func checkLeaks(t testing.TB) {
	t.Helper()
	before := len(transportGoroutines())
	t.Cleanup(func() {
		deadline := time.Now().Add(5 * time.Second)
		for {
			left := transportGoroutines()
			if len(left) <= before {
				return
			}
			if time.Now().After(deadline) {
				t.Errorf("%d goroutines are left:\n%s", len(left), strings.Join(left, "\n\n"))
				return
			}
			runtime.Gosched() // what has been told to end may need a moment to do so
		}
	})
}

func transportGoroutines() []string {
	buf := make([]byte, 8<<20)
	buf = buf[:runtime.Stack(buf, true)]
	var found []string
	for g := range strings.SplitSeq(string(buf), "\n\n") {
		for _, of := range []string{"quic-go", "google.golang.org/grpc", "protocol/transport.(", "protocol/transport.watch", "crypto/tls"} {
			if strings.Contains(g, of) && !strings.Contains(g, "transportGoroutines") {
				found = append(found, g)
				break
			}
		}
	}
	return found
}
