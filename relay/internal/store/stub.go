package store

import (
	"context"
	"errors"
	"time"
)

var errTodo = errors.New("store: not built yet")

type Store struct{}

func Open(ctx context.Context, path string) (*Store, error) { return nil, errTodo }
func (s *Store) Close() error                               { return nil }

func (s *Store) AddCompany(ctx context.Context, name string) (Company, error) {
	return Company{}, errTodo
}
func (s *Store) CompanyByName(ctx context.Context, name string) (Company, error) {
	return Company{}, errTodo
}                                                                                // ErrNotFound
func (s *Store) AddRep(ctx context.Context, r Rep) (Rep, error)                  { return Rep{}, errTodo } // ErrExists
func (s *Store) RepByLogin(ctx context.Context, login string) (Rep, error)       { return Rep{}, errTodo } // ErrNotFound
func (s *Store) RepByID(ctx context.Context, id int64) (Rep, error)              { return Rep{}, errTodo } // ErrNotFound
func (s *Store) SetPassword(ctx context.Context, repID int64, hash string) error { return errTodo }
func (s *Store) SetActive(ctx context.Context, repID int64, active bool) error   { return errTodo }

func (s *Store) AddPortal(ctx context.Context, p Portal) (Portal, error)        { return Portal{}, errTodo } // ErrExists, fault.Invalid
func (s *Store) Portals(ctx context.Context, companyID int64) ([]Portal, error) { return nil, errTodo }
func (s *Store) PortalBySlug(ctx context.Context, slug string) (Portal, error) {
	return Portal{}, errTodo
}                                                                              // fault.PortalUnknown
func (s *Store) PortalByID(ctx context.Context, id int64) (Portal, error)      { return Portal{}, errTodo } // fault.PortalUnknown
func (s *Store) AssignPortal(ctx context.Context, repID, portalID int64) error { return errTodo }
func (s *Store) RepPortals(ctx context.Context, repID int64) ([]Portal, error) { return nil, errTodo }
func (s *Store) PortalReps(ctx context.Context, portalID int64) ([]Rep, error) { return nil, errTodo }

func (s *Store) AddLogin(ctx context.Context, tokenHash []byte, repID int64, at time.Time) error {
	return errTodo
}

// LoginRep: fault.LoggedOut for unknown or long unused ones, fault.AccountInactive.
func (s *Store) LoginRep(ctx context.Context, tokenHash []byte, at time.Time) (Rep, error) {
	return Rep{}, errTodo
}
func (s *Store) EndLogin(ctx context.Context, tokenHash []byte) error { return errTodo }

func (s *Store) PostQuery(ctx context.Context, q Query) error               { return errTodo }          // ErrNumberInUse
func (s *Store) Query(ctx context.Context, sessionID string) (Query, error) { return Query{}, errTodo } // fault.QueryOver
func (s *Store) QueryByTicket(ctx context.Context, hash []byte) (Query, error) {
	return Query{}, errTodo
} // fault.QueryOver
// TakeQuery: fault.QueryTaken, fault.QueryOver, fault.Forbidden (rep not assigned to the portal).
func (s *Store) TakeQuery(ctx context.Context, sessionID string, repID int64, at time.Time) (Session, error) {
	return Session{}, errTodo
}

// ReturnQuery: fault.QueryTaken when the customer has joined, fault.QueryOver else. The time while it was taken is given back.
func (s *Store) ReturnQuery(ctx context.Context, sessionID string, at time.Time) error {
	return errTodo
}
func (s *Store) ExpireQueries(ctx context.Context, now time.Time) ([]Query, error) {
	return nil, errTodo
}

// WithdrawQuery: waiting → withdrawn; fault.QueryTaken, fault.QueryOver.
func (s *Store) WithdrawQuery(ctx context.Context, sessionID string) (Query, error) {
	return Query{}, errTodo
}

// Waiting: oldest first; companyID 0 is all companies.
func (s *Store) Waiting(ctx context.Context, companyID int64) ([]Query, error)    { return nil, errTodo }
func (s *Store) Decline(ctx context.Context, sessionID string, repID int64) error { return errTodo }
func (s *Store) Declined(ctx context.Context, repID int64) ([]string, error)      { return nil, errTodo } // waiting ones only
func (s *Store) Declines(ctx context.Context, sessionID string) ([]int64, error)  { return nil, errTodo }

// CreateCode: fault.NameInUse, fault.TooManyCodes, fault.PortalUnknown (not the rep's or not a phone portal), ErrNumberInUse.
func (s *Store) CreateCode(ctx context.Context, c Code, max int) error { return errTodo }
func (s *Store) Code(ctx context.Context, code string) (Code, error)   { return Code{}, errTodo } // fault.CodeUnknown; any state

// RedeemCode: session gives Customer, Email, Language, System, Host; an empty Customer becomes the code's name.
// fault.CodeUnknown, CodeUsed, CodeExpired (also for cancelled), NoRep (account inactive).
func (s *Store) RedeemCode(ctx context.Context, code string, session Session, at time.Time) (Session, error) {
	return Session{}, errTodo
}
func (s *Store) CancelCode(ctx context.Context, repID int64, code string) (Code, error) {
	return Code{}, errTodo
}
func (s *Store) ExpireCodes(ctx context.Context, now time.Time) ([]Code, error) { return nil, errTodo }
func (s *Store) ActiveCodes(ctx context.Context, repID int64) ([]Code, error)   { return nil, errTodo } // 0: of all reps

// JoinSession: fault.SessionUnknown, SessionOver, CodeUsed (joined before with another token).
func (s *Store) JoinSession(ctx context.Context, id string, a Arrival) error { return errTodo }

// SessionByToken: fault.SessionUnknown (no such pair), fault.SessionOver.
func (s *Store) SessionByToken(ctx context.Context, id string, hash []byte) (Session, error) {
	return Session{}, errTodo
}
func (s *Store) Session(ctx context.Context, id string) (Session, error) { return Session{}, errTodo } // fault.SessionUnknown; ended ones too
func (s *Store) EndSession(ctx context.Context, id string, e End) (bool, error) {
	return false, errTodo
}                                                                       // true for the one who ended it
func (s *Store) SetCustomer(ctx context.Context, id, name string) error { return errTodo } // fault.SessionOver
func (s *Store) OpenSessions(ctx context.Context) ([]Session, error)    { return nil, errTodo }

// History: ended sessions of the rep, newest first. limit 0 is 100, at most 500. fault.Invalid for a wrong before.
func (s *Store) History(ctx context.Context, repID int64, before, search string, limit int) ([]Session, string, error) {
	return nil, "", errTodo
}

// AddLine: fault.SessionUnknown; fault.SessionOver for something said after the end (status lines are still taken).
func (s *Store) AddLine(ctx context.Context, l Line) (uint64, error) { return 0, errTodo }
func (s *Store) Lines(ctx context.Context, sessionID string, after uint64) ([]Line, error) {
	return nil, errTodo
}
func (s *Store) Audit(ctx context.Context, e Entry) error { return errTodo }
