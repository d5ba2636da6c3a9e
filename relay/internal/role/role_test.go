package role

import "testing"

const company, other = int64(1), int64(2)

// people are one person of each role; the team manager has teams 10 and 11 and three duties.
func people() map[string]Person {
	return map[string]Person{
		"operator":        {Role: Operator},
		"company manager": {Role: CompanyManager, CompanyID: company},
		"api manager":     {Role: APIManager, CompanyID: company},
		"team manager":    {Role: TeamManager, CompanyID: company, Duties: []Duty{Monitor, Reps, Settings}, Teams: []int64{10, 11}},
		"rep":             {Role: Rep, CompanyID: company, Duties: []Duty{Reports, Reps}, Teams: []int64{10}},
		"nobody":          {},
	}
}

func TestMC01_RoleMatrix(t *testing.T) {
	for _, tt := range []struct {
		who     string
		duty    Duty
		company int64
		team    int64
		want    bool
	}{
		{"operator", Portals, other, Whole, true},
		{"company manager", Portals, company, Whole, true},
		{"company manager", Recordings, company, 99, true},
		{"company manager", Recordings, other, 99, false},
		{"company manager", "fly", company, Whole, false},
		{"api manager", Reps, company, 12, true},
		{"api manager", Reps, other, 12, false},
		{"api manager", Reports, company, 12, false},
		{"api manager", Teams, company, Whole, false},
		{"team manager", Reps, company, 10, true},
		{"team manager", Monitor, company, 11, true},
		{"team manager", Reps, company, 12, false},
		{"team manager", Reps, other, 10, false},
		{"team manager", Review, company, 10, false},
		{"team manager", Reps, company, Whole, false},
		{"team manager", Portals, company, Whole, false},
		{"rep", Reports, company, 10, false},
		{"rep", Reps, company, 10, false},
		{"nobody", Reports, 0, Whole, false},
	} {
		if got := people()[tt.who].May(tt.duty, tt.company, tt.team); got != tt.want {
			t.Errorf("%s, %s of company %d team %d: %t, want %t", tt.who, tt.duty, tt.company, tt.team, got, tt.want)
		}
	}
}

func TestMC07_WhoMakesManagers(t *testing.T) {
	for _, tt := range []struct {
		who     string
		role    Role
		company int64
		want    bool
	}{
		{"operator", CompanyManager, company, true},
		{"operator", TeamManager, other, true},
		{"operator", Rep, company, false},
		{"company manager", CompanyManager, company, false},
		{"company manager", TeamManager, company, true},
		{"company manager", APIManager, company, true},
		{"company manager", TeamManager, other, false},
		{"team manager", TeamManager, company, false},
		{"api manager", APIManager, company, false},
		{"rep", TeamManager, company, false},
		{"nobody", TeamManager, 0, false},
	} {
		if got := people()[tt.who].MayAppoint(tt.role, tt.company); got != tt.want {
			t.Errorf("%s makes a %s in company %d: %t, want %t", tt.who, tt.role, tt.company, got, tt.want)
		}
	}
}

func TestC08_OwnReports(t *testing.T) {
	for _, tt := range []struct {
		who  string
		duty Duty
		want bool
	}{
		{"rep", Reports, true},
		{"rep", Review, false},
		{"rep", Reps, false},
		{"team manager", Reports, false},
	} {
		if got := people()[tt.who].MayOwn(tt.duty); got != tt.want {
			t.Errorf("%s, own %s: %t, want %t", tt.who, tt.duty, got, tt.want)
		}
	}
}

func TestDutiesFitRoles(t *testing.T) {
	for _, d := range append(Duties(), "fly") {
		if d.Fits(CompanyManager) || d.Fits(APIManager) || d.Fits(Operator) {
			t.Errorf("%s can be given to who has it already", d)
		}
		if d.Fits(TeamManager) != d.Known() || d.Fits(Rep) != (d == Reports || d == Review) {
			t.Errorf("%s fits wrongly", d)
		}
	}
	for _, r := range append(Roles(), Operator, "fly") {
		if r.Manages() != (r == TeamManager || r == CompanyManager || r == APIManager) {
			t.Errorf("%s manages: %t", r, r.Manages())
		}
	}
}
