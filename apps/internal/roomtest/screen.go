package roomtest

import (
	"cmp"
	"context"
	"slices"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"deskhand/protocol/pb"
)

// sharer is the customer's lane. Guarded by Relay.mu.
type sharer struct {
	taken, settled, told uint64   // numbers of packets: that came, that may be acknowledged, that were
	coming               []coming // those between taken and settled
	refresh, keys        bool     // to be asked for
	knows                []pb.VideoCodec

	void      uint64 // picture.began, plus one, when a new picture was asked for
	keysSince uint64 // picture.arrivals when keys were
}

type coming struct{ number, until uint64 }

type screenServer = grpc.BidiStreamingServer[pb.ScreenUp, pb.ScreenDown]

// news wakes the lanes. The lock is held.
func (r *Relay) news() {
	close(r.changed)
	r.changed = make(chan struct{})
}

// Refresh asks the customer for everything anew.
func (r *Relay) Refresh() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.wantRefresh()
	r.news()
}

// Keys asks the customer for a set of keys.
func (r *Relay) Keys() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.sharer != nil {
		r.sharer.keysSince, r.sharer.keys = r.picture.arrivals, true
	}
	r.news()
}

func (r *Relay) wantRefresh() {
	if s := r.sharer; s != nil {
		s.refresh, s.keys, s.void = true, false, r.picture.began+1
	}
}

// share is the customer's lane.
func (r *Relay) share(s screenServer) error {
	me := &sharer{}
	r.mu.Lock()
	cut := r.cut
	r.picture.clear()
	r.sharer = me
	r.mu.Unlock()
	failed := make(chan error, 1)
	go func() { failed <- r.takePackets(s, me) }()
	for {
		r.mu.Lock()
		changed, down := r.changed, r.tell(me)
		r.mu.Unlock()
		if down == nil {
			if err := await(cut, changed, failed); err != nil {
				return err
			}
			continue
		}
		if down.GetAck() != nil && r.HoldAcks != nil {
			if err := await(cut, r.HoldAcks, failed); err != nil {
				return err
			}
		}
		if err := s.Send(down); err != nil {
			return err
		}
	}
}

// await waits for a signal, and gives what has ended the lane if that comes first.
func await(cut context.Context, signal <-chan struct{}, failed <-chan error) error {
	select {
	case <-signal:
		return nil
	case err := <-failed:
		return err
	case <-cut.Done():
		return errCut
	}
}

// tell is what the customer is told next, nil when there is nothing.
func (r *Relay) tell(s *sharer) *pb.ScreenDown {
	r.settle(s)
	r.askKeys(s)
	switch codecs := r.decoded(); {
	case !slices.Equal(codecs, s.knows):
		s.knows = codecs
		return &pb.ScreenDown{Message: &pb.ScreenDown_Decodes{Decodes: &pb.ScreenDecodes{Codecs: codecs}}}
	case s.refresh:
		s.refresh = false
		return &pb.ScreenDown{Message: &pb.ScreenDown_Refresh{Refresh: &pb.ScreenRefresh{}}}
	case s.keys:
		s.keys = false
		return &pb.ScreenDown{Message: &pb.ScreenDown_Refresh{Refresh: &pb.ScreenRefresh{Keys: true}}}
	case s.settled > s.told:
		s.told = s.settled
		return &pb.ScreenDown{Message: &pb.ScreenDown_Ack{Ack: &pb.ScreenAck{Number: s.told}}}
	}
	return nil
}

// furthest is the arrival until which some viewer has everything; false when no viewer follows.
func (r *Relay) furthest() (until uint64, some bool) {
	for _, w := range r.watchers {
		if r.picture.follows(w) {
			until, some = max(until, r.picture.reached(w)), true
		}
	}
	return until, some
}

func (r *Relay) renewing(s *sharer) bool { return s.void == r.picture.began+1 }

// settle finds the packets that may be acknowledged.
func (r *Relay) settle(s *sharer) {
	until, waits := r.furthest()
	waits = waits && !r.renewing(s)
	for len(s.coming) > 0 && (!waits || s.coming[0].until <= until) {
		s.settled, s.coming = s.coming[0].number, s.coming[1:]
	}
}

// askKeys asks for keys when a viewer needs some and none are on their way.
func (r *Relay) askKeys(s *sharer) {
	p := &r.picture
	if r.renewing(s) || s.keysSince > max(p.began, p.complete) || p.keysUnderWay() {
		return
	}
	if slices.ContainsFunc(r.watchers, func(w *watcher) bool { return !p.follows(w) && len(w.flight) == 0 }) {
		s.keysSince, s.keys = p.arrivals, true
	}
}

// decoded is what every viewer decodes.
func (r *Relay) decoded() (codecs []pb.VideoCodec) {
	for c := range pb.VideoCodec(8) {
		lacks := func(w *watcher) bool { return !w.decodes[c] }
		if len(r.watchers) > 0 && !slices.ContainsFunc(r.watchers, lacks) {
			codecs = append(codecs, c)
		}
	}
	return codecs
}

func (r *Relay) takePackets(s screenServer, me *sharer) error {
	for {
		up, err := s.Recv()
		if err != nil {
			r.mu.Lock()
			if r.sharer == me {
				r.sharer = nil
			}
			r.mu.Unlock()
			return err
		}
		p := up.GetPacket()
		if p == nil || p.GetNumber() != me.taken+1 {
			return status.Error(codes.InvalidArgument, "not the next packet")
		}
		r.take(p, me)
	}
}

func (r *Relay) take(p *pb.ScreenPacket, me *sharer) {
	r.Packets.Add(1)
	for _, u := range p.GetUnits() {
		r.Bytes.Add(int64(len(u.GetSealed())))
	}
	passes := r.OnPacket == nil || r.OnPacket(p)
	r.mu.Lock()
	defer r.mu.Unlock()
	me.taken = p.GetNumber()
	if passes {
		r.picture.put(p, cmp.Or(r.MaxSteps, 512))
	}
	me.coming = append(me.coming, coming{me.taken, r.picture.arrivals})
	r.news()
}

// view is a viewer's lane.
func (r *Relay) view(s screenServer) error {
	me := &watcher{id: attendee(s.Context()), decodes: map[pb.VideoCodec]bool{}}
	r.mu.Lock()
	cut := r.cut
	if r.picture.next > r.picture.first {
		me.lost = r.picture.arrivals
	}
	r.watchers = append(r.watchers, me)
	r.wantRefresh()
	r.news()
	r.mu.Unlock()
	defer func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.watchers = slices.DeleteFunc(r.watchers, func(w *watcher) bool { return w == me })
		r.news()
	}()
	failed := make(chan error, 1)
	go func() { failed <- r.hear(s, me) }()
	for {
		r.mu.Lock()
		changed, p := r.changed, r.next(me)
		r.mu.Unlock()
		if p == nil {
			if err := await(cut, changed, failed); err != nil {
				return err
			}
			continue
		}
		if err := r.pass(cut, s, me, p); err != nil {
			return err
		}
	}
}

// pass sends a packet to a viewer.
func (r *Relay) pass(cut context.Context, s screenServer, me *watcher, p *pb.ScreenPacket) error {
	if r.OnPass != nil {
		r.OnPass(me.id, p)
	}
	for _, u := range p.GetUnits() {
		if r.OnView != nil {
			r.OnView(u)
		}
	}
	if cut.Err() != nil {
		return errCut
	}
	return s.Send(&pb.ScreenDown{Message: &pb.ScreenDown_Packet{Packet: p}})
}

// hear takes what a viewer says.
func (r *Relay) hear(s screenServer, me *watcher) error {
	for {
		up, err := s.Recv()
		if err != nil {
			return err
		}
		r.mu.Lock()
		known := true
		if d := up.GetDecodes(); d != nil {
			for _, c := range d.GetCodecs() {
				me.decodes[c] = me.id != r.WithoutVideo
			}
		} else {
			known = me.ack(up.GetAck().GetNumber())
		}
		r.news()
		r.mu.Unlock()
		if !known {
			return status.Error(codes.InvalidArgument, "acknowledged what was never sent")
		}
	}
}

// next is the next packet for a viewer, nil when there is none for now.
func (r *Relay) next(me *watcher) *pb.ScreenPacket {
	p := &r.picture
	best, _ := r.furthest()
	first := p.reached(me) >= best
	renewing := r.sharer != nil && r.renewing(r.sharer)
	if p.inStep(me) && p.lags(me, !first && !renewing) {
		me.lost = p.arrivals
		r.Lost.Add(1)
		r.news()
	}
	limit := flightBytes
	if !first {
		limit = behindBytes
	}
	if !p.behind(me) || (len(me.flight) > 0 && me.inFlight() >= limit) {
		return nil
	}
	return p.give(me)
}
