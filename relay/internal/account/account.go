// Package account is who may sign in as a rep: passwords, bearer tokens and the lock-out of those who guess. The accounts
// themselves are rows of the store.
//
// An answer takes the same work whether the login exists or not, so logins cannot be found by timing. Guessers are held up
// per login and network, so nobody can lock a rep out from somewhere else. Passwords are kept as argon2id hashes, tokens
// as SHA-256; neither is ever logged. Safe for concurrent use.
package account

import (
	"context"
	"errors"
	"fmt"
	"io"
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
	Store  *store.Store
	Clock  func() time.Time
	Rand   io.Reader // cryptographic, safe for concurrent use
	Params Params    // must be those that the stored passwords were hashed with, for the same work on unknown logins
}

// Accounts checks logins.
type Accounts struct {
	cfg    Config
	locks  *lockout
	checks chan struct{} // holds one per running check
}

// New makes Accounts.
func New(cfg Config) *Accounts {
	if cfg.Params == (Params{}) {
		cfg.Params = DefaultParams()
	}
	return &Accounts{cfg: cfg, locks: newLockout(maxLocks), checks: make(chan struct{}, concurrentChecks)}
}

// Login checks a rep's login, compared without case, and password, compared exactly (L-01), and gives a bearer token.
// network is where the caller is, as limit.Network gives it. fault.InvalidPassword, fault.AccountInactive only with the
// right password (L-04), fault.TooManyAttempts after five wrong passwords for this login from this network, for half a
// minute at first and for longer with each further one.
func (a *Accounts) Login(ctx context.Context, login, password, network string) (string, store.Rep, error) {
	login = strings.ToLower(strings.TrimSpace(login))
	if login == "" || len(login) > maxLogin || len(password) > maxPassword {
		return "", store.Rep{}, fault.New(fault.InvalidPassword, nil)
	}
	now := a.cfg.Clock()
	try := lockKey(login, network)
	allowed, locks := a.locks.begin(try, now)
	if !allowed {
		return "", store.Rep{}, fault.New(fault.TooManyAttempts, nil)
	}
	rep, err := a.check(ctx, login, password)
	switch {
	case err == nil || fault.Is(err, fault.AccountInactive):
		a.locks.forgive(try)
	case !fault.Is(err, fault.InvalidPassword):
		a.locks.undo(try)
	case locks:
		err = errors.Join(err, a.audit(ctx, now, login, "login_locked", network))
	}
	if err != nil {
		return "", store.Rep{}, err
	}
	token, err := a.admit(ctx, rep, network, now)
	if err != nil {
		return "", store.Rep{}, err
	}
	return token, rep, nil
}

// admit makes a login.
func (a *Accounts) admit(ctx context.Context, rep store.Rep, network string, now time.Time) (string, error) {
	token, hash, err := NewToken(a.cfg.Rand)
	if err != nil {
		return "", err
	}
	if err := a.audit(ctx, now, rep.Login, "login", network); err != nil {
		return "", err
	}
	return token, a.cfg.Store.AddLogin(ctx, hash, rep.ID, now)
}

// check finds the rep with that password. The work is the same whether there is such a login or not.
func (a *Accounts) check(ctx context.Context, login, password string) (store.Rep, error) {
	select {
	case a.checks <- struct{}{}:
		defer func() { <-a.checks }()
	case <-ctx.Done():
		return store.Rep{}, ctx.Err()
	}
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

func (a *Accounts) audit(ctx context.Context, at time.Time, login, action, network string) error {
	return a.cfg.Store.Audit(ctx, store.Entry{At: at, Actor: login, Action: action, Detail: network})
}

// Rep gives the rep whose token it is. fault.LoggedOut when the login was ended or not used for store.LoginLifetime,
// fault.AccountInactive.
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
