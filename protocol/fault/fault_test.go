package fault

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

func TestCrossesGRPC(t *testing.T) {
	for _, r := range []Reason{
		Invalid, InvalidPassword, AccountInactive, TooManyAttempts, LoggedOut, Forbidden, VersionsDiffer, CannotConnect,
		WrongKey, QueryTaken, QueryOver, CodeUnknown, CodeUsed, CodeExpired, NameInUse, TooManyCodes, PortalUnknown, NoRep,
		SessionOver, SessionUnknown, SealBroken, TooSlow, RelayStopping, ScreenUnavailable, InputUnavailable,
		PasswordExpired, PasswordRule, SecondFactor, SecondFactorWrong, SeatsTaken, Displaced, TooManyChats, LinkExpired, Internal,
	} {
		t.Run(string(r), func(t *testing.T) {
			sent := ToStatus(fmt.Errorf("desk: %w", New(r, errors.New("secret detail"))))
			if strings.Contains(sent.Error(), "secret") {
				t.Errorf("the cause crossed the wire: %v", sent)
			}
			got := FromStatus(sent)
			if ReasonOf(got) != r {
				t.Errorf("reason %q came back as %q", r, ReasonOf(got))
			}
			if r != Internal && r.Sentence() == Internal.Sentence() {
				t.Errorf("%q has no sentence of its own", r)
			}
		})
	}
}

func TestReasonOf(t *testing.T) {
	for _, tt := range []struct {
		name string
		err  error
		want Reason
	}{
		{"nil", nil, ""},
		{"plain", errors.New("x"), Internal},
		{"unreachable", status.Error(codes.Unavailable, "x"), CannotConnect},
		{"too late", context.DeadlineExceeded, CannotConnect},
		{"foreign status", status.Error(codes.NotFound, "x"), Internal},
		{"wrapped", fmt.Errorf("a: %w", New(CodeUsed, nil)), CodeUsed},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := ReasonOf(tt.err); got != tt.want {
				t.Errorf("ReasonOf = %q, want %q", got, tt.want)
			}
		})
	}
}

func TestFromStatusKeepsEOF(t *testing.T) {
	if got := FromStatus(io.EOF); got != io.EOF {
		t.Errorf("FromStatus(io.EOF) = %v", got)
	}
}

func TestIsComparesReasons(t *testing.T) {
	err := fmt.Errorf("x: %w", New(QueryTaken, errors.New("y")))
	if !errors.Is(err, New(QueryTaken, nil)) || errors.Is(err, New(QueryOver, nil)) {
		t.Error("errors.Is does not compare reasons")
	}
}
