package main

import (
	"context"
	"errors"
	"fmt"
	"image"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"

	"deskhand/apps/internal/facts"
	"deskhand/apps/internal/grab"
	"deskhand/apps/internal/link"
	"deskhand/apps/internal/overlay"
	"deskhand/apps/internal/prefs"
	"deskhand/apps/internal/rest"
	"deskhand/apps/internal/session"
	"deskhand/apps/internal/surface"
	"deskhand/apps/rep/internal/attend"
	"deskhand/apps/rep/internal/console"
	"deskhand/apps/rep/internal/desk"
	"deskhand/apps/rep/internal/paint"
	"deskhand/apps/rep/internal/prompt"
	"deskhand/protocol/fault"
	"deskhand/ui/lang"
	"deskhand/ui/viewer"
)

// station ties the rep's desk and sessions to the windows. Its goroutines are counted in all and awaited by run.
type station struct {
	o       options
	logger  *slog.Logger
	prefs   *prefs.Store
	app     fyne.App
	loop    *rest.Loop // Fyne's
	console *console.Console
	life    context.Context
	end     context.CancelFunc
	all     sync.WaitGroup
	loops   *loops
	failure error // of a start from the command line; written on the UI goroutine
}

func newStation(o options, logger *slog.Logger) *station {
	return &station{o: o, logger: logger, loops: &loops{of: map[string]*paint.Loop{}}}
}

// run shows the windows until the rep exits.
func (s *station) run() error {
	if err := overlay.Ready(); err != nil {
		return err
	}
	dir, err := os.UserConfigDir()
	if err != nil {
		return fmt.Errorf("there is no folder for settings: %w", err)
	}
	var stop context.CancelFunc
	s.life, stop = signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	s.life, s.end = context.WithCancel(s.life)
	s.prefs = prefs.Open(prefs.Path(dir, "rep"), s.logger)
	s.app = app.NewWithID("org.deskhand.rep")
	s.loop = rest.New(fyne.Do, time.Now)
	s.console = console.New(console.Config{
		App: s.app, Life: s.life, Post: s.loop.Brief, Prefs: s.prefs, Logger: s.logger, Clock: time.Now,
		Language: language, WorkArea: overlay.WorkArea, Login: s.signIn, Quit: s.end,
		OpenViewer: s.o.openViewer, Accept: s.o.accept,
		Paint:   func(id string, l *paint.Loop) func() { return s.loops.run(s.life, &s.all, id, l) },
		Surface: openSurface, Hook: s.hook(), Figures: figures, Thumbnail: thumbnail,
		Prompt: prompt.New(fyne.Do, s.logger).Switch,
	})
	s.app.Lifecycle().SetOnStarted(s.started)
	s.all.Go(func() { s.loop.Run(s.life) })
	s.all.Go(func() {
		<-s.life.Done()
		s.loop.Post(s.app.Quit)
	})
	s.app.Run()
	s.end()
	s.all.Wait()
	return s.failure
}

// figures tells how a session's picture comes.
func figures(a *attend.Attended) console.Figures {
	f := a.Figures()
	return console.Figures{Delay: f.Delay, Bits: f.Bits, Frames: f.Frames, Parts: []console.Part{
		{Name: "exact", Share: f.Exact}, {Name: "photo", Share: f.Photo}, {Name: "VP8", Share: f.Film},
	}}
}

// thumbnail is a session's picture made small, if it is another one than was seen.
func thumbnail(a *attend.Attended, most image.Point, seen uint64) (image.Image, uint64) {
	step, _ := a.Picture.Newest()
	number := uint64(step) + 1
	if number == seen {
		return nil, seen
	}
	img, ok := paint.Thumbnail(a.Picture, most)
	if !ok {
		return nil, 0
	}
	return img, number
}

// openSurface makes a surface in a window, see surface.Open.
func openSurface(parent uintptr, exposed func()) (viewer.Surface, error) {
	s, err := surface.Open(surface.Config{Parent: parent, Exposed: exposed})
	if err != nil {
		return nil, err
	}
	return s, nil
}

// hook takes the keys that the system keeps for itself, where that is possible; see grab.Take.
func (s *station) hook() func(uintptr, func(uint32, bool)) (func(), error) {
	if !grab.Possible() {
		return nil
	}
	return func(window uintptr, key func(sym uint32, down bool)) (func(), error) {
		return grab.Take(grab.Config{Window: window, Logger: s.logger, Key: func(sym uint32, down bool) {
			s.loop.Post(func() { key(sym, down) })
		}})
	}
}

// language is the one that the rep chose, or the system's.
func language(preferred string) string {
	if preferred != "" {
		return preferred
	}
	return lang.Pick(facts.Languages()...)
}

// started logs in with what the command line gave, or asks.
func (s *station) started() {
	given := console.Credentials{Relay: s.o.relay, Key: s.o.key, Login: s.o.login}
	if s.o.passwordFile == "" {
		s.console.ShowLogin(given, "")
		return
	}
	password, err := s.o.password()
	if err != nil {
		s.fail(err)
		return
	}
	given.Password = password
	s.signIn(given, func(err error) {
		if err != nil {
			s.loop.Post(func() { s.fail(errors.New(fault.Sentence(err))) })
		}
	})
}

// fail ends the program with what went wrong.
func (s *station) fail(err error) {
	s.failure = err
	s.end()
}

// signIn connects and logs in; done is called from another goroutine.
func (s *station) signIn(c console.Credentials, done func(error)) {
	s.all.Go(func() { done(s.work(c)) })
}

// work connects, logs in and, when that was right, starts everything that lasts as long as the login.
func (s *station) work(c console.Credentials) error {
	l, err := link.New(link.Config{Address: c.Relay, Key: c.Key, Clock: time.Now, Logger: s.logger, Proxy: link.SystemProxy})
	if err != nil {
		return err
	}
	life, end := context.WithCancel(s.life)
	s.all.Go(func() {
		if err := l.Run(life); err != nil && life.Err() == nil {
			s.logger.Warn("the link ended", "err", err)
		}
	})
	over := session.Through(l)
	d := desk.New(desk.Config{Link: over, Facts: facts.Read(), Clock: time.Now, Logger: s.logger})
	ctx, cancel := context.WithTimeout(life, loginTime)
	defer cancel()
	if err := d.Login(ctx, c.Login, c.Password); err != nil {
		end()
		return err
	}
	s.remember(c)
	w := &watchers{station: s, desk: d, pending: map[string]*atomic.Bool{}}
	hall := attend.New(attend.Config{
		Link: over, Token: d.Token, Facts: facts.Read(), Logger: s.logger, OnChanged: w.session, OnPicture: w.picture,
	})
	s.loop.Post(func() { s.console.Open(d, hall, d.Snapshot()) })
	s.all.Go(func() { logEnd(s.logger, "sessions", hall.Run(life)) })
	s.all.Go(func() {
		defer end()
		err := d.Run(life)
		if life.Err() == nil {
			displaced := d.Snapshot().Displaced
			s.loop.Post(func() { s.console.SignedOut(displaced, err) })
		}
	})
	s.all.Go(func() { w.run(life, hall) })
	if s.o.newCode != "" {
		s.all.Go(func() { s.makeCode(life, d) })
	}
	return nil
}

// loginTime is how long a login may take, the connection included.
const loginTime = 20 * time.Second

func logEnd(logger *slog.Logger, what string, err error) {
	if err != nil {
		logger.Warn("a part of the console ended", "part", what, "err", err)
	}
}

// remember keeps what the login window offers next time; never the password.
func (s *station) remember(c console.Credentials) {
	err := s.prefs.Update(s.life, func(p *prefs.Settings) { p.Relay, p.RelayKey, p.Login = c.Relay, c.Key, c.Login })
	if err != nil {
		s.logger.Warn("the settings could not be saved", "err", err)
	}
}

// makeCode makes the code that the command line asked for, on the rep's first phone-mode portal, and writes it down.
func (s *station) makeCode(ctx context.Context, d *desk.Desk) {
	err := func() error {
		for _, p := range d.Snapshot().Portals {
			if p.Mode != desk.ModePhone {
				continue
			}
			c, err := d.CreateCode(ctx, s.o.newCode, p.Slug)
			if err != nil || s.o.codeFile == "" {
				return err
			}
			return writeWhole(s.o.codeFile, c.Code+"\n")
		}
		return fault.New(fault.PortalUnknown, errors.New("no phone-mode portal"))
	}()
	if err != nil && ctx.Err() == nil {
		s.loop.Post(func() { s.fail(fmt.Errorf("the code could not be made: %s", sentence(err))) })
	}
}

// sentence is what a person should read about an error of the relay or of a file.
func sentence(err error) string {
	var onDisk *os.PathError
	if errors.As(err, &onDisk) {
		return onDisk.Error()
	}
	return fault.Sentence(err)
}

// writeWhole writes a file so that whoever waits for it never sees half of it.
func writeWhole(path, text string) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".deskhand-*")
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}
