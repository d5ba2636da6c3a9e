package account

import (
	"context"
	"net/mail"
	"strings"
	"time"

	"deskhand/protocol/fault"
	"deskhand/relay/internal/role"
	"deskhand/relay/internal/store"
)

// maxEmail is the length of an e-mail address at most.
const maxEmail = 254

// fresh refuses a password that its owner has to change first: somebody else has chosen it (P-03), or it is as old as
// the team's or the company's policy allows (P-02). One without a date is old.
func (a *Accounts) fresh(ctx context.Context, r store.Rep, now time.Time) error {
	if r.MustChange {
		return fault.New(fault.PasswordExpired, nil)
	}
	days, err := a.cfg.Store.PasswordDays(ctx, r)
	if err != nil || days == 0 {
		return err
	}
	if !r.PasswordSetAt.AddDate(0, 0, days).After(now) {
		return fault.New(fault.PasswordExpired, nil)
	}
	return nil
}

// NewPassword is a wish for another password.
type NewPassword struct {
	Try          // who it is, with the old password; guessing it is held up like guessing at the login
	Want  string // the new one
	Token string // of a login that goes on, if there is one; all others of the account end
}

// ChangePassword changes a password (L-08). Everything that the account is used for has the same one (L-09). Faults as
// of Login but for PasswordExpired and SeatsTaken; fault.PasswordRule when the new one breaks the rule (P-01) or is the
// old one.
func (a *Accounts) ChangePassword(ctx context.Context, n NewPassword) error {
	now := a.cfg.Clock()
	rep, err := a.verify(ctx, &n.Try, now)
	if err != nil {
		return err
	}
	if n.Want == n.Password {
		return fault.New(fault.PasswordRule, nil)
	}
	hash, err := a.hash(ctx, rep, n.Want)
	if err != nil {
		return err
	}
	p := store.Password{Hash: hash, Was: rep.PasswordHash}
	if n.Token != "" {
		p.Keep = HashToken(n.Token)
	}
	return a.cfg.Store.Change(ctx, own(rep, now), func(c *store.Change) error { return c.SetPassword(ctx, rep.ID, p) })
}

// hash checks the rule and hashes.
func (a *Accounts) hash(ctx context.Context, r store.Rep, password string) (string, error) {
	if len(password) > maxPassword {
		return "", fault.New(fault.PasswordRule, nil)
	}
	if err := CheckPasswordRule(r.Login, r.Name, password); err != nil {
		return "", fault.New(fault.PasswordRule, err)
	}
	if err := a.turn(ctx); err != nil {
		return "", err
	}
	defer func() { <-a.checks }()
	return a.cfg.Params.Hash(password, a.cfg.Rand)
}

// own is what an account's owner does with it.
func own(r store.Rep, at time.Time) store.By { return store.By{Name: r.Login, At: at} }

// Owes reports whether a manager has yet to say which e-mail address is right (P-03): without one a forgotten password
// cannot be replaced. That the password has to be changed first Login says by itself.
func Owes(r store.Rep) bool { return r.Role != role.Rep && !r.EmailConfirmed }

// ConfirmEmail writes down the address that an account's owner says is right; fault.Invalid when it is none.
func (a *Accounts) ConfirmEmail(ctx context.Context, r store.Rep, email string) error {
	email = strings.TrimSpace(email)
	if !isEmail(email) {
		return fault.New(fault.Invalid, nil)
	}
	return a.cfg.Store.Change(ctx, own(r, a.cfg.Clock()), func(c *store.Change) error {
		return c.ConfirmEmail(ctx, r.ID, email)
	})
}

// isEmail accepts a bare address of one line.
func isEmail(text string) bool {
	parsed, err := mail.ParseAddress(text)
	return err == nil && parsed.Address == text && len(text) <= maxEmail && !strings.ContainsAny(text, "\r\n\x00")
}
