package store

import (
	"reflect"
	"testing"
	"time"

	"deskhand/protocol/fault"
	"deskhand/relay/internal/right"
)

func TestCreatedCode(t *testing.T) {
	f := newFirm(t)
	ctx := t.Context()
	want := f.code(1, "Zoë")
	check(t, f.CreateCode(ctx, want, 0))
	want.State, want.Portal = CodeActive, "Portal phone"
	if got := must(f.Code(ctx, number(1)))(t); got != want {
		t.Errorf("Code = %+v, want %+v", got, want)
	}
	if got := must(f.ActiveCodes(ctx, f.ann.ID))(t); !reflect.DeepEqual(got, []Code{want}) {
		t.Errorf("ActiveCodes = %+v", got)
	}
	if got := must(f.ActiveCodes(ctx, f.ben.ID))(t); len(got) != 0 {
		t.Errorf("another rep's: %+v", got)
	}
	if got := must(f.ActiveCodes(ctx, 0))(t); len(got) != 1 {
		t.Errorf("all reps': %+v", got)
	}
	wantFault(t, "unknown", second(f.Code(ctx, number(2))), fault.CodeUnknown)
}

func TestCreateCodeRefuses(t *testing.T) { // CM-03, CM-05
	f := newFirm(t)
	ctx := t.Context()
	check(t, f.CreateCode(ctx, f.code(1, "Zoë"), 2))
	with := func(change func(*Code)) Code {
		c := f.code(2, "Other")
		change(&c)
		return c
	}
	for _, tt := range []struct {
		name string
		code Code
		max  int
		want fault.Reason
	}{
		{"the same name", with(func(c *Code) { c.Name = " ZOË " }), 2, fault.NameInUse},
		{"no name", with(func(c *Code) { c.Name = " " }), 2, fault.Invalid},
		{"too many", with(func(*Code) {}), 1, fault.TooManyCodes},
		{"a web portal", with(func(c *Code) { c.PortalID = f.web.ID }), 2, fault.PortalUnknown},
		{"an unknown portal", with(func(c *Code) { c.PortalID = 999 }), 2, fault.PortalUnknown},
		{"not the rep's portal", with(func(c *Code) { c.RepID = f.cy.ID }), 2, fault.PortalUnknown},
		{"an unknown rep", with(func(c *Code) { c.RepID = 999 }), 2, fault.AccountInactive},
		{"no number", with(func(c *Code) { c.Code = "x" }), 2, fault.Invalid},
		{"another rep's name", with(func(c *Code) { c.Name, c.RepID = "Zoë", f.ben.ID }), 1, ""},
		{"after the first has expired", with(func(c *Code) {
			c.Code, c.Name, c.CreatedAt, c.ExpiresAt = number(3), "Zoë", start.Add(time.Hour), start.Add(2*time.Hour)
		}), 1, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			wantFault(t, "CreateCode", f.CreateCode(ctx, tt.code, tt.max), tt.want)
		})
	}
}

func TestTheAccountsLimitOfCodes(t *testing.T) { // CM-05
	f := newFirm(t)
	for n := range 8 {
		check(t, f.CreateCode(t.Context(), f.code(n, number(n)), 0))
	}
	wantFault(t, "the ninth", f.CreateCode(t.Context(), f.code(8, "nine"), 0), fault.TooManyCodes)
	must(f.CancelCode(t.Context(), f.ann.ID, number(3)))(t)
	check(t, f.CreateCode(t.Context(), f.code(8, number(3)), 0))
}

func TestRedeemCode(t *testing.T) { // M-03
	f := newFirm(t)
	ctx := t.Context()
	check(t, f.CreateCode(ctx, f.code(1, "Zoë"), 0))
	at := start.Add(time.Minute)
	given := Session{ID: "ignored", RepID: f.ben.ID, Customer: "Zoë P.", Language: "fr", System: "macOS", Host: "mac", See: false}
	got := must(f.RedeemCode(ctx, number(1), given, at))(t)
	want := Session{
		ID: number(1), PortalID: f.phone.ID, RepID: f.ann.ID, Portal: "Portal phone", Rep: "Ann Lee", RepScreenName: "Ann",
		Company: "Acme", Customer: "Zoë P.", Language: "fr", System: "macOS", Host: "mac", PostedAt: start, StartedAt: at,
		See: true, Control: true, Functions: right.Levels{}.Effective().Functions(),
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("RedeemCode = %+v, want %+v", got, want)
	}
	if c := must(f.Code(ctx, number(1)))(t); c.State != CodeRedeemed {
		t.Errorf("code is %+v", c)
	}
	wantFault(t, "a second time", second(f.RedeemCode(ctx, number(1), given, at)), fault.CodeUsed)
	wantFault(t, "cancelling it", second(f.CancelCode(ctx, f.ann.ID, number(1))), fault.CodeUsed)

	check(t, f.CreateCode(ctx, f.code(2, "Code's name"), 0))
	if s := must(f.RedeemCode(ctx, number(2), Session{}, at))(t); s.Customer != "Code's name" {
		t.Errorf("customer is %q", s.Customer)
	}
}

func TestRedeemCodeRefuses(t *testing.T) { // CM-06, CM-12
	f := newFirm(t)
	ctx := t.Context()
	for n, tt := range []struct {
		name   string
		change func(code string)
		at     time.Time
		want   fault.Reason
	}{
		{"just in time", func(string) {}, start.Add(time.Hour - time.Millisecond), ""},
		{"just too late", func(string) {}, start.Add(time.Hour), fault.CodeExpired},
		{"cancelled", func(code string) { must(f.CancelCode(ctx, f.ann.ID, code))(t) }, start, fault.CodeExpired},
		{"expired", func(string) { must(f.ExpireCodes(ctx, start.Add(time.Hour)))(t) }, start, fault.CodeExpired},
		{"an inactive rep's", func(string) { check(t, f.SetActive(ctx, f.ann.ID, false)) }, start, fault.NoRep},
	} {
		t.Run(tt.name, func(t *testing.T) {
			check(t, f.CreateCode(ctx, f.code(n, number(n)), 0))
			tt.change(number(n))
			_, err := f.RedeemCode(ctx, number(n), Session{}, tt.at)
			wantFault(t, "RedeemCode", err, tt.want)
			_, err = f.Session(ctx, number(n))
			if made := err == nil; made != (tt.want == "") {
				t.Errorf("there is a session: %v", made)
			}
		})
	}
	wantFault(t, "unknown", second(f.RedeemCode(ctx, number(99), Session{}, start)), fault.CodeUnknown)
	f.post(t, 50)
	wantFault(t, "a query's number", second(f.RedeemCode(ctx, number(50), Session{}, start)), fault.CodeUnknown)
}

func TestCancelCode(t *testing.T) {
	f := newFirm(t)
	ctx := t.Context()
	check(t, f.CreateCode(ctx, f.code(1, "Zoë"), 0))
	wantFault(t, "another rep's", second(f.CancelCode(ctx, f.ben.ID, number(1))), fault.CodeUnknown)
	if c := must(f.CancelCode(ctx, f.ann.ID, number(1)))(t); c.State != CodeCancelled || c.Name != "Zoë" {
		t.Errorf("code is %+v", c)
	}
	wantFault(t, "a second time", second(f.CancelCode(ctx, f.ann.ID, number(1))), fault.CodeExpired)
}

func TestExpireCodes(t *testing.T) {
	f := newFirm(t)
	ctx := t.Context()
	for n := range 3 {
		c := f.code(n, number(n))
		c.ExpiresAt = start.Add(time.Duration(3-n) * time.Minute)
		check(t, f.CreateCode(ctx, c, 0))
	}
	must(f.RedeemCode(ctx, number(0), Session{}, start))(t)
	if got := must(f.ExpireCodes(ctx, start.Add(time.Minute-time.Millisecond)))(t); len(got) != 0 {
		t.Errorf("too early: %+v", got)
	}
	got := must(f.ExpireCodes(ctx, start.Add(time.Minute)))(t)
	if len(got) != 1 || got[0].Code != number(2) || got[0].State != CodeExpired {
		t.Errorf("at its time: %+v", got)
	}
	if got := must(f.ExpireCodes(ctx, start.Add(time.Hour)))(t); len(got) != 1 || got[0].Code != number(1) {
		t.Errorf("the others: %+v", got)
	}
	if got := must(f.ActiveCodes(ctx, 0))(t); len(got) != 0 {
		t.Errorf("still active: %+v", got)
	}
}
