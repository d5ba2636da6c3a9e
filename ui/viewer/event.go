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

// The buttons, numbered as X11 does.
const (
	Left    Button = 1
	Middle  Button = 2
	Right   Button = 3
	Back    Button = 8
	Forward Button = 9
)

// Keysym names a key by its X11 keysym number, as RFB does.
type Keysym uint32

// Event is one thing that the rep did on the picture.
type Event struct {
	Kind   Kind
	X, Y   int // pixels of the shown display
	Button Button
	DX, DY int // wheel: 120 a notch; down and right are positive
	Key    Keysym
	Rune   rune
}
