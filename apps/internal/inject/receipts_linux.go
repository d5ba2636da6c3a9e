package inject

import (
	"encoding/binary"
	"slices"
	"sync/atomic"
	"time"

	"github.com/jezek/xgb/xproto"

	"deskhand/apps/internal/x11"
)

// hung is how long a window may take to answer before nobody counts on it any more.
const hung = 5 * time.Second

// receipts tell whether a window has come to what was typed into it. A key press only names a key. What that means is
// looked up by the program when it gets to the press, and the server tells it what the keyboard means then, not what it
// meant when the key was pressed. Most programs answer window managers who ask whether they are alive (_NET_WM_PING);
// they do so in the order of events, so an answer says that everything before has been looked up.
type receipts struct {
	conn      *x11.Conn
	protocols xproto.Atom
	ping      xproto.Atom
	serial    uint32
	awaited   atomic.Uint64 // message and serial, 0: none
	answered  chan struct{} // capacity 1: the awaited one has come
}

func newReceipts() *receipts { return &receipts{answered: make(chan struct{}, 1)} }

func (r *receipts) prepare(c *x11.Conn) (err error) {
	r.conn = c
	if r.protocols, err = c.Atom("WM_PROTOCOLS"); err != nil {
		return err
	}
	r.ping, err = c.Atom("_NET_WM_PING")
	return err
}

// hear takes the server's events on the connection's reading goroutine.
func (r *receipts) hear(event []byte) {
	const format = 32 // bits of each number
	if event[0]&0x7f != xproto.ClientMessage || event[1] != format {
		return
	}
	message, serial := binary.LittleEndian.Uint32(event[12:]), binary.LittleEndian.Uint32(event[16:])
	if r.awaited.CompareAndSwap(uint64(message)<<32|uint64(serial), 0) {
		r.answered <- struct{}{}
	}
}

// receiver is the window that gets the next key, 0 if that is unknown.
func (r *receipts) receiver() xproto.Window {
	f, err := xproto.GetInputFocus(r.conn.Conn).Reply()
	if err != nil || f.Focus == xproto.InputFocusNone {
		return 0
	}
	if f.Focus != xproto.InputFocusPointerRoot {
		return f.Focus
	}
	for w := r.conn.Screen.Root; ; { // the one under the pointer
		q, err := xproto.QueryPointer(r.conn.Conn, w).Reply()
		if err != nil || q.Child == 0 {
			return w
		}
		w = q.Child
	}
}

// ask waits until a window has come to what was typed into it. It is false when the window does not say.
func (r *receipts) ask(w xproto.Window) bool {
	if w = r.able(w); w == 0 {
		return false
	}
	r.serial++
	message := xproto.ClientMessageEvent{
		Format: 32, Window: w, Type: r.protocols,
		Data: xproto.ClientMessageDataUnionData32New([]uint32{uint32(r.ping), r.serial, uint32(w), 0, 0}),
	}
	r.awaited.Store(uint64(r.ping)<<32 | uint64(r.serial))
	r.listen(xproto.EventMaskStructureNotify | xproto.EventMaskSubstructureNotify)
	defer r.listen(xproto.EventMaskStructureNotify) // as the displays want it
	xproto.SendEvent(r.conn.Conn, false, w, xproto.EventMaskNoEvent, string(message.Bytes()))
	late := time.NewTimer(hung)
	defer late.Stop()
	select {
	case <-r.answered:
		return true
	case <-r.conn.Done():
	case <-late.C:
		if r.awaited.Swap(0) == 0 { // it has come just now
			<-r.answered
			return true
		}
	}
	return false
}

// listen chooses what is told of the root window, where answers go.
func (r *receipts) listen(mask uint32) {
	xproto.ChangeWindowAttributes(r.conn.Conn, r.conn.Screen.Root, xproto.CwEventMask, []uint32{mask})
}

// able gives the window around w, or w itself, that answers; 0 if there is none.
func (r *receipts) able(w xproto.Window) xproto.Window {
	for w != 0 && w != r.conn.Screen.Root {
		const most = 32 // protocols
		p, err := xproto.GetProperty(r.conn.Conn, false, w, r.protocols, xproto.AtomAtom, 0, most).Reply()
		if err != nil {
			return 0
		}
		if slices.Contains(numbers(p), uint32(r.ping)) {
			return w
		}
		tree, err := xproto.QueryTree(r.conn.Conn, w).Reply()
		if err != nil {
			return 0
		}
		w = tree.Parent
	}
	return 0
}

// numbers reads a property of 32-bit numbers.
func numbers(p *xproto.GetPropertyReply) (list []uint32) {
	for b := p.Value; p.Format == 32 && len(b) >= 4; b = b[4:] {
		list = append(list, binary.LittleEndian.Uint32(b))
	}
	return list
}
