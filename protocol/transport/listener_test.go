package transport

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestListenRefuses(t *testing.T) {
	checkLeaks(t)
	identity := testIdentity(t)
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	tests := []struct {
		name   string
		config ListenConfig
	}{
		{"no identity", ListenConfig{TCP: []string{"127.0.0.1:0"}}},
		{"no address", ListenConfig{Identity: identity}},
		{"a bad TCP address", ListenConfig{Identity: identity, TCP: []string{"127.0.0.1:0", "127.0.0.1"}}},
		{"a bad UDP address", ListenConfig{Identity: identity, TCP: []string{"127.0.0.1:0"}, QUIC: []string{"127.0.0.1"}}},
		{"a port in use", ListenConfig{Identity: identity, QUIC: []string{"127.0.0.1:0"}, TCP: []string{taken.Addr().String()}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if l, err := Listen(t.Context(), test.config); err == nil {
				_ = l.Close()
				t.Error("it listens")
			}
		})
	}
}

func TestListenPairsPorts(t *testing.T) {
	identity := testIdentity(t)
	l, err := Listen(t.Context(), ListenConfig{
		Identity: identity, TCP: []string{"127.0.0.1:0", "127.0.0.1:0"}, QUIC: []string{"127.0.0.1:0", "127.0.0.1:0"},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for i := range 2 {
		if tcp, udp := l.TCPAddr()[i].String(), l.QUICAddr()[i].String(); tcp != udp {
			t.Errorf("address %d is %s on TCP and %s on UDP", i, tcp, udp)
		}
	}
}

func TestWeb(t *testing.T) {
	checkLeaks(t)
	s := newStage(t, true, true)
	page := &http.Server{
		ReadHeaderTimeout: handshakeTimeout,
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.WriteString(w, r.Proto)
		}),
	}
	served := make(chan error, 1)
	go func() { served <- page.Serve(s.listener.Web()) }()
	for _, protocol := range []string{"HTTP/1.1", "HTTP/2.0"} {
		client := &http.Transport{
			TLSClientConfig:   &tls.Config{RootCAs: rootsOf(s.identity), MinVersion: tls.VersionTLS13},
			ForceAttemptHTTP2: protocol == "HTTP/2.0",
		}
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://"+s.address()+"/", nil)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := client.RoundTrip(request)
		if err != nil {
			t.Fatal(err)
		}
		if text, err := io.ReadAll(answer.Body); err != nil || string(text) != protocol {
			t.Errorf("got %q, %v, want %s", text, err, protocol)
		}
		_ = answer.Body.Close()
		client.CloseIdleConnections()
	}
	wantRoundTrip(t, s.dial(t), LaneControl) // beside the pages
	if err := page.Close(); err != nil {
		t.Error(err)
	}
	if err := <-served; !errors.Is(err, http.ErrServerClosed) {
		t.Error(err)
	}
}

// TestPlainHTTP forgets the s in https.
func TestPlainHTTP(t *testing.T) {
	s := newStage(t, false, true)
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+s.address()+"/", nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if text, _ := io.ReadAll(answer.Body); answer.StatusCode != http.StatusBadRequest || !strings.Contains(string(text), "https://") {
		t.Errorf("got %d %q", answer.StatusCode, text)
	}
}

// TestBadPeers floods both doors with peers that say nothing, half a hello or garbage; a good one gets in all the same.
func TestBadPeers(t *testing.T) {
	checkLeaks(t)
	s := newStage(t, true, true)
	openings := [][]byte{nil, {22, 3, 1, 2, 0, 1}, []byte("\x00\x01garbage garbage garbage"), []byte("GET / HTTP/1.1\r\n\r\n")}
	for i := range maxHalfOpen + 20 {
		c, err := net.Dial("tcp", s.address())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if _, err := c.Write(openings[i%len(openings)]); err != nil {
			t.Logf("peer %d was cut off already: %v", i, err)
		}
	}
	udp, err := net.Dial("udp", s.address())
	if err != nil {
		t.Fatal(err)
	}
	defer udp.Close()
	packet := make([]byte, 1200)
	for i := range 200 {
		packet[0], packet[4], packet[5], packet[6] = 0xc0, 1, 8, byte(i) // an Initial with nothing right inside
		if _, err := udp.Write(packet); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second) // half of what a handshake may take
	defer cancel()
	for _, path := range paths {
		config := s.config()
		if path.name == "tcp" {
			d := &dialler{DialConfig: config, host: "127.0.0.1"}
			c, err := d.dialTCP(ctx, s.listener.TCPAddr()[0].(*net.TCPAddr).Port)
			if err != nil {
				t.Fatalf("tcp: %v", err)
			}
			defer c.Close()
			wantRoundTrip(t, c, LaneControl)
			continue
		}
		wantRoundTrip(t, mustDial(t, config), LaneControl)
	}
}

func TestHalfOpenMakesRoom(t *testing.T) {
	h := newHalfOpen(2)
	var ends [4]net.Conn
	var leave [4]func()
	for i := range ends {
		mine, other := net.Pipe()
		defer other.Close()
		ends[i] = other
		leave[i] = h.add(mine)
	}
	isOpen := func(i int) bool {
		_ = ends[i].SetReadDeadline(time.Unix(1, 0))
		_, err := ends[i].Read(make([]byte, 1))
		return !errors.Is(err, io.EOF)
	}
	for i, want := range []bool{false, false, true, true} {
		if isOpen(i) != want {
			t.Errorf("peer %d: open is %v", i, !want)
		}
	}
	leave[0]() // long gone
	leave[2]()
	leave[2]()
	if h.peers.Len() != 1 || h.evicted.Load() != 2 {
		t.Errorf("%d peers are left, %d were evicted", h.peers.Len(), h.evicted.Load())
	}
	h.closeAll()
	if isOpen(3) {
		t.Error("the last one is still open")
	}
}

func TestQUICHalfOpenIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &quicEar{}
		ctx, cancel := context.WithCancel(t.Context())
		for i := range maxHalfOpen {
			if _, err := e.enter(ctx, nil); err != nil {
				t.Fatalf("peer %d: %v", i, err)
			}
		}
		if _, err := e.enter(ctx, nil); !errors.Is(err, errTooManyHandshakes) {
			t.Errorf("one too many: %v", err)
		}
		cancel() // all of them end
		synctest.Wait()
		if half, refused := e.half.Load(), e.refused.Load(); half != 0 || refused != 1 {
			t.Errorf("%d are half-open after their end, %d were refused", half, refused)
		}
		next, err := e.enter(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		leave := next.Value(leaveKey{}).(func())
		leave()
		leave()
		if got := e.half.Load(); got != 0 {
			t.Errorf("%d are half-open after the handshake", got)
		}
	})
}

// TestSlowHandshakeEnds waits out peers that say nothing or stop half way, in a bubble.
func TestSlowHandshakeEnds(t *testing.T) {
	identity := testIdentity(t)
	for name, opening := range map[string][]byte{"silent": nil, "half a hello": {22, 3, 1, 2, 0, 1}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				mine, peer := net.Pipe()
				q := newQueue(nil)
				sinks := tcpSinks{lanes: q, web: q, logger: slog.New(slog.DiscardHandler)}
				began := time.Now()
				done := make(chan struct{})
				go func() {
					defer close(done)
					sinks.welcome(t.Context(), mine, &tls.Config{Certificates: []tls.Certificate{identity.certificate}, MinVersion: tls.VersionTLS13})
				}()
				if len(opening) > 0 {
					if _, err := peer.Write(opening); err != nil {
						t.Fatal(err)
					}
				}
				_, _ = io.Copy(io.Discard, peer)
				<-done
				if took := time.Since(began); took != handshakeTimeout {
					t.Errorf("it took %v", took)
				}
			})
		})
	}
}

func TestQueue(t *testing.T) {
	q := newQueue(&net.TCPAddr{})
	var ends []net.Conn
	for range queueLen + 1 {
		mine, other := net.Pipe()
		defer other.Close()
		ends = append(ends, other)
		q.push(mine)
	}
	closed := func(c net.Conn) bool {
		_ = c.SetReadDeadline(time.Unix(1, 0))
		_, err := c.Read(make([]byte, 1))
		return errors.Is(err, io.EOF)
	}
	if !closed(ends[queueLen]) || q.dropped.Load() != 1 {
		t.Errorf("the one too many: closed %v, %d dropped", closed(ends[queueLen]), q.dropped.Load())
	}
	accepted, err := q.Accept()
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(q.Close(), q.Close()); err != nil {
		t.Error(err)
	}
	if closed(ends[0]) || !closed(ends[1]) {
		t.Error("closing must end what waits and leave what was accepted")
	}
	if _, err := q.Accept(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("accept after close: %v", err)
	}
	mine, other := net.Pipe()
	defer other.Close()
	q.push(mine)
	if !closed(other) {
		t.Error("a connection for a closed queue was kept")
	}
	_ = accepted.Close()
}
