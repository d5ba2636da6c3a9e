package seal

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hpke"
	"crypto/sha512"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
)

// hexBytes is a byte string that stands in hex in JSON.
type hexBytes []byte

func (h *hexBytes) UnmarshalText(text []byte) (err error) {
	*h, err = hex.DecodeString(string(text))
	return err
}

func load(t *testing.T, name string, into any) {
	t.Helper()
	b, err := os.ReadFile("testdata/" + name)
	if err == nil {
		err = json.Unmarshal(b, into)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func wantBytes(t *testing.T, what string, got, want []byte) {
	t.Helper()
	if !bytes.Equal(got, want) {
		t.Errorf("%s = %x, want %x", what, got, want)
	}
}

func TestHeaderVectors(t *testing.T) {
	b, err := os.ReadFile("testdata/sframe_headers.txt")
	if err != nil {
		t.Fatal(err)
	}
	count := 0
	for line := range strings.Lines(string(b)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		var kid, ctr uint64
		var want []byte
		if _, err := fmt.Sscanf(line, "%d %d %x", &kid, &ctr, &want); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		wantBytes(t, fmt.Sprintf("header of %d, %d", kid, ctr), AppendHeader(nil, kid, ctr), want)
		gotKID, gotCTR, n, err := ParseHeader(append(want, 0xff))
		if gotKID != kid || gotCTR != ctr || n != len(want) || err != nil {
			t.Errorf("ParseHeader(%x) = %d, %d, %d, %v; want %d, %d, %d", want, gotKID, gotCTR, n, err, kid, ctr, len(want))
		}
		count++
	}
	if count != 17*17 {
		t.Errorf("%d vectors, want %d", count, 17*17)
	}
}

func TestSFrameVectors(t *testing.T) {
	var vectors []struct {
		Suite     uint16   `json:"cipher_suite"`
		KID       uint64   `json:"kid"`
		CTR       uint64   `json:"ctr"`
		BaseKey   hexBytes `json:"base_key"`
		KeyLabel  hexBytes `json:"sframe_key_label"`
		SaltLabel hexBytes `json:"sframe_salt_label"`
		Key       hexBytes `json:"sframe_key"`
		Salt      hexBytes `json:"sframe_salt"`
		Metadata  hexBytes `json:"metadata"`
		Nonce     hexBytes `json:"nonce"`
		AAD       hexBytes `json:"aad"`
		Plain     hexBytes `json:"pt"`
		Sealed    hexBytes `json:"ct"`
	}
	load(t, "sframe.json", &vectors)
	suites := map[uint16]suite{4: sealing(), 5: {5, sha512.New, 32}}
	for _, v := range vectors {
		t.Run(fmt.Sprintf("suite %d", v.Suite), func(t *testing.T) {
			s, ok := suites[v.Suite]
			if !ok {
				t.Fatal("unknown suite")
			}
			wantBytes(t, "key label", []byte(s.label("key", v.KID)), v.KeyLabel)
			wantBytes(t, "salt label", []byte(s.label("salt", v.KID)), v.SaltLabel)
			key, salt, err := s.expand(v.KID, v.BaseKey)
			if err != nil {
				t.Fatal(err)
			}
			wantBytes(t, "key", key, v.Key)
			wantBytes(t, "salt", salt, v.Salt)
			k, err := s.derive(v.KID, v.BaseKey)
			if err != nil {
				t.Fatal(err)
			}
			var f frame
			wantBytes(t, "frame", f.seal(&k, v.CTR, nil, v.Plain, v.Metadata), v.Sealed)
			wantBytes(t, "nonce", f.nonce[:], v.Nonce)
			wantBytes(t, "additional data", f.aad, v.AAD)
			kid, ctr, n, err := ParseHeader(v.Sealed)
			if kid != v.KID || ctr != v.CTR || err != nil {
				t.Fatalf("header: %d, %d, %v", kid, ctr, err)
			}
			plain, err := f.open(&k, ctr, n, nil, v.Sealed, v.Metadata)
			if err != nil {
				t.Fatal(err)
			}
			wantBytes(t, "plain text", plain, v.Plain)
		})
	}
	if len(vectors) != len(suites) {
		t.Errorf("%d vectors, want %d", len(vectors), len(suites))
	}
}

type hpkeVectors struct {
	Info        hexBytes `json:"info"`
	IkmE        hexBytes `json:"ikmE"`
	PkEm        hexBytes `json:"pkEm"`
	SkEm        hexBytes `json:"skEm"`
	IkmR        hexBytes `json:"ikmR"`
	PkRm        hexBytes `json:"pkRm"`
	SkRm        hexBytes `json:"skRm"`
	Enc         hexBytes `json:"enc"`
	Key         hexBytes `json:"key"`
	BaseNonce   hexBytes `json:"base_nonce"`
	Plain       hexBytes `json:"pt"`
	Encryptions []struct {
		Seq int      `json:"seq"` // the additional data is "Count-" and this
		CT  hexBytes `json:"ct"`
	} `json:"encryptions"`
	Exports []struct {
		Context hexBytes `json:"context"`
		Value   hexBytes `json:"value"`
	} `json:"exports"`
}

func TestHPKEKeyVectors(t *testing.T) {
	var v hpkeVectors
	load(t, "hpke.json", &v)
	for _, tt := range []struct {
		name        string
		ikm, sk, pk []byte
	}{
		{"sender", v.IkmE, v.SkEm, v.PkEm},
		{"recipient", v.IkmR, v.SkRm, v.PkRm},
	} {
		t.Run(tt.name, func(t *testing.T) {
			derived, err := kem().DeriveKeyPair(tt.ikm)
			if err != nil {
				t.Fatal(err)
			}
			wantBytes(t, "public key", derived.PublicKey().Bytes(), tt.pk)
			read, err := kem().NewPrivateKey(tt.sk)
			if err != nil {
				t.Fatal(err)
			}
			wantBytes(t, "public key of the private key", read.PublicKey().Bytes(), tt.pk)
		})
	}
}

func TestHPKEVectors(t *testing.T) {
	var v hpkeVectors
	load(t, "hpke.json", &v)
	key, err := kem().NewPrivateKey(v.SkRm)
	if err != nil {
		t.Fatal(err)
	}
	r, err := hpke.NewRecipient(v.Enc, key, hpke.HKDFSHA256(), hpke.AES128GCM(), v.Info)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range v.Exports {
		got, err := r.Export(string(e.Context), len(e.Value))
		if err != nil {
			t.Fatal(err)
		}
		wantBytes(t, fmt.Sprintf("export %q", e.Context), got, e.Value)
	}
	published := make(map[int]hexBytes)
	for _, e := range v.Encryptions {
		published[e.Seq] = e.CT
	}
	// A context opens in order only, and not every ciphertext is published: those between are made from the published key.
	for seq := range 257 {
		aad := []byte("Count-" + strconv.Itoa(seq))
		ct := v.seal(t, uint64(seq), aad)
		if want, ok := published[seq]; ok {
			wantBytes(t, fmt.Sprintf("ciphertext %d", seq), ct, want)
			ct = want
		}
		plain, err := r.Open(aad, ct)
		if err != nil {
			t.Fatalf("message %d: %v", seq, err)
		}
		wantBytes(t, fmt.Sprintf("plain text %d", seq), plain, v.Plain)
	}
}

// seal makes the ciphertext that the vectors' sender makes with the given counter.
func (v hpkeVectors) seal(t *testing.T, seq uint64, aad []byte) []byte {
	t.Helper()
	block, err := aes.NewCipher(v.Key)
	if err != nil {
		t.Fatal(err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		t.Fatal(err)
	}
	nonce := bytes.Clone(v.BaseNonce)
	tail := nonce[len(nonce)-8:]
	binary.BigEndian.PutUint64(tail, binary.BigEndian.Uint64(tail)^seq)
	return aead.Seal(nil, nonce, v.Plain, aad)
}
