//go:build linux

package viewer

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// patience is how long anything may take before the test gives up.
const patience = 30 * time.Second

// desk is an X display of its own with a window manager and the window under test.
type desk struct {
	t       *testing.T
	display string
	window  string // X's number
	frame   string // file with what is on the screen
	lines   chan string
	stdin   io.Writer
	at      image.Point // where the viewer says that the pointer is
}

// start runs a program on the display until the test ends.
func (d *desk) start(env []string, name string, args ...string) *exec.Cmd {
	d.t.Helper()
	c := exec.Command(name, args...)
	c.Env = append(append(os.Environ(), "DISPLAY="+d.display, "LC_ALL=C.UTF-8", "XDG_RUNTIME_DIR="+d.t.TempDir()), env...)
	d.t.Cleanup(func() {
		if c.Process != nil {
			_ = c.Process.Kill()
			_ = c.Wait()
		}
	})
	return c
}

func (d *desk) must(err error) {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(err)
	}
}

// run runs a program to its end.
func (d *desk) run(name string, args ...string) string {
	d.t.Helper()
	c := exec.Command(name, args...)
	c.Env = append(os.Environ(), "DISPLAY="+d.display)
	out, err := c.CombinedOutput()
	if err != nil {
		d.t.Fatalf("%s %v: %v\n%s", name, args, err, out)
	}
	return strings.TrimSpace(string(out))
}

// openDesk starts everything and waits until the window has the keyboard.
func openDesk(t *testing.T, layout, scale string) *desk {
	t.Helper()
	d := &desk{t: t, lines: make(chan string, 4096)} // more than a test ever makes; the reader waits when it is full
	frames := t.TempDir()
	d.frame = filepath.Join(frames, "Xvfb_screen0")
	numbers, number, err := os.Pipe() // Xvfb says which display it took
	d.must(err)
	x := d.start(nil, "Xvfb", "-displayfd", "3", "-screen", "0", "1200x1000x24", "-nolisten", "tcp", "-noreset", "-fbdir", frames)
	x.ExtraFiles = []*os.File{number}
	d.must(x.Start())
	d.must(number.Close())
	said, err := bufio.NewReader(numbers).ReadString('\n')
	d.must(err)
	d.display = ":" + strings.TrimSpace(said)
	d.run("setxkbmap", layout)
	d.must(d.start(nil, "openbox").Start())

	self, err := os.Executable()
	d.must(err)
	c := d.start([]string{
		windowEnv + "=1", "FYNE_SCALE=" + scale, "LIBGL_ALWAYS_SOFTWARE=1", "DBUS_SESSION_BUS_ADDRESS=" + d.bus(),
	}, self)
	out, err := c.StdoutPipe()
	d.must(err)
	d.stdin, err = c.StdinPipe()
	d.must(err)
	c.Stderr = os.Stderr
	d.must(c.Start())
	go func() { // ends with the process
		for s := bufio.NewScanner(out); s.Scan(); {
			d.lines <- s.Text()
		}
		close(d.lines)
	}()
	d.window = d.find()
	d.run("xdotool", "windowactivate", "--sync", d.window)
	d.click(250, 250)
	return d
}

// bus starts a session bus. A program that finds none starts one that nobody ever ends.
func (d *desk) bus() (address string) {
	d.t.Helper()
	c := d.start(nil, "dbus-daemon", "--session", "--nofork", "--nopidfile", "--print-address")
	out, err := c.StdoutPipe()
	d.must(err)
	d.must(c.Start())
	address, err = bufio.NewReader(out).ReadString('\n')
	d.must(err)
	return strings.TrimSpace(address)
}

// find gives the window's number. A search fails when a window of the window manager's goes while it looks.
func (d *desk) find() string {
	d.t.Helper()
	for end := time.Now().Add(patience); ; {
		c := exec.Command("xdotool", "search", "--sync", "--onlyvisible", "--name", windowTitle)
		c.Env = append(os.Environ(), "DISPLAY="+d.display)
		out, err := c.Output()
		if found := strings.Fields(string(out)); err == nil && len(found) > 0 {
			return found[0]
		}
		if time.Now().After(end) {
			d.t.Fatalf("there is no window: %v", err)
		}
	}
}

func (d *desk) next() string {
	d.t.Helper()
	select {
	case line, ok := <-d.lines:
		if !ok {
			d.t.Fatal("the window is gone")
		}
		_, _ = fmt.Sscanf(line, "move%d,%d", &d.at.X, &d.at.Y) // if it is one
		return line
	case <-time.After(patience):
		d.t.Fatal("nothing happens")
	}
	return ""
}

// until collects events up to one, without the pointer's moves.
func (d *desk) until(last string) (events []string) {
	d.t.Helper()
	for {
		e := d.next()
		if e == last {
			return events
		}
		if !strings.HasPrefix(e, "move") {
			events = append(events, e)
		}
	}
}

// told is what the viewer sent for what the hand did before. A key that nothing else uses marks the end.
func (d *desk) told() string {
	d.t.Helper()
	d.run("xdotool", "key", "F2")
	events := d.until("-" + Event{Kind: KeyUp, Key: KeyF1 + 1}.String()[1:])
	return strings.Join(events[:len(events)-1], " ") // its beginning
}

func (d *desk) click(x, y int) {
	d.t.Helper()
	d.run("xdotool", "mousemove", "--window", d.window, fmt.Sprint(x), fmt.Sprint(y), "click", "1")
	for !strings.HasPrefix(d.next(), "lift1") {
		continue
	}
}

// ask gives the window a command and tells what happened before its answer.
func (d *desk) ask(command string) (before []string) {
	d.t.Helper()
	_, err := fmt.Fprintln(d.stdin, command)
	d.must(err)
	return d.until("done " + command)
}

func xdo(text string) []string { return strings.Fields(text) }

func TestRealKeyboard(t *testing.T) {
	tests := []struct{ name, layout, do, want string }{
		{"letters", "us", "key a key shift+b key space key 1 key shift+1", "'a' 'B' ' ' '1' '!'"},
		{"control keys", "us", "key Return key Tab key BackSpace key Escape key Delete", "+Return -Return +Tab -Tab +BackSpace -BackSpace +Escape -Escape +Delete -Delete"},
		{"Shift+Tab", "us", "keydown shift key Tab keyup shift", "+ShiftL +Tab -Tab -ShiftL"},
		{"Shift alone", "us", "key Shift_L", "+ShiftL -ShiftL"},
		{
			"Fyne's own shortcuts", "us", "keydown ctrl key c key v key x key a key z key y keyup ctrl",
			"+CtrlL +c -c +v -v +x -x +a -a +z -z +y -y -CtrlL",
		},
		{
			"Insert and Delete", "us", "keydown shift key Insert key Delete keyup shift keydown ctrl key Insert keyup ctrl",
			"+ShiftL +Insert -Insert +Delete -Delete -ShiftL +CtrlL +Insert -Insert -CtrlL",
		},
		{"two modifiers", "us", "keydown ctrl keydown shift key t keyup shift keyup ctrl", "+CtrlL +ShiftL +t -t -ShiftL -CtrlL"},
		{"Alt and a letter", "us", "keydown alt key f keyup alt", "+AltL +f -f -AltL"},
		{"Alt alone", "us", "key Alt_L", "+AltL -AltL"},
		{"right Alt is Alt", "us", "keydown 108 key x keyup 108", "+AltR +x -x -AltR"},
		{"Super and a letter", "us", "keydown Super_L key y keyup Super_L", "+SuperL +y -y -SuperL"},
		{"F10", "us", "key F10", "+F10 -F10"},
		{"a key for the window", "us", "key F12", ""},
		{"umlauts", "de", "key udiaeresis key shift+odiaeresis key ssharp key z", "'ü' 'Ö' 'ß' 'z'"},
		{"AltGr", "de", "keydown ISO_Level3_Shift key q key e keyup ISO_Level3_Shift key q", "'@' '€' 'q'"},
		{"AltGr and Shift", "de", "keydown ISO_Level3_Shift keydown Shift_L key ssharp keyup Shift_L keyup ISO_Level3_Shift", "'¿'"},
		{"dead keys", "de", "key dead_acute key e key dead_circumflex key a", "'é' 'â'"},
		{"Ctrl with exchanged letters", "de", "keydown ctrl key z keyup ctrl", "+CtrlL +z -z -CtrlL"},
		{"keypad without NumLock", "us", "key KP_Home key KP_Up", "+Home -Home +Up -Up"},
		{"another alphabet", "ru", "key Cyrillic_ef keydown ctrl key Cyrillic_es keyup ctrl keydown alt key Cyrillic_a keyup alt", "'ф' +CtrlL +c -c -CtrlL +AltL +f -f -AltL"},
	}
	desks := map[string]*desk{}
	for _, test := range tests {
		if desks[test.layout] == nil {
			desks[test.layout] = openDesk(t, test.layout, "1")
		}
		d := desks[test.layout]
		t.Run(test.name, func(t *testing.T) {
			d.run("xdotool", xdo(test.do)...)
			if got := d.told(); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

func TestRealRepeatAndFocus(t *testing.T) {
	d := openDesk(t, "us", "1")
	count := func(event string, n int) {
		t.Helper()
		for n > 0 {
			if d.next() == event {
				n--
			}
		}
	}
	d.run("xdotool", "keydown", "a")
	count("'a'", 4)
	d.run("xdotool", "keyup", "a", "keydown", "Left")
	count("+Left", 4)
	d.run("xdotool", "keyup", "Left")
	d.told()
	d.run("xdotool", "keydown", "ctrl", "keydown", "Right")
	count("+Right", 2)
	if !slices.Contains(d.ask("other"), "!") { // a window that takes the keyboard
		d.until("!")
	}
	d.run("xdotool", "keyup", "Right", "keyup", "ctrl", "windowactivate", "--sync", d.window)
	d.click(250, 250)
	d.run("xdotool", "key", "b")
	if got := d.told(); got != "'b'" {
		t.Errorf("after the window was away: %s", got)
	}
}

func TestRealPointer(t *testing.T) {
	d := openDesk(t, "us", "1")
	d.ask("actual")
	tests := []struct {
		name, do string
		want     func(p image.Point) string
	}{
		{"double click", "click --repeat 2 --delay 30 1", func(p image.Point) string {
			one := fmt.Sprintf("press1@%d,%d lift1@%d,%d", p.X, p.Y, p.X, p.Y)
			return one + " " + one
		}},
		{"right", "click 3", func(p image.Point) string { return fmt.Sprintf("press3@%d,%d lift3@%d,%d", p.X, p.Y, p.X, p.Y) }},
		{"middle", "click 2", func(p image.Point) string { return fmt.Sprintf("press2@%d,%d lift2@%d,%d", p.X, p.Y, p.X, p.Y) }},
		{"wheel", "click 5 click 4", func(p image.Point) string {
			return fmt.Sprintf("wheel0,120@%d,%d wheel0,-120@%d,%d", p.X, p.Y, p.X, p.Y)
		}},
		{"Shift+wheel", "keydown shift click 5 keyup shift", func(p image.Point) string {
			return fmt.Sprintf("+ShiftL wheel0,120@%d,%d -ShiftL", p.X, p.Y)
		}},
		{"drag", "mousedown 1 mousemove_relative 30 20 mousemove_relative 10 0 mouseup 1", func(p image.Point) string {
			return fmt.Sprintf("press1@%d,%d lift1@%d,%d", p.X, p.Y, p.X+40, p.Y+20)
		}},
		{"drag out of the window", "mousedown 1 mousemove_relative 30 20 mousemove_relative 400 0 mouseup 1", func(p image.Point) string {
			return fmt.Sprintf("press1@%d,%d lift1@%d,%d !", p.X, p.Y, p.X+430, p.Y+20)
		}},
		{"drag with the right button", "mousedown 3 mousemove_relative 30 20 mouseup 3", func(p image.Point) string {
			return fmt.Sprintf("press3@%d,%d lift3@%d,%d", p.X, p.Y, p.X+30, p.Y+20)
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p := d.place(image.Pt(200, 200))
			d.run("xdotool", xdo(test.do)...)
			want := test.want(p)
			if got := d.some(len(strings.Fields(want))); got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
			if more := d.told(); more != "" {
				t.Errorf("and more: %s", more)
			}
		})
	}
}

// some gives the next events, without the pointer's moves. After clicks no key can mark the end: the window manager
// holds a click up until it has seen to the focus, and keys overtake it meanwhile.
func (d *desk) some(n int) string {
	d.t.Helper()
	var events []string
	for len(events) < n {
		if e := d.next(); !strings.HasPrefix(e, "move") {
			events = append(events, e)
		}
	}
	return strings.Join(events, " ")
}

// place moves the pointer to a pixel of the window and tells which pixel of the display the viewer takes that for.
func (d *desk) place(p image.Point) (at image.Point) {
	d.t.Helper()
	d.run("xdotool", "mousemove", "--window", d.window, fmt.Sprint(p.X), fmt.Sprint(p.Y))
	d.told() // Fyne handles keys before it looks where the pointer is
	d.told()
	return d.at
}

// TestRealPixels looks at what is really painted, at several scales of the screen, and points at it: at actual size the
// pixel under the pointer has to be the one that the viewer names.
func TestRealPixels(t *testing.T) {
	for _, scale := range []string{"1", "1.3", "2"} {
		t.Run(scale, func(t *testing.T) {
			d := openDesk(t, "us", scale)
			for _, mode := range []string{"actual", "zoom"} {
				d.ask(mode)
				d.compare(mode)
			}
		})
	}
}

// compare points at some places and looks what is painted there.
func (d *desk) compare(mode string) {
	d.t.Helper()
	var w, h int
	for _, line := range strings.Split(d.run("xdotool", "getwindowgeometry", "--shell", d.window), "\n") {
		_, _ = fmt.Sscanf(line, "WIDTH=%d", &w)
		_, _ = fmt.Sscanf(line, "HEIGHT=%d", &h)
	}
	r := rand.New(rand.NewPCG(8, 9))
	for range 12 {
		p := image.Pt(5+r.IntN(w-50), h/3+r.IntN(h/2))
		at := d.place(p)
		var screen image.Point
		_, err := fmt.Sscanf(d.run("xdotool", "getmouselocation"), "x:%d y:%d", &screen.X, &screen.Y)
		d.must(err)
		d.place(image.Pt(2, 2)) // Xvfb paints its cursor into the same memory
		got := d.pixel(screen.X, screen.Y)
		want := place(at.X, at.Y)
		slack := 0
		if mode == "zoom" { // enlarged pixels are means of two at their edges
			slack = 1
		}
		if off := max(abs(int(got.R)-int(want.R)), abs(int(got.G)-int(want.G))); off > slack && off < 255-slack {
			d.t.Errorf("%s: %v is painted %v, which is not pixel %v (%v)", mode, p, got, at, want)
		}
	}
}

// pixel reads Xvfb's copy of the screen, a file in X's window dump format with 32 bits a pixel.
func (d *desk) pixel(x, y int) color.RGBA {
	d.t.Helper()
	f, err := os.ReadFile(d.frame)
	d.must(err)
	field := func(i int) int { return int(binary.BigEndian.Uint32(f[4*i:])) }
	const bitsPerPixel, bytesPerLine, colors = 11, 12, 19
	if field(bitsPerPixel) != 32 {
		d.t.Fatalf("%d bits a pixel", field(bitsPerPixel))
	}
	at := f[field(0)+12*field(colors)+y*field(bytesPerLine)+4*x:]
	return color.RGBA{R: at[2], G: at[1], B: at[0], A: 255}
}

func abs(n int) int { return max(n, -n) }
