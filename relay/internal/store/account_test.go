package store

import (
	"errors"
	"testing"
	"time"

	"deskhand/protocol/fault"
	"deskhand/relay/internal/role"
)

func TestCompanies(t *testing.T) {
	f := newFirm(t)
	if c := must(f.CompanyByName(t.Context(), " aCME "))(t); c != f.company {
		t.Errorf("company is %+v", c)
	}
	if _, err := f.AddCompany(t.Context(), "ACME"); !errors.Is(err, ErrExists) {
		t.Errorf("adding it again: %v", err)
	}
	if _, err := f.AddCompany(t.Context(), " "); err == nil {
		t.Error("added a company without a name")
	}
	if _, err := f.CompanyByName(t.Context(), "none"); !errors.Is(err, ErrNotFound) {
		t.Errorf("unknown company: %v", err)
	}
}

func TestLoginsAreUniqueWithoutCase(t *testing.T) { // L-01
	f := newFirm(t)
	ctx := t.Context()
	added := must(f.AddRep(ctx, Rep{CompanyID: f.company.ID, Login: " Élodie@Acme.test ", Name: "Élodie", Active: true}))(t)
	if added.Login != "Élodie@Acme.test" || added.ScreenName != "Élodie" || added.Company != "Acme" || added.MaxCodes != 0 || added.Team != "Acme" || added.Role != role.Rep {
		t.Errorf("rep is %+v", added)
	}
	if got := must(f.RepByLogin(ctx, "ÉLODIE@ACME.TEST"))(t); got != added {
		t.Errorf("RepByLogin = %+v", got)
	}
	if got := must(f.RepByID(ctx, added.ID))(t); got != added {
		t.Errorf("RepByID = %+v", got)
	}
	if _, err := f.AddRep(ctx, Rep{CompanyID: f.company.ID, Login: "élodie@acme.TEST", Name: "X"}); !errors.Is(err, ErrExists) {
		t.Errorf("adding it again: %v", err)
	}
	for _, err := range []error{
		second(f.RepByLogin(ctx, "none")), second(f.RepByID(ctx, 999)), f.SetPassword(ctx, 999, ""), f.SetActive(ctx, 999, true),
	} {
		if !errors.Is(err, ErrNotFound) {
			t.Errorf("unknown rep: %v", err)
		}
	}
}

func second[T any](_ T, err error) error { return err }

func TestRepsOutOfBounds(t *testing.T) {
	f := newFirm(t)
	for name, r := range map[string]Rep{
		"nine codes": {CompanyID: f.company.ID, Login: "x", MaxCodes: 9},
		"no login":   {CompanyID: f.company.ID},
		"no company": {CompanyID: 999, Login: "x"},
	} {
		if _, err := f.AddRep(t.Context(), r); err == nil {
			t.Errorf("%s: added", name)
		}
	}
}

func TestSetPassword(t *testing.T) {
	f := newFirm(t)
	const hash = "$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
	check(t, f.SetPassword(t.Context(), f.ann.ID, hash))
	if got := must(f.RepByID(t.Context(), f.ann.ID))(t); got.PasswordHash != hash {
		t.Errorf("hash is %q", got.PasswordHash)
	}
}

func TestLogins(t *testing.T) {
	f := newFirm(t)
	ctx := t.Context()
	check(t, f.login(t, "a", f.ann.ID, 0, start))
	check(t, f.login(t, "b", f.ann.ID, 0, start))
	if got := must(f.LoginRep(ctx, hash("a"), start))(t); got != f.ann {
		t.Errorf("rep is %+v", got)
	}
	if err := f.login(t, "a", f.ben.ID, 0, start); err == nil {
		t.Error("one token for two reps")
	}
	wantFault(t, "unknown token", second(f.LoginRep(ctx, hash("x"), start)), fault.LoggedOut)
	check(t, f.EndLogin(ctx, hash("a")))
	check(t, f.EndLogin(ctx, hash("a")))
	wantFault(t, "ended login", second(f.LoginRep(ctx, hash("a"), start)), fault.LoggedOut)
	must(f.LoginRep(ctx, hash("b"), start))(t)
	check(t, f.SetActive(ctx, f.ann.ID, false))
	wantFault(t, "inactive account", second(f.LoginRep(ctx, hash("b"), start)), fault.LoggedOut)
	check(t, f.SetActive(ctx, f.ann.ID, true))
	wantFault(t, "active again", second(f.LoginRep(ctx, hash("b"), start)), fault.LoggedOut)
	check(t, f.SetActive(ctx, f.ann.ID, false))
	check(t, f.login(t, "c", f.ann.ID, 0, start))
	wantFault(t, "login of an inactive account", second(f.LoginRep(ctx, hash("c"), start)), fault.AccountInactive)
}

func TestLoginsAreForgottenWhenUnused(t *testing.T) {
	f := newFirm(t)
	ctx := t.Context()
	check(t, f.login(t, "a", f.ann.ID, 0, start))
	must(f.LoginRep(ctx, hash("a"), start.Add(LoginLifetime-time.Millisecond)))(t) // which counts as use
	must(f.LoginRep(ctx, hash("a"), start.Add(2*LoginLifetime-2*time.Millisecond)))(t)
	wantFault(t, "after its lifetime", second(f.LoginRep(ctx, hash("a"), start.Add(3*LoginLifetime))), fault.LoggedOut)
	check(t, f.login(t, "b", f.ann.ID, 0, start.Add(3*LoginLifetime)))
	left := must(one(ctx, f.reader, scanOne[int], `SELECT COUNT(*) FROM logins`))(t)
	if left != 1 {
		t.Errorf("%d logins are kept, want 1", left)
	}
}

func TestPortals(t *testing.T) {
	f := newFirm(t)
	ctx := t.Context()
	if got := must(f.PortalBySlug(ctx, "WEB"))(t); got != f.web || got.Company != "Acme" {
		t.Errorf("PortalBySlug = %+v", got)
	}
	if got := must(f.PortalByID(ctx, f.web.ID))(t); got != f.web {
		t.Errorf("PortalByID = %+v", got)
	}
	if f.web.Kind != KindQuestion || f.phone.Kind != KindCode || f.web.QueryLifetime != 5*time.Minute || f.web.CodeLifetime != time.Hour {
		t.Errorf("what was left open is %+v, %+v", f.web, f.phone)
	}
	wantFault(t, "unknown slug", second(f.PortalBySlug(ctx, "none")), fault.PortalUnknown)
	wantFault(t, "unknown ID", second(f.PortalByID(ctx, 999)), fault.PortalUnknown)
	if got := must(f.Portals(ctx, f.company.ID))(t); len(got) != 3 || got[0] != f.phone || got[2] != f.web {
		t.Errorf("Portals = %+v", got)
	}
	if got := must(f.RepPortals(ctx, f.ann.ID))(t); len(got) != 3 {
		t.Errorf("RepPortals = %+v", got)
	}
	check(t, f.SetActive(ctx, f.ben.ID, false))
	if got := must(f.PortalReps(ctx, f.web.ID))(t); len(got) != 1 || got[0] != f.ann {
		t.Errorf("PortalReps = %+v", got)
	}
}

func TestAddPortalRefuses(t *testing.T) {
	f := newFirm(t)
	for _, tt := range []struct {
		name   string
		change func(*Portal)
		want   error
	}{
		{"a slug in use", func(p *Portal) { p.Slug = "WEB" }, ErrExists},
		{"no slug", func(p *Portal) { p.Slug = "" }, fault.New(fault.Invalid, nil)},
		{"a slug with a space", func(p *Portal) { p.Slug = "a b" }, fault.New(fault.Invalid, nil)},
		{"a slug with a slash", func(p *Portal) { p.Slug = "a/b" }, fault.New(fault.Invalid, nil)},
		{"no name", func(p *Portal) { p.Name = " " }, fault.New(fault.Invalid, nil)},
		{"no mode", func(p *Portal) { p.Mode = "" }, fault.New(fault.Invalid, nil)},
		{"M-01: codes in web mode", func(p *Portal) { p.Kind = KindCode }, fault.New(fault.Invalid, nil)},
		{"M-01: questions in phone mode", func(p *Portal) { p.Mode, p.Kind = ModePhone, KindQuestion }, fault.New(fault.Invalid, nil)},
		{"codes for a minute", func(p *Portal) { p.CodeLifetime = time.Minute }, nil},
		{"codes for two days", func(p *Portal) { p.CodeLifetime = 48 * time.Hour }, nil},
		{"no company", func(p *Portal) { p.CompanyID = 999 }, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := Portal{CompanyID: f.company.ID, Slug: "new", Name: "New", Mode: ModeWeb}
			tt.change(&p)
			_, err := f.AddPortal(t.Context(), p)
			if err == nil || tt.want != nil && !errors.Is(err, tt.want) {
				t.Errorf("AddPortal: %v, want %v", err, tt.want)
			}
		})
	}
}

func TestAssignPortal(t *testing.T) {
	f := newFirm(t)
	ctx := t.Context()
	check(t, f.AssignPortal(ctx, f.ann.ID, f.web.ID)) // again
	if got := must(f.RepPortals(ctx, f.ann.ID))(t); len(got) != 3 {
		t.Errorf("RepPortals = %+v", got)
	}
	other := must(f.AddCompany(ctx, "Other"))(t)
	foreign := must(f.AddPortal(ctx, Portal{CompanyID: other.ID, Slug: "other", Name: "Other", Mode: ModeWeb}))(t)
	if err := f.AssignPortal(ctx, f.ann.ID, foreign.ID); !errors.Is(err, ErrNotFound) {
		t.Errorf("another company's portal: %v", err)
	}
	if err := f.AssignPortal(ctx, 999, f.web.ID); !errors.Is(err, ErrNotFound) {
		t.Errorf("an unknown rep: %v", err)
	}
}

func TestRightsOfAPortal(t *testing.T) {
	f := newFirm(t)
	p := must(f.AddPortal(t.Context(), Portal{CompanyID: f.company.ID, Slug: "blind", Name: "Blind", Mode: ModeWeb, Control: true}))(t)
	if p.Control {
		t.Error("control of what may not be seen")
	}
}
