package link

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func TestSilentConnectionIsReplaced(t *testing.T) {
	tests := []struct {
		name, path string
		failures   int
		heard      time.Duration // after the silence began; 0: never
		replaced   bool
	}{
		{"tcp", "tcp", 0, 0, true},
		{"tcp, at the fourth try", "tcp", 3, 0, true},
		{"tcp that is heard soon", "tcp", 0, 2 * time.Second, false},
		{"tcp that is heard while others fail", "tcp", 60, 8 * time.Second, false},
		{"quic whose way is blocked", "quic", 0, 0, true},
		{"quic that is heard in its grace", "quic", 0, 5900 * time.Millisecond, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				one, two := newFakeConn(), newFakeConn()
				one.path, two.path = test.path, "tcp"
				next := []dialled{{conn: one}}
				for range test.failures {
					next = append(next, cannotConnect())
				}
				k, _ := newKeeper(append(next, dialled{conn: two})...)
				stop, ended := start(t, k)
				time.Sleep(10 * time.Second) // of the bubble's own time, as all of these
				one.silentSince.Store(time.Now().UnixNano())
				if test.heard > 0 {
					time.Sleep(test.heard)
					one.silentSince.Store(0)
				}
				time.Sleep(15 * time.Second)
				synctest.Wait()
				want := one
				if test.replaced {
					want = two
				}
				if got, err := k.get(t.Context()); err != nil || got != want {
					t.Errorf("the wrong connection, %v", err)
				}
				if one.closed != test.replaced {
					t.Errorf("the silent one closed: %v", one.closed)
				}
				stop()
				<-ended
			})
		})
	}
}

// TestHurryEnds lets a relay be away for good: the first minute sees a try a second, and then they become rare.
func TestHurryEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		one := newFakeConn()
		one.path = "tcp"
		next := []dialled{{conn: one}}
		for range 1000 {
			next = append(next, cannotConnect())
		}
		k, d := newKeeper(next...)
		var tries atomic.Int64
		k.dial = func(ctx context.Context) (*fakeConn, error) {
			tries.Add(1)
			return d.dial(ctx)
		}
		stop, ended := start(t, k)
		time.Sleep(2 * time.Minute)
		one.silentSince.Store(time.Now().UnixNano())
		count := func(after time.Duration) int64 {
			before := tries.Load()
			time.Sleep(after)
			return tries.Load() - before
		}
		if n := count(time.Minute); n < 60 || n > 130 { // pauses of half a second: none is spread here
			t.Errorf("%d tries in the first minute", n)
		}
		one.end(cannotConnect().err)
		_ = count(time.Minute)
		if n := count(time.Minute); n < 6 || n > 13 {
			t.Errorf("%d tries in the third minute", n)
		}
		stop()
		<-ended
	})
}
