package viewer

import (
	"bufio"
	"fmt"
	"os"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"
)

const (
	windowEnv   = "DESKHAND_VIEWER_WINDOW" // set in the process that shows the window
	windowTitle = "viewer under test"
)

// TestMain runs the tests, or the window that some of them look at: Fyne's real driver needs the main goroutine.
func TestMain(m *testing.M) {
	if os.Getenv(windowEnv) != "" {
		runWindow()
		return
	}
	os.Exit(m.Run())
}

// runWindow shows a viewer with something above it. It prints events and answers commands from standard input.
func runWindow() {
	a := app.NewWithID("org.deskhand.viewertest")
	w := a.NewWindow(windowTitle)
	v := New()
	v.OnEvent = func(e Event) { fmt.Println(e) }
	v.OnKey = func(n fyne.KeyName) bool { return n == fyne.KeyF12 }
	above := widget.NewLabel("above")
	w.SetContent(container.NewBorder(above, nil, nil, nil, v))
	w.SetPadded(false)
	w.Resize(fyne.NewSize(500, 400))
	v.Update(gradient(1100, 900), nil)
	v.SetControl(true)
	go answer(a, w, v) // ends with the process
	w.ShowAndRun()
}

func answer(a fyne.App, w fyne.Window, v *Viewer) {
	in := bufio.NewScanner(os.Stdin)
	for in.Scan() {
		fyne.DoAndWait(func() {
			switch in.Text() {
			case "fit":
				v.SetMode(Fit, 0)
			case "actual":
				v.SetMode(Actual, 0)
			case "zoom":
				v.SetMode(Zoom, 150)
			case "other":
				other := a.NewWindow("other window")
				other.Resize(fyne.NewSize(200, 100))
				other.Show()
			}
		})
		fmt.Println("done", in.Text())
	}
	fyne.Do(w.Close)
}
