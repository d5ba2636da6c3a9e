package transport

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log/slog"
	"net"
	"sync"
	"time"
)

// tcpEar listens on one TCP address.
type tcpEar struct {
	listener net.Listener
	half     *halfOpen
	stop     chan struct{}
	running  sync.WaitGroup
}

// tcpSinks is where connections go, and who we are.
type tcpSinks struct {
	lanes, web *queue
	logger     *slog.Logger
	identity   Identity
}

func openTCP(ctx context.Context, address string) (*tcpEar, error) {
	// An app asks for a sign of life on each lane after keepAlivePeriod; these probes only begin when it did not.
	lc := net.ListenConfig{KeepAliveConfig: net.KeepAliveConfig{
		Enable: true, Idle: deadAfter - 4*time.Second, Interval: time.Second, Count: 3,
	}}
	listener, err := lc.Listen(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	return &tcpEar{listener: listener, half: newHalfOpen(maxHalfOpen), stop: make(chan struct{})}, nil
}

func (e *tcpEar) start(ctx context.Context, s tcpSinks) {
	config := &tls.Config{
		MinVersion:   tls.VersionTLS13,
		Certificates: []tls.Certificate{s.identity.certificate},
		NextProtos:   []string{protocolName, "h2", "http/1.1"},
	}
	e.running.Go(func() {
		pause := time.Duration(0)
		for {
			c, err := e.listener.Accept()
			if errors.Is(err, net.ErrClosed) {
				return
			}
			if err != nil { // no file left, or the peer is gone already: neither is a reason to stop
				pause = min(max(2*pause, 5*time.Millisecond), time.Second)
				s.logger.Warn("accepting a connection failed", "error", err, "pause", pause)
				if !e.sleep(pause) {
					return
				}
				continue
			}
			pause = 0
			leave := e.half.add(c)
			e.running.Go(func() {
				defer leave()
				s.welcome(ctx, c, config)
			})
		}
	})
}

func (e *tcpEar) sleep(d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-e.stop:
		return false
	}
}

func (e *tcpEar) close() error {
	close(e.stop)
	err := e.listener.Close()
	e.half.closeAll()
	e.running.Wait()
	return err
}

// welcome does the handshake and hands the connection on by what it asked for.
func (s tcpSinks) welcome(ctx context.Context, raw net.Conn, config *tls.Config) {
	setUserTimeout(raw, deadAfter-time.Second)
	ctx, cancel := context.WithTimeout(ctx, handshakeTimeout)
	defer cancel()
	c := tls.Server(raw, config)
	if err := c.HandshakeContext(ctx); err != nil {
		s.logger.Debug("a handshake failed", "peer", raw.RemoteAddr(), "error", err)
		explainPlain(err)
		_ = raw.Close()
		return
	}
	if c.ConnectionState().NegotiatedProtocol == protocolName {
		s.lanes.push(&acceptedLane{Conn: c})
		return
	}
	s.web.push(c)
}

const plainAnswer = "HTTP/1.0 400 Bad Request\r\nContent-Type: text/plain\r\n\r\nThis address needs https:// in front.\n"

// explainPlain answers a browser that spoke HTTP without TLS.
func explainPlain(err error) {
	var header tls.RecordHeaderError
	if !errors.As(err, &header) || header.Conn == nil {
		return
	}
	switch string(header.RecordHeader[:]) {
	case "GET /", "HEAD ", "POST ", "PUT /", "OPTIO":
		_ = header.Conn.SetWriteDeadline(time.Now().Add(time.Second))
		_, _ = io.WriteString(header.Conn, plainAnswer)
	}
}
