package room

import (
	"testing"

	"deskhand/protocol/fault"
	"deskhand/protocol/pb"
)

// TestConsent walks through what a customer may permit and what follows from it, for each set of rights.
func TestConsent(t *testing.T) {
	for _, tt := range []struct {
		name         string
		see, control bool // rights
		customer     []*pb.ControlUp
		want         string // the last state that the rep hears of
	}{
		{"nothing yet", true, true, nil, ""},
		{"both", true, true, []*pb.ControlUp{consent(true, true)}, "state consent see=true,control=true sharing=true asked=false"},
		{"see only", true, true, []*pb.ControlUp{consent(true, false)}, "state consent see=true,control=false sharing=true asked=false"},
		{"more than the rights", true, false, []*pb.ControlUp{consent(true, true)}, "state consent see=true,control=false sharing=true asked=false"},
		{"no right at all", false, false, []*pb.ControlUp{consent(true, true)}, "state consent see=false,control=false sharing=false asked=false"},
		{"control without sight", true, true, []*pb.ControlUp{consent(false, true)}, "state consent see=false,control=true sharing=false asked=false"},
		{"takes control back", true, true, []*pb.ControlUp{consent(true, true), consent(true, false)}, "state consent see=true,control=false sharing=true asked=false"},
		{"takes sight back", true, true, []*pb.ControlUp{consent(true, true), consent(false, true)}, "state consent see=false,control=true sharing=false asked=false"},
		{"stops", true, true, []*pb.ControlUp{consent(true, true), sharing(false)}, "state consent see=true,control=true sharing=false asked=false"},
		{"cannot start by itself", true, true, []*pb.ControlUp{consent(true, true), sharing(false), sharing(true)}, "state consent see=true,control=true sharing=false asked=false"},
		{"nor by a second consent", true, true, []*pb.ControlUp{consent(true, true), sharing(false), consent(true, true)}, "state consent see=true,control=true sharing=false asked=false"},
		{"nor by an answer to nothing", true, true, []*pb.ControlUp{consent(true, true), sharing(false), answerSharing(true)}, "state consent see=true,control=true sharing=false asked=false"},
		{"nor before consent", true, true, []*pb.ControlUp{sharing(true), answerSharing(true)}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			play(t, tt.see, tt.control, func(s *stage) {
				ana, jo := s.enter(s.whoAna()), s.enter(customer)
				jo.send(tt.customer...)
				var last string
				for _, word := range ana.heard() {
					if len(word) > 5 && word[:5] == "state" {
						last = word
					}
				}
				if last != tt.want {
					t.Errorf("the rep hears last %q, want %q", last, tt.want)
				}
			})
		})
	}
}

// TestStatusLines sees each event once, in order, on both sides alike (RC-08).
func TestStatusLines(t *testing.T) {
	play(t, true, true, func(s *stage) {
		ana, jo := s.enter(s.whoAna()), s.enter(customer)
		ana.read()
		jo.read()
		for _, step := range []struct {
			who  *person
			up   *pb.ControlUp
			want []string
		}{
			{jo, consent(true, true), []string{"line CONSENTED ", "line CONTROL_ALLOWED ", "line SHARING_STARTED "}},
			{jo, sharing(false), []string{"line SHARING_STOPPED "}},
			{jo, sharing(false), nil},
			{ana, askSharing(false), []string{"line SHARING_ASKED Ana Ruiz"}},
			{ana, askSharing(false), nil},
			{jo, answerSharing(false), []string{"line SHARING_REFUSED "}},
			{ana, askSharing(true), []string{"line SHARING_ASKED Ana Ruiz"}},
			{jo, answerSharing(true), []string{"line SHARING_STARTED "}},
			{ana, askSharing(true), nil},
			{jo, consent(true, false), []string{"line CONTROL_ENDED "}},
			{ana, askSharing(true), []string{"line SHARING_ASKED Ana Ruiz"}},
			{jo, answerSharing(true), []string{"line CONTROL_ALLOWED "}},
		} {
			step.who.send(step.up)
			s.wants(step.up.String()+" at the rep", lines(ana.heard()), step.want)
			s.wants(step.up.String()+" at the customer", lines(jo.heard()), step.want)
		}
		stored, err := s.store.Lines(s.t.Context(), sessionID, 0)
		s.check(err)
		for i, l := range stored {
			if l.Seq != uint64(i+1) || l.At.IsZero() {
				t.Errorf("line %d is %+v", i, l)
			}
		}
	})
}

func lines(heard []string) []string {
	var all []string
	for _, h := range heard {
		if len(h) > 4 && h[:4] == "line" {
			all = append(all, h)
		}
	}
	return all
}

func TestQuestion(t *testing.T) {
	t.Run("before consent nobody may ask", func(t *testing.T) {
		play(t, true, true, func(s *stage) {
			ana, jo := s.enter(s.whoAna()), s.enter(customer)
			jo.read()
			ana.send(askSharing(true))
			s.wants("the customer", jo.heard(), nil)
		})
	})
	t.Run("control is not asked for without the right", func(t *testing.T) {
		play(t, true, false, func(s *stage) {
			ana, jo := s.enter(s.whoAna()), s.enter(customer)
			jo.send(consent(true, false), sharing(false))
			jo.read()
			ana.send(askSharing(true))
			s.wants("the customer", jo.heard(), []string{
				"asked control=false", "state consent see=true,control=false sharing=false asked=true", "line SHARING_ASKED Ana Ruiz",
			})
		})
	})
	t.Run("a customer who comes back is asked again", func(t *testing.T) {
		play(t, true, true, func(s *stage) {
			ana, jo := s.enter(s.whoAna()), s.enter(customer)
			jo.send(consent(true, false), sharing(false))
			jo.read()
			ana.send(askSharing(true))
			jo.lose()
			again := s.enter(customer)
			if !again.welcome.GetState().GetAsked() {
				t.Error("the Welcome does not say that a question is open")
			}
			s.wants("the customer", again.heard()[:1], []string{"asked control=true"})
		})
	})
	t.Run("it goes with the last rep", func(t *testing.T) {
		play(t, true, true, func(s *stage) {
			ana, bo, jo := s.enter(s.whoAna()), s.enter(rep(77, "Bo")), s.enter(customer)
			jo.send(consent(true, false), sharing(false))
			jo.read()
			bo.send(askSharing(false))
			jo.read()
			ana.hangUp()
			s.wants("one rep left", jo.heard(), []string{"attendee 2 gone=true away=false visit=1", "line LEFT Ana Ruiz"})
			bo.lose()
			s.wants("no rep left", jo.heard(), []string{
				"attendee 3 gone=false away=true visit=1", "state consent see=true,control=false sharing=false asked=false", "line LOST Bo",
			})
			jo.send(answerSharing(true))
			s.wants("a yes to nobody", jo.heard(), nil)
		})
	})
}

func TestEnd(t *testing.T) {
	for _, tt := range []struct {
		name    string
		by      func(ana, jo *person) *person
		up      *pb.ControlUp
		heard   []string
		cause   pb.Ended_Cause
		outcome pb.Outcome
		notes   string
	}{
		{
			"by the customer", func(_, jo *person) *person { return jo }, end(pb.Outcome_OUTCOME_RESOLVED, "mine"),
			[]string{"line ENDED ", `ended CUSTOMER_ENDED by ""`},
			pb.Ended_CUSTOMER_ENDED, 0, "",
		},
		{
			"by the rep", func(ana, _ *person) *person { return ana }, end(pb.Outcome_OUTCOME_UNRESOLVED, "ticket 4711"),
			[]string{"line ENDED Ana Ruiz", `ended REP_ENDED by "Ana Ruiz"`},
			pb.Ended_REP_ENDED, pb.Outcome_OUTCOME_UNRESOLVED, "ticket 4711",
		},
		{
			"by not consenting", func(_, jo *person) *person { return jo }, consent(false, false),
			[]string{"line DECLINED ", "line ENDED ", `ended DECLINED by ""`},
			pb.Ended_DECLINED, 0, "",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			play(t, true, true, func(s *stage) {
				ana, jo := s.enter(s.whoAna()), s.enter(customer)
				picture, keys, inputs := jo.screen(10), ana.input(10), jo.input(10)
				ana.read()
				jo.read()
				by := tt.by(ana, jo)
				by.send(tt.up)
				by.hangUp() // whoever ends the session and leaves hears of the end all the same
				s.wants("the rep hears", ana.heard(), tt.heard)
				s.wants("the customer hears", jo.heard(), tt.heard)
				ana.closedWith(fault.SessionOver)
				jo.closedWith(fault.SessionOver)
				picture.closedWith(fault.SessionOver)
				keys.closedWith(fault.SessionOver)
				inputs.closedWith(fault.SessionOver)
				got := s.session()
				if got.EndedAt.IsZero() || got.EndCause != int(tt.cause) || got.Outcome != int(tt.outcome) || got.Notes != tt.notes {
					t.Errorf("stored %+v", got)
				}
				for name, serve := range map[string]func() interface{ closedWith(fault.Reason) }{
					"screen": func() interface{ closedWith(fault.Reason) } { return open(s, s.rooms.Screen, customer, 1) },
					"input":  func() interface{ closedWith(fault.Reason) } { return open(s, s.rooms.Input, s.whoAna(), 1) },
				} {
					t.Log(name)
					serve().closedWith(fault.SessionOver)
				}
			})
		})
	}
}
