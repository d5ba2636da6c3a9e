package transport

import (
	"net"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/wrapperspb"
)

// frameSize and frameEvery make about 2.4 Mbit/s.
const (
	frameSize  = 15 << 10
	frameEvery = 50 * time.Millisecond
)

// shower sends frames to whoever asks, and echoes.
type shower struct{ sink }

func (s *shower) show(_ any, call grpc.ServerStream) error {
	ticks := time.NewTicker(frameEvery)
	defer ticks.Stop()
	for {
		if err := call.SendMsg(stamped(frameSize)); err != nil {
			return err
		}
		select {
		case <-call.Context().Done():
			return nil
		case <-ticks.C:
		}
	}
}

func (s *shower) register(server *grpc.Server) {
	server.RegisterService(&grpc.ServiceDesc{ServiceName: "test.Echo", HandlerType: (*any)(nil), Streams: []grpc.StreamDesc{
		{StreamName: "Take", Handler: s.take, ServerStreams: true, ClientStreams: true},
		{StreamName: "Show", Handler: s.show, ServerStreams: true, ClientStreams: true},
		{StreamName: "Echo", Handler: echo, ServerStreams: true, ClientStreams: true},
	}}, nil)
}

// traffic goes on until the test ends; last tells when something of it arrived last, in nanoseconds.
type traffic struct {
	name  string
	begin func(t *testing.T, f *far, s *shower) (last func() time.Time)
}

func trafficKinds() []traffic {
	return []traffic{
		{"frames to the relay", func(t *testing.T, f *far, s *shower) func() time.Time {
			call, err := openStream(t.Context(), f.conn.Lane(LaneScreen), "Take")
			if err != nil {
				t.Fatal(err)
			}
			go func() {
				for call.SendMsg(stamped(frameSize)) == nil && wait(t.Context(), frameEvery) {
				}
			}()
			return func() time.Time {
				s.mu.Lock()
				defer s.mu.Unlock()
				return s.last
			}
		}},
		{"frames to the app", func(t *testing.T, f *far, _ *shower) func() time.Time {
			call, err := openStream(t.Context(), f.conn.Lane(LaneScreen), "Show")
			if err != nil {
				t.Fatal(err)
			}
			var last atomic.Int64
			go func() {
				var m wrapperspb.BytesValue
				for call.RecvMsg(&m) == nil {
					last.Store(time.Now().UnixNano())
				}
			}()
			return func() time.Time { return time.Unix(0, last.Load()) }
		}},
		{"key presses", func(t *testing.T, f *far, _ *shower) func() time.Time {
			call, err := openStream(t.Context(), f.conn.Lane(LaneInput), "Echo")
			if err != nil {
				t.Fatal(err)
			}
			var last atomic.Int64
			go func() {
				var m wrapperspb.BytesValue
				for call.SendMsg(stamped(30)) == nil && call.RecvMsg(&m) == nil {
					last.Store(time.Now().UnixNano())
					if !wait(t.Context(), 200*time.Millisecond) {
						return
					}
				}
			}()
			return func() time.Time { return time.Unix(0, last.Load()) }
		}},
	}
}

// TestCutResumes cuts the network for up to half a minute: what was going on goes on within a second. The lengths lie
// differently to the timers at both ends.
func TestCutResumes(t *testing.T) {
	identity := testIdentity(t)
	for _, kind := range trafficKinds() {
		for _, cut := range []time.Duration{time.Second, 4 * time.Second, 9460 * time.Millisecond, 11760 * time.Millisecond, 18330 * time.Millisecond, 21250 * time.Millisecond, 30 * time.Second} {
			for _, shape := range []shape{shapeWAN, shapeLossy} {
				t.Run(kind.name+"/"+cut.String()+"/"+shape.name, func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) {
						s := &shower{}
						f := newFar(t, shape, identity, s.register)
						last := kind.begin(t, f, s)
						time.Sleep(6 * time.Second) // of the bubble's own time, as all of these
						f.network.cut.Store(true)
						time.Sleep(cut)
						f.network.cut.Store(false)
						wantSoon(t, last)
					})
				})
			}
		}
	}
}

// wantSoon wants something to arrive within a second.
func wantSoon(t *testing.T, last func() time.Time) {
	t.Helper()
	back := time.Now()
	for !last().After(back) && time.Since(back) < 20*time.Second {
		time.Sleep(time.Millisecond)
	}
	took := time.Since(back)
	t.Logf("it went on after %v", took)
	if took > time.Second {
		t.Errorf("it went on after %v", took)
	}
}

// TestIdleOutlastsACut begins a cut at any moment between two signs of life of a connection that carries nothing.
func TestIdleOutlastsACut(t *testing.T) {
	identity := testIdentity(t)
	for _, quiet := range []time.Duration{time.Second, 9 * time.Second, 10400 * time.Millisecond, 12 * time.Second} {
		t.Run(quiet.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &shower{}
				f := newFar(t, shapeWAN, identity, s.register)
				wantRoundTrip(t, f.conn, LaneInput)
				time.Sleep(quiet)
				f.network.cut.Store(true)
				time.Sleep(30 * time.Second)
				f.network.cut.Store(false)
				began := time.Now()
				wantRoundTrip(t, f.conn, LaneInput)
				if took := time.Since(began); took > time.Second {
					t.Errorf("it answered after %v", took)
				}
			})
		})
	}
}

// TestMove gives the app another address: the old one is gone.
func TestMove(t *testing.T) {
	identity := testIdentity(t)
	for _, kind := range trafficKinds() {
		for _, shape := range []shape{shapeWAN, shapeLossy} {
			t.Run(kind.name+"/"+shape.name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					s := &shower{}
					f := newFar(t, shape, identity, s.register)
					last := kind.begin(t, f, s)
					time.Sleep(6*time.Second + 300*time.Millisecond)
					f.network.gone.Store(1)
					f.host.Store(3)
					back := time.Now()
					for time.Since(back) < 10*time.Second && f.conn.carrier.(*quicCarrier).socket.LocalAddr().(*net.UDPAddr).IP.To4()[3] == 1 {
						time.Sleep(time.Millisecond)
					}
					t.Logf("it noticed after %v", time.Since(back))
					wantSoon(t, last)
					if err := f.conn.Err(); err != nil {
						t.Error(err)
					}
				})
			})
		}
	}
}

// TestRouterForgets gives the app another address as the relay sees it; the app itself cannot know.
func TestRouterForgets(t *testing.T) {
	identity := testIdentity(t)
	for _, kind := range trafficKinds() {
		t.Run(kind.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &shower{}
				f := newFar(t, shapeLossy, identity, s.register)
				last := kind.begin(t, f, s)
				time.Sleep(6 * time.Second)
				f.network.nat.Store(1)
				longest := time.Duration(0)
				for began := time.Now(); time.Since(began) < 15*time.Second; time.Sleep(time.Millisecond) {
					longest = max(longest, time.Since(last()))
				}
				t.Logf("nothing came for %v", longest)
				if longest > 3*time.Second {
					t.Errorf("nothing came for %v", longest)
				}
				if time.Since(last()) > time.Second {
					t.Error("it ended")
				}
			})
		})
	}
}
