package mend

import "crypto/subtle"

// products holds every product of GF(2^8) with the polynomial 0x11d.
var products = multiplicationTable()

func multiplicationTable() *[256][256]byte {
	var t [256][256]byte
	for a := range 256 {
		for b := range 256 {
			t[a][b] = multiply(byte(a), byte(b))
		}
	}
	return &t
}

func multiply(a, b byte) byte {
	var product byte
	for ; b != 0; b >>= 1 {
		if b&1 != 0 {
			product ^= a
		}
		carry := a & 0x80
		a <<= 1
		if carry != 0 {
			a ^= 0x1d
		}
	}
	return product
}

// inverse is for factors other than 0: x^254 is 1/x.
func inverse(x byte) byte {
	result := byte(1)
	for power := 254; power > 0; power >>= 1 {
		if power&1 != 0 {
			result = products[result][x]
		}
		x = products[x][x]
	}
	return result
}

// addTimes adds factor·src to dst, which is at least as long.
func addTimes(dst, src []byte, factor byte) {
	switch factor {
	case 0:
	case 1:
		subtle.XORBytes(dst, dst, src)
	default:
		row := &products[factor]
		dst = dst[:len(src)]
		for i, b := range src {
			dst[i] ^= row[b]
		}
	}
}

func scale(b []byte, factor byte) {
	row := &products[factor]
	for i, x := range b {
		b[i] = row[x]
	}
}

// coefficient is the factor of a packet in a parity, never 0. Every other parity is a plain sum, which is cheap; between
// two of them stands one whose factors differ, so that the two together give back two packets.
func coefficient(counter uint64, n name) byte {
	if counter&1 == 0 {
		return 1
	}
	h := (uint64(n[0])|uint64(n[1])<<8|uint64(n[2])<<16)*0x9e3779b97f4a7c15 + counter*0xbf58476d1ce4e5b9
	h ^= h >> 31
	h *= 0x94d049bb133111eb
	return byte(1 + (h>>33)%255)
}
