// Package x11 is a connection to an X server. It sends the requests of github.com/jezek/xgb and takes events off the
// wire itself, because xgb's own handling does not fit a program that keeps several connections for days: each
// extension's Init writes package-level maps that the readers of all other connections use without a lock; events
// longer than 32 bytes, as XInput2 sends them, derail its reader; and a connection whose events nobody collects stops.
// Of xgb's packages for extensions only the requests may be used, never Init: Use takes its place.
//
// A Conn may be used from several goroutines. Close waits for the goroutines of the connection, its own and xgb's.
package x11

import (
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"time"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"
)

// Conn is one connection. The embedded connection makes requests; its WaitForEvent must not be used.
type Conn struct {
	*xgb.Conn
	Screen *xproto.ScreenInfo
	Local  bool // the server is reached by a socket of this machine, so memory can be shared with it

	net   net.Conn
	wire  *filter
	batch sync.Mutex
	close sync.Once
	done  chan struct{} // closed when xgb's reader has ended
}

// Extension is where the server keeps an extension.
type Extension struct {
	Opcode     byte // major opcode
	FirstEvent byte
}

// patience bounds how long connecting and closing may take.
const patience = 5 * time.Second

// Open connects to a display such as ":1" or "host:10.0"; empty means $DISPLAY. Each event goes to handle, as it
// stands on the wire: at least 32 bytes, valid during the call. It is called on the reading goroutine, so it must not
// block and must not wait for replies. A nil handle drops them.
func Open(display string, handle func(event []byte)) (*Conn, error) {
	at, err := parseDisplay(display)
	if err != nil {
		return nil, fmt.Errorf("x11: %w", err)
	}
	raw, err := at.dial()
	if err != nil {
		return nil, fmt.Errorf("x11: %w", err)
	}
	if handle == nil {
		handle = func([]byte) {}
	}
	c, err := handshake(raw, at, handle)
	if err != nil {
		raw.Close()
		return nil, fmt.Errorf("x11: %w", err)
	}
	c.Screen = xproto.Setup(c.Conn).DefaultScreen(c.Conn)
	go c.drain()
	return c, nil
}

func handshake(raw net.Conn, at address, handle func([]byte)) (*Conn, error) {
	xgb.Logger.SetOutput(io.Discard) // it would write to the terminal that there is no authority file
	if err := raw.SetDeadline(time.Now().Add(patience)); err != nil {
		return nil, err
	}
	filtered := newFilter(raw, handle)
	connect := func() (*xgb.Conn, error) { return xgb.NewConnNet(filtered) }
	if cookie := at.cookie(); cookie != "" {
		connect = func() (*xgb.Conn, error) { return xgb.NewConnNetWithCookieHex(filtered, cookie) }
	}
	x, err := connect()
	if err != nil {
		return nil, err
	}
	x.DefaultScreen = at.screen
	c := &Conn{Conn: x, Local: at.host == "", net: raw, wire: filtered, done: make(chan struct{})}
	if at.screen >= len(xproto.Setup(x).Roots) {
		go c.drain()
		c.Close()
		return nil, fmt.Errorf("the display has no screen %d", at.screen)
	}
	return c, raw.SetDeadline(time.Time{})
}

// drain takes the errors of requests that nobody asked about, so that xgb's reader never waits.
func (c *Conn) drain() {
	defer close(c.done)
	for {
		if event, err := c.WaitForEvent(); event == nil && err == nil {
			return
		}
	}
}

// Done is closed when the connection has ended, for whatever reason.
func (c *Conn) Done() <-chan struct{} { return c.done }

// Close ends the connection and waits for its goroutines.
func (c *Conn) Close() {
	c.close.Do(func() {
		// A server that no longer answers must not hold us up.
		_ = c.net.SetDeadline(time.Now().Add(patience))
		c.Conn.Close()
		<-c.done
	})
}

// ErrMissing says that the server lacks an extension.
var ErrMissing = errors.New("x11: the server lacks an extension")

// Use makes the requests of an extension usable. xgb's packages know the extensions by their names on the wire.
func (c *Conn) Use(name string) (Extension, error) {
	r, err := xproto.QueryExtension(c.Conn, uint16(len(name)), name).Reply()
	if err != nil {
		return Extension{}, fmt.Errorf("x11: %s: %w", name, err)
	}
	if !r.Present {
		return Extension{}, fmt.Errorf("%w: %s", ErrMissing, name)
	}
	c.ExtLock.Lock()
	c.Extensions[name] = r.MajorOpcode
	c.ExtLock.Unlock()
	return Extension{r.MajorOpcode, r.FirstEvent}, nil
}

// Request sends a request that xgb has no function for and gives its reply; body begins after the four bytes of the
// header and is a multiple of four bytes long.
func (c *Conn) Request(major, minor byte, body []byte, reply bool) ([]byte, error) {
	b := make([]byte, 4, 4+len(body))
	b[0], b[1] = major, minor
	xgb.Put16(b[2:], uint16(len(body)/4+1))
	b = append(b, body...)
	cookie := c.NewCookie(true, reply)
	c.NewRequest(b, cookie)
	if reply {
		return cookie.Reply()
	}
	return nil, cookie.Check()
}

// MaxBatch is how many requests a batch may hold: xgb itself waits for a reply when a thousand are on their way.
const MaxBatch = 500

// Batch sends the requests that ask makes in one piece, so that the server wakes once and answers in one piece. ask must
// not wait for a reply; whoever else waits for one meanwhile waits until ask returns.
func (c *Conn) Batch(ask func()) error {
	c.batch.Lock()
	defer c.batch.Unlock()
	c.wire.hold()
	ask()
	if err := c.wire.release(); err != nil {
		return fmt.Errorf("x11: %w", err)
	}
	return nil
}

// Atom gives the number of a name.
func (c *Conn) Atom(name string) (xproto.Atom, error) {
	r, err := xproto.InternAtom(c.Conn, false, uint16(len(name)), name).Reply()
	if err != nil {
		return 0, fmt.Errorf("x11: %s: %w", name, err)
	}
	return r.Atom, nil
}
