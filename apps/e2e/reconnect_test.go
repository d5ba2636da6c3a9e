package e2e

import (
	"fmt"
	"image"
	"image/color"
	"slices"
	"strings"
	"testing"

	"deskhand/apps/internal/session"
	"deskhand/protocol/transport"
)

// TestReconnect breaks connections in the middle of a session, while the rep types and both talk. Both sides come back:
// the chat is complete and in order on both and in the store, the picture is exact, and no key was done twice or before
// one that was typed earlier.
func TestReconnect(t *testing.T) {
	quic, tcp := ways()[0], ways()[1]
	cutCustomer := func(w *world, c *customer, _ *rep) { w.cut(&c.side) }
	cutRep := func(w *world, _ *customer, r *rep) { w.cut(&r.side) }
	cutBoth := func(w *world, c *customer, r *rep) { w.cut(&c.side, &r.side) }
	for _, one := range []struct {
		name  string
		by    way
		sever func(*world, *customer, *rep)
	}{
		{"the customer's connection", quic, cutCustomer},
		{"the rep's connection", quic, cutRep},
		{"both connections", quic, cutBoth},
		{"both connections, tcp", tcp, cutBoth},
		{"a relay that is started anew", quic, restart},
		{"a relay that is started anew, tcp", tcp, restart},
	} {
		t.Run(one.name, func(t *testing.T) { reconnect(t, one.by, one.sever) })
	}
}

// restart stops the relay and starts it where it was.
func restart(w *world, c *customer, r *rep) {
	w.stop()
	w.await("two sides that know it", func() bool { return away(&c.side) && away(&r.side) })
	w.start()
}

// cut breaks the connections under sides, as a network that goes away does, and waits until they know.
func (w *world) cut(sides ...*side) {
	w.t.Helper()
	broken := map[*side]*transport.Conn{}
	for _, s := range sides {
		broken[s] = w.conn(s.link)
	}
	for s, c := range broken {
		if err := c.Close(); err != nil {
			w.t.Logf("closing %s's connection: %v", s.who, err)
		}
	}
	for s, c := range broken {
		w.await(s.who+" who knows that the connection is lost", func() bool { return away(s) || w.conn(s.link) != c })
	}
}

func away(s *side) bool { return s.Snapshot().Phase == session.Lost }

// firstRune is the first of the characters that are typed. Each is typed once, in rising order.
const firstRune = 0x4e00

// burst is the text of so many characters that follow the last one.
func burst(last *rune, characters int) string {
	var s strings.Builder
	for range characters {
		s.WriteRune(*last)
		*last++
	}
	return s.String()
}

func reconnect(t *testing.T, by way, sever func(*world, *customer, *rep)) {
	w := newWorld(t, by)
	c, r := w.help(visitors{}, session.Consent{See: true, Control: true})
	w.seen(c, r)
	w.typist(c, r)
	words, next := c.Snapshot().Words, rune(firstRune)

	// What was typed and done before the break, and what may be lost in it.
	whole := burst(&next, 100)
	r.sender.Send(text(whole)...)
	w.await("what was typed before the break", func() bool { return c.hand.typed() == whole })
	for range 20 {
		r.sender.Send(text(burst(&next, 20))...)
	}
	c.Say("before, by the customer")
	r.Say("before, by the rep")
	c.desktop.fill(0, image.Rect(0, 0, 90, 90), color.RGBA{9, 8, 7, 255})
	sever(w, c, r)
	c.Say("after, by the customer")
	r.Say("after, by the rep")
	c.desktop.fill(1, image.Rect(20, 20, 90, 90), color.RGBA{3, 4, 5, 255})

	w.await("both sides back", func() bool {
		a, b := c.Snapshot(), r.Snapshot()
		return a.Phase == session.Active && b.Phase == session.Active && a.Sealed && b.Sealed && b.Control
	})
	w.seen(c, r)
	w.typist(c, r)
	last := burst(&next, 100)
	r.sender.Send(text(last)...)
	w.await("what was typed after the break", func() bool { return strings.HasSuffix(c.hand.typed(), last) })
	if typed := []rune(c.hand.typed()); !slices.IsSorted(typed) || len(slices.Compact(slices.Clone(typed))) != len(typed) {
		t.Errorf("typed twice or out of order: %s", numbers(typed))
	}
	if !strings.HasPrefix(c.hand.typed(), whole) {
		t.Error("what had been typed before the break has changed")
	}
	if a, b := c.Snapshot().Words, r.Snapshot().Words; a != b {
		t.Errorf("the words were %q, now the customer's are %q, the rep's %q", words, a, b)
	}
	w.talked(c, r)
}

// talked ends the session and compares the chat at both ends with what is stored.
func (w *world) talked(c *customer, r *rep) {
	w.t.Helper()
	for _, text := range []string{"before, by the customer", "before, by the rep", "after, by the customer", "after, by the rep"} {
		for _, s := range []*side{&c.side, &r.side} {
			w.await(fmt.Sprintf("%q at %s", text, s.who), func() bool { return s.heard(text) })
		}
	}
	r.End(session.Resolved, "")
	for _, s := range []*side{&c.side, &r.side} {
		if err := s.finished(); err != nil {
			w.t.Errorf("%s leaves with %v", s.who, err)
		}
	}
	if a, b := c.said(), r.said(); !slices.Equal(a, b) {
		w.t.Errorf("the customer's chat is %q, the rep's %q", a, b)
	}
	once := slices.Compact(slices.Sorted(slices.Values(r.said())))
	if n := len(r.said()); len(once) != n {
		w.t.Errorf("of %d lines %d were said twice: %q", n, n-len(once), r.said())
	}
	w.storedAs(account{link: r.link, token: r.token}, r.Snapshot().ID, r.said())
}

// numbers shows typed characters as their places in the order.
func numbers(typed []rune) string {
	var s strings.Builder
	for _, r := range typed {
		fmt.Fprintf(&s, "%d ", r-firstRune)
	}
	return s.String()
}
