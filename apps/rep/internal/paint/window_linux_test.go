package paint

import (
	"bufio"
	"context"
	"fmt"
	"image"
	"log/slog"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver"
	fw "fyne.io/fyne/v2/widget"

	"deskhand/apps/internal/grab"
	"deskhand/apps/internal/surface"
	"deskhand/protocol/frame"
	"deskhand/protocol/pixel"
	"deskhand/ui/viewer"
	"deskhand/ui/widget"
)

const (
	windowEnv   = "DESKHAND_PAINT_WINDOW" // set in the process that shows the window: "surface" or "fyne"
	windowTitle = "picture under test"
)

// TestMain runs the tests, or the window that some of them look at: Fyne's real driver needs the main goroutine.
func TestMain(m *testing.M) {
	if os.Getenv(windowEnv) != "" {
		runWindow(os.Getenv(windowEnv) == "surface")
		return
	}
	os.Exit(m.Run())
}

// stage is a Viewer with a loop in a window of Fyne's, as the rep console has it.
type stage struct {
	app    fyne.App
	window fyne.Window
	viewer *viewer.Viewer
	loop   *Loop
	tips   *widget.Tips
	source *fakeSource
	posted atomic.Bool
	parent uintptr

	release func()
}

// runWindow shows the window and answers commands from standard input until that ends.
func runWindow(native bool) {
	s := &stage{app: app.NewWithID("org.deskhand.painttest"), viewer: viewer.New()}
	s.source = newFake(frame.Display{ID: 0, W: 1920, H: 1080, Primary: true})
	s.source.change(0, image.Rect(0, 0, 1920, 1080), pattern(0))
	s.loop = New(Config{
		Source: s.source, Open: s.open, News: s.news, Logger: slog.New(slog.NewTextHandler(os.Stderr, nil)),
	})
	if !native {
		s.loop.cfg.Open = nil
	}
	s.build()
	s.window.Show()
	s.window.(driver.NativeWindow).RunNative(func(c any) {
		if c, ok := c.(driver.X11WindowContext); ok {
			s.parent = c.WindowHandle
		}
	})
	ctx, end := context.WithCancel(context.Background())
	var all sync.WaitGroup
	all.Go(func() { s.loop.Run(ctx) })
	go s.answer() // ends with the process
	s.app.Run()
	end()
	all.Wait()
}

func (s *stage) build() {
	s.window = s.app.NewWindow(windowTitle)
	s.window.SetPadded(false)
	s.viewer.OnEvent = func(e viewer.Event) { fmt.Println("event", e) }
	s.viewer.OnNeed = func() { s.loop.Take(s.viewer.Update) }
	s.viewer.Covered = func() bool { return s.tips.Text() != "" }
	s.viewer.SetControl(true)
	s.viewer.SetMode(viewer.Actual, 100)
	bar := widget.NewMenuBar(fyne.NewMenu("Menu",
		fyne.NewMenuItem("first", nil), fyne.NewMenuItem("second", nil), fyne.NewMenuItem("third", nil)))
	s.tips = widget.NewTips(container.NewBorder(bar, fw.NewLabel("foot"), nil, nil, s.viewer))
	s.window.SetContent(s.tips)
	s.window.Resize(fyne.NewSize(2000, 1200))
	s.viewer.SetPainter(s.loop.Painter())
}

func (s *stage) open(exposed func()) (viewer.Surface, error) {
	made, err := surface.Open(surface.Config{Parent: s.parent, Exposed: exposed})
	if err != nil {
		return nil, err
	}
	return made, nil
}

func (s *stage) news() {
	if s.posted.Swap(true) {
		return
	}
	fyne.Do(func() {
		s.posted.Store(false)
		shown, _ := s.loop.Shown()
		s.viewer.SetDisplay(shown.Size)
		if !s.viewer.Native() {
			s.loop.Take(s.viewer.Update)
		}
	})
}

// pattern paints a picture whose pixels say where they are; n makes each a different one.
func pattern(n int) func(pixel.Image) {
	return func(m pixel.Image) {
		for y := range m.H {
			row := m.Row(y)
			for x := range m.W {
				row[4*x], row[4*x+1], row[4*x+2], row[4*x+3] = byte(x), byte(y), byte(x>>8<<4|y>>8+n*37), 255
			}
		}
	}
}

func (s *stage) answer() {
	in := bufio.NewScanner(os.Stdin)
	for in.Scan() {
		s.do(in.Text())
		fmt.Println("done", in.Text())
	}
	fyne.Do(s.app.Quit)
}

func (s *stage) do(command string) {
	word, rest, _ := strings.Cut(command, " ")
	switch word {
	case "measure":
		s.measure(rest)
	case "native":
		fyne.DoAndWait(func() { fmt.Println("native", s.viewer.Native()) })
	case "mode":
		var mode, percent int
		_, _ = fmt.Sscan(rest, &mode, &percent)
		fyne.DoAndWait(func() { s.viewer.SetMode(viewer.Mode(mode), percent) })
	case "size":
		var w, h float32
		_, _ = fmt.Sscan(rest, &w, &h)
		fyne.DoAndWait(func() { s.window.Resize(fyne.NewSize(w, h)) })
	case "full":
		fyne.DoAndWait(func() { s.window.SetFullScreen(rest == "on") })
		time.Sleep(500 * time.Millisecond) // the window manager's part
	case "grab":
		release, err := grab.Take(grab.Config{Window: s.parent, Key: func(uint32, bool) {}})
		if err != nil {
			panic(err)
		}
		s.release = release
	case "ungrab":
		s.release()
	case "drawn":
		s.drawn()
	case "where":
		fyne.DoAndWait(func() {
			r := s.viewer.Place()
			fmt.Println("where", r.Min.X, r.Min.Y, r.Max.X, r.Max.Y)
		})
	case "notice":
		fyne.DoAndWait(func() { s.viewer.SetNotice(rest) })
	}
}

// drawn waits until the loop has painted what the viewer wants.
func (s *stage) drawn() {
	time.Sleep(100 * time.Millisecond) // Fyne's layout
	n := s.loop.Rounds()
	for range 3 {
		s.loop.Wake()
		for n == s.loop.Rounds() {
			time.Sleep(time.Millisecond)
		}
		n = s.loop.Rounds()
	}
}
