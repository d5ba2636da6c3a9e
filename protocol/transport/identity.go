package transport

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hkdf"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"time"
)

const (
	certificateFile = "relay.crt"
	keyFile         = "relay.key"

	// A pinned certificate lives as long as the relay; its dates only matter to browsers.
	certificateLife = 20 * 365 * 24 * time.Hour
	clockSlack      = 24 * time.Hour // a browser's clock may be behind ours
)

// Identity is a relay's private key and certificate. The zero value is none and cannot listen.
type Identity struct {
	certificate tls.Certificate
	fingerprint Fingerprint
}

// Fingerprint is what apps pin.
func (i Identity) Fingerprint() Fingerprint { return i.fingerprint }

// LoadIdentity reads the PEM files relay.crt and relay.key in dir. Where both are missing it makes a P-256 key and a
// certificate signed by that key itself; where only the certificate is missing it makes one for the key, which keeps its
// fingerprint. A certificate that it makes names localhost, the loopback addresses, this machine and the further names or
// IP addresses given.
//
// rand is a cryptographic source, now the time from which the certificate is good. A key that others on the machine may
// read is refused.
func LoadIdentity(dir string, rand io.Reader, now time.Time, names ...string) (Identity, error) {
	i, err := loadIdentity(dir, certificateTemplate{rand, now, names})
	if err != nil {
		return Identity{}, fmt.Errorf("relay identity: %w", err)
	}
	return i, nil
}

func loadIdentity(dir string, t certificateTemplate) (Identity, error) {
	keyPath, certPath := filepath.Join(dir, keyFile), filepath.Join(dir, certificateFile)
	keyText, err := readKey(keyPath)
	if err != nil {
		return Identity{}, err
	}
	certText, err := readOptional(certPath)
	if err != nil {
		return Identity{}, err
	}
	if keyText == nil && certText != nil {
		return Identity{}, fmt.Errorf("%s is there but its key %s is not", certPath, keyPath)
	}
	if keyText == nil {
		if keyText, err = makeKey(keyPath, t.rand); err != nil {
			return Identity{}, err
		}
	}
	if certText == nil {
		key, err := parseKey(keyText)
		if err != nil {
			return Identity{}, fmt.Errorf("%s: %w", keyPath, err)
		}
		if certText, err = makeCertificate(certPath, key, t); err != nil {
			return Identity{}, err
		}
	}
	certificate, err := tls.X509KeyPair(certText, keyText)
	if err != nil {
		return Identity{}, fmt.Errorf("%s with %s: %w", certPath, keyPath, err)
	}
	return Identity{certificate: certificate, fingerprint: fingerprintOf(certificate.Leaf)}, nil
}

// readOptional gives nil for a file that is not there.
func readOptional(path string) ([]byte, error) {
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return b, err
}

// readKey gives nil for a file that is not there.
func readKey(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	// Windows keeps access in lists that the mode bits do not show.
	if mode := info.Mode().Perm(); runtime.GOOS != "windows" && mode&0o077 != 0 {
		return nil, fmt.Errorf("%s may be read by others (mode %04o): run chmod 600 on it", path, mode)
	}
	return os.ReadFile(path)
}

// parseKey reads the form that makeKey writes. Its errors never quote the file.
func parseKey(text []byte) (crypto.Signer, error) {
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, errors.New("holds no PEM block")
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, errors.New("holds no PKCS #8 private key, so no certificate can be made for it")
	}
	signer, ok := key.(crypto.Signer)
	if !ok {
		return nil, fmt.Errorf("holds a %T, which cannot sign", key)
	}
	return signer, nil
}

func makeKey(path string, rand io.Reader) ([]byte, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand)
	if err != nil {
		return nil, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	text := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
	return text, writeAtomic(path, text, 0o600)
}

// certificateTemplate is what a certificate of our own is made from.
type certificateTemplate struct {
	rand  io.Reader
	now   time.Time
	names []string // further DNS names and IP addresses
}

func makeCertificate(path string, key crypto.Signer, t certificateTemplate) ([]byte, error) {
	serial := make([]byte, 16)
	if _, err := io.ReadFull(t.rand, serial); err != nil {
		return nil, err
	}
	serial[0] &= 0x7f // positive
	template := &x509.Certificate{
		SerialNumber:          new(big.Int).SetBytes(serial),
		Subject:               pkix.Name{CommonName: "Deskhand relay"},
		NotBefore:             t.now.Add(-clockSlack),
		NotAfter:              t.now.Add(certificateLife),
		KeyUsage:              x509.KeyUsageDigitalSignature,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		BasicConstraintsValid: true,
	}
	names := append([]string{"localhost", "127.0.0.1", "::1"}, t.names...)
	if host, err := os.Hostname(); err == nil {
		names = append(names, host)
	}
	for _, name := range names {
		addName(template, name)
	}
	der, err := x509.CreateCertificate(t.rand, template, template, key.Public(), key)
	if err != nil {
		return nil, err
	}
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	return text, writeAtomic(path, text, 0o644)
}

// addName adds an IP address or a DNS name once.
func addName(c *x509.Certificate, name string) {
	if ip := net.ParseIP(name); ip != nil {
		if !slices.ContainsFunc(c.IPAddresses, ip.Equal) {
			c.IPAddresses = append(c.IPAddresses, ip)
		}
		return
	}
	if name != "" && !slices.Contains(c.DNSNames, name) {
		c.DNSNames = append(c.DNSNames, name)
	}
}

// writeAtomic leaves either no file or the whole file, on the disk and not only in memory.
func writeAtomic(path string, b []byte, mode fs.FileMode) (err error) {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, "."+filepath.Base(path)+".*") // mode 0600
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = f.Close()
			_ = os.Remove(f.Name())
		}
	}()
	if _, err := f.Write(b); err != nil {
		return err
	}
	if err := f.Chmod(mode); err != nil && runtime.GOOS != "windows" {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// resetKey is the secret behind QUIC's stateless resets. It follows from the private key, so that a relay that was
// killed and started anew can tell the peers of its former life at once that their connection is gone.
func (i Identity) resetKey() ([32]byte, error) {
	der, err := x509.MarshalPKCS8PrivateKey(i.certificate.PrivateKey)
	if err != nil {
		return [32]byte{}, err
	}
	key, err := hkdf.Key(sha256.New, der, nil, "deskhand quic stateless reset", 32)
	if err != nil {
		return [32]byte{}, err
	}
	return [32]byte(key), nil
}
