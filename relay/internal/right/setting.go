package right

import (
	"errors"
	"fmt"
	"math/bits"
	"strconv"
	"strings"
	"time"
)

// Kind says how a setting's value is written.
type Kind int

// The kinds of settings.
const (
	Switch Kind = iota // on or off
	Count              // a whole number
	Period             // a length of time, kept in milliseconds
)

// Setting describes one name.
type Setting struct {
	Name     Name
	Kind     Kind
	Default  int64 // for reps about whom nobody says anything
	Min, Max int64
	Needs    Name // a function, earlier in the table, without which this one is off
	Endless  bool // 0 is without limit
}

// numbers is how many settings are not switches.
const numbers = 3

// table is the one list of all settings. Their order is that of lists that people read; bits in the database do not
// depend on it, since names are stored.
func table() []Setting {
	const on, off = 1, 0
	flag := func(n Name, value int64, needs Name) Setting {
		return Setting{Name: n, Default: value, Max: 1, Needs: needs}
	}
	return []Setting{
		flag(See, on, ""), flag(Control, on, See), flag(Files, on, ""), flag(Clipboard, on, ""), flag(Annotate, on, ""),
		flag(ShareMine, on, ""), flag(Record, off, ""), flag(Inspect, on, ""), flag(Reboot, on, ""), flag(Service, off, ""),
		flag(Credentials, off, Service), flag(Unattended, off, ""), flag(Invite, on, ""), flag(Specialists, on, Invite),
		flag(Transfer, on, ""), flag(Multichat, on, ""), flag(WebChat, off, ""), flag(OfflineForm, on, ""),
		flag(PushURL, on, ""), flag(Private, on, ""),
		{Name: MaxChats, Kind: Count, Max: 100, Endless: true},
		{Name: MaxCodes, Kind: Count, Default: 8, Min: 1, Max: 8},
		{
			Name: CodeLifetime, Kind: Period, Default: time.Hour.Milliseconds(),
			Min: (5 * time.Minute).Milliseconds(), Max: (24 * time.Hour).Milliseconds(),
		},
	}
}

// All lists the settings.
func All() []Setting { return table() }

// Lookup finds a setting by its name.
func Lookup(name string) (Setting, bool) {
	for _, s := range table() {
		if string(s.Name) == name {
			return s, true
		}
	}
	return Setting{}, false
}

// ErrValue is a value that a setting cannot have.
var ErrValue = errors.New("right: value out of bounds")

// Check reports whether the setting can have the value; ErrValue.
func (s Setting) Check(value int64) error {
	if value < s.Min || value > s.Max {
		return fmt.Errorf("%w: %s is %s", ErrValue, s.Name, s.Bounds())
	}
	return nil
}

// Bounds says which values there are.
func (s Setting) Bounds() string {
	if s.Kind == Switch {
		return "on or off"
	}
	return s.Format(s.Min) + " to " + s.Format(s.Max)
}

// Parse reads a value as people write it: on, off, 3, 90m; ErrValue.
func (s Setting) Parse(text string) (int64, error) {
	text = strings.ToLower(strings.TrimSpace(text))
	var value int64
	var err error
	switch s.Kind {
	case Switch:
		value, err = parseSwitch(text)
	case Count:
		value, err = strconv.ParseInt(text, 10, 32)
	default:
		var d time.Duration
		d, err = time.ParseDuration(text)
		value = d.Milliseconds()
	}
	if err != nil {
		return 0, fmt.Errorf("%w: %s is %s, not %q", ErrValue, s.Name, s.Bounds(), text)
	}
	return value, s.Check(value)
}

func parseSwitch(text string) (int64, error) {
	switch text {
	case "on", "true", "yes":
		return 1, nil
	case "off", "false", "no":
		return 0, nil
	default:
		return 0, ErrValue
	}
}

// Format writes a value as Parse reads it.
func (s Setting) Format(value int64) string {
	switch {
	case s.Kind == Switch && value != 0:
		return "on"
	case s.Kind == Switch:
		return "off"
	case s.Kind == Period:
		return shortPeriod(time.Duration(value) * time.Millisecond)
	default:
		return strconv.FormatInt(value, 10)
	}
}

// shortPeriod leaves out the zeros that String writes behind minutes and hours.
func shortPeriod(d time.Duration) string {
	text := d.String()
	if d >= time.Minute && strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if d >= time.Hour && strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

// smaller is the one that bounds the other.
func (s Setting) smaller(a, b int64) int64 {
	if s.Endless && (a == 0 || b == 0) {
		return a + b
	}
	return min(a, b)
}

// Functions is a set of function names that can be compared.
type Functions struct{ bits uint64 }

// place is a function's bit; 0 for what is no function.
func place(n Name) uint64 {
	for i, s := range table() {
		if s.Name == n && s.Kind == Switch {
			return 1 << i
		}
	}
	return 0
}

// May reports whether the function is in it.
func (f Functions) May(n Name) bool {
	p := place(n)
	return p != 0 && f.bits&p != 0
}

// With is f and one more.
func (f Functions) With(n Name) Functions { return Functions{f.bits | place(n)} }

// Len is how many there are.
func (f Functions) Len() int { return bits.OnesCount64(f.bits) }

// String is the names with a space between each two, which ParseFunctions reads.
func (f Functions) String() string {
	var names []string
	for _, s := range table() {
		if f.May(s.Name) {
			names = append(names, string(s.Name))
		}
	}
	return strings.Join(names, " ")
}

// ParseFunctions reads what String writes. Names that this version does not know are left out.
func ParseFunctions(text string) Functions {
	var f Functions
	for _, name := range strings.Fields(text) {
		f = f.With(Name(name))
	}
	return f
}
