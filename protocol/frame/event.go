package frame

import "encoding/binary"

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

func (b Button) valid() bool { return b >= Left && b <= Right || b == Back || b == Forward }

// Event is one thing done with mouse or keyboard.
type Event struct {
	Kind    Kind
	Display int    // 0 to 15
	X, Y    int    // pixels of that display, 0 to MaxSide-1
	Button  Button // one of the constants
	DX, DY  int    // wheel: WheelClick a notch, positive is right and down, at most MaxWheel either way
	Sym     Keysym // see Keysym.Valid
	Rune    rune   // a character that can be typed, no control character
}

// Valid reports whether a receiver takes the event. Fields that do not belong to its kind do not count.
func (e Event) Valid() bool {
	switch e.Kind {
	case PointerMove:
		return validPlace(e.Display, e.X, e.Y)
	case ButtonDown, ButtonUp:
		return validPlace(e.Display, e.X, e.Y) && e.Button.valid()
	case Wheel:
		return validPlace(e.Display, e.X, e.Y) && e.DX == clampWheel(e.DX) && e.DY == clampWheel(e.DY)
	case KeyDown, KeyUp:
		return e.Sym.Valid()
	case Text:
		return typeable(e.Rune)
	case ReleaseAll:
		return true
	default:
		return false
	}
}

// AppendEvents appends one event after the other, without a count. Each begins with its kind, a byte; then
//
//	PointerMove           u8 display  u16 x  u16 y
//	ButtonDown, ButtonUp  u8 display  u16 x  u16 y  u8 button
//	Wheel                 u8 display  u16 x  u16 y  i16 dx  i16 dy
//	KeyDown, KeyUp        u32 keysym
//	Text                  u32 character
//	ReleaseAll            nothing
//
// Pixels and turns of the wheel beyond the limits are brought to the nearest within. Other values that are not valid,
// or more than MaxEvents, make the receiver refuse the whole batch: see Event.Valid.
func AppendEvents(dst []byte, ev []Event) []byte {
	for i := range ev {
		dst = appendEvent(dst, &ev[i])
	}
	return dst
}

func appendEvent(dst []byte, e *Event) []byte {
	dst = append(dst, byte(e.Kind))
	switch e.Kind {
	case PointerMove:
		return appendPlace(dst, e.Display, e.X, e.Y)
	case ButtonDown, ButtonUp:
		return append(appendPlace(dst, e.Display, e.X, e.Y), byte(e.Button))
	case Wheel:
		dst = appendPlace(dst, e.Display, e.X, e.Y)
		dst = binary.BigEndian.AppendUint16(dst, uint16(clampWheel(e.DX)))
		return binary.BigEndian.AppendUint16(dst, uint16(clampWheel(e.DY)))
	case KeyDown, KeyUp:
		return binary.BigEndian.AppendUint32(dst, uint32(e.Sym))
	case Text:
		return binary.BigEndian.AppendUint32(dst, uint32(e.Rune))
	default:
		return dst
	}
}

// ParseEvents appends the events of a batch to dst. It takes all of them or, with an error, none.
func ParseEvents(dst []Event, b []byte) ([]Event, error) {
	before := len(dst)
	for r := (reader{b: b}); len(r.b) > 0; {
		if len(dst)-before == MaxEvents {
			return dst[:before], refuse("more than %d events", MaxEvents)
		}
		e := r.event()
		if r.broken {
			return dst[:before], refuse("batch ends within event %d", len(dst)-before)
		}
		if !e.Valid() {
			return dst[:before], refuse("event %d of kind %d is not valid", len(dst)-before, e.Kind)
		}
		dst = append(dst, e)
	}
	return dst, nil
}

func (r *reader) event() Event {
	e := Event{Kind: Kind(r.u8())}
	switch e.Kind {
	case PointerMove, ButtonDown, ButtonUp, Wheel:
		e.Display, e.X, e.Y = int(r.u8()), int(r.u16()), int(r.u16())
	}
	switch e.Kind {
	case ButtonDown, ButtonUp:
		e.Button = Button(r.u8())
	case Wheel:
		e.DX, e.DY = r.i16(), r.i16()
	case KeyDown, KeyUp:
		e.Sym = Keysym(r.u32())
	case Text:
		e.Rune = rune(r.u32())
	}
	return e
}

func clampWheel(v int) int { return clamp(v, -MaxWheel, MaxWheel) }
