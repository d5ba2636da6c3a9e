package transport

import (
	"context"
	"math/rand/v2"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/quic-go/quic-go/testutils/simnet"
	"google.golang.org/grpc"
)

// shape describes an emulated network, the same both ways.
type shape struct {
	name string
	rtt  time.Duration
	rate float64 // bit/s; 0: unlimited
	loss float64 // share of packets

	jitter time.Duration // at most so much is added to a packet's delay
}

// The shapes of the benchmarks with peers.
var (
	shapeWAN   = shape{name: "wan", rtt: 40 * time.Millisecond, rate: 20e6}
	shapeBusy  = shape{name: "busy", rtt: 40 * time.Millisecond, rate: 20e6, jitter: 30 * time.Millisecond}
	shapeLossy = shape{name: "lossy", rtt: 80 * time.Millisecond, rate: 5e6, loss: 0.01}
)

const (
	routerQueue = 100 * time.Millisecond // before the bottleneck; what exceeds it is dropped
	ipOverhead  = 28                     // bytes of IPv4 and UDP headers
)

// network joins any number of sockets. Each ordered pair of sockets has a bottleneck of its own. With a fixed seed and in
// a bubble of testing/synctest it does nearly the same each time.
type network struct {
	shape
	cut     atomic.Bool
	gone    atomic.Int32 // the host that has left the network; 0: none
	nat     atomic.Int32 // how often the router of host 1 has forgotten its ports
	running sync.WaitGroup
	stop    chan struct{}

	mu    sync.Mutex
	seed  uint64
	nodes map[string]simnet.PacketReceiver
	ways  map[[2]string]*way
}

func newNetwork(t testing.TB, s shape) *network {
	n := &network{
		shape: s, seed: 1, stop: make(chan struct{}), nodes: map[string]simnet.PacketReceiver{}, ways: map[[2]string]*way{},
	}
	t.Cleanup(func() {
		close(n.stop)
		n.running.Wait()
	})
	return n
}

func (n *network) socket(host byte, port int) net.PacketConn {
	return simnet.NewBlockingSimConn(&net.UDPAddr{IP: net.IPv4(192, 0, 2, host), Port: port}, n)
}

func (n *network) AddNode(addr net.Addr, r simnet.PacketReceiver) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.nodes[addr.String()] = r
}

// SendPacket implements simnet.Router.
func (n *network) SendPacket(p simnet.Packet) error {
	if n.cut.Load() || n.away(p.From) || n.away(p.To) {
		return nil
	}
	p.From, p.To = n.translate(p.From, 1), n.translate(p.To, -1)
	n.mu.Lock()
	defer n.mu.Unlock()
	key := [2]string{p.From.String(), p.To.String()}
	w := n.ways[key]
	if w == nil {
		n.seed++
		w = &way{network: n, random: rand.New(rand.NewPCG(n.seed, 1)), queue: make(chan sending, 1<<14)}
		n.ways[key] = w
		n.running.Go(w.run)
	}
	w.send(p)
	return nil
}

func (n *network) away(a net.Addr) bool {
	gone := n.gone.Load()
	return gone != 0 && a.(*net.UDPAddr).IP.To4()[3] == byte(gone)
}

// translate gives host 1 another port each time that its router has forgotten.
func (n *network) translate(a net.Addr, sign int) net.Addr {
	u := *a.(*net.UDPAddr)
	if u.IP.To4()[3] == 1 {
		u.Port += sign * 1000 * int(n.nat.Load())
	}
	return &u
}

// way is one direction between two sockets; the network's mutex guards all but queue.
type way struct {
	network  *network
	random   *rand.Rand
	idleFrom time.Time
	queue    chan sending

	carried, dropped, lost int
	bytes                  int
	longest                time.Duration
}

type sending struct {
	packet simnet.Packet
	due    time.Time
}

func (w *way) send(p simnet.Packet) {
	now, n := time.Now(), w.network
	departure := now
	if n.rate > 0 {
		start := now
		if w.idleFrom.After(now) {
			start = w.idleFrom
		}
		if start.Sub(now) > routerQueue {
			w.dropped++
			return
		}
		w.longest = max(w.longest, start.Sub(now))
		departure = start.Add(time.Duration(float64((len(p.Data)+ipOverhead)*8) / n.rate * float64(time.Second)))
		w.idleFrom = departure
	}
	w.bytes += len(p.Data) + ipOverhead
	if w.random.Float64() < n.loss {
		w.lost++
		return
	}
	w.carried++
	due := departure.Add(n.rtt / 2)
	if n.jitter > 0 {
		due = due.Add(time.Duration(w.random.Int64N(int64(n.jitter))))
	}
	w.queue <- sending{p, due}
}

func (w *way) run() {
	for {
		select {
		case <-w.network.stop:
			return
		case s := <-w.queue:
			w.deliver(s)
		}
	}
}

func (w *way) deliver(s sending) {
	if d := time.Until(s.due); d > 0 {
		timer := time.NewTimer(d)
		defer timer.Stop()
		select {
		case <-w.network.stop:
			return
		case <-timer.C:
		}
	}
	if w.network.cut.Load() {
		return
	}
	w.network.mu.Lock()
	to := w.network.nodes[s.packet.To.String()]
	w.network.mu.Unlock()
	if to != nil {
		to.RecvPacket(s.packet)
	}
}

// between tells what went from one to the other.
func (n *network) between(from, to net.Addr) way {
	n.mu.Lock()
	defer n.mu.Unlock()
	if w := n.ways[[2]string{from.String(), to.String()}]; w != nil {
		return way{carried: w.carried, dropped: w.dropped, lost: w.lost, bytes: w.bytes, longest: w.longest}
	}
	return way{}
}

// far is an app and a relay with a network between them.
type far struct {
	network *network
	conn    *Conn
	relay   *quicEar
	host    atomic.Int32 // the app's address is 192.0.2.host
	ports   atomic.Int32 // that it has had
}

func (f *far) bearings() bearings {
	return bearings{
		listen: func() (net.PacketConn, error) {
			return f.network.socket(byte(f.host.Load()), int(1000+f.ports.Add(1))), nil
		},
		local: func() netip.Addr { return netip.AddrFrom4([4]byte{192, 0, 2, byte(f.host.Load())}) },
	}
}

func (f *far) app() net.Addr { return f.conn.carrier.(*quicCarrier).socket.LocalAddr() }

func newFar(t *testing.T, s shape, identity Identity, register func(*grpc.Server)) *far {
	t.Helper()
	f := &far{network: newNetwork(t, s)}
	f.host.Store(1)
	socket := f.network.socket(2, 443)
	ear, err := openQUICOn(socket, identity)
	if err != nil {
		t.Fatal(err)
	}
	f.relay = ear
	lanes := newQueue(socket.LocalAddr())
	ear.start(context.WithoutCancel(t.Context()), lanes)
	server := grpc.NewServer(ServerOptions()...)
	register(server)
	served := make(chan struct{})
	go func() { defer close(served); _ = server.Serve(lanes) }()
	t.Cleanup(func() {
		server.Stop()
		<-served
		_ = ear.close()
	})
	pin := identity.Fingerprint()
	f.conn, err = dialQUICFrom(t.Context(), f.bearings(), socket.LocalAddr().(*net.UDPAddr), Trust{Key: &pin}.clientTLS("relay.example"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.conn.Close() })
	return f
}
