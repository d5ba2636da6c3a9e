package capture

import (
	"encoding/binary"
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
)

// events holds what has happened since the last look. Set by the connection's reader, taken by Next.
type events struct {
	mu      sync.Mutex
	kinds   [256]kind // by the event's number
	xinput  byte      // major opcode, 0 without XInput2
	pending kind
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

func (e *events) take() kind {
	e.mu.Lock()
	defer e.mu.Unlock()
	k := e.pending
	e.pending = 0
	return k
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
	if k == 0 {
		return
	}
	s.events.note(k)
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
	version := []byte{2, 0, 0, 0} // 2.0: two numbers of 16 bits
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
