// Package frame is the binary layout of what gets sealed: the layout of displays, the steps that change the picture, keys
// (single tiles of it), the pointer's place and shape, and input events. It only appends and parses; it owns nothing,
// starts nothing, and everything may be called concurrently.
//
// Integers are big endian and of fixed size; of a step's, what stands as uvarint in step.go are unsigned varints in their
// shortest form. Appending allocates only to grow dst. Parsing never panics, refuses what exceeds the limits below with
// fault.Invalid, and is exact: appending what was parsed gives the same bytes again. Whoever opens a sealed unit of the
// screen lane compares its slot and generation with the additional data that came with it.
package frame

import (
	"fmt"

	"deskhand/protocol/fault"
)

// Limits of everything that is parsed.
const (
	MaxDisplays = 16
	MaxName     = 128     // bytes of a display's name
	MaxSide     = 32768   // pixels of a display's width or height
	MaxOffset   = 1 << 20 // pixels between a display's corner and the desktop's origin, either way
	MaxPixels   = 1 << 26 // of all displays together: eight of 3840x2160, a picture of 256 MiB
	MinTile     = 16      // pixels of a tile's side, as the layout gives it
	MaxTile     = 512
	MaxEvents   = 256             // in one batch
	WheelClick  = 120             // Event.DX or DY of one notch of the wheel
	MaxWheel    = 32 * WheelClick // Event.DX and DY, either way
)

// The first byte of each unit of the screen lane. 2 was a tile in wire versions that are not spoken any more.
const (
	unitLayout = 1
	unitCursor = 3
	unitStep   = 4
	unitKey    = 5
	unitShape  = 6
)

// Slot is the place in the picture that a unit of the screen lane fills. A newer unit of a slot replaces the one before,
// but in StepSlot, where each one builds on all before it.
//
//	bit  31     1 for tiles
//	bit  30     1 for the pointer (CursorSlot, CursorShapeSlot)
//	bit  29     1 for steps (StepSlot)
//	bits 24–27  display
//	bits 12–23  row
//	bits  0–11  column
type Slot uint32

// The slots that are not tiles.
const (
	LayoutSlot      Slot = 0         // the layout of displays
	CursorSlot      Slot = 1 << 30   // where the pointer of the sharing machine is
	CursorShapeSlot Slot = 1<<30 | 1 // what it looks like
	StepSlot        Slot = 1 << 29   // what changes the picture
)

const (
	tileBit   Slot = 1 << 31
	spareBits Slot = 0x7000_0000 // never set in a tile's slot
)

// SlotOf gives a tile's slot. display is 0 to 15, column and row 0 to 4095, in tiles of the layout's size.
func SlotOf(display, column, row int) Slot {
	return tileBit | Slot(display&0xf)<<24 | Slot(row&0xfff)<<12 | Slot(column&0xfff)
}

// Position is the inverse of SlotOf; it means nothing unless IsTile.
func (s Slot) Position() (display, column, row int) {
	return int(s >> 24 & 0xf), int(s & 0xfff), int(s >> 12 & 0xfff)
}

// IsTile reports whether the slot is a tile's, not that of the layout, the pointer, or nothing at all.
func (s Slot) IsTile() bool { return s&tileBit != 0 && s&spareBits == 0 }

func refuse(format string, args ...any) error {
	return fault.New(fault.Invalid, fmt.Errorf("frame: "+format, args...))
}
