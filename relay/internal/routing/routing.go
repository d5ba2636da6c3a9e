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
	RepID      int64
	Subportals []int64        // IDs of the subportals that the rep serves, by itself or by its team (M-12)
	Available  bool           // LV-05
	Displaced  bool           // the login was ended for another rep's sake: nothing new (L-03)
	Sessions   int            // open sessions
	MaxChats   int            // how many of them the rep may have at this query's portal; 0 is any number (RC-13)
	Alerts     int            // alerts that stand open at this rep, not counting one for the query at hand
	IdleSince  time.Time      // the last time a session ended, or else the login
	Declined   []string       // session IDs of the queries that the rep has declined
	Passes     map[string]int // session ID → how often the rep let this query's alert time pass (queue mode); may be nil
}

// Postings gives the IDs of the reps whose consoles should raise an alert for q: in web mode all available reps of the
// subportal, by ID (M-06, M-07), or at a match portal the one who was chosen (M-05), and in queue mode the next one only
// (M-04). Who has declined is never asked again, nor is anybody who has as many customers as allowed (RC-13). It is empty
// when the query does not wait, when nobody is there, and in phone mode, where no alert is raised (CM-10).
//
// The next one in queue mode is who let this query pass least often, then who has fewest alerts standing open, then fewest
// sessions, then who has been idle for longest. When an alert's time has passed, count it in Passes and ask again.
func Postings(q store.Query, portal store.Portal, reps []Presence) []int64 {
	if q.State != store.QueryWaiting || q.PortalID != portal.ID {
		return nil
	}
	able := slices.DeleteFunc(slices.Clone(reps), func(p Presence) bool {
		return !p.serves(q.SubportalID) || slices.Contains(p.Declined, q.SessionID) || !p.chosen(q, portal)
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

// Online gives the reps that a query could reach now through one of the subportals, by ID and each once: with none of
// them the portal says so (M-02), and at a match portal they are those to choose from (M-05).
func Online(subportals []int64, reps []Presence) []int64 {
	var ids []int64
	for _, p := range reps {
		if slices.ContainsFunc(subportals, p.serves) {
			ids = append(ids, p.RepID)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// serves reports whether something new from there may be given to the rep now.
func (p Presence) serves(subportalID int64) bool {
	full := p.MaxChats > 0 && p.Sessions >= p.MaxChats
	return p.Available && !p.Displaced && !full && slices.Contains(p.Subportals, subportalID)
}

// chosen reports whether the customer wants this rep or any.
func (p Presence) chosen(q store.Query, portal store.Portal) bool {
	return portal.Kind != store.KindMatch || q.WantedID == p.RepID
}
