package store

import (
	"errors"
	"strconv"
	"testing"
	"time"

	"deskhand/protocol/fault"
	"deskhand/relay/internal/role"
)

// seats sets how many reps of the company may be logged in.
func (f *firm) seats(t *testing.T, n int) {
	t.Helper()
	f.change(t, func(c *Change) error {
		return c.SetCompany(t.Context(), Company{ID: f.company.ID, Name: f.company.Name, Seats: n})
	})
}

// holders are the logins that hold seats.
func holders(h []Holder) string {
	said := ""
	for _, one := range h {
		said += one.Login + " "
	}
	return said
}

func TestL02_TheNextLoginIsToldWhoHoldsTheSeats(t *testing.T) {
	f := newFirm(t)
	ctx := t.Context()
	f.seats(t, 2)
	check(t, errors.Join(f.login(t, "ann", f.ann.ID, 0, start), f.login(t, "ben", f.ben.ID, 0, start.Add(time.Minute))))
	f.taken(t, 1)
	err := f.login(t, "cy", f.cy.ID, 0, start)
	wantFault(t, "the third of two", err, fault.SeatsTaken)
	var full *Full
	if !errors.As(err, &full) || full.Of != "Acme" || full.Limit != 2 {
		t.Fatalf("the error is %v", err)
	}
	want := Holder{RepID: f.ann.ID, Login: "ann@acme.test", Name: "Ann Lee", Since: start, Sessions: 1}
	if len(full.Holders) != 2 || full.Holders[0] != want || full.Holders[1].Login != "ben@acme.test" {
		t.Errorf("holders %+v", full.Holders)
	}
	wantFault(t, "nobody was let in", second(f.LoginRep(ctx, hash("cy"), start)), fault.LoggedOut)
	check(t, f.login(t, "ann, other window", f.ann.ID, 0, start)) // who is in needs no other seat
	if got := holders(must(f.Seats(ctx, f.company.ID))(t)); got != "ann@acme.test ben@acme.test " {
		t.Errorf("seats %s", got)
	}
	check(t, f.EndLogin(ctx, hash("ben")))
	check(t, f.login(t, "cy", f.cy.ID, 0, start))
}

func TestL03_TheDisplacedKeepTheirSessions(t *testing.T) {
	f := newFirm(t)
	ctx := t.Context()
	f.seats(t, 1)
	check(t, f.login(t, "ann", f.ann.ID, 0, start))
	f.joined(t, 1)
	check(t, f.CreateCode(ctx, f.code(2, "Max"), 0))
	f.post(t, 3)
	wantFault(t, "somebody without a seat", f.login(t, "ben", f.ben.ID, f.cy.ID, start), fault.SeatsTaken)
	check(t, f.login(t, "ben", f.ben.ID, f.ann.ID, start))

	ann := must(f.LoginRep(ctx, hash("ann"), start))(t)
	if !ann.Displaced || must(f.LoginRep(ctx, hash("ben"), start))(t).Displaced {
		t.Error("the wrong one is displaced")
	}
	if s := must(f.Session(ctx, number(1)))(t); !s.EndedAt.IsZero() {
		t.Error("the running session has ended")
	}
	must(f.AddLine(ctx, Line{SessionID: number(1), At: start, From: 2, Text: "still here"}))(t)
	wantFault(t, "a query", second(f.TakeQuery(ctx, number(3), f.ann.ID, start)), fault.Displaced)
	if q := must(f.Query(ctx, number(3)))(t); q.State != QueryWaiting {
		t.Errorf("the query is %s", q.State)
	}
	wantFault(t, "a code", f.CreateCode(ctx, f.code(4, "Moritz"), 0), fault.Displaced)
	wantFault(t, "a code from before", second(f.RedeemCode(ctx, number(2), Session{}, start)), fault.NoRep)
	must(f.TakeQuery(ctx, number(3), f.ben.ID, start))(t)
	if got := f.trail(t, 2); got[0] != "ben@acme.test login_displaced ann@acme.test Acme" {
		t.Errorf("audit trail %q", got)
	}
	wantFault(t, "logging in again", f.login(t, "ann again", f.ann.ID, 0, start), fault.SeatsTaken)
	check(t, f.EndLogin(ctx, hash("ben")))
	check(t, f.login(t, "ann again", f.ann.ID, 0, start))
	must(f.RedeemCode(ctx, number(2), Session{}, start))(t)
}

func TestMC06_TeamLogins(t *testing.T) {
	f := newFirm(t)
	ctx := t.Context()
	f.seats(t, 2)
	top := f.team(t, Team{Name: "Support", Logins: 1})
	sub := f.team(t, Team{Name: "Night", ParentID: top.ID})
	move := func(r Rep, team Team) {
		r.TeamID = team.ID
		f.change(t, func(c *Change) error { return c.SetRep(ctx, r) })
	}
	move(f.ann, top)
	move(f.ben, sub)
	check(t, f.login(t, "ann", f.ann.ID, 0, start))
	err := f.login(t, "ben", f.ben.ID, 0, start)
	var full *Full
	if !errors.As(err, &full) || full.Of != "Support" || len(full.Holders) != 1 || full.Holders[0].RepID != f.ann.ID {
		t.Fatalf("a subteam's rep: %v", err)
	}
	check(t, f.login(t, "cy", f.cy.ID, 0, start)) // of another team
	// Company and team are full now. Ending a login of the team frees both; another one would not.
	wantFault(t, "another team's login", f.login(t, "ben", f.ben.ID, f.cy.ID, start), fault.SeatsTaken)
	check(t, f.login(t, "ben", f.ben.ID, f.ann.ID, start))
	if got := holders(must(f.TeamSeats(ctx, top.ID))(t)); got != "ben@acme.test " {
		t.Errorf("seats of the team: %s", got)
	}
}

func TestP05_ClearingASeat(t *testing.T) {
	f := newFirm(t)
	ctx := t.Context()
	f.seats(t, 1)
	check(t, f.login(t, "ann", f.ann.ID, 0, start))
	clear := func(powers role.Person) error {
		return f.Change(ctx, By{Name: "boss", At: start, Powers: powers}, func(c *Change) error { return c.ClearSeat(ctx, f.ann.ID) })
	}
	boss := role.Person{Role: role.CompanyManager, CompanyID: f.company.ID}
	wantFault(t, "a rep", clear(role.Person{Role: role.Rep, CompanyID: f.company.ID}), fault.Forbidden)
	wantFault(t, "another company's", clear(role.Person{Role: role.CompanyManager, CompanyID: 99}), fault.Forbidden)
	check(t, clear(boss))
	check(t, f.login(t, "ben", f.ben.ID, 0, start))
	if err := clear(boss); !errors.Is(err, ErrNotFound) {
		t.Errorf("again: %v", err)
	}
	if !must(f.Displaced(ctx, f.ann.ID))(t) || must(f.Displaced(ctx, f.ben.ID))(t) || must(f.Displaced(ctx, f.cy.ID))(t) {
		t.Error("the wrong ones are displaced")
	}
}

func TestManagersTakeNoSeat(t *testing.T) {
	f := newFirm(t)
	ctx := t.Context()
	f.seats(t, 1)
	boss := must(f.AddRep(ctx, Rep{CompanyID: f.company.ID, Login: "boss", Name: "Boss", Role: role.CompanyManager, Active: true}))(t)
	check(t, errors.Join(f.login(t, "ann", f.ann.ID, 0, start), f.login(t, "boss", boss.ID, 0, start)))
	if got := holders(must(f.Seats(ctx, f.company.ID))(t)); got != "ann@acme.test " {
		t.Errorf("seats %s", got)
	}
}

// TestP05_TheLastSeatHasOneTaker: many reps want few seats at the same moment, over two processes.
func TestP05_TheLastSeatHasOneTaker(t *testing.T) {
	f := newFirm(t)
	ctx := t.Context()
	f.seats(t, 3)
	var reps []Rep
	for n := range 8 {
		reps = append(reps, must(f.AddRep(ctx, Rep{CompanyID: f.company.ID, Login: "r" + strconv.Itoa(n), Name: "R", Active: true}))(t))
	}
	stores := []*Store{f.Store, open(t, f.path)}
	for round := range 20 {
		won := contend(t, stores, len(reps), fault.SeatsTaken, func(s *Store, i int) error {
			return s.AddLogin(ctx, Login{TokenHash: hash(strconv.Itoa(round*100 + i)), RepID: reps[i].ID, At: start})
		})
		if won != 3 || len(must(f.Seats(ctx, f.company.ID))(t)) != 3 {
			t.Fatalf("round %d: %d are in", round, won)
		}
		for i := range reps {
			check(t, f.EndLogin(ctx, hash(strconv.Itoa(round*100+i))))
		}
	}
}

// TestL03_OneDisplaces: several end the same rep's login at the same moment; one of them gets the seat.
func TestL03_OneDisplaces(t *testing.T) {
	f := newFirm(t)
	ctx := t.Context()
	f.seats(t, 1)
	stores := []*Store{f.Store, open(t, f.path)}
	others := []Rep{f.ben, f.cy}
	for round := range 20 {
		token := func(i int) []byte { return hash(strconv.Itoa(round*100 + i)) }
		check(t, f.AddLogin(ctx, Login{TokenHash: token(9), RepID: f.ann.ID, At: start}))
		won := contend(t, stores, 2, fault.SeatsTaken, func(s *Store, i int) error {
			return s.AddLogin(ctx, Login{TokenHash: token(i), RepID: others[i].ID, At: start, End: f.ann.ID})
		})
		if seats := must(f.Seats(ctx, f.company.ID))(t); won != 1 || len(seats) != 1 || seats[0].RepID == f.ann.ID {
			t.Fatalf("round %d: %d won, seats %+v", round, won, seats)
		}
		check(t, errors.Join(f.EndLogin(ctx, token(0)), f.EndLogin(ctx, token(1)), f.EndLogin(ctx, token(9))))
	}
}

func TestRC13_TakingOneTooMany(t *testing.T) {
	f := newFirm(t)
	ctx := t.Context()
	f.change(t, func(c *Change) error { return c.Set(ctx, SettingOf{PortalID: f.web.ID}, "max_chats", 2) })
	for n := range 4 {
		f.post(t, n)
	}
	must(f.TakeQuery(ctx, number(0), f.ann.ID, start))(t)
	stores := []*Store{f.Store, open(t, f.path)}
	won := contend(t, stores, 3, fault.TooManyChats, func(s *Store, i int) error {
		return second(s.TakeQuery(ctx, number(1+i), f.ann.ID, start))
	})
	if won != 1 {
		t.Errorf("%d were taken beside the first, want 1", won)
	}
	must(f.EndSession(ctx, number(0), End{At: start}))(t)
	if won = contend(t, stores, 3, fault.TooManyChats, func(s *Store, i int) error {
		err := second(s.TakeQuery(ctx, number(1+i), f.ann.ID, start))
		if fault.Is(err, fault.QueryTaken) {
			err = fault.New(fault.TooManyChats, nil)
		}
		return err
	}); won != 1 {
		t.Errorf("%d were taken after the first had ended, want 1", won)
	}
}
