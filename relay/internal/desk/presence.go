package desk

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"deskhand/protocol/fault"
	"deskhand/protocol/pb"
	"deskhand/relay/internal/right"
	"deskhand/relay/internal/routing"
	"deskhand/relay/internal/row"
	"deskhand/relay/internal/store"
)

var errStopping = fault.New(fault.RelayStopping, nil)

// presence is a rep with at least one live Watch.
type presence struct {
	rep        store.Rep
	subportals map[int64]bool // that the rep serves
	levels     right.Levels   // what is set for the rep, wherever the customer comes from
	chats      map[int64]int  // portal id → how many customers the rep may have
	displaced  bool           // the login was ended for another rep's sake
	watchers   map[*Watcher]struct{}
	declined   map[string]bool // session ids
	open       map[string]bool // session ids of the rep's running sessions
	passes     map[string]int  // session id → how often the rep let its alert pass
	idleSince  time.Time
	available  bool
}

func (p *presence) send(e *pb.DeskEvent) {
	for w := range p.watchers {
		w.push(e)
	}
}

// watch makes a watcher part of its rep's presence and gives it everything to begin with.
func (l *loop) watch(w *Watcher, available bool) error {
	l.renew()
	p := l.reps[w.rep.ID]
	if p == nil {
		var err error
		if p, err = l.arrive(w.rep); err != nil {
			return err
		}
		l.reps[w.rep.ID] = p
	}
	p.watchers[w] = struct{}{}
	if err := l.begin(p, w); err != nil {
		l.unwatch(w)
		return err
	}
	l.setAvailable(p, available)
	for _, q := range l.queries {
		if q.query.RepID == w.rep.ID {
			q.returnAt = time.Time{}
		}
	}
	return nil
}

// arrive reads what routing and lists need to know of a rep.
func (l *loop) arrive(rep store.Rep) (*presence, error) {
	p := &presence{
		rep: rep, watchers: map[*Watcher]struct{}{}, declined: map[string]bool{},
		open: map[string]bool{}, passes: map[string]int{}, idleSince: l.d.now(),
	}
	if err := l.know(p); err != nil {
		return nil, err
	}
	declined, err := l.d.cfg.Store.Declined(l.ctx, rep.ID)
	if err != nil {
		return nil, fmt.Errorf("desk: declined queries of a rep: %w", err)
	}
	for _, id := range declined {
		p.declined[id] = true
	}
	return p, nil
}

// unwatch is the end of a Watch; with a rep's last one its presence ends.
func (l *loop) unwatch(w *Watcher) {
	p := l.reps[w.rep.ID]
	if p == nil {
		return
	}
	delete(p.watchers, w)
	if len(p.watchers) > 0 {
		return
	}
	delete(l.reps, w.rep.ID)
	for _, q := range l.queries {
		if q.waiting() {
			delete(q.alerts, w.rep.ID)
			l.route(q)
			continue
		}
		if q.query.RepID == w.rep.ID {
			q.returnAt = l.d.now().Add(ReturnAfter)
		}
	}
}

// begin gives a watcher the whole list.
func (l *loop) begin(p *presence, w *Watcher) error {
	var all []*pb.DeskEvent
	put := func(e *pb.DeskEvent) { all = append(all, e) }
	open, err := l.d.cfg.Store.OpenSessions(l.ctx)
	if err != nil {
		return fmt.Errorf("desk: open sessions: %w", err)
	}
	clear(p.open)
	for _, s := range open {
		if s.RepID == p.rep.ID {
			p.open[s.ID] = true
			put(sessionEvent(s))
		}
	}
	codes, err := l.d.cfg.Store.ActiveCodes(l.ctx, p.rep.ID)
	if err != nil {
		return fmt.Errorf("desk: active codes: %w", err)
	}
	for _, c := range codes {
		put(l.codeEvent(c))
	}
	for _, q := range l.line() {
		if !p.subportals[q.query.SubportalID] || p.declined[q.query.SessionID] {
			continue
		}
		put(queryEvent(q))
		if _, alerted := q.alerts[p.rep.ID]; alerted {
			put(postingEvent(q))
		}
	}
	put(availabilityEvent(p.available))
	if w.displaced {
		put(displacedEvent())
	}
	put(&pb.DeskEvent{Event: &pb.DeskEvent_Ready_{Ready: &pb.DeskEvent_Ready{}}})
	w.begin(all)
	return nil
}

// line gives the waiting queries, oldest first.
func (l *loop) line() []*posted {
	var all []*posted
	for _, q := range l.queries {
		if q.waiting() {
			all = append(all, q)
		}
	}
	slices.SortFunc(all, func(a, b *posted) int {
		return cmp.Or(a.query.PostedAt.Compare(b.query.PostedAt), cmp.Compare(a.query.SessionID, b.query.SessionID))
	})
	return all
}

func (l *loop) setAvailable(p *presence, available bool) {
	if p.available != available {
		p.available = available
		p.send(availabilityEvent(available))
	}
	if !available {
		return
	}
	for _, q := range l.line() {
		l.route(q)
	}
}

// online counts the reps who serve one of the subportals and are logged in.
func (l *loop) online(subportals []int64) int {
	n := 0
	for _, p := range l.reps {
		if !p.displaced && slices.ContainsFunc(subportals, func(id int64) bool { return p.subportals[id] }) {
			n++
		}
	}
	return n
}

// presences is what routing sees of the reps when it is about a query from a portal, in the order of rep ids.
func (l *loop) presences(about string, portalID int64) []routing.Presence {
	all := make([]routing.Presence, 0, len(l.reps))
	for _, id := range slices.Sorted(maps.Keys(l.reps)) {
		p := l.reps[id]
		all = append(all, routing.Presence{
			RepID: id, Subportals: slices.Sorted(maps.Keys(p.subportals)), Available: p.available, Displaced: p.displaced,
			Sessions: len(p.open), MaxChats: l.maxChats(p, portalID),
			Alerts: l.alerts(id, about), IdleSince: p.idleSince, Declined: slices.Sorted(maps.Keys(p.declined)), Passes: p.passes,
		})
	}
	return all
}

// alerts counts the alerts that stand open at a rep for other queries.
func (l *loop) alerts(repID int64, other string) int {
	n := 0
	for id, q := range l.queries {
		if _, open := q.alerts[repID]; open && id != other {
			n++
		}
	}
	return n
}

func sessionEvent(s store.Session) *pb.DeskEvent {
	return &pb.DeskEvent{Event: &pb.DeskEvent_Session{Session: row.Session(s)}}
}

func (l *loop) codeEvent(c store.Code) *pb.DeskEvent {
	return &pb.DeskEvent{Event: &pb.DeskEvent_Code{Code: row.Code(c, l.d.cfg.PublicURL)}}
}

func availabilityEvent(available bool) *pb.DeskEvent {
	return &pb.DeskEvent{Event: &pb.DeskEvent_Availability{Availability: &pb.Availability{Available: available}}}
}

func queryEvent(q *posted) *pb.DeskEvent {
	return &pb.DeskEvent{Event: &pb.DeskEvent_Query{Query: row.Query(q.query, q.portal.Name)}}
}

func postingEvent(q *posted) *pb.DeskEvent {
	return &pb.DeskEvent{Event: &pb.DeskEvent_Posting{Posting: &pb.Posting{
		SessionId: q.query.SessionID, Kind: row.Kind(q.portal.Kind), Portal: q.portal.Name, Customer: q.query.Customer,
		Question: q.query.Question, PostedAt: row.Time(q.query.PostedAt), ExpiresAt: row.Time(q.query.ExpiresAt),
	}}}
}
