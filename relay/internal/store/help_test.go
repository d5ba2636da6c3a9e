package store

import (
	"testing"
	"time"

	"deskhand/relay/internal/role"
)

// operator is somebody at the command line.
func operator() By {
	return By{Name: "operator", At: start, Powers: role.Person{Role: role.Operator}}
}

// change runs a change that may not fail.
func (f *firm) change(t *testing.T, do func(*Change) error) {
	t.Helper()
	check(t, f.Change(t.Context(), operator(), do))
}

// login logs a rep in, for whose sake somebody else's login may end.
func (f *firm) login(t *testing.T, token string, repID, end int64, at time.Time) error {
	t.Helper()
	return f.AddLogin(t.Context(), Login{TokenHash: hash(token), RepID: repID, At: at, End: end, From: "203.0.113.9"})
}

// team adds a team.
func (f *firm) team(t *testing.T, team Team) Team {
	t.Helper()
	team.CompanyID = f.company.ID
	f.change(t, func(c *Change) (err error) {
		team, err = c.AddTeam(t.Context(), team)
		return err
	})
	return team
}

// trail are the newest n entries of the audit trail, oldest first, as "actor action subject detail".
func (f *firm) trail(t *testing.T, n int) []string {
	t.Helper()
	entries := must(f.AuditTrail(t.Context(), n))(t)
	var said []string
	for _, e := range entries {
		said = append([]string{e.Actor + " " + e.Action + " " + e.Subject + " " + e.Detail}, said...)
	}
	return said
}
