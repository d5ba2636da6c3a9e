package desk

import (
	"context"
	"slices"

	"deskhand/apps/internal/session"
	"deskhand/protocol/pb"
)

// Accept takes a query; its session is in the next Snapshot. Exactly one rep wins; the others get query_taken, or query_over.
func (d *Desk) Accept(ctx context.Context, id string) error {
	reply, err := call(ctx, d, func(ctx context.Context, c pb.DeskClient) (*pb.AcceptReply, error) {
		return c.Accept(ctx, &pb.AcceptRequest{SessionId: id})
	})
	if err != nil {
		return err
	}
	d.update(func(st *state) {
		st.gone(id)
		st.taken(sessionOf(reply.GetSession()))
	})
	return nil
}

// Decline removes a query from this rep's list.
func (d *Desk) Decline(ctx context.Context, id string) error {
	_, err := call(ctx, d, func(ctx context.Context, c pb.DeskClient) (*pb.DeclineReply, error) {
		return c.Decline(ctx, &pb.DeclineRequest{SessionId: id})
	})
	if err == nil {
		d.update(func(st *state) { st.gone(id) })
	}
	return err
}

// gone takes a query and its alert away without waiting for the relay to say so.
func (st *state) gone(id string) {
	delete(st.live.queries, id)
	delete(st.live.postings, id)
}

// taken shows an accepted query's session, unless Watch has already said more about it.
func (st *state) taken(row Session) {
	_, open := st.live.sessions[row.ID]
	over := slices.ContainsFunc(st.history, func(s Session) bool { return s.ID == row.ID })
	if row.ID != "" && !open && !over {
		st.live.sessions[row.ID] = row
	}
}

// CreateCode makes a code for one of the rep's phone-mode portals. Faults: name_in_use, too_many_codes, portal_unknown.
func (d *Desk) CreateCode(ctx context.Context, name, portalSlug string) (Code, error) {
	reply, err := call(ctx, d, func(ctx context.Context, c pb.DeskClient) (*pb.Code, error) {
		return c.CreateCode(ctx, &pb.CreateCodeRequest{Name: text(name), Portal: portalSlug})
	})
	if err != nil {
		return Code{}, err
	}
	return codeOf(reply), nil
}

// CancelCode makes a code useless at once.
func (d *Desk) CancelCode(ctx context.Context, code string) error {
	_, err := call(ctx, d, func(ctx context.Context, c pb.DeskClient) (*pb.CancelCodeReply, error) {
		return c.CancelCode(ctx, &pb.CancelCodeRequest{Code: code})
	})
	if err == nil {
		d.update(func(st *state) { delete(st.live.codes, code) })
	}
	return err
}

func (d *Desk) history(ctx context.Context, m *pb.HistoryRequest) (*pb.HistoryReply, error) {
	return call(ctx, d, func(ctx context.Context, c pb.DeskClient) (*pb.HistoryReply, error) { return c.History(ctx, m) })
}

func sessionsOf(rows []*pb.SessionRow) []Session {
	all := make([]Session, 0, len(rows))
	for _, row := range rows {
		all = append(all, sessionOf(row))
	}
	return all
}

// Search gives the newest ended sessions of which a name, the portal, the question or the number holds part.
func (d *Desk) Search(ctx context.Context, part string) ([]Session, error) {
	reply, err := d.history(ctx, &pb.HistoryRequest{Search: text(part)})
	if err != nil {
		return nil, err
	}
	return sessionsOf(reply.GetSessions()), nil
}

// More adds the next older page to Snapshot.History.
func (d *Desk) More(ctx context.Context) error {
	d.mu.Lock()
	before := d.st.next
	d.mu.Unlock()
	if before == "" {
		return nil
	}
	reply, err := d.history(ctx, &pb.HistoryRequest{Before: before})
	if err != nil {
		return err
	}
	d.update(func(st *state) {
		if st.next == before {
			st.older(sessionsOf(reply.GetSessions()), reply.GetNext())
		}
	})
	return nil
}

// Transcript gives the stored chat of one of the rep's own ended sessions.
func (d *Desk) Transcript(ctx context.Context, id string) ([]session.Line, error) {
	reply, err := call(ctx, d, func(ctx context.Context, c pb.DeskClient) (*pb.TranscriptReply, error) {
		return c.Transcript(ctx, &pb.TranscriptRequest{SessionId: id})
	})
	if err != nil {
		return nil, err
	}
	lines := make([]session.Line, 0, len(reply.GetLines()))
	for _, l := range reply.GetLines() {
		lines = append(lines, session.Line{
			Seq: l.GetSeq(), At: timeOf(l.GetAt()), From: l.GetFrom(), Name: l.GetName(), Text: l.GetText(),
			Status: session.Status(l.GetStatus()),
		})
	}
	return lines, nil
}

// Logout ends the login and with it Run, even when the relay cannot be told.
func (d *Desk) Logout(ctx context.Context) error {
	d.leaving.Store(true)
	_, err := call(ctx, d, func(ctx context.Context, c pb.DeskClient) (*pb.LogoutReply, error) {
		return c.Logout(ctx, &pb.LogoutRequest{})
	})
	d.leave.Do(func() { close(d.left) })
	return err
}
