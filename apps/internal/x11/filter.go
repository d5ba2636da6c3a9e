package x11

import (
	"bufio"
	"encoding/binary"
	"io"
	"net"
	"sync"
)

const (
	packet       = 32 // errors, events and the fixed part of replies
	typeError    = 0
	typeReply    = 1
	typeGeneric  = 35 // an event with a length of its own
	firstExtCode = 128
	badCore      = 17        // BadImplementation, the last error code of the core protocol
	maxEvent     = 1 << 20   // bytes; XInput2's are a few hundred
	setupHead    = 8         // bytes before the length of the setup is known
	readBuffer   = 64 * 1024 // bytes
)

// filter gives xgb the setup, replies and errors of a connection and keeps the events for itself. Error codes of
// extensions become BadImplementation, as xgb would wait forever on a code that it does not know.
type filter struct {
	net.Conn
	in     *bufio.Reader
	handle func(event []byte)

	greeted bool
	head    []byte // to be read next
	pass    int64  // bytes to be read through after head
	scratch []byte

	writing sync.Mutex
	held    []byte // written and not yet sent
	holding bool
}

func newFilter(c net.Conn, handle func([]byte)) *filter {
	return &filter{Conn: c, in: bufio.NewReaderSize(c, readBuffer), handle: handle, scratch: make([]byte, packet)}
}

// Write sends at once, or with the next release.
func (f *filter) Write(p []byte) (int, error) {
	f.writing.Lock()
	defer f.writing.Unlock()
	if !f.holding {
		return f.Conn.Write(p)
	}
	f.held = append(f.held, p...)
	return len(p), nil
}

func (f *filter) hold() {
	f.writing.Lock()
	f.holding = true
	f.writing.Unlock()
}

func (f *filter) release() error {
	f.writing.Lock()
	defer f.writing.Unlock()
	f.holding = false
	_, err := f.Conn.Write(f.held)
	f.held = f.held[:0]
	return err
}

// Read is called by one goroutine.
func (f *filter) Read(p []byte) (int, error) {
	for len(f.head) == 0 && f.pass == 0 {
		if err := f.next(); err != nil {
			return 0, err
		}
	}
	if len(f.head) > 0 {
		n := copy(p, f.head)
		f.head = f.head[n:]
		return n, nil
	}
	n, err := f.in.Read(p[:min(int64(len(p)), f.pass)])
	f.pass -= int64(n)
	return n, err
}

// next reads the head of one message; events are dealt with at once.
func (f *filter) next() error {
	if !f.greeted {
		f.greeted = true
		b := f.scratch[:setupHead]
		_, err := io.ReadFull(f.in, b)
		f.head, f.pass = b, 4*int64(binary.LittleEndian.Uint16(b[6:]))
		return err
	}
	b := f.scratch[:packet]
	if _, err := io.ReadFull(f.in, b); err != nil {
		return err
	}
	switch b[0] {
	case typeError:
		if b[1] >= firstExtCode {
			b[1] = badCore
		}
		f.head = b
	case typeReply:
		f.head, f.pass = b, 4*int64(binary.LittleEndian.Uint32(b[4:]))
	case typeGeneric:
		return f.generic(b)
	default:
		f.handle(b)
	}
	return nil
}

func (f *filter) generic(b []byte) error {
	more := 4 * int64(binary.LittleEndian.Uint32(b[4:]))
	if more > maxEvent {
		return io.ErrUnexpectedEOF
	}
	if need := packet + int(more); cap(f.scratch) < need {
		f.scratch = append(make([]byte, 0, need), f.scratch[:packet]...)
	}
	b = f.scratch[:packet+int(more)]
	if _, err := io.ReadFull(f.in, b[packet:]); err != nil {
		return err
	}
	f.handle(b)
	return nil
}
