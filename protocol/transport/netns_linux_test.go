package transport

import (
	"errors"
	"net"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"deskhand/protocol/fault"
)

// insideNamespace is set for a test that runs in a network namespace of its own.
const insideNamespace = "DESKHAND_TEST_NAMESPACE"

// inNamespace runs the calling test again, alone, in a network namespace of its own whose loopback is up, and reports
// whether this is that run. The namespace is gone with the run, and so are its packet filters.
func inNamespace(t *testing.T) bool {
	t.Helper()
	if os.Getenv(insideNamespace) != "" {
		command(t, "", "ip", "link", "set", "lo", "up")
		return true
	}
	run := func(flags uintptr, mapping []syscall.SysProcIDMap) ([]byte, error) {
		again := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v", "-test.timeout=2m")
		again.Env = append(os.Environ(), insideNamespace+"=1")
		again.SysProcAttr = &syscall.SysProcAttr{Cloneflags: flags, UidMappings: mapping, Pdeathsig: syscall.SIGKILL}
		return again.CombinedOutput()
	}
	out, err := run(unix.CLONE_NEWNET, nil)
	if errors.Is(err, syscall.EPERM) { // not root: be root in a namespace of users
		out, err = run(unix.CLONE_NEWNET|unix.CLONE_NEWUSER, []syscall.SysProcIDMap{{HostID: os.Getuid(), Size: 1}})
	}
	if err != nil {
		t.Fatalf("in a namespace of its own: %v\n%s", err, out)
	}
	if !strings.Contains(string(out), "--- PASS: "+t.Name()) {
		t.Fatalf("it did not run in a namespace of its own:\n%s", out)
	}
	t.Logf("%s", out)
	return false
}

func command(t *testing.T, input, name string, args ...string) {
	t.Helper()
	c := exec.CommandContext(t.Context(), name, args...)
	c.Stdin = strings.NewReader(input)
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, out)
	}
}

// drop lets the namespace's kernel throw away every packet that comes and matches.
func drop(t *testing.T, match string) {
	t.Helper()
	command(t, "table inet deskhand { chain in { type filter hook input priority 0; "+match+" drop; }; }", "nft", "-f", "-")
}

// TestUDPBlocked must find TCP within two seconds, which is what the product promises.
func TestUDPBlocked(t *testing.T) {
	if !inNamespace(t) {
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
	if !inNamespace(t) {
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
	if !inNamespace(t) {
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
	if !inNamespace(t) {
		return
	}
	checkLeaks(t)
	addresses := []string{"10.8.0.1", "10.8.0.2", "10.8.0.3"}
	for _, a := range append(addresses, "10.9.0.1") {
		command(t, "", "ip", "address", "add", a+"/32", "dev", "lo")
	}
	settle := func(at int) {
		command(t, "", "ip", "route", "replace", "table", "local", "local", "10.9.0.1", "dev", "lo", "src", addresses[at])
	}
	settle(0)
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
			gone := addresses[at-1]
			command(t, "table ip moved"+gone[len(gone)-1:]+" { chain in { type filter hook input priority 0; ip saddr "+gone+" drop; ip daddr "+gone+" drop; }; }", "nft", "-f", "-")
			settle(at)
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
