package transport

import (
	"crypto/sha256"
	"crypto/subtle"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"strings"

	"deskhand/protocol/fault"
)

const fingerprintPrefix = "sha256:"

// Fingerprint is the SHA-256 over a certificate's SubjectPublicKeyInfo: it names the key, whatever certificate holds it.
type Fingerprint [sha256.Size]byte

// ParseFingerprint reads "sha256:" and 64 hexadecimal digits, in either case and with spaces around. Anything else is
// fault.Invalid.
func ParseFingerprint(text string) (Fingerprint, error) {
	var f Fingerprint
	digits, found := strings.CutPrefix(strings.ToLower(strings.TrimSpace(text)), fingerprintPrefix)
	if !found || len(digits) != hex.EncodedLen(len(f)) {
		return Fingerprint{}, fault.New(fault.Invalid, errors.New(`a key fingerprint is "sha256:" and 64 hexadecimal digits`))
	}
	if _, err := hex.Decode(f[:], []byte(digits)); err != nil {
		return Fingerprint{}, fault.New(fault.Invalid, errors.New("a key fingerprint has hexadecimal digits only"))
	}
	return f, nil
}

// String gives the form that ParseFingerprint reads, in lower case.
func (f Fingerprint) String() string { return fingerprintPrefix + hex.EncodeToString(f[:]) }

// matches compares in constant time.
func (f Fingerprint) matches(other Fingerprint) bool {
	return subtle.ConstantTimeCompare(f[:], other[:]) == 1
}

func fingerprintOf(c *x509.Certificate) Fingerprint { return sha256.Sum256(c.RawSubjectPublicKeyInfo) }
