package attend

import (
	"context"
	"fmt"
	"log/slog"
	"testing"
	"testing/synctest"

	"deskhand/apps/internal/session"
	"deskhand/protocol/fault"
)

// away is a relay that cannot be reached.
type away struct{}

func (away) Conn(ctx context.Context) (session.Conn, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

func (away) Fault() fault.Reason { return fault.CannotConnect }

// hall runs a Hall over a relay that is away and counts what it tells of each session.
func hall(t *testing.T) (h *Hall, told map[string]int, stop func()) {
	t.Helper()
	told = map[string]int{}
	changes := make(chan string, 1024)
	h = New(Config{
		Link: away{}, Token: func() string { return "token" }, Logger: slog.New(slog.DiscardHandler),
		OnChanged: func(a *Attended) { changes <- a.ID },
		OnPicture: func(*Attended) { t.Error("a picture came from nowhere") },
	})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- h.Run(ctx) }()
	return h, told, func() {
		t.Helper()
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run: %v", err)
		}
		close(changes)
		for id := range changes {
			told[id]++
		}
	}
}

func TestEnterOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, _, stop := hall(t)
		if !h.Enter("482113907") || h.Enter("482113907") {
			t.Error("a session is entered once, no more and no less")
		}
		synctest.Wait()
		a := h.Find("482113907")
		if a == nil || len(h.All()) != 1 || a.Session.Snapshot().Phase != session.Entering || a.Session.Snapshot().Role != session.Rep {
			t.Errorf("attended %+v of %d", a, len(h.All()))
		}
		stop() // the bubble ends only if every goroutine has ended
	})
}

func TestDismissLeavesFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, told, stop := hall(t)
		h.Enter("482113907")
		h.Enter("771020356")
		synctest.Wait()
		a := h.Find("482113907")
		h.Dismiss("482113907")
		synctest.Wait()
		if h.Find("482113907") != nil || len(h.All()) != 1 {
			t.Error("the session is still there")
		}
		if phase := a.Session.Snapshot().Phase; phase != session.Over {
			t.Errorf("the session that was dismissed is %v", phase)
		}
		h.Dismiss("000000000")
		if h.Enter("482113907") {
			t.Error("a session that was dismissed came back by itself")
		}
		stop()
		if told["482113907"] == 0 {
			t.Error("nobody was told of the end")
		}
	})
}

func TestSessionsAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, _, stop := hall(t)
		for i := range MaxSessions {
			if !h.Enter(fmt.Sprintf("%09d", 100_000_000+i)) {
				t.Fatalf("session %d was not entered", i)
			}
		}
		if h.Enter("999999999") {
			t.Error("one session too many was entered")
		}
		synctest.Wait()
		h.Dismiss("100000000")
		if !h.Enter("999999999") {
			t.Error("a place that was given back is not used")
		}
		synctest.Wait()
		stop()
	})
}
