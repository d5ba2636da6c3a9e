package transport

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"deskhand/protocol/fault"
)

// runner is a made-up attempt: it takes its time from its start and then arrives or fails.
type runner struct {
	name      string
	after     time.Duration
	preferred bool
	takes     time.Duration
	err       error
	deaf      bool // arrives even though it has been cancelled
}

func TestRace(t *testing.T) {
	const ms = time.Millisecond
	no, wrong := errors.New("no"), fault.New(fault.WrongKey, nil)
	quic := func(takes time.Duration, err error) runner { return runner{"quic", 0, true, takes, err, false} }
	tests := []struct {
		name      string
		runners   []runner
		winner    string
		fault     fault.Reason
		at        time.Duration
		discarded []string
	}{
		{name: "the first is quick", runners: []runner{quic(30*ms, nil), {"443", 300 * ms, false, 1 * ms, nil, false}}, winner: "quic", at: 30 * ms},
		{name: "the preferred one arrives in its grace", runners: []runner{quic(599*ms, nil), {"443", 300 * ms, false, 10 * ms, nil, false}}, winner: "quic", at: 599 * ms, discarded: []string{"443"}},
		{name: "its grace ends", runners: []runner{quic(time.Hour, nil), {"443", 300 * ms, false, 10 * ms, nil, false}}, winner: "443", at: 610 * ms},
		{name: "it arrives too late", runners: []runner{{"quic", 0, true, 611 * ms, nil, true}, {"443", 300 * ms, false, 10 * ms, nil, false}}, winner: "443", at: 611 * ms, discarded: []string{"quic"}},
		{name: "it fails at once", runners: []runner{quic(1*ms, no), {"443", 300 * ms, false, 10 * ms, nil, false}}, winner: "443", at: 11 * ms},
		{name: "it fails in its grace", runners: []runner{quic(400*ms, no), {"443", 300 * ms, false, 10 * ms, nil, false}}, winner: "443", at: 400 * ms},
		{name: "the next ports are tried in turn", runners: []runner{quic(time.Hour, nil), {"443", 300 * ms, false, time.Hour, nil, false}, {"8200", 550 * ms, false, 5 * ms, nil, false}}, winner: "8200", at: 855 * ms},
		{name: "a refused port does not wait for its successor", runners: []runner{quic(time.Hour, nil), {"443", 300 * ms, false, 1 * ms, no, false}, {"8200", 550 * ms, false, 1 * ms, nil, false}}, winner: "8200", at: 602 * ms},
		{name: "two arrive while the preferred one is awaited", runners: []runner{quic(time.Hour, nil), {"443", 300 * ms, false, 300 * ms, nil, false}, {"8200", 550 * ms, false, 1 * ms, nil, false}}, winner: "8200", at: 851 * ms, discarded: []string{"443"}},
		{name: "all fail", runners: []runner{quic(10*ms, no), {"443", 300 * ms, false, 10 * ms, no, false}, {"8200", 550 * ms, false, 10 * ms, no, false}}, fault: fault.CannotConnect, at: 30 * ms},
		{name: "a wrong key ends it", runners: []runner{quic(10*ms, wrong), {"443", 300 * ms, false, 1 * ms, nil, false}}, fault: fault.WrongKey, at: 10 * ms},
		{name: "a wrong key on the fall-back ends it", runners: []runner{quic(time.Hour, nil), {"443", 300 * ms, false, 1 * ms, wrong, false}, {"8200", 550 * ms, false, 1 * ms, nil, false}}, fault: fault.WrongKey, at: 301 * ms},
		{name: "a wrong key beats failures", runners: []runner{quic(10*ms, no), {"443", 300 * ms, false, 1 * ms, wrong, false}}, fault: fault.WrongKey, at: 11 * ms},
		{name: "nobody is preferred", runners: []runner{{"v6", 0, false, time.Hour, nil, false}, {"v4", 100 * ms, false, 5 * ms, nil, false}}, winner: "v4", at: 105 * ms},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var discarded []string
				began := time.Now()
				winner, err := race(t.Context(), 300*ms, attemptsOf(test.runners), func(name string) { discarded = append(discarded, name) })
				if winner != test.winner || fault.ReasonOf(err) != test.fault {
					t.Errorf("got %q, %v, want %q, %q", winner, err, test.winner, test.fault)
				}
				if took := time.Since(began); took != test.at {
					t.Errorf("it took %v, want %v", took, test.at)
				}
				if !slices.Equal(discarded, test.discarded) {
					t.Errorf("discarded %v, want %v", discarded, test.discarded)
				}
			})
		})
	}
}

func attemptsOf(runners []runner) []attempt[string] {
	var all []attempt[string]
	for _, r := range runners {
		all = append(all, attempt[string]{r.after, r.preferred, func(ctx context.Context) (string, error) {
			done := ctx.Done()
			if r.deaf {
				done = nil
			}
			select {
			case <-done:
				return "", ctx.Err()
			case <-time.After(r.takes):
				return r.name, r.err
			}
		}})
	}
	return all
}

func TestRaceGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 400*time.Millisecond)
		defer cancel()
		var discarded []string
		_, err := race(ctx, time.Second, attemptsOf([]runner{
			{name: "quic", preferred: true, takes: time.Hour},
			{name: "443", after: 300 * time.Millisecond, takes: time.Millisecond},
		}), func(name string) { discarded = append(discarded, name) })
		if !fault.Is(err, fault.CannotConnect) || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
		if !slices.Equal(discarded, []string{"443"}) {
			t.Errorf("discarded %v", discarded)
		}
	})
}
