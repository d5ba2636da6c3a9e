// Package routing decides who is alerted for a query, from its portal's mode and what is known of the reps. It is pure:
// no store, no clock, no state; what it is given it does not keep or change.
package routing

import (
	"cmp"
	"slices"
	"time"

	"deskhand/relay/internal/store"
)

// Presence is what routing must know of one logged-in rep.
type Presence struct {
	RepID     int64
	Portals   []int64        // IDs of the portals that the rep serves
	Available bool           // LV-05
	Sessions  int            // open sessions
	Alerts    int            // alerts that stand open at this rep, not counting one for the query at hand
	IdleSince time.Time      // the last time a session ended, or else the login
	Declined  []string       // session IDs of the queries that the rep has declined
	Passes    map[string]int // session ID → how often the rep let this query's alert time pass (queue mode); may be nil
}

// Postings gives the IDs of the reps whose consoles should raise an alert for q: all available reps of the portal in web
// mode (M-06), by ID, and the next one only in queue mode (M-04). Who has declined is never asked again. It is empty when
// the query does not wait, when nobody is there, and in phone mode, where no alert is raised (CM-10).
//
// The next one in queue mode is who let this query pass least often, then who has fewest alerts standing open, then fewest
// sessions, then who has been idle for longest. When an alert's time has passed, count it in Passes and ask again.
func Postings(q store.Query, portal store.Portal, reps []Presence) []int64 {
	if q.State != store.QueryWaiting || q.PortalID != portal.ID {
		return nil
	}
	able := slices.DeleteFunc(slices.Clone(reps), func(p Presence) bool {
		return !p.serves(portal) || slices.Contains(p.Declined, q.SessionID)
	})
	switch {
	case len(able) == 0:
		return nil
	case portal.Mode == store.ModeWeb:
		ids := make([]int64, 0, len(able))
		for _, p := range able {
			ids = append(ids, p.RepID)
		}
		slices.Sort(ids)
		return slices.Compact(ids)
	case portal.Mode == store.ModeQueue:
		return []int64{slices.MinFunc(able, func(a, b Presence) int { return turn(q, a, b) }).RepID}
	default:
		return nil
	}
}

// turn orders reps by who is next for q.
func turn(q store.Query, a, b Presence) int {
	return cmp.Or(
		cmp.Compare(a.Passes[q.SessionID], b.Passes[q.SessionID]),
		cmp.Compare(a.Alerts, b.Alerts),
		cmp.Compare(a.Sessions, b.Sessions),
		a.IdleSince.Compare(b.IdleSince),
		cmp.Compare(a.RepID, b.RepID),
	)
}

// Online counts the reps that a query at the portal could reach now; with none of them the portal says so (M-02).
func Online(portal store.Portal, reps []Presence) int {
	var ids []int64
	for _, p := range reps {
		if p.serves(portal) && !slices.Contains(ids, p.RepID) {
			ids = append(ids, p.RepID)
		}
	}
	return len(ids)
}

func (p Presence) serves(portal store.Portal) bool {
	return p.Available && slices.Contains(p.Portals, portal.ID)
}
