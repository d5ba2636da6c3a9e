package account

import (
	"container/list"
	"context"
	"crypto/sha256"
	"sync"
	"time"
)

const (
	freeTries    = 5                // wrong passwords for one login from one place before the first wait
	freeOfLogin  = 20               // for one login from all places together where it has never been seen
	freeOfSource = 50               // from one network for all logins that have never been seen there
	firstWait    = 30 * time.Second // doubles with each further wrong password
	longestGap   = 15 * time.Minute
	forgetting   = time.Hour // without a try the count begins anew
	maxLocks     = 10000     // budgets that are remembered
)

// lockout counts wrong passwords by budget. When it is full the one that was quiet for longest is forgotten, which is
// counted.
type lockout struct {
	mu      sync.Mutex
	size    int
	spent   map[[32]byte]*list.Element // of *spending
	recent  *list.List                 // newest first
	dropped uint64
}

// budget is a number of tries for one key. A single one, kept, is forgiven once the password is right; from the others
// only that try is taken back, or who knows one password could go on guessing another's.
type budget struct {
	key  [32]byte
	free int
	kept bool
}

type spending struct {
	key         [32]byte
	tries       int
	last, until time.Time // of the newest try; no try before
}

func newLockout(size int) *lockout {
	return &lockout{size: size, spent: make(map[[32]byte]*list.Element), recent: list.New()}
}

// lockKey has one size, whatever a caller sends.
func lockKey(kind, a, b string) [32]byte {
	return sha256.Sum256([]byte(kind + "\x00" + a + "\x00" + b))
}

// networkPlace and devicePlace are how places are remembered as familiar.
func networkPlace(network string) []byte { return HashToken("network\x00" + network) }
func devicePlace(device string) []byte   { return HashToken("device\x00" + device) }

// places are those that are familiar once the try succeeds.
func (t Try) places() [][]byte {
	all := [][]byte{networkPlace(t.Network)}
	if t.Device != "" {
		all = append(all, devicePlace(t.Device))
	}
	return all
}

// budgets are what a try takes from. A familiar device or network has its own, which nobody elsewhere can use up;
// strangers share with all other strangers.
func (a *Accounts) budgets(ctx context.Context, t Try) ([]budget, error) {
	familiar, err := a.cfg.Store.Familiar(ctx, t.Login, t.places())
	if err != nil {
		return nil, err
	}
	here := budget{lockKey("place", t.Login, t.Network), freeTries, true}
	switch {
	case len(familiar) > 1 && familiar[1]:
		return []budget{{lockKey("device", t.Login, t.Device), freeTries, true}}, nil
	case familiar[0]:
		return []budget{here}, nil
	default:
		return []budget{
			here,
			{lockKey("login", t.Login, ""), freeOfLogin, false},
			{lockKey("network", t.Network, ""), freeOfSource, false},
		}, nil
	}
}

// begin counts a try as a wrong one, so that tries at the same moment cannot slip through, and reports whether it may go
// ahead: when all its budgets allow it. locks is true for a try that makes the next ones wait, if it turns out wrong. A
// refused try does not count.
func (l *lockout) begin(now time.Time, budgets ...budget) (allowed, locks bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, b := range budgets {
		if now.Before(l.find(b.key).until) {
			return false, false
		}
	}
	for _, b := range budgets {
		s := l.find(b.key)
		if now.Sub(s.last) >= forgetting {
			s.tries = 0
		}
		s.tries++
		s.last = now
		if s.tries >= b.free {
			s.until = now.Add(wait(s.tries - b.free))
			locks = true
		}
	}
	return true, locks
}

// wait is how long the next try has to wait when the free ones have been used up, and so many more.
func wait(more int) time.Duration {
	d := firstWait
	for range more {
		if d *= 2; d >= longestGap {
			return longestGap
		}
	}
	return d
}

func (l *lockout) find(key [32]byte) *spending {
	if e, known := l.spent[key]; known {
		l.recent.MoveToFront(e)
		return e.Value.(*spending)
	}
	if l.recent.Len() >= l.size {
		oldest := l.recent.Back()
		delete(l.spent, oldest.Value.(*spending).key)
		l.recent.Remove(oldest)
		l.dropped++
	}
	s := &spending{key: key}
	l.spent[key] = l.recent.PushFront(s)
	return s
}

// undo takes the newest try back: nothing could be checked.
func (l *lockout) undo(budgets ...budget) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, b := range budgets {
		l.takeBack(b)
	}
}

func (l *lockout) takeBack(b budget) {
	if e, known := l.spent[b.key]; known {
		s := e.Value.(*spending)
		s.tries = max(0, s.tries-1)
		s.until = time.Time{}
	}
}

// forgive forgets the tries of the place: the password was right.
func (l *lockout) forgive(budgets ...budget) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, b := range budgets {
		if !b.kept {
			l.takeBack(b)
			continue
		}
		if e, known := l.spent[b.key]; known {
			delete(l.spent, b.key)
			l.recent.Remove(e)
		}
	}
}

// Dropped counts what was forgotten because there was too much: budgets of tries, and mails that were to be sent.
func (a *Accounts) Dropped() uint64 {
	a.locks.mu.Lock()
	defer a.locks.mu.Unlock()
	return a.locks.dropped + a.forgotten.dropped.Load()
}
