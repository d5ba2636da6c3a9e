// Package fault is what can go wrong in a way that a person should be told: a reason that programs compare, and one
// plain English sentence per reason that says what happened and what to do next. Faults cross gRPC unchanged. What is
// not a fault crosses as Internal, without its text, so that nothing private leaks. Safe for concurrent use.
//
// Windows and pages show their own translation of a reason and fall back to the sentence.
package fault

import (
	"context"
	"errors"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// Reason names one fault; it is the key under which translations are kept.
type Reason string

// The reasons. Their meaning is their sentence in the table below.
const (
	Internal          Reason = "internal"
	Invalid           Reason = "invalid"
	InvalidPassword   Reason = "invalid_password"
	AccountInactive   Reason = "account_inactive"
	TooManyAttempts   Reason = "too_many_attempts"
	LoggedOut         Reason = "logged_out"
	Forbidden         Reason = "forbidden"
	VersionsDiffer    Reason = "versions_differ"
	CannotConnect     Reason = "cannot_connect"
	WrongKey          Reason = "wrong_key"
	QueryTaken        Reason = "query_taken"
	QueryOver         Reason = "query_over"
	CodeUnknown       Reason = "code_unknown"
	CodeUsed          Reason = "code_used"
	CodeExpired       Reason = "code_expired"
	NameInUse         Reason = "name_in_use"
	TooManyCodes      Reason = "too_many_codes"
	PortalUnknown     Reason = "portal_unknown"
	NoRep             Reason = "no_rep"
	SessionOver       Reason = "session_over"
	SessionUnknown    Reason = "session_unknown"
	SealBroken        Reason = "seal_broken"
	TooSlow           Reason = "too_slow"
	RelayStopping     Reason = "relay_stopping"
	ScreenUnavailable Reason = "screen_unavailable"
	InputUnavailable  Reason = "input_unavailable"
	PasswordExpired   Reason = "password_expired"
	PasswordRule      Reason = "password_rule"
	SecondFactor      Reason = "second_factor"
	SecondFactorWrong Reason = "second_factor_wrong"
	SeatsTaken        Reason = "seats_taken"
	Displaced         Reason = "displaced"
	TooManyChats      Reason = "too_many_chats"
	LinkExpired       Reason = "link_expired"
)

type entry struct {
	code     codes.Code
	sentence string
}

// lookup gives the gRPC code and the sentence of a reason.
func lookup(r Reason) entry {
	switch r {
	case Invalid:
		return entry{codes.InvalidArgument, "That could not be understood. Check what you typed and try again."}
	case VersionsDiffer:
		return entry{codes.FailedPrecondition, "This version does not fit the relay. Download the current one."}
	case CannotConnect:
		return entry{codes.Unavailable, "Cannot connect to server. Check your internet connection, firewall and IP settings, and the service status."}
	case WrongKey:
		return entry{codes.Unauthenticated, "The relay's key is not the one you trust. Do not go on; ask your administrator for the right key."}
	case QueryTaken:
		return entry{codes.Aborted, "Another representative was first."}
	case QueryOver:
		return entry{codes.NotFound, "This request is over. Open the support page again."}
	case CodeUnknown:
		return entry{codes.NotFound, "That code is not known. Check the nine digits and try again."}
	case CodeUsed:
		return entry{codes.NotFound, "That code has been used. Ask your representative for a new one."}
	case CodeExpired:
		return entry{codes.NotFound, "That code has expired. Ask your representative for a new one."}
	case NameInUse:
		return entry{codes.AlreadyExists, "You have an active code with that name. Choose another name."}
	case TooManyCodes:
		return entry{codes.ResourceExhausted, "You have as many active codes as allowed. Cancel one or wait until one ends."}
	case PortalUnknown:
		return entry{codes.NotFound, "That portal is not there. Choose another one."}
	case NoRep:
		return entry{codes.Unavailable, "No representative online. Try again in a few minutes."}
	case SessionOver:
		return entry{codes.NotFound, "This session is over."}
	case SessionUnknown:
		return entry{codes.NotFound, "This session is not known."}
	case SealBroken:
		return entry{codes.DataLoss, "The encryption check failed, so the connection was closed. Start a new session."}
	case TooSlow:
		return entry{codes.ResourceExhausted, "The connection is too slow and was closed."}
	case RelayStopping:
		return entry{codes.Unavailable, "The relay is restarting. You will be connected again by itself."}
	case ScreenUnavailable:
		return entry{codes.FailedPrecondition, "This computer's screen cannot be shown."}
	case InputUnavailable:
		return entry{codes.FailedPrecondition, "This computer's mouse and keyboard cannot be used from afar."}
	default:
		return lookupAccount(r)
	}
}

// lookupAccount is lookup for what concerns logins and what an account allows.
func lookupAccount(r Reason) entry {
	switch r {
	case InvalidPassword:
		return entry{codes.Unauthenticated, "Invalid password. Check your login and password and try again."}
	case AccountInactive:
		return entry{codes.PermissionDenied, "Account not activated. Ask your manager to activate it."}
	case TooManyAttempts:
		return entry{codes.ResourceExhausted, "Too many attempts. Wait a minute and try again."}
	case LoggedOut:
		return entry{codes.Unauthenticated, "You are logged out. Log in again."}
	case Forbidden:
		return entry{codes.PermissionDenied, "Your account does not allow that. Ask your manager."}
	case PasswordExpired:
		return entry{codes.FailedPrecondition, "Your password has to be changed before you can go on. Choose a new one."}
	case PasswordRule:
		return entry{codes.InvalidArgument, "That password cannot be used. Take 8 to 32 characters with three of: capital letters, small letters, digits, symbols; not your login or name, and not the old password."}
	case SecondFactor:
		return entry{codes.Unauthenticated, "Type the code that your authenticator app shows."}
	case SecondFactorWrong:
		return entry{codes.Unauthenticated, "That code of the authenticator app is wrong or has been used. Wait for the next one and try again."}
	case SeatsTaken:
		return entry{codes.ResourceExhausted, "All logins are in use. End another representative's login or wait until one is free."}
	case Displaced:
		return entry{codes.FailedPrecondition, "Your login was ended elsewhere. Running sessions go on; log in again to start new ones."}
	case TooManyChats:
		return entry{codes.ResourceExhausted, "You have as many sessions as allowed. End one before you take another."}
	case LinkExpired:
		return entry{codes.NotFound, "This link is too old or has been used. Ask for a new one."}
	default:
		return entry{codes.Internal, "Something went wrong. Try again; if it goes on, tell your administrator."}
	}
}

// Sentence is the reason's English sentence, safe to show to anybody.
func (r Reason) Sentence() string { return lookup(r).sentence }

// Fault is an error with a reason. Its cause is for logs and never crosses the wire.
type Fault struct {
	Reason Reason
	Cause  error // may be nil
}

// New makes a fault; the cause may be nil.
func New(r Reason, cause error) error { return &Fault{r, cause} }

func (f *Fault) Error() string {
	if f.Cause == nil {
		return string(f.Reason)
	}
	return string(f.Reason) + ": " + f.Cause.Error()
}

func (f *Fault) Unwrap() error { return f.Cause }

// Is makes errors.Is(err, fault.New(r, nil)) compare reasons.
func (f *Fault) Is(target error) bool {
	t, ok := target.(*Fault)
	return ok && t.Cause == nil && t.Reason == f.Reason
}

// ReasonOf gives the reason of any error: that of the fault in its chain or of the gRPC status, else Internal. Ended
// contexts and unreachable peers are CannotConnect. It is empty for nil.
func ReasonOf(err error) Reason {
	if err == nil {
		return ""
	}
	var f *Fault
	if errors.As(err, &f) {
		return f.Reason
	}
	if s, ok := status.FromError(err); ok {
		return ofStatus(s)
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return CannotConnect
	}
	return Internal
}

// Is reports whether err has the given reason.
func Is(err error, r Reason) bool { return ReasonOf(err) == r }

// Sentence is what a person should read about err.
func Sentence(err error) string { return ReasonOf(err).Sentence() }

const domain = "deskhand"

// ToStatus turns an error into the gRPC status error that a server returns. Only reason and sentence are in it.
func ToStatus(err error) error {
	if err == nil {
		return nil
	}
	r := ReasonOf(err)
	if errors.Is(err, context.Canceled) {
		return status.FromContextError(context.Canceled).Err()
	}
	e := lookup(r)
	s, detailErr := status.New(e.code, e.sentence).WithDetails(&errdetails.ErrorInfo{Reason: string(r), Domain: domain})
	if detailErr != nil {
		return status.Error(e.code, e.sentence)
	}
	return s.Err()
}

// FromStatus turns what a gRPC client got into a fault. io.EOF and nil stay as they are.
func FromStatus(err error) error {
	if err == nil {
		return nil
	}
	s, ok := status.FromError(err)
	if !ok || s.Code() == codes.OK {
		return err
	}
	return New(ofStatus(s), err)
}

func ofStatus(s *status.Status) Reason {
	for _, d := range s.Details() {
		if info, ok := d.(*errdetails.ErrorInfo); ok && info.GetDomain() == domain {
			return Reason(info.GetReason())
		}
	}
	switch s.Code() {
	case codes.Unavailable, codes.DeadlineExceeded, codes.Canceled:
		return CannotConnect
	default:
		return Internal
	}
}
