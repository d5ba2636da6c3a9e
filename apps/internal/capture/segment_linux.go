package capture

import (
	"bytes"
	"errors"
	"fmt"
	"runtime"

	"github.com/jezek/xgb/shm"
	"github.com/jezek/xgb/xproto"
	"golang.org/x/sys/unix"

	"deskhand/apps/internal/x11"
	"deskhand/protocol/pixel"
)

// segment is memory shared with the X server. It is unmapped when nothing refers to it any more: a Frame does, so that
// closing the source while somebody reads its images takes no memory away from under them.
type segment struct {
	mem []byte
	id  shm.Seg
}

// newSegment shares memory and makes sure that the server really writes into it: a server in another container may
// find a stranger's segment under the same number.
func newSegment(c *x11.Conn, size int) (*segment, error) {
	if _, err := c.Use("MIT-SHM"); err != nil {
		return nil, err
	}
	number, err := unix.SysvShmGet(unix.IPC_PRIVATE, size, unix.IPC_CREAT|0o600)
	if err != nil {
		return nil, fmt.Errorf("capture: shared memory: %w", err)
	}
	// It vanishes when both sides have let go of it, even if we are killed.
	defer func() { _, _ = unix.SysvShmCtl(number, unix.IPC_RMID, nil) }()
	mem, err := unix.SysvShmAttach(number, 0, 0)
	if err != nil {
		return nil, fmt.Errorf("capture: shared memory: %w", err)
	}
	s := &segment{mem: mem}
	runtime.AddCleanup(s, func(mem []byte) { _ = unix.SysvShmDetach(mem) }, mem)
	if s.id, err = shm.NewSegId(c.Conn); err == nil {
		err = shm.AttachChecked(c.Conn, s.id, uint32(number), false).Check()
	}
	if err == nil {
		if err = s.prove(c); err != nil {
			shm.Detach(c.Conn, s.id)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("capture: shared memory: %w", err)
	}
	return s, nil
}

// prove reads the same pixel over two different fillings: one of them must change.
func (s *segment) prove(c *x11.Conn) error {
	for _, fill := range []byte{0x5a, 0xa5} {
		before := bytes.Repeat([]byte{fill}, pixel.Bytes)
		copy(s.mem, before)
		_, err := shm.GetImage(c.Conn, xproto.Drawable(c.Screen.Root), 0, 0, 1, 1, ^uint32(0), xproto.ImageFormatZPixmap, s.id, 0).Reply()
		if err != nil {
			return err
		}
		if !bytes.Equal(before, s.mem[:pixel.Bytes]) {
			return nil
		}
	}
	return errors.New("the server writes elsewhere")
}
