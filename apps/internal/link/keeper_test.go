package link

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"deskhand/protocol/fault"
)

// fakeConn ends when it is told to.
type fakeConn struct {
	done   chan struct{}
	once   sync.Once
	err    error
	closed bool
	path   string // empty: quic

	silentSince atomic.Int64 // 0: it is not
}

func newFakeConn() *fakeConn { return &fakeConn{done: make(chan struct{})} }

func (c *fakeConn) end(err error) {
	c.once.Do(func() {
		c.err = err
		close(c.done)
	})
}

func (c *fakeConn) Done() <-chan struct{} { return c.done }
func (c *fakeConn) Path() string          { return cmp.Or(c.path, "quic") }
func (c *fakeConn) RTT() time.Duration    { return 7 * time.Millisecond }

// Silent begins when the test says.
func (c *fakeConn) Silent() time.Duration {
	since := c.silentSince.Load()
	if since == 0 {
		return 0
	}
	return time.Duration(time.Now().UnixNano() - since)
}

func (c *fakeConn) Err() error {
	select {
	case <-c.done:
		return c.err
	default:
		return nil
	}
}

func (c *fakeConn) Close() error {
	c.closed = true
	c.end(errors.New("closed"))
	return nil
}

// dialled is what one call of dial gives.
type dialled struct {
	conn *fakeConn
	err  error
}

// dials hands out what the test puts in and notes when it was asked.
type dials struct {
	began time.Time
	next  []dialled
	at    []time.Duration
}

func (d *dials) dial(ctx context.Context) (*fakeConn, error) {
	d.at = append(d.at, time.Since(d.began))
	if len(d.next) == 0 {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	n := d.next[0]
	d.next = d.next[1:]
	return n.conn, n.err
}

// newKeeper makes one whose pauses are not spread: each is the half of its full length.
func newKeeper(next ...dialled) (*keeper[*fakeConn], *dials) {
	d := &dials{began: time.Now(), next: next}
	return &keeper[*fakeConn]{
		dial:    d.dial,
		clock:   time.Now,
		logger:  slog.New(slog.DiscardHandler),
		random:  func() float64 { return 0 },
		changed: make(chan struct{}, 1),
		news:    make(chan struct{}),
	}, d
}

// start runs a keeper and gives what ends it and what waits for it.
func start(t *testing.T, k *keeper[*fakeConn]) (stop func(), ended <-chan error) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- k.run(ctx) }()
	return cancel, done
}

func cannotConnect() dialled { return dialled{err: fault.New(fault.CannotConnect, nil)} }

func TestPausesGrow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var failures []dialled
		for range 9 {
			failures = append(failures, cannotConnect())
		}
		k, d := newKeeper(failures...)
		stop, ended := start(t, k)
		time.Sleep(time.Minute) // of the bubble's own time
		synctest.Wait()
		want := []time.Duration{0, 100, 200, 400, 800, 1600, 3200, 5000, 5000, 5000} // ms, the lower halves
		if len(d.at) != len(want) {
			t.Fatalf("dialled at %v, want %d times", d.at, len(want))
		}
		for i := 1; i < len(want); i++ {
			if got := d.at[i] - d.at[i-1]; got != want[i]*time.Millisecond {
				t.Errorf("pause %d is %v, want %v", i, got, want[i]*time.Millisecond)
			}
		}
		stop()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("run ended with %v", err)
		}
	})
}

func TestPausesAreSpread(t *testing.T) {
	tests := []struct {
		name     string
		random   float64
		min, max time.Duration
	}{
		{"least", 0, 100 * time.Millisecond, 100 * time.Millisecond},
		{"middle", 0.5, 150 * time.Millisecond, 150 * time.Millisecond},
		{"most", 0.999999, 199 * time.Millisecond, 200 * time.Millisecond},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p := pauses{random: func() float64 { return test.random }}
			if got := p.next(); got < test.min || got > test.max {
				t.Errorf("pause is %v, want %v to %v", got, test.min, test.max)
			}
		})
	}
}

func TestReconnect(t *testing.T) {
	tests := []struct {
		name  string
		lasts time.Duration
		pause time.Duration // before the third connection, which follows the second
	}{
		{"short connections make the pauses grow", time.Second, 200 * time.Millisecond},
		{"a stable one makes them small again", time.Minute, 100 * time.Millisecond},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				one, two := newFakeConn(), newFakeConn()
				k, d := newKeeper(dialled{conn: one}, dialled{conn: two})
				stop, ended := start(t, k)
				for _, c := range []*fakeConn{one, two} {
					if got, err := k.get(t.Context()); err != nil || got != c {
						t.Fatalf("got %v, %v", got, err)
					}
					if s := k.status(); s != (Status{Connected: true, Path: "quic", Delay: 7 * time.Millisecond}) {
						t.Errorf("status is %+v", s)
					}
					time.Sleep(test.lasts)
					c.end(fault.New(fault.RelayStopping, nil))
					synctest.Wait()
					if s := k.status(); s != (Status{Fault: fault.RelayStopping}) {
						t.Errorf("status after the end is %+v", s)
					}
					if !c.closed {
						t.Error("a connection that ended was not closed")
					}
				}
				time.Sleep(time.Second)
				synctest.Wait()
				if got := d.at[2] - d.at[1] - test.lasts; got != test.pause {
					t.Errorf("pause is %v, want %v", got, test.pause)
				}
				stop()
				<-ended
			})
		})
	}
}

func TestWrongKeyIsFinal(t *testing.T) {
	wrong := fault.New(fault.WrongKey, nil)
	broken := newFakeConn()
	broken.end(wrong)
	for name, last := range map[string]dialled{"while dialling": {err: wrong}, "on a later lane": {conn: broken}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				k, d := newKeeper(cannotConnect(), last)
				_, ended := start(t, k)
				if err := <-ended; !fault.Is(err, fault.WrongKey) {
					t.Errorf("run ended with %v", err)
				}
				if _, err := k.get(t.Context()); !fault.Is(err, fault.WrongKey) {
					t.Errorf("get gives %v", err)
				}
				if s := k.status(); s != (Status{Fault: fault.WrongKey}) {
					t.Errorf("status is %+v", s)
				}
				time.Sleep(time.Hour)
				if len(d.at) != 2 {
					t.Errorf("dialled %d times, want 2", len(d.at))
				}
			})
		})
	}
}

func TestGetWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newFakeConn()
		k, _ := newKeeper(cannotConnect(), cannotConnect(), dialled{conn: c})
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := k.get(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("get with an ended context gives %v", err)
		}
		stop, ended := start(t, k)
		if got, err := k.get(t.Context()); err != nil || got != c {
			t.Errorf("get gives %v, %v", got, err)
		}
		stop()
		<-ended
		if !c.closed {
			t.Error("the connection was not closed at the end")
		}
		if _, err := k.get(t.Context()); !fault.Is(err, fault.CannotConnect) {
			t.Errorf("get after the end gives %v", err)
		}
		if s := k.status(); s.Connected {
			t.Errorf("status after the end is %+v", s)
		}
	})
}

// TestStopWhileDialling hands a connection to a keeper that has been told to stop.
func TestStopWhileDialling(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newFakeConn()
		k, _ := newKeeper()
		k.dial = func(ctx context.Context) (*fakeConn, error) {
			<-ctx.Done()
			return c, nil
		}
		stop, ended := start(t, k)
		synctest.Wait()
		stop()
		<-ended
		if !c.closed {
			t.Error("the connection was not closed")
		}
	})
}

func TestChangedMerges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newFakeConn()
		k, _ := newKeeper(cannotConnect(), dialled{conn: c})
		stop, ended := start(t, k)
		time.Sleep(time.Second)
		synctest.Wait()
		<-k.changed // one signal for both changes
		select {
		case <-k.changed:
			t.Error("there is a second signal")
		default:
		}
		c.end(errors.New("cut"))
		<-k.changed
		if s := k.status(); s.Connected {
			t.Errorf("status is %+v", s)
		}
		stop()
		<-ended
	})
}
