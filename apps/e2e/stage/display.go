package stage

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"
)

// Display is an X server of its own with a window manager.
type Display struct {
	Name string // ":5"

	stage *Stage
	conn  *xgb.Conn
	bus   string // address of the session bus
}

// Display starts Xvfb with a free display number, a session bus, openbox and, where layout is not empty, that keyboard layout.
func (s *Stage) Display(ctx context.Context, name string, size image.Point, layout string) (*Display, error) {
	r, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	x, err := s.Start(Command{Name: "xvfb-" + name, Path: "sh", Args: []string{
		"-c", fmt.Sprintf("exec Xvfb -displayfd 3 -screen 0 %dx%dx24 +extension GLX -nolisten tcp -noreset 3>/proc/%d/fd/%d",
			size.X, size.Y, os.Getpid(), w.Fd()),
	}})
	if err != nil {
		return nil, errors.Join(err, w.Close())
	}
	number, err := readNumber(ctx, r, x)
	w.Close()
	if err != nil {
		return nil, err
	}
	d := &Display{Name: ":" + number, stage: s}
	xgb.Logger.SetOutput(io.Discard) // it would tell that there is no authority file
	if d.conn, err = xgb.NewConnDisplay(d.Name); err != nil {
		return nil, fmt.Errorf("connect to display %s: %w", d.Name, err)
	}
	if layout != "" {
		if _, err := d.run(ctx, "setxkbmap", layout); err != nil {
			return nil, err
		}
	}
	// A program that finds no session bus starts one that nobody ever ends.
	bus, err := s.Start(Command{
		Name: "bus-" + name, Path: "dbus-daemon", Args: []string{"--session", "--nofork", "--nopidfile", "--print-address"},
	})
	if err != nil {
		return nil, err
	}
	if d.bus, err = bus.Line(ctx, "guid="); err != nil {
		return nil, err
	}
	return d, d.manage(ctx, name)
}

// manage starts the window manager and waits until it takes windows: those that are mapped earlier it would lose.
func (d *Display) manage(ctx context.Context, name string) error {
	manager, err := d.Start(Command{Name: "openbox-" + name, Path: "openbox", Args: []string{"--sm-disable", "--startup", "echo managing"}})
	if err != nil {
		return err
	}
	_, err = manager.Line(ctx, "managing")
	return err
}

// readNumber gives the display number that Xvfb writes once it is ready.
func readNumber(ctx context.Context, r *os.File, x *Program) (string, error) {
	got := make(chan string, 1)
	go func() {
		buf := make([]byte, 16)
		n, _ := r.Read(buf)
		got <- strings.TrimSpace(string(buf[:n]))
	}()
	select {
	case number := <-got:
		if _, err := strconv.Atoi(number); err != nil {
			return "", fmt.Errorf("xvfb gave no display number: %s", x.Output())
		}
		return number, nil
	case <-x.done:
		return "", fmt.Errorf("xvfb ended: %s", x.Output())
	case <-ctx.Done():
		return "", fmt.Errorf("xvfb: %w", ctx.Err())
	}
}

// Start runs a command on this display.
func (d *Display) Start(c Command) (*Program, error) {
	c.Env = append(c.Env, "DISPLAY="+d.Name, "WAYLAND_DISPLAY=", "XDG_SESSION_TYPE=x11", "DBUS_SESSION_BUS_ADDRESS="+d.bus)
	return d.stage.Start(c)
}

// run executes a short helper program on this display and returns what it printed.
func (d *Display) run(ctx context.Context, path string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Env = append(os.Environ(), "DISPLAY="+d.Name, "LC_ALL=C.UTF-8") // xdotool reads its text by the locale
	out, err := cmd.CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%s %s: %w: %s", path, strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out)), nil
}

// Until asks again, every 20 ms, until what was asked for holds or ctx ends.
func (d *Display) Until(ctx context.Context, what string, holds func() (bool, error)) error {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		ok, err := holds()
		if ok || err != nil {
			return err
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return fmt.Errorf("display %s: waiting for %s: %w", d.Name, what, ctx.Err())
		}
	}
}

func (d *Display) root() xproto.Window { return xproto.Setup(d.conn).DefaultScreen(d.conn).Root }

func (d *Display) property(w xproto.Window, name string) ([]byte, error) {
	atom, err := xproto.InternAtom(d.conn, false, uint16(len(name)), name).Reply()
	if err != nil {
		return nil, err
	}
	got, err := xproto.GetProperty(d.conn, false, w, atom.Atom, xproto.GetPropertyTypeAny, 0, 1<<16).Reply()
	if err != nil {
		return nil, nil //nolint:nilerr // a window that has just gone has no properties
	}
	return got.Value, nil
}

// Picture reads all pixels of the display.
func (d *Display) Picture() (*image.RGBA, error) {
	screen := xproto.Setup(d.conn).DefaultScreen(d.conn)
	return d.grab(image.Rect(0, 0, int(screen.WidthInPixels), int(screen.HeightInPixels)))
}

func (d *Display) grab(r image.Rectangle) (*image.RGBA, error) {
	reply, err := xproto.GetImage(d.conn, xproto.ImageFormatZPixmap, xproto.Drawable(d.root()), int16(r.Min.X), int16(r.Min.Y),
		uint16(r.Dx()), uint16(r.Dy()), ^uint32(0)).Reply()
	if err != nil {
		return nil, fmt.Errorf("read pixels of %s: %w", d.Name, err)
	}
	img := image.NewRGBA(image.Rect(0, 0, r.Dx(), r.Dy()))
	for i := 0; i+3 < len(reply.Data) && i+3 < len(img.Pix); i += 4 {
		img.Pix[i], img.Pix[i+1], img.Pix[i+2], img.Pix[i+3] = reply.Data[i+2], reply.Data[i+1], reply.Data[i], 255
	}
	return img, nil
}

// Still waits until the display has come to rest and then takes a picture of it.
func (d *Display) Still(ctx context.Context, name string) error {
	screen := xproto.Setup(d.conn).DefaultScreen(d.conn)
	img, err := d.Rest(ctx, image.Rect(0, 0, int(screen.WidthInPixels), int(screen.HeightInPixels)))
	if err != nil {
		return err
	}
	return d.stage.write(name, img)
}

// Rest waits until a part of the display has not changed for half a second and gives its pixels. What never comes to rest (a
// blinking cursor, a countdown) is taken after three seconds.
func (d *Display) Rest(ctx context.Context, part image.Rectangle) (*image.RGBA, error) {
	last, err := d.grab(part)
	if err != nil {
		return nil, err
	}
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for same, total := 0, 0; same < 5 && total < 30; total++ {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		now, err := d.grab(part)
		if err != nil {
			return nil, err
		}
		if same++; !bytes.Equal(now.Pix, last.Pix) {
			same = 0
		}
		last = now
	}
	return last, nil
}

// Screenshot writes a PNG of the whole display into the stage's folder.
func (d *Display) Screenshot(name string) error {
	img, err := d.Picture()
	if err != nil {
		return err
	}
	return d.stage.write(name, img)
}

func (s *Stage) write(name string, img image.Image) error {
	f, err := os.Create(filepath.Join(s.Dir, name+".png"))
	if err != nil {
		return err
	}
	return errors.Join(png.Encode(f, img), f.Close())
}
