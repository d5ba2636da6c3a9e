package account

import (
	"container/list"
	"crypto/sha256"
	"sync"
	"time"
)

const (
	freeTries  = 5                // wrong passwords before the first wait
	firstWait  = 30 * time.Second // doubles with each further wrong password
	longestGap = 15 * time.Minute
	forgetting = time.Hour // without a try the count begins anew
	maxLocks   = 10000     // pairs of login and network that are remembered
)

// lockout counts wrong passwords by login and network. When it is full the pair that was quiet for longest is
// forgotten, which is counted.
type lockout struct {
	mu      sync.Mutex
	size    int
	pairs   map[[32]byte]*list.Element // of *pair
	recent  *list.List                 // newest first
	dropped uint64
}

type pair struct {
	key         [32]byte
	tries       int
	last, until time.Time // of the newest try; no try before
}

func newLockout(size int) *lockout {
	return &lockout{size: size, pairs: make(map[[32]byte]*list.Element), recent: list.New()}
}

// lockKey has one size, whatever a caller sends.
func lockKey(login, network string) [32]byte { return sha256.Sum256([]byte(login + "\x00" + network)) }

// begin counts a try as a wrong one, so that tries at the same moment cannot slip through, and reports whether it may go
// ahead. locks is true for a try that makes the next ones wait, if it turns out wrong. A refused try does not count.
func (l *lockout) begin(key [32]byte, now time.Time) (allowed, locks bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	p := l.find(key)
	if now.Before(p.until) {
		return false, false
	}
	if now.Sub(p.last) >= forgetting {
		p.tries = 0
	}
	p.tries++
	p.last = now
	if p.tries < freeTries {
		return true, false
	}
	p.until = now.Add(wait(p.tries))
	return true, true
}

// wait is how long the next try has to wait after this many.
func wait(tries int) time.Duration {
	d := firstWait
	for range tries - freeTries {
		if d *= 2; d >= longestGap {
			return longestGap
		}
	}
	return d
}

func (l *lockout) find(key [32]byte) *pair {
	if e, known := l.pairs[key]; known {
		l.recent.MoveToFront(e)
		return e.Value.(*pair)
	}
	if l.recent.Len() >= l.size {
		oldest := l.recent.Back()
		delete(l.pairs, oldest.Value.(*pair).key)
		l.recent.Remove(oldest)
		l.dropped++
	}
	p := &pair{key: key}
	l.pairs[key] = l.recent.PushFront(p)
	return p
}

// undo takes the newest try back: its password could not be checked.
func (l *lockout) undo(key [32]byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if e, known := l.pairs[key]; known {
		p := e.Value.(*pair)
		p.tries = max(0, p.tries-1)
		p.until = time.Time{}
	}
}

// forgive forgets the tries of a pair: the password was right.
func (l *lockout) forgive(key [32]byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if e, known := l.pairs[key]; known {
		delete(l.pairs, key)
		l.recent.Remove(e)
	}
}

// Dropped counts the pairs of login and network that were forgotten because there were too many.
func (a *Accounts) Dropped() uint64 {
	a.locks.mu.Lock()
	defer a.locks.mu.Unlock()
	return a.locks.dropped
}
