package capture

import (
	"encoding/binary"
	"image"
	"sync"

	"github.com/jezek/xgb/xproto"

	"deskhand/apps/internal/x11"
)

// kind is what an event of the server means to a source.
type kind uint8

const (
	kindDamage  kind = 1 << iota // pixels have changed
	kindLayout                   // displays have changed
	kindPointer                  // the pointer has moved
	kindCursor                   // the pointer looks different
)

// events holds what has happened since the last look. Set by the connection's reader, taken by Next.
type events struct {
	mu      sync.Mutex
	kinds   [256]kind // by the event's number
	xinput  byte      // major opcode, 0 without XInput2
	pending kind
	damaged gathered // what kindDamage is about, in pixels of the screen
}

func (e *events) watch(k kind, numbers ...byte) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, n := range numbers {
		e.kinds[n] = k
	}
}

func (e *events) note(k kind) {
	e.mu.Lock()
	e.pending |= k
	e.mu.Unlock()
}

// take gives what has happened since the last call; the damage is appended to rects.
func (e *events) take(rects []image.Rectangle) (kind, []image.Rectangle) {
	e.mu.Lock()
	defer e.mu.Unlock()
	k := e.pending
	e.pending = 0
	rects = append(rects, e.damaged...)
	e.damaged = e.damaged[:0]
	return k, rects
}

// damageMore is set in the level of an event when others of the same change follow at once.
const damageMore = 0x80

// damage notes where pixels have changed; false while more of the same change is to come.
func (e *events) damage(event []byte) bool {
	at := event[16:24]
	corner := image.Pt(int(int16(binary.LittleEndian.Uint16(at))), int(int16(binary.LittleEndian.Uint16(at[2:]))))
	size := image.Pt(int(binary.LittleEndian.Uint16(at[4:])), int(binary.LittleEndian.Uint16(at[6:])))
	e.mu.Lock()
	defer e.mu.Unlock()
	e.pending |= kindDamage
	e.damaged.add(image.Rectangle{corner, corner.Add(size)})
	return event[1]&damageMore == 0
}

func (e *events) meaning(event []byte) kind {
	e.mu.Lock()
	defer e.mu.Unlock()
	number := event[0] & 0x7f
	if number != xproto.GeGeneric {
		return e.kinds[number]
	}
	if e.xinput != 0 && event[1] == e.xinput {
		return kindPointer
	}
	return 0
}

// event is called by the connection's reader.
func (s *source) event(b []byte) {
	k := s.events.meaning(b)
	switch k {
	case 0:
		return
	case kindDamage:
		if !s.events.damage(b) {
			return
		}
	default:
		s.events.note(k)
	}
	s.signal()
}

func (s *source) signal() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// XInput2's requests, which xgb does not have.
const (
	xiSelectEvents     = 46
	xiQueryVersion     = 47
	xiAllMasterDevices = 1
	xiRawMotion        = 17
)

// watchPointer asks for an event whenever the pointer moves, wherever it is. Nothing comes while it rests.
func (s *source) watchPointer() error {
	ext, err := s.conn.Use("XInputExtension")
	if err != nil {
		return err
	}
	// Two numbers of 16 bits. Before 2.1, raw events keep away while another program has grabbed the pointer, as menus and
	// window managers do.
	version := []byte{2, 0, 2, 0}
	if _, err := s.conn.Request(ext.Opcode, xiQueryVersion, version, true); err != nil {
		return x11.ErrMissing // an XInput that is too old knows no such request
	}
	var body []byte
	body = binary.LittleEndian.AppendUint32(body, uint32(s.conn.Screen.Root))
	body = binary.LittleEndian.AppendUint16(body, 1) // one mask
	body = binary.LittleEndian.AppendUint16(body, 0)
	body = binary.LittleEndian.AppendUint16(body, xiAllMasterDevices)
	body = binary.LittleEndian.AppendUint16(body, 1) // of one word
	body = binary.LittleEndian.AppendUint32(body, 1<<xiRawMotion)
	if _, err := s.conn.Request(ext.Opcode, xiSelectEvents, body, false); err != nil {
		return err
	}
	s.events.mu.Lock()
	s.events.xinput = ext.Opcode
	s.events.mu.Unlock()
	return nil
}
