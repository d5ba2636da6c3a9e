package rpc

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/types/known/emptypb"

	"deskhand/protocol/fault"
	"deskhand/protocol/pb"
	"deskhand/relay/internal/ops"
)

// TestWhatCallersLearn: faults cross, anything else stays inside and is logged, a panic harms nobody else.
func TestWhatCallersLearn(t *testing.T) {
	for _, tt := range []struct {
		name    string
		handler func() error
		want    fault.Reason // empty: no error
		logs    string       // empty: nothing
		panics  int64
	}{
		{"nothing wrong", func() error { return nil }, "", "", 0},
		{"a fault", func() error { return fmt.Errorf("x: %w", fault.New(fault.QueryTaken, errors.New("secret"))) }, fault.QueryTaken, "", 0},
		{"something unexpected", func() error { return errors.New("secret") }, fault.Internal, "a call failed", 0},
		{"a caller who hung up", func() error { return context.Canceled }, fault.CannotConnect, "", 0},
		{"a panic", func() error { panic("secret") }, fault.Internal, "a call panicked", 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var logs bytes.Buffer
			g := &guard{cfg: Config{Metrics: ops.New(), Logger: slog.New(slog.NewTextHandler(&logs, nil))}}
			info := &grpc.UnaryServerInfo{FullMethod: pb.Desk_Login_FullMethodName}
			_, err := g.unary(t.Context(), &pb.LoginRequest{}, info, func(context.Context, any) (any, error) { return nil, tt.handler() })
			if got := fault.ReasonOf(fault.FromStatus(err)); got != tt.want {
				t.Errorf("got %v, want %q", err, tt.want)
			}
			if err != nil && strings.Contains(err.Error(), "secret") {
				t.Errorf("the caller learns %v", err)
			}
			if !strings.Contains(logs.String(), tt.logs) || (tt.logs == "") != (logs.Len() == 0) {
				t.Errorf("logged %q, want %q in it", logs.String(), tt.logs)
			}
			if got := g.cfg.Metrics.Panics.Load(); got != tt.panics {
				t.Errorf("%d panics are counted, want %d", got, tt.panics)
			}
		})
	}
}

func TestSizes(t *testing.T) {
	g := &guard{cfg: Config{Metrics: ops.New(), Logger: slog.New(slog.DiscardHandler)}}
	info := &grpc.UnaryServerInfo{FullMethod: pb.Desk_Login_FullMethodName}
	_, err := g.unary(t.Context(), &pb.LoginRequest{Login: strings.Repeat("x", maxOther)}, info, func(context.Context, any) (any, error) {
		t.Error("the call went through")
		return nil, nil
	})
	if !fault.Is(fault.FromStatus(err), fault.Invalid) {
		t.Errorf("got %v", err)
	}
	if err := checkSize(&emptypb.Empty{}, 0); err != nil {
		t.Errorf("nothing is too large: %v", err)
	}
}

func TestHeaderMustBeThereOnce(t *testing.T) {
	for _, tt := range []struct {
		name string
		md   metadata.MD
		want string
	}{
		{"none", metadata.MD{}, ""},
		{"one", metadata.Pairs("authorization", "a"), "a"},
		{"two", metadata.Pairs("authorization", "a", "authorization", "b"), ""},
	} {
		if got := header(metadata.NewIncomingContext(t.Context(), tt.md), "authorization"); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
	if got := network(t.Context()); got != "unknown" {
		t.Errorf("a caller without an address is %q", got)
	}
}
