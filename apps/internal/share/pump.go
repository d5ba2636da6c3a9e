package share

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"deskhand/apps/internal/capture"
	"deskhand/apps/internal/session"
	"deskhand/apps/internal/share/pace"
	"deskhand/protocol/fault"
	"deskhand/protocol/frame"
)

// freshFor is how long something newer is waited for before what was captured a while ago is sent.
const freshFor = 4 * time.Millisecond

// pump is the one goroutine that turns what was captured into packets. It captures nothing while the path is full, so
// that what it sends is as new as can be, and keeps what it could not send yet as parts that are due, not as a queue.
type pump struct {
	clock func() time.Time
	look  *look
	inbox *inbox
	mail  mail
	out   *sender
	pace  *pace.Pace
	pen   *pen

	requests requests // of the relay
	asked    bool     // a frame has been asked for and not come
	patient  bool     // it may come at once: what is due waits for it
	anew     bool     // a generation is to begin
	keys     bool     // keys are wanted
	displays []frame.Display
	views    []*view
	pointer  capture.Pointer
	pointed  bool // the pointer is due
	cursor   capture.Cursor
	shaped   bool // its shape is due
}

func newPump(s *Share, in session.Room, stream lane, back *inbox, l *look) *pump {
	path := pace.New(s.clock)
	out := &sender{share: s, in: in, lane: stream, pace: path}
	return &pump{clock: s.clock, look: l, inbox: back, out: out, pace: path, pen: newPen(out, s.logger)}
}

// run sends until ctx ends or something fails.
func (p *pump) run(ctx context.Context) error {
	defer p.pen.close()
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		err := p.collect()
		if err == nil {
			err = p.wait(ctx, timer)
		}
		if err == nil {
			err = p.work()
		}
		if errors.Is(err, io.EOF) {
			<-ctx.Done() // the lane has ended and receive knows why
			return ctx.Err()
		}
		if err != nil {
			return err
		}
	}
}

// collect takes in what has come back, and asks for a frame when it could be sent.
func (p *pump) collect() error {
	p.inbox.take(&p.mail)
	for _, a := range p.mail.acks {
		if !p.pace.Acked(a.number, a.at) {
			return fault.New(fault.Invalid, fmt.Errorf("share: packet %d was acknowledged and never sent", a.number))
		}
	}
	if p.mail.restart {
		// Acknowledgements came early while nobody watched, and those of what is void now do.
		p.pace.Restart()
	}
	p.requests.anew = p.requests.anew || p.mail.anew
	p.requests.keys = p.requests.keys || p.mail.keys
	if len(p.views) > 0 { // else there is nothing to give yet
		anew, keys := p.requests.heed(p.clock())
		p.anew, p.keys = p.anew || anew, p.keys || keys
	}
	if p.mail.decided {
		p.pen.decided(p.mail.codecs)
	}
	if !p.asked && p.pace.Budget() > 0 {
		p.asked, p.patient = true, true
		p.look.ask <- struct{}{}
	}
	return nil
}

// wait returns when there may be something to do.
func (p *pump) wait(ctx context.Context, timer *time.Timer) error {
	var expired <-chan time.Time
	if d, some := p.patience(); some {
		timer.Reset(d)
		expired = timer.C
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case f := <-p.look.frames:
		p.asked = false
		return p.take(f)
	case <-p.inbox.wake:
	case <-expired:
		p.patient = false
	}
	return nil
}

// delay is how long what is there may wait; for as long as it takes when some is false.
func (p *pump) delay() (d time.Duration, some bool) {
	switch {
	case len(p.views) == 0:
		return 0, false
	case p.urgent():
		return 0, true
	case p.due() && p.pace.Budget() > 0:
		if p.asked && p.patient {
			return freshFor, true
		}
		return 0, true
	}
	for _, v := range p.views {
		switch {
		case p.refinable(v):
			return 0, true
		case !v.rough.empty() || !v.moving.part.Empty():
			d, some = restAfter/4, true
		}
	}
	return d, some
}

// refinable says that something rests that can be made exact now.
func (p *pump) refinable(v *view) bool {
	_, some := v.ripe(p.clock())
	return some && p.pace.Spare()
}

// urgent says that there is something that waits for no window.
func (p *pump) urgent() bool { return p.anew || p.keys || p.pointed || p.shaped }

// due says that viewers lack something.
func (p *pump) due() bool {
	for _, v := range p.views {
		if !v.due.Empty() {
			return true
		}
	}
	return false
}

// take takes a captured frame in.
func (p *pump) take(f *capture.Frame) error {
	now := p.clock()
	if f.Relayout {
		p.displays = append(p.displays[:0], f.Displays...)
		p.views = p.views[:0]
		for _, d := range f.Displays {
			p.views = append(p.views, newView(d))
		}
		p.anew = true
	}
	p.out.at = f.CapturedAt.UnixMicro()
	for i, v := range p.views {
		v.take(f.Images[i], f.Dirty[i], now, p.pen)
	}
	p.pointed = p.pointed || f.PointerMoved || f.Relayout
	p.pointer = f.Pointer
	p.shaped = p.shaped || f.CursorChanged || f.Relayout
	p.cursor = f.Cursor
	return nil
}

// work sends what is due, as far as the path lets it.
func (p *pump) work() error {
	if len(p.views) == 0 {
		return nil
	}
	rekeyed, err := p.out.rekey()
	if err != nil {
		return err
	}
	if p.anew || rekeyed {
		if err := p.begin(); err != nil {
			return err
		}
	}
	if err := p.point(); err != nil {
		return err
	}
	if p.keys {
		if err := p.key(); err != nil {
			return err
		}
	}
	now := p.clock()
	for _, v := range p.views {
		if err := p.pen.draw(v, now); err != nil {
			return err
		}
	}
	if !p.due() {
		if err := p.refine(now); err != nil {
			return err
		}
	}
	return p.out.flush()
}

// begin begins a generation: everything is due.
func (p *pump) begin() error {
	p.anew, p.keys, p.pointed, p.shaped = false, false, true, true
	p.requests.anew, p.requests.keys = false, false
	p.pen.renew()
	for _, v := range p.views {
		v.renew()
	}
	return p.out.begin(p.displays)
}

// point writes the pointer.
func (p *pump) point() error {
	if p.shaped {
		p.shaped = false
		if err := p.pen.shape(p.cursor); err != nil {
			return err
		}
	}
	if !p.pointed {
		return nil
	}
	p.pointed = false
	return p.out.pointer(p.pointer)
}

// refine makes exact what has come to rest, while the path has little else to do.
func (p *pump) refine(now time.Time) error {
	for _, v := range p.views {
		v.rough.age(now)
		if p.refinable(v) {
			return p.pen.refine(v, now)
		}
	}
	return nil
}

// key sends the tiles that have changed since the keys that the relay has, each alone. It sends at least one, because
// viewers learn from it which step comes next.
func (p *pump) key() error {
	p.keys = false
	// What was written goes first, so that the keys are current with it.
	if err := p.out.flush(); err != nil {
		return err
	}
	sent := 0
	for _, v := range p.views {
		n, err := p.keyView(v)
		if err != nil {
			return err
		}
		sent += n
	}
	if sent == 0 {
		if err := p.pen.key(p.views[0], 0); err != nil {
			return err
		}
	}
	p.pen.forget()
	return p.out.complete()
}

// keyView sends the tiles of one view and tells how many.
func (p *pump) keyView(v *view) (sent int, err error) {
	for i, stale := range v.keyed.stale {
		if !stale {
			continue
		}
		if err := p.pen.key(v, i); err != nil {
			return sent, err
		}
		v.keyed.stale[i] = false
		sent++
		if len(p.out.sealed) < packetBytes {
			continue
		}
		if err := p.out.dispatch(true, false); err != nil {
			return sent, err
		}
	}
	return sent, nil
}
