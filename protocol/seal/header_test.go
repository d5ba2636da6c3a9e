package seal

import (
	"bytes"
	"encoding/hex"
	"testing"
)

func TestParseHeaderRefuses(t *testing.T) {
	for _, tt := range []struct{ name, header string }{
		{"nothing", ""},
		{"key id missing", "80"},
		{"key id cut", "9001"},
		{"counter missing", "08"},
		{"counter cut", "0b010203"},
		{"counter missing after the key id", "88ff"},
		{"key id with a leading zero", "900080"},
		{"counter with a leading zero", "090080"},
		{"key id that fits into the first byte", "8007"},
		{"counter that fits into the first byte", "0807"},
		{"zero in the long form", "8000"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b, err := hex.DecodeString(tt.header)
			if err != nil {
				t.Fatal(err)
			}
			_, _, _, err = ParseHeader(b)
			refused(t, err)
		})
	}
}

func TestAppendHeaderAppends(t *testing.T) {
	got := AppendHeader([]byte("x"), 8, 9)
	wantBytes(t, "header", got, []byte{'x', 0x88, 8, 9})
}

func TestKeyID(t *testing.T) {
	kid := keyID(0xfedcba98, 0xabc, LaneControl)
	if kid != 0xfedcba98_abc5 {
		t.Fatalf("key id is %x", kid)
	}
	epoch, sender, lane := splitKeyID(kid)
	if epoch != 0xfedcba98 || sender != 0xabc || lane != LaneControl {
		t.Fatalf("split into %x, %x, %d", epoch, sender, lane)
	}
}

func FuzzParseHeader(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte{0x77})
	f.Add([]byte{0x99, 0x01, 0x23, 0x45, 0x67})
	f.Add(bytes.Repeat([]byte{0xff}, maxHeader))
	f.Fuzz(func(t *testing.T, b []byte) {
		kid, ctr, n, err := ParseHeader(b)
		if err != nil {
			refused(t, err)
			return
		}
		if again := AppendHeader(nil, kid, ctr); !bytes.Equal(again, b[:n]) {
			t.Fatalf("%x means %d, %d, whose header is %x", b[:n], kid, ctr, again)
		}
	})
}

func FuzzAppendHeader(f *testing.F) {
	f.Add(uint64(0x123), uint64(0x4567))
	f.Fuzz(func(t *testing.T, kid, ctr uint64) {
		h := AppendHeader(nil, kid, ctr)
		gotKID, gotCTR, n, err := ParseHeader(h)
		if gotKID != kid || gotCTR != ctr || n != len(h) || n > maxHeader || err != nil {
			t.Fatalf("ParseHeader(%x) = %d, %d, %d, %v", h, gotKID, gotCTR, n, err)
		}
	})
}
