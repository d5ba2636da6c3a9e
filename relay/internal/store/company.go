package store

import (
	"context"
	"strconv"
	"strings"

	"deskhand/protocol/fault"
	"deskhand/relay/internal/role"
)

func (c Company) facts() facts {
	return facts{{"name", c.Name}, limit("seats", c.Seats), {"password_days", days(c.PasswordDays)}}
}

func days(n int) string {
	if n == 0 {
		return "never"
	}
	return strconv.Itoa(n)
}

// AddCompany adds a company and a team of its name, for the reps of whom nothing else is said. ErrExists. Operators only.
func (c *Change) AddCompany(ctx context.Context, n Company) (Company, error) {
	if n.Name = strings.TrimSpace(n.Name); c.by.Powers.Role != role.Operator {
		return Company{}, fault.New(fault.Forbidden, nil)
	}
	id, err := c.insert(ctx, `INSERT INTO companies (name, name_key, seats, password_days) VALUES (?, ?, ?, ?)`,
		n.Name, key(n.Name), n.Seats, n.PasswordDays)
	if err != nil {
		return Company{}, err
	}
	n.ID = id
	if err := c.note(ctx, "company_added", n.Name, n.facts().since(nil)); err != nil {
		return Company{}, err
	}
	_, err = c.AddTeam(ctx, Team{CompanyID: id, Name: n.Name})
	return n, err
}

// SetCompany changes what a company is called and bought; ErrNotFound, ErrExists. Operators only, since it decides what
// is paid for; a company manager changes its password policy.
func (c *Change) SetCompany(ctx context.Context, n Company) error {
	was, err := c.CompanyByID(ctx, n.ID)
	if err != nil {
		return err
	}
	n.Name = strings.TrimSpace(n.Name)
	detail := n.facts().since(was.facts())
	if detail == "" {
		return nil
	}
	bought := n.Name != was.Name || n.Seats != was.Seats
	if bought && c.by.Powers.Role != role.Operator {
		return fault.New(fault.Forbidden, nil)
	}
	if err := c.may(role.Settings, n.ID, role.Whole); err != nil {
		return err
	}
	if err := c.update(ctx, `UPDATE companies SET name = ?, name_key = ?, seats = ?, password_days = ? WHERE id = ?`,
		n.Name, key(n.Name), n.Seats, n.PasswordDays, n.ID); err != nil {
		return err
	}
	return c.note(ctx, "company_changed", was.Name, detail)
}
