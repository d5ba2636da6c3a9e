package web

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"deskhand/protocol/fault"
	"deskhand/protocol/invite"
	"deskhand/relay/internal/desk"
	"deskhand/relay/internal/limit"
	"deskhand/relay/internal/store"
)

// fakeDesk answers as a test says.
type fakeDesk struct {
	mu      sync.Mutex
	online  int
	asked   []desk.Ask
	place   desk.Place
	changed chan struct{}
	codes   map[string]error
}

func (f *fakeDesk) Portal(_ context.Context, slug string) (store.Portal, error) {
	switch slug {
	case "help":
		return helpPortal, nil
	case "join":
		return codePortal, nil
	default:
		return store.Portal{}, fault.New(fault.PortalUnknown, nil)
	}
}

func (f *fakeDesk) RepsOnline(context.Context, int64) (int, error) { return f.online, nil }

func (f *fakeDesk) Post(_ context.Context, _ store.Portal, a desk.Ask) (desk.Posted, error) {
	if f.online == 0 {
		return desk.Posted{}, fault.New(fault.NoRep, nil)
	}
	f.asked = append(f.asked, a)
	return desk.Posted{SessionID: "482113907", Ticket: "ticket"}, nil
}

func (f *fakeDesk) Place(_ context.Context, ticket string) (desk.Place, <-chan struct{}, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if ticket != "ticket" {
		return desk.Place{}, nil, fault.New(fault.QueryOver, nil)
	}
	return f.place, f.changed, nil
}

// set changes the place and tells who waits.
func (f *fakeDesk) set(p desk.Place) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.place = p
	close(f.changed)
	f.changed = make(chan struct{})
}

func (f *fakeDesk) Withdraw(context.Context, string) error {
	f.set(desk.Place{State: desk.PlaceWithdrawn, Portal: helpPortal})
	return nil
}

func (f *fakeDesk) CheckCode(_ context.Context, c string) (store.Portal, error) {
	err, known := f.codes[c]
	if !known {
		err = fault.New(fault.CodeUnknown, nil)
	}
	return codePortal, err
}

var testKey = "sha256:" + strings.Repeat("ab", 32)

func serve(t *testing.T, f *fakeDesk) (*httptest.Server, *http.Client, string) {
	t.Helper()
	if f.changed == nil {
		f.changed = make(chan struct{})
	}
	downloads := t.TempDir()
	now := func() time.Time { return time.Unix(1_800_000_000, 0) }
	site, err := New(Config{
		Desk: f, Invite: invite.Invite{Relay: "relay.example:443", Key: testKey}, Downloads: downloads,
		Posts: limit.Posts(now), Codes: limit.Codes(now),
	})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(site.Handler())
	t.Cleanup(server.Close)
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return server, client, downloads
}

// get fetches a page as a browser on a system would.
func get(t *testing.T, c *http.Client, address, agent, language string) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("User-Agent", agent)
	r.Header.Set("Accept-Language", language)
	return do(t, c, r)
}

func post(t *testing.T, c *http.Client, address string, form url.Values) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return do(t, c, r)
}

func do(t *testing.T, c *http.Client, r *http.Request) (*http.Response, string) {
	t.Helper()
	answer, err := c.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer, string(body)
}
