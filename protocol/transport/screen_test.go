package transport

import (
	"encoding/binary"
	"errors"
	"io"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/wrapperspb"
)

// sink takes messages that begin with the time at which they were sent and notes how long they took.
type sink struct {
	mu    sync.Mutex
	delay []time.Duration
	bytes int
	last  time.Time
}

func (s *sink) take(_ any, call grpc.ServerStream) error {
	for {
		var m wrapperspb.BytesValue
		if err := call.RecvMsg(&m); errors.Is(err, io.EOF) {
			return call.SendMsg(&wrapperspb.BytesValue{})
		} else if err != nil {
			return err
		}
		s.mu.Lock()
		s.last = time.Now()
		s.delay = append(s.delay, s.last.Sub(time.UnixMicro(int64(binary.LittleEndian.Uint64(m.GetValue())))))
		s.bytes += len(m.GetValue())
		s.mu.Unlock()
	}
}

func (s *sink) register(server *grpc.Server) {
	server.RegisterService(&grpc.ServiceDesc{ServiceName: "test.Echo", HandlerType: (*any)(nil), Streams: []grpc.StreamDesc{
		{StreamName: "Take", Handler: s.take, ServerStreams: true, ClientStreams: true},
	}}, nil)
}

func stamped(n int) *wrapperspb.BytesValue {
	b := make([]byte, n)
	binary.LittleEndian.PutUint64(b, uint64(time.Now().UnixMicro()))
	return wrapperspb.Bytes(b)
}

func (s *sink) percentile(p float64) time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	sorted := slices.Sorted(slices.Values(s.delay))
	return sorted[int(p*float64(len(sorted)-1))].Round(100 * time.Microsecond)
}

// report tells what a test has shown, for people.
func (f *far) report(t *testing.T, s *sink) {
	t.Helper()
	q := f.conn.carrier.(*quicCarrier)
	w := f.network.between(f.app(), f.relay.socket.LocalAddr())
	t.Logf("delay p50 %v p90 %v p99 %v max %v", s.percentile(0.5), s.percentile(0.9), s.percentile(0.99), s.percentile(1))
	t.Logf("the network carried %d packets, lost %d and dropped %d, %d kB, queue at most %v", w.carried, w.lost, w.dropped, w.bytes/1000, w.longest)
	t.Logf("QUIC %+v, mending %+v", q.conn.ConnectionStats(), q.flow.Stats())
}

// TestBulk sends as much as there is room for: the link is nearly full, its queue is not for long.
func TestBulk(t *testing.T) {
	tests := []struct {
		shape
		least float64 // Mbit/s
		most  int     // packets dropped for want of room
	}{
		{shapeWAN, 17, 100},
		{shapeBusy, 7, 100},
		{shapeLossy, 4, 100},
	}
	identity := testIdentity(t)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &sink{}
				f := newFar(t, test.shape, identity, s.register)
				call, err := openStream(t.Context(), f.conn.Lane(LaneScreen), "Take")
				if err != nil {
					t.Fatal(err)
				}
				const long = 30 * time.Second
				for began := time.Now(); time.Since(began) < long; {
					if err := call.SendMsg(stamped(16 << 10)); err != nil {
						t.Fatal(err)
					}
				}
				s.mu.Lock()
				got := float64(s.bytes) * 8 / long.Seconds() / 1e6
				s.mu.Unlock()
				t.Logf("%.2f Mbit/s", got)
				f.report(t, s)
				if w := f.network.between(f.app(), f.relay.socket.LocalAddr()); got < test.least || w.dropped > test.most {
					t.Errorf("%.2f Mbit/s with %d packets dropped, want %v and at most %d", got, w.dropped, test.least, test.most)
				}
			})
		})
	}
}

// TestFrames sends frames of 5 to 30 kB every 33 to 50 ms, 3.4 Mbit/s: they must arrive soon.
func TestFrames(t *testing.T) {
	tests := []struct {
		shape
		p50, p90 time.Duration
	}{
		{shapeWAN, 30 * time.Millisecond, 35 * time.Millisecond},
		{shapeBusy, 70 * time.Millisecond, 120 * time.Millisecond},
		{shapeLossy, 85 * time.Millisecond, 120 * time.Millisecond}, // 71 and 87 without loss
	}
	identity := testIdentity(t)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &sink{}
				f := newFar(t, test.shape, identity, s.register)
				call, err := openStream(t.Context(), f.conn.Lane(LaneScreen), "Take")
				if err != nil {
					t.Fatal(err)
				}
				random := rand.New(rand.NewPCG(7, 7))
				const frames = 800
				for range frames {
					time.Sleep(33*time.Millisecond + time.Duration(random.IntN(17))*time.Millisecond)
					if err := call.SendMsg(stamped(5000 + random.IntN(25000))); err != nil {
						t.Fatal(err)
					}
				}
				time.Sleep(3 * time.Second)
				f.report(t, s)
				if len(s.delay) != frames || s.percentile(0.5) > test.p50 || s.percentile(0.9) > test.p90 {
					t.Errorf("%d of %d frames, p50 %v p90 %v", len(s.delay), frames, s.percentile(0.5), s.percentile(0.9))
				}
			})
		})
	}
}
