package apply

import (
	"errors"
	"fmt"
	"strings"

	"deskhand/relay/internal/role"
	"deskhand/relay/internal/store"
)

func (a *applier) applyReps(f Company) error {
	for _, r := range f.Reps {
		if err := a.applyRep(r); err != nil {
			return fmt.Errorf("rep %q: %w", r.Login, err)
		}
	}
	return nil
}

func (a *applier) applyRep(f Rep) error {
	teamID := int64(0)
	if f.Team != nil {
		t, err := a.TeamByName(a.ctx, a.company.ID, *f.Team)
		if err != nil {
			return fmt.Errorf("team %q: %w", *f.Team, err)
		}
		teamID = t.ID
	}
	r, err := a.person(f.Person, role.Rep, teamID)
	if err != nil {
		return err
	}
	if err := a.mandate(r.ID, nil, f.Rights); err != nil {
		return err
	}
	return a.settings(store.SettingOf{RepID: r.ID}, f.Settings)
}

func (a *applier) applyManagers(f Company) error {
	for _, m := range f.Managers {
		if err := a.applyManager(m); err != nil {
			return fmt.Errorf("manager %q: %w", m.Login, err)
		}
	}
	return nil
}

func (a *applier) applyManager(f Account) error {
	wanted := role.TeamManager
	if f.Role != nil {
		wanted = role.Role(*f.Role)
	}
	if !wanted.Manages() {
		return fmt.Errorf("%q is no manager's role", wanted)
	}
	r, err := a.person(f.Person, wanted, 0)
	if err != nil {
		return err
	}
	if f.Role != nil && r.Role != wanted {
		return fmt.Errorf("it is a %s; to make it a %s, remove it and add it anew", r.Role, wanted)
	}
	return a.mandate(r.ID, f.Teams, f.Rights)
}

// People are all accounts that the file mentions.
func (f File) People() []Person {
	var all []Person
	for _, c := range f.Companies {
		for _, r := range c.Reps {
			all = append(all, r.Person)
		}
		for _, m := range c.Managers {
			all = append(all, m.Person)
		}
	}
	return all
}

// person adds or changes an account. A rep and a manager do not become each other.
func (a *applier) person(f Person, wanted role.Role, teamID int64) (store.Rep, error) {
	if strings.TrimSpace(f.Login) == "" {
		return store.Rep{}, errors.New("it needs a login")
	}
	r, err := a.RepByLogin(a.ctx, f.Login)
	missing := errors.Is(err, store.ErrNotFound)
	switch {
	case err != nil && !missing:
		return store.Rep{}, err
	case missing:
		r = store.Rep{CompanyID: a.company.ID, Login: f.Login, Name: f.Login, Role: wanted, Active: true, MustChange: true}
		set(&r.MustChange, f.MustChange)
	case r.CompanyID != a.company.ID:
		return store.Rep{}, store.ErrExists
	case r.Role.Manages() != wanted.Manages():
		return store.Rep{}, fmt.Errorf("%w: it is a %s", store.ErrRole, r.Role)
	}
	set(&r.Name, f.Name)
	set(&r.ScreenName, f.ScreenName)
	set(&r.Email, f.Email)
	set(&r.Notes, f.Notes)
	set(&r.Tags, f.Tags)
	set(&r.Active, f.Active)
	if teamID != 0 {
		r.TeamID = teamID
	}
	if !missing {
		return r, a.SetRep(a.ctx, r)
	}
	if r.PasswordHash, err = a.password(f, r.Name); err != nil {
		return store.Rep{}, err
	}
	return a.AddRep(a.ctx, r)
}

// password is a new account's. One without cannot log in until it has been given one.
func (a *applier) password(f Person, name string) (string, error) {
	switch {
	case f.PasswordHash != "" && f.PasswordFile != "":
		return "", errors.New("it has both password_hash and password_file")
	case f.PasswordHash != "":
		if !strings.HasPrefix(f.PasswordHash, "$argon2id$") {
			return "", errors.New("password_hash is no argon2id hash")
		}
		return f.PasswordHash, nil
	case f.PasswordFile != "" && a.o.Password != nil:
		return a.o.Password(f.Login, name, f.PasswordFile)
	default:
		return "", nil
	}
}
