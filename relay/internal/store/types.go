package store

import (
	"errors"
	"time"

	"deskhand/relay/internal/right"
)

// Errors that are nobody's mistake at a window; what a person should read is a fault instead.
var (
	// ErrNotFound: there is no such company, rep or row.
	ErrNotFound = errors.New("store: not found")
	// ErrNumberInUse: the nine digits have been given out before. Draw again.
	ErrNumberInUse = errors.New("store: number in use")
	// ErrExists: a company or team of that name, an account with that login or a portal with that slug is there already.
	ErrExists = errors.New("store: exists already")
	// ErrLastSubportal: a portal keeps at least one subportal (M-12).
	ErrLastSubportal = errors.New("store: a portal keeps at least one subportal")
	// ErrLastTeam: a company keeps at least one team.
	ErrLastTeam = errors.New("store: a company keeps at least one team")
	// ErrCycle: a team cannot be below itself.
	ErrCycle = errors.New("store: a team cannot be below itself")
	// ErrTeamInUse: a team with reps or subteams cannot be removed.
	ErrTeamInUse = errors.New("store: the team has reps or subteams")
	// ErrMode: that kind of portal does not go with that mode (M-01).
	ErrMode = errors.New("store: that kind of portal does not go with that mode")
	// ErrRole: the account's role does not go with that.
	ErrRole = errors.New("store: the account's role does not allow that")
	// ErrNewerSchema: the file was written by a newer program than this one.
	ErrNewerSchema = errors.New("store: the file was written by a newer version of the relay")
	// ErrDiskFull: nothing can be written any more.
	ErrDiskFull = errors.New("store: the disk is full")
	// ErrDamaged: the file is not a database, or not a whole one.
	ErrDamaged = errors.New("store: the file is damaged or not a database")
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
	SubportalID         int64      // through which it entered; 0 is the portal's first one
	WantedID            int64      // the rep who was chosen at a match portal; 0 any
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
	See, Control               bool            // those two of Functions
	Functions                  right.Functions // what portal and rep allowed at the start (M-14)
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
