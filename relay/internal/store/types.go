package store

import (
	"errors"
	"time"
)

// Errors that are nobody's mistake at a window; what a person should read is a fault instead.
var (
	// ErrNotFound: there is no such company, rep or row.
	ErrNotFound = errors.New("store: not found")
	// ErrNumberInUse: the nine digits have been given out before. Draw again.
	ErrNumberInUse = errors.New("store: number in use")
	// ErrExists: a company of that name, a rep with that login or a portal with that slug is there already.
	ErrExists = errors.New("store: exists already")
	// ErrNewerSchema: the file was written by a newer program than this one.
	ErrNewerSchema = errors.New("store: the file was written by a newer version of the relay")
	// ErrDiskFull: nothing can be written any more.
	ErrDiskFull = errors.New("store: the disk is full")
	// ErrDamaged: the file is not a database, or not a whole one.
	ErrDamaged = errors.New("store: the file is damaged or not a database")
)

// Company owns portals and employs reps.
type Company struct {
	ID   int64
	Name string // unique, compared without case
}

// Rep is the account of a helping person.
type Rep struct {
	ID, CompanyID int64
	Company       string // the company's name; read only
	Login         string // unique without case (L-01)
	Name          string // what colleagues see
	ScreenName    string // what customers see; empty is taken from Name
	PasswordHash  string // PHC string
	Active        bool   // false: may not log in (L-04)
	MaxCodes      int    // 1 to 8 active codes (CM-05); 0 is 8
}

// Kind says what a portal's page asks for.
type Kind string

// The kinds of portals.
const (
	KindQuestion Kind = "question"
	KindCode     Kind = "code"
)

// Mode says how a portal finds a rep.
type Mode string

// The modes of portals. Phone portals take codes, the others questions (M-01).
const (
	ModeWeb   Mode = "web"
	ModeQueue Mode = "queue"
	ModePhone Mode = "phone"
)

// Portal is a public web entry.
type Portal struct {
	ID, CompanyID int64
	Company       string // the company's name; read only
	Slug          string // last part of its URL: 1 to 64 of a-z, 0-9, -; unique
	Name          string
	Kind          Kind
	Mode          Mode
	See, Control  bool          // the rights of its sessions
	QueryLifetime time.Duration // 0 is DefaultQueryLifetime
	CodeLifetime  time.Duration // 0 is DefaultCodeLifetime; 5 minutes to 24 hours
}

// Lifetimes of portals that name none.
const (
	DefaultQueryLifetime = 5 * time.Minute
	DefaultCodeLifetime  = time.Hour
)

// QueryState is where a query stands.
type QueryState string

// The states of queries. Taken queries may return to waiting; the last two are final.
const (
	QueryWaiting   QueryState = "waiting"
	QueryTaken     QueryState = "taken"
	QueryExpired   QueryState = "expired"
	QueryWithdrawn QueryState = "withdrawn"
)

// Query is a customer's request waiting for a rep.
type Query struct {
	SessionID           string // nine digits
	PortalID            int64
	State               QueryState // set by the store
	Customer, Email     string
	Question            string
	Language, System    string
	TicketHash          []byte // SHA-256 of the ticket
	RepID               int64  // who took it; 0 none; set by the store
	PostedAt, ExpiresAt time.Time
}

// CodeState is where a code stands.
type CodeState string

// The states of codes; all but active are final.
const (
	CodeActive    CodeState = "active"
	CodeRedeemed  CodeState = "redeemed"
	CodeExpired   CodeState = "expired"
	CodeCancelled CodeState = "cancelled"
)

// Code is nine digits that a rep hands out.
type Code struct {
	Code                 string // nine digits, which become the session's ID
	RepID, PortalID      int64
	Portal               string    // the portal's name; read only
	Name                 string    // unique among the rep's active codes, without case
	State                CodeState // set by the store
	CreatedAt, ExpiresAt time.Time
}

// Session is one customer's support from take or redemption to end.
type Session struct {
	ID                         string // nine digits
	PortalID, RepID            int64
	Portal, Rep, RepScreenName string // names; read only
	Company                    string // read only
	Customer, Email, Question  string
	Language, System, Host     string
	TokenHash                  []byte    // SHA-256 of the customer's token; nil until joined
	PostedAt                   time.Time // when the query was posted or the code made
	StartedAt                  time.Time // when the rep took it or the code was redeemed
	JoinedAt, EndedAt          time.Time // zero = not yet
	EndedBy                    string    // a name, or empty for the relay
	EndCause                   int       // pb.Ended_Cause
	Outcome                    int       // pb.Outcome
	Notes                      string
	See, Control               bool // rights, as the portal had them at the start
}

// Arrival is what is known when the customer's app joins. Empty facts leave those of the portal page in place.
type Arrival struct {
	TokenHash              []byte
	Host, System, Language string
	At                     time.Time
}

// End says how a session ended.
type End struct {
	By      string // a name, or empty for the relay
	Cause   int    // pb.Ended_Cause
	Outcome int    // pb.Outcome
	Notes   string
	At      time.Time
	Unless  Unless // when the session shall go on instead
}

// Unless is what stands against ending a session.
type Unless int

// What can.
const (
	Never  Unless = iota
	Joined        // its customer has joined
)

// Line is one entry of a session's chat log.
type Line struct {
	SessionID string
	Seq       uint64 // 1, 2, 3 … given by the store
	At        time.Time
	From      uint32 // attendee; 0 for status lines
	Name      string
	Text      string
	Status    int    // pb.Line_Status; 0 is something said
	ClientID  string // the sender's own mark; a second line with it is the first one again
}

// Entry is one line of the audit trail.
type Entry struct {
	At                             time.Time
	Actor, Action, Subject, Detail string
}
