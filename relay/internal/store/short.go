package store

import (
	"context"

	"deskhand/relay/internal/role"
)

// relayItself is who makes the changes below.
func relayItself() By { return By{Name: "relay", Powers: role.Person{Role: role.Operator}} }

// single runs one change in the relay's own name.
func single[T any](ctx context.Context, s *Store, f func(*Change) (T, error)) (made T, err error) {
	err = s.Change(ctx, relayItself(), func(c *Change) error {
		made, err = f(c)
		return err
	})
	return made, err
}

// AddCompany is a Change of its own, in the relay's own name, as are those below.
func (s *Store) AddCompany(ctx context.Context, name string) (Company, error) {
	return single(ctx, s, func(c *Change) (Company, error) { return c.AddCompany(ctx, Company{Name: name}) })
}

// AddRep is Change.AddRep.
func (s *Store) AddRep(ctx context.Context, r Rep) (Rep, error) {
	return single(ctx, s, func(c *Change) (Rep, error) { return c.AddRep(ctx, r) })
}

// AddPortal is Change.AddPortal.
func (s *Store) AddPortal(ctx context.Context, p Portal) (Portal, error) {
	return single(ctx, s, func(c *Change) (Portal, error) { return c.AddPortal(ctx, p) })
}

// AssignPortal lets a rep serve all subportals of a portal; ErrNotFound when they are not of one company.
func (s *Store) AssignPortal(ctx context.Context, repID, portalID int64) error {
	return s.Change(ctx, relayItself(), func(c *Change) error { return c.ServePortal(ctx, portalID, Server{RepID: repID}) })
}

// SetPassword is Change.SetPassword.
func (s *Store) SetPassword(ctx context.Context, repID int64, hash string) error {
	return s.Change(ctx, relayItself(), func(c *Change) error { return c.SetPassword(ctx, repID, Password{Hash: hash}) })
}

// SetActive lets an account log in or not.
func (s *Store) SetActive(ctx context.Context, repID int64, active bool) error {
	return s.Change(ctx, relayItself(), func(c *Change) error {
		r, err := c.RepByID(ctx, repID)
		if err != nil {
			return err
		}
		r.Active = active
		return c.SetRep(ctx, r)
	})
}
