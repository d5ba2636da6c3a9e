package room

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"deskhand/protocol/fault"
	"deskhand/protocol/pb"
	"deskhand/protocol/version"
	"deskhand/relay/internal/ops"
	"deskhand/relay/internal/store"
)

const sessionID = "563773096"

// stage is one session in a real store, joined, with nobody in its room yet, in a bubble of fake time.
type stage struct {
	t       *testing.T
	store   *store.Store
	rooms   *Rooms
	metrics *ops.Metrics
	ana     store.Rep // whose session it is
	changed chan string
	cancel  context.CancelFunc
	cuts    []context.CancelFunc // of all wires
}

// play runs a test on a stage. All goroutines must have ended when it is over.
func play(t *testing.T, see, control bool, f func(*stage)) {
	t.Helper()
	playWith(t, store.Portal{See: see, Control: control}, Config{}, f)
}

func playWith(t *testing.T, p store.Portal, cfg Config, f func(*stage)) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "relay.db")
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		st, err := store.Open(ctx, file)
		if err != nil {
			t.Fatal(err)
		}
		s := &stage{t: t, store: st, metrics: ops.New(), changed: make(chan string, 100), cancel: cancel}
		if broken, ok := cfg.Store.(*brokenStore); ok {
			broken.Store = st
		} else {
			cfg.Store = st
		}
		cfg.Metrics = s.metrics
		cfg.OnChanged = func(_ context.Context, id string) { s.changed <- id }
		s.rooms = New(ctx, cfg)
		defer s.strike()
		s.seed(ctx, p)
		f(s)
	})
}

// strike ends everything, after a failed test too, because nothing may be left running in the bubble.
func (s *stage) strike() {
	s.rooms.Close()
	s.cancel()
	for _, cut := range s.cuts {
		cut()
	}
	s.rooms.Wait()
	if err := s.store.Close(); err != nil {
		s.t.Error(err)
	}
}

func (s *stage) seed(ctx context.Context, p store.Portal) {
	s.t.Helper()
	company, err := s.store.AddCompany(ctx, "Contoso")
	s.check(err)
	s.ana, err = s.store.AddRep(ctx, store.Rep{CompanyID: company.ID, Login: "ana@contoso.example", Name: "Ana Maria Ruiz", ScreenName: "Ana Ruiz", Active: true})
	s.check(err)
	p.CompanyID, p.Slug, p.Name, p.Kind, p.Mode = company.ID, "help", "Help", store.KindQuestion, store.ModeWeb
	p, err = s.store.AddPortal(ctx, p)
	s.check(err)
	s.check(s.store.AssignPortal(ctx, s.ana.ID, p.ID))
	now := time.Now().UTC()
	s.check(s.store.PostQuery(ctx, store.Query{
		SessionID: sessionID, PortalID: p.ID, Question: "Printer", TicketHash: secret("ticket"), PostedAt: now, ExpiresAt: now.Add(time.Hour),
	}))
	_, err = s.store.TakeQuery(ctx, sessionID, s.ana.ID, now)
	s.check(err)
	s.check(s.store.JoinSession(ctx, sessionID, store.Arrival{TokenHash: secret("token"), At: now}))
}

func secret(s string) []byte {
	sum := sha256.Sum256([]byte(s))
	return sum[:]
}

func (s *stage) check(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s *stage) session() store.Session {
	s.t.Helper()
	found, err := s.store.Session(s.t.Context(), sessionID)
	s.check(err)
	return found
}

// rep makes up a rep beside Ana; the room does not ask the store who may come in.
func rep(id int64, name string) Who {
	return Who{SessionID: sessionID, Rep: store.Rep{ID: id, Name: name}}
}

func (s *stage) whoAna() Who { return Who{SessionID: sessionID, Rep: s.ana} }

var customer = Who{SessionID: sessionID}

// wire is a stream without a network: what the room sends piles up in down, as far as it has room there.
type wire[Up, Down any] struct {
	s    *stage
	ctx  context.Context
	cut  context.CancelFunc // the connection breaks
	up   chan *Up
	down chan *Down
	err  error // what the lane ended with; readable once over is closed
	over chan struct{}
}

func (w *wire[Up, Down]) Context() context.Context { return w.ctx }

func (w *wire[Up, Down]) Recv() (*Up, error) {
	select {
	case m, ok := <-w.up:
		if !ok {
			return nil, io.EOF
		}
		return m, nil
	case <-w.ctx.Done():
		return nil, w.ctx.Err()
	}
}

func (w *wire[Up, Down]) Send(m *Down) error {
	select {
	case w.down <- m:
		return nil
	case <-w.ctx.Done():
		return w.ctx.Err()
	}
}

// open begins a lane; what it sends beyond `holds` messages has to wait until the test reads.
func open[Up, Down any](s *stage, serve func(Who, Stream[Up, Down]) error, who Who, holds int) *wire[Up, Down] {
	w := &wire[Up, Down]{s: s, up: make(chan *Up, 4096), down: make(chan *Down, holds), over: make(chan struct{})}
	w.ctx, w.cut = context.WithCancel(context.Background())
	s.cuts = append(s.cuts, w.cut)
	go func() {
		defer close(w.over)
		w.err = serve(who, w)
		w.cut()
	}()
	return w
}

// lose breaks the connection and waits until everybody has noticed.
func (w *wire[Up, Down]) lose() {
	w.cut()
	synctest.Wait()
}

// hangUp ends the upward half as a client does that is leaving.
func (w *wire[Up, Down]) hangUp() { close(w.up) }

// read gives what has arrived so far, once nothing moves any more.
func (w *wire[Up, Down]) read() []*Down {
	synctest.Wait()
	var all []*Down
	for {
		select {
		case m := <-w.down:
			all = append(all, m)
			synctest.Wait()
		default:
			return all
		}
	}
}

// closedWith checks that the lane has ended with a fault.
func (w *wire[Up, Down]) closedWith(want fault.Reason) {
	w.s.t.Helper()
	synctest.Wait()
	select {
	case <-w.over:
		if got := fault.ReasonOf(w.err); got != want {
			w.s.t.Errorf("the lane ended with %v, want %q", w.err, want)
		}
	default:
		w.s.t.Errorf("the lane is still open, want %q", want)
	}
}

func (w *wire[Up, Down]) isOpen() {
	w.s.t.Helper()
	synctest.Wait()
	select {
	case <-w.over:
		w.s.t.Errorf("the lane ended with %v", w.err)
	default:
	}
}

type (
	controlWire = wire[pb.ControlUp, pb.ControlDown]
	screenWire  = wire[pb.ScreenUp, pb.ScreenDown]
	inputWire   = wire[pb.InputUp, pb.InputDown]
)

// person is somebody in the room.
type person struct {
	*controlWire
	who     Who
	welcome *pb.Welcome
}

// enter brings somebody in and reads the Welcome; later messages stay unread.
func (s *stage) enter(who Who) *person {
	s.t.Helper()
	p := &person{controlWire: s.control(who, 10000), who: who}
	p.enter(&pb.Enter{Hello: &pb.Hello{Wire: version.Wire}})
	synctest.Wait()
	select {
	case m := <-p.down:
		p.welcome = m.GetWelcome()
	default:
	}
	if p.welcome == nil {
		s.t.Fatalf("no Welcome for %v: %v", who.Rep.Name, p.err)
	}
	return p
}

func (s *stage) control(who Who, holds int) *controlWire {
	return open(s, s.rooms.Control, who, holds)
}

func (p *person) screen(holds int) *screenWire { return open(p.s, p.s.rooms.Screen, p.who, holds) }
func (p *person) input(holds int) *inputWire   { return open(p.s, p.s.rooms.Input, p.who, holds) }

func (w *wire[Up, Down]) send(ups ...*Up) {
	for _, u := range ups {
		w.up <- u
	}
}

func enterMessage(e *pb.Enter) *pb.ControlUp {
	return &pb.ControlUp{Message: &pb.ControlUp_Enter{Enter: e}}
}

func (p *person) enter(e *pb.Enter) { p.send(enterMessage(e)) }

func (p *person) say(text string) {
	p.send(&pb.ControlUp{Message: &pb.ControlUp_Say{Say: &pb.Say{Text: text, ClientId: cut(text, 10) + fmt.Sprint(len(text)) + text[max(0, len(text)-10):]}}})
}

func consent(see, control bool) *pb.ControlUp {
	return &pb.ControlUp{Message: &pb.ControlUp_Consent{Consent: &pb.Consent{See: see, Control: control}}}
}

func sharing(on bool) *pb.ControlUp {
	return &pb.ControlUp{Message: &pb.ControlUp_Sharing{Sharing: &pb.Sharing{On: on}}}
}

func askSharing(control bool) *pb.ControlUp {
	return &pb.ControlUp{Message: &pb.ControlUp_AskSharing{AskSharing: &pb.AskSharing{Control: control}}}
}

func answerSharing(yes bool) *pb.ControlUp {
	return &pb.ControlUp{Message: &pb.ControlUp_AnswerSharing{AnswerSharing: &pb.AnswerSharing{Yes: yes}}}
}

func end(outcome pb.Outcome, notes string) *pb.ControlUp {
	return &pb.ControlUp{Message: &pb.ControlUp_End{End: &pb.End{Outcome: outcome, Notes: notes}}}
}

func seal(to uint32, step pb.Seal_Step, body string) *pb.ControlUp {
	return &pb.ControlUp{Message: &pb.ControlUp_Seal{Seal: &pb.Seal{To: to, Step: step, Body: []byte(body)}}}
}

// heard puts what arrived on a Control lane into words, in order.
func (w *wire[Up, Down]) heard() []string {
	var all []string
	for _, m := range w.read() {
		if c, ok := any(m).(*pb.ControlDown); ok {
			all = append(all, inWords(c))
		}
	}
	return all
}

func inWords(m *pb.ControlDown) string {
	switch m := m.GetMessage().(type) {
	case *pb.ControlDown_Line:
		if m.Line.GetStatus() == pb.Line_SAID {
			return fmt.Sprintf("%d says %s", m.Line.GetFrom(), m.Line.GetText())
		}
		return fmt.Sprintf("line %v %s", m.Line.GetStatus(), m.Line.GetName())
	case *pb.ControlDown_Attendee:
		a := m.Attendee
		return fmt.Sprintf("attendee %d gone=%t away=%t visit=%d", a.GetId(), a.GetGone(), a.GetAway(), a.GetVisit())
	case *pb.ControlDown_State:
		return "state " + stateInWords(m.State)
	case *pb.ControlDown_AskSharing:
		return fmt.Sprintf("asked control=%t", m.AskSharing.GetControl())
	case *pb.ControlDown_Ended:
		return fmt.Sprintf("ended %v by %q", m.Ended.GetCause(), m.Ended.GetBy())
	case *pb.ControlDown_Seal:
		return fmt.Sprintf("seal %v %d to %d %s", m.Seal.GetStep(), m.Seal.GetFrom(), m.Seal.GetTo(), m.Seal.GetBody())
	case *pb.ControlDown_Typing:
		return fmt.Sprintf("%d types %t", m.Typing.GetFrom(), m.Typing.GetOn())
	case *pb.ControlDown_Facts:
		return "facts " + m.Facts.GetSystem()
	case *pb.ControlDown_Pong:
		return fmt.Sprintf("pong %d", m.Pong.GetMark())
	default:
		return fmt.Sprintf("%T", m)
	}
}

func stateInWords(s *pb.RoomState) string {
	answer := "none"
	if s.GetConsent() != nil {
		answer = fmt.Sprintf("see=%t,control=%t", s.GetConsent().GetSee(), s.GetConsent().GetControl())
	}
	return fmt.Sprintf("consent %s sharing=%t asked=%t", answer, s.GetSharing(), s.GetAsked())
}

func (s *stage) wants(what string, got, want []string) {
	s.t.Helper()
	if !slices.Equal(got, want) {
		s.t.Errorf("%s:\n got %q\nwant %q", what, got, want)
	}
}
