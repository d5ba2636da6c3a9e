package session

import (
	"context"
	"sync"
	"time"

	"deskhand/protocol/fault"
	"deskhand/protocol/pb"
	"deskhand/protocol/seal"
	"deskhand/protocol/transport"
)

const (
	featurePause   = time.Second      // before a feature that failed is tried again; doubles
	featureLongest = 30 * time.Second // the longest such pause
	featureSettled = 3 * time.Second  // a feature that runs so long is well again
)

// room is one feature's Room in one visit.
type room struct {
	s       *Session
	conn    Conn            // set before the feature runs
	ctx     context.Context // of the visit, likewise
	changed chan struct{}   // capacity 1
}

func (r *room) Role() Role               { return r.s.cfg.Role }
func (r *room) You() uint32              { return r.s.now.Load().snapshot.You }
func (r *room) Session() string          { return r.s.cfg.SessionID }
func (r *room) Changed() <-chan struct{} { return r.changed }
func (r *room) State() State             { return r.s.state() }

func (r *room) Epoch() (seal.Epoch, bool) {
	epoch := r.s.now.Load().epoch
	return epoch, epoch != seal.Epoch{}
}

func (r *room) Lane(l transport.Lane) (pb.RoomClient, context.Context, error) {
	if r.ctx.Err() != nil {
		return nil, nil, fault.New(fault.CannotConnect, context.Cause(r.ctx))
	}
	return pb.NewRoomClient(r.conn.Lane(l)), r.s.callContext(r.ctx), nil
}

// state is what holds now. What was published before the last StopSharing permits nothing.
func (s *Session) state() State {
	now := s.now.Load()
	state := now.state
	if now.permit != s.revoked.Load() {
		state.Sharing, state.ControlAllowed = false, false
	}
	return state
}

// beginFeatures lets the features of a visit begin, once what they need has been published.
func (a *actor) beginFeatures() {
	v := a.lane.visit
	if !a.lane.entered || a.phase != running || v.begun {
		return
	}
	v.begun = true
	for range a.cfg.Features {
		v.rooms = append(v.rooms, &room{s: a.s, changed: make(chan struct{}, 1)})
	}
	close(v.begin)
}

// features runs each feature until ctx ends, and waits for all.
func (v *visit) features(ctx context.Context, conn Conn) {
	select {
	case <-ctx.Done():
		return
	case <-v.begin:
	}
	var wg sync.WaitGroup
	defer wg.Wait()
	for i, f := range v.s.cfg.Features {
		r := v.rooms[i]
		r.conn, r.ctx = conn, ctx
		wg.Go(func() { v.feature(ctx, f, r) })
	}
}

// feature runs one feature, and again after a pause where that may help.
func (v *visit) feature(ctx context.Context, f Feature, r *room) {
	tell := func(reason fault.Reason) { v.tell(ctx, func() { v.featureFault(f.Name(), reason) }) }
	for pause := featurePause; ; pause = min(2*pause, featureLongest) {
		err := attempt(ctx, f, r, func() { tell("") })
		if ctx.Err() != nil {
			return
		}
		tell(fault.ReasonOf(err))
		if err == nil || !passing(err) {
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
	}
}

// attempt runs a feature once and calls settled when it has run for a while.
func attempt(ctx context.Context, f Feature, r *room, settled func()) error {
	failed := make(chan error, 1)
	go func() { failed <- f.Run(ctx, r) }()
	select {
	case err := <-failed:
		return err
	case <-time.After(featureSettled):
		settled()
		return <-failed
	}
}

// passing reports whether running a feature again may help.
func passing(err error) bool {
	switch fault.ReasonOf(err) {
	case fault.CannotConnect, fault.RelayStopping, fault.TooSlow, fault.Internal:
		return true
	default:
		return false
	}
}

// setFeatureFault notes how a feature is; an empty reason is well.
func (a *actor) setFeatureFault(name string, reason fault.Reason) {
	if a.faults[name] == reason {
		return
	}
	a.dirty = true
	next := make(map[string]fault.Reason, len(a.faults)+1)
	for n, r := range a.faults {
		next[n] = r
	}
	next[name] = reason
	if reason == "" {
		delete(next, name)
	} else {
		a.log.Warn("feature failed", "feature", name, "reason", reason)
	}
	a.faults = next
}
