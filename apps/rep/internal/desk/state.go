package desk

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"deskhand/apps/internal/session"
	"deskhand/protocol/fault"
	"deskhand/protocol/pb"
)

// state is everything that a Snapshot is made from.
type state struct {
	token    string
	rep      Rep
	portals  []Portal
	maxCodes int

	available bool  // as this rep chose
	asked     bool  // the relay has not confirmed the choice yet
	heard     *bool // what the relay said meanwhile: perhaps another console of the same rep chose too

	connected bool
	path      string
	delay     time.Duration
	fault     fault.Reason
	loggedOut bool
	displaced bool

	live    lists // what is shown
	coming  lists // what a Watch that has begun anew has sent so far
	history []Session
	next    string // of the page after history; empty at the end
}

// lists are what Watch tells.
type lists struct {
	queries  map[string]Query
	sessions map[string]Session
	codes    map[string]Code
	postings map[string]Posting
}

func newState() state { return state{available: true, live: newLists()} }

func newLists() lists {
	return lists{
		queries: make(map[string]Query), sessions: make(map[string]Session), codes: make(map[string]Code),
		postings: make(map[string]Posting),
	}
}

// snapshot gives a copy in the order of the windows.
func (st *state) snapshot() Snapshot {
	return Snapshot{
		Rep: st.rep, Connected: st.connected, Path: st.path, Delay: st.delay, Available: st.available,
		Queries: sorted(st.live.queries, func(x, y Query) int {
			return cmp.Or(x.PostedAt.Compare(y.PostedAt), cmp.Compare(x.ID, y.ID))
		}),
		Sessions: sorted(st.live.sessions, func(x, y Session) int {
			return cmp.Or(y.begun().Compare(x.begun()), cmp.Compare(y.ID, x.ID))
		}),
		History: slices.Clone(st.history), HistoryMore: st.next != "",
		Codes: sorted(st.live.codes, func(x, y Code) int {
			return cmp.Or(x.CreatedAt.Compare(y.CreatedAt), cmp.Compare(x.Code, y.Code))
		}),
		Portals: slices.Clone(st.portals),
		Postings: sorted(st.live.postings, func(x, y Posting) int {
			return cmp.Or(x.PostedAt.Compare(y.PostedAt), cmp.Compare(x.ID, y.ID))
		}),
		MaxCodes: st.maxCodes, LoggedOut: st.loggedOut, Displaced: st.displaced, Fault: st.fault,
	}
}

func sorted[T any](all map[string]T, compare func(x, y T) int) []T {
	return slices.SortedFunc(maps.Values(all), compare)
}

// begun is what open sessions are sorted by.
func (s Session) begun() time.Time {
	if s.StartedAt.IsZero() {
		return s.PostedAt
	}
	return s.StartedAt
}

// watching begins a Watch: what it sends is shown when it is complete.
func (st *state) watching() { st.coming = newLists() }

// ready shows what has come.
func (st *state) ready() {
	st.live, st.coming = st.coming, lists{}
	st.connected, st.fault = true, ""
}

// lost keeps the lists as they were, but alerts cannot be answered any more.
func (st *state) lost(reason fault.Reason) {
	st.connected, st.path, st.delay, st.fault = false, "", 0, reason
	st.coming = lists{}
	clear(st.live.postings)
}

// event takes one change.
func (st *state) event(e *pb.DeskEvent) {
	switch e := e.GetEvent().(type) {
	case *pb.DeskEvent_Reset_:
		st.watching()
		return
	case *pb.DeskEvent_Ready_:
		if st.coming.queries != nil {
			st.ready()
		}
		return
	case *pb.DeskEvent_Availability:
		if on := e.Availability.GetAvailable(); st.asked {
			st.heard = &on
		} else {
			st.available = on
		}
		return
	case *pb.DeskEvent_Displaced_:
		st.displaced = true
		return
	}
	l := &st.live
	if st.coming.queries != nil {
		l = &st.coming
	}
	switch e := e.GetEvent().(type) {
	case *pb.DeskEvent_Query:
		l.query(e.Query)
	case *pb.DeskEvent_Session:
		if row := sessionOf(e.Session); row.EndedAt.IsZero() {
			l.sessions[row.ID] = row
		} else {
			delete(l.sessions, row.ID)
			st.ended(row)
		}
	case *pb.DeskEvent_Code:
		code := codeOf(e.Code)
		delete(l.codes, code.Code)
		if e.Code.GetState() == pb.CodeState_CODE_ACTIVE {
			l.codes[code.Code] = code
		}
	case *pb.DeskEvent_Posting:
		l.postings[e.Posting.GetSessionId()] = postingOf(e.Posting)
	case *pb.DeskEvent_PostingClosed:
		delete(l.postings, e.PostingClosed.GetSessionId())
	}
}

// query takes a query. One that waits again is no session any more.
func (l *lists) query(m *pb.Query) {
	q := queryOf(m)
	if m.GetState() == pb.QueryState_QUERY_WAITING {
		l.queries[q.ID] = q
		delete(l.sessions, q.ID)
		return
	}
	delete(l.queries, q.ID)
	delete(l.postings, q.ID)
}

// ended puts a session that has ended into the history, or renews it there.
func (st *state) ended(row Session) {
	for i := range st.history {
		if st.history[i].ID == row.ID {
			st.history[i] = row
			return
		}
	}
	st.history = slices.Insert(st.history, 0, row)
}

// agreed is called when the relay has confirmed a choice. The last word is what it said since.
func (st *state) agreed(want bool) {
	if st.available != want {
		return // chosen again meanwhile
	}
	st.asked = false
	if st.heard != nil {
		st.available = *st.heard
	}
}

// page takes the history's first page, and keeps what ended while it was on its way.
func (st *state) page(rows []Session, next string) {
	var newer []Session
	for _, s := range st.history {
		known := slices.ContainsFunc(rows, func(r Session) bool { return r.ID == s.ID })
		if !known && (len(rows) == 0 || s.EndedAt.After(rows[0].EndedAt)) {
			newer = append(newer, s)
		}
	}
	st.history, st.next = append(newer, rows...), next
}

// older adds a page at the end.
func (st *state) older(rows []Session, next string) {
	for _, row := range rows {
		if !slices.ContainsFunc(st.history, func(s Session) bool { return s.ID == row.ID }) {
			st.history = append(st.history, row)
		}
	}
	st.next = next
}

func repOf(m *pb.Rep) Rep {
	return Rep{Name: m.GetName(), ScreenName: m.GetScreenName(), Login: m.GetLogin(), Company: m.GetCompany()}
}

func portalOf(m *pb.Portal) Portal {
	return Portal{Slug: m.GetSlug(), Name: m.GetName(), Kind: kindOf(m.GetKind()), Mode: modeOf(m.GetMode()), URL: m.GetUrl()}
}

func kindOf(k pb.PortalKind) Kind {
	switch k {
	case pb.PortalKind_PORTAL_QUESTION:
		return KindQuestion
	case pb.PortalKind_PORTAL_CODE:
		return KindCode
	default:
		return KindUnknown
	}
}

func modeOf(m pb.Mode) Mode {
	switch m {
	case pb.Mode_MODE_WEB:
		return ModeWeb
	case pb.Mode_MODE_QUEUE:
		return ModeQueue
	case pb.Mode_MODE_PHONE:
		return ModePhone
	default:
		return ModeUnknown
	}
}

func queryOf(m *pb.Query) Query {
	return Query{
		ID: m.GetSessionId(), Portal: m.GetPortal(), Customer: m.GetCustomer(), Email: m.GetEmail(), Question: m.GetQuestion(),
		Language: m.GetLanguage(), System: m.GetSystem(), PostedAt: timeOf(m.GetPostedAt()), ExpiresAt: timeOf(m.GetExpiresAt()),
	}
}

func sessionOf(m *pb.SessionRow) Session {
	return Session{
		ID: m.GetSessionId(), Portal: m.GetPortal(), Customer: m.GetCustomer(), Question: m.GetQuestion(),
		Language: m.GetLanguage(), System: m.GetSystem(), Rep: m.GetRep(),
		PostedAt: timeOf(m.GetPostedAt()), StartedAt: timeOf(m.GetStartedAt()), JoinedAt: timeOf(m.GetJoinedAt()),
		EndedAt: timeOf(m.GetEndedAt()), Outcome: session.Outcome(m.GetOutcome()), Notes: m.GetNotes(),
	}
}

func codeOf(m *pb.Code) Code {
	return Code{
		Code: m.GetCode(), Name: m.GetName(), Portal: m.GetPortal(), CreatedAt: timeOf(m.GetCreatedAt()),
		ExpiresAt: timeOf(m.GetExpiresAt()), JoinURL: m.GetJoinUrl(),
	}
}

func postingOf(m *pb.Posting) Posting {
	return Posting{
		ID: m.GetSessionId(), Kind: kindOf(m.GetKind()), Portal: m.GetPortal(), Customer: m.GetCustomer(),
		Question: m.GetQuestion(), PostedAt: timeOf(m.GetPostedAt()), ExpiresAt: timeOf(m.GetExpiresAt()),
	}
}

// timeOf gives the zero time for an unset one.
func timeOf(t *timestamppb.Timestamp) time.Time {
	if t == nil {
		return time.Time{}
	}
	return t.AsTime()
}
