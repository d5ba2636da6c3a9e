package viewer

// Kind says what happened.
type Kind int

// The kinds of events.
const (
	PointerMove Kind = iota + 1 // X, Y
	ButtonDown                  // X, Y, Button
	ButtonUp                    // X, Y, Button
	Wheel                       // X, Y, DX, DY
	KeyDown                     // Key
	KeyUp                       // Key
	Text                        // Rune: one character, to be typed exactly as it is
	ReleaseAll                  // let go of every key and button
)

// Button is a pointer button.
type Button int

// The buttons, numbered as X11 does. Fyne tells of these three only.
const (
	Left   Button = 1
	Middle Button = 2
	Right  Button = 3
)

// Keysym names a key by its X11 keysym number, as RFB does.
type Keysym uint32

// Event is one thing that the rep did on the picture.
//
// A key that writes a character sends Text alone, once for each character and repeat. Every other key, and every key
// while Ctrl, Alt or Super is held, sends KeyDown and KeyUp of its base key; a repeat is KeyUp and KeyDown. Shift is
// down there only while something needs it, such as Shift+Tab or a click; it is let go before Text, which says by itself
// which character is meant.
type Event struct {
	Kind   Kind
	X, Y   int // pixels of the shown display
	Button Button
	DX, DY int // wheel: 120 a notch; right and down are positive
	Key    Keysym
	Rune   rune
}
