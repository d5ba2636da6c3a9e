package transport

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"testing"
	"time"

	"deskhand/protocol/fault"
)

func TestSplitAddress(t *testing.T) {
	tests := []struct {
		address, host string
		port          int // 0: refused
	}{
		{"relay.example", "relay.example", 443},
		{"relay.example:8443", "relay.example", 8443},
		{"192.0.2.1", "192.0.2.1", 443},
		{"192.0.2.1:1", "192.0.2.1", 1},
		{"2001:db8::1", "2001:db8::1", 443},
		{"[2001:db8::1]", "2001:db8::1", 443},
		{"[2001:db8::1]:65535", "2001:db8::1", 65535},
		{"[fe80::1%eth0]:443", "fe80::1%eth0", 443},
		{"", "", 0},
		{":443", "", 0},
		{"relay.example:", "", 0},
		{"relay.example:0", "", 0},
		{"relay.example:65536", "", 0},
		{"relay.example:-1", "", 0},
		{"relay.example:https", "", 0},
		{"https://relay.example", "", 0},
		{"https://relay.example:443", "", 0},
		{"relay.example/path", "", 0},
		{"relay example", "", 0},
		{"user@relay.example", "", 0},
		{"a:b:c", "", 0},
	}
	for _, test := range tests {
		t.Run(test.address, func(t *testing.T) {
			host, port, err := splitAddress(test.address)
			if test.port == 0 {
				if !fault.Is(err, fault.Invalid) || !fault.Is(CheckAddress(test.address), fault.Invalid) {
					t.Errorf("got %q, %d, %v, want it refused", host, port, err)
				}
				return
			}
			if err != nil || host != test.host || port != test.port {
				t.Errorf("got %q, %d, %v, want %q, %d", host, port, err, test.host, test.port)
			}
		})
	}
}

func FuzzSplitAddress(f *testing.F) {
	for _, seed := range []string{"relay.example:443", "[::1]:80", "::1", "[x]", "a:b:c", ":"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, address string) {
		host, port, err := splitAddress(address)
		if err != nil {
			return
		}
		again, samePort, err := splitAddress(net.JoinHostPort(host, strconv.Itoa(port)))
		if err != nil || again != host || samePort != port {
			t.Errorf("%q gives %q %d, which gives %q %d, %v", address, host, port, again, samePort, err)
		}
	})
}

func TestTCPPorts(t *testing.T) {
	tests := []struct {
		name string
		own  int
		more []int
		want []int
	}{
		{"the usual ones", 443, nil, []int{443, 8200, 80}},
		{"another port stands alone", 8443, nil, []int{8443}},
		{"none wanted", 443, []int{}, []int{443}},
		{"given", 8443, []int{80, 8443, 80}, []int{8443, 80}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := (DialConfig{TCPPorts: test.more}).tcpPorts(test.own); !slices.Equal(got, test.want) {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

func TestOnePerFamily(t *testing.T) {
	addr := netip.MustParseAddr
	tests := []struct {
		name     string
		in, want []netip.Addr
	}{
		{"both", []netip.Addr{addr("::1"), addr("::2"), addr("192.0.2.1"), addr("192.0.2.2")}, []netip.Addr{addr("::1"), addr("192.0.2.1")}},
		{"one", []netip.Addr{addr("192.0.2.1"), addr("192.0.2.2")}, []netip.Addr{addr("192.0.2.1")}},
		{"mapped", []netip.Addr{addr("::ffff:192.0.2.1"), addr("::1")}, []netip.Addr{addr("192.0.2.1"), addr("::1")}},
		{"none", nil, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := onePerFamily(test.in); !slices.Equal(got, test.want) {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

// freePort gives the address of a TCP and UDP port on which nobody listens.
func freePort(t *testing.T) string {
	t.Helper()
	l, err := Listen(t.Context(), ListenConfig{Identity: testIdentity(t), TCP: []string{"127.0.0.1:0"}, QUIC: []string{"127.0.0.1:0"}})
	if err != nil {
		t.Fatal(err)
	}
	address := l.TCPAddr()[0].String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	return address
}

// silentPort gives the address of a port that takes TCP connections and UDP packets and never says anything.
func silentPort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l.Addr().String()
}

func TestDialFails(t *testing.T) {
	checkLeaks(t)
	var pin Fingerprint
	t.Run("nobody there", func(t *testing.T) {
		_, err := Dial(t.Context(), DialConfig{Address: freePort(t), Trust: Trust{Key: &pin}})
		if !fault.Is(err, fault.CannotConnect) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("given up", func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		reason := errors.New("closed the window")
		time.AfterFunc(500*time.Millisecond, func() { cancel(reason) })
		_, err := Dial(ctx, DialConfig{Address: silentPort(t), Trust: Trust{Key: &pin}})
		if !fault.Is(err, fault.CannotConnect) || !errors.Is(err, reason) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("no such host", func(t *testing.T) {
		_, err := Dial(t.Context(), DialConfig{Address: "relay.invalid", Trust: Trust{Key: &pin}})
		if !fault.Is(err, fault.CannotConnect) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("no address", func(t *testing.T) {
		if _, err := Dial(t.Context(), DialConfig{}); !fault.Is(err, fault.Invalid) {
			t.Errorf("got %v", err)
		}
	})
}

// TestFallbackPort lets the address's own port be silent, so that one of the further ones must be found.
func TestFallbackPort(t *testing.T) {
	checkLeaks(t)
	s := newStage(t, false, true)
	config := s.config()
	config.Address = silentPort(t)
	config.TCPPorts = []int{s.listener.TCPAddr()[0].(*net.TCPAddr).Port}
	c := mustDial(t, config)
	if c.Path() != "tcp" {
		t.Errorf("path is %s", c.Path())
	}
	for _, l := range allLanes() {
		wantRoundTrip(t, c, l)
	}
}

// TestQUICFirst has both paths ready.
func TestQUICFirst(t *testing.T) {
	checkLeaks(t)
	s := newStage(t, true, true)
	if got := s.dial(t).Path(); got != "quic" {
		t.Errorf("path is %s", got)
	}
}
