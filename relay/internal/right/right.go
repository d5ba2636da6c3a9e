// Package right is what reps may do and how much of it, as portals, teams and reps have it set (M-13, M-14, MC-05). It
// knows the settings there are and works out what holds for one rep at one portal. Pure: no store, no clock, no state.
//
// A function is available when it is on at the portal and on for the rep. On for the rep is what the rep's own setting
// says, else the nearest team's up the tree, else the default. Numbers are found the same way, and the portal's bounds
// the rep's: the smaller one holds. A portal that sets nothing bounds nothing.
package right

import "maps"

// Name is a setting's name, in files, commands and the database.
type Name string

// The functions: on or off.
const (
	See         Name = "see"         // the customer's screen
	Control     Name = "control"     // the customer's mouse and keyboard; needs See
	Files       Name = "files"       // send and fetch files
	Clipboard   Name = "clipboard"   // exchange clipboards
	Annotate    Name = "annotate"    // draw on the shared screen
	ShareMine   Name = "share_mine"  // show the rep's own screen (RC-17)
	Record      Name = "record"      // record sessions
	Inspect     Name = "inspect"     // read facts about the customer's machine
	Reboot      Name = "reboot"      // restart it and come back
	Service     Name = "service"     // run the customer app as a service
	Credentials Name = "credentials" // keep a login for coming back; needs Service
	Unattended  Name = "unattended"  // come back without the customer
	Invite      Name = "invite"      // ask other reps in
	Specialists Name = "specialists" // ask people without an account in; needs Invite
	Transfer    Name = "transfer"    // hand sessions over
	Multichat   Name = "multichat"   // several customers at once (RC-13)
	WebChat     Name = "web_chat"    // chat in the browser (M-11)
	OfflineForm Name = "offline_form"
	PushURL     Name = "push_url" // open an address at the customer's
	Private     Name = "private"  // messages that the customer does not see
)

// The numbers.
const (
	MaxChats     Name = "max_chats"     // customers at once; 0 is without limit (RC-13)
	MaxCodes     Name = "max_codes"     // active codes, 1 to 8 (CM-05)
	CodeLifetime Name = "code_lifetime" // of a code, in milliseconds, 5 minutes to 24 hours (CM-11)
)

// Values are what one portal, team or rep sets by itself: 0 or 1 for functions. What is not in it is decided elsewhere.
type Values map[Name]int64

// Levels are everything that is set for one rep at one portal. Any of them may be nil.
type Levels struct {
	Portal Values
	Rep    Values
	Teams  []Values // the rep's own team first, then the one above it, and so on
}

// Set is what holds in the end. Copies are independent.
type Set struct {
	functions Functions
	numbers   [numbers]int64
}

// Effective works out what holds.
func (l Levels) Effective() Set {
	var s Set
	n := 0
	for _, setting := range table() {
		value := l.rep(setting)
		if portal, says := l.Portal[setting.Name]; says {
			value = setting.smaller(portal, value)
		}
		if setting.Kind != Switch {
			s.numbers[n] = value
			n++
			continue
		}
		if value != 0 && (setting.Needs == "" || s.functions.May(setting.Needs)) {
			s.functions = s.functions.With(setting.Name)
		}
	}
	return s
}

// rep is what holds for the rep, wherever the customer comes from.
func (l Levels) rep(s Setting) int64 {
	if value, says := l.Rep[s.Name]; says {
		return value
	}
	for _, team := range l.Teams {
		if value, says := team[s.Name]; says {
			return value
		}
	}
	return s.Default
}

// Functions are those that are on.
func (s Set) Functions() Functions { return s.functions }

// May reports whether a function is on.
func (s Set) May(n Name) bool { return s.functions.May(n) }

// Number is the value of a number setting; 0 for any other name.
func (s Set) Number(n Name) int64 {
	i := 0
	for _, setting := range table() {
		if setting.Kind == Switch {
			continue
		}
		if setting.Name == n {
			return s.numbers[i]
		}
		i++
	}
	return 0
}

// Chats is how many customers the rep may have at once, 0 for any number: one without Multichat.
func (s Set) Chats() int {
	if !s.May(Multichat) {
		return 1
	}
	return int(s.Number(MaxChats))
}

// Clone is a copy of its own.
func (v Values) Clone() Values { return maps.Clone(v) }
