package transport

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"deskhand/protocol/fault"
)

// DialConfig says where the relay is and how to know it.
type DialConfig struct {
	Address string // host:port, or host for port 443
	Trust   Trust
	// Proxy gives the HTTP proxy for a TCP address (host:port), or nil for a direct way. Nil itself: never a proxy.
	Proxy    func(address string) (*url.URL, error)
	TCPPorts []int        // further ports to try on TCP; nil: 8200 and 80 when the address has port 443, else none
	Logger   *slog.Logger // nil: none
}

const (
	defaultPort = 443

	quicHeadStart = 300 * time.Millisecond // before TCP starts
	quicGrace     = 300 * time.Millisecond // QUIC may arrive so much later than TCP and is still taken
	portStagger   = 250 * time.Millisecond // between one TCP port and the next
	familyStagger = 100 * time.Millisecond // between QUIC to one IP version and to the other
)

// Dial connects to a relay over the best path there is: QUIC, or TCP on one port after the other. Where UDP does not
// pass, TCP is taken as soon as it is ready and QUIC has had its grace.
//
// Faults: wrong_key when the peer on any path is not the one to trust; cannot_connect when no path leads to a relay,
// with the reasons as its cause, and when ctx ends first; invalid for what cannot be an address. ctx is for dialling
// only; the connection does not end with it.
func Dial(ctx context.Context, c DialConfig) (*Conn, error) {
	host, port, err := splitAddress(c.Address)
	if err != nil {
		return nil, err
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	d := &dialler{DialConfig: c, host: host}
	attempts := []attempt[*Conn]{{preferred: true, run: d.over("quic", port, d.dialQUIC)}}
	after := quicHeadStart
	for _, p := range c.tcpPorts(port) {
		attempts = append(attempts, attempt[*Conn]{after: after, run: d.over("tcp", p, d.dialTCP)})
		after += portStagger
	}
	won, err := race(ctx, quicGrace, attempts, discard)
	if err != nil {
		return nil, err
	}
	won.Lane(LaneControl).Connect() // so that the relay hears from the connection whatever it is used for
	return won, nil
}

func discard(late *Conn) { _ = late.Close() }

// dialler is one Dial.
type dialler struct {
	DialConfig
	host string
}

// dialPath dials the host on a port.
type dialPath func(ctx context.Context, port int) (*Conn, error)

// over makes an attempt out of a path: it ends in time, and its failure has a reason and names the path.
func (d *dialler) over(path string, port int, dial dialPath) func(context.Context) (*Conn, error) {
	return func(ctx context.Context) (*Conn, error) {
		ctx, cancel := context.WithTimeout(ctx, handshakeTimeout)
		defer cancel()
		c, err := dial(ctx, port)
		if err == nil {
			return c, nil
		}
		d.Logger.Debug("a path does not lead to the relay", "path", path, "port", port, "error", err)
		return nil, dialFault(fmt.Errorf("%s port %d: %w", path, port, err))
	}
}

// tcpPorts lists the ports to try on TCP, the address's own first.
func (c DialConfig) tcpPorts(own int) []int {
	further := c.TCPPorts
	if further == nil && own == defaultPort {
		further = []int{8200, 80}
	}
	ports := []int{own}
	for _, p := range further {
		if !slices.Contains(ports, p) {
			ports = append(ports, p)
		}
	}
	return ports
}

// CheckAddress tells whether Dial could take the address: fault.Invalid when not.
func CheckAddress(address string) error {
	_, _, err := splitAddress(address)
	return err
}

// splitAddress takes host, host:port, an IPv6 address with or without brackets, and [address]:port.
func splitAddress(address string) (host string, port int, err error) {
	host, portText, err := net.SplitHostPort(address)
	if err != nil { // no port, or an address full of colons
		host, portText = strings.Trim(address, "[]"), strconv.Itoa(defaultPort)
	}
	number, err := strconv.ParseUint(portText, 10, 16)
	if err != nil || number == 0 {
		return "", 0, fault.New(fault.Invalid, errors.New("address: the port is not a number from 1 to 65535"))
	}
	_, ipErr := netip.ParseAddr(host)
	if host == "" || strings.ContainsAny(host, " \t\r\n/\\?#@[]") || strings.Contains(host, ":") && ipErr != nil {
		return "", 0, fault.New(fault.Invalid, errors.New("address: there is no host name"))
	}
	return host, int(number), nil
}
