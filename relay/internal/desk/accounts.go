package desk

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"deskhand/protocol/fault"
	"deskhand/protocol/pb"
	"deskhand/relay/internal/account"
	"deskhand/relay/internal/right"
	"deskhand/relay/internal/routing"
	"deskhand/relay/internal/row"
	"deskhand/relay/internal/store"
)

// RenewEvery is how long it may take until a console hears of a change of its account that was made elsewhere: by
// another relay, or at the command line. Claims in the store never wait for it.
const RenewEvery = 5 * time.Second

// renew reads what is known of the reps again if any account, portal or seat has changed since.
func (l *loop) renew() {
	l.renewAt = l.d.now().Add(RenewEvery)
	n, err := l.d.cfg.Store.Revision(l.ctx)
	if err != nil {
		l.failed("read the revision of accounts", err)
		return
	}
	if n == l.revision {
		return
	}
	l.revision = n
	clear(l.portalSettings)
	if err := l.renewReps(); err != nil {
		l.failed("read accounts", err)
		l.revision = 0 // once more, next time
	}
	for _, q := range l.line() {
		l.withdrawAlerts(q)
		l.route(q)
	}
}

func (l *loop) renewReps() error {
	logins, err := l.d.cfg.Store.LoginState(l.ctx)
	if err != nil {
		return fmt.Errorf("desk: %w", err)
	}
	for _, id := range slices.Sorted(maps.Keys(l.reps)) {
		p := l.reps[id]
		served := p.subportals
		if err := l.know(p); err != nil {
			return err
		}
		for w := range p.watchers {
			l.checkLogin(w, logins)
			if !maps.Equal(served, p.subportals) {
				w.spoil()
			}
		}
	}
	return nil
}

// checkLogin tells a console whose login has been ended for another rep's sake, and ends one whose login is gone.
func (l *loop) checkLogin(w *Watcher, logins map[string]bool) {
	displaced, there := logins[string(account.HashToken(w.token))]
	switch {
	case !there:
		w.end(fault.New(fault.LoggedOut, nil))
	case displaced && !w.displaced:
		w.displaced = true
		w.push(displacedEvent())
	}
}

// know reads what routing needs to know of a rep's account.
func (l *loop) know(p *presence) error {
	rep, err := l.d.cfg.Store.RepByID(l.ctx, p.rep.ID)
	if err != nil {
		return fmt.Errorf("desk: a rep: %w", err)
	}
	subportals, err := l.d.cfg.Store.RepSubportals(l.ctx, rep.ID)
	if err != nil {
		return fmt.Errorf("desk: subportals of a rep: %w", err)
	}
	levels, err := l.d.cfg.Store.Levels(l.ctx, rep.ID, 0)
	if err != nil {
		return fmt.Errorf("desk: settings of a rep: %w", err)
	}
	displaced, err := l.d.cfg.Store.Displaced(l.ctx, rep.ID)
	if err != nil {
		return fmt.Errorf("desk: seat of a rep: %w", err)
	}
	p.rep, p.levels, p.displaced = rep, levels, displaced
	p.chats, p.subportals = map[int64]int{}, map[int64]bool{}
	for _, id := range subportals {
		p.subportals[id] = true
	}
	return nil
}

// maxChats is how many customers a rep may have when one more comes from a portal (RC-13); 0 is any number.
func (l *loop) maxChats(p *presence, portalID int64) int {
	if n, known := p.chats[portalID]; known {
		return n
	}
	settings, known := l.portalSettings[portalID]
	if !known {
		var err error
		if settings, err = l.d.cfg.Store.Settings(l.ctx, store.SettingOf{PortalID: portalID}); err != nil {
			l.failed("read a portal's settings", err)
			return 0 // taking a query asks again
		}
		l.portalSettings[portalID] = settings
	}
	levels := p.levels
	levels.Portal = settings
	p.chats[portalID] = levels.Effective().Chats()
	return p.chats[portalID]
}

// withdrawAlerts takes down the alerts of a waiting query at reps who may not take it any more.
func (l *loop) withdrawAlerts(q *posted) {
	for id := range q.alerts {
		p := l.reps[id]
		if p == nil {
			continue
		}
		limit := l.maxChats(p, q.portal.ID)
		if p.displaced || !p.subportals[q.query.SubportalID] || limit > 0 && len(p.open) >= limit {
			l.closeAlert(q, id, pb.PostingClosed_EXPIRED)
		}
	}
}

// sessionsChanged: a rep has more customers, or fewer, and with them changes what may be offered.
func (l *loop) sessionsChanged(p *presence) {
	for _, q := range l.line() {
		if l.maxChats(p, q.portal.ID) == 0 || !p.subportals[q.query.SubportalID] {
			continue
		}
		l.withdrawAlerts(q)
		l.route(q)
	}
}

func displacedEvent() *pb.DeskEvent {
	return &pb.DeskEvent{Event: &pb.DeskEvent_Displaced_{Displaced: &pb.DeskEvent_Displaced{}}}
}

// Choice is a rep whom the customer of a match portal may choose.
type Choice struct {
	RepID      int64
	ScreenName string
}

// Choices are the reps to choose from at a match portal: those who are logged in and could take a customer now, by
// screen name (M-05).
func (d *Desk) Choices(ctx context.Context, portal store.Portal) ([]Choice, error) {
	subportals, err := d.subportals(ctx, portal.ID)
	if err != nil {
		return nil, err
	}
	var all []Choice
	err = d.do(ctx, func(l *loop) {
		l.renew()
		for _, id := range routing.Online(subportals, l.presences("", portal.ID)) {
			all = append(all, Choice{RepID: id, ScreenName: row.ScreenName(l.reps[id].rep)})
		}
	})
	slices.SortFunc(all, func(a, b Choice) int {
		return cmp.Or(cmp.Compare(a.ScreenName, b.ScreenName), cmp.Compare(a.RepID, b.RepID))
	})
	return all, err
}

func (d *Desk) subportals(ctx context.Context, portalID int64) ([]int64, error) {
	all, err := d.cfg.Store.Subportals(ctx, portalID)
	if err != nil {
		return nil, fmt.Errorf("desk: %w", err)
	}
	ids := make([]int64, 0, len(all))
	for _, s := range all {
		ids = append(ids, s.ID)
	}
	return ids, nil
}

// Limits are the numbers that hold for a rep.
type Limits struct {
	MaxCodes     int
	MaxChats     int           // 0 is any number
	CodeLifetime time.Duration // at the first of the rep's phone portals
}

// Portals gives a rep's portals, and the numbers that hold there.
func (d *Desk) Portals(ctx context.Context, rep store.Rep) ([]store.Portal, Limits, error) {
	portals, err := d.cfg.Store.RepPortals(ctx, rep.ID)
	if err != nil {
		return nil, Limits{}, fmt.Errorf("desk: portals: %w", err)
	}
	at := int64(0)
	for _, p := range portals {
		if p.Kind == store.KindCode {
			at = p.ID
			break
		}
	}
	rights, err := d.cfg.Store.Rights(ctx, rep.ID, at)
	if err != nil {
		return nil, Limits{}, fmt.Errorf("desk: portals: %w", err)
	}
	return portals, Limits{
		MaxCodes: int(rights.Number(right.MaxCodes)), MaxChats: rights.Chats(), CodeLifetime: codeLifetime(rights),
	}, nil
}

func codeLifetime(s right.Set) time.Duration {
	return time.Duration(s.Number(right.CodeLifetime)) * time.Millisecond
}
