// Package account is who may sign in: passwords, second factors, bearer tokens, links for forgotten passwords, and the
// lock-out of those who guess. The accounts themselves are rows of the store, which also counts the seats.
//
// An answer takes the same work whether the login exists or not, so logins cannot be found by timing. Guessers are held up
// per login and network, per network, and per login over all networks; where its owner has logged in before has a
// number of tries of its own, so nobody can lock a rep out from somewhere else. Passwords are kept as argon2id hashes,
// tokens as SHA-256, secrets of second factors sealed; none of them is ever logged. Safe for concurrent use.
package account

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"time"

	"deskhand/protocol/fault"
	"deskhand/relay/internal/store"
)

// Checking a password takes Params.Memory, so only this many are checked at a time; others wait for their turn or until
// their caller gives up.
const concurrentChecks = 4

// Longer ones than any rep has are refused without work.
const (
	maxLogin    = 320
	maxPassword = 1024
)

// Config is what Accounts needs. Store, Clock and Rand must be set; zero Params are DefaultParams.
type Config struct {
	Store     *store.Store
	Clock     func() time.Time
	Rand      io.Reader    // cryptographic, safe for concurrent use
	Params    Params       // must be those that the stored passwords were hashed with, for the same work on unknown logins
	Key       Key          // seals second factors; the zero Key: there are none
	Mailer    Mailer       // nil: links for forgotten passwords are not sent
	PublicURL string       // of the pages, without a slash at the end; links begin with it
	Logger    *slog.Logger // nil: silent
}

// Accounts checks logins.
type Accounts struct {
	cfg       Config
	locks     *lockout
	checks    chan struct{} // holds one per running check
	forgotten *outbox
}

// New makes Accounts. Run sends its mail.
func New(cfg Config) *Accounts {
	if cfg.Params == (Params{}) {
		cfg.Params = DefaultParams()
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	return &Accounts{
		cfg: cfg, locks: newLockout(maxLocks), checks: make(chan struct{}, concurrentChecks), forgotten: newOutbox(),
	}
}

// Try is what somebody offers who wants to log in.
type Try struct {
	Login    string // compared without case (L-01)
	Password string // compared exactly
	Code     string // of the second factor, if the account has one (P-06)
	Network  string // where the caller is, as limit.Network gives it
	Device   string // a secret that the caller's app keeps, or empty; it is what makes a device familiar
	End      int64  // the rep whose login shall end when all are in use (L-02)
}

// Login checks a try and gives a bearer token. fault.InvalidPassword; only with the right password fault.AccountInactive
// (L-04), fault.SecondFactor, fault.SecondFactorWrong, fault.PasswordExpired (P-02: change it first), fault.SeatsTaken, a
// *store.Full that names the holders (L-02); fault.TooManyAttempts after five wrong passwords for this login from this
// network, for half a minute at first and for longer with each further one, and when too many come from one network or
// for one login from everywhere.
func (a *Accounts) Login(ctx context.Context, t Try) (string, store.Rep, error) {
	now := a.cfg.Clock()
	rep, err := a.verify(ctx, &t, now)
	if err != nil {
		return "", store.Rep{}, err
	}
	if err := a.fresh(ctx, rep, now); err != nil {
		return "", store.Rep{}, err
	}
	token, hash, err := NewToken(a.cfg.Rand)
	if err != nil {
		return "", store.Rep{}, err
	}
	err = a.cfg.Store.AddLogin(ctx, store.Login{
		TokenHash: hash, RepID: rep.ID, At: now, From: t.Network, Places: t.places(), End: t.End,
	})
	if err != nil {
		return "", store.Rep{}, err
	}
	return token, rep, nil
}

// verify finds out whose try it is. All that may fail after it has to do with the account, not with who is there.
func (a *Accounts) verify(ctx context.Context, t *Try, now time.Time) (store.Rep, error) {
	t.Login = strings.ToLower(strings.TrimSpace(t.Login))
	if t.Login == "" || len(t.Login) > maxLogin || len(t.Password) > maxPassword || len(t.Device) > maxPassword {
		return store.Rep{}, fault.New(fault.InvalidPassword, nil)
	}
	budgets, err := a.budgets(ctx, *t)
	if err != nil {
		return store.Rep{}, err
	}
	allowed, locks := a.locks.begin(now, budgets...)
	if !allowed {
		return store.Rep{}, fault.New(fault.TooManyAttempts, nil)
	}
	rep, err := a.check(ctx, t.Login, t.Password)
	if err == nil {
		err = a.checkCode(ctx, rep, t.Code, now)
	}
	switch fault.ReasonOf(err) {
	case "", fault.AccountInactive:
		a.locks.forgive(budgets...)
	case fault.InvalidPassword, fault.SecondFactorWrong:
		if locks {
			err = errors.Join(err, a.audit(ctx, now, t.Login, "login_locked", t.Network))
		}
	default: // nothing has been tried: no code yet, or the caller gave up
		a.locks.undo(budgets...)
	}
	return rep, err
}

// check finds the rep with that password. The work is the same whether there is such a login or not.
func (a *Accounts) check(ctx context.Context, login, password string) (store.Rep, error) {
	if err := a.turn(ctx); err != nil {
		return store.Rep{}, err
	}
	defer func() { <-a.checks }()
	rep, err := a.cfg.Store.RepByLogin(ctx, login)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return store.Rep{}, err
	}
	right := a.cfg.Params.check(rep.PasswordHash, password)
	switch {
	case err != nil || !right:
		return store.Rep{}, fault.New(fault.InvalidPassword, err)
	case !rep.Active:
		return store.Rep{}, fault.New(fault.AccountInactive, nil)
	default:
		return rep, nil
	}
}

// turn waits until a password may be hashed; take one from checks afterwards.
func (a *Accounts) turn(ctx context.Context) error {
	select {
	case a.checks <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (a *Accounts) audit(ctx context.Context, at time.Time, login, action, network string) error {
	return a.cfg.Store.Audit(ctx, store.Entry{At: at, Actor: login, Action: action, Detail: network})
}

// Rep gives the rep whose token it is. fault.LoggedOut when the login was ended or not used for store.LoginLifetime,
// fault.AccountInactive. A login that was ended for another rep's sake (L-03) still answers, with Displaced.
func (a *Accounts) Rep(ctx context.Context, token string) (store.Rep, error) {
	if !isToken(token) {
		return store.Rep{}, fault.New(fault.LoggedOut, nil)
	}
	rep, err := a.cfg.Store.LoginRep(ctx, HashToken(token), a.cfg.Clock())
	if err != nil {
		return store.Rep{}, fmt.Errorf("account: %w", err)
	}
	return rep, nil
}

// Logout ends a login; the token is worthless afterwards. A second time changes nothing.
func (a *Accounts) Logout(ctx context.Context, token string) error {
	if !isToken(token) {
		return nil
	}
	return a.cfg.Store.EndLogin(ctx, HashToken(token))
}
