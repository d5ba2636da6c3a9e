package relay

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/types/known/emptypb"

	"deskhand/protocol/fault"
	"deskhand/protocol/pb"
	"deskhand/protocol/transport"
	"deskhand/relay/internal/account"
)

// bearerOf gives the token that a context carries.
func bearerOf(ctx context.Context) string {
	md, _ := metadata.FromOutgoingContext(ctx)
	return strings.TrimPrefix(md.Get("authorization")[0], "Bearer ")
}

// TestStrangersGetNowhere calls every method of every service without a token, with a made-up one, and with one that
// is good for something else.
func TestStrangersGetNowhere(t *testing.T) {
	s := newStage(t, 2, nil)
	_, rep, customer := s.session()
	other := s.console(1)
	session := customer.welcome.GetSession().GetSessionId()
	made, _, err := account.NewToken(rand.Reader)
	s.check(err)
	open := map[string]bool{pb.Desk_Login_FullMethodName: true, pb.Join_Join_FullMethodName: true}
	for _, service := range []grpc.ServiceDesc{pb.Desk_ServiceDesc, pb.Join_ServiceDesc, pb.Room_ServiceDesc} {
		var methods []string
		for _, m := range service.Methods {
			methods = append(methods, m.MethodName)
		}
		for _, m := range service.Streams {
			methods = append(methods, m.StreamName)
		}
		for _, name := range methods {
			method := "/" + service.ServiceName + "/" + name
			if open[method] {
				continue
			}
			room := service.ServiceName == pb.Room_ServiceDesc.ServiceName
			for _, tt := range []struct {
				name string
				ctx  context.Context
				want fault.Reason
			}{
				{"no token", metadata.AppendToOutgoingContext(s.ctx, "deskhand-session", session), fault.LoggedOut},
				{"a made-up token", s.as(made, session), fault.LoggedOut},
				{"no token but a word", s.as("", session), fault.LoggedOut},
				{"two tokens", metadata.AppendToOutgoingContext(s.as(other.token, session), "authorization", "Bearer "+made), fault.LoggedOut},
				{"a customer's token", s.as(bearerOf(customer.ctx), session), fault.LoggedOut},
				{"another rep's token", s.as(other.token, session), fault.SessionUnknown},
				{"no session", s.as(other.token, ""), fault.Invalid},
				{"an unknown session", s.as(other.token, "111111111"), fault.SessionUnknown},
				{"a customer's token for another session", s.as(bearerOf(customer.ctx), "111111111"), fault.LoggedOut},
			} {
				isCustomers := tt.name == "a customer's token"
				onlyRoom := tt.want == fault.SessionUnknown || tt.want == fault.Invalid
				if (room && isCustomers) || (!room && onlyRoom) {
					continue
				}
				s.wantFault(method+" with "+tt.name, call(tt.ctx, rep.conn, method), tt.want)
			}
		}
	}
}

// call makes a call that sends nothing but an empty message, whatever kind of method it is.
func call(ctx context.Context, c *transport.Conn, method string) error {
	stream, err := c.Lane(transport.LaneControl).NewStream(ctx, &grpc.StreamDesc{ServerStreams: true, ClientStreams: true}, method)
	if err != nil {
		return err
	}
	if err := stream.SendMsg(&emptypb.Empty{}); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	if err := stream.CloseSend(); err != nil {
		return err
	}
	return stream.RecvMsg(&emptypb.Empty{})
}

func TestRulesOfTheRoom(t *testing.T) {
	for _, tt := range []struct {
		name string
		rep  bool
		up   *pb.ControlUp
		want fault.Reason
	}{
		{"a customer asks to see itself", false, &pb.ControlUp{Message: &pb.ControlUp_AskSharing{AskSharing: &pb.AskSharing{}}}, fault.Forbidden},
		{"a rep consents for the customer", true, &pb.ControlUp{Message: &pb.ControlUp_Consent{Consent: &pb.Consent{See: true}}}, fault.Forbidden},
		{"a rep says yes for the customer", true, &pb.ControlUp{Message: &pb.ControlUp_AnswerSharing{AnswerSharing: &pb.AnswerSharing{Yes: true}}}, fault.Forbidden},
		{"a line that is too long", false, &pb.ControlUp{Message: &pb.ControlUp_Say{Say: &pb.Say{Text: strings.Repeat("x", 5000)}}}, fault.Invalid},
		{"a message that is too long", true, &pb.ControlUp{Message: &pb.ControlUp_Say{Say: &pb.Say{Text: strings.Repeat("x", 100<<10)}}}, fault.Invalid},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newStage(t, 1, nil)
			_, rep, customer := s.session()
			who, other := customer, rep
			if tt.rep {
				who, other = rep, customer
			}
			who.send(tt.up)
			s.wantFault("the lane", end(who.control.Recv), tt.want)
			other.say("still here")
			other.wait("still here", said("still here"))
		})
	}
}

// TestLogoutLeavesNoLane: whoever has taken a rep's token is out of every room once the rep has logged out.
func TestLogoutLeavesNoLane(t *testing.T) {
	s := newStage(t, 1, nil)
	console, rep, customer := s.session()
	_, err := console.desk.Logout(console.ctx(), &pb.LogoutRequest{})
	s.check(err)
	s.wantFault("the rep's lane", end(rep.control.Recv), fault.LoggedOut)
	customer.wait("the rep's loss", func(m *pb.ControlDown) bool { return m.GetAttendee().GetAway() })
}

// TestGarbage: what is no lane of ours neither harms the relay nor holds others up.
func TestGarbage(t *testing.T) {
	s := newStage(t, 1, nil)
	for _, tt := range []struct {
		name string
		dial func() (net.Conn, error)
	}{
		{"no TLS", func() (net.Conn, error) { return net.Dial("tcp", s.relay.Addr()) }},
		{"TLS and then noise", func() (net.Conn, error) {
			return tls.Dial("tcp", s.relay.Addr(), &tls.Config{NextProtos: []string{"deskhand/1"}, InsecureSkipVerify: true}) //nolint:gosec // a stranger
		}},
		{"UDP", func() (net.Conn, error) { return net.Dial("udp", s.relay.Addr()) }},
	} {
		c, err := tt.dial()
		s.check(err)
		for i := range 20 {
			if _, err := fmt.Fprintf(c, "GET / HTTP/9.9 \x00\xff garbage %d", i); err != nil {
				break
			}
		}
		defer c.Close()
	}
	for _, c := range []string{"", "12345678", "abcdefghi", strings.Repeat("9", 1000), "١٢٣٤٥٦٧٨٩"} {
		if _, err := s.join(s.dial(), &pb.JoinRequest{Code: c}); !fault.Is(err, fault.Invalid) && !fault.Is(err, fault.CodeUnknown) {
			t.Errorf("code %.20q: %v", c, err)
		}
	}
	s.session()
}

// TestGuessingCodesIsSlow: one network has few tries.
func TestGuessingCodesIsSlow(t *testing.T) {
	s := newStage(t, 1, nil)
	c := s.dial()
	for range 100 {
		if _, err := s.join(c, &pb.JoinRequest{Code: "123456789"}); fault.Is(err, fault.TooManyAttempts) {
			if _, err := s.join(c, &pb.JoinRequest{Ticket: "guess"}); !fault.Is(err, fault.TooManyAttempts) {
				t.Errorf("tickets may still be guessed: %v", err)
			}
			return
		}
	}
	t.Error("a hundred codes may be tried at once")
}

func TestOldPeers(t *testing.T) {
	s := newStage(t, 1, nil)
	c := s.dial()
	_, err := pb.NewDeskClient(c.Lane(transport.LaneControl)).Login(s.ctx, &pb.LoginRequest{Login: "rep0@contoso.example", Password: "x"})
	s.wantFault("login", err, fault.VersionsDiffer)
	stream, err := pb.NewJoinClient(c.Lane(transport.LaneControl)).Join(s.ctx, &pb.JoinRequest{Code: "123456789"})
	s.check(err)
	s.wantFault("join", end(stream.Recv), fault.VersionsDiffer)
	_, err = pb.NewDeskClient(c.Lane(transport.LaneControl)).Login(s.ctx, &pb.LoginRequest{Login: "rep0@contoso.example", Password: "x", Hello: hello()})
	s.wantFault("a wrong password", err, fault.InvalidPassword)
}
