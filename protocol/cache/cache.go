// Package cache lets content that was on the screen before come back without being sent again: a menu that opens, a
// window that comes to the front, a page that is turned back. The sharing side has a Sender, each watching side a
// Receiver; both hold pieces of the picture of up to 64x64 pixels by entry number.
//
// The sender decides, the receiver follows. When a piece of the picture is about to be overwritten, Sender.Keep may
// say that it is to be stored as an entry; the receiver takes it from its own picture, so that only the number and the
// rectangle travel. When something new is about to be sent, Sender.Look may say that an entry shows exactly that; the
// receiver draws it. The two stay in step as long as the receiver is told everything in the order in which the sender
// said it, and as long as both pictures show the same where something is kept: content that has been sent with losses
// must not be. Forget makes both begin anew, for a receiver that joins.
//
// A Sender keeps no pixels, only what identifies them. Neither type has locks.
package cache

import (
	"bytes"

	"deskhand/protocol/pixel"
)

const (
	// Side is the longest side of a piece, in pixels.
	Side = 64
	// Entries is how many pieces both sides hold: 64 MiB at the receiver.
	Entries = 4096
)

// fits reports whether p can be an entry.
func fits(p pixel.Image) bool { return p.W <= Side && p.H <= Side && p.Holds() }

// simple reports whether p costs next to nothing to send: every row has one colour, or all rows are the same.
func simple(p pixel.Image) bool {
	rows, columns := true, true
	first := p.Row(0)
	for y := 0; y < p.H && (rows || columns); y++ {
		row := p.Row(y)
		rows = rows && bytes.Equal(row[pixel.Bytes:], row[:len(row)-pixel.Bytes])
		columns = columns && bytes.Equal(row, first)
	}
	return rows || columns
}
