package transport

import (
	"errors"
	"io"
	"net"
	"os"
	"testing"
	"time"
)

// streamPair is both ends of a lane without gRPC on it.
type streamPair struct {
	app, relay net.Conn
}

func newStreamPair(t *testing.T, quic, tcp bool) streamPair {
	t.Helper()
	s := &stage{identity: testIdentity(t)}
	s.listener = s.listen(t, quic, tcp, "127.0.0.1:0")
	t.Cleanup(func() {
		if err := s.listener.Close(); err != nil {
			t.Error(err)
		}
	})
	c := s.dial(t)
	app, err := c.carrier.open(t.Context(), LaneScreen)
	if err != nil {
		t.Fatal(err)
	}
	for {
		relay, err := s.listener.Lanes().Accept()
		if err != nil {
			t.Fatal(err)
		}
		if relay.RemoteAddr().String() == app.LocalAddr().String() || quic && streamOf(relay) == streamOf(app) {
			return streamPair{app, relay}
		}
	}
}

// streamOf tells the stream that a lane runs on.
func streamOf(c net.Conn) int64 {
	if a, ok := c.(*acceptedLane); ok {
		c = a.Conn
	}
	return int64(c.(*quicStream).StreamID())
}

func TestStreamCarriesBothWays(t *testing.T) {
	for _, path := range paths {
		t.Run(path.name, func(t *testing.T) {
			p := newStreamPair(t, path.quic, path.tcp)
			for _, way := range []struct{ from, to net.Conn }{{p.app, p.relay}, {p.relay, p.app}} {
				if _, err := io.WriteString(way.from, "hello"); err != nil {
					t.Fatal(err)
				}
				got := make([]byte, 5)
				if _, err := io.ReadFull(way.to, got); err != nil || string(got) != "hello" {
					t.Errorf("got %q, %v", got, err)
				}
			}
			for _, c := range []net.Conn{p.app, p.relay} {
				host, port, err := net.SplitHostPort(c.RemoteAddr().String())
				if err != nil || host != "127.0.0.1" || port == "0" {
					t.Errorf("the peer is at %v", c.RemoteAddr())
				}
			}
			if p.app.LocalAddr().String() == "" || p.relay.LocalAddr().String() == "" {
				t.Error("an end has no address")
			}
		})
	}
}

func TestStreamDeadlines(t *testing.T) {
	p := newStreamPair(t, true, false)
	past := time.Unix(1, 0)
	steps := []struct {
		name string
		set  func(time.Time) error
		do   func() error
	}{
		{"read", p.app.SetReadDeadline, func() error { _, err := p.app.Read(make([]byte, 1)); return err }},
		{"read by both", p.app.SetDeadline, func() error { _, err := p.app.Read(make([]byte, 1)); return err }},
		{"write", p.app.SetWriteDeadline, func() error { _, err := p.app.Write(make([]byte, 1)); return err }},
		{"write by both", p.app.SetDeadline, func() error { _, err := p.app.Write(make([]byte, 1)); return err }},
	}
	for _, step := range steps {
		if err := step.set(past); err != nil {
			t.Fatal(err)
		}
		err := step.do()
		var timeout net.Error
		if !errors.Is(err, os.ErrDeadlineExceeded) || !errors.As(err, &timeout) || !timeout.Timeout() {
			t.Errorf("%s after its deadline: %v", step.name, err)
		}
		if err := step.set(time.Time{}); err != nil {
			t.Fatal(err)
		}
	}
	waiting := make(chan error, 1)
	go func() {
		_, err := p.app.Read(make([]byte, 1))
		waiting <- err
	}()
	_ = p.app.SetReadDeadline(past)
	if err := <-waiting; !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("a waiting read: %v", err)
	}
}

// TestStreamCloseWakes closes a stream under a reader and a writer that wait.
func TestStreamCloseWakes(t *testing.T) {
	p := newStreamPair(t, true, false)
	read, wrote := make(chan error, 1), make(chan error, 1)
	go func() {
		_, err := p.app.Read(make([]byte, 1))
		read <- err
	}()
	begun := make(chan struct{})
	go func() {
		close(begun)
		_, err := p.app.Write(make([]byte, 32<<20)) // more than any window
		wrote <- err
	}()
	<-begun
	if _, err := io.ReadFull(p.relay, make([]byte, 1<<20)); err != nil { // so the write is under way
		t.Fatal(err)
	}
	if err := p.app.Close(); err != nil {
		t.Error(err)
	}
	if err := p.app.Close(); err != nil {
		t.Errorf("the second time: %v", err)
	}
	if err := <-read; err == nil {
		t.Error("the read gave no error")
	}
	if err := <-wrote; err == nil {
		t.Error("the write gave no error")
	}
	if _, err := p.app.Write([]byte("x")); !errors.Is(err, net.ErrClosed) {
		t.Errorf("a write after the end: %v", err)
	}
	if _, err := io.Copy(io.Discard, p.relay); err == nil {
		t.Error("the peer saw a proper end of something cut short")
	}
}

// TestStreamEndsProperly gives the peer all that was written, and then the end.
func TestStreamEndsProperly(t *testing.T) {
	for _, path := range paths {
		t.Run(path.name, func(t *testing.T) {
			p := newStreamPair(t, path.quic, path.tcp)
			sent := make([]byte, 300<<10)
			go func() {
				_, _ = p.app.Write(sent)
				_ = p.app.Close()
			}()
			if n, err := io.Copy(io.Discard, p.relay); n != int64(len(sent)) || err != nil {
				t.Errorf("the peer got %d bytes, %v, want %d", n, err, len(sent))
			}
			if err := p.relay.Close(); err != nil && path.quic {
				t.Error(err)
			}
		})
	}
}
