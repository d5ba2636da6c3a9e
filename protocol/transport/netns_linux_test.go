package transport

import (
	"fmt"
	"net"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/wrapperspb"

	"deskhand/protocol/fault"
	"deskhand/protocol/transport/netnstest"
)

// drop lets the namespace's kernel throw away every packet that comes and matches.
func drop(t *testing.T, match string) {
	t.Helper()
	netnstest.Command(t, "table inet deskhand { chain in { type filter hook input priority 0; "+match+" drop; }; }", "nft", "-f", "-")
}

// TestUDPBlocked must find TCP within two seconds, which is what the product promises.
func TestUDPBlocked(t *testing.T) {
	if !netnstest.In(t) {
		return
	}
	checkLeaks(t)
	drop(t, "meta l4proto udp")
	s := newStage(t, true, true)
	began := time.Now()
	c := mustDial(t, s.config())
	took := time.Since(began)
	t.Logf("dialling took %v", took)
	if c.Path() != "tcp" || took >= 2*time.Second {
		t.Errorf("path %s after %v, want tcp in under 2 s", c.Path(), took)
	}
	for _, l := range allLanes() {
		wantRoundTrip(t, c, l)
	}
}

// TestBlockedWrongKey must not take an impostor on TCP for a network that does not work.
func TestBlockedWrongKey(t *testing.T) {
	if !netnstest.In(t) {
		return
	}
	drop(t, "meta l4proto udp")
	s := newStage(t, true, true)
	config := s.config()
	config.Trust = Trust{Key: &Fingerprint{1}}
	if _, err := Dial(t.Context(), config); !fault.Is(err, fault.WrongKey) {
		t.Errorf("got %v", err)
	}
}

// TestCutNetwork pulls the cable from under a connection on TCP: both ends must notice in time. On QUIC, where it takes
// longer, TestDeadPeerIsNoticed does so with a clock of its own.
func TestCutNetwork(t *testing.T) {
	t.Parallel()
	if !netnstest.In(t) {
		return
	}
	checkLeaks(t)
	relay := newStage(t, false, true)
	c := relay.dial(t)
	wantRoundTrip(t, c, LaneScreen)
	if _, err := openStream(t.Context(), c.Lane(LaneControl), "Deaf"); err != nil {
		t.Fatal(err)
	}
	wantRoundTrip(t, c, LaneControl) // so that the call has arrived
	drop(t, "")
	cut := time.Now()
	<-c.Done()
	took := time.Since(cut)
	t.Logf("the app noticed after %v", took)
	if took > deadAfter || !fault.Is(c.Err(), fault.CannotConnect) {
		t.Errorf("the app noticed after %v: %v", took, c.Err())
	}
	<-relay.left
	took = time.Since(cut)
	t.Logf("the relay noticed after %v", took)
	if took > deadAfter {
		t.Errorf("the relay noticed after %v", took)
	}
}

// TestMoveOnThisSystem takes the app's address away in the middle of a call, and then another one, with the system's own
// sockets.
func TestMoveOnThisSystem(t *testing.T) {
	t.Parallel()
	if !netnstest.In(t) {
		return
	}
	checkLeaks(t)
	addresses := []string{"10.8.0.1", "10.8.0.2", "10.8.0.3"}
	netnstest.Addresses(t, append(addresses, "10.9.0.1")...)
	netnstest.From(t, addresses[0], "10.9.0.1")
	s := &stage{identity: testIdentity(t), arrived: make(chan net.Addr, 64), left: make(chan net.Addr, 8)}
	s.listener = s.listen(t, true, false, "0.0.0.0:0")
	s.serve(t, s.listener)
	config := s.config()
	_, port, err := net.SplitHostPort(config.Address)
	if err != nil {
		t.Fatal(err)
	}
	config.Address = net.JoinHostPort("10.9.0.1", port)
	c := mustDial(t, config)
	call, err := openStream(t.Context(), c.Lane(LaneScreen), "Echo")
	if err != nil {
		t.Fatal(err)
	}
	for at := range addresses {
		if at > 0 {
			netnstest.Cut(t, fmt.Sprint("moved", at), addresses[at-1])
			netnstest.From(t, addresses[at], "10.9.0.1")
		}
		began := time.Now()
		message := wrapperspb.Bytes(make([]byte, 100<<10))
		if err := call.SendMsg(message); err != nil {
			t.Fatal(err)
		}
		if err := call.RecvMsg(message); err != nil {
			t.Fatal(err)
		}
		took := time.Since(began)
		t.Logf("at %s an answer came after %v", addresses[at], took)
		if took > 3*time.Second {
			t.Errorf("at %s an answer came after %v", addresses[at], took)
		}
		for began := time.Now(); time.Since(began) < 3*time.Second; { // it must have settled where it is
			wantRoundTrip(t, c, LaneInput)
		}
	}
}
