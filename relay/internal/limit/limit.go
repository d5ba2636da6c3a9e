// Package limit is the brake on guessing and flooding: so many tries for each key, which is where a caller is, and so many
// overall. It is in memory only and begins anew with the relay. Safe for concurrent use.
package limit

import (
	"container/list"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"deskhand/protocol/fault"
)

// Rate allows Burst tries at once and one more each Every.
type Rate struct {
	Every time.Duration // 0 is without limit
	Burst int
}

// Config is what a Limiter needs. A zero Rate is none.
type Config struct {
	PerKey Rate
	Total  Rate // all keys together: the brake on those who have many addresses
	Keys   int  // keys that are remembered; 0 is 10,000
	Clock  func() time.Time
}

const defaultKeys = 10000

// Limiter counts tries. When it knows too many keys it forgets the one that was quiet for longest, which is counted; the
// brake on the total holds on.
type Limiter struct {
	cfg     Config
	mu      sync.Mutex
	total   *rate.Limiter
	keys    map[string]*list.Element // of *bucket
	recent  *list.List               // newest first
	dropped uint64
}

type bucket struct {
	key    string
	tokens *rate.Limiter
}

// New makes a Limiter. Clock must be set.
func New(cfg Config) *Limiter {
	if cfg.Keys <= 0 {
		cfg.Keys = defaultKeys
	}
	return &Limiter{cfg: cfg, total: cfg.Total.limiter(), keys: make(map[string]*list.Element), recent: list.New()}
}

// Codes is for tries of codes and tickets: ten a minute from one network, and five a second over all, which makes a hit
// by guessing among a hundred active codes a matter of weeks.
func Codes(clock func() time.Time) *Limiter {
	return New(Config{PerKey: Rate{6 * time.Second, 10}, Total: Rate{200 * time.Millisecond, 100}, Clock: clock})
}

// Posts is for queries posted at portals: ten at once from one network and five a minute after that, as offices share
// one address.
func Posts(clock func() time.Time) *Limiter {
	return New(Config{PerKey: Rate{12 * time.Second, 10}, Total: Rate{50 * time.Millisecond, 200}, Clock: clock})
}

// Logins is for logins: twenty at once from one network and one every two seconds after that, as all reps of a company
// may come from one address; and ten a second over all, because each costs a password check.
func Logins(clock func() time.Time) *Limiter {
	return New(Config{PerKey: Rate{2 * time.Second, 20}, Total: Rate{100 * time.Millisecond, 100}, Clock: clock})
}

func (r Rate) limiter() *rate.Limiter {
	if r.Every <= 0 {
		return rate.NewLimiter(rate.Inf, 0)
	}
	return rate.NewLimiter(rate.Every(r.Every), max(1, r.Burst))
}

// Allow takes one try of the key; fault.TooManyAttempts when there is none left, for it or over all. A refused try takes
// nothing from the others.
func (l *Limiter) Allow(key string) error {
	now := l.cfg.Clock()
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.find(key).AllowN(now, 1) || !l.total.AllowN(now, 1) {
		return fault.New(fault.TooManyAttempts, nil)
	}
	return nil
}

func (l *Limiter) find(key string) *rate.Limiter {
	if e, known := l.keys[key]; known {
		l.recent.MoveToFront(e)
		return e.Value.(*bucket).tokens
	}
	if l.recent.Len() >= l.cfg.Keys {
		oldest := l.recent.Back()
		delete(l.keys, oldest.Value.(*bucket).key)
		l.recent.Remove(oldest)
		l.dropped++
	}
	b := &bucket{key: key, tokens: l.cfg.PerKey.limiter()}
	l.keys[key] = l.recent.PushFront(b)
	return b.tokens
}

// Dropped counts the keys that were forgotten because there were too many.
func (l *Limiter) Dropped() uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.dropped
}

// Network turns a caller's address, with or without port, into the key under which tries are counted: one IPv4 address,
// or the first 64 bits of an IPv6 one, which is what one household gets. Anything else is one key, "unknown".
func Network(addr string) string {
	ip, err := netip.ParseAddr(addr)
	if err != nil {
		withPort, err := netip.ParseAddrPort(addr)
		if err != nil {
			return "unknown"
		}
		ip = withPort.Addr()
	}
	ip = ip.Unmap().WithZone("")
	if ip.Is4() {
		return ip.String()
	}
	net, err := ip.Prefix(64)
	if err != nil {
		return "unknown"
	}
	return net.String()
}
