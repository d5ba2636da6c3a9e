package transport

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"deskhand/protocol/fault"
)

// TestLanesAreIndependent fills one lane, which nobody reads, until it is stuck; the others must not notice.
func TestLanesAreIndependent(t *testing.T) {
	for _, path := range paths {
		t.Run(path.name, func(t *testing.T) {
			checkLeaks(t)
			c := newStage(t, path.quic, path.tcp).dial(t)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			stuck := stuff(ctx, t, c.Lane(LaneScreen))
			for range 100 {
				for _, l := range []Lane{LaneInput, LaneControl, LaneFiles} {
					wantRoundTrip(t, c, l)
				}
			}
			cancel()
			if sent := <-stuck; sent > 2*serverLaneWindow {
				t.Errorf("%d bytes went into a lane that nobody reads", sent)
			}
		})
	}
}

// stuff sends until ctx ends and then tells how many bytes it could. It returns when the first of them are under way.
func stuff(ctx context.Context, t *testing.T, lane *grpc.ClientConn) <-chan int {
	t.Helper()
	s, err := openStream(ctx, lane, "Deaf")
	if err != nil {
		t.Fatal(err)
	}
	full, under := make(chan int, 1), make(chan struct{})
	go func() {
		sent := 0
		for message := wrapperspb.Bytes(make([]byte, 64<<10)); s.SendMsg(message) == nil; sent += len(message.GetValue()) {
			if sent == 1<<20 {
				close(under)
			}
		}
		full <- sent
	}()
	<-under
	return full
}

func TestLargeMessages(t *testing.T) {
	for _, path := range paths {
		t.Run(path.name, func(t *testing.T) {
			c := newStage(t, path.quic, path.tcp).dial(t)
			message := bytes.Repeat([]byte("deskhand"), (MaxMessage-64)/8)
			for _, l := range []Lane{LaneScreen, LaneInput} { // the widest window and the narrowest
				if err := roundTrip(t.Context(), c.Lane(l), message); err != nil {
					t.Errorf("%s: %v", l, err)
				}
			}
			err := roundTrip(t.Context(), c.Lane(LaneScreen), make([]byte, MaxMessage+1))
			if status.Code(err) != codes.ResourceExhausted {
				t.Errorf("a message that is too large gives %v", err)
			}
			wantRoundTrip(t, c, LaneScreen)
		})
	}
}

func TestDoneWhenTheRelayStops(t *testing.T) {
	for _, path := range paths {
		t.Run(path.name, func(t *testing.T) {
			checkLeaks(t)
			s := newStage(t, path.quic, path.tcp)
			s.listener = s.listen(t, path.quic, path.tcp, "127.0.0.1:0")
			server := s.serve(t, s.listener)
			c := s.dial(t)
			wantRoundTrip(t, c, LaneInput)
			if err := c.Err(); err != nil {
				t.Errorf("while it lives: %v", err)
			}
			server.Stop()
			if err := s.listener.Close(); err != nil {
				t.Error(err)
			}
			<-c.Done()
			want := fault.CannotConnect
			if path.quic {
				want = fault.RelayStopping
			}
			if err := c.Err(); !fault.Is(err, want) {
				t.Errorf("it ended with %v, want %s", err, want)
			}
			for _, l := range allLanes() { // used ones and new ones
				if err := roundTrip(t.Context(), c.Lane(l), nil); !fault.Is(fault.FromStatus(err), fault.CannotConnect) {
					t.Errorf("%s after the end: %v", l, err)
				}
			}
		})
	}
}

// TestLaneComesBack breaks one lane: on QUIC the connection goes on, on TCP it ends.
func TestLaneComesBack(t *testing.T) {
	for _, path := range paths {
		t.Run(path.name, func(t *testing.T) {
			checkLeaks(t)
			s := &stage{identity: testIdentity(t)}
			s.listener = s.listen(t, path.quic, path.tcp, "127.0.0.1:0")
			accepted := make(chan net.Conn, 16)
			whole := s.listener.lanes
			s.listener.lanes = newQueue(whole.addr)
			done := make(chan struct{})
			go func() { // stands between the listener and its server, and keeps hold of the lanes
				defer close(done)
				for {
					lane, err := whole.Accept()
					if err != nil {
						return
					}
					accepted <- lane
					s.listener.lanes.push(lane)
				}
			}()
			t.Cleanup(func() {
				_ = whole.Close()
				<-done
			})
			s.serve(t, s.listener)
			c := s.dial(t)
			<-accepted // control, from the start
			wantRoundTrip(t, c, LaneScreen)
			_ = (<-accepted).Close()
			if path.tcp {
				<-c.Done()
				if err := c.Err(); !fault.Is(err, fault.CannotConnect) {
					t.Errorf("it ended with %v", err)
				}
				return
			}
			again := func() error {
				ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
				defer cancel()
				stream, err := c.Lane(LaneScreen).NewStream(ctx, &grpc.StreamDesc{ClientStreams: true, ServerStreams: true},
					"/test.Echo/Echo", grpc.WaitForReady(true))
				if err != nil {
					return err
				}
				return errors.Join(stream.SendMsg(wrapperspb.Bytes(nil)), stream.RecvMsg(&wrapperspb.BytesValue{}))
			}
			if err := again(); err != nil && again() != nil { // the first may still meet the broken one
				t.Errorf("the lane did not come back: %v", err)
			}
			wantRoundTrip(t, c, LaneControl)
			if err := c.Err(); err != nil {
				t.Errorf("the connection ended: %v", err)
			}
		})
	}
}

func TestClose(t *testing.T) {
	for _, path := range paths {
		t.Run(path.name, func(t *testing.T) {
			checkLeaks(t)
			c := newStage(t, path.quic, path.tcp).dial(t)
			s, err := openStream(t.Context(), c.Lane(LaneControl), "Echo")
			if err != nil {
				t.Fatal(err)
			}
			under := make(chan error, 1)
			go func() { under <- s.RecvMsg(&wrapperspb.BytesValue{}) }()
			var closers [3]chan error
			for i := range closers {
				closers[i] = make(chan error, 1)
				go func() { closers[i] <- c.Close() }()
			}
			for _, closed := range closers {
				if err := <-closed; err != nil {
					t.Error(err)
				}
			}
			<-c.Done()
			if err := c.Err(); !errors.Is(err, net.ErrClosed) {
				t.Errorf("it ended with %v", err)
			}
			if err := <-under; err == nil {
				t.Error("a call went on after the end")
			}
			for _, l := range allLanes() {
				if err := roundTrip(t.Context(), c.Lane(l), nil); err == nil {
					t.Errorf("%s works after the end", l)
				}
			}
		})
	}
}

func TestUnknownLane(t *testing.T) {
	c := newStage(t, true, false).dial(t)
	defer func() {
		if recover() == nil {
			t.Error("a lane that does not exist was given")
		}
	}()
	c.Lane(Lane(laneCount + 1))
}

// TestUnknownFirstByte has a peer open a lane that this relay does not know.
func TestUnknownFirstByte(t *testing.T) {
	s := newStage(t, true, false)
	c := s.dial(t)
	stream, err := c.carrier.open(t.Context(), Lane(77))
	if err != nil {
		t.Fatal(err)
	}
	defer stream.Close()
	if _, err := io.WriteString(stream, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"); err != nil {
		t.Logf("cut off already: %v", err)
	}
	_, _ = io.Copy(io.Discard, stream) // ends only when the relay has closed it
	wantRoundTrip(t, c, LaneControl)
}

// TestManyPeers has apps come and go side by side.
func TestManyPeers(t *testing.T) {
	checkLeaks(t)
	s := newStage(t, true, true)
	var worked atomic.Int64
	errs := make(chan error)
	const peers = 16
	for range peers {
		go func() {
			errs <- func() error {
				c, err := Dial(t.Context(), s.config())
				if err != nil {
					return err
				}
				defer c.Close()
				for _, l := range allLanes() {
					if err := roundTrip(t.Context(), c.Lane(l), []byte("x")); err != nil {
						return err
					}
					worked.Add(1)
				}
				return nil
			}()
		}()
	}
	for range peers {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	if got := worked.Load(); got != peers*laneCount {
		t.Errorf("%d lanes worked, want %d", got, peers*laneCount)
	}
}
