package main

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"deskhand/apps/customer/internal/hold"
	"deskhand/apps/customer/internal/join"
	"deskhand/apps/internal/capture"
	"deskhand/apps/internal/control"
	"deskhand/apps/internal/facts"
	"deskhand/apps/internal/inject"
	"deskhand/apps/internal/link"
	"deskhand/apps/internal/session"
	"deskhand/apps/internal/share"
	"deskhand/protocol/code"
	"deskhand/protocol/fault"
)

// goodbye is how long the relay may take to hear that this app ends.
const goodbye = 3 * time.Second

// target is what is joined: one of the two.
type target struct {
	code   code.Code
	ticket string
}

// try is one way through the window: a connection, the wait for a rep, and the session that comes of it.
type try struct {
	target
	p       *program
	wanted  context.Context // ends when the try is given up, at the latest with the program
	giveUp  context.CancelFunc
	gate    hold.Gate
	latest  atomic.Pointer[func()] // what is to be shown
	pending atomic.Bool            // a post waits for the UI goroutine
}

func newTry(p *program, to target) *try {
	t := &try{target: to, p: p}
	t.wanted, t.giveUp = context.WithCancel(p.life)
	return t
}

// run ends when the session is over, or when the try has failed or is given up.
func (t *try) run() {
	defer t.giveUp()
	l, err := link.New(link.Config{Address: t.p.way.Relay, Key: t.p.way.Key, Clock: time.Now, Logger: t.p.logger, Proxy: link.SystemProxy})
	if err != nil {
		t.failed(fault.ReasonOf(err))
		return
	}
	var linked sync.WaitGroup
	defer linked.Wait()
	life, end := context.WithCancel(context.WithoutCancel(t.wanted)) // there is a goodbye to say
	defer end()
	linked.Go(func() {
		if err := l.Run(life); err != nil && life.Err() == nil {
			t.p.logger.Warn("the link ended", "err", err)
		}
	})
	over := session.Through(l)
	admission, err := t.join(over)
	switch {
	case t.wanted.Err() != nil:
	case err != nil:
		t.p.logger.Info("could not join", "err", err)
		t.failed(fault.ReasonOf(err))
	default:
		t.attend(life, over, admission)
	}
}

// failed shows why the try came to nothing; where nobody looks it ends the program.
func (t *try) failed(r fault.Reason) {
	t.post(func() {
		if t.p.scripted() {
			t.p.fail(r)
			return
		}
		t.p.window.ShowProblem(t.code, r)
	})
}

// join waits for a rep.
func (t *try) join(over session.Link) (join.Admission, error) {
	j := join.New(join.Config{Link: over, Facts: facts.Read(), Code: t.code, Ticket: t.ticket, Logger: t.p.logger})
	ctx, cancel := context.WithCancel(t.wanted)
	var watcher sync.WaitGroup
	defer watcher.Wait()
	defer cancel()
	watcher.Go(func() { t.watch(ctx, j) })
	return j.Run(t.wanted)
}

// watch shows how the try goes on, and lets the waiting time go on.
func (t *try) watch(ctx context.Context, j *join.Joining) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-j.Changed():
		case <-tick.C:
		case <-ctx.Done():
			return
		}
		s := j.Snapshot()
		switch {
		case s.Phase == join.Connecting && s.Fault != "" && t.p.scripted():
			t.failed(s.Fault)
		case s.Phase == join.Connecting || s.Phase == join.Waiting:
			t.post(func() { t.p.window.ShowJoining(s) })
		}
	}
}

// attend runs the session. Giving up, which the end of the program is too, ends it for everybody.
func (t *try) attend(life context.Context, over session.Link, a join.Admission) {
	s := t.session(over, a)
	t.p.logger.Info("joined", "session", a.SessionID)
	life, end := context.WithCancel(life)
	var running sync.WaitGroup
	defer running.Wait()
	defer end()
	ended := make(chan error, 1)
	running.Go(func() { ended <- s.Run(life) })
	show := func() { t.p.window.ShowSession(s) }
	for {
		select {
		case <-s.Changed():
			t.post(show)
		case err := <-ended:
			if err != nil {
				t.p.logger.Warn("the session ended with a fault", "err", err)
			}
			t.post(show)
			return
		case <-t.wanted.Done():
			s.End(session.OutcomeNone, "")
			select {
			case <-ended:
			case <-time.After(goodbye):
			}
			return
		}
	}
}

// session puts the session together: this machine's screen, and its mouse and keyboard.
func (t *try) session(over session.Link, a join.Admission) *session.Session {
	logger := t.p.logger
	screen := share.New(func() (capture.Source, error) { return capture.Open(capture.Config{}) }, time.Now, logger)
	hands := control.NewReceiver(func() (inject.Target, error) { return inject.Open(inject.Config{}) }, time.Now, logger)
	return session.New(session.Config{
		Link: over, SessionID: a.SessionID, Token: a.Token, Role: session.Customer, Facts: facts.Read(), Name: a.Customer,
		AutoConsent: t.p.consent(), ByLink: t.p.way.byLink, Logger: logger,
		Features: []session.Feature{t.gate.Feature(screen), t.gate.Feature(hands)},
	})
}

// post shows something in the window, unless the try is no longer the current one. Bursts merge: only the latest counts,
// and at most one waits for the UI goroutine.
func (t *try) post(show func()) {
	t.latest.Store(&show)
	if t.p.life.Err() != nil || t.pending.Swap(true) {
		return
	}
	t.p.loop.Post(func() {
		t.pending.Store(false)
		if t.p.current == t {
			(*t.latest.Load())()
		}
	})
}
