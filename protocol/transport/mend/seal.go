package mend

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"
	"errors"
	"slices"
)

// Keys are what the two ends of a flow have in common, from their TLS session: see KeysFrom.
type Keys struct {
	number  uint32
	dialled bool
	send    cipher.AEAD
	open    cipher.AEAD
}

// KeysLen is how many bytes of keying material KeysFrom takes.
const KeysLen = 4 + 16 + 16

// KeysFrom makes a flow's keys of KeysLen bytes that only the two ends know. dialled tells the end that dialled from the
// other one.
func KeysFrom(material []byte, dialled bool) (Keys, error) {
	if len(material) != KeysLen {
		return Keys{}, errors.New("mend: keying material of the wrong length")
	}
	k := Keys{number: binary.BigEndian.Uint32(material), dialled: dialled}
	up, err := newSeal(material[4:20])
	if err != nil {
		return Keys{}, err
	}
	down, err := newSeal(material[20:36])
	if err != nil {
		return Keys{}, err
	}
	k.send, k.open = down, up
	if dialled {
		k.send, k.open = up, down
	}
	return k, nil
}

func newSeal(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

// appendHeader appends a side packet's header, after which the body goes.
func (k *Keys) appendHeader(dst []byte, counter uint64) []byte {
	dst = append(dst, kindSide)
	dst = binary.BigEndian.AppendUint32(dst, k.number)
	return append(dst, byte(counter>>40), byte(counter>>32), byte(counter>>24), byte(counter>>16), byte(counter>>8), byte(counter))
}

// seal seals a packet of header and body, in place if there is room for the tag, and gives it whole.
func (k *Keys) seal(packet []byte, counter uint64) []byte {
	nonce := nonceOf(counter)
	packet = slices.Grow(packet, tagLen)
	body := k.send.Seal(packet[headerLen:headerLen], nonce[:], packet[headerLen:], packet[:headerLen])
	return packet[:headerLen+len(body)]
}

// unseal opens a side packet in place.
func (k *Keys) unseal(packet []byte) (counter uint64, body []byte, ok bool) {
	if !isSide(packet) {
		return 0, nil, false
	}
	counter = uint64(binary.BigEndian.Uint16(packet[5:]))<<32 | uint64(binary.BigEndian.Uint32(packet[7:]))
	nonce := nonceOf(counter)
	body, err := k.open.Open(packet[headerLen:headerLen], nonce[:], packet[headerLen:], packet[:headerLen])
	return counter, body, err == nil
}

func nonceOf(counter uint64) (nonce [12]byte) {
	binary.BigEndian.PutUint64(nonce[4:], counter)
	return nonce
}

func isSide(p []byte) bool {
	return len(p) > headerLen+tagLen && len(p) <= maxParity && p[0] == kindSide
}

// numberOf is the flow that a side packet claims to belong to.
func numberOf(p []byte) uint32 { return binary.BigEndian.Uint32(p[1:]) }

// splitParity takes a parity's body apart.
func splitParity(body []byte) (names, sum []byte, ok bool) {
	if len(body) < 2 || body[0] != kindParity {
		return nil, nil, false
	}
	count, rest := int(body[1]), body[2:]
	if count < 1 || count > maxCovered || len(rest) < count*nameLen {
		return nil, nil, false
	}
	names, sum = rest[:count*nameLen], rest[count*nameLen:]
	return names, sum, len(sum) >= 2+minSource && len(sum) <= 2+maxSource
}

func appendReport(dst []byte, repaired uint32) []byte {
	return binary.BigEndian.AppendUint32(append(dst, kindReport), repaired)
}

func splitReport(body []byte) (repaired uint32, ok bool) {
	if len(body) != reportLen || body[0] != kindReport {
		return 0, false
	}
	return binary.BigEndian.Uint32(body[1:]), true
}
