package grab

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jezek/xgb/xproto"

	"deskhand/apps/internal/x11"
)

const (
	retry    = 50 * time.Millisecond // a desktop's own window switcher holds the keyboard until its keys are let go
	patience = 10 * time.Second
	maxKeys  = 256 // that wait to be handed on; a person cannot be that fast, and what is more is dropped and counted
)

func possible() bool { return os.Getenv("DISPLAY") != "" }

// keyboard is the grabbed keyboard.
type keyboard struct {
	cfg     Config
	conn    *x11.Conn
	keys    chan [32]byte
	dropped atomic.Uint64
	end     chan struct{}
	all     sync.WaitGroup
}

func take(c Config) (func(), error) {
	k := &keyboard{cfg: c, keys: make(chan [32]byte, maxKeys), end: make(chan struct{})}
	var err error
	if k.conn, err = x11.Open("", k.handle); err != nil {
		return nil, fmt.Errorf("grab: %w", err)
	}
	if err := k.detectRepeats(); err != nil {
		c.Logger.Debug("repeated keys come as pressed anew", "err", err)
	}
	k.all.Go(k.run)
	return func() {
		close(k.end)
		k.all.Wait()
		k.conn.Close() // which frees the keyboard
		if n := k.dropped.Load(); n > 0 {
			c.Logger.Warn("keys were dropped", "count", n)
		}
	}, nil
}

// handle is called on the connection's goroutine.
func (k *keyboard) handle(event []byte) {
	switch event[0] & 0x7f {
	case xproto.KeyPress, xproto.KeyRelease:
		select {
		case k.keys <- [32]byte(event):
		default:
			k.dropped.Add(1)
		}
	}
}

// run grabs the keyboard and hands its keys on.
func (k *keyboard) run() {
	if !k.grab() {
		return
	}
	for {
		select {
		case event := <-k.keys:
			binary.LittleEndian.PutUint32(event[12:], uint32(k.cfg.Window)) // whose event it is
			xproto.SendEvent(k.conn.Conn, false, xproto.Window(k.cfg.Window), 0, string(event[:]))
		case <-k.conn.Done():
			return
		case <-k.end:
			return
		}
	}
}

func (k *keyboard) grab() bool {
	tick := time.NewTicker(retry)
	defer tick.Stop()
	for range patience / retry {
		r, err := xproto.GrabKeyboard(k.conn.Conn, false, xproto.Window(k.cfg.Window), xproto.TimeCurrentTime,
			xproto.GrabModeAsync, xproto.GrabModeAsync).Reply()
		if err != nil {
			k.cfg.Logger.Warn("the keyboard could not be taken", "err", err)
			return false
		}
		if r.Status == xproto.GrabStatusSuccess {
			return true
		}
		select {
		case <-tick.C:
		case <-k.end:
			return false
		}
	}
	k.cfg.Logger.Warn("another program holds the keyboard")
	return false
}

// detectRepeats asks the server not to say that a key was let go when it only repeats, as the window's own connection
// does. xgb knows nothing of the keyboard extension: UseExtension has the number 0, PerClientFlags 21.
func (k *keyboard) detectRepeats() error {
	ext, err := k.conn.Use("XKEYBOARD")
	if err != nil {
		return err
	}
	use := binary.LittleEndian.AppendUint16(nil, 1) // version 1.0
	use = binary.LittleEndian.AppendUint16(use, 0)
	r, err := k.conn.Request(ext.Opcode, 0, use, true)
	if err != nil {
		return err
	}
	if len(r) < 2 || r[1] == 0 {
		return errors.New("the keyboard extension has another version")
	}
	const coreKeyboard, detectable = 0x100, 1
	flags := binary.LittleEndian.AppendUint16(nil, coreKeyboard)
	flags = append(flags, 0, 0)
	for _, word := range []uint32{detectable, detectable, 0, 0, 0} {
		flags = binary.LittleEndian.AppendUint32(flags, word)
	}
	_, err = k.conn.Request(ext.Opcode, 21, flags, true)
	return err
}
