package frame

// Kind says what an event does and which of its fields count.
type Kind uint8

// The kinds of events, each with the fields that travel with it; the others are zero after parsing.
const (
	PointerMove Kind = iota + 1 // Display, X, Y
	ButtonDown                  // Display, X, Y, Button
	ButtonUp                    // Display, X, Y, Button
	Wheel                       // Display, X, Y, DX, DY
	KeyDown                     // Sym
	KeyUp                       // Sym
	Text                        // Rune, to be typed exactly as that character; not a control character
	ReleaseAll                  // none: every key and button that is held is let go
)

// Button is a mouse button, numbered as X11 does.
type Button uint8

// The buttons. 4 to 7 are the wheel's in X11 and never sent.
const (
	Left    Button = 1
	Middle  Button = 2
	Right   Button = 3
	Back    Button = 8
	Forward Button = 9
)

// Event is one thing done with mouse or keyboard.
type Event struct {
	Kind    Kind
	Display int    // 0 to 15
	X, Y    int    // pixels of that display, 0 to MaxSide-1
	Button  Button // one of the constants
	DX, DY  int    // WheelClick a notch, positive is right and down, at most MaxWheel either way
	Sym     Keysym
	Rune    rune
}

func AppendEvents(dst []byte, ev []Event) []byte { return dst }

func ParseEvents(dst []Event, b []byte) ([]Event, error) { return dst, refuse("not yet") }
