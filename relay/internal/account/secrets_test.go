package account

import (
	"bytes"
	"crypto/rand"
	"encoding/base32"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"deskhand/protocol/fault"
	"deskhand/relay/internal/role"
	"deskhand/relay/internal/store"
)

const newPassword = "Quiet-Harbour-7"

// change changes accounts as somebody at the command line does.
func (b *bench) change(t *testing.T, do func(*store.Change) error) {
	t.Helper()
	by := store.By{Name: "operator", At: b.clock(), Powers: role.Person{Role: role.Operator}}
	if err := b.store.Change(t.Context(), by, do); err != nil {
		t.Fatal(err)
	}
}

func (b *bench) rep(t *testing.T, login string) store.Rep {
	t.Helper()
	r, err := b.store.RepByLogin(t.Context(), login)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func wants(t *testing.T, what string, err error, want fault.Reason) {
	t.Helper()
	if got := fault.ReasonOf(err); got != want {
		t.Errorf("%s: %v, want %q", what, err, want)
	}
}

func (b *bench) changePassword(t *testing.T, was, want string) error {
	t.Helper()
	return b.ChangePassword(t.Context(), NewPassword{Try: Try{Login: "ann@example.com", Password: was, Network: home}, Want: want})
}

func TestL08_ChangingAPassword(t *testing.T) {
	b := setUp(t)
	ctx := t.Context()
	kept, _, err := b.Login(ctx, Try{Login: "ann@example.com", Password: password, Network: home})
	if err != nil {
		t.Fatal(err)
	}
	other, _, err := b.Login(ctx, Try{Login: "ann@example.com", Password: password, Network: home})
	if err != nil {
		t.Fatal(err)
	}
	wants(t, "a wrong old one", b.changePassword(t, "wrong", newPassword), fault.InvalidPassword)
	wants(t, "the same again", b.changePassword(t, password, password), fault.PasswordRule)
	wants(t, "P-01: against the rule", b.changePassword(t, password, "short"), fault.PasswordRule)
	wants(t, "P-01: the own name", b.changePassword(t, password, "Ann@Example.com"), fault.PasswordRule)
	err = b.ChangePassword(ctx, NewPassword{
		Try: Try{Login: "Ann@example.com", Password: password, Network: home}, Want: newPassword, Token: kept,
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := b.try(t, "ann@example.com", password, home); got != fault.InvalidPassword {
		t.Errorf("the old password: %q", got)
	}
	if got := b.try(t, "ann@example.com", newPassword, home); got != "" {
		t.Errorf("L-09: the new password: %q", got)
	}
	if _, err := b.Rep(ctx, kept); err != nil {
		t.Errorf("the login that changed it: %v", err)
	}
	_, err = b.Rep(ctx, other)
	wants(t, "the other login", err, fault.LoggedOut)
}

func TestL08_GuessingTheOldPasswordIsHeldUp(t *testing.T) {
	b := setUp(t)
	for range freeTries {
		wants(t, "a guess", b.changePassword(t, "wrong", newPassword), fault.InvalidPassword)
	}
	wants(t, "one more", b.changePassword(t, password, newPassword), fault.TooManyAttempts)
}

func TestP02_PasswordsGrowOld(t *testing.T) {
	b := setUp(t)
	team := b.rep(t, "ann@example.com").TeamID
	b.change(t, func(c *store.Change) error {
		return c.SetTeam(t.Context(), store.Team{ID: team, Name: "Acme", PasswordDays: 30})
	})
	if got := b.try(t, "ann@example.com", password, home); got != fault.PasswordExpired {
		t.Errorf("a password of which nobody knows how old it is: %q", got)
	}
	if got := b.try(t, "ann@example.com", "wrong", home); got != fault.InvalidPassword {
		t.Errorf("a wrong password: %q", got)
	}
	if err := b.changePassword(t, password, newPassword); err != nil {
		t.Fatal(err)
	}
	b.advance(30*24*time.Hour - time.Second)
	if got := b.try(t, "ann@example.com", newPassword, home); got != "" {
		t.Errorf("on its last day: %q", got)
	}
	b.advance(time.Second)
	if got := b.try(t, "ann@example.com", newPassword, home); got != fault.PasswordExpired {
		t.Errorf("after thirty days: %q", got)
	}
}

func TestP03_TheFirstLogin(t *testing.T) {
	b := setUp(t)
	ctx := t.Context()
	ann := b.rep(t, "ann@example.com")
	hash := ann.PasswordHash
	b.change(t, func(c *store.Change) error {
		_, err := c.AddRep(ctx, store.Rep{
			CompanyID: ann.CompanyID, Login: "boss", Name: "Boss", Role: role.CompanyManager, PasswordHash: hash, MustChange: true, Active: true,
		})
		return err
	})
	try := Try{Login: "boss", Password: password, Network: home}
	_, _, err := b.Login(ctx, try)
	wants(t, "the first login", err, fault.PasswordExpired)
	if err := b.ChangePassword(ctx, NewPassword{Try: try, Want: newPassword}); err != nil {
		t.Fatal(err)
	}
	try.Password = newPassword
	token, boss, err := b.Login(ctx, try)
	if err != nil || !Owes(boss) || Owes(ann) {
		t.Fatalf("the second login: %v, owes %t", err, Owes(boss))
	}
	for _, bad := range []string{"", "boss", "a@b\r\nc@d", "Boss <boss@acme.test>", strings.Repeat("a", 250) + "@acme.test"} {
		wants(t, bad, b.ConfirmEmail(ctx, boss, bad), fault.Invalid)
	}
	if err := b.ConfirmEmail(ctx, boss, " boss@acme.test "); err != nil {
		t.Fatal(err)
	}
	if boss, err = b.Rep(ctx, token); err != nil || Owes(boss) || boss.Email != "boss@acme.test" {
		t.Errorf("after both steps: %+v, %v", boss, err)
	}
}

func TestP06_SecondFactor(t *testing.T) {
	b := setUp(t)
	ctx := t.Context()
	key, err := LoadKey(filepath.Join(t.TempDir(), "key"), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	b.cfg.Key = key
	ann := b.rep(t, "ann@example.com")
	factor, err := b.BeginTOTP(ctx, ann)
	if err != nil || !strings.HasPrefix(factor.URI, "otpauth://totp/Deskhand:Ann@Example.com?") {
		t.Fatalf("%+v, %v", factor, err)
	}
	code := func() string {
		c, err := totp.GenerateCode(factor.Secret, b.clock())
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	login := func(code string) error {
		_, _, err := b.Login(ctx, Try{Login: "ann@example.com", Password: password, Network: home, Code: code})
		return err
	}
	if err := login(""); err != nil {
		t.Errorf("before it is confirmed: %v", err)
	}
	wants(t, "a wrong code", b.ConfirmTOTP(ctx, ann, "000000"), fault.SecondFactorWrong)
	if err := b.ConfirmTOTP(ctx, ann, code()); err != nil {
		t.Fatal(err)
	}
	wants(t, "no code", login(""), fault.SecondFactor)
	wants(t, "the code that confirmed", login(code()), fault.SecondFactorWrong)
	b.advance(totpPeriod)
	first := code()
	if err := login(first[:3] + " " + first[3:]); err != nil {
		t.Errorf("the next code: %v", err)
	}
	wants(t, "the same code again", login(first), fault.SecondFactorWrong)
	b.advance(2 * totpPeriod)
	wants(t, "two steps later", login(first), fault.SecondFactorWrong)
	last := code()
	b.advance(totpPeriod)
	if err := login(last); err != nil {
		t.Errorf("one step late: %v", err)
	}
	for _, file := range []string{b.path, b.path + "-wal"} {
		held, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		raw, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(factor.Secret)
		if err != nil || bytes.Contains(held, []byte(factor.Secret)) || bytes.Contains(held, raw) {
			t.Errorf("%s holds the secret, %v", filepath.Base(file), err)
		}
	}
	b.advance(2 * totpPeriod)
	wants(t, "ending it without a code", b.EndTOTP(ctx, ann, "1"), fault.SecondFactorWrong)
	if err := errors.Join(b.EndTOTP(ctx, ann, code()), login("")); err != nil {
		t.Errorf("without it: %v", err)
	}
}

func TestP06_GuessingCodesIsHeldUp(t *testing.T) {
	b := setUp(t)
	ctx := t.Context()
	key, err := LoadKey(filepath.Join(t.TempDir(), "key"), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	b.cfg.Key = key
	ann := b.rep(t, "ann@example.com")
	factor, err := b.BeginTOTP(ctx, ann)
	if err != nil {
		t.Fatal(err)
	}
	now, _ := totp.GenerateCode(factor.Secret, b.clock())
	if err := b.ConfirmTOTP(ctx, ann, now); err != nil {
		t.Fatal(err)
	}
	for range freeTries {
		_, _, err := b.Login(ctx, Try{Login: "ann@example.com", Password: password, Code: "000000", Network: home})
		wants(t, "a guess", err, fault.SecondFactorWrong)
	}
	_, _, err = b.Login(ctx, Try{Login: "ann@example.com", Password: password, Code: "000000", Network: home})
	wants(t, "one more", err, fault.TooManyAttempts)
}

func TestKeyFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "accounts.key")
	one, err := LoadKey(path, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	two, err := LoadKey(path, rand.Reader)
	if err != nil || one != two {
		t.Errorf("read again: %v", err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
	sealed, err := one.seal([]byte("secret"), "rep 1", rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := two.open(sealed, "rep 1"); err != nil || string(got) != "secret" {
		t.Errorf("open: %q, %v", got, err)
	}
	if _, err := two.open(sealed, "rep 2"); err == nil {
		t.Error("opened for another account")
	}
	if _, err := (Key{}).seal(nil, "", rand.Reader); err == nil {
		t.Error("sealed without a key")
	}
	if err := os.WriteFile(path, []byte("no key"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := LoadKey(path, rand.Reader); err == nil {
		t.Error("read what is no key")
	}
}

// TestStrangersCannotLockARepOut: guesses from everywhere use up what strangers have; a familiar network or device keeps
// its own tries.
func TestStrangersCannotLockARepOut(t *testing.T) {
	b := setUp(t)
	ctx := t.Context()
	login := func(network, device, pw string) fault.Reason {
		_, _, err := b.Login(ctx, Try{Login: "ann@example.com", Password: pw, Network: network, Device: device})
		return fault.ReasonOf(err)
	}
	if got := login(home, "laptop", password); got != "" {
		t.Fatalf("the first login: %q", got)
	}
	for n := range freeOfLogin {
		if got := login("stranger "+string(rune('a'+n)), "", "wrong"); got != fault.InvalidPassword {
			t.Fatalf("guess %d: %q", n, got)
		}
	}
	if got := login("another stranger", "", password); got != fault.TooManyAttempts {
		t.Errorf("a new place while strangers guess: %q", got)
	}
	if got := login(home, "", password); got != "" {
		t.Errorf("the familiar network: %q", got)
	}
	if got := login("a hotel", "laptop", password); got != "" {
		t.Errorf("the familiar device: %q", got)
	}
	// Somebody in the rep's own network uses that one up; the device still has its own.
	for range freeTries {
		login(home, "", "wrong")
	}
	if got := login(home, "", password); got != fault.TooManyAttempts {
		t.Errorf("the network, used up: %q", got)
	}
	if got := login(home, "laptop", password); got != "" {
		t.Errorf("the device in that network: %q", got)
	}
	restarted := New(b.cfg)
	if _, _, err := restarted.Login(ctx, Try{Login: "ann@example.com", Password: password, Network: "x", Device: "laptop"}); err != nil {
		t.Errorf("after a restart: %v", err)
	}
}

func TestOneNetworkCannotTryManyLogins(t *testing.T) {
	b := setUp(t)
	for n := range freeOfSource {
		if got := b.try(t, "rep"+string(rune('0'+n))+"@example.com", "wrong", "away"); got != fault.InvalidPassword {
			t.Fatalf("login %d: %q", n, got)
		}
	}
	if got := b.try(t, "ann@example.com", password, "away"); got != fault.TooManyAttempts {
		t.Errorf("one more: %q", got)
	}
	if got := b.try(t, "ann@example.com", password, home); got != "" {
		t.Errorf("from elsewhere: %q", got)
	}
}

func TestL02_TheFaultNamesTheHolders(t *testing.T) {
	b := setUp(t)
	ctx := t.Context()
	ann := b.rep(t, "ann@example.com")
	if err := b.store.SetActive(ctx, b.rep(t, "bob@example.com").ID, true); err != nil {
		t.Fatal(err)
	}
	b.change(t, func(c *store.Change) error {
		return c.SetCompany(ctx, store.Company{ID: ann.CompanyID, Name: "Acme", Seats: 1})
	})
	token, _, err := b.Login(ctx, Try{Login: "ann@example.com", Password: password, Network: home})
	if err != nil {
		t.Fatal(err)
	}
	try := Try{Login: "bob@example.com", Password: password, Network: home}
	_, _, err = b.Login(ctx, try)
	var full *store.Full
	if !fault.Is(err, fault.SeatsTaken) || !errors.As(err, &full) || len(full.Holders) != 1 || full.Holders[0].Name != "Ann Lee" {
		t.Fatalf("Login: %v", err)
	}
	try.End = full.Holders[0].RepID
	if _, _, err = b.Login(ctx, try); err != nil {
		t.Fatal(err)
	}
	if rep, err := b.Rep(ctx, token); err != nil || !rep.Displaced {
		t.Errorf("the other login: %+v, %v", rep, err)
	}
}
