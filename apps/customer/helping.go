package main

import (
	"context"
	"errors"
	"log/slog"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"

	"deskhand/apps/customer/internal/help"
	"deskhand/apps/customer/internal/join"
	"deskhand/apps/internal/facts"
	"deskhand/apps/internal/overlay"
	"deskhand/apps/internal/rest"
	"deskhand/apps/internal/session"
	"deskhand/protocol/code"
	"deskhand/protocol/fault"
	"deskhand/ui/lang"
	"deskhand/ui/theme"
)

// program ties the tries to get into a session, and the session, to the window. It implements help.Way; those methods
// and everything below `window` belong to the UI goroutine. Its goroutines are counted in all and awaited by run.
type program struct {
	o      options
	way    way
	logger *slog.Logger
	life   context.Context
	end    context.CancelFunc
	all    sync.WaitGroup

	app     fyne.App
	loop    *rest.Loop // Fyne's
	window  *help.Window
	current *try   // nil when there is none
	last    target // what Retry joins
	failure error
}

func newProgram(o options, w way, logger *slog.Logger) *program {
	return &program{o: o, way: w, logger: logger}
}

// run shows the window until the person, or a signal, ends the program.
func (p *program) run() error {
	if err := overlay.Ready(); err != nil {
		return err
	}
	var stop context.CancelFunc
	p.life, stop = signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	p.life, p.end = context.WithCancel(p.life)
	p.app = app.NewWithID("org.deskhand.customer")
	p.loop = rest.New(fyne.Do, time.Now)
	p.app.Settings().SetTheme(theme.New(theme.Options{Customer: true}))
	p.window = help.New(help.Config{
		App: p.app, Way: p, Texts: lang.New(lang.Pick(facts.Languages()...)), Logger: p.logger, Clock: time.Now,
		WorkArea: overlay.WorkArea, Compact: p.o.share, Tray: p.o.tray,
	})
	p.app.Lifecycle().SetOnStarted(p.started)
	p.all.Go(func() { p.loop.Run(p.life) })
	p.all.Go(func() {
		<-p.life.Done()
		p.loop.Post(p.app.Quit)
	})
	p.app.Run()
	p.end()
	p.all.Wait()
	return p.failure
}

func (p *program) started() {
	switch {
	case p.way.Relay == "":
		p.window.ShowNoRelay(p.way.damaged)
	case p.way.Code == "" && p.way.Ticket == "":
		p.window.ShowCode("", "")
	default:
		p.begin(target{p.way.Code, p.way.Ticket})
	}
}

// scripted says that nobody needs to be at the screen: what goes wrong on the way in ends the program.
func (p *program) scripted() bool { return p.o.share && p.way.Code != "" }

// Join implements help.Way.
func (p *program) Join(c code.Code) { p.begin(target{code: c}) }

// Retry implements help.Way.
func (p *program) Retry() { p.begin(p.last) }

// Cancel implements help.Way.
func (p *program) Cancel() {
	if p.current != nil {
		p.current.giveUp()
		p.current = nil
	}
}

// Hold implements help.Way.
func (p *program) Hold(on bool) {
	if p.current != nil {
		p.current.gate.Hold(on)
	}
}

// Quit implements help.Way.
func (p *program) Quit() { p.end() }

// begin makes a new try; the one before is given up.
func (p *program) begin(to target) {
	p.Cancel()
	p.last, p.current = to, newTry(p, to)
	p.window.ShowJoining(join.Snapshot{})
	p.all.Go(p.current.run)
}

// fail ends the program with what went wrong.
func (p *program) fail(r fault.Reason) {
	p.failure = errors.New(r.Sentence())
	p.end()
}

// consent is what the person has typed at the command line.
func (p *program) consent() *session.Consent {
	if !p.o.share {
		return nil
	}
	return &session.Consent{See: true, Control: true}
}
