package store

import (
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"deskhand/protocol/fault"
)

const rounds = 200

// contend runs f on n goroutines at once, half of them over a second store on the same file, as another process would
// be, and counts those that get no error. The others must get the fault given.
func contend(t *testing.T, stores []*Store, n int, lost fault.Reason, f func(s *Store, i int) error) (won int) {
	t.Helper()
	var winners atomic.Int64
	var all sync.WaitGroup
	begin := make(chan struct{})
	for i := range n {
		all.Go(func() {
			<-begin
			switch err := f(stores[i%len(stores)], i); {
			case err == nil:
				winners.Add(1)
			case !fault.Is(err, lost):
				t.Errorf("a loser got %v, want %q", err, lost)
			}
		})
	}
	close(begin)
	all.Wait()
	return int(winners.Load())
}

func TestOneWinnerTakesAQuery(t *testing.T) {
	f := newFirm(t)
	stores := []*Store{f.Store, open(t, f.path)}
	reps := []int64{f.ann.ID, f.ben.ID}
	for n := range rounds {
		f.post(t, n)
		won := contend(t, stores, 8, fault.QueryTaken, func(s *Store, i int) error {
			return second(s.TakeQuery(t.Context(), number(n), reps[i/2%2], start))
		})
		if won != 1 {
			t.Fatalf("round %d has %d winners", n, won)
		}
	}
	if open := must(f.OpenSessions(t.Context()))(t); len(open) != rounds {
		t.Errorf("%d sessions, want %d", len(open), rounds)
	}
}

func TestOneWinnerRedeemsACode(t *testing.T) {
	f := newFirm(t)
	stores := []*Store{f.Store, open(t, f.path)}
	for n := range rounds {
		check(t, f.CreateCode(t.Context(), f.code(n, "c"), 0))
		won := contend(t, stores, 8, fault.CodeUsed, func(s *Store, i int) error {
			return second(s.RedeemCode(t.Context(), number(n), Session{Customer: strconv.Itoa(i)}, start))
		})
		if won != 1 {
			t.Fatalf("round %d has %d winners", n, won)
		}
	}
}

func TestTakeOrWithdraw(t *testing.T) {
	f := newFirm(t)
	for n := range rounds {
		f.post(t, n)
		var took, withdrew error
		var both sync.WaitGroup
		both.Go(func() { took = second(f.TakeQuery(t.Context(), number(n), f.ann.ID, start)) })
		both.Go(func() { withdrew = second(f.WithdrawQuery(t.Context(), number(n))) })
		both.Wait()
		if (took == nil) == (withdrew == nil) {
			t.Fatalf("round %d: take %v, withdraw %v", n, took, withdrew)
		}
	}
}

func TestReturnOrJoin(t *testing.T) {
	f := newFirm(t)
	for n := range rounds {
		f.taken(t, n)
		var back, in error
		var both sync.WaitGroup
		both.Go(func() { back = f.ReturnQuery(t.Context(), number(n), start) })
		both.Go(func() {
			in = f.JoinSession(t.Context(), number(n), Arrival{TokenHash: hash(strconv.Itoa(n)), At: start})
		})
		both.Wait()
		if (back == nil) == (in == nil) {
			t.Fatalf("round %d: return %v, join %v", n, back, in)
		}
		_, err := f.Session(t.Context(), number(n))
		q := must(f.Query(t.Context(), number(n)))(t)
		if (err == nil) != (q.State == QueryTaken) {
			t.Fatalf("round %d: session %v, query %s", n, err, q.State)
		}
	}
}

func TestOneCustomerJoins(t *testing.T) {
	f := newFirm(t)
	stores := []*Store{f.Store, open(t, f.path)}
	for n := range rounds / 4 {
		f.taken(t, n)
		won := contend(t, stores, 4, fault.CodeUsed, func(s *Store, i int) error {
			return s.JoinSession(t.Context(), number(n), Arrival{TokenHash: hash(number(n) + strconv.Itoa(i)), At: start})
		})
		if won != 1 {
			t.Fatalf("round %d has %d winners", n, won)
		}
	}
}

func TestOneEndsASession(t *testing.T) {
	f := newFirm(t)
	stores := []*Store{f.Store, open(t, f.path)}
	for n := range rounds / 4 {
		f.taken(t, n)
		var ended atomic.Int64
		contend(t, stores, 4, "", func(s *Store, i int) error {
			did, err := s.EndSession(t.Context(), number(n), End{Cause: i, At: start})
			if did {
				ended.Add(1)
			}
			return err
		})
		if ended.Load() != 1 {
			t.Fatalf("round %d was ended by %d", n, ended.Load())
		}
	}
}

func TestCodesKeepTheirLimitUnderContention(t *testing.T) {
	f := newFirm(t)
	stores := []*Store{f.Store, open(t, f.path)}
	won := contend(t, stores, 30, fault.TooManyCodes, func(s *Store, i int) error {
		return s.CreateCode(t.Context(), f.code(i, strconv.Itoa(i)), 3)
	})
	if active := must(f.ActiveCodes(t.Context(), f.ann.ID))(t); won != 3 || len(active) != 3 {
		t.Errorf("%d made, %d active, want 3", won, len(active))
	}
	won = contend(t, stores, 10, fault.NameInUse, func(s *Store, i int) error {
		return s.CreateCode(t.Context(), f.code(100+i, "same"), 8)
	})
	if won != 1 {
		t.Errorf("%d codes of the same name", won)
	}
}

func TestChatHasNoGapsUnderContention(t *testing.T) {
	f := newFirm(t)
	stores := []*Store{f.Store, open(t, f.path)}
	f.joined(t, 1)
	const speakers, each = 8, 25
	var mu sync.Mutex
	var given []uint64
	contend(t, stores, speakers, "", func(s *Store, i int) error {
		for n := range each {
			l := Line{SessionID: number(1), At: start, From: uint32(i + 1), Text: "x", ClientID: strconv.Itoa(n)}
			seq, err := s.AddLine(t.Context(), l)
			if err != nil {
				return err
			}
			again, err := s.AddLine(t.Context(), l) // sent twice
			if err != nil {
				return err
			}
			mu.Lock()
			given = append(given, seq)
			mu.Unlock()
			if seq != again {
				t.Errorf("one line has the numbers %d and %d", seq, again)
			}
		}
		return nil
	})
	slices.Sort(given)
	lines := must(f.Lines(t.Context(), number(1), 0))(t)
	if len(given) != speakers*each || len(lines) != speakers*each {
		t.Fatalf("%d given, %d stored, want %d", len(given), len(lines), speakers*each)
	}
	for i, l := range lines {
		if l.Seq != uint64(i)+1 || given[i] != l.Seq {
			t.Fatalf("place %d holds number %d, given %d", i+1, l.Seq, given[i])
		}
	}
}

func TestReadingWhileOthersWrite(t *testing.T) {
	f := newFirm(t)
	f.joined(t, 1)
	stop := make(chan struct{})
	var reading sync.WaitGroup
	for range 3 {
		reading.Go(func() {
			for seen := 0; ; {
				lines, err := f.Lines(t.Context(), number(1), 0)
				if err != nil || len(lines) < seen {
					t.Errorf("%d lines after %d, %v", len(lines), seen, err)
					return
				}
				seen = len(lines)
				select {
				case <-stop:
					return
				default:
				}
			}
		})
	}
	for range 100 {
		must(f.AddLine(t.Context(), Line{SessionID: number(1), At: start, From: 1, Text: "x"}))(t)
	}
	close(stop)
	reading.Wait()
}

func BenchmarkAddLine(b *testing.B) {
	s, err := Open(b.Context(), b.TempDir()+"/relay.db")
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	c, _ := s.AddCompany(b.Context(), "Acme")
	r, _ := s.AddRep(b.Context(), Rep{CompanyID: c.ID, Login: "a", Name: "A", Active: true})
	p, _ := s.AddPortal(b.Context(), Portal{CompanyID: c.ID, Slug: "w", Name: "W", Mode: ModeWeb})
	_ = s.AssignPortal(b.Context(), r.ID, p.ID)
	_ = s.PostQuery(b.Context(), Query{SessionID: number(1), PortalID: p.ID, TicketHash: hash("t"), PostedAt: start, ExpiresAt: start.Add(time.Hour)})
	if _, err := s.TakeQuery(b.Context(), number(1), r.ID, start); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := s.AddLine(b.Context(), Line{SessionID: number(1), At: start, From: 1, Text: "hello"}); err != nil {
			b.Fatal(err)
		}
	}
}
