package account

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"deskhand/protocol/fault"
	"deskhand/relay/internal/store"
)

const (
	linkLifetime = time.Hour
	linksAnHour  = 3                // for one login: more would only fill a mailbox
	forgetful    = 64               // requests that wait for their mail; more are dropped and counted
	sendWithin   = 30 * time.Second // one mail
	resetPath    = "/reset/"        // of the page that asks for the new password, below the public address
)

// Mail is a message of plain text.
type Mail struct {
	To            string // a bare address
	Subject, Text string
}

// Mailer sends mail.
type Mailer interface {
	Send(ctx context.Context, m Mail) error
}

// request is a login whose password has been forgotten, as somebody says.
type request struct{ login, language string }

// outbox holds the requests until Run looks at them.
type outbox struct {
	waiting chan request
	dropped atomic.Uint64
}

func newOutbox() *outbox { return &outbox{waiting: make(chan request, forgetful)} }

// Forgot sends a link by which the owner of a login can choose a new password (L-07), if there is such a login, it is
// active and has an e-mail address. It returns at once and says nothing, so that nobody learns which logins there are.
// language is that of the page, BCP 47. Callers are to be held up by network.
func (a *Accounts) Forgot(login, language string) {
	login = strings.ToLower(strings.TrimSpace(login))
	if login == "" || len(login) > maxLogin || a.cfg.Mailer == nil {
		return
	}
	select {
	case a.forgotten.waiting <- request{login, language}:
	default:
		a.forgotten.dropped.Add(1)
	}
}

// Run sends what Forgot promises, until ctx ends, which is its only good end. Call it once.
func (a *Accounts) Run(ctx context.Context) error {
	for {
		select {
		case r := <-a.forgotten.waiting:
			if err := a.sendLink(ctx, r); err != nil && ctx.Err() == nil {
				a.cfg.Logger.Error("a link for a forgotten password could not be sent", "err", err)
			}
		case <-ctx.Done():
			return nil
		}
	}
}

func (a *Accounts) sendLink(ctx context.Context, r request) error {
	ctx, cancel := context.WithTimeout(ctx, sendWithin)
	defer cancel()
	rep, err := a.cfg.Store.RepByLogin(ctx, r.login)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	to := address(rep)
	if !rep.Active || to == "" {
		return nil
	}
	token, hash, err := NewToken(a.cfg.Rand)
	if err != nil {
		return err
	}
	now := a.cfg.Clock()
	link := store.Reset{TokenHash: hash, RepID: rep.ID, MadeAt: now, Expires: now.Add(linkLifetime)}
	added, err := a.cfg.Store.AddReset(ctx, link, now.Add(-time.Hour), linksAnHour)
	if err != nil || !added {
		return err
	}
	subject, text := resetText(r.language, rep.Name, a.cfg.PublicURL+resetPath+token)
	if err := a.cfg.Mailer.Send(ctx, Mail{To: to, Subject: subject, Text: text}); err != nil {
		return fmt.Errorf("account: mail: %w", err)
	}
	return nil
}

// address is where a rep's mail goes: the address of the account, else the login when it is one.
func address(r store.Rep) string {
	for _, a := range []string{r.Email, r.Login} {
		if isEmail(a) {
			return a
		}
	}
	return ""
}

// ResetPassword replaces a forgotten password by what the link holds, once and within an hour; all logins of the account
// end, and network is where its owner is known from now on. fault.LinkExpired; fault.PasswordRule, after which the link
// still works.
func (a *Accounts) ResetPassword(ctx context.Context, link, password, network string) error {
	if !isToken(link) {
		return fault.New(fault.LinkExpired, nil)
	}
	now := a.cfg.Clock()
	rep, err := a.cfg.Store.ResetRep(ctx, HashToken(link), now)
	if err != nil {
		return err
	}
	hash, err := a.hash(ctx, rep, password)
	if err != nil {
		return err
	}
	return a.cfg.Store.UseReset(ctx, HashToken(link), store.Password{Hash: hash, From: networkPlace(network)}, now)
}

// ResetLink reports whether a link still works, before anybody thinks of a new password; fault.LinkExpired.
func (a *Accounts) ResetLink(ctx context.Context, link string) error {
	if !isToken(link) {
		return fault.New(fault.LinkExpired, nil)
	}
	_, err := a.cfg.Store.ResetRep(ctx, HashToken(link), a.cfg.Clock())
	return err
}
