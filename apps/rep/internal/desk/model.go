package desk

import (
	"time"

	"deskhand/apps/internal/session"
	"deskhand/protocol/fault"
)

// Rep is who is logged in.
type Rep struct {
	Name       string // what colleagues see
	ScreenName string // what customers see
	Login      string
	Company    string
}

// Kind is what a portal asks a customer for.
type Kind uint8

// The kinds.
const (
	KindUnknown Kind = iota
	KindQuestion
	KindCode
)

// Mode is how a portal finds a rep.
type Mode uint8

// The modes.
const (
	ModeUnknown Mode = iota
	ModeWeb
	ModeQueue
	ModePhone
)

// Portal is one of the rep's portals.
type Portal struct {
	Slug, Name string
	Kind       Kind
	Mode       Mode
	URL        string // where customers open it
}

// Query is a customer's request that waits for a rep.
type Query struct {
	ID                  string // nine digits
	Portal              string // its name
	Customer            string // may be empty
	Email               string
	Question            string
	Language            string // BCP 47
	System              string
	PostedAt, ExpiresAt time.Time // by the relay's clock
}

// Session is a session as lists show it.
type Session struct {
	ID                  string // nine digits
	Portal              string
	Customer            string
	Question            string
	Language            string
	System              string
	Rep                 string
	PostedAt, StartedAt time.Time
	JoinedAt            time.Time // zero until the customer's app is in
	EndedAt             time.Time // zero while it runs
	Outcome             session.Outcome
	Notes               string
}

// Code is an active code.
type Code struct {
	Code                 string // nine digits
	Name                 string
	Portal               string // its name
	CreatedAt, ExpiresAt time.Time
	JoinURL              string // opens the join flow with no typing
}

// Posting is one query delivered to this rep: it raises an alert.
type Posting struct {
	ID                  string // nine digits, the query's
	Kind                Kind
	Portal              string
	Customer            string
	Question            string
	PostedAt, ExpiresAt time.Time
}

// Snapshot is the whole state at one moment.
type Snapshot struct {
	Rep       Rep
	Connected bool          // the lists are complete and live; otherwise they are as they were
	Path      string        // "quic" or "tcp"; empty when not connected
	Delay     time.Duration // to the relay and back; 0 when unknown
	Available bool          // as this rep chose

	Queries     []Query   // waiting, oldest first
	Sessions    []Session // open, newest first
	History     []Session // ended, newest first; the first page and what More added
	HistoryMore bool      // there are older ones
	Codes       []Code    // active, oldest first
	Portals     []Portal  // as the relay gives them
	Postings    []Posting // alerts to show, oldest first
	MaxCodes    int

	LoggedOut bool         // this login is over; Run has returned or will
	Displaced bool         // because it was ended elsewhere
	Fault     fault.Reason // why it is not connected; empty when it is
}
