package room

import (
	"slices"
	"time"

	"deskhand/protocol/pb"
)

// sharer is the customer's side of a screen lane. Owned by the room's loop.
type sharer struct {
	taken   uint64   // number of the last packet that came in
	coming  []coming // those that no viewer has taken yet, oldest first
	settled uint64   // number of the last packet that may be acknowledged
	owed    uint64   // of the last one of them that was not sent to be acknowledged later
	told    uint64   // number of the last one that was acknowledged
	refresh bool     // everything is wanted anew
	keys    bool     // a set of keys is wanted
	knows   uint32   // the codecs that it was told
}

type coming struct {
	number, until uint64 // until is screen.arrivals with the packet
	later         bool
}

// wanted is what the customer was asked for and has not sent yet. Arrivals name the moment.
type wanted struct {
	generation uint64      // screen.began at the time, plus one: a new picture is wanted
	keys       uint64      // the arrivals at the time: a set of keys is wanted
	patience   *time.Timer // runs while keys are wanted
}

// viewers lists the viewers' lanes. The list is valid until the next call.
func (r *Room) viewers() []*screenLane {
	all := r.watching[:0]
	for _, a := range r.attendees {
		if a.screen != nil && !a.customer() {
			all = append(all, a.screen)
		}
	}
	clear(all[len(all):cap(all)])
	r.watching = all
	return all
}

// sharer is the customer's lane, nil when there is none.
func (r *Room) sharer() *screenLane {
	if customer := r.attendees[customerID]; customer != nil {
		return customer.screen
	}
	return nil
}

// takePacket takes what the customer sends into the picture, or drops it, counted, while nothing may be seen.
func (r *Room) takePacket(a *attendee, l *screenLane, p *pb.ScreenPacket) error {
	if !a.customer() {
		return forbidden("room: a rep sent a picture")
	}
	if p.GetNumber() != l.taken+1 {
		return invalid("room: a screen packet out of order")
	}
	if len(l.coming) >= maxComing {
		return invalid("room: too many screen packets ahead of their acknowledgements")
	}
	l.taken = p.GetNumber()
	var err error
	if r.seen() {
		var replaced int
		replaced, err = r.screen.put(p, r.cfg.Clock())
		r.cfg.Metrics.ScreenOverwrote.Add(int64(replaced))
	} else {
		r.cfg.Metrics.ScreenRefused.Add(1)
		r.screen.refuse(p.GetGeneration())
	}
	if !p.GetLater() {
		r.screen.awaited = r.screen.arrivals
	}
	l.coming = append(l.coming, coming{l.taken, r.screen.arrivals, p.GetLater()})
	return err
}

func (r *Room) takeAck(a *attendee, l *screenLane, number uint64) error {
	if a.customer() {
		return forbidden("room: the customer acknowledged a picture")
	}
	if number > l.sent {
		return invalid("room: a packet was acknowledged that was never sent")
	}
	l.spoke = true
	l.ack(number, r.cfg.Clock())
	return nil
}

// takeDecodes notes which codecs a viewer decodes. Codecs that this version does not know are passed on all the same.
func (r *Room) takeDecodes(a *attendee, l *screenLane, codecs []pb.VideoCodec) error {
	if a.customer() {
		return forbidden("room: the customer told what it decodes")
	}
	if l.spoke || len(codecs) > maxCodecs {
		return invalid("room: a viewer told too late what it decodes, or too much")
	}
	l.spoke = true
	for _, c := range codecs {
		if c > 0 && c < maxCodecs {
			l.decodes |= 1 << c
		}
	}
	return nil
}

// decoded is the codecs that every viewer decodes.
func decoded(viewers []*screenLane) uint32 {
	if len(viewers) == 0 {
		return 0
	}
	all := ^uint32(0)
	for _, l := range viewers {
		all &= l.decodes
	}
	return all
}

// refresh asks the sharer for everything in a new generation.
func (r *Room) refresh() {
	if l := r.sharer(); l != nil && r.seen() {
		l.refresh, l.keys = true, false
		r.wanted.generation = r.screen.began + 1
	}
}

// renewing reports whether what comes of this picture is void, because a new one is wanted.
func (r *Room) renewing() bool { return r.wanted.generation == r.screen.began+1 }

// keysWanted reports whether a set of keys was asked for and is not there yet.
func (r *Room) keysWanted() bool {
	return r.wanted.keys > max(r.screen.began, r.screen.complete) && !r.renewing()
}

// ready is what a lane's writer says when it can send again.
func (r *Room) ready(l *screenLane) {
	l.idle = true
	viewers := r.viewers()
	switch {
	case r.ending:
	case l == r.sharer():
		r.feedSharer(l, viewers)
	case r.seen() && slices.Contains(viewers, l):
		r.feed(l, r.furthest(viewers), r.cfg.Clock())
		r.trim(viewers)
	}
}

// feedAll gives every screen lane what it should carry now. It is called after everything that may change that.
func (r *Room) feedAll() {
	if r.ending {
		return
	}
	viewers := r.viewers()
	if r.seen() {
		now, best := r.cfg.Clock(), r.furthest(viewers)
		for _, l := range viewers {
			r.judge(l, best, now)
			r.feed(l, best, now)
		}
		r.askKeys(viewers)
		r.trim(viewers)
	}
	if l := r.sharer(); l != nil {
		r.feedSharer(l, viewers)
	}
}

// furthest is the arrival until which the viewer that is furthest ahead has taken everything.
func (r *Room) furthest(viewers []*screenLane) (best uint64) {
	for _, l := range viewers {
		if r.screen.follows(&l.viewer) {
			best = max(best, r.screen.reached(&l.viewer))
		}
	}
	return best
}

// judge puts a viewer out of step for which there are no steps any more, or too many while somebody else has them.
func (r *Room) judge(l *screenLane, best uint64, now time.Time) {
	v, s := &l.viewer, &r.screen
	if s.inStep(v) && (s.missed(v) || (s.lags(v, now) && s.reached(v) < best && !r.renewing())) {
		r.lose(l)
	}
}

func (r *Room) lose(l *screenLane) {
	r.cfg.Metrics.ScreenOutOfStep.Add(1)
	r.cfg.Metrics.ScreenSkipped.Add(int64(r.screen.lose(&l.viewer)))
}

// outgoing is a packet to a viewer in one piece of memory.
type outgoing struct {
	down   pb.ScreenDown
	inner  pb.ScreenDown_Packet
	packet pb.ScreenPacket
	units  [4]*pb.ScreenUnit
}

// feed gives a viewer's writer the next packet, if there is one.
func (r *Room) feed(l *screenLane, best uint64, now time.Time) {
	v, s := &l.viewer, &r.screen
	before := v.has
	if !l.idle || !s.behind(v) || !v.mayGet(s.reached(v) >= best) {
		return
	}
	o := &outgoing{}
	o.down.Message, o.inner.Packet, o.packet.Units = &o.inner, &o.packet, o.units[:0]
	s.give(v, &o.packet)
	v.leaves(&o.packet, now, s.awaited <= before)
	l.hand(&o.down)
}

// hand gives the writer, which must be idle, a message.
func (l *screenLane) hand(m *pb.ScreenDown) {
	l.idle = false
	l.out <- m
}

// askKeys asks the sharer for keys when a viewer out of step has acknowledged all it got and none of those that are
// there, or on their way, will help it.
func (r *Room) askKeys(viewers []*screenLane) {
	customer := r.sharer()
	if customer == nil || r.renewing() || r.keysWanted() || r.screen.underWay() {
		return
	}
	waits := func(l *screenLane) bool { return !r.screen.follows(&l.viewer) && len(l.flight.packets) == 0 }
	if slices.ContainsFunc(viewers, waits) {
		r.wanted.keys = r.screen.arrivals
		customer.keys = true
		r.wanted.patience.Reset(stallFor)
		r.cfg.Metrics.ScreenKeysAsked.Add(1)
	}
}

// unstall ends the wait for a viewer that takes nothing any more, when keys for another one are held up by it: as long as
// it is the one furthest ahead the sharer waits for its acknowledgements.
func (r *Room) unstall() {
	if r.ending || !r.keysWanted() {
		return
	}
	now := r.cfg.Clock()
	for _, l := range r.viewers() {
		if !l.stalled(now) {
			continue
		}
		l.mute = true
		if r.screen.inStep(&l.viewer) {
			r.lose(l)
		}
	}
	r.wanted.patience.Reset(stallFor)
	r.feedAll()
}

// trim forgets the steps and keys that no viewer will need. Whoever comes later gets a new picture.
func (r *Room) trim(viewers []*screenLane) {
	s := &r.screen
	step, key := s.steps.next, s.arrivals
	for _, l := range viewers {
		v := &l.viewer
		if s.inStep(v) && !s.behind(v) {
			v.has = s.arrivals // keys are nothing to it
		}
		key = min(key, v.has)
		switch {
		case s.inStep(v):
			step = min(step, s.place(v))
		case s.returns(v):
			step = min(step, s.resume)
		}
	}
	s.steps.drop(step)
	if until := min(key, s.keys.newest()); until > 0 && s.keys.first.arrival <= until {
		s.keys.drop(until)
		s.gone = until
	}
}

// feedSharer tells the customer, as soon as its writer is idle, the first of what there is to tell.
func (r *Room) feedSharer(l *screenLane, viewers []*screenLane) {
	r.settle(l, viewers)
	if !l.idle {
		return
	}
	switch codecs := decoded(viewers); {
	case codecs != l.knows:
		l.knows = codecs
		l.hand(&pb.ScreenDown{Message: &pb.ScreenDown_Decodes{Decodes: decodes(codecs)}})
	case l.refresh:
		l.refresh = false
		l.hand(&pb.ScreenDown{Message: &pb.ScreenDown_Refresh{Refresh: &pb.ScreenRefresh{}}})
	case l.keys:
		l.keys = false
		l.hand(&pb.ScreenDown{Message: &pb.ScreenDown_Refresh{Refresh: &pb.ScreenRefresh{Keys: true}}})
	case l.owed > l.told:
		l.told = l.settled
		l.hand(&pb.ScreenDown{Message: &pb.ScreenDown_Ack{Ack: &pb.ScreenAck{Number: l.told}}})
	}
}

func decodes(codecs uint32) *pb.ScreenDecodes {
	d := &pb.ScreenDecodes{}
	for c := range pb.VideoCodec(maxCodecs) {
		if codecs&(1<<c) != 0 {
			d.Codecs = append(d.Codecs, c)
		}
	}
	return d
}

// settle finds the packets that may be acknowledged: those that the viewer furthest ahead has taken, and all of them
// while there is no viewer who could, or while they are void.
func (r *Room) settle(l *screenLane, viewers []*screenLane) {
	follows := func(l *screenLane) bool { return r.screen.follows(&l.viewer) }
	waits := r.seen() && !r.renewing() && slices.ContainsFunc(viewers, follows)
	until := r.furthest(viewers)
	gone := 0
	for _, c := range l.coming {
		if waits && c.until > until {
			break
		}
		gone++
		l.settled = c.number
		if !c.later {
			l.owed = c.number
		}
	}
	l.coming = l.coming[:copy(l.coming, l.coming[gone:])]
}
