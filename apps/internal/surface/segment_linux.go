package surface

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/jezek/xgb/shm"
	"github.com/jezek/xgb/xproto"
	"golang.org/x/sys/unix"

	"deskhand/apps/internal/x11"
)

// segment is memory that the X server reads.
type segment struct {
	mem []byte
	id  shm.Seg
}

// newSegment shares memory and makes sure that the server reads it and not a stranger's segment with the same number,
// as one in another container may.
func newSegment(c *x11.Conn, size int, depth byte) (*segment, error) {
	number, err := unix.SysvShmGet(unix.IPC_PRIVATE, size, unix.IPC_CREAT|0o600)
	if err != nil {
		return nil, fmt.Errorf("shared memory: %w", err)
	}
	// It vanishes when both sides have let go of it, even if we are killed.
	defer func() { _, _ = unix.SysvShmCtl(number, unix.IPC_RMID, nil) }()
	s := &segment{}
	if s.mem, err = unix.SysvShmAttach(number, 0, 0); err != nil {
		return nil, fmt.Errorf("shared memory: %w", err)
	}
	if s.id, err = shm.NewSegId(c.Conn); err == nil {
		err = shm.AttachChecked(c.Conn, s.id, uint32(number), true).Check()
	}
	if err == nil {
		if err = s.prove(c, depth); err != nil {
			shm.Detach(c.Conn, s.id)
		}
	}
	if err != nil {
		s.detach()
		return nil, fmt.Errorf("shared memory: %w", err)
	}
	return s, nil
}

// prove lets the server read a pixel and reads that back by other means, for two different pixels.
func (s *segment) prove(c *x11.Conn, depth byte) error {
	pixmap, err := xproto.NewPixmapId(c.Conn)
	if err != nil {
		return err
	}
	gc, err := xproto.NewGcontextId(c.Conn)
	if err != nil {
		return err
	}
	xproto.CreatePixmap(c.Conn, depth, pixmap, xproto.Drawable(c.Screen.Root), 1, 1)
	defer xproto.FreePixmap(c.Conn, pixmap)
	xproto.CreateGC(c.Conn, gc, xproto.Drawable(pixmap), 0, nil)
	defer xproto.FreeGC(c.Conn, gc)
	for _, fill := range []byte{0x5a, 0xa5} {
		want := bytes.Repeat([]byte{fill}, pixelBytes)
		copy(s.mem, want)
		shm.PutImage(c.Conn, xproto.Drawable(pixmap), gc, 1, 1, 0, 0, 1, 1, 0, 0, depth, xproto.ImageFormatZPixmap, 0, s.id, 0)
		r, err := xproto.GetImage(c.Conn, xproto.ImageFormatZPixmap, xproto.Drawable(pixmap), 0, 0, 1, 1, ^uint32(0)).Reply()
		if err != nil {
			return err
		}
		if len(r.Data) < pixelBytes || !bytes.Equal(r.Data[:3], want[:3]) {
			return errors.New("the server reads elsewhere")
		}
	}
	return nil
}

// free makes both sides let go of the memory.
func (s *segment) free(c *x11.Conn) {
	shm.Detach(c.Conn, s.id)
	s.detach()
}

func (s *segment) detach() { _ = unix.SysvShmDetach(s.mem) }
