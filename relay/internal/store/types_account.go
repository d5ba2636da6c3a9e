package store

import (
	"time"

	"deskhand/relay/internal/role"
)

// Company owns portals and employs reps.
type Company struct {
	ID           int64
	Name         string // unique, compared without case
	Seats        int    // reps logged in at once (P-05); 0 is without limit
	PasswordDays int    // after which a password must be changed (P-02); 0 is never
}

// PasswordForever is Team.PasswordDays of a team whose passwords stay, whatever the company has it.
const PasswordForever = -1

// Team is a group of reps, which may be part of another one (MC-03, MC-06).
type Team struct {
	ID, CompanyID int64
	ParentID      int64  // the team that it is part of; 0 none
	Parent        string // its name; read only
	Name          string // unique in the company, compared without case
	Logins        int    // reps of it and of its subteams logged in at once; 0 is without limit
	PasswordDays  int    // as Company's; PasswordForever, or 0 for what the team above or the company has
}

// Rep is an account: of a helping person, or of a manager.
type Rep struct {
	ID, CompanyID  int64
	Company        string // the company's name; read only
	TeamID         int64  // of reps only, who have exactly one (MC-03)
	Team           string // its name; read only
	Role           role.Role
	Login          string // unique without case (L-01)
	Name           string // what colleagues see
	ScreenName     string // what customers see; empty is taken from Name
	Email          string // several accounts may share one (P-04)
	EmailConfirmed bool   // its owner has said that it is right (P-03)
	Notes          string // managers' own
	Tags           string // words with a space between each two
	PasswordHash   string // PHC string
	PasswordSetAt  time.Time
	MustChange     bool // the password has to be changed before the next login (P-03)
	TOTP           bool // a second factor is asked for; set by ConfirmTOTP
	Active         bool // false: may not log in (L-04)
	MaxCodes       int  // own setting max_codes (CM-05); 0 is what the team has
	Displaced      bool // of LoginRep only: this login was ended for somebody else's (L-03)
}

// Kind says what a portal's page asks for.
type Kind string

// The kinds of portals.
const (
	KindQuestion Kind = "question" // a text (M-06)
	KindButton   Kind = "button"   // a click (M-07)
	KindMatch    Kind = "match"    // which rep (M-05)
	KindCode     Kind = "code"     // nine digits (M-08)
)

// Kinds lists the kinds of portals.
func Kinds() []Kind { return []Kind{KindQuestion, KindButton, KindMatch, KindCode} }

// Mode says how a portal finds a rep.
type Mode string

// The modes of portals (M-01).
const (
	ModeWeb   Mode = "web"   // all available reps are asked
	ModeQueue Mode = "queue" // one after the other
	ModePhone Mode = "phone" // the one who made the code
)

// Modes lists the modes of portals.
func Modes() []Mode { return []Mode{ModeWeb, ModeQueue, ModePhone} }

// Fits reports whether a portal of that kind can run in that mode (M-01): questions in web and queue mode, buttons and
// matches in web mode, codes in phone mode.
func (k Kind) Fits(m Mode) bool {
	switch k {
	case KindQuestion:
		return m == ModeWeb || m == ModeQueue
	case KindButton, KindMatch:
		return m == ModeWeb
	case KindCode:
		return m == ModePhone
	default:
		return false
	}
}

// Use says what a portal's page does with a field (M-10).
type Use string

// The uses.
const (
	FieldOff      Use = "off"
	FieldOptional Use = "optional"
	FieldRequired Use = "required"
)

// Known reports whether there is such a use.
func (u Use) Known() bool { return u == FieldOff || u == FieldOptional || u == FieldRequired }

// Fields are what a portal's page asks for besides what its kind does (M-10). An empty one is chosen by the kind.
type Fields struct {
	Name, Email Use
	Question    Use // always required on question portals
}

// Portal is a public web entry.
type Portal struct {
	ID, CompanyID int64
	Company       string // the company's name; read only
	Slug          string // last part of its URL: 1 to 64 of a-z, 0-9, -; unique
	Name          string
	Kind          Kind
	Mode          Mode
	See, Control  bool          // its settings of those names
	QueryLifetime time.Duration // 0 is DefaultQueryLifetime
	CodeLifetime  time.Duration // its setting code_lifetime; 0 is DefaultCodeLifetime; 5 minutes to 24 hours
	Fields        Fields
}

// Lifetimes of portals that name none.
const (
	DefaultQueryLifetime = 5 * time.Minute
	DefaultCodeLifetime  = time.Hour
)

// Subportal is a door into a portal. Every query enters through one, and reps serve subportals (M-12).
type Subportal struct {
	ID, PortalID int64
	CompanyID    int64  // read only
	Portal       string // the portal's slug; read only
	Slug         string // unique in the portal, made like a portal's
	Name         string
}

// Mandate is what a manager, or a rep who may see reports, has been given (MC-07, C-08).
type Mandate struct {
	Duties []role.Duty
	Teams  []int64 // with everything below them; of team managers only
}

// Holder is a rep whose login takes a seat.
type Holder struct {
	RepID       int64
	Login, Name string
	Since       time.Time // of the oldest of its logins
	Sessions    int       // that are running
}
