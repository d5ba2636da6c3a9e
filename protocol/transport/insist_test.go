package transport

import (
	"context"
	"errors"
	"net"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func TestInsist(t *testing.T) {
	refused := errors.New("refused")
	tests := []struct {
		name    string
		answers time.Duration // when the network begins to let a new try through
		with    error
		took    time.Duration
		tries   int64
	}{
		{"at once", 0, nil, 0, 1},
		{"refused at once", 0, refused, 0, 1},
		{"after a cut", 3500 * time.Millisecond, nil, 4 * time.Second, 5},
		{"refused after a cut", 6500 * time.Millisecond, refused, 7 * time.Second, 8},
		{"never", time.Hour, nil, 10 * time.Second, 10},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), 9900*time.Millisecond)
				defer cancel()
				began := time.Now()
				var tries atomic.Int64
				c, err := insist(ctx, func(ctx context.Context) (net.Conn, error) {
					tries.Add(1)
					if time.Since(began) < test.answers {
						<-ctx.Done()
						return nil, &net.OpError{Op: "dial", Err: ctx.Err()}
					}
					one, other := net.Pipe()
					_ = other.Close()
					return one, test.with
				})
				if got := time.Since(began).Round(time.Second); got != test.took || tries.Load() != test.tries {
					t.Errorf("%d tries in %v, want %d in %v", tries.Load(), got, test.tries, test.took)
				}
				if test.took < 10*time.Second && (!errors.Is(err, test.with) || test.with == nil && c == nil) {
					t.Errorf("got %v, %v", c, err)
				}
				if test.took == 10*time.Second && !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("got %v", err)
				}
			})
		})
	}
}
