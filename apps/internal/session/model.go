package session

import (
	"time"

	"deskhand/protocol/fault"
	"deskhand/protocol/seal"
)

// Role is what an attendee is in a session.
type Role uint8

// The roles.
const (
	Customer Role = iota + 1 // whose machine it is; always attendee 1
	Rep
)

func (r Role) String() string {
	switch r {
	case Customer:
		return "customer"
	case Rep:
		return "rep"
	default:
		return "unknown"
	}
}

// Phase is how far a session is.
type Phase uint8

// The phases, in their usual order; Lost goes back to Consenting or Active.
const (
	Entering   Phase = iota // not in the room yet
	Consenting              // the customer has not said yet what is permitted
	Active
	Lost // the connection broke; it is being made again
	Over // ended, left or given up; final
)

func (p Phase) String() string {
	switch p {
	case Entering:
		return "entering"
	case Consenting:
		return "consenting"
	case Active:
		return "active"
	case Lost:
		return "lost"
	case Over:
		return "over"
	default:
		return "unknown"
	}
}

// Rights are what settings allow at most.
type Rights struct{ See, Control bool }

// Consent is what the customer permits now. Control means nothing without See.
type Consent struct{ See, Control bool }

// Facts are what is known of an attendee's machine.
type Facts struct {
	System    string // for people: "Windows 11"
	Host      string // the machine's own name
	Language  string // BCP 47
	Memory    int64  // bytes, 0 when unknown
	Processor string
}

// Outcome is what a rep says came of a session.
type Outcome uint8

// The outcomes.
const (
	OutcomeNone Outcome = iota // not said
	Resolved
	Unresolved
	OutcomeUnknown // said to be unknown
)

// Cause is why a session ended.
type Cause uint8

// The causes.
const (
	CauseNone     Cause = iota // not ended, or not known
	CustomerEnded              // by the customer
	RepEnded                   // by a rep
	NotConsented               // the customer chose "Not now"
	CustomerLost               // the customer did not come back in time
	RelayStopped
	YouLeft // this attendee left; the session may go on without it
)

// Status says what a line of the chat log is.
type Status uint8

// What lines can be. All but Said are status lines: Line.Name says whom they are about, Line.Text is empty.
const (
	Said Status = iota
	LineJoined
	LineLeft
	LineLost // the connection broke; the attendee may come back
	LineReturned
	LineSharingStarted
	LineSharingStopped
	LineSharingAsked
	LineSharingRefused
	LineControlAllowed
	LineControlEnded
	LineEnded
	LineConsented
	LineDeclined // the customer chose "Not now"
)

// Attendee is somebody in the room.
type Attendee struct {
	ID    uint32
	Name  string
	Role  Role
	Away  bool       // the connection is lost; the attendee may come back
	Words seal.Words // on the customer's side: the words agreed with this rep; zero when there are none
}

// Line is one entry of the chat log.
type Line struct {
	Seq     uint64 // 1, 2, 3 … within the session; 0 while Pending
	At      time.Time
	From    uint32 // attendee; 0 for status lines
	Name    string // the speaker's, or whom a status line is about
	Text    string
	Status  Status
	Mine    bool // said by this attendee
	Pending bool // not confirmed by the relay yet
}

// Snapshot is the whole state at one moment. It is shared by all who ask for it: do not change what it points to.
type Snapshot struct {
	ID        string // nine digits
	Role      Role
	Phase     Phase
	You       uint32     // this attendee's number, 0 before the room is entered
	Attendees []Attendee // by number, this attendee among them
	Chat      []Line     // oldest first, pending ones last
	Typing    []string   // names of the others who are typing

	Words  seal.Words // verifier words: zero until the handshake is done; with several reps those of the first one
	Sealed bool       // there is a media key in common

	Rights       Rights
	Consent      *Consent // nil until the customer has answered
	Sharing      bool     // the customer's screen may be seen now
	Control      bool     // and mouse and keyboard may be used
	Asked        bool     // a rep asks to see the screen (again) and the customer has not answered
	AskedControl bool     // customer's side: and to use mouse and keyboard

	CustomerName string
	RepName      string // as customers see it
	Company      string
	Portal       string
	Question     string
	Facts        Facts // of the customer's machine; zero when unknown
	StartedAt    time.Time
	EndedAt      time.Time // by this machine's clock; zero before Over

	Ending   bool   // End, NotNow or Leave has been called and the relay has not confirmed it yet
	EndedBy  string // a name; empty when it was the relay, or when it is not known
	EndCause Cause

	Fault         fault.Reason            // why it is Lost or Over, or why entering takes so long; empty when all is well
	FeatureFaults map[string]fault.Reason // by Feature.Name, of this connection; nil when all is well
	Delay         time.Duration           // to the relay and back, smoothed; 0 when unknown
	Dropped       int                     // commands that were dropped because too many were waiting
}
