package prompt

import (
	"errors"
	"log/slog"
	"testing"

	"deskhand/apps/internal/uithread"
)

// stage is an Input whose surroundings are made up.
type stage struct {
	*Input
	queue  uithread.Queue
	came   func()
	starts int
	stops  int
	looked int
	on     int // the thread
	inside func()
	err    error
}

func newStage() *stage {
	s := &stage{on: 7}
	s.Input = New(s.queue.Post, slog.New(slog.DiscardHandler))
	s.thread = func() int { return s.on }
	s.look = func() {
		s.looked++
		if s.inside != nil {
			s.inside()
		}
	}
	s.watch = func(came func()) (func(), error) {
		s.starts++
		s.came = came
		return func() { s.stops++ }, s.err
	}
	return s
}

func TestMerges(t *testing.T) {
	s := newStage()
	s.Switch(true)
	for range 100 {
		s.came()
	}
	if n := s.queue.Drain(); n != 1 || s.looked != 1 {
		t.Errorf("%d posts and %d looks for a burst, want 1 and 1", n, s.looked)
	}
	s.came()
	if s.queue.Drain(); s.looked != 2 || s.Looks() != 2 {
		t.Errorf("%d looks, want 2", s.looked)
	}
}

func TestOffIsOff(t *testing.T) {
	s := newStage()
	if s.starts != 0 {
		t.Error("it watches from the beginning")
	}
	for range 3 {
		s.Switch(false)
		s.Switch(true)
		s.Switch(true)
	}
	if s.starts != 3 || s.stops != 2 {
		t.Errorf("%d starts and %d stops, want 3 and 2", s.starts, s.stops)
	}
	s.came() // and before it is looked at, the focus goes
	s.Switch(false)
	if s.queue.Drain(); s.looked != 0 || s.stops != 3 {
		t.Errorf("%d looks after the end, %d stops", s.looked, s.stops)
	}
}

// TestNoLookInALook has a callback of Fyne's post, and be told of more input, while it runs.
func TestNoLookInALook(t *testing.T) {
	s := newStage()
	s.post = func(f func()) { f() } // as at the end of the application
	s.Switch(true)
	s.inside = func() { s.came() }
	if s.came(); s.looked != 1 {
		t.Errorf("%d looks, want 1", s.looked)
	}
	s.inside = func() { s.Switch(false) } // a key that closes the window
	if s.came(); s.stops != 1 || s.stop != nil {
		t.Error("it cannot be switched off by what it brings")
	}
}

func TestOtherThread(t *testing.T) {
	s := newStage()
	s.Switch(true)
	s.came()
	s.on = 8
	if s.queue.Drain(); s.looked != 0 {
		t.Error("it looks on a thread that is not Fyne's")
	}
}

func TestNothingToWatch(t *testing.T) {
	s := newStage()
	s.err = errors.New("no display")
	s.Switch(true)
	s.Switch(false)
	if s.starts != 1 || s.stops != 0 {
		t.Errorf("%d starts, %d stops", s.starts, s.stops)
	}
}
