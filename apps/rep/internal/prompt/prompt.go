// Package prompt makes a Fyne application hear of input at once. Fyne's loop looks for input sixty times a second, which
// lets a key wait eight milliseconds on average. While Input is on, something outside of that loop notices that input has
// come, and has the UI goroutine look for it then; while it is off, nothing happens at all.
//
// Switch belongs to the UI goroutine. What is posted merges: at most one look waits for that goroutine, and looks are at
// least gap apart, whatever a fast mouse sends. A look never begins within another one, and never on another thread, as a
// function may that is posted while the application ends.
//
// On X11 it is the program's own connection to the server that says so, on Windows the time of the last input, see
// awaited there. Fyne gives pointer moves to widgets only in its own turns, so it is keys, characters and buttons that gain.
package prompt

import (
	"errors"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/go-gl/glfw/v3.4/glfw"

	"deskhand/apps/internal/uithread"
)

// gap is the least time between two looks.
const gap = 2 * time.Millisecond

// ErrNone says that input cannot be awaited here; it then comes as Fyne looks for it.
var ErrNone = errors.New("prompt: not on this system")

// Input has the UI goroutine look for input. The zero value does not work; see New.
type Input struct {
	post   uithread.Post
	logger *slog.Logger
	watch  func(came func()) (stop func(), err error) // calls came when there is input, until stop returns
	look   func()                                     // has Fyne's callbacks run
	thread func() int

	stop    func() // nil while off
	owner   int    // thread of the UI goroutine
	looking bool
	waiting atomic.Bool // a look has been posted
	looks   atomic.Uint64
}

// New makes an Input that is off.
func New(post uithread.Post, logger *slog.Logger) *Input {
	return &Input{post: post, logger: logger, watch: watch, look: glfw.PollEvents, thread: thread}
}

// Looks counts how often the UI goroutine has looked.
func (i *Input) Looks() uint64 { return i.looks.Load() }

// Switch sets whether input is wanted at once. When it goes off, it waits for the goroutine that watched.
func (i *Input) Switch(on bool) {
	switch {
	case on && i.stop == nil:
		i.owner = i.thread()
		stop, err := i.watch(i.came)
		if err != nil {
			i.logger.Debug("input waits for Fyne's turn", "err", err)
			stop = func() {}
		}
		i.stop = stop
	case !on && i.stop != nil:
		i.stop()
		i.stop = nil
	}
}

// came is called on the watching goroutine.
func (i *Input) came() {
	if i.waiting.Swap(true) {
		return
	}
	i.post(i.turn)
}

// turn looks for input, in a turn of the UI goroutine.
func (i *Input) turn() {
	i.waiting.Store(false)
	if i.thread() != i.owner || i.looking || i.stop == nil {
		return
	}
	i.looking = true
	defer func() { i.looking = false }()
	i.looks.Add(1)
	i.look()
}
