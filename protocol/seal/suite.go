package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/binary"
	"hash"
)

const (
	nonceSize = 12
	tagSize   = 16
)

// suite is an AES-GCM cipher suite of RFC 9605, section 4.5.
type suite struct {
	id      uint16 // in the IANA registry
	hash    func() hash.Hash
	keySize int
}

// sealing gives AES_128_GCM_SHA256_128, the only suite that is spoken.
func sealing() suite { return suite{4, sha256.New, 16} }

// frameKey seals and opens the frames of one key id. Safe for concurrent use.
type frameKey struct {
	kid  uint64
	aead cipher.AEAD
	salt [nonceSize]byte
}

// derive makes the key of a key id from its base key.
func (s suite) derive(kid uint64, base []byte) (frameKey, error) {
	k := frameKey{kid: kid}
	key, salt, err := s.expand(kid, base)
	if err != nil {
		return k, err
	}
	copy(k.salt[:], salt)
	block, err := aes.NewCipher(key)
	if err != nil {
		return k, err
	}
	k.aead, err = cipher.NewGCM(block)
	return k, err
}

// expand is the key derivation of RFC 9605, section 4.4.2.
func (s suite) expand(kid uint64, base []byte) (key, salt []byte, err error) {
	secret, err := hkdf.Extract(s.hash, base, nil)
	if err != nil {
		return nil, nil, err
	}
	key, err = hkdf.Expand(s.hash, secret, s.label("key", kid), s.keySize)
	if err != nil {
		return nil, nil, err
	}
	salt, err = hkdf.Expand(s.hash, secret, s.label("salt", kid), nonceSize)
	return key, salt, err
}

func (s suite) label(what string, kid uint64) string {
	b := []byte("SFrame 1.0 Secret " + what + " ")
	b = binary.BigEndian.AppendUint64(b, kid)
	return string(binary.BigEndian.AppendUint16(b, s.id))
}

// frame is the scratch space for one frame; it belongs to one goroutine. Kept between frames so that nothing is allocated.
type frame struct {
	nonce [nonceSize]byte
	aad   []byte // SFrame header, then the caller's additional data
}

func (f *frame) prepare(k *frameKey, ctr uint64, header, aad []byte) {
	f.nonce = k.salt
	tail := f.nonce[nonceSize-8:]
	binary.BigEndian.PutUint64(tail, binary.BigEndian.Uint64(tail)^ctr)
	f.aad = append(append(f.aad[:0], header...), aad...)
}

// seal appends header and ciphertext to dst.
func (f *frame) seal(k *frameKey, ctr uint64, dst, plain, aad []byte) []byte {
	at := len(dst)
	dst = AppendHeader(dst, k.kid, ctr)
	f.prepare(k, ctr, dst[at:], aad)
	return k.aead.Seal(dst, f.nonce[:], plain, f.aad)
}

// open appends the plain text of sealed to dst; n is the length of its header. On failure it returns dst as it was.
func (f *frame) open(k *frameKey, ctr uint64, n int, dst, sealed, aad []byte) ([]byte, error) {
	f.prepare(k, ctr, sealed[:n], aad)
	plain, err := k.aead.Open(dst, f.nonce[:], sealed[n:], f.aad)
	if err != nil {
		return dst, err
	}
	return plain, nil
}
