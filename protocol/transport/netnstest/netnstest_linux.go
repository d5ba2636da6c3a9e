// Package netnstest runs tests that change the system's network, in a namespace where nobody else sees it.
package netnstest

import (
	"errors"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// inside is set for a test that runs in a network namespace of its own.
const inside = "DESKHAND_TEST_NAMESPACE"

// In runs the calling test again, alone, in a network namespace of its own whose loopback is up, and reports whether this
// is that run. The namespace is gone with the run, and so are its packet filters.
func In(t *testing.T) bool {
	t.Helper()
	if os.Getenv(inside) != "" {
		Command(t, "", "ip", "link", "set", "lo", "up")
		return true
	}
	run := func(flags uintptr, mapping []syscall.SysProcIDMap) ([]byte, error) {
		again := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v", "-test.timeout=5m")
		again.Env = append(os.Environ(), inside+"=1")
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

// Command runs a program, whose failure is the test's.
func Command(t *testing.T, input, name string, args ...string) {
	t.Helper()
	c := exec.CommandContext(t.Context(), name, args...)
	c.Stdin = strings.NewReader(input)
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, out)
	}
}

// Addresses gives the loopback further IPv4 addresses.
func Addresses(t *testing.T, all ...string) {
	t.Helper()
	for _, a := range all {
		Command(t, "", "ip", "address", "add", a+"/32", "dev", "lo")
	}
}

// From makes the kernel choose an address of the loopback for what is sent to another one.
func From(t *testing.T, address, to string) {
	t.Helper()
	Command(t, "", "ip", "route", "replace", "table", "local", "local", to, "dev", "lo", "src", address)
}

// Cut lets the kernel throw away what comes from an IPv4 address or goes there, by a table of its own; Mend ends that.
func Cut(t *testing.T, table, address string) {
	t.Helper()
	Command(t, "table ip "+table+" { chain in { type filter hook input priority 0; ip saddr "+address+" drop; ip daddr "+
		address+" drop; }; }", "nft", "-f", "-")
}

// Mend ends what Cut has begun with a table.
func Mend(t *testing.T, table string) {
	t.Helper()
	Command(t, "", "nft", "delete", "table", "ip", table)
}
