package web

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"deskhand/protocol/fault"
	"deskhand/protocol/invite"
	"deskhand/relay/internal/desk"
	"deskhand/relay/internal/store"
)

var (
	helpPortal = store.Portal{ID: 1, Slug: "help", Company: "Contoso", Name: "Help", Kind: store.KindQuestion}
	codePortal = store.Portal{ID: 2, Slug: "join", Company: "Contoso", Name: "Phone", Kind: store.KindCode}
)

const (
	onLinux   = "Mozilla/5.0 (X11; Linux x86_64) Chrome/156"
	onWindows = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/156"
	onPhone   = "Mozilla/5.0 (Linux; Android 16) Chrome/156 Mobile"
)

// TestM16States shows each state of the customer's pages with its own text and a next step.
func TestM16States(t *testing.T) {
	ready := desk.Place{State: desk.PlaceTaken, Portal: helpPortal, Rep: "Ana Ruiz", SessionID: "482113907", Code: "482113907"}
	for _, tt := range []struct {
		name, path, agent string
		online            int
		place             desk.Place
		status            int
		want              []string
		not               []string
	}{
		{"question", "/p/help", onLinux, 1, desk.Place{}, 200, []string{"How can we help?", `name="question"`, "Contoso"}, nil},
		{"M-02 nobody logged in", "/p/help", onLinux, 0, desk.Place{}, 200, []string{"No representative online", "reload this page", "/p/help"}, []string{`name="question"`}},
		{"code", "/p/join", onLinux, 0, desk.Place{}, 200, []string{"nine digits", `name="code"`}, nil},
		{
			"waiting", "/q/ticket", onLinux, 1,
			desk.Place{State: desk.PlaceWaiting, Portal: helpPortal, Position: 3},
			200,
			[]string{"Preparing to connect with your representative", "number 3 in the queue", "Click here", "<noscript>", "http-equiv=\"refresh\"", "deskhand://join?", "ticket=ticket", "/q/ticket/download", "no longer need help"},
			[]string{"data-launch"},
		},
		{
			"taken", "/q/ticket", onLinux, 1, ready, 200,
			[]string{"Ana Ruiz is ready to help you", "482 113 907", "data-launch", "deskhand://join?"},
			[]string{"no longer need help"},
		},
		{"M-16 unsupported", "/q/ticket", onPhone, 1, ready, 200, []string{"Unsupported operating system", "Windows, macOS and Linux"}, []string{"deskhand://"}},
		{"joined", "/q/ticket", onLinux, 1, desk.Place{State: desk.PlaceJoined, Portal: helpPortal, Rep: "Ana Ruiz"}, 200, []string{"You are connected", "data-events"}, nil},
		{"E-05 over", "/q/ticket", onLinux, 1, desk.Place{State: desk.PlaceOver, Portal: helpPortal}, 200, []string{"Session Over", "nobody can see your screen", "/p/help"}, nil},
		{"expired", "/q/ticket", onLinux, 1, desk.Place{State: desk.PlaceExpired, Portal: helpPortal}, 200, []string{"Representative not available", "Session Over", "/p/help"}, nil},
		{"withdrawn", "/q/ticket", onLinux, 1, desk.Place{State: desk.PlaceWithdrawn, Portal: helpPortal}, 200, []string{"withdrawn", "/p/help"}, nil},
		{"unknown ticket", "/q/other", onLinux, 1, desk.Place{}, 410, []string{"Representative not available"}, nil},
		{"unknown portal", "/p/nothing", onLinux, 1, desk.Place{}, 404, []string{"Page cannot be displayed", "Check the address"}, nil},
		{"no page", "/some/where", onLinux, 1, desk.Place{}, 404, []string{"Page cannot be displayed"}, nil},
		{"CM-08 code link", "/j/563-773-096", onLinux, 1, desk.Place{}, 200, []string{"code=563773096", "563 773 096", "data-launch", "/j/563773096/download"}, nil},
		{"used code link", "/j/111222333", onLinux, 1, desk.Place{}, 404, []string{"has been used"}, []string{"deskhand://"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			server, client, _ := serve(t, &fakeDesk{online: tt.online, place: tt.place, codes: map[string]error{
				"563773096": nil, "111222333": fault.New(fault.CodeUsed, nil),
			}})
			answer, body := get(t, client, server.URL+tt.path, tt.agent, "en")
			if answer.StatusCode != tt.status {
				t.Errorf("status %d, want %d", answer.StatusCode, tt.status)
			}
			for _, want := range tt.want {
				if !strings.Contains(body, want) {
					t.Errorf("no %q in\n%s", want, body)
				}
			}
			for _, not := range tt.not {
				if strings.Contains(body, not) {
					t.Errorf("%q in\n%s", not, body)
				}
			}
		})
	}
}

func TestM06Question(t *testing.T) {
	f := &fakeDesk{online: 1}
	server, client, _ := serve(t, f)
	for _, tt := range []struct {
		name   string
		form   url.Values
		status int
		want   string
	}{
		{"all", url.Values{"name": {" Jo  Brandt "}, "email": {"jo@example.com"}, "question": {"Printer <b>prints</b>\r\nblank"}}, 303, ""},
		{"no e-mail", url.Values{"name": {"Jo"}, "question": {"x"}}, 303, ""},
		{"no name", url.Values{"question": {"x"}}, 422, "tell us your name"},
		{"no question", url.Values{"name": {"Jo"}, "question": {"  "}}, 422, "need help with"},
		{"bad e-mail", url.Values{"name": {"Jo"}, "email": {"jo@"}, "question": {"<script>"}}, 422, "&lt;script&gt;"},
		{"too long", url.Values{"name": {"Jo"}, "question": {strings.Repeat("x", 2001)}}, 422, "too long"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			answer, body := post(t, client, server.URL+"/p/help?lang=de", tt.form)
			if answer.StatusCode != tt.status || !strings.Contains(body, tt.want) && tt.status == 200 {
				t.Errorf("status %d, want %d; body %s", answer.StatusCode, tt.status, body)
			}
			if tt.status == 303 && answer.Header.Get("Location") != "/q/ticket?lang=de" {
				t.Errorf("goes on to %q", answer.Header.Get("Location"))
			}
		})
	}
	if f.asked[0].Name != "Jo Brandt" || f.asked[0].Language != "de" || f.asked[0].Question != "Printer <b>prints</b>\r\nblank" {
		t.Errorf("asked %+v", f.asked[0])
	}
}

func TestM08CodeWithAndWithoutSeparators(t *testing.T) {
	server, client, _ := serve(t, &fakeDesk{codes: map[string]error{
		"563773096": nil, "111222333": fault.New(fault.CodeUsed, nil), "111222444": fault.New(fault.CodeExpired, nil),
	}})
	for _, tt := range []struct {
		name, typed string
		status      int
		want        string
	}{
		{"plain", "563773096", 303, "/j/563773096"},
		{"grouped", " 563 773 096 ", 303, "/j/563773096"},
		{"dashes", "563-773-096", 303, "/j/563773096"},
		{"short", "5637", 422, "has nine digits"},
		{"used", "111222333", 422, "has been used"},
		{"expired", "111 222 444", 422, "has expired"},
		{"unknown", "999999999", 422, "not known"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			answer, body := post(t, client, server.URL+"/p/join?lang=en", url.Values{"code": {tt.typed}})
			got := answer.Header.Get("Location") + body
			if answer.StatusCode != tt.status || !strings.Contains(got, tt.want) {
				t.Errorf("status %d, %q; want %d with %q", answer.StatusCode, got, tt.status, tt.want)
			}
		})
	}
}

// TestCodesCannotBeGuessed: whoever tries many codes is told to wait, in the form and in links alike.
func TestCodesCannotBeGuessed(t *testing.T) {
	server, client, _ := serve(t, &fakeDesk{})
	for range 200 {
		answer, body := get(t, client, server.URL+"/j/999999999", onLinux, "en")
		if answer.StatusCode == http.StatusTooManyRequests {
			if !strings.Contains(body, "Wait a minute") {
				t.Errorf("the page does not say what to do: %s", body)
			}
			if again, _ := post(t, client, server.URL+"/p/join", url.Values{"code": {"999999998"}}); again.StatusCode != http.StatusTooManyRequests {
				t.Errorf("the form still tries codes: %d", again.StatusCode)
			}
			return
		}
	}
	t.Error("200 wrong codes were tried")
}

func TestCrossOriginPostIsRefused(t *testing.T) {
	f := &fakeDesk{online: 1}
	server, client, _ := serve(t, f)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL+"/p/help", strings.NewReader("name=Jo&question=x"))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	if answer, _ := do(t, client, r); answer.StatusCode != http.StatusForbidden || len(f.asked) != 0 {
		t.Errorf("status %d, asked %v", answer.StatusCode, f.asked)
	}
}

func TestLanguages(t *testing.T) {
	server, client, _ := serve(t, &fakeDesk{online: 1})
	for _, tt := range []struct{ accept, query, want string }{
		{"de-AT,de;q=0.9,en;q=0.5", "", "de"},
		{"pt-PT", "", "pt-BR"},
		{"fr", "?lang=it", "it"},
		{"ja", "", "en"},
		{"", "?lang=xx", "en"},
	} {
		t.Run(tt.accept+tt.query, func(t *testing.T) {
			answer, body := get(t, client, server.URL+"/p/help"+tt.query, onLinux, tt.accept)
			if got := answer.Header.Get("Content-Language"); got != tt.want || !strings.Contains(body, `<html lang="`+tt.want+`"`) {
				t.Errorf("language %q, want %q", got, tt.want)
			}
		})
	}
}

// TestTextsAreComplete: every language has every key, the same placeholders, and no key is unused.
func TestTextsAreComplete(t *testing.T) {
	all, err := loadTexts()
	if err != nil {
		t.Fatal(err)
	}
	var used strings.Builder
	for _, pattern := range []string{"*.go", "templates/*.html"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			raw, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			used.Write(raw)
		}
	}
	holes := regexp.MustCompile(`\{\d\}`)
	for key, english := range all.byCode["en"].lines {
		stem, part, _ := strings.Cut(key, ".")
		if !strings.Contains(used.String(), `"`+key+`"`) && !((part == "title" || part == "text") && strings.Contains(used.String(), `"`+stem+`"`)) {
			t.Errorf("%q is not used", key)
		}
		for _, l := range languages {
			line, ok := all.byCode[l.code].lines[key]
			if !ok || line == "" {
				t.Errorf("%s lacks %q", l.code, key)
			}
			if len(holes.FindAllString(line, -1)) != len(holes.FindAllString(english, -1)) {
				t.Errorf("%s %q has other placeholders than English: %q", l.code, key, line)
			}
			if l.code != "en" && line == english && len(english) > 20 {
				t.Errorf("%s %q is English still", l.code, key)
			}
		}
	}
	for _, l := range languages {
		for key := range all.byCode[l.code].lines {
			if _, ok := all.byCode["en"].lines[key]; !ok {
				t.Errorf("%s has %q, which English lacks", l.code, key)
			}
		}
	}
}

func TestDownloadCarriesTheInvitation(t *testing.T) {
	f := &fakeDesk{place: desk.Place{State: desk.PlaceWaiting, Portal: helpPortal, Position: 1}}
	server, client, downloads := serve(t, f)
	if answer, body := get(t, client, server.URL+"/q/ticket/download", onWindows, "en"); answer.StatusCode != 404 || !strings.Contains(body, "no download for your system") {
		t.Errorf("without a program: %d %s", answer.StatusCode, body)
	}
	program := bytes.Repeat([]byte("MZ program "), 10_000)
	if err := os.WriteFile(filepath.Join(downloads, "deskhand-customer.exe"), program, 0o644); err != nil {
		t.Fatal(err)
	}
	answer, body := get(t, client, server.URL+"/q/ticket/download", onWindows, "en")
	if !strings.HasPrefix(body, string(program)) || !strings.Contains(answer.Header.Get("Content-Disposition"), "deskhand-customer.exe") {
		t.Fatalf("got %d bytes, %v", len(body), answer.Header)
	}
	got, found, err := invite.ReadFrom(strings.NewReader(body), int64(len(body)))
	want := invite.Invite{Relay: "relay.example:443", Key: testKey, Ticket: "ticket"}
	if !found || err != nil || got != want {
		t.Errorf("the program holds %+v, %v, %v; want %+v", got, found, err, want)
	}
}

func TestEventsTellOfChanges(t *testing.T) {
	f := &fakeDesk{place: desk.Place{State: desk.PlaceWaiting, Portal: helpPortal, Position: 2}}
	server, client, _ := serve(t, f)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+"/q/ticket/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if kind := answer.Header.Get("Content-Type"); kind != "text/event-stream" {
		t.Fatalf("content type %q", kind)
	}
	read := func(want string) {
		t.Helper()
		buf := make([]byte, 256)
		n, err := answer.Body.Read(buf)
		if err != nil || !strings.Contains(string(buf[:n]), want) {
			t.Errorf("event %q, %v; want %q", buf[:n], err, want)
		}
	}
	read("data: 1-2\n")
	f.set(desk.Place{State: desk.PlaceTaken, Portal: helpPortal, Rep: "Ana Ruiz"})
	read("data: 2-0\n")
}

func TestHeadersAndAssets(t *testing.T) {
	server, client, _ := serve(t, &fakeDesk{online: 1})
	answer, body := get(t, client, server.URL+"/p/help", onLinux, "en")
	for name, want := range map[string]string{
		"Content-Security-Policy": "default-src 'none'", "Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff",
		"Cache-Control": "no-store", "Strict-Transport-Security": "max-age",
	} {
		if !strings.Contains(answer.Header.Get(name), want) {
			t.Errorf("%s: %q, want %q", name, answer.Header.Get(name), want)
		}
	}
	for _, path := range regexp.MustCompile(`/static/[0-9a-f]+/[a-z.]+`).FindAllString(body, -1) {
		if a, content := get(t, client, server.URL+path, onLinux, "en"); a.StatusCode != 200 || content == "" || !strings.Contains(a.Header.Get("Cache-Control"), "immutable") {
			t.Errorf("%s: %d %v", path, a.StatusCode, a.Header)
		}
	}
	if a, _ := get(t, client, server.URL+"/static/0000000000000000/portal.css", onLinux, "en"); a.StatusCode != 404 {
		t.Errorf("a wrong hash gives %d", a.StatusCode)
	}
}

// TestTextFilesAreFlat guards against a key that stands twice, which JSON would swallow.
func TestTextFilesAreFlat(t *testing.T) {
	for _, l := range languages {
		raw, err := textFiles.ReadFile("texts/" + l.code + ".json")
		if err != nil {
			t.Fatal(err)
		}
		seen := map[string]bool{}
		dec := json.NewDecoder(bytes.NewReader(raw))
		for depth, key := 0, true; ; {
			token, err := dec.Token()
			if err != nil {
				break
			}
			if _, ok := token.(json.Delim); ok {
				depth++
				continue
			}
			if key && seen[token.(string)] {
				t.Errorf("%s: %q stands twice", l.code, token)
			}
			if key {
				seen[token.(string)] = true
			}
			key = !key
		}
	}
}
