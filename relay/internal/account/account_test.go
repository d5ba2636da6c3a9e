package account

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"deskhand/protocol/fault"
	"deskhand/relay/internal/store"
)

// cheap are costs for tests.
var cheap = Params{Memory: 1024, Time: 1, Threads: 1}

const (
	password = "Correct horse 9"
	home     = "203.0.113.9"
)

// bench is Accounts over a real store with the reps ann (active) and bob (not).
type bench struct {
	*Accounts
	store *store.Store
	path  string
	now   atomic.Int64
}

func (b *bench) clock() time.Time        { return time.UnixMilli(1700000000000 + b.now.Load()).UTC() }
func (b *bench) advance(d time.Duration) { b.now.Add(d.Milliseconds()) }

func setUp(t *testing.T) *bench {
	t.Helper()
	b := &bench{path: filepath.Join(t.TempDir(), "relay.db")}
	s, err := store.Open(t.Context(), b.path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	c, err := s.AddCompany(t.Context(), "Acme")
	if err != nil {
		t.Fatal(err)
	}
	hash, err := cheap.Hash(password, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range []store.Rep{
		{Login: "Ann@Example.com", Name: "Ann Lee", Active: true},
		{Login: "bob@example.com", Name: "Bob Ray"},
	} {
		r.CompanyID, r.PasswordHash = c.ID, hash
		if _, err := s.AddRep(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	b.store = s
	b.Accounts = New(Config{Store: s, Clock: b.clock, Rand: rand.Reader, Params: cheap})
	return b
}

func (b *bench) try(t *testing.T, login, pw, network string) fault.Reason {
	t.Helper()
	_, _, err := b.Login(t.Context(), Try{Login: login, Password: pw, Network: network})
	return fault.ReasonOf(err)
}

func TestLogin(t *testing.T) {
	for _, tt := range []struct {
		name, login, password string
		want                  fault.Reason
	}{
		{"right", "ann@example.com", password, ""},
		{"L-01: login in another case", " ANN@example.COM ", password, ""},
		{"L-01: password in another case", "ann@example.com", strings.ToLower(password), fault.InvalidPassword},
		{"password with a space more", "ann@example.com", password + " ", fault.InvalidPassword},
		{"no password", "ann@example.com", "", fault.InvalidPassword},
		{"unknown login", "eve@example.com", password, fault.InvalidPassword},
		{"no login", " ", password, fault.InvalidPassword},
		{"enormous login", strings.Repeat("a", 1<<20), password, fault.InvalidPassword},
		{"enormous password", "ann@example.com", strings.Repeat("a", 1<<20), fault.InvalidPassword},
		{"L-04: inactive", "bob@example.com", password, fault.AccountInactive},
		{"inactive with a wrong password", "bob@example.com", "wrong", fault.InvalidPassword},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := setUp(t)
			token, rep, err := b.Login(t.Context(), Try{Login: tt.login, Password: tt.password, Network: home})
			if got := fault.ReasonOf(err); got != tt.want {
				t.Fatalf("Login: %v, want %q", err, tt.want)
			}
			if tt.want != "" {
				if token != "" || rep.ID != 0 {
					t.Error("a refusal gives a token or a rep")
				}
				return
			}
			if got, err := b.Rep(t.Context(), token); err != nil || got.Login != "Ann@Example.com" {
				t.Errorf("Rep = %q, %v", got.Login, err)
			}
		})
	}
}

// TestUnknownLoginsTakeTheSameWork looks at the memory that hashing takes, which shows it better than a stopwatch.
func TestUnknownLoginsTakeTheSameWork(t *testing.T) {
	b := setUp(t)
	for _, login := range []string{"ann@example.com", "bob@example.com", "eve@example.com"} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		b.try(t, login, "wrong", home)
		runtime.ReadMemStats(&after)
		if took := after.TotalAlloc - before.TotalAlloc; took < uint64(cheap.Memory)*1024 {
			t.Errorf("%s takes %d bytes of work, want %d KiB at least", login, took, cheap.Memory)
		}
	}
}

func TestTokens(t *testing.T) {
	b := setUp(t)
	one, _, err := b.Login(t.Context(), Try{Login: "ann@example.com", Password: password, Network: home})
	if err != nil {
		t.Fatal(err)
	}
	two, _, err := b.Login(t.Context(), Try{Login: "ann@example.com", Password: password, Network: home})
	if err != nil || one == two {
		t.Fatalf("second login: %v, same token %v", err, one == two)
	}
	for _, bad := range []string{"", "x", one[:42], one + "A", strings.Repeat("A", 43)} {
		if _, err := b.Rep(t.Context(), bad); !fault.Is(err, fault.LoggedOut) {
			t.Errorf("Rep(%q): %v", bad, err)
		}
	}
	if err := errors.Join(b.Logout(t.Context(), one), b.Logout(t.Context(), one), b.Logout(t.Context(), "x")); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Rep(t.Context(), one); !fault.Is(err, fault.LoggedOut) {
		t.Errorf("after Logout: %v", err)
	}
	if _, err := b.Rep(t.Context(), two); err != nil {
		t.Errorf("the other login: %v", err)
	}
}

func TestLoginsEndAfterLongDisuse(t *testing.T) {
	b := setUp(t)
	token, _, err := b.Login(t.Context(), Try{Login: "ann@example.com", Password: password, Network: home})
	if err != nil {
		t.Fatal(err)
	}
	for range 3 { // used again and again it lives on
		b.advance(store.LoginLifetime - time.Hour)
		if _, err := b.Rep(t.Context(), token); err != nil {
			t.Fatal(err)
		}
	}
	b.advance(store.LoginLifetime)
	if _, err := b.Rep(t.Context(), token); !fault.Is(err, fault.LoggedOut) {
		t.Errorf("after %v: %v", store.LoginLifetime, err)
	}
}

func TestSwitchingAnAccountOffEndsItsLogins(t *testing.T) {
	b := setUp(t)
	token, rep, err := b.Login(t.Context(), Try{Login: "ann@example.com", Password: password, Network: home})
	if err != nil {
		t.Fatal(err)
	}
	if err := b.store.SetActive(t.Context(), rep.ID, false); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Rep(t.Context(), token); !fault.Is(err, fault.LoggedOut) {
		t.Errorf("Rep: %v", err)
	}
	if got := b.try(t, "ann@example.com", password, home); got != fault.AccountInactive {
		t.Errorf("Login: %q", got)
	}
}

func TestNothingSecretIsStored(t *testing.T) {
	b := setUp(t)
	token, _, err := b.Login(t.Context(), Try{Login: "ann@example.com", Password: password, Network: home})
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{b.path, b.path + "-wal"} {
		held, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, secret := range []string{token, password} {
			if bytes.Contains(held, []byte(secret)) {
				t.Errorf("%s holds a secret", filepath.Base(file))
			}
		}
	}
}

func TestLockout(t *testing.T) {
	b := setUp(t)
	for range freeTries {
		if got := b.try(t, "ann@example.com", "wrong", home); got != fault.InvalidPassword {
			t.Fatalf("a free try: %q", got)
		}
	}
	if got := b.try(t, "ANN@example.com", password, home); got != fault.TooManyAttempts {
		t.Errorf("the right password while locked: %q", got)
	}
	if got := b.try(t, "ann@example.com", password, "198.51.100.1"); got != "" {
		t.Errorf("from another network: %q", got)
	}
	if got := b.try(t, "bob@example.com", password, home); got != fault.AccountInactive {
		t.Errorf("another login from that network: %q", got)
	}
	trail, err := b.store.AuditTrail(t.Context(), 2)
	if err != nil || len(trail) != 2 || trail[1].Action != "login_locked" || trail[0].Action != "login" {
		t.Errorf("audit: %+v, %v", trail, err)
	}

	b.advance(firstWait - time.Millisecond)
	if got := b.try(t, "ann@example.com", password, home); got != fault.TooManyAttempts {
		t.Errorf("just before the time: %q", got)
	}
	b.advance(time.Millisecond)
	if got := b.try(t, "ann@example.com", "wrong", home); got != fault.InvalidPassword {
		t.Errorf("after the first wait: %q", got)
	}
	b.advance(firstWait)
	if got := b.try(t, "ann@example.com", password, home); got != fault.TooManyAttempts {
		t.Errorf("the second wait is not longer: %q", got)
	}
	b.advance(firstWait)
	if got := b.try(t, "ann@example.com", password, home); got != "" {
		t.Errorf("after the second wait: %q", got)
	}
	for range freeTries {
		if got := b.try(t, "ann@example.com", "wrong", home); got != fault.InvalidPassword {
			t.Errorf("after a login the count begins anew: %q", got)
		}
	}
}

func TestUnknownLoginsAreLockedLikeKnownOnes(t *testing.T) {
	b := setUp(t)
	for range freeTries {
		b.try(t, "eve@example.com", "wrong", home)
	}
	if got := b.try(t, "eve@example.com", "wrong", home); got != fault.TooManyAttempts {
		t.Errorf("Login: %q", got)
	}
}

func TestWaits(t *testing.T) {
	for _, tt := range []struct {
		tries int
		want  time.Duration
	}{
		{5, 30 * time.Second},
		{6, time.Minute},
		{7, 2 * time.Minute},
		{9, 8 * time.Minute},
		{10, 15 * time.Minute},
		{1000, 15 * time.Minute},
	} {
		if got := wait(tt.tries - freeTries); got != tt.want {
			t.Errorf("wait(%d) = %v, want %v", tt.tries, got, tt.want)
		}
	}
}

func TestTriesAreForgotten(t *testing.T) {
	l, now, key := newLockout(10), time.UnixMilli(0), budget{lockKey("", "a", "b"), freeTries, true}
	for range freeTries - 1 {
		l.begin(now, key)
	}
	if _, locks := l.begin(now.Add(forgetting), key); locks {
		t.Error("a try after an hour counts as the fifth")
	}
}

func TestGivingUpIsNoTryAndClearsNone(t *testing.T) {
	b := setUp(t)
	for range freeTries - 1 {
		b.try(t, "ann@example.com", "wrong", home)
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	for range 3 {
		if _, _, err := b.Login(gone, Try{Login: "ann@example.com", Password: "wrong", Network: home}); !errors.Is(err, context.Canceled) {
			t.Fatalf("Login: %v", err)
		}
	}
	if got := b.try(t, "ann@example.com", "wrong", home); got != fault.InvalidPassword {
		t.Errorf("the last free try: %q", got)
	}
	if got := b.try(t, "ann@example.com", "wrong", home); got != fault.TooManyAttempts {
		t.Errorf("the next: %q", got)
	}
}

func TestTriesAtTheSameMomentDoNotSlipThrough(t *testing.T) {
	b := setUp(t)
	var checked atomic.Int64
	var all sync.WaitGroup
	for range 40 {
		all.Go(func() {
			if _, _, err := b.Login(t.Context(), Try{Login: "ann@example.com", Password: "wrong", Network: home}); fault.Is(err, fault.InvalidPassword) {
				checked.Add(1)
			}
		})
	}
	all.Wait()
	if checked.Load() != freeTries {
		t.Errorf("%d passwords were checked, want %d", checked.Load(), freeTries)
	}
}

func TestLockoutIsBounded(t *testing.T) {
	l, now := newLockout(3), time.UnixMilli(0)
	keys := [][32]byte{lockKey("", "a", ""), lockKey("", "b", ""), lockKey("", "c", ""), lockKey("", "d", "")}
	for _, i := range []int{0, 1, 2, 0, 3} {
		l.begin(now, budget{key: keys[i], free: freeTries})
	}
	if len(l.spent) != 3 || l.recent.Len() != 3 || l.dropped != 1 {
		t.Errorf("%d pairs, %d in order, %d dropped", len(l.spent), l.recent.Len(), l.dropped)
	}
	if _, known := l.spent[keys[1]]; known {
		t.Error("the pair that was quiet for longest is still there")
	}
}

func TestLockKeysDoNotRunTogether(t *testing.T) {
	if lockKey("", "ab", "c") == lockKey("", "a", "bc") {
		t.Error("two pairs have the same key")
	}
}
