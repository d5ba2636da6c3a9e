package account

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Key seals what the relay must be able to read again: the secrets of second factors. It lies in a file beside the
// database, so that the database alone gives nothing away. The zero Key seals nothing.
type Key struct {
	secret [32]byte
	set    bool
}

// LoadKey reads the key's file, 64 hex digits, and makes it, readable by its owner only, when it is not there.
func LoadKey(path string, rand io.Reader) (Key, error) {
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return makeKey(path, rand)
	}
	if err != nil {
		return Key{}, fmt.Errorf("account: key: %w", err)
	}
	k := Key{set: true}
	n, err := hex.Decode(k.secret[:], []byte(strings.TrimSpace(string(raw))))
	if err != nil || n != len(k.secret) || len(strings.TrimSpace(string(raw))) != hex.EncodedLen(len(k.secret)) {
		return Key{}, fmt.Errorf("account: %s is not a key of 64 hex digits", path)
	}
	return k, nil
}

// makeKey never overwrites: of two that make it at the same moment the later one reads what the other wrote.
func makeKey(path string, rand io.Reader) (Key, error) {
	k := Key{set: true}
	if _, err := io.ReadFull(rand, k.secret[:]); err != nil {
		return Key{}, fmt.Errorf("account: draw key: %w", err)
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".key.*") // mode 0600
	if err != nil {
		return Key{}, fmt.Errorf("account: key: %w", err)
	}
	_, err = f.WriteString(hex.EncodeToString(k.secret[:]) + "\n")
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Link(f.Name(), path)
	}
	gone := os.Remove(f.Name())
	if errors.Is(err, fs.ErrExist) {
		return LoadKey(path, rand)
	}
	if err = errors.Join(err, gone); err != nil {
		return Key{}, fmt.Errorf("account: key: %w", err)
	}
	return k, nil
}

// seal encrypts; about is what the secret belongs to, and is needed again to open it.
func (k Key) seal(secret []byte, about string, rand io.Reader) ([]byte, error) {
	aead, err := k.aead()
	if err != nil {
		return nil, err
	}
	nonce := make([]byte, aead.NonceSize())
	if _, err := io.ReadFull(rand, nonce); err != nil {
		return nil, fmt.Errorf("account: draw nonce: %w", err)
	}
	return aead.Seal(nonce, nonce, secret, []byte(about)), nil
}

func (k Key) open(sealed []byte, about string) ([]byte, error) {
	aead, err := k.aead()
	if err != nil {
		return nil, err
	}
	if len(sealed) < aead.NonceSize() {
		return nil, errors.New("account: a sealed secret is too short")
	}
	secret, err := aead.Open(nil, sealed[:aead.NonceSize()], sealed[aead.NonceSize():], []byte(about))
	if err != nil {
		return nil, fmt.Errorf("account: a secret was sealed with another key: %w", err)
	}
	return secret, nil
}

func (k Key) aead() (cipher.AEAD, error) {
	if !k.set {
		return nil, errors.New("account: there is no key for second factors")
	}
	block, err := aes.NewCipher(k.secret[:])
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}
