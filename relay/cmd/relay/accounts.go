package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"deskhand/relay"
	"deskhand/relay/internal/account"
	"deskhand/relay/internal/store"
)

// maxPassword bounds what is read as a password, in bytes.
const maxPassword = 4096

// open opens a relay's store, which is made when it is not there.
func open(ctx context.Context, dir string) (*store.Store, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("cannot use the folder: %w", err)
	}
	return store.Open(ctx, filepath.Join(dir, relay.StoreFile))
}

// company finds a company or makes it.
func company(ctx context.Context, s *store.Store, name string) (store.Company, error) {
	c, err := s.CompanyByName(ctx, name)
	if errors.Is(err, store.ErrNotFound) {
		return s.AddCompany(ctx, name)
	}
	return c, err
}

// makeCompany is company within a change.
func makeCompany(ctx context.Context, c *store.Change, name string) (store.Company, error) {
	found, err := c.CompanyByName(ctx, name)
	if errors.Is(err, store.ErrNotFound) {
		return c.AddCompany(ctx, store.Company{Name: name})
	}
	return found, err
}

// password reads a password from a file, or asks for it. It is one line and never an argument, which others could see.
func (p *program) password(file string) (string, error) {
	from := p.in
	if file != "" {
		f, err := os.Open(file)
		if err != nil {
			return "", fmt.Errorf("cannot read the password: %w", err)
		}
		defer f.Close()
		from = f
	} else {
		fmt.Fprint(p.err, "Password: ")
		defer fmt.Fprintln(p.err)
		defer hide(p.in)()
	}
	line, err := bufio.NewReader(io.LimitReader(from, maxPassword)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("cannot read the password: %w", err)
	}
	line = strings.TrimRight(line, "\r\n")
	if line == "" {
		return "", errors.New("the password is empty")
	}
	return line, nil
}

// newPassword reads a password, checks the rule (P-01) and hashes it.
func (p *program) newPassword(login, name, file string) (string, error) {
	password, err := p.password(file)
	if err != nil {
		return "", err
	}
	if err := account.CheckPasswordRule(login, name, password); err != nil {
		return "", errors.New("the password must have 8 to 32 characters, three of these: capital letters, small letters, digits, symbols; and must not be the login or a name")
	}
	return account.HashPassword(password, p.rand)
}
