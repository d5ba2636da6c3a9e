package e2e

import (
	"context"
	"sync"
	"time"

	"google.golang.org/grpc/metadata"

	"deskhand/apps/internal/link"
	"deskhand/protocol/pb"
	"deskhand/protocol/transport"
	"deskhand/protocol/version"
)

// account is a rep who is logged in.
type account struct {
	link  *link.Link
	token string
}

// login logs in the rep and makes the rep present.
func (w *world) login() account {
	w.t.Helper()
	a := account{link: w.dial()}
	reply, err := pb.NewDeskClient(w.conn(a.link).Lane(transport.LaneControl)).Login(w.t.Context(), &pb.LoginRequest{
		Login: repLogin, Password: repPassword, Hello: hello(),
	})
	if err != nil {
		w.t.Fatalf("the rep cannot log in: %v", err)
	}
	a.token = reply.GetToken()
	present := make(chan struct{})
	w.background("a rep's presence", func(ctx context.Context) error {
		for tell := sync.OnceFunc(func() { close(present) }); ctx.Err() == nil; {
			c, err := a.link.Conn(ctx)
			if err != nil {
				return err
			}
			if err := watchDesk(ctx, c, a.token, tell); ctx.Err() == nil {
				w.t.Logf("a rep's presence was interrupted: %v", err)
			}
			select {
			case <-c.Done():
			case <-ctx.Done():
			}
		}
		return nil
	})
	select {
	case <-present:
	case <-time.After(patience):
		w.t.Fatal("the rep is not shown what there is")
	}
	return a
}

// watchDesk is present at the relay until the connection ends.
func watchDesk(ctx context.Context, c *transport.Conn, token string, ready func()) error {
	stream, err := pb.NewDeskClient(c.Lane(transport.LaneControl)).Watch(calling(ctx, token, ""), &pb.WatchRequest{Available: true})
	if err != nil {
		return err
	}
	for {
		e, err := stream.Recv()
		if err != nil {
			return err
		}
		if e.GetReady() != nil {
			ready()
		}
	}
}

func hello() *pb.Hello { return &pb.Hello{Wire: version.Wire, Product: version.Product} }

// desk gives the rep's own calls.
func (w *world) desk(a account) (pb.DeskClient, context.Context) {
	w.t.Helper()
	return pb.NewDeskClient(w.conn(a.link).Lane(transport.LaneControl)), calling(w.t.Context(), a.token, "")
}

// calling is ctx with who is calling, and in which session if any.
func calling(ctx context.Context, token, sessionID string) context.Context {
	ctx = metadata.AppendToOutgoingContext(ctx, "authorization", "Bearer "+token)
	if sessionID != "" {
		ctx = metadata.AppendToOutgoingContext(ctx, "deskhand-session", sessionID)
	}
	return ctx
}

// code makes a code of nine digits.
func (w *world) code(a account, name string) string {
	w.t.Helper()
	client, ctx := w.desk(a)
	made, err := client.CreateCode(ctx, &pb.CreateCodeRequest{Name: name, Portal: portalOfCode})
	if err != nil {
		w.t.Fatalf("no code: %v", err)
	}
	return made.GetCode()
}

// join redeems a code.
func (w *world) join(l *link.Link, code string) (*pb.Admitted, error) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.t.Context(), patience)
	defer cancel()
	stream, err := pb.NewJoinClient(w.conn(l).Lane(transport.LaneControl)).Join(ctx, &pb.JoinRequest{Code: code, Hello: hello()})
	if err != nil {
		return nil, err
	}
	for {
		e, err := stream.Recv()
		if err != nil {
			return nil, err
		}
		if e.GetAdmitted() != nil {
			return e.GetAdmitted(), nil
		}
	}
}
