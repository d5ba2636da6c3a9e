// Package mail sends the relay's few mails by SMTP. One connection a mail; whoever wants a queue keeps it. Passwords
// never go over a connection that others could read. Safe for concurrent use.
package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strconv"
	"time"

	gomail "github.com/wneessen/go-mail"

	"deskhand/relay/internal/account"
)

// timeout bounds each step of talking to the server.
const timeout = 20 * time.Second

// Config says which server takes the mail. A zero Server is none.
type Config struct {
	Server   string      // smtp://[LOGIN@]HOST[:587] with STARTTLS, smtps://[LOGIN@]HOST[:465], or smtp+plain://HOST[:25] without
	Password string      // of LOGIN
	From     string      // bare address of the sender
	TLS      *tls.Config // nil: the system's authorities
}

// Sender sends mail.
type Sender struct {
	cfg  Config
	host string
	with []gomail.Option
	tls  bool // from the start
}

// New checks the settings; it does not talk to the server.
func New(cfg Config) (*Sender, error) {
	u, err := url.Parse(cfg.Server)
	if err != nil || u.Hostname() == "" || u.Path != "" || u.RawQuery != "" {
		return nil, fmt.Errorf("mail: %q is not of the form smtp://[LOGIN@]HOST[:PORT]", cfg.Server)
	}
	if err := gomail.NewMsg().From(cfg.From); err != nil || cfg.From == "" {
		return nil, fmt.Errorf("mail: %q is no address to send from", cfg.From)
	}
	s := &Sender{cfg: cfg, host: u.Hostname(), with: []gomail.Option{gomail.WithTimeout(timeout)}}
	port := 0
	switch u.Scheme {
	case "smtp":
		port, s.with = 587, append(s.with, gomail.WithTLSPolicy(gomail.TLSMandatory))
	case "smtps":
		port, s.tls, s.with = 465, true, append(s.with, gomail.WithSSL())
	case "smtp+plain":
		port, s.with = 25, append(s.with, gomail.WithTLSPolicy(gomail.NoTLS))
	default:
		return nil, fmt.Errorf("mail: %q is none of smtp, smtps and smtp+plain", u.Scheme)
	}
	if u.Port() != "" {
		if port, err = strconv.Atoi(u.Port()); err != nil {
			return nil, fmt.Errorf("mail: port %q", u.Port())
		}
	}
	s.with = append(s.with, gomail.WithPort(port))
	if cfg.TLS != nil {
		s.with = append(s.with, gomail.WithTLSConfig(cfg.TLS))
	}
	return s, s.login(u)
}

func (s *Sender) login(u *url.URL) error {
	name := u.User.Username()
	if _, inURL := u.User.Password(); inURL {
		return errors.New("mail: the password belongs into a file, not into the address")
	}
	switch {
	case name == "":
		return nil
	case u.Scheme == "smtp+plain":
		return errors.New("mail: a login needs smtp or smtps, or others could read its password")
	case s.cfg.Password == "":
		return errors.New("mail: the login has no password")
	}
	s.with = append(s.with, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover), gomail.WithUsername(name), gomail.WithPassword(s.cfg.Password))
	return nil
}

// Send hands one mail to the server.
func (s *Sender) Send(ctx context.Context, m account.Mail) error {
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	if err := errors.Join(msg.From(s.cfg.From), msg.To(m.To)); err != nil {
		return fmt.Errorf("mail: %w", err)
	}
	msg.Subject(m.Subject)
	msg.SetMessageID()
	msg.SetDate()
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	msg.SetBodyString(gomail.TypeTextPlain, m.Text)
	var held net.Conn // which the library leaves open when the server has no STARTTLS
	defer func() {
		if held != nil {
			_ = held.Close()
		}
	}()
	with := slices.Clone(s.with)
	if !s.tls { // else it has to be the library's own, or that does not know that nobody can read it
		with = append(with, gomail.WithDialContextFunc(func(ctx context.Context, network, address string) (conn net.Conn, err error) {
			held, err = (&net.Dialer{Timeout: timeout}).DialContext(ctx, network, address)
			return held, err
		}))
	}
	client, err := gomail.NewClient(s.host, with...)
	if err != nil {
		return fmt.Errorf("mail: %w", err)
	}
	if err := client.DialAndSendWithContext(ctx, msg); err != nil {
		return fmt.Errorf("mail: %s: %w", net.JoinHostPort(s.host, "smtp"), err)
	}
	return nil
}
