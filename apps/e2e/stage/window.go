package stage

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"strconv"
	"strings"

	"github.com/jezek/xgb/xproto"
)

// Window is a visible top-level window.
type Window struct {
	ID    xproto.Window
	Title string

	on *Display
}

// Window waits for a visible window whose title holds text.
func (d *Display) Window(ctx context.Context, text string) (*Window, error) {
	var found *Window
	err := d.Until(ctx, fmt.Sprintf("a window %q", text), func() (bool, error) {
		all, err := d.Windows()
		for _, w := range all {
			if strings.Contains(w.Title, text) {
				found = w
			}
		}
		return found != nil, err
	})
	if err != nil {
		all, _ := d.Windows()
		return nil, fmt.Errorf("%w; windows: %v", err, titles(all))
	}
	return found, nil
}

// Gone waits until no visible window's title holds text.
func (d *Display) Gone(ctx context.Context, text string) error {
	return d.Until(ctx, fmt.Sprintf("the end of window %q", text), func() (bool, error) {
		all, err := d.Windows()
		for _, w := range all {
			if strings.Contains(w.Title, text) {
				return false, err
			}
		}
		return true, err
	})
}

func titles(all []*Window) []string {
	var t []string
	for _, w := range all {
		t = append(t, w.Title)
	}
	return t
}

// Windows lists the visible windows with a title, those that the window manager does not manage included.
func (d *Display) Windows() ([]*Window, error) {
	return d.visible(d.root(), 0)
}

func (d *Display) visible(parent xproto.Window, depth int) ([]*Window, error) {
	tree, err := xproto.QueryTree(d.conn, parent).Reply()
	if err != nil {
		return nil, nil //nolint:nilerr // the window has just gone
	}
	var all []*Window
	for _, id := range tree.Children {
		attributes, err := xproto.GetWindowAttributes(d.conn, id).Reply()
		if err != nil || attributes.MapState != xproto.MapStateViewable {
			continue
		}
		title, err := d.title(id)
		if err != nil {
			return nil, err
		}
		if title != "" {
			all = append(all, &Window{ID: id, Title: title, on: d})
		} else if depth < 2 {
			below, err := d.visible(id, depth+1)
			if err != nil {
				return nil, err
			}
			all = append(all, below...)
		}
	}
	return all, nil
}

func (d *Display) title(id xproto.Window) (string, error) {
	for _, name := range []string{"_NET_WM_NAME", "WM_NAME"} {
		if v, err := d.property(id, name); err != nil || len(v) > 0 {
			return string(v), err
		}
	}
	return "", nil
}

// Bounds is where the window's content lies on the display.
func (w *Window) Bounds() (image.Rectangle, error) {
	g, err := xproto.GetGeometry(w.on.conn, xproto.Drawable(w.ID)).Reply()
	if err != nil {
		return image.Rectangle{}, fmt.Errorf("window %q: %w", w.Title, err)
	}
	at, err := xproto.TranslateCoordinates(w.on.conn, w.ID, w.on.root(), 0, 0).Reply()
	if err != nil {
		return image.Rectangle{}, fmt.Errorf("window %q: %w", w.Title, err)
	}
	return image.Rect(0, 0, int(g.Width), int(g.Height)).Add(image.Pt(int(at.DstX), int(at.DstY))), nil
}

// Picture reads the window's pixels from the display, with whatever lies over it.
func (w *Window) Picture() (*image.RGBA, error) {
	bounds, err := w.Bounds()
	if err != nil {
		return nil, err
	}
	return w.on.grab(bounds.Intersect(image.Rect(0, 0, 1<<15, 1<<15)))
}

// Screenshot writes a PNG of the window into the stage's folder.
func (w *Window) Screenshot(name string) error {
	img, err := w.Picture()
	if err != nil {
		return err
	}
	return w.on.stage.write(name, img)
}

// Click presses the left button at a point of the window's content; negative coordinates count from right and bottom.
func (w *Window) Click(ctx context.Context, x, y int) error {
	bounds, err := w.Bounds()
	if err != nil {
		return err
	}
	if x < 0 {
		x += bounds.Dx()
	}
	if y < 0 {
		y += bounds.Dy()
	}
	_, err = w.on.run(ctx, "xdotool", "mousemove", "--sync", strconv.Itoa(bounds.Min.X+x), strconv.Itoa(bounds.Min.Y+y), "click", "1")
	return err
}

// ClickColour waits for an area of exactly this colour, at least 30 by 12 pixels large, and clicks into it: each window has
// one main action, and only that is painted in the accent colour. Of several areas the lowest is taken.
func (w *Window) ClickColour(ctx context.Context, c color.RGBA) error {
	at, err := w.waitColour(ctx, c)
	if err != nil {
		return err
	}
	return w.Click(ctx, at.X, at.Y)
}

// WaitColour waits until there is such an area.
func (w *Window) WaitColour(ctx context.Context, c color.RGBA) error {
	_, err := w.waitColour(ctx, c)
	return err
}

// GoneColour waits until there is no such area any more.
func (w *Window) GoneColour(ctx context.Context, c color.RGBA) error {
	return w.on.Until(ctx, fmt.Sprintf("colour %v to leave %q", c, w.Title), func() (bool, error) {
		img, err := w.Picture()
		if err != nil {
			return false, err
		}
		_, there := find(img, c)
		return !there, nil
	})
}

func (w *Window) waitColour(ctx context.Context, c color.RGBA) (at image.Point, err error) {
	err = w.on.Until(ctx, fmt.Sprintf("a button of colour %v in %q", c, w.Title), func() (bool, error) {
		img, err := w.Picture()
		if err != nil {
			return false, err
		}
		var ok bool
		at, ok = find(img, c)
		return ok, nil
	})
	return at, err
}

// Spot is a place in a window's content; negative coordinates count from right and bottom.
type Spot struct{ X, Y int }

// ClickAt clicks a spot.
func (w *Window) ClickAt(ctx context.Context, s Spot) error { return w.Click(ctx, s.X, s.Y) }

// Close asks the window manager to close the window, as its close button does, and waits until it has gone.
func (w *Window) Close(ctx context.Context) error {
	if err := w.Focus(ctx); err != nil {
		return err
	}
	if _, err := w.on.run(ctx, "xdotool", "key", "--", "alt+F4"); err != nil {
		return err
	}
	return w.on.Until(ctx, fmt.Sprintf("window %q to close", w.Title), func() (bool, error) {
		all, err := w.on.Windows()
		for _, x := range all {
			if x.ID == w.ID {
				return false, err
			}
		}
		return true, err
	})
}

// find gives a point near the left edge of the lowest run of colour that is 30 pixels wide and 12 high.
func find(img *image.RGBA, c color.RGBA) (image.Point, bool) {
	b := img.Bounds()
	for y := b.Max.Y - 13; y >= b.Min.Y; y-- {
		run := 0
		for x := b.Min.X; x < b.Max.X; x++ {
			if img.RGBAAt(x, y) != c || img.RGBAAt(x, y+2) != c {
				run = 0
				continue
			}
			if run++; run == 30 {
				return image.Pt(x-15, y), true
			}
		}
	}
	return image.Point{}, false
}

// Type sends text to the focused window of the display, as a keyboard would.
func (d *Display) Type(ctx context.Context, text string) error {
	_, err := d.run(ctx, "xdotool", "type", "--delay", "30", "--", text)
	return err
}

// Key presses key combinations in xdotool's notation, for instance "ctrl+u".
func (d *Display) Key(ctx context.Context, keys ...string) error {
	_, err := d.run(ctx, "xdotool", append([]string{"key", "--delay", "30", "--"}, keys...)...)
	return err
}

// Focused gives the window that has the keyboard.
func (d *Display) Focused() (xproto.Window, error) {
	v, err := d.property(d.root(), "_NET_ACTIVE_WINDOW")
	if err != nil || len(v) < 4 {
		return 0, err
	}
	return xproto.Window(binary.LittleEndian.Uint32(v)), nil
}

// Move places the window's outer corner.
func (w *Window) Move(ctx context.Context, x, y int) error {
	_, err := w.on.run(ctx, "xdotool", "windowmove", "--sync", strconv.Itoa(int(w.ID)), strconv.Itoa(x), strconv.Itoa(y))
	return err
}

// Focus gives the window the keyboard and waits until it has it.
func (w *Window) Focus(ctx context.Context) error {
	_, err := w.on.run(ctx, "xdotool", "windowactivate", "--sync", strconv.Itoa(int(w.ID)))
	return err
}

// Changed waits until the window looks different from a picture taken before.
func (w *Window) Changed(ctx context.Context, before *image.RGBA) error {
	return w.on.Until(ctx, fmt.Sprintf("window %q to change", w.Title), func() (bool, error) {
		now, err := w.Picture()
		return err == nil && !bytes.Equal(now.Pix, before.Pix), err
	})
}
