package limit

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"deskhand/protocol/fault"
)

// clock is a time that the test moves.
type clock struct{ now atomic.Int64 }

func (c *clock) Now() time.Time          { return time.Unix(1700000000, c.now.Load()) }
func (c *clock) Advance(d time.Duration) { c.now.Add(int64(d)) }
func tries(l *Limiter, key string, n int) (allowed int) {
	for range n {
		if l.Allow(key) == nil {
			allowed++
		}
	}
	return allowed
}

func TestAllow(t *testing.T) {
	c := &clock{}
	l := New(Config{PerKey: Rate{6 * time.Second, 10}, Clock: c.Now})
	if got := tries(l, "a", 50); got != 10 {
		t.Errorf("%d tries at once, want 10", got)
	}
	if err := l.Allow("a"); !fault.Is(err, fault.TooManyAttempts) {
		t.Errorf("one more: %v, want too_many_attempts", err)
	}
	if got := tries(l, "b", 50); got != 10 {
		t.Errorf("another key has %d tries, want 10", got)
	}
	c.Advance(6*time.Second - time.Millisecond)
	if got := tries(l, "a", 5); got != 0 {
		t.Errorf("%d tries just before the time, want 0", got)
	}
	c.Advance(time.Millisecond)
	if got := tries(l, "a", 5); got != 1 {
		t.Errorf("%d tries after 6 s, want 1", got)
	}
	c.Advance(time.Hour)
	if got := tries(l, "a", 50); got != 10 {
		t.Errorf("%d tries after an hour, want 10 and no more", got)
	}
}

func TestTotalBrakesManyKeys(t *testing.T) {
	c := &clock{}
	l := New(Config{PerKey: Rate{time.Second, 2}, Total: Rate{time.Second, 30}, Clock: c.Now})
	if got := tries(l, "loud", 1000); got != 2 {
		t.Errorf("one key has %d tries, want 2", got)
	}
	allowed := 0
	for i := range 100 {
		allowed += tries(l, fmt.Sprint("key", i), 2)
	}
	if allowed != 28 {
		t.Errorf("%d tries of many keys, want 28: the refused ones of the loud key take nothing", allowed)
	}
	c.Advance(time.Second)
	if got := tries(l, "late", 2); got != 1 {
		t.Errorf("%d tries a second later, want 1", got)
	}
}

func TestKeysAreBounded(t *testing.T) {
	c := &clock{}
	l := New(Config{PerKey: Rate{time.Minute, 1}, Keys: 3, Clock: c.Now})
	for _, key := range []string{"a", "b", "c", "a", "d"} { // a was refused once, but was seen later than b
		_ = l.Allow(key)
	}
	if len(l.keys) != 3 || l.recent.Len() != 3 || l.Dropped() != 1 {
		t.Errorf("%d keys, %d in order, %d dropped; want 3, 3, 1", len(l.keys), l.recent.Len(), l.Dropped())
	}
	if l.Allow("a") == nil {
		t.Error("a was forgotten though b was quiet for longer")
	}
	if l.Allow("b") != nil {
		t.Error("b was not forgotten")
	}
}

func TestZeroRatesAllowAll(t *testing.T) {
	l := New(Config{Clock: (&clock{}).Now})
	if got := tries(l, "a", 1000); got != 1000 {
		t.Errorf("%d of 1000 tries", got)
	}
}

func TestConcurrentTries(t *testing.T) {
	l := New(Config{PerKey: Rate{time.Minute, 10}, Clock: (&clock{}).Now})
	var allowed atomic.Int64
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() { allowed.Add(int64(tries(l, "a", 20))) })
	}
	all.Wait()
	if allowed.Load() != 10 {
		t.Errorf("%d tries, want 10", allowed.Load())
	}
}

func TestPresets(t *testing.T) {
	for _, tt := range []struct {
		name  string
		make  func(func() time.Time) *Limiter
		burst int
		after int // allowed in the minute after the burst
		total int // at once from anywhere
	}{
		{"codes", Codes, 10, 10, 100},
		{"posts", Posts, 10, 5, 200},
		{"logins", Logins, 20, 30, 100},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := &clock{}
			l := tt.make(c.Now)
			if got := tries(l, "a", 100); got != tt.burst {
				t.Errorf("%d at once, want %d", got, tt.burst)
			}
			after := 0
			for range 60 {
				c.Advance(time.Second)
				after += tries(l, "a", 5)
			}
			if after != tt.after {
				t.Errorf("%d in the next minute, want %d", after, tt.after)
			}
			c.Advance(time.Hour)
			total := 0
			for i := range 1000 {
				total += tries(l, fmt.Sprint(i), 1)
			}
			if total != tt.total {
				t.Errorf("%d from anywhere, want %d", total, tt.total)
			}
		})
	}
}

func TestNetwork(t *testing.T) {
	for _, tt := range []struct{ addr, want string }{
		{"203.0.113.9", "203.0.113.9"},
		{"203.0.113.9:4711", "203.0.113.9"},
		{"[::ffff:203.0.113.9]:4711", "203.0.113.9"},
		{"2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"},
		{"[2001:db8:1:2:ffff::1]:443", "2001:db8:1:2::/64"},
		{"[fe80::1%eth0]:443", "fe80::/64"},
		{"@", "unknown"},
		{"", "unknown"},
		{"localhost:80", "unknown"},
	} {
		if got := Network(tt.addr); got != tt.want {
			t.Errorf("Network(%q) = %q, want %q", tt.addr, got, tt.want)
		}
	}
}

func FuzzNetwork(f *testing.F) {
	f.Add("203.0.113.9:1")
	f.Add("[2001:db8::1]:1")
	f.Fuzz(func(t *testing.T, addr string) {
		if got := Network(addr); got == "" || len(got) > 43 {
			t.Errorf("Network(%q) = %q", addr, got)
		}
	})
}
