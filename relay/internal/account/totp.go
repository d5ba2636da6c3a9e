package account

import (
	"context"
	"crypto/subtle"
	"encoding/base32"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"
	"github.com/pquerna/otp/totp"

	"deskhand/protocol/fault"
	"deskhand/relay/internal/store"
)

// What authenticator apps expect: SHA-1, six digits, a new code every 30 seconds (RFC 6238).
const (
	totpPeriod = 30 * time.Second
	totpSkew   = 1 // steps that a clock may be off, either way
	totpSecret = 20
	totpIssuer = "Deskhand"
)

// SecondFactor is a secret that has been drawn for an authenticator app. Show it once and keep it nowhere.
type SecondFactor struct {
	URI    string // otpauth://, as a QR code
	Secret string // the same to type, base32
}

// BeginTOTP draws a second factor for an account (P-06). It is asked for once ConfirmTOTP has seen a code of it.
func (a *Accounts) BeginTOTP(ctx context.Context, r store.Rep) (SecondFactor, error) {
	secret := make([]byte, totpSecret)
	if _, err := io.ReadFull(a.cfg.Rand, secret); err != nil {
		return SecondFactor{}, fmt.Errorf("account: draw second factor: %w", err)
	}
	sealed, err := a.cfg.Key.seal(secret, aboutTOTP(r), a.cfg.Rand)
	if err != nil {
		return SecondFactor{}, err
	}
	key, err := totp.Generate(totp.GenerateOpts{Issuer: totpIssuer, AccountName: r.Login, Secret: secret})
	if err != nil {
		return SecondFactor{}, fmt.Errorf("account: second factor: %w", err)
	}
	err = a.cfg.Store.Change(ctx, own(r, a.cfg.Clock()), func(c *store.Change) error { return c.SetTOTP(ctx, r.ID, sealed) })
	return SecondFactor{URI: key.URL(), Secret: key.Secret()}, err
}

// ConfirmTOTP begins to ask for the second factor, as its owner's app has it. fault.SecondFactorWrong.
func (a *Accounts) ConfirmTOTP(ctx context.Context, r store.Rep, code string) error {
	now := a.cfg.Clock()
	step, err := a.stepOf(ctx, r, code, now)
	if err != nil {
		return err
	}
	by := own(r, now)
	return used(a.cfg.Store.UseTOTP(ctx, r.ID, step, &by))
}

// EndTOTP does away with the second factor, with a code of it. fault.SecondFactorWrong.
func (a *Accounts) EndTOTP(ctx context.Context, r store.Rep, code string) error {
	now := a.cfg.Clock()
	step, err := a.stepOf(ctx, r, code, now)
	if err != nil {
		return err
	}
	if err := used(a.cfg.Store.UseTOTP(ctx, r.ID, step, nil)); err != nil {
		return err
	}
	return a.cfg.Store.Change(ctx, own(r, now), func(c *store.Change) error { return c.ClearTOTP(ctx, r.ID) })
}

// checkCode asks for the code when the account has a second factor. Each code counts once, also within its half minute.
func (a *Accounts) checkCode(ctx context.Context, r store.Rep, code string, now time.Time) error {
	if !r.TOTP {
		return nil
	}
	if strings.TrimSpace(code) == "" {
		return fault.New(fault.SecondFactor, nil)
	}
	step, err := a.stepOf(ctx, r, code, now)
	if err != nil {
		return err
	}
	return used(a.cfg.Store.UseTOTP(ctx, r.ID, step, nil))
}

func used(fresh bool, err error) error {
	if err == nil && !fresh {
		err = fault.New(fault.SecondFactorWrong, errors.New("account: the code has been used"))
	}
	return err
}

// stepOf finds the time step that a code belongs to.
func (a *Accounts) stepOf(ctx context.Context, r store.Rep, code string, now time.Time) (int64, error) {
	t, err := a.cfg.Store.TOTP(ctx, r.ID)
	if err != nil {
		return 0, err
	}
	if len(t.Sealed) == 0 {
		return 0, fault.New(fault.SecondFactorWrong, errors.New("account: there is no second factor"))
	}
	secret, err := a.cfg.Key.open(t.Sealed, aboutTOTP(r))
	if err != nil {
		return 0, err
	}
	code = strings.ReplaceAll(strings.TrimSpace(code), " ", "")
	text := base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(secret)
	middle := now.Unix() / int64(totpPeriod/time.Second)
	found := int64(0)
	for step := middle - totpSkew; step <= middle+totpSkew; step++ {
		want, err := hotp.GenerateCodeCustom(text, uint64(step), hotp.ValidateOpts{Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1})
		if err != nil {
			return 0, fmt.Errorf("account: second factor: %w", err)
		}
		if subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 {
			found = step
		}
	}
	if found == 0 {
		return 0, fault.New(fault.SecondFactorWrong, nil)
	}
	return found, nil
}

// aboutTOTP ties a sealed secret to its account, so that swapping rows opens nothing.
func aboutTOTP(r store.Rep) string { return fmt.Sprintf("totp of rep %d", r.ID) }
