package inject

import (
	"fmt"
	"unicode/utf16"
	"unsafe"

	"golang.org/x/sys/windows"

	"deskhand/apps/internal/monitor"
	"deskhand/protocol/fault"
	"deskhand/protocol/frame"
)

var (
	user32           = windows.NewLazySystemDLL("user32.dll")
	sendInput        = user32.NewProc("SendInput")
	getSystemMetrics = user32.NewProc("GetSystemMetrics")
	mapVirtualKey    = user32.NewProc("MapVirtualKeyW")
	vkKeyScan        = user32.NewProc("VkKeyScanW")
)

// input is INPUT with MOUSEINPUT, the largest of its variants. KEYBDINPUT fits into the first two fields after kind.
type input struct {
	kind  uint32
	_     [unsafe.Sizeof(uintptr(0)) - 4]byte
	a, b  int32 // mouse: dx, dy; key: virtual key code and scan code, flags
	data  uint32
	flags uint32
	time  uint32
	extra uintptr
}

const (
	inputMouse    = 0
	inputKeyboard = 1

	mouseMove        = 0x0001
	mouseLeftDown    = 0x0002 // its up is twice that, as with the others
	mouseRightDown   = 0x0008
	mouseMiddleDown  = 0x0020
	mouseXDown       = 0x0080
	mouseWheel       = 0x0800
	mouseHWheel      = 0x1000
	mouseVirtualDesk = 0x4000
	mouseAbsolute    = 0x8000

	keyExtended = 0x0001
	keyUp       = 0x0002
	keyUnicode  = 0x0004

	smXVirtual, smYVirtual, smCXVirtual, smCYVirtual = 76, 77, 78, 79
)

// desktop injects by SendInput. Windows of programs with more rights than ours, and the secure desktop, take nothing.
type desktop struct{}

func open(Config) (Target, error) {
	if _, err := monitor.List(); err != nil {
		return nil, fault.New(fault.InputUnavailable, err)
	}
	return newNative(desktop{}), nil
}

func send(in ...input) error {
	n, _, err := sendInput.Call(uintptr(len(in)), uintptr(unsafe.Pointer(&in[0])), unsafe.Sizeof(in[0]))
	if int(n) != len(in) {
		// What has the focus takes no input from us; that may change, so it is no reason to give up.
		return fault.New(fault.Invalid, fmt.Errorf("inject: SendInput: %w", err))
	}
	return nil
}

func metric(which uintptr) int {
	v, _, _ := getSystemMetrics.Call(which)
	return int(int32(v))
}

func (desktop) move(x, y int) error {
	return send(input{
		kind:  inputMouse,
		a:     normal(x, metric(smXVirtual), metric(smCXVirtual)),
		b:     normal(y, metric(smYVirtual), metric(smCYVirtual)),
		flags: mouseMove | mouseAbsolute | mouseVirtualDesk,
	})
}

func (desktop) button(b frame.Button, down bool) error {
	in := input{kind: inputMouse}
	switch b {
	case frame.Left:
		in.flags = mouseLeftDown
	case frame.Right:
		in.flags = mouseRightDown
	case frame.Middle:
		in.flags = mouseMiddleDown
	case frame.Back, frame.Forward:
		in.flags, in.data = mouseXDown, uint32(b-frame.Back)+1
	default:
		return nil
	}
	if !down {
		in.flags *= 2
	}
	return send(in)
}

func (desktop) wheel(dx, dy int) error {
	var in []input
	if dy != 0 {
		in = append(in, input{kind: inputMouse, flags: mouseWheel, data: uint32(int32(-dy))}) // positive is away from the person
	}
	if dx != 0 {
		in = append(in, input{kind: inputMouse, flags: mouseHWheel, data: uint32(int32(dx))})
	}
	if len(in) == 0 {
		return nil
	}
	return send(in...)
}

func (d desktop) key(sym frame.Keysym, down bool) error {
	flags := int32(0)
	if !down {
		flags = keyUp
	}
	_, vk := named(sym)
	if vk == 0 {
		r, ok := sym.Rune()
		if !ok {
			return fault.New(fault.Invalid, fmt.Errorf("inject: Windows has no key %#x", uint32(sym)))
		}
		scanned, _, _ := vkKeyScan.Call(uintptr(uint16(r)))
		if r > 0xffff || int16(scanned) == -1 {
			return d.unicode(r, flags)
		}
		vk = uint16(scanned) & 0xff
	}
	if extended(sym) {
		flags |= keyExtended
	}
	scan, _, _ := mapVirtualKey.Call(uintptr(vk), 0)
	return send(input{kind: inputKeyboard, a: int32(vk) | int32(scan)<<16, b: flags})
}

func (d desktop) text(r rune) error {
	if err := d.unicode(r, 0); err != nil {
		return err
	}
	return d.unicode(r, keyUp)
}

func (desktop) unicode(r rune, flags int32) error {
	var in []input
	for _, unit := range utf16.AppendRune(nil, r) {
		in = append(in, input{kind: inputKeyboard, a: int32(unit) << 16, b: keyUnicode | flags})
	}
	return send(in...)
}
