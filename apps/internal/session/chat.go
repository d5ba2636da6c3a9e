package session

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"deskhand/protocol/pb"
)

const (
	// maxPending is how many own lines may wait for the relay. More are dropped and counted in Snapshot.Dropped.
	maxPending = 200
	// maxLines is how many lines are kept. The oldest go first; the relay has them all.
	maxLines = 10_000
)

// chat is the log.
type chat struct {
	lines   []Line // rising seq; only appended to, because snapshots share it
	last    uint64 // highest seq
	pending []pending
	dropped int
	typing  map[uint32]bool
	told    bool   // the relay believes that this attendee is typing
	mark    string // of this Session, so that client ids are nobody else's
	count   int
	seen    map[said]struct{} // own and others' marks, so that a line that was stored twice is shown once
}

// said is how one line differs from any other.
type said struct {
	from uint32
	id   string
}

// pending is an own line that the relay has not confirmed yet.
type pending struct {
	id   string
	text string
	at   time.Time
}

// say queues a text, in as many lines as it takes.
func (a *actor) say(text string) {
	c := &a.chat
	text = strings.TrimRightFunc(strings.ToValidUTF8(text, "\uFFFD"), unicode.IsSpace)
	if a.phase != running || strings.TrimSpace(text) == "" {
		return
	}
	for text != "" {
		if len(c.pending) == maxPending {
			c.dropped++
			return
		}
		n := cut(text)
		c.count++
		p := pending{id: c.mark + "-" + strconv.Itoa(c.count), text: text[:n], at: a.cfg.Clock().UTC()}
		c.pending = append(c.pending, p)
		text = text[n:]
		a.sendLine(p)
	}
	c.told = false // a line ends typing by itself
}

// cut gives the length of the longest beginning that fits a line and ends between characters.
func cut(text string) int {
	if len(text) <= MaxText {
		return len(text)
	}
	n := MaxText
	for !utf8.RuneStart(text[n]) {
		n--
	}
	return n
}

func (a *actor) sendLine(p pending) {
	a.send(&pb.ControlUp{Message: &pb.ControlUp_Say{Say: &pb.Say{Text: p.text, ClientId: p.id}}})
}

// resumeChat says once more, in this visit, what is not in the log yet.
func (a *actor) resumeChat() {
	a.chat.told = false
	for _, p := range a.chat.pending {
		a.sendLine(p)
	}
}

func (a *actor) setTyping(on bool) {
	if a.phase != running || on == a.chat.told || !a.lane.entered {
		return
	}
	a.chat.told = on
	a.send(&pb.ControlUp{Message: &pb.ControlUp_Typing{Typing: &pb.Typing{On: on}}})
}

// onLine adds a line that is not known yet. An own line takes the place of the pending one.
func (a *actor) onLine(m *pb.Line) {
	c := &a.chat
	if m.GetSeq() <= c.last {
		return
	}
	c.last = m.GetSeq()
	mine := m.GetFrom() == a.place.you && m.GetFrom() != 0
	if mine && m.GetClientId() != "" {
		c.pending = slices.DeleteFunc(c.pending, func(p pending) bool { return p.id == m.GetClientId() })
	}
	c.onTyping(m.GetFrom(), false)
	if m.GetClientId() != "" {
		mark := said{m.GetFrom(), m.GetClientId()}
		if _, twice := c.seen[mark]; twice {
			return
		}
		c.seen[mark] = struct{}{}
	}
	c.lines = append(c.lines, Line{
		Seq: m.GetSeq(), At: timeOf(m.GetAt()), From: m.GetFrom(), Name: m.GetName(), Text: m.GetText(),
		Status: statusOf(m.GetStatus()), Mine: mine,
	})
	if len(c.lines) > maxLines+maxLines/8 {
		c.lines = slices.Clone(c.lines[len(c.lines)-maxLines:])
	}
}

func (c *chat) onTyping(from uint32, on bool) {
	if !on {
		delete(c.typing, from)
		return
	}
	if c.typing == nil {
		c.typing = make(map[uint32]bool)
	}
	c.typing[from] = true
}

// all gives the log with the pending lines at its end.
func (c *chat) all(you uint32, name string) []Line {
	confirmed := c.lines[:len(c.lines):len(c.lines)]
	if len(c.pending) == 0 {
		return confirmed
	}
	all := slices.Grow(slices.Clone(confirmed), len(c.pending))
	for _, p := range c.pending {
		all = append(all, Line{At: p.at, From: you, Name: name, Text: p.text, Mine: true, Pending: true})
	}
	return all
}

// typists gives the names of those who are typing, by number.
func (a *actor) typists() []string {
	var who []Attendee
	for id := range a.chat.typing {
		if at, here := a.place.attendees[id]; here && id != a.place.you {
			who = append(who, at.Attendee)
		}
	}
	slices.SortFunc(who, func(x, y Attendee) int { return cmp.Compare(x.ID, y.ID) })
	names := make([]string, 0, len(who))
	for _, at := range who {
		names = append(names, at.Name)
	}
	return names
}

// statusOf translates the wire's numbers, which are the same.
func statusOf(s pb.Line_Status) Status { return Status(s) }
