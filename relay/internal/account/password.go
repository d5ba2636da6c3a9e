package account

import (
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"golang.org/x/crypto/argon2"
)

// Params are argon2id's costs.
type Params struct {
	Memory  uint32 // KiB, 8 for each thread at least
	Time    uint32 // passes over the memory
	Threads uint8
}

// DefaultParams are those of the second recommendation of RFC 9106, with two threads: 64 MiB, three passes.
func DefaultParams() Params { return Params{Memory: 64 * 1024, Time: 3, Threads: 2} }

// What a stored hash may ask for at most, so that a damaged row cannot exhaust the relay.
const (
	maxMemory  = 1 << 20 // KiB
	maxTime    = 16
	maxThreads = 16
	saltBytes  = 16
	keyBytes   = 32
)

// HashPassword hashes a password with DefaultParams and a salt drawn from rand.
func HashPassword(password string, rand io.Reader) (string, error) {
	return DefaultParams().Hash(password, rand)
}

// Hash gives a PHC string, $argon2id$v=19$m=…,t=…,p=…$salt$key, with a salt drawn from rand.
func (p Params) Hash(password string, rand io.Reader) (string, error) {
	salt := make([]byte, saltBytes)
	if _, err := io.ReadFull(rand, salt); err != nil {
		return "", fmt.Errorf("account: draw salt: %w", err)
	}
	h := hashed{Params: p, salt: salt, key: argon2.IDKey([]byte(password), salt, p.Time, p.Memory, p.Threads, keyBytes)}
	return h.String(), nil
}

// check reports whether the password is the one of the PHC string. For one that cannot be parsed it does the work of p
// and says no.
func (p Params) check(phc, password string) bool {
	h, err := parseHash(phc)
	if err != nil {
		h = hashed{Params: p, salt: make([]byte, saltBytes), key: make([]byte, keyBytes)}
	}
	key := argon2.IDKey([]byte(password), h.salt, h.Time, h.Memory, h.Threads, uint32(len(h.key)))
	return subtle.ConstantTimeCompare(key, h.key) == 1 && err == nil
}

// hashed is a PHC string, taken apart.
type hashed struct {
	Params
	salt, key []byte
}

func (h hashed) String() string {
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s",
		argon2.Version, h.Memory, h.Time, h.Threads, b64.EncodeToString(h.salt), b64.EncodeToString(h.key))
}

var errHash = errors.New("account: malformed password hash")

// parseHash accepts exactly what String makes, with other costs, salts of 8 to 64 and keys of 16 to 64 bytes.
func parseHash(phc string) (h hashed, err error) {
	part := strings.Split(phc, "$")
	if len(part) != 6 || part[0] != "" || part[1] != "argon2id" || part[2] != "v="+strconv.Itoa(argon2.Version) {
		return h, errHash
	}
	if h.Params, err = parseCosts(part[3]); err != nil {
		return h, err
	}
	b64 := base64.RawStdEncoding.Strict()
	if h.salt, err = b64.DecodeString(part[4]); err != nil || len(h.salt) < 8 || len(h.salt) > 64 {
		return h, errHash
	}
	if h.key, err = b64.DecodeString(part[5]); err != nil || len(h.key) < 16 || len(h.key) > 64 {
		return h, errHash
	}
	if h.String() != phc {
		return h, errHash
	}
	return h, nil
}

func parseCosts(text string) (p Params, err error) {
	part := strings.Split(text, ",")
	if len(part) != 3 {
		return p, errHash
	}
	var cost [3]uint64
	for i, name := range []string{"m=", "t=", "p="} {
		digits, found := strings.CutPrefix(part[i], name)
		if cost[i], err = strconv.ParseUint(digits, 10, 32); !found || err != nil {
			return p, errHash
		}
	}
	if cost[2] < 1 || cost[2] > min(maxThreads, math.MaxUint8) || cost[1] < 1 || cost[1] > maxTime ||
		cost[0] < 8*cost[2] || cost[0] > maxMemory {
		return p, errHash
	}
	return Params{Memory: uint32(cost[0]), Time: uint32(cost[1]), Threads: uint8(cost[2])}, nil
}
