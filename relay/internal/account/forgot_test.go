package account

import (
	"context"
	"errors"
	"regexp"
	"strings"
	"testing"
	"time"

	"deskhand/protocol/fault"
)

// postbox takes mail.
type postbox struct {
	got  chan Mail
	fail error
}

func (p *postbox) Send(_ context.Context, m Mail) error {
	p.got <- m
	return p.fail
}

// forget runs the mail of an account whose password has been forgotten, and gives what was sent.
func (b *bench) forget(t *testing.T, logins ...string) []Mail {
	t.Helper()
	box := &postbox{got: make(chan Mail, 100)}
	b.cfg.Mailer, b.cfg.PublicURL = box, "https://relay.example"
	for _, login := range logins {
		b.Forgot(login, "de-AT")
	}
	for len(b.forgotten.waiting) > 0 {
		if err := b.sendLink(t.Context(), <-b.forgotten.waiting); err != nil {
			t.Error(err)
		}
	}
	close(box.got)
	var sent []Mail
	for m := range box.got {
		sent = append(sent, m)
	}
	return sent
}

var linkPattern = regexp.MustCompile(`https://relay\.example/reset/([A-Za-z0-9_-]{43})`)

func TestL07_ForgottenPasswords(t *testing.T) {
	b := setUp(t)
	ctx := t.Context()
	sent := b.forget(t, " ANN@example.com ", "nobody@example.com", "bob@example.com", "")
	if len(sent) != 1 || sent[0].To != "Ann@Example.com" || sent[0].Subject != "Ihr Deskhand-Passwort" {
		t.Fatalf("sent %+v", sent)
	}
	link := linkPattern.FindStringSubmatch(sent[0].Text)
	if link == nil || !strings.Contains(sent[0].Text, "Ann Lee") {
		t.Fatalf("text %q", sent[0].Text)
	}
	token, _, err := b.Login(ctx, Try{Login: "ann@example.com", Password: password, Network: home})
	if err != nil {
		t.Fatal(err)
	}
	if err := b.ResetLink(ctx, link[1]); err != nil {
		t.Errorf("the link: %v", err)
	}
	wants(t, "another link", b.ResetPassword(ctx, strings.Repeat("A", 43), newPassword, home), fault.LinkExpired)
	wants(t, "no link", b.ResetPassword(ctx, "", newPassword, home), fault.LinkExpired)
	wants(t, "P-01: against the rule", b.ResetPassword(ctx, link[1], "short", home), fault.PasswordRule)
	if err := b.ResetPassword(ctx, link[1], newPassword, home); err != nil {
		t.Fatal(err)
	}
	wants(t, "the link again", b.ResetPassword(ctx, link[1], "Another-1!", home), fault.LinkExpired)
	wants(t, "looking at it again", b.ResetLink(ctx, link[1]), fault.LinkExpired)
	if got := b.try(t, "ann@example.com", newPassword, home); got != "" {
		t.Errorf("the new password: %q", got)
	}
	_, err = b.Rep(ctx, token)
	wants(t, "a login from before", err, fault.LoggedOut)
}

func TestL07_RunSends(t *testing.T) {
	b := setUp(t)
	box := &postbox{got: make(chan Mail), fail: errors.New("no such mailbox")}
	b.cfg.Mailer = box
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- b.Run(ctx) }()
	for range 2 { // the first failure does not end it
		b.Forgot("ann@example.com", "en")
		<-box.got
	}
	cancel()
	if err := <-ended; err != nil {
		t.Errorf("Run: %v", err)
	}
}

func TestL07_LinksLiveForAnHour(t *testing.T) {
	b := setUp(t)
	link := linkPattern.FindStringSubmatch(b.forget(t, "ann@example.com")[0].Text)[1]
	b.advance(linkLifetime - time.Millisecond)
	if err := b.ResetLink(t.Context(), link); err != nil {
		t.Errorf("just before: %v", err)
	}
	b.advance(time.Millisecond)
	wants(t, "an hour later", b.ResetPassword(t.Context(), link, newPassword, home), fault.LinkExpired)
}

func TestL07_NobodysMailboxIsFilled(t *testing.T) {
	b := setUp(t)
	if sent := b.forget(t, "ann@example.com", "ann@example.com", "ann@example.com", "ann@example.com"); len(sent) != linksAnHour {
		t.Errorf("%d mails, want %d", len(sent), linksAnHour)
	}
	b.advance(time.Hour)
	if sent := b.forget(t, "ann@example.com"); len(sent) != 1 {
		t.Errorf("an hour later %d mails", len(sent))
	}
	b.cfg.Mailer = &postbox{}
	for range forgetful + 5 {
		b.Forgot("ann@example.com", "en")
	}
	if b.Dropped() != 5 {
		t.Errorf("%d requests dropped, want 5", b.Dropped())
	}
}

func TestL07_MailInEachLanguage(t *testing.T) {
	seen := map[string]bool{}
	for _, language := range []string{"en", "es-MX", "fr", "it-CH", "pt-BR", "de"} {
		subject, text := resetText(language, "Ann Lee", "https://relay.example/reset/x")
		if seen[subject] || !strings.Contains(text, "Ann Lee") || !strings.Contains(text, "\nhttps://relay.example/reset/x\n") || strings.Contains(text, "%!") {
			t.Errorf("%s: %q, %q", language, subject, text)
		}
		seen[subject] = true
	}
	for _, language := range []string{"", "xx", "ja"} {
		if subject, _ := resetText(language, "", ""); subject != "Your Deskhand password" {
			t.Errorf("%q: %q", language, subject)
		}
	}
}
