package transport

import (
	"crypto/rand"
	"crypto/x509"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func mustLoad(t *testing.T, dir string, names ...string) Identity {
	t.Helper()
	i, err := LoadIdentity(dir, rand.Reader, time.Now(), names...)
	if err != nil {
		t.Fatal(err)
	}
	return i
}

func TestIdentityIsMadeOnce(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "state", "relay")
	made := mustLoad(t, dir, "relay.example", "192.0.2.7", "relay.example", "")
	leaf := made.certificate.Leaf
	for _, name := range []string{"localhost", "127.0.0.1", "::1", "relay.example", "192.0.2.7"} {
		if err := leaf.VerifyHostname(name); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if host, err := os.Hostname(); err == nil && leaf.VerifyHostname(host) != nil {
		t.Errorf("this machine's name %s is missing", host)
	}
	if got := len(slices.Compact(slices.Sorted(slices.Values(leaf.DNSNames)))); got != len(leaf.DNSNames) || slices.Contains(leaf.DNSNames, "") {
		t.Errorf("names are %q", leaf.DNSNames)
	}
	now := time.Now()
	if leaf.NotBefore.After(now) || leaf.NotAfter.Before(now.AddDate(10, 0, 0)) {
		t.Errorf("good from %v to %v", leaf.NotBefore, leaf.NotAfter)
	}
	if leaf.PublicKeyAlgorithm != x509.ECDSA || leaf.CheckSignatureFrom(leaf) == nil && leaf.IsCA {
		t.Errorf("the certificate is of kind %v, CA %v", leaf.PublicKeyAlgorithm, leaf.IsCA)
	}
	info, err := os.Stat(filepath.Join(dir, keyFile))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("key file: %v, %v", info.Mode(), err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 2 {
		t.Errorf("the folder holds %v, %v", entries, err)
	}
	if again := mustLoad(t, dir); again.Fingerprint() != made.Fingerprint() || !again.certificate.Leaf.Equal(leaf) {
		t.Error("the second load gives another identity")
	}
}

func TestIdentityKeepsItsKey(t *testing.T) {
	dir := t.TempDir()
	made := mustLoad(t, dir)
	if err := os.Remove(filepath.Join(dir, certificateFile)); err != nil {
		t.Fatal(err)
	}
	again := mustLoad(t, dir, "new.example")
	if again.Fingerprint() != made.Fingerprint() {
		t.Error("a new certificate changed the fingerprint")
	}
	if err := again.certificate.Leaf.VerifyHostname("new.example"); err != nil {
		t.Error(err)
	}
}

func TestIdentityRefuses(t *testing.T) {
	other := t.TempDir()
	mustLoad(t, other)
	write := func(name, text string) func(*testing.T, string) {
		return func(t *testing.T, dir string) {
			t.Helper()
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	tests := []struct {
		name   string
		spoil  func(*testing.T, string)
		reason string
	}{
		{"key read by others", func(t *testing.T, dir string) {
			t.Helper()
			if err := os.Chmod(filepath.Join(dir, keyFile), 0o640); err != nil {
				t.Fatal(err)
			}
		}, "chmod 600"},
		{"key missing", func(t *testing.T, dir string) {
			t.Helper()
			if err := os.Remove(filepath.Join(dir, keyFile)); err != nil {
				t.Fatal(err)
			}
		}, "its key"},
		{"key of another", func(t *testing.T, dir string) {
			t.Helper()
			text, err := os.ReadFile(filepath.Join(other, keyFile))
			if err != nil {
				t.Fatal(err)
			}
			write(keyFile, string(text))(t, dir)
		}, "does not match"},
		{"key garbled", write(keyFile, "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n"), keyFile},
		{"certificate garbled", write(certificateFile, "nothing"), certificateFile},
		{"certificate missing, key garbled", func(t *testing.T, dir string) {
			t.Helper()
			write(keyFile, "c2VjcmV0")(t, dir)
			if err := os.Remove(filepath.Join(dir, certificateFile)); err != nil {
				t.Fatal(err)
			}
		}, keyFile},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			mustLoad(t, dir)
			test.spoil(t, dir)
			i, err := LoadIdentity(dir, rand.Reader, time.Now())
			if err == nil || i.Fingerprint() != (Fingerprint{}) {
				t.Fatalf("got %v, %v", i.Fingerprint(), err)
			}
			if !strings.Contains(err.Error(), test.reason) || strings.Contains(err.Error(), "c2VjcmV0") {
				t.Errorf("the error says %q", err)
			}
		})
	}
}

func TestIdentityInABadPlace(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := LoadIdentity(file, rand.Reader, time.Now()); err == nil {
		t.Error("a file was taken for a folder")
	}
}

// TestWriteAtomic replaces a folder, which cannot be, and must leave nothing behind.
func TestWriteAtomic(t *testing.T) {
	dir := t.TempDir()
	taken := filepath.Join(dir, "taken")
	if err := os.MkdirAll(filepath.Join(taken, "inside"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := writeAtomic(taken, []byte("x"), 0o600); err == nil {
		t.Error("a folder was replaced")
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 {
		t.Errorf("the folder holds %v, %v", entries, err)
	}
	if _, err := os.Stat(filepath.Join(taken, "inside")); errors.Is(err, fs.ErrNotExist) {
		t.Error("the folder is gone")
	}
}
