package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"strings"

	"deskhand/relay"
	"deskhand/relay/internal/mail"
)

// serve runs a relay until it is interrupted.
func (p *program) serve(ctx context.Context, args []string) error {
	o := p.options("serve")
	quic := o.String("quic", ":443", "UDP addresses to listen on, HOST:PORT, separated by commas; empty for none")
	tcp := o.String("tcp", ":443", "TCP addresses to listen on, likewise")
	public := o.String("public-url", "", "address of the portal pages as customers type it, https://HOST[:PORT]")
	smtp := o.String("smtp", "", "server that takes mail for forgotten passwords: smtp://[LOGIN@]HOST[:PORT], smtps:// or smtp+plain://; empty for none")
	smtpPassword := o.String("smtp-password-file", "", "file with the password of the mail server's login")
	from := o.String("mail-from", "", "address that mail is sent from")
	var level slog.Level
	o.TextVar(&level, "log", slog.LevelInfo, "log level: debug, info, warn or error")
	if err := o.parse(args); err != nil {
		return err
	}
	if err := os.MkdirAll(*o.dir, 0o700); err != nil {
		return fmt.Errorf("cannot use the folder: %w", err)
	}
	sender := mail.Config{Server: *smtp, From: *from}
	if *smtpPassword != "" {
		var err error
		if sender.Password, err = p.password(*smtpPassword); err != nil {
			return err
		}
	}
	logger := p.logger(level)
	r, err := relay.New(ctx, relay.Config{
		Dir: *o.dir, QUIC: list(*quic), TCP: list(*tcp), PublicURL: *public, Clock: p.clock, Rand: p.rand, Logger: logger,
		Mail: sender,
	})
	if err != nil {
		return err
	}
	logger.Info("the relay is ready", "address", r.Addr(), "pages", r.PublicURL(), "key", r.Fingerprint())
	err = r.Serve(ctx)
	logger.Info("the relay has stopped")
	return err
}

// list splits at commas and leaves out what is empty.
func list(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ' ' })
}

// key prints what apps must trust.
func (p *program) key(args []string) error {
	o := p.options("key")
	if err := o.parse(args); err != nil {
		return err
	}
	if err := os.MkdirAll(*o.dir, 0o700); err != nil {
		return fmt.Errorf("cannot use the folder: %w", err)
	}
	fingerprint, err := relay.Fingerprint(relay.Config{Dir: *o.dir, Clock: p.clock, Rand: p.rand})
	if err != nil {
		return err
	}
	fmt.Fprintln(p.out, fingerprint)
	return nil
}
