package room

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"deskhand/protocol/fault"
	"deskhand/protocol/pb"
	"deskhand/protocol/version"
	"deskhand/relay/internal/store"
)

func TestChatIsStoredAndShown(t *testing.T) {
	play(t, true, true, func(s *stage) {
		ana, jo := s.enter(s.whoAna()), s.enter(customer)
		ana.read()
		jo.read()
		ana.say("Hello")
		ana.read()
		jo.say("yes please")
		s.wants("the rep", ana.heard(), []string{"1 says yes please"})
		s.wants("the customer", jo.heard(), []string{"2 says Hello", "1 says yes please"})
		ana.say("Hello") // not knowing that the first one had arrived
		s.wants("a line that comes twice goes to its speaker", ana.heard(), []string{"2 says Hello"})
		s.wants("and to nobody else", jo.heard(), nil)
		stored, err := s.store.Lines(s.t.Context(), sessionID, 2)
		s.check(err)
		if len(stored) != 2 || stored[0].Text != "Hello" || stored[1].Text != "yes please" || stored[0].Name != "Ana Ruiz" {
			t.Errorf("stored %+v", stored)
		}
	})
}

func TestCatchUp(t *testing.T) {
	play(t, true, true, func(s *stage) {
		ana := s.enter(s.whoAna())
		long := strings.Repeat("x", maxText-10)
		const said = 150 // more than a Welcome holds
		for i := range said {
			ana.say(fmt.Sprintf("%s %d", long, i))
			time.Sleep(time.Second)
		}
		ana.read()
		jo := s.enter(customer)
		var seqs []uint64
		for _, l := range jo.welcome.GetLines() {
			seqs = append(seqs, l.GetSeq())
		}
		for _, m := range jo.read() {
			if l := m.GetLine(); l != nil {
				seqs = append(seqs, l.GetSeq())
			}
		}
		if len(seqs) != said+2 { // and who joined
			t.Errorf("%d lines arrived, want %d", len(seqs), said+2)
		}
		for i, seq := range seqs {
			if seq != uint64(i+1) {
				t.Fatalf("line %d has number %d", i, seq)
			}
		}
		jo.lose()
		again := s.control(customer, 100)
		again.send(enterMessage(&pb.Enter{Hello: &pb.Hello{Wire: version.Wire}, After: said}))
		got := again.read()
		if l := got[0].GetWelcome().GetLines(); len(l) != 3 || l[0].GetSeq() != said+1 {
			t.Errorf("after %d lines the Welcome holds %d", said, len(l))
		}
	})
}

func TestChatRules(t *testing.T) {
	say := func(text, mark string) *pb.ControlUp {
		return &pb.ControlUp{Message: &pb.ControlUp_Say{Say: &pb.Say{Text: text, ClientId: mark}}}
	}
	for _, tt := range []struct {
		name string
		rep  bool
		up   *pb.ControlUp
		want fault.Reason // empty: the lane stays
	}{
		{"as long as allowed", false, say(strings.Repeat("x", maxText), "m"), ""},
		{"too long", false, say(strings.Repeat("x", maxText+1), "m"), fault.Invalid},
		{"empty", false, say("", "m"), fault.Invalid},
		{"a mark too long", false, say("x", strings.Repeat("m", maxMark+1)), fault.Invalid},
		{"unknown", false, &pb.ControlUp{}, ""},
		{"a customer asks", false, askSharing(true), fault.Forbidden},
		{"a rep consents", true, consent(true, true), fault.Forbidden},
		{"a rep shares", true, sharing(true), fault.Forbidden},
		{"a rep answers", true, answerSharing(true), fault.Forbidden},
		{"a rep tells facts", true, &pb.ControlUp{Message: &pb.ControlUp_Facts{Facts: &pb.Facts{}}}, fault.Forbidden},
		{"an unknown outcome", true, end(99, ""), fault.Invalid},
		{"a rep commits", true, seal(1, pb.Seal_COMMIT, "x"), fault.Forbidden},
		{"a rep makes an epoch", true, seal(1, pb.Seal_EPOCH, "x"), fault.Forbidden},
		{"a rep seals with a rep", true, seal(2, pb.Seal_KEY, "x"), fault.Forbidden},
		{"a customer seals with itself", false, seal(1, pb.Seal_COMMIT, "x"), fault.Forbidden},
		{"a customer answers itself", false, seal(2, pb.Seal_KEY, "x"), fault.Forbidden},
		{"no step", false, seal(2, pb.Seal_STEP_UNSPECIFIED, "x"), fault.Forbidden},
		{"a step too long", false, seal(2, pb.Seal_COMMIT, strings.Repeat("x", maxSeal+1)), fault.Forbidden},
		{"a step for nobody", false, seal(9, pb.Seal_COMMIT, "x"), ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			play(t, true, true, func(s *stage) {
				ana, jo := s.enter(s.whoAna()), s.enter(customer)
				who, other := jo, ana
				if tt.rep {
					who, other = ana, jo
				}
				who.send(tt.up)
				other.isOpen()
				if tt.want == "" {
					who.isOpen()
				} else {
					who.closedWith(tt.want)
				}
				if !s.session().EndedAt.IsZero() {
					t.Error("the session is over")
				}
			})
		})
	}
}

func TestSmallMessages(t *testing.T) {
	play(t, true, true, func(s *stage) {
		ana, bo, jo := s.enter(s.whoAna()), s.enter(rep(77, "Bo")), s.enter(customer)
		all := []*person{ana, bo, jo}
		for _, tt := range []struct {
			name string
			who  *person
			up   *pb.ControlUp
			want [3][]string // Ana, Bo, the customer
		}{
			{
				"typing", jo, &pb.ControlUp{Message: &pb.ControlUp_Typing{Typing: &pb.Typing{From: 3, On: true}}},
				[3][]string{{"1 types true"}, {"1 types true"}, nil},
			},
			{
				"ping", bo, &pb.ControlUp{Message: &pb.ControlUp_Ping{Ping: &pb.Ping{Mark: 7}}},
				[3][]string{nil, {"pong 7"}, nil},
			},
			{
				"facts", jo, &pb.ControlUp{Message: &pb.ControlUp_Facts{Facts: &pb.Facts{System: strings.Repeat("ß", maxFact)}}},
				[3][]string{{"facts " + strings.Repeat("ß", maxFact/2)}, {"facts " + strings.Repeat("ß", maxFact/2)}, nil},
			},
			{"commit", jo, seal(3, pb.Seal_COMMIT, "c"), [3][]string{nil, {"seal COMMIT 1 to 3 c"}, nil}},
			{"key", bo, seal(1, pb.Seal_KEY, "k"), [3][]string{nil, nil, {"seal KEY 3 to 1 k"}}},
			{"reveal", jo, seal(3, pb.Seal_REVEAL, "r"), [3][]string{nil, {"seal REVEAL 1 to 3 r"}, nil}},
			{"epoch", jo, seal(2, pb.Seal_EPOCH, "e"), [3][]string{{"seal EPOCH 1 to 2 e"}, nil, nil}},
		} {
			for _, p := range all {
				p.read()
			}
			tt.who.send(tt.up)
			for i, p := range all {
				s.wants(fmt.Sprintf("%s at %d", tt.name, i), p.heard(), tt.want[i])
			}
		}
		if again := s.enter(rep(78, "Cy")); again.welcome.GetFacts() == nil {
			t.Error("a rep who comes later does not get the facts")
		}
		if again := s.enter(customer); again.welcome.GetFacts() != nil {
			t.Error("the customer gets facts")
		}
	})
}

// TestDeafAttendee takes nothing: it loses its own lane and no one else notices. It can come back.
func TestDeafAttendee(t *testing.T) {
	play(t, true, true, func(s *stage) {
		ana := s.enter(s.whoAna())
		deaf := s.control(customer, 0)
		deaf.send(enterMessage(&pb.Enter{Hello: &pb.Hello{Wire: version.Wire}}))
		ana.read()
		for i := range controlQueue + 10 {
			ana.say(fmt.Sprint(i))
			time.Sleep(time.Second)
		}
		ana.isOpen()
		if got := s.metrics.ControlTooSlow.Load(); got != 1 {
			t.Errorf("%d lanes were counted as too slow, want 1", got)
		}
		deaf.read()
		deaf.closedWith(fault.TooSlow)
		if got := len(s.enter(customer).welcome.GetLines()); got < controlQueue {
			t.Errorf("the Welcome holds %d lines", got)
		}
	})
}

// TestFlood: whoever talks too much is slowed down; the others keep their lanes.
func TestFlood(t *testing.T) {
	play(t, true, true, func(s *stage) {
		ana, jo := s.enter(s.whoAna()), s.enter(customer)
		began := time.Now()
		for i := range 300 {
			jo.say(fmt.Sprint(i))
		}
		time.Sleep(time.Second)
		got := len(ana.heard())
		if got > controlBurst+2*controlRate || got < controlRate {
			t.Errorf("%d lines passed in %v", got, time.Since(began))
		}
		time.Sleep(time.Minute)
		ana.read()
		ana.isOpen()
		jo.isOpen()
		stored, err := s.store.Lines(s.t.Context(), sessionID, 0)
		s.check(err)
		if len(stored) != 302 {
			t.Errorf("%d lines are stored, want 302", len(stored))
		}
	})
}

// TestChatIsBounded: everybody who enters is read the whole chat, so nobody may make it as large as memory. Who has said
// too much is refused; the others go on.
func TestChatIsBounded(t *testing.T) {
	play(t, true, true, func(s *stage) {
		_, err := s.store.AddLine(s.t.Context(), store.Line{
			SessionID: sessionID, At: time.Now(), From: customerID, Text: strings.Repeat("x", maxChat-3*maxText),
		})
		s.check(err)
		ana, jo := s.enter(s.whoAna()), s.enter(customer)
		for n := range 5 {
			jo.say(strings.Repeat("y", maxText-n))
			time.Sleep(time.Second)
		}
		jo.closedWith(fault.TooManyAttempts)
		jo = s.enter(customer)
		jo.say("once more")
		jo.closedWith(fault.TooManyAttempts)
		ana.read()
		ana.say("I can still speak")
		s.wants("the rep", ana.heard(), []string{"2 says I can still speak"})
	})
}

// brokenStore cannot store lines or the end.
type brokenStore struct{ Store }

func (*brokenStore) AddLine(context.Context, store.Line) (uint64, error) {
	return 0, errors.New("disk full")
}

func (*brokenStore) EndSession(context.Context, string, store.End) (bool, error) {
	return false, errors.New("disk full")
}

// TestFullDisk: what cannot be stored is not shown, its speaker learns of it, and the end is an end all the same.
func TestFullDisk(t *testing.T) {
	playWith(t, store.Portal{See: true}, Config{Store: &brokenStore{}}, func(s *stage) {
		ana, jo := s.enter(s.whoAna()), s.enter(customer)
		ana.read()
		jo.say("lost")
		s.wants("the rep", lines(ana.heard()), nil)
		jo.closedWith(fault.Internal)
		if s.metrics.LinesLost.Load() == 0 {
			t.Error("lost lines are not counted")
		}
		ana.send(end(pb.Outcome_OUTCOME_RESOLVED, ""))
		s.wants("the rep", ana.heard(), []string{`ended REP_ENDED by "Ana Ruiz"`})
		ana.closedWith(fault.SessionOver)
	})
}

func TestTapSeesEveryLane(t *testing.T) {
	seen := make(chan string, 1000)
	cfg := Config{Tap: func(lane string, b []byte) { seen <- lane + " " + string(b) }}
	playWith(t, store.Portal{See: true, Control: true}, cfg, func(s *stage) {
		ana, jo := s.enter(s.whoAna()), s.enter(customer)
		jo.send(consent(true, true))
		jo.read()
		from, to, keyboard, machine := jo.screen(10), ana.screen(10), ana.input(10), jo.input(10)
		machine.read()
		from.send(pack(1, 1, update(1, "the picture")))
		keyboard.send(keys("the keys"))
		ana.say("the words")
		to.read()
		count := map[string]int{}
		for range len(seen) {
			m := <-seen
			for _, what := range []string{"control the words", "screen the picture", "input the keys"} {
				lane, text, _ := strings.Cut(what, " ")
				if strings.HasPrefix(m, lane) && strings.Contains(m, text) {
					count[what]++
				}
			}
		}
		if count["control the words"] != 3 || count["screen the picture"] != 2 || count["input the keys"] != 2 {
			t.Errorf("the tap saw %v", count)
		}
	})
}
