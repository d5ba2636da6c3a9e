package rpc

import (
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/grpc"

	"deskhand/protocol/frame"
	"deskhand/protocol/pb"
	"deskhand/protocol/transport"
)

// pair is one session's customer and viewer.
type pair struct {
	from, to screenStream
	sent     uint64
	unit     pb.ScreenUnit
	shown    chan struct{}

	generation atomic.Uint32 // each refresh begins one
}

func (l *loaded) pair(session, bytes int) *pair {
	consent := &pb.ControlUp{Message: &pb.ControlUp_Consent{Consent: &pb.Consent{See: true}}}
	p := &pair{from: l.enter(session, l.tokens[1+session], consent), to: l.enter(session, l.tokens[0]), shown: make(chan struct{}, 16)}
	p.unit = pb.ScreenUnit{Slot: uint32(frame.StepSlot), Sealed: make([]byte, bytes)}
	p.generation.Store(1)
	go func() {
		for {
			down, err := p.from.Recv()
			if err != nil {
				return
			}
			if down.GetRefresh() != nil {
				p.generation.Add(1)
			}
		}
	}()
	// What is sent before the viewer's lane is there does not arrive.
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	first := make(chan error, 1)
	go func() {
		_, err := p.to.Recv()
		first <- err
	}()
	for {
		select {
		case <-tick.C:
			if err := p.sendAt(0); err != nil {
				l.b.Fatal(err)
			}
		case err := <-first:
			if err != nil {
				l.b.Fatal(err)
			}
			return p
		}
	}
}

func (p *pair) send() error { return p.sendAt(time.Now().UnixNano()) }

func (p *pair) sendAt(ns int64) error {
	p.sent++
	binary.BigEndian.PutUint64(p.unit.Sealed, uint64(ns))
	packet := &pb.ScreenPacket{Number: p.sent, Generation: p.generation.Load(), Units: []*pb.ScreenUnit{&p.unit}}
	return p.from.Send(&pb.ScreenUp{Message: &pb.ScreenUp_Packet{Packet: packet}})
}

// receive acknowledges everything and tells how long each step took.
func (p *pair) receive(took func(time.Duration)) {
	ack := &pb.ScreenAck{}
	up := &pb.ScreenUp{Message: &pb.ScreenUp_Ack{Ack: ack}}
	for {
		down, err := p.to.Recv()
		if err != nil {
			return
		}
		now := time.Now().UnixNano()
		for _, u := range down.GetPacket().GetUnits() {
			if sent := int64(binary.BigEndian.Uint64(u.GetSealed())); sent > 0 {
				took(time.Duration(now - sent))
			}
		}
		ack.Number = down.GetPacket().GetNumber()
		if p.to.Send(up) != nil {
			return
		}
	}
}

// BenchmarkScreenDelay is how long a step takes from the customer's Send to the viewer's Recv: by way of a relay, and
// directly, as if the viewer were the relay.
func BenchmarkScreenDelay(b *testing.B) {
	for _, bytes := range []int{300, 7000} {
		b.Run(fmt.Sprintf("relay/%dB", bytes), func(b *testing.B) {
			p := newLoaded(b).pair(0, bytes)
			measureDelay(b, p.receive, p.send)
		})
		b.Run(fmt.Sprintf("direct/%dB", bytes), func(b *testing.B) { directDelay(b, bytes) })
	}
}

// measureDelay sends 100 times a second and reports the middle and the 99th percentile.
func measureDelay(b *testing.B, receive func(func(time.Duration)), send func() error) {
	times, arrived := make([]time.Duration, 0, b.N), make(chan time.Duration, 1000)
	go receive(func(d time.Duration) { arrived <- d })
	b.ResetTimer()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for range b.N {
		<-tick.C
		if err := send(); err != nil {
			b.Fatal(err)
		}
		times = append(times, <-arrived)
	}
	slices.Sort(times)
	b.ReportMetric(float64(times[len(times)/2].Microseconds()), "µs-p50")
	b.ReportMetric(float64(times[len(times)*99/100].Microseconds()), "µs-p99")
	b.ReportMetric(0, "ns/op")
}

// sink is a server to whose screen lane a customer sends directly.
type sink struct {
	pb.UnimplementedRoomServer
	took chan time.Duration
}

func (s *sink) Screen(lane grpc.BidiStreamingServer[pb.ScreenUp, pb.ScreenDown]) error {
	for {
		up, err := lane.Recv()
		if err != nil {
			return err
		}
		now := time.Now().UnixNano()
		s.took <- time.Duration(now - int64(binary.BigEndian.Uint64(up.GetPacket().GetUnits()[0].GetSealed())))
	}
}

func directDelay(b *testing.B, bytes int) {
	identity, err := transport.LoadIdentity(b.TempDir(), rand.Reader, time.Now())
	if err != nil {
		b.Fatal(err)
	}
	listener, err := transport.Listen(b.Context(), transport.ListenConfig{Identity: identity, QUIC: []string{"127.0.0.1:0"}})
	if err != nil {
		b.Fatal(err)
	}
	server := grpc.NewServer(transport.ServerOptions()...)
	s := &sink{took: make(chan time.Duration, 1000)}
	pb.RegisterRoomServer(server, s)
	go func() { _ = server.Serve(listener.Lanes()) }()
	b.Cleanup(func() {
		server.Stop()
		_ = listener.Close()
	})
	l := &loaded{b: b, address: listener.QUICAddr()[0].String(), key: identity.Fingerprint()}
	from, err := pb.NewRoomClient(l.dial().Lane(transport.LaneScreen)).Screen(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	p := &pair{from: from, unit: pb.ScreenUnit{Slot: uint32(frame.StepSlot), Sealed: make([]byte, bytes)}}
	measureDelay(b, func(took func(time.Duration)) {
		for {
			select {
			case d := <-s.took:
				took(d)
			case <-b.Context().Done():
				return
			}
		}
	}, p.send)
}

// BenchmarkScreenLoad is what packets of 7.3 kB cost a relay that has one core. 24 of them a second are a session at
// 1.4 Mbit/s. With little to do most of it is the price of waking up; what a core carries is seen when it is busy, with
// two packets of each session on their way at all times.
func BenchmarkScreenLoad(b *testing.B) {
	b.Run("easy", func(b *testing.B) {
		screenLoad(b, func(p *pair, n int) error {
			tick := time.NewTicker(time.Second / loadRate)
			defer tick.Stop()
			for range n {
				<-tick.C
				if err := p.send(); err != nil {
					return err
				}
			}
			return nil
		})
	})
	b.Run("busy", func(b *testing.B) {
		screenLoad(b, func(p *pair, n int) error {
			for i := range n {
				if i > 1 {
					<-p.shown
				}
				if err := p.send(); err != nil {
					return err
				}
			}
			return nil
		})
	})
}

const (
	loadRate  = 24
	loadBytes = 7300
	loadPairs = 40
)

// screenLoad lets each of loadPairs sessions send b.N packets.
func screenLoad(b *testing.B, send func(p *pair, n int) error) {
	l := newLoaded(b)
	var arrived, late atomic.Int64
	all := make([]*pair, loadPairs)
	for i := range all {
		p := l.pair(i, loadBytes)
		all[i] = p
		go p.receive(func(d time.Duration) {
			arrived.Add(1)
			if d > 50*time.Millisecond {
				late.Add(1)
			}
			select {
			case p.shown <- struct{}{}:
			default:
			}
		})
	}
	before, began := l.used(), time.Now()
	b.ResetTimer()
	var sending sync.WaitGroup
	for i, p := range all {
		sending.Go(func() {
			time.Sleep(time.Duration(i) * time.Second / loadRate / loadPairs)
			if err := send(p, b.N); err != nil {
				b.Error(err)
			}
		})
	}
	sending.Wait()
	b.StopTimer()
	used, took := l.used()-before, time.Since(began)
	sent := float64(loadPairs * b.N)
	b.ReportMetric(1e6*used.Seconds()/sent, "µs-cpu/packet")
	b.ReportMetric(sent/used.Seconds()/loadRate, "sessions/core")
	b.ReportMetric(100*used.Seconds()/took.Seconds(), "%-of-core")
	b.ReportMetric(100*float64(late.Load())/float64(max(arrived.Load(), 1)), "%-over-50ms")
	b.ReportMetric(0, "ns/op")
}
