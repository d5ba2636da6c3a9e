package account

import (
	"bytes"
	"crypto/rand"
	"errors"
	"io"
	"strings"
	"testing"
)

func TestHash(t *testing.T) {
	one, err := cheap.Hash("Grüße 9 €", rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	two, err := cheap.Hash("Grüße 9 €", rand.Reader)
	if err != nil || one == two {
		t.Fatalf("the same hash twice, or %v", err)
	}
	if !strings.HasPrefix(one, "$argon2id$v=19$m=1024,t=1,p=1$") {
		t.Errorf("hash is %q", one)
	}
	if !cheap.check(one, "Grüße 9 €") || cheap.check(one, "Grüße 9 E") {
		t.Error("check is wrong")
	}
	if other := (Params{Memory: 128, Time: 2, Threads: 2}); !other.check(one, "Grüße 9 €") {
		t.Error("a hash with older costs is not accepted")
	}
}

// TestKnownHash checks against a vector of argon2's reference implementation: "password", salt "somesalt", two passes
// over 64 MiB, one thread.
func TestKnownHash(t *testing.T) {
	const known = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
	if !DefaultParams().check(known, "password") {
		t.Error("the known hash does not match")
	}
}

func TestDefaultCosts(t *testing.T) {
	hash, err := HashPassword("x", rand.Reader)
	if err != nil || !strings.HasPrefix(hash, "$argon2id$v=19$m=65536,t=3,p=2$") {
		t.Errorf("hash is %q, %v", hash, err)
	}
}

func TestNoRandomness(t *testing.T) {
	empty := bytes.NewReader(nil)
	if _, err := cheap.Hash("x", empty); !errors.Is(err, io.EOF) {
		t.Errorf("Hash: %v", err)
	}
	if _, _, err := NewToken(empty); !errors.Is(err, io.EOF) {
		t.Errorf("NewToken: %v", err)
	}
}

func TestMalformedHashesMatchNothing(t *testing.T) {
	const salt, key = "c29tZXNhbHQ", "CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
	for _, tt := range []struct{ name, hash string }{
		{"empty", ""},
		{"plain", "password"},
		{"another algorithm", "$argon2i$v=19$m=64,t=1,p=1$" + salt + "$" + key},
		{"another version", "$argon2id$v=16$m=64,t=1,p=1$" + salt + "$" + key},
		{"no costs", "$argon2id$v=19$$" + salt + "$" + key},
		{"no time", "$argon2id$v=19$m=64,t=0,p=1$" + salt + "$" + key},
		{"no threads", "$argon2id$v=19$m=64,t=1,p=0$" + salt + "$" + key},
		{"too little memory", "$argon2id$v=19$m=7,t=1,p=1$" + salt + "$" + key},
		{"enormous memory", "$argon2id$v=19$m=4294967295,t=1,p=1$" + salt + "$" + key},
		{"enormous time", "$argon2id$v=19$m=64,t=4294967295,p=1$" + salt + "$" + key},
		{"too many threads", "$argon2id$v=19$m=4096,t=1,p=255$" + salt + "$" + key},
		{"costs in another order", "$argon2id$v=19$t=1,m=64,p=1$" + salt + "$" + key},
		{"leading zero", "$argon2id$v=19$m=064,t=1,p=1$" + salt + "$" + key},
		{"negative", "$argon2id$v=19$m=-64,t=1,p=1$" + salt + "$" + key},
		{"short salt", "$argon2id$v=19$m=64,t=1,p=1$YQ$" + key},
		{"short key", "$argon2id$v=19$m=64,t=1,p=1$" + salt + "$YQ"},
		{"no base64", "$argon2id$v=19$m=64,t=1,p=1$" + salt + "$" + key[:42] + "*"},
		{"something behind", "$argon2id$v=19$m=64,t=1,p=1$" + salt + "$" + key + "$"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := parseHash(tt.hash); err == nil {
				t.Error("accepted")
			}
			if cheap.check(tt.hash, "password") || cheap.check(tt.hash, "") {
				t.Error("matches")
			}
		})
	}
}

func FuzzParseHash(f *testing.F) {
	f.Add("$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc")
	f.Add("$argon2id$v=19$m=64,t=1,p=1$$")
	f.Fuzz(func(t *testing.T, phc string) {
		h, err := parseHash(phc)
		if err == nil && h.String() != phc {
			t.Errorf("%q comes back as %q", phc, h.String())
		}
		if err == nil && (h.Memory > maxMemory || h.Time > maxTime || h.Threads > maxThreads || len(h.key) > 64) {
			t.Errorf("%q costs too much", phc)
		}
	})
}

func TestPasswordRule(t *testing.T) { // P-01
	const login, name = "Ann.Lee1@Example.com", "Annabel1! van Leeuwen-9A"
	for _, tt := range []struct {
		name, password string
		want           error
	}{
		{"capitals, small letters, digits", "Abcdefg1", nil},
		{"capitals, small letters, symbols", "Abcdefg!", nil},
		{"capitals, digits, symbols", "ABCDEF1!", nil},
		{"small letters, digits, symbols", "abcdef1!", nil},
		{"all four", "Abcde f1!", nil},
		{"a space is a symbol", "Abcd efgh", nil},
		{"a letter that is not of a–z is a symbol", "Abcdefgé", nil},
		{"eight characters, not bytes", "Aé1éééé", ErrPasswordLength},
		{"eight of them", "Aéa1éééé", nil},
		{"seven", "Abcdef1", ErrPasswordLength},
		{"none", "", ErrPasswordLength},
		{"thirty-two", "Abcdefg1" + strings.Repeat("x", 24), nil},
		{"thirty-three", "Abcdefg1" + strings.Repeat("x", 25), ErrPasswordLength},
		{"no text at all", "Abcdefg1\xff", ErrPasswordLength},
		{"small letters only", "abcdefgh", ErrPasswordClasses},
		{"two classes", "Abcdefgh", ErrPasswordClasses},
		{"digits and symbols", "1234567!", ErrPasswordClasses},
		{"the login", login, ErrPasswordName},
		{"the login in another case", strings.ToUpper(login), ErrPasswordName},
		{"the first name", "Annabel1!", ErrPasswordName},
		{"the first name in another case", "aNNABEL1!", ErrPasswordName},
		{"the last name", "Leeuwen-9A", ErrPasswordName},
		{"the whole name", name, ErrPasswordName},
		{"part of the last name", "Leeuwen-9", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := CheckPasswordRule(login, name, tt.password); !errors.Is(got, tt.want) {
				t.Errorf("CheckPasswordRule(%q) = %v, want %v", tt.password, got, tt.want)
			}
		})
	}
}
