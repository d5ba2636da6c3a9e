package account

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
)

const tokenBytes = 32

// NewToken draws a bearer token, 32 random bytes as 43 characters of base64url, and its SHA-256, which alone is stored.
// Tickets and customers' tokens are made by it as well.
func NewToken(rand io.Reader) (token string, hash []byte, err error) {
	secret := make([]byte, tokenBytes)
	if _, err := io.ReadFull(rand, secret); err != nil {
		return "", nil, fmt.Errorf("account: draw token: %w", err)
	}
	token = base64.RawURLEncoding.EncodeToString(secret)
	return token, HashToken(token), nil
}

// HashToken is the SHA-256 under which a token is stored, 32 bytes.
func HashToken(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}

// isToken reports whether text can be a token at all.
func isToken(text string) bool {
	return len(text) == base64.RawURLEncoding.EncodedLen(tokenBytes)
}
