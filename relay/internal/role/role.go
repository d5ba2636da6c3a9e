// Package role is who may change and look at what in an account (MC-01): roles, and the duties that managers are given one
// by one. Pure.
//
// A company manager has every duty for the whole company. A team manager has the duties given, for the teams given and
// those below them, and makes no other managers (MC-07). An API manager looks after reps only. A rep looks after nobody,
// but may be given its own reports and past sessions to look at (C-08). The operator, who is at the relay's command line,
// may do everything everywhere and is the only one who makes company managers.
package role

import "slices"

// Role is what an account is for.
type Role string

// The roles. Operator is nobody's account.
const (
	Rep            Role = "rep"
	TeamManager    Role = "team_manager"
	CompanyManager Role = "company_manager"
	APIManager     Role = "api_manager"
	Operator       Role = "operator"
)

// Roles lists those that accounts have.
func Roles() []Role { return []Role{Rep, TeamManager, CompanyManager, APIManager} }

// Known reports whether accounts have this role.
func (r Role) Known() bool { return slices.Contains(Roles(), r) }

// Manages reports whether it is a manager's role.
func (r Role) Manages() bool { return r.Known() && r != Rep }

// Duty is one thing that managers do.
type Duty string

// The duties.
const (
	Monitor    Duty = "monitor"    // watch running sessions
	Reports    Duty = "reports"    // read reports
	Review     Duty = "review"     // read past sessions and their chat
	Recordings Duty = "recordings" // play recordings
	Reps       Duty = "reps"       // add, change, move and remove reps
	Teams      Duty = "teams"      // likewise teams
	Portals    Duty = "portals"    // likewise portals and who serves them
	Settings   Duty = "settings"   // switch functions
	Seats      Duty = "seats"      // end logins
)

// Duties lists them all.
func Duties() []Duty {
	return []Duty{Monitor, Reports, Review, Recordings, Reps, Teams, Portals, Settings, Seats}
}

// Known reports whether there is such a duty.
func (d Duty) Known() bool { return slices.Contains(Duties(), d) }

// Fits reports whether an account of that role can be given the duty.
func (d Duty) Fits(r Role) bool {
	switch r {
	case TeamManager:
		return d.Known()
	case Rep:
		return d == Reports || d == Review
	default: // the others have theirs by their role
		return false
	}
}

// Person is whose powers are asked for.
type Person struct {
	Role      Role
	CompanyID int64   // 0 for the operator
	Duties    []Duty  // given to team managers and reps
	Teams     []int64 // given to team managers, with everything below them
}

// Whole is, in place of a team, the company as a whole.
const Whole int64 = 0

// May reports whether the person has a duty for a team of a company, or for the Whole of it.
func (p Person) May(d Duty, companyID, teamID int64) bool {
	if p.Role == Operator {
		return true
	}
	if p.CompanyID != companyID || !d.Known() {
		return false
	}
	switch p.Role {
	case CompanyManager:
		return true
	case APIManager:
		return d == Reps
	case TeamManager:
		return teamID != Whole && slices.Contains(p.Duties, d) && slices.Contains(p.Teams, teamID)
	default:
		return false
	}
}

// MayOwn reports whether a rep may look at what concerns nobody but itself (C-08).
func (p Person) MayOwn(d Duty) bool {
	return p.Role == Rep && d.Fits(Rep) && slices.Contains(p.Duties, d)
}

// MayAppoint reports whether the person may make, change and remove accounts of a manager's role (MC-07).
func (p Person) MayAppoint(r Role, companyID int64) bool {
	switch p.Role {
	case Operator:
		return r.Manages()
	case CompanyManager:
		return p.CompanyID == companyID && (r == TeamManager || r == APIManager)
	default:
		return false
	}
}
