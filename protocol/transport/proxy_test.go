package transport

import (
	"bufio"
	"cmp"
	"context"
	"encoding/base64"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"deskhand/protocol/fault"
)

// proxy is an HTTP proxy that tunnels, or answers as it is told.
type proxy struct {
	listener net.Listener
	answer   string // sent instead of a tunnel
	running  sync.WaitGroup

	mu       sync.Mutex
	requests []*http.Request
}

func newProxy(t *testing.T, answer string) *proxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{listener: l, answer: answer}
	p.running.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			p.running.Go(func() { p.serve(c) })
		}
	})
	t.Cleanup(func() {
		_ = l.Close()
		p.running.Wait()
	})
	return p
}

func (p *proxy) url(user *url.Userinfo) func(string) (*url.URL, error) {
	return func(string) (*url.URL, error) {
		return &url.URL{Scheme: "http", User: user, Host: p.listener.Addr().String()}, nil
	}
}

func (p *proxy) serve(c net.Conn) {
	defer c.Close()
	reader := bufio.NewReader(c)
	request, err := http.ReadRequest(reader)
	if err != nil {
		return
	}
	p.mu.Lock()
	p.requests = append(p.requests, request)
	p.mu.Unlock()
	if p.answer != "" {
		_, _ = io.WriteString(c, p.answer)
		_, _ = io.Copy(io.Discard, reader) // until the dialler goes
		return
	}
	relay, err := net.Dial("tcp", request.Host)
	if err != nil {
		_, _ = io.WriteString(c, "HTTP/1.1 502 Bad Gateway\r\n\r\n")
		return
	}
	defer relay.Close()
	if _, err := io.WriteString(c, "HTTP/1.1 200 Connection established\r\n\r\n"); err != nil {
		return
	}
	var back sync.WaitGroup
	back.Go(func() {
		_, _ = io.Copy(c, relay)
		_ = c.Close()
	})
	_, _ = io.Copy(relay, reader)
	_ = relay.Close()
	back.Wait()
}

func TestProxy(t *testing.T) {
	checkLeaks(t)
	p := newProxy(t, "")
	s := newStage(t, false, true)
	config := s.config()
	config.Proxy = p.url(url.UserPassword("anna", "s3cret"))
	c := mustDial(t, config)
	for _, l := range allLanes() {
		wantRoundTrip(t, c, l)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.requests) != len(allLanes()) {
		t.Errorf("the proxy was asked %d times, want once for each lane", len(p.requests))
	}
	want := "Basic " + base64.StdEncoding.EncodeToString([]byte("anna:s3cret"))
	for _, r := range p.requests {
		if r.Method != http.MethodConnect || r.Host != s.address() || r.Header.Get("Proxy-Authorization") != want {
			t.Errorf("the proxy was asked %s %s %q", r.Method, r.Host, r.Header)
		}
	}
}

// TestNoProxyForThisAddress asks and gets none.
func TestNoProxyForThisAddress(t *testing.T) {
	s := newStage(t, false, true)
	config := s.config()
	asked := make(chan string, 8)
	config.Proxy = func(address string) (*url.URL, error) {
		asked <- address
		return nil, nil
	}
	wantRoundTrip(t, mustDial(t, config), LaneControl)
	if got := <-asked; got != s.address() {
		t.Errorf("asked for %s, want %s", got, s.address())
	}
}

func TestProxyFails(t *testing.T) {
	checkLeaks(t)
	direct := func(u *url.URL, err error) func(string) (*url.URL, error) {
		return func(string) (*url.URL, error) { return u, err }
	}
	user := url.UserPassword("anna", "s3cret")
	tests := []struct {
		name     string
		proxy    func(string) (*url.URL, error)
		reason   string
		patience time.Duration
	}{
		{"refuses", newProxy(t, "HTTP/1.1 407 Proxy Authentication Required\r\n\r\n").url(user), "407", 0},
		{"answers garbage", newProxy(t, "garbage\r\n\r\n").url(user), "malformed", 0},
		{"answers without end", newProxy(t, "HTTP/1.1 200 OK\r\nX: "+strings.Repeat("x", 2*maxProxyAnswer)).url(user), "EOF", 0},
		{"says more than it should", newProxy(t, "HTTP/1.1 200 OK\r\n\r\nmore").url(user), "more than its answer", 0},
		{"never answers", newProxy(t, " ").url(user), "deadline", 100 * time.Millisecond},
		{"is of an unknown kind", direct(&url.URL{Scheme: "socks5", User: user, Host: "127.0.0.1:1"}, nil), "socks5", 0},
		{"is away", direct(&url.URL{Scheme: "http", User: user, Host: freePort(t)}, nil), "refused", 0},
		{"speaks no TLS", direct(&url.URL{Scheme: "https", User: user, Host: newProxy(t, "HTTP/1.1 400 Bad\r\n\r\n").listener.Addr().String()}, nil), "EOF", 0},
		{"cannot be chosen", direct(nil, errors.New("bad proxy setting")), "bad proxy setting", 0},
	}
	s := newStage(t, false, true) // it could be reached directly, which must not be tried
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), cmp.Or(test.patience, handshakeTimeout))
			defer cancel()
			d := &dialler{DialConfig: s.config(), host: "127.0.0.1"}
			d.Proxy, d.Logger = test.proxy, slog.New(slog.DiscardHandler)
			c, err := d.over("tcp", s.listener.TCPAddr()[0].(*net.TCPAddr).Port, d.dialTCP)(ctx)
			if err == nil {
				_ = c.Close()
			}
			if !fault.Is(err, fault.CannotConnect) || !strings.Contains(err.Error(), test.reason) {
				t.Errorf("got %v, want %q", err, test.reason)
			}
			if err != nil && strings.Contains(err.Error(), "s3cret") {
				t.Errorf("the password is in %v", err)
			}
		})
	}
}
