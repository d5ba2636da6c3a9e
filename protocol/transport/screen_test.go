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

func TestScreenBulk(t *testing.T) {
	identity := testIdentity(t)
	for _, shape := range []shape{shapeWAN, shapeBusy, shapeLossy} {
		t.Run(shape.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &sink{}
				f := newFar(t, shape, identity, s.register)
				call, err := openStream(t.Context(), f.conn.Lane(LaneScreen), "Take")
				if err != nil {
					t.Fatal(err)
				}
				began := time.Now()
				for time.Since(began) < 30*time.Second {
					if err := call.SendMsg(stamped(16 << 10)); err != nil {
						t.Fatal(err)
					}
				}
				took := time.Since(began)
				s.mu.Lock()
				bytes := s.bytes
				s.mu.Unlock()
				w := f.network.between(f.app(), f.relay.socket.LocalAddr())
				t.Logf("bulk %s: %.2f Mbit/s, delay p50 %v p90 %v; carried %d dropped %d lost %d, wire %.2f Mbit/s", shape.name, float64(bytes)*8/took.Seconds()/1e6,
					s.percentile(0.5), s.percentile(0.9), w.carried, w.dropped, w.lost, float64(w.bytes)*8/took.Seconds()/1e6)
				t.Logf("%+v %+v rate %.2f", f.conn.carrier.(*quicCarrier).conn.ConnectionStats(), f.conn.carrier.(*quicCarrier).flow.Stats(), f.conn.carrier.(*quicCarrier).pacer.rate*8/1e6)
			})
		})
	}
}

func TestScreenFrames(t *testing.T) {
	identity := testIdentity(t)
	for _, shape := range []shape{shapeWAN, shapeBusy, shapeLossy} {
		t.Run(shape.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &sink{}
				f := newFar(t, shape, identity, s.register)
				call, err := openStream(t.Context(), f.conn.Lane(LaneScreen), "Take")
				if err != nil {
					t.Fatal(err)
				}
				random := rand.New(rand.NewPCG(7, 7))
				sent := 0
				const frames = 800
				for range frames {
					time.Sleep(33*time.Millisecond + time.Duration(random.IntN(17))*time.Millisecond)
					n := 5000 + random.IntN(25000)
					sent += n
					if err := call.SendMsg(stamped(n)); err != nil {
						t.Fatal(err)
					}
				}
				time.Sleep(3 * time.Second)
				w := f.network.between(f.app(), f.relay.socket.LocalAddr())
				t.Logf("frames %s: offered %.2f Mbit/s; delay p50 %v p90 %v p99 %v max %v (%d of %d); carried %d dropped %d lost %d, wire %d kB for %d kB", shape.name, float64(sent)*8/(frames*0.041)/1e6,
					s.percentile(0.5), s.percentile(0.9), s.percentile(0.99), s.percentile(1), len(s.delay), frames, w.carried, w.dropped, w.lost, w.bytes/1000, sent/1000)
				t.Logf("%+v %+v rate %.2f", f.conn.carrier.(*quicCarrier).conn.ConnectionStats(), f.conn.carrier.(*quicCarrier).flow.Stats(), f.conn.carrier.(*quicCarrier).pacer.rate*8/1e6)
			})
		})
	}
}
