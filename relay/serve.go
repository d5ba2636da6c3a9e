package relay

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"time"

	"golang.org/x/sync/errgroup"
	"google.golang.org/grpc"

	"deskhand/protocol/fault"
	"deskhand/protocol/invite"
	"deskhand/protocol/transport"
	"deskhand/relay/internal/desk"
	"deskhand/relay/internal/limit"
	"deskhand/relay/internal/room"
	"deskhand/relay/internal/rpc"
	"deskhand/relay/internal/web"
)

const (
	stopWithin   = 3 * time.Second  // how long calls and pages may take to end once the relay stops
	headerWithin = 10 * time.Second // how long a browser may take to say what it wants
	idleFor      = 2 * time.Minute  // how long a browser's connection may be quiet
	maxHeader    = 16 << 10         // bytes
)

// servers are the parts that run while Serve does.
type servers struct {
	desk  *desk.Desk
	rooms *room.Rooms
	grpc  *grpc.Server
	http  *http.Server
}

// Serve runs the relay until ctx ends, which is its only good end, and gives everything back. Call it once.
func (r *Relay) Serve(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	s, err := r.assemble(ctx)
	if err != nil {
		return errors.Join(err, r.Close())
	}
	r.parts = s
	close(r.assembled)
	g.Go(func() error { return s.desk.Run(ctx) })
	g.Go(func() error { return r.accounts.Run(ctx) })
	g.Go(func() error { return unless(grpc.ErrServerStopped, s.grpc.Serve(r.listener.Lanes())) })
	g.Go(func() error { return unless(http.ErrServerClosed, s.http.Serve(r.listener.Web())) })
	g.Go(func() error {
		if err := s.rooms.Restore(ctx); err != nil && ctx.Err() == nil {
			return err
		}
		<-ctx.Done()
		s.stop(context.WithoutCancel(ctx))
		return nil
	})
	err = g.Wait()
	return errors.Join(err, r.Close())
}

// unless gives err, but not the one that a server ends with when it is stopped, be it before it has begun.
func unless(stopped, err error) error {
	if errors.Is(err, stopped) {
		return nil
	}
	return err
}

// assemble builds the parts. Desk and rooms tell each other of changed sessions, always by way of the bus.
func (r *Relay) assemble(ctx context.Context) (*servers, error) {
	s := &servers{}
	s.desk = desk.New(desk.Config{
		Store: r.store, Bus: r.bus, Accounts: r.accounts, Clock: r.cfg.Clock, Rand: r.cfg.Rand, Logger: r.cfg.Logger,
		Metrics: r.metrics, PublicURL: r.publicURL, OnSession: func(id string) { s.rooms.Refresh(id) },
	})
	s.rooms = room.New(ctx, room.Config{
		Store: r.store, Clock: r.cfg.Clock, Logger: r.cfg.Logger, Metrics: r.metrics, Tap: r.cfg.Tap,
		OnChanged: func(ctx context.Context, id string) {
			if err := s.desk.SessionChanged(ctx, id); err != nil {
				r.cfg.Logger.Error("nobody could be told of a changed session", "err", err)
			}
		},
	})
	codes := limit.Codes(r.cfg.Clock)
	services := rpc.Config{
		Desk: s.desk, Rooms: s.rooms, Accounts: r.accounts, Sessions: r.store, Logins: limit.Logins(r.cfg.Clock), Codes: codes,
		Logger: r.cfg.Logger, Metrics: r.metrics, PublicURL: r.publicURL,
	}
	s.grpc = grpc.NewServer(append(transport.ServerOptions(), rpc.Options(services)...)...)
	rpc.Register(s.grpc, services)
	site, err := web.New(web.Config{
		Desk: s.desk, Invite: invite.Invite{Relay: r.addr, Key: r.Fingerprint()},
		Downloads: filepath.Join(r.cfg.Dir, downloads), Posts: limit.Posts(r.cfg.Clock), Codes: codes, Logger: r.cfg.Logger,
	})
	if err != nil {
		return nil, fmt.Errorf("relay: pages: %w", err)
	}
	s.http = &http.Server{
		Handler: r.metrics.Handler(r.healthy, site.Handler()), ReadHeaderTimeout: headerWithin, IdleTimeout: idleFor,
		MaxHeaderBytes: maxHeader, ErrorLog: slog.NewLogLogger(r.cfg.Logger.Handler(), slog.LevelDebug),
		BaseContext: func(net.Listener) context.Context { return ctx }, // pages that wait end with the relay
	}
	return s, nil
}

// healthy asks the store for something that is never there.
func (r *Relay) healthy(q *http.Request) error {
	if _, err := r.store.PortalBySlug(q.Context(), ""); !fault.Is(err, fault.PortalUnknown) {
		return err
	}
	return nil
}

// stop lets everybody go: rooms and the desk have told their streams that the relay stops, so those end by themselves; who
// does not take notice in time is cut off.
func (s *servers) stop(ctx context.Context) {
	s.rooms.Close()
	ctx, cancel := context.WithTimeout(ctx, stopWithin)
	defer cancel()
	graceful := make(chan struct{})
	go func() {
		defer close(graceful)
		s.grpc.GracefulStop()
	}()
	if err := s.http.Shutdown(ctx); err != nil {
		_ = s.http.Close() // it has been asked nicely
	}
	select {
	case <-graceful:
	case <-ctx.Done():
		s.grpc.Stop()
		<-graceful
	}
	s.rooms.Wait()
}
