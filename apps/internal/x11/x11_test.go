package x11_test

import (
	"errors"
	"sync"
	"testing"

	"github.com/jezek/xgb/randr"
	"github.com/jezek/xgb/shm"
	"github.com/jezek/xgb/xproto"

	"deskhand/apps/internal/x11"
	"deskhand/apps/internal/x11/x11test"
)

func TestConnections(t *testing.T) {
	display := x11test.Start(t, 320, 200)

	t.Run("displays", func(t *testing.T) {
		c := x11test.Connect(t, display, nil)
		if _, err := c.UseDisplays(); err != nil {
			t.Fatal(err)
		}
		got, err := c.Displays()
		if err != nil || len(got) != 1 || got[0].W != 320 || got[0].H != 200 || got[0].ID != 0 {
			t.Fatalf("Displays = %+v, %v", got, err)
		}
		if c.Nested(got) {
			t.Error("Xvfb counts as a guest of Wayland")
		}
	})
	t.Run("error of an extension", func(t *testing.T) {
		c := x11test.Connect(t, display, nil)
		if _, err := c.Use("MIT-SHM"); err != nil {
			t.Fatal(err)
		}
		// A segment that nobody attached: the reply never comes, an error with a code of the extension does.
		_, err := shm.GetImage(c.Conn, xproto.Drawable(c.Screen.Root), 0, 0, 1, 1, ^uint32(0), xproto.ImageFormatZPixmap, 1, 0).Reply()
		if err == nil {
			t.Fatal("no error")
		}
		if _, err := xproto.GetInputFocus(c.Conn).Reply(); err != nil {
			t.Fatalf("the connection is of no use afterwards: %v", err)
		}
	})
	t.Run("missing extension", func(t *testing.T) {
		c := x11test.Connect(t, display, nil)
		if _, err := c.Use("NO-SUCH-THING"); !errors.Is(err, x11.ErrMissing) {
			t.Fatalf("Use = %v", err)
		}
	})
	t.Run("no such screen", func(t *testing.T) {
		if c, err := x11.Open(display+".7", nil); err == nil {
			c.Close()
			t.Fatal("opened a screen that is not there")
		}
	})
	t.Run("closing twice", func(t *testing.T) {
		c, err := x11.Open(display, nil)
		if err != nil {
			t.Fatal(err)
		}
		c.Close()
		c.Close()
		if _, err := xproto.GetInputFocus(c.Conn).Reply(); err == nil {
			t.Fatal("a closed connection answers")
		}
	})
}

// TestBatch asks for much before it takes the first answer, while others ask, too.
func TestBatch(t *testing.T) {
	c := x11test.Connect(t, x11test.Start(t, 320, 200), nil)
	var all sync.WaitGroup
	all.Go(func() {
		for range 200 {
			if _, err := xproto.GetInputFocus(c.Conn).Reply(); err != nil {
				t.Error(err)
				return
			}
		}
	})
	for range 20 {
		var asked []xproto.GetGeometryCookie
		err := c.Batch(func() {
			for range x11.MaxBatch {
				asked = append(asked, xproto.GetGeometry(c.Conn, xproto.Drawable(c.Screen.Root)))
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range asked {
			if r, err := a.Reply(); err != nil || r.Width != 320 || r.Height != 200 {
				t.Fatalf("answer %+v, %v", r, err)
			}
		}
	}
	all.Wait()
	c.Close()
	if err := c.Batch(func() { xproto.NoOperation(c.Conn) }); err == nil {
		t.Error("a closed connection takes a batch")
	}
}

// TestSideBySide opens connections with extensions while others get events, which xgb alone cannot do.
func TestSideBySide(t *testing.T) {
	display := x11test.Start(t, 320, 200)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			seen := make(chan byte, 64)
			c, err := x11.Open(display, func(event []byte) { seen <- event[0] & 0x7f })
			if err != nil {
				t.Error(err)
				return
			}
			defer c.Close()
			ext, err := c.UseDisplays()
			if err != nil {
				t.Error(err)
				return
			}
			if ext.FirstEvent < 64 {
				t.Errorf("RANDR's events begin with %d", ext.FirstEvent)
			}
			win, _ := xproto.NewWindowId(c.Conn)
			xproto.CreateWindow(c.Conn, 0, win, c.Screen.Root, 0, 0, 9, 9, 0, xproto.WindowClassInputOutput, 0,
				xproto.CwEventMask, []uint32{xproto.EventMaskStructureNotify})
			xproto.MapWindow(c.Conn, win)
			if kind := <-seen; kind != xproto.MapNotify && kind != ext.FirstEvent+randr.Notify {
				t.Errorf("event %d", kind)
			}
		})
	}
	all.Wait()
}
