package e2e

import (
	"fmt"
	"image"
	"image/color"
	"testing"
	"time"

	"deskhand/apps/internal/session"
	"deskhand/protocol/transport/netnstest"
)

const (
	// cutFor is how long the network is away. It has to pass.
	cutFor = 25 * time.Second
	// backWithin is far more than sharing should take after the link's return; it is a bound for loaded machines.
	backWithin = 8 * time.Second

	customersWay = "10.9.0.1" // the relay's address for the customer; the rep uses the loopback's
)

// TestNetworkCut takes the network away from between the customer and the relay, gives it back, and then gives the
// customer another address. Sharing goes on by itself each time: nobody is asked, and nothing is lost.
func TestNetworkCut(t *testing.T) {
	if !netnstest.In(t) {
		return
	}
	from := []string{"10.8.0.1", "10.8.0.2", "10.8.0.3"}
	netnstest.Addresses(t, append(from, customersWay)...)
	netnstest.From(t, from[0], customersWay)
	w := newWorld(t, way{name: "quic", quic: []string{"0.0.0.0:0"}})
	w.hosts = []string{"127.0.0.1", customersWay}
	c, r := w.help(visitors{}, session.Consent{See: true, Control: true})
	w.seen(c, r)
	w.typist(c, r)
	c.Say("before, by the customer")
	r.Say("before, by the rep")
	w.roundTrip(&c.side, &r.side)
	said := c.Snapshot()

	netnstest.Cut(t, "cut", customersWay)
	c.Say("after, by the customer") // said while nothing passes
	r.Say("after, by the rep")
	away := time.NewTimer(cutFor)
	draw := time.NewTicker(cutFor / 50)
	defer draw.Stop()
	for n := 0; ; n++ {
		select {
		case <-draw.C:
			c.desktop.fill(n%2, image.Rect(n, n/2, n+20, n/2+20), color.RGBA{byte(5 * n), 9, byte(200 - n), 255})
			continue
		case <-away.C:
		}
		break
	}
	if c.desktop.shownIn(r.watch.Picture()) {
		t.Fatal("the rep saw what was drawn while there was no network: nothing was cut")
	}
	netnstest.Mend(t, "cut")
	w.back(c, r, "25 s without a network")

	for i := range from[1:] {
		netnstest.Cut(t, fmt.Sprint("moved", i), from[i])
		netnstest.From(t, from[i+1], customersWay)
		c.desktop.fill(0, image.Rect(0, 40*i, 300, 40*i+90), color.RGBA{byte(100 * i), 200, 1, 255})
		w.back(c, r, "another address of the customer's")
	}
	const typed = "typed at the last address"
	r.sender.Send(text(typed)...)
	w.await("what was typed at last", func() bool { return c.hand.typed() == typed })
	if now := c.Snapshot(); now.Words != said.Words || !now.Control {
		t.Errorf("the words are %q, they were %q; control %v", now.Words, said.Words, now.Control)
	}
	if a, b := notes(c.Snapshot()), notes(said); a != b {
		t.Errorf("%d lines in the chat that nobody said, there were %d", a, b)
	}
	w.talked(c, r)
}

// TestNetworkCutOnTCP takes the network away for 25 s where UDP does not pass. Both go on by themselves over a connection that
// is dialled beside the silent one; nobody is asked anything.
func TestNetworkCutOnTCP(t *testing.T) {
	if !netnstest.In(t) {
		return
	}
	netnstest.Addresses(t, customersWay)
	netnstest.Command(t, "table inet blocked { chain in { type filter hook input priority 0; meta l4proto udp drop; }; }", "nft", "-f", "-")
	w := newWorld(t, way{name: "tcp", quic: []string{"0.0.0.0:0"}, tcp: []string{"0.0.0.0:0"}})
	w.hosts = []string{"127.0.0.1", customersWay}
	c, r := w.help(visitors{}, session.Consent{See: true, Control: true})
	w.seen(c, r)
	w.typist(c, r)
	if path := w.conn(c.link).Path(); path != "tcp" {
		t.Fatalf("the customer's path is %s", path)
	}
	c.Say("before, by the customer")
	r.Say("before, by the rep")
	w.roundTrip(&c.side, &r.side)
	netnstest.Cut(t, "cut", customersWay)
	c.Say("after, by the customer") // said while nothing passes
	r.Say("after, by the rep")
	c.desktop.fill(0, image.Rect(10, 10, 200, 200), color.RGBA{5, 9, 200, 255})
	<-time.After(cutFor)
	if c.desktop.shownIn(r.watch.Picture()) {
		t.Fatal("the rep saw what was drawn while there was no network: nothing was cut")
	}
	netnstest.Mend(t, "cut")
	began := time.Now()
	w.seen(c, r)
	t.Logf("after 25 s without a network the picture was exact %v later", time.Since(began))
	w.await("both sides as they were", func() bool {
		a, b := c.Snapshot(), r.Snapshot()
		return a.Phase == session.Active && b.Phase == session.Active && a.Sealed && b.Sealed && a.Sharing && b.Sharing && b.Control
	})
	w.typist(c, r)
	const typed = "typed after the cut"
	r.sender.Send(text(typed)...)
	w.await("what was typed", func() bool { return c.hand.typed() == typed })
	w.talked(c, r)
}

// notes is how many lines of a chat the relay wrote.
func notes(s session.Snapshot) (n int) {
	for _, l := range s.Chat {
		if l.Status != session.Said {
			n++
		}
	}
	return n
}

// back waits until the rep sees exactly what the customer's screen shows again.
func (w *world) back(c *customer, r *rep, after string) {
	w.t.Helper()
	began := time.Now()
	w.seen(c, r)
	took := time.Since(began)
	w.t.Logf("after %s the picture was exact %v later", after, took)
	if took > backWithin {
		w.t.Errorf("after %s it took %v until the picture was exact", after, took)
	}
	w.await("both sides as they were", func() bool {
		a, b := c.Snapshot(), r.Snapshot()
		return a.Phase == session.Active && b.Phase == session.Active && a.Sealed && b.Sealed && a.Sharing && b.Sharing
	})
}
