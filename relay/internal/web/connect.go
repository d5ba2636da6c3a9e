package web

import (
	"fmt"
	"html/template"
	"net/http"
	"time"

	"deskhand/protocol/code"
	"deskhand/protocol/invite"
	"deskhand/relay/internal/desk"
	"deskhand/relay/internal/limit"
)

// connect is the page that leads from the browser into the customer app.
type connect struct {
	Self, Events, State string
	Rep                 string // empty while nobody has answered
	Place               int    // in the queue, 1 is next; 0 unknown
	Supported           bool   // there is an app for this system
	Link                template.URL
	Launch              bool // try the link without a click, once
	Download, File      string
	Code                string // to be typed into the app; empty while nothing can be typed
	Withdraw            string
}

// queryPage shows how a question is getting on.
func (s *Site) queryPage(w http.ResponseWriter, r *http.Request) error {
	ticket := r.PathValue("ticket")
	place, _, err := s.cfg.Desk.Place(r.Context(), ticket)
	if err != nil {
		return err
	}
	portal := keepLanguage(r, "/p/"+place.Portal.Slug)
	switch place.State {
	case desk.PlaceJoined:
		return s.show(w, r, s.joined(r, place, ticket))
	case desk.PlaceOver:
		return s.message(w, r, http.StatusOK, place.Portal.Company, "over", portal, "over.again")
	case desk.PlaceWithdrawn:
		return s.message(w, r, http.StatusOK, place.Portal.Company, "withdrawn", portal, "over.again")
	case desk.PlaceExpired:
		return s.message(w, r, http.StatusOK, place.Portal.Company, "unavailable", portal, "over.again")
	}
	to := s.cfg.Invite
	to.Ticket = ticket
	c := connect{
		Self:     r.URL.RequestURI(),
		Events:   "/q/" + ticket + "/events",
		State:    state(place),
		Place:    place.Position,
		Download: "/q/" + ticket + "/download",
	}
	if place.State == desk.PlaceTaken {
		c.Rep, c.Code, c.Launch = place.Rep, grouped(place.Code), true
	} else {
		c.Withdraw = keepLanguage(r, "/q/"+ticket+"/withdraw")
	}
	return s.showConnect(w, r, place.Portal.Company, to, c)
}

// joined is the page that stays open behind a running session.
func (s *Site) joined(r *http.Request, place desk.Place, ticket string) view {
	lang := s.language(r)
	return view{
		template: "message", titleKey: "joined.title", company: place.Portal.Company, reload: pollEvery,
		data: message{
			Heading: lang.text("joined.title"), Paragraphs: []string{lang.text("joined.text", place.Rep)},
			Events: "/q/" + ticket + "/events", State: state(place),
		},
	}
}

// state names everything that the page shows, so that a browser renews it when, and only when, something changed.
func state(p desk.Place) string { return fmt.Sprintf("%d-%d", p.State, p.Position) }

func (s *Site) showConnect(w http.ResponseWriter, r *http.Request, company string, to invite.Invite, c connect) error {
	on := system(r)
	c.Supported = on.file != ""
	c.File = on.file
	c.Link = template.URL(to.URL()) //nolint:gosec // built by invite from checked parts
	v := view{template: "connect", titleKey: "connect.title", company: company, data: c}
	if c.Events != "" {
		v.reload = pollEvery
	}
	if c.Rep != "" {
		v.title = s.language(r).text("connect.ready_title", c.Rep)
	}
	return s.show(w, r, v)
}

func grouped(sessionID string) string { return code.Code(sessionID).Grouped() }

func (s *Site) queryWithdraw(w http.ResponseWriter, r *http.Request) error {
	ticket := r.PathValue("ticket")
	if err := s.cfg.Desk.Withdraw(r.Context(), ticket); err != nil {
		return err
	}
	http.Redirect(w, r, keepLanguage(r, "/q/"+ticket), http.StatusSeeOther)
	return nil
}

// joinPage is the connect page of a code that a rep has handed out; nothing has to be typed.
func (s *Site) joinPage(w http.ResponseWriter, r *http.Request) error {
	if err := s.cfg.Codes.Allow(limit.Network(r.RemoteAddr)); err != nil {
		return err
	}
	c, err := code.Parse(r.PathValue("code"))
	if err != nil {
		return err
	}
	p, err := s.cfg.Desk.CheckCode(r.Context(), c.String())
	if key := codeProblem(err); key != "" {
		lang := s.language(r)
		return s.show(w, r, view{
			template: "message", status: http.StatusNotFound, titleKey: "code.title",
			data: message{Heading: lang.text("code.title"), Paragraphs: []string{lang.text(key)}},
		})
	}
	if err != nil {
		return err
	}
	to := s.cfg.Invite
	to.Code = c
	return s.showConnect(w, r, p.Company, to, connect{
		Self: r.URL.RequestURI(), Code: c.Grouped(), Launch: true, Place: 1, Download: "/j/" + c.String() + "/download",
	})
}

// queryEvents tells a waiting page that it has to renew itself.
func (s *Site) queryEvents(w http.ResponseWriter, r *http.Request) error {
	ticket := r.PathValue("ticket")
	out := http.NewResponseController(w)
	until := time.NewTimer(eventsFor)
	defer until.Stop()
	for sent := ""; ; {
		place, changed, err := s.cfg.Desk.Place(r.Context(), ticket)
		if err != nil {
			return err
		}
		if now := state(place); now != sent {
			if sent == "" {
				w.Header().Set("Content-Type", "text/event-stream")
			}
			if _, err := fmt.Fprintf(w, "retry: 2000\nevent: changed\ndata: %s\n\n", now); err != nil {
				return nil //nolint:nilerr // the reader has gone
			}
			if err := out.Flush(); err != nil {
				return fmt.Errorf("send event: %w", err)
			}
			sent = now
		}
		select {
		case <-changed:
		case <-until.C:
			return nil
		case <-r.Context().Done():
			return nil
		}
	}
}
