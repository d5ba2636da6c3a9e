package desk

import (
	"fmt"
	"sync"

	"google.golang.org/protobuf/proto"

	"deskhand/relay/internal/desk/notice"
)

// subjects are all companies' notices; subject is one company's.
const subjects = "desk.*"

func subject(companyID int64) string { return fmt.Sprintf("desk.%d", companyID) }

// changes collects what the bus says until the loop looks at it. Doubled notices merge, so it holds at most one entry
// for each query, session and code that exists and can drop nothing.
type changes struct {
	signal chan struct{} // has a token when something has been added

	mu  sync.Mutex // guards all below
	now heard
}

// heard is what has changed: session ids, and codes.
type heard struct {
	queries, sessions, codes map[string]bool
}

func newChanges() *changes {
	return &changes{signal: make(chan struct{}, 1)}
}

// hear takes a notice off the bus; what cannot be read is not for this version.
func (c *changes) hear(data []byte) {
	var n notice.Notice
	if err := proto.Unmarshal(data, &n); err != nil {
		return
	}
	c.mu.Lock()
	switch about := n.GetAbout().(type) {
	case *notice.Notice_Query:
		add(&c.now.queries, about.Query)
	case *notice.Notice_Session:
		add(&c.now.sessions, about.Session)
	case *notice.Notice_Code:
		add(&c.now.codes, about.Code)
	}
	c.mu.Unlock()
	select {
	case c.signal <- struct{}{}:
	default:
	}
}

func add(set *map[string]bool, key string) {
	if *set == nil {
		*set = map[string]bool{}
	}
	(*set)[key] = true
}

// take gives everything heard since it was called last.
func (c *changes) take() heard {
	c.mu.Lock()
	defer c.mu.Unlock()
	h := c.now
	c.now = heard{}
	return h
}

func (d *Desk) tellQuery(companyID int64, sessionID string) {
	d.tell(companyID, &notice.Notice{About: &notice.Notice_Query{Query: sessionID}})
}

func (d *Desk) tellSession(companyID int64, sessionID string) {
	d.tell(companyID, &notice.Notice{About: &notice.Notice_Session{Session: sessionID}})
}

func (d *Desk) tellCode(companyID int64, code string) {
	d.tell(companyID, &notice.Notice{About: &notice.Notice_Code{Code: code}})
}

// tell puts a notice on the bus. When the bus fails at least this relay hears it.
func (d *Desk) tell(companyID int64, n *notice.Notice) {
	data, err := proto.Marshal(n)
	if err == nil {
		err = d.cfg.Bus.Publish(subject(companyID), data)
	}
	if err != nil {
		d.cfg.Metrics.NoticesLost.Add(1)
		d.cfg.Logger.Error("a notice could not be put on the bus", "err", err)
		d.changed.hear(data)
	}
}
