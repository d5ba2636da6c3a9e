// Package account is who may sign in as a rep: passwords, bearer tokens and the lock-out of guessers.
package account

import (
	"context"
	"errors"
	"io"
	"time"

	"deskhand/relay/internal/store"
)

var errTodo = errors.New("account: not built yet")

// Config is what Accounts needs. Store, Clock and Rand must be set; zero Params are the default ones.
type Config struct {
	Store  *store.Store
	Clock  func() time.Time
	Rand   io.Reader // cryptographic
	Params Params
}

// Params are argon2id's costs.
type Params struct {
	Memory  uint32 // KiB
	Time    uint32
	Threads uint8
}

// Accounts checks logins.
type Accounts struct{}

// New makes Accounts.
func New(cfg Config) *Accounts { return &Accounts{} }

// Login: fault.InvalidPassword, fault.AccountInactive, fault.TooManyAttempts. network is limit.Network of the caller's address.
func (a *Accounts) Login(ctx context.Context, login, password, network string) (string, store.Rep, error) {
	return "", store.Rep{}, errTodo
}

// Rep: fault.LoggedOut, fault.AccountInactive.
func (a *Accounts) Rep(ctx context.Context, token string) (store.Rep, error) {
	return store.Rep{}, errTodo
}

// Logout ends the login.
func (a *Accounts) Logout(ctx context.Context, token string) error { return errTodo }

// HashPassword gives a PHC string with the default costs.
func HashPassword(password string, rand io.Reader) (string, error) { return "", errTodo }

// NewToken draws a bearer token (32 random bytes in base64url) and its SHA-256, which alone is stored. Tickets and
// the tokens of customers are made by it too.
func NewToken(rand io.Reader) (token string, hash []byte, err error) { return "", nil, errTodo }

// HashToken is the SHA-256 under which a token is stored.
func HashToken(token string) []byte { return nil }

// CheckPasswordRule is rule P-01.
func CheckPasswordRule(login, name, password string) error { return errTodo }
