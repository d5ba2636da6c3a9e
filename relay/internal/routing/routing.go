// Package routing decides who is alerted for a query.
package routing

import (
	"time"

	"deskhand/relay/internal/store"
)

// Presence is what routing must know of one logged-in rep.
type Presence struct {
	RepID     int64
	Portals   []int64 // IDs of the portals that the rep serves
	Available bool
	Sessions  int            // open sessions
	Alerts    int            // other queries' alerts that stand open at this rep
	IdleSince time.Time      // last end of a session or take, or the login
	Declined  []string       // session IDs of queries that the rep has declined
	Passes    map[string]int // session ID → how often the rep let this query's alert time pass (queue mode)
}

// Postings gives the IDs of the reps to alert.
func Postings(q store.Query, portal store.Portal, reps []Presence) []int64 { return nil }

// Online counts the available reps of a portal.
func Online(portal store.Portal, reps []Presence) int { return 0 }
