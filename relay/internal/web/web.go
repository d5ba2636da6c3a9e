// Package web serves every page of the relay: the customers' portals now, the management centre later. Pages are made on
// the server, work without scripts and hold nothing but what the desk says: there is no business rule here.
//
// A handler returns an error; one place turns errors into pages. Templates render into a buffer, so that a page is whole
// or not sent at all. A Site is safe for concurrent use.
package web

import (
	"bytes"
	"context"
	"fmt"
	"html/template"
	"log/slog"
	"net/http"
	"time"

	"deskhand/protocol/fault"
	"deskhand/protocol/invite"
	"deskhand/relay/internal/desk"
	"deskhand/relay/internal/limit"
	"deskhand/relay/internal/store"
)

// Desk is what the pages need of the desk.
type Desk interface {
	Portal(ctx context.Context, slug string) (store.Portal, error)
	RepsOnline(ctx context.Context, portalID int64) (int, error)
	Post(ctx context.Context, p store.Portal, ask desk.Ask) (desk.Posted, error)
	Place(ctx context.Context, ticket string) (desk.Place, <-chan struct{}, error)
	Withdraw(ctx context.Context, ticket string) error
	CheckCode(ctx context.Context, code string) (store.Portal, error)
}

// Config is what the pages work with.
type Config struct {
	Desk      Desk
	Invite    invite.Invite  // relay address and key that customers' machines shall use
	Downloads string         // folder with the customer app for each system; may not exist
	Posts     *limit.Limiter // of questions asked, by network
	Codes     *limit.Limiter // of codes tried, by network
	Logger    *slog.Logger
}

// Site holds the parsed templates, texts and assets.
type Site struct {
	cfg       Config
	templates *template.Template
	texts     texts
	assets    assets
}

// New parses everything that is embedded.
func New(cfg Config) (*Site, error) {
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	s := &Site{cfg: cfg}
	var err error
	if s.texts, err = loadTexts(); err != nil {
		return nil, err
	}
	if s.assets, err = loadAssets(); err != nil {
		return nil, err
	}
	s.templates, err = template.New("").Funcs(template.FuncMap{
		"asset": s.assets.url,
		"t":     func(string, ...any) string { return "" }, // replaced for each page by its language
	}).ParseFS(templateFiles, "templates/*.html")
	if err != nil {
		return nil, fmt.Errorf("templates: %w", err)
	}
	return s, nil
}

// Handler is the route table.
func (s *Site) Handler() http.Handler {
	mux := http.NewServeMux()
	for pattern, h := range map[string]handler{
		"GET /{$}":                  s.notFound,
		"GET /p/{slug}":             s.portalPage,
		"POST /p/{slug}":            s.portalPost,
		"GET /q/{ticket}":           s.queryPage,
		"POST /q/{ticket}/withdraw": s.queryWithdraw,
		"GET /q/{ticket}/download":  s.queryDownload,
		"GET /j/{code}":             s.joinPage,
		"GET /j/{code}/download":    s.joinDownload,
		"GET /download/customer":    s.plainDownload,
		"GET /q/{ticket}/events":    s.queryEvents,
		"GET /static/{hash}/{name}": s.assets.serve,
		"GET /favicon.ico":          s.favicon,
		"/":                         s.notFound,
	} {
		mux.Handle(pattern, s.page(h))
	}
	return http.NewCrossOriginProtection().Handler(headers(mux))
}

type handler func(w http.ResponseWriter, r *http.Request) error

// page runs a handler and shows what went wrong as a page of its own.
func (s *Site) page(h handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := h(w, r); err != nil {
			s.problem(w, r, err)
		}
	})
}

// headers sets what holds for every answer. Tickets and codes stand in addresses, so none of those is ever passed on.
func headers(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy",
			"default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Strict-Transport-Security", "max-age=31536000")
		h.Set("Cache-Control", "no-store")
		r.Body = http.MaxBytesReader(w, r.Body, 16<<10)
		next.ServeHTTP(w, r)
	})
}

// view is one page about to be rendered.
type view struct {
	template string
	status   int // 0: 200
	titleKey string
	title    string // instead of titleKey
	company  string
	reload   int // seconds after which a browser without scripts renews the page; 0: never
	data     any
}

// frame is what the layout template shows around a page.
type frame struct {
	Lang, Title, Company string
	Reload               int
	Languages            []languageLink
	Body                 template.HTML
}

// show renders a view in the reader's language.
func (s *Site) show(w http.ResponseWriter, r *http.Request, v view) error {
	lang := s.language(r)
	t, err := s.templates.Clone()
	if err != nil {
		return err
	}
	t.Funcs(template.FuncMap{"t": lang.text})
	var body, whole bytes.Buffer
	if err := t.ExecuteTemplate(&body, v.template, v.data); err != nil {
		return fmt.Errorf("render %s: %w", v.template, err)
	}
	if v.title == "" {
		v.title = lang.text(v.titleKey)
	}
	f := frame{
		Lang: lang.code, Title: v.title, Company: v.company, Reload: v.reload, Languages: s.texts.links(r, lang.code),
		Body: template.HTML(body.String()), //nolint:gosec // made by the template above
	}
	if err := t.ExecuteTemplate(&whole, "layout", f); err != nil {
		return fmt.Errorf("render layout: %w", err)
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Language", lang.code)
	if v.status != 0 {
		w.WriteHeader(v.status)
	}
	_, err = w.Write(whole.Bytes())
	if err != nil {
		s.cfg.Logger.Debug("a page was not read to its end", "err", err)
	}
	return nil
}

// message is a page of a heading, paragraphs and one way on.
type message struct {
	Heading           string
	Paragraphs        []string
	Again, AgainLabel string
	Events, State     string // of a page that may change
}

func (s *Site) message(w http.ResponseWriter, r *http.Request, status int, company, key, again, againKey string) error {
	lang := s.language(r)
	return s.show(w, r, view{
		template: "message", status: status, title: lang.text(key + ".title"), company: company,
		data: message{
			Heading: lang.text(key + ".title"), Paragraphs: []string{lang.text(key + ".text")},
			Again: again, AgainLabel: lang.text(againKey),
		},
	})
}

// problem shows an error as a page with a next step.
func (s *Site) problem(w http.ResponseWriter, r *http.Request, err error) {
	key, status := "broken", http.StatusInternalServerError
	switch fault.ReasonOf(err) {
	case fault.PortalUnknown, fault.SessionUnknown, fault.Invalid, fault.CodeUnknown:
		key, status = "lost", http.StatusNotFound
	case fault.QueryOver:
		key, status = "unavailable", http.StatusGone
	case fault.NoRep:
		key, status = "no_rep", http.StatusServiceUnavailable
	case fault.TooManyAttempts:
		key, status = "busy", http.StatusTooManyRequests
	case fault.RelayStopping:
		status = http.StatusServiceUnavailable
	default:
		s.cfg.Logger.Error("a page failed", "page", r.Pattern, "err", err)
	}
	if status == http.StatusServiceUnavailable || status == http.StatusTooManyRequests {
		w.Header().Set("Retry-After", "60")
	}
	if err := s.message(w, r, status, "", key, "", "no_rep.again"); err != nil {
		s.cfg.Logger.Error("the page for a problem failed", "err", err)
		http.Error(w, fault.Sentence(err), http.StatusInternalServerError)
	}
}

func (s *Site) notFound(http.ResponseWriter, *http.Request) error {
	return fault.New(fault.PortalUnknown, nil)
}

// pollEvery is how often a browser without scripts renews a page that may change, in seconds.
const pollEvery = 5

// eventsFor bounds how long one stream of events is kept; the browser opens the next one by itself.
const eventsFor = 2 * time.Minute
