package session

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync/atomic"
	"time"

	"deskhand/protocol/fault"
)

const (
	commandQueue = 256              // commands that wait for run; more are dropped and counted, which only happens before Run
	pingEvery    = 10 * time.Second // an idle session costs one small message each way in that time
	endPatience  = 10 * time.Second // how long the relay may take to confirm an end, lost connections included
	byePatience  = 3 * time.Second  // how long the last messages may take when this attendee goes
	firstPause   = 250 * time.Millisecond
	longestPause = 5 * time.Second
)

// Session is one attendee's half of a session.
type Session struct {
	cfg      Config
	commands chan func(*actor)
	dropped  atomic.Int64
	revoked  atomic.Uint64 // how often sharing was stopped; what was permitted before the last time counts no more
	woken    chan struct{} // capacity 1: revoked has risen
	now      atomic.Pointer[published]
	changed  chan struct{}
}

// New makes a session; nothing happens before Run.
func New(c Config) *Session {
	if c.Clock == nil {
		c.Clock = time.Now
	}
	if c.Rand == nil {
		c.Rand = rand.Reader
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	s := &Session{
		cfg: c, commands: make(chan func(*actor), commandQueue), woken: make(chan struct{}, 1), changed: make(chan struct{}, 1),
	}
	s.now.Store(&published{snapshot: Snapshot{ID: c.SessionID, Role: c.Role}})
	return s
}

// Run enters the room and stays until the session is over for this attendee: nil when it was ended or left, else the
// fault, or ctx's error.
func (s *Session) Run(ctx context.Context) error {
	var mark [8]byte
	if _, err := io.ReadFull(s.cfg.Rand, mark[:]); err != nil {
		return fmt.Errorf("session: randomness: %w", err)
	}
	a := newActor(s, fmt.Sprintf("%x", mark))
	err := a.run(ctx)
	a.publish()
	return err
}

// actor is the state, owned by the goroutine in run. Its parts lie in the files of what they are about.
type actor struct {
	s   *Session
	cfg *Config
	log *slog.Logger

	lane  lane  // the connection: visit.go
	place place // the room as the relay tells it: control.go
	chat  chat
	keys  keys
	grant grant

	phase  stage
	end    ending
	faults map[string]fault.Reason // of features; replaced, never changed, because snapshots share it
	fault  fault.Reason
	dirty  bool // what is published is old
}

// stage is what run does; phases for people are made from it.
type stage uint8

const (
	running stage = iota
	closing       // over; only the last messages are on their way
	closed        // run returns
)

// ending is how the session ends here.
type ending struct {
	wanted func() // sends what ends the session; called at each entry until the relay confirms. nil: nobody wants it
	by     string
	cause  Cause
	at     time.Time
	giveUp <-chan time.Time
}

func newActor(s *Session, mark string) *actor {
	a := &actor{s: s, cfg: &s.cfg, log: s.cfg.Logger.With("role", s.cfg.Role.String())}
	a.chat.mark, a.chat.seen = mark, make(map[said]struct{})
	a.keys.offers = make(map[uint32]*offer)
	a.place.attendees = make(map[uint32]attendee)
	return a
}

// run owns the state until the session is over here. It never waits for the network.
func (a *actor) run(ctx context.Context) error {
	a.connect(ctx)
	for a.phase != closed {
		select {
		case <-ctx.Done():
			a.shut()
			a.over(CauseNone, "", a.fault)
			return ctx.Err()
		case command := <-a.s.commands:
			command(a)
			a.dirty = true
		case <-a.s.woken:
			a.dirty = true
		case event := <-a.lane.events:
			event()
		case err := <-a.lane.gone:
			a.lost(err)
		case <-a.lane.ping:
			a.sendPing()
		case <-a.lane.retry:
			a.connect(ctx)
		case <-a.end.giveUp:
			a.giveUp()
		}
		a.settle()
		a.publish()
		a.beginFeatures()
	}
	a.shut()
	if a.fault != "" {
		return fault.New(a.fault, errors.New("session"))
	}
	return nil
}

// settle brings up to date what follows from the event that has just been handled.
func (a *actor) settle() {
	if a.phase != running || !a.lane.entered {
		return
	}
	a.autoConsent()
	a.rekey()
	a.reconcile()
}

// over makes the session final for this attendee.
func (a *actor) over(cause Cause, by string, reason fault.Reason) {
	if a.phase != running {
		return
	}
	a.phase, a.dirty = closed, true
	a.end.cause, a.end.by, a.end.at, a.fault = cause, by, a.cfg.Clock().UTC(), reason
	a.keys.drop()
}

// bye makes the session final and lets what has been sent arrive: run goes on until the lane has closed.
func (a *actor) bye(cause Cause, reason fault.Reason) {
	a.over(cause, a.place.name(a.place.you), reason)
	if a.lane.entered {
		a.phase = closing
		a.lane.visit.closeSend()
		a.end.giveUp = time.After(byePatience)
	}
}

// giveUp is called when the relay has not confirmed the end in time.
func (a *actor) giveUp() {
	if a.phase == closing {
		a.phase = closed
		return
	}
	a.over(a.end.cause, a.place.name(a.place.you), "")
}

// broken leaves the session because the sealing cannot be trusted. There is no way on without it. The customer ends the
// session for everybody; a rep only goes.
func (a *actor) broken(err error) {
	if a.phase != running {
		return
	}
	a.log.Warn("seal broken", "error", err)
	if a.cfg.Role == Customer {
		a.send(endMessage(OutcomeNone, ""))
	}
	a.bye(CauseNone, fault.SealBroken)
}
