package capture

import (
	"fmt"
	"image"
	"unsafe"

	"deskhand/protocol/pixel"
)

// cursorWatch knows what the pointer looks like.
type cursorWatch struct {
	*library
	handle uintptr // of the shape given last
	serial uint64
}

// cursorInfo is CURSORINFO.
type cursorInfo struct {
	size, flags uint32
	handle      uintptr
	x, y        int32
}

// showing is set in the flags while there is a pointer.
const showing = 1

func (c *cursorWatch) look() (info cursorInfo, ok bool) {
	info.size = uint32(unsafe.Sizeof(info))
	c.inPixels(func() {
		done, _, _ := c.cursorInfo.Call(uintptr(unsafe.Pointer(&info)))
		ok = done != 0
	})
	return info, ok
}

func (c *cursorWatch) place() (image.Point, bool) {
	info, ok := c.look()
	return image.Pt(int(info.x), int(info.y)), ok && info.flags == showing
}

func (c *cursorWatch) shape(known uint64) (Cursor, bool) {
	info, ok := c.look()
	if !ok || info.handle == 0 || info.handle == c.handle && known == c.serial {
		return Cursor{}, false // a hidden pointer keeps its shape
	}
	c.handle = info.handle
	c.serial++
	shape, hot, err := c.read(info.handle)
	if err != nil {
		shape = pixel.Image{} // a cursor that has just gone; the next one will do
	}
	cursor := newCursor(shape, hot, c.serial)
	return cursor, true
}

// iconInfo is ICONINFO.
type iconInfo struct {
	icon         int32
	hotX, hotY   uint32
	mask, colour uintptr
}

func (c *cursorWatch) read(handle uintptr) (pixel.Image, image.Point, error) {
	var info iconInfo
	if ok, _, err := c.iconInfo.Call(handle, uintptr(unsafe.Pointer(&info))); ok == 0 {
		return pixel.Image{}, image.Point{}, fmt.Errorf("capture: cursor: %w", err)
	}
	defer func() {
		_, _, _ = c.deleteObject.Call(info.mask)
		if info.colour != 0 {
			_, _, _ = c.deleteObject.Call(info.colour)
		}
	}()
	hot := image.Pt(int(info.hotX), int(info.hotY))
	mask, err := c.bitmap(info.mask)
	if err != nil {
		return pixel.Image{}, hot, err
	}
	if info.colour == 0 {
		return monochromeShape(mask), hot, nil
	}
	colours, err := c.bitmap(info.colour)
	if err != nil || colours.W != mask.W || colours.H != mask.H {
		return pixel.Image{}, hot, errNoCursor
	}
	return colourShape(colours, mask), hot, nil
}

// bitmapHead is BITMAP.
type bitmapHead struct {
	kind, width, height, stride int32
	planes, bits                uint16
	pixels                      uintptr
}

// maxBitmap bounds what a program can make us read, in pixels either way.
const maxBitmap = 2048

// bitmap reads the pixels of a bitmap.
func (c *cursorWatch) bitmap(handle uintptr) (pixel.Image, error) {
	var head bitmapHead
	n, _, _ := c.getObject.Call(handle, unsafe.Sizeof(head), uintptr(unsafe.Pointer(&head)))
	if n == 0 || head.width < 1 || head.height < 1 || head.width > maxBitmap || head.height > maxBitmap {
		return pixel.Image{}, errNoCursor
	}
	m := pixel.New(int(head.width), int(head.height))
	info := newBitmapInfo(m.W, m.H)
	screen, _, _ := c.getDC.Call(0)
	defer func() { _, _, _ = c.releaseDC.Call(0, screen) }()
	rows, _, err := c.getBits.Call(screen, handle, 0, uintptr(m.H), uintptr(unsafe.Pointer(&m.Pix[0])),
		uintptr(unsafe.Pointer(&info)), 0)
	if int(rows) != m.H {
		return pixel.Image{}, fmt.Errorf("%w: %w", errNoCursor, err)
	}
	return m, nil
}
