// Package trace writes down what a capture.Source sees and plays it again, so that everything behind capturing can be
// tested and measured with real desktops, always the same ones. It holds no locks: a Writer and a Reader belong to one
// goroutine each.
//
// A trace is the magic and then a zstd stream of frames. A frame is, in varints unless said otherwise:
//
//	microseconds since the frame before
//	what follows: 1 layout | 2 pointer | 4 cursor
//	layout   count; of each display X, Y (signed), W, H, 1 for the primary one, length of the name, the name
//	pointer  display, X, Y (signed), 1 when visible
//	cursor   W, H, hot X, hot Y, W*H pixels of B, G, R, A; W is 0 for the unknown one, and nothing follows it
//	of each display: count of rectangles; of each X, Y, W, H, 1 when its pixels are predicted, and W*H pixels of three
//	bytes: blue, green, red; or the differences from the pixel to the left, with green's taken from the other two
//
// The first frame has a layout. After a layout, displays are black until rectangles say otherwise.
//
// The traces in testdata are made by `make traces`, which draws desktops with real programs on a display of its own; see
// the command in cmd/record. They are of 1280x720 pixels and last 2 to 3 s:
//
//	terminal     a listing that scrolls, then somebody types
//	document     a text in LibreOffice Writer, being written and scrolled
//	spreadsheet  a table in LibreOffice Calc, being filled in
//	browser      a long page in Chromium, scrolled by wheel
//	video        moving pictures with grain in a window, at 12 frames a second
//	drawing      strokes with a brush in a painting program
//	windows      a window dragged over others
package trace

import "errors"

const magic = "deskhand-trace-1\n"

const (
	hasLayout = 1 << iota
	hasPointer
	hasCursor
)

// What a Reader accepts. They bound its memory to about the pictures and 48 MiB.
const (
	maxSide    = 8192     // pixels of a display
	maxPixels  = 1 << 25  // of all displays
	maxRects   = 1 << 14  // of a display in one frame
	maxCursor  = 256      // pixels of either side
	maxName    = 256      // bytes
	maxPause   = 3600e6   // microseconds
	maxPlace   = 1 << 17  // pixels from the origin
	maxWindow  = 16 << 20 // bytes that the compression looks back
	maxRepaint = 4        // times the pixels of a display in one frame
)

var errCorrupt = errors.New("trace: not a trace, or a damaged one")

// channels is how many bytes of a pixel are kept.
const channels = 3
