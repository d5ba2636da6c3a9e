// Package invite is what leads a customer's machine into a session: the relay's address, the fingerprint of its key, and
// a code or a ticket. It travels as a `deskhand:` link that a portal page offers, or at the end of a downloaded program,
// so that a double click is enough. Pure.
//
// An invitation comes from outside and is never trusted with a decision: it has no field for consent, and what it does
// not know it refuses.
package invite

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strconv"
	"strings"

	"deskhand/protocol/code"
	"deskhand/protocol/fault"
)

// Scheme is the link's scheme, which installers register for the customer app.
const Scheme = "deskhand"

const (
	maxLink   = 1024 // bytes
	maxHost   = 253  // bytes, of a DNS name
	maxTicket = 128  // bytes
	keyPrefix = "sha256:"
)

// Invite names a relay and what to join there. Exactly one of Code and Ticket is set, or neither when the person shall
// type a code.
type Invite struct {
	Relay  string    `json:"relay"`            // host:port
	Key    string    `json:"key,omitempty"`    // "sha256:" and 64 hex digits; empty: the system's certificate authorities
	Code   code.Code `json:"code,omitempty"`   // nine digits
	Ticket string    `json:"ticket,omitempty"` // base64url
}

// URL is the invitation as a link.
func (i Invite) URL() string {
	q := url.Values{"relay": {i.Relay}}
	for name, value := range map[string]string{"key": i.Key, "code": string(i.Code), "ticket": i.Ticket} {
		if value != "" {
			q.Set(name, value)
		}
	}
	return Scheme + "://join?" + q.Encode()
}

// Parse reads a link. Everything unknown, doubled or malformed is refused with fault.Invalid.
func Parse(link string) (Invite, error) {
	i, err := parse(link)
	if err != nil {
		return Invite{}, fault.New(fault.Invalid, fmt.Errorf("invitation: %w", err))
	}
	return i, nil
}

func parse(link string) (Invite, error) {
	if len(link) > maxLink {
		return Invite{}, errors.New("too long")
	}
	u, err := url.Parse(link)
	if err != nil {
		return Invite{}, errors.New("not a link")
	}
	if u.Scheme != Scheme || u.Host != "join" || u.User != nil || strings.Trim(u.Path, "/") != "" || u.Fragment != "" {
		return Invite{}, errors.New("not a link to join")
	}
	q, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return Invite{}, errors.New("malformed parameters")
	}
	var i Invite
	for name, values := range q {
		if len(values) != 1 {
			return Invite{}, fmt.Errorf("parameter %q stands twice", name)
		}
		switch name {
		case "relay":
			i.Relay = values[0]
		case "key":
			i.Key = values[0]
		case "code":
			i.Code = code.Code(values[0])
		case "ticket":
			i.Ticket = values[0]
		default:
			return Invite{}, errors.New("unknown parameter")
		}
	}
	return i.check()
}

// check normalises the code and refuses what cannot be right.
func (i Invite) check() (Invite, error) {
	if err := checkRelay(i.Relay); err != nil {
		return Invite{}, err
	}
	if i.Key != "" && !isKey(i.Key) {
		return Invite{}, errors.New("malformed key")
	}
	if i.Code != "" && i.Ticket != "" {
		return Invite{}, errors.New("both a code and a ticket")
	}
	if i.Code != "" {
		c, err := code.Parse(string(i.Code))
		if err != nil {
			return Invite{}, err
		}
		i.Code = c
	}
	if len(i.Ticket) > maxTicket || strings.Trim(i.Ticket, base64url) != "" {
		return Invite{}, errors.New("malformed ticket")
	}
	return i, nil
}

const base64url = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

func checkRelay(address string) error {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return errors.New("malformed relay address")
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
		return errors.New("malformed relay port")
	}
	if host == "" || len(host) > maxHost {
		return errors.New("malformed relay host")
	}
	if net.ParseIP(host) == nil && strings.Trim(strings.ToLower(host), "abcdefghijklmnopqrstuvwxyz0123456789-.") != "" {
		return errors.New("malformed relay host")
	}
	return nil
}

func isKey(key string) bool {
	digits, found := strings.CutPrefix(key, keyPrefix)
	return found && len(digits) == 64 && strings.Trim(digits, "0123456789abcdef") == ""
}

// A trailer is: JSON, its length as 4 bytes big endian, the magic. Programs for all systems run with it at their end.
const (
	magic      = "deskhand-invite1"
	maxTrailer = 2048 // bytes of JSON
)

// AppendTo writes the invitation as the trailer of a program that has just been written to w.
func (i Invite) AppendTo(w io.Writer) error {
	body, err := json.Marshal(i)
	if err != nil {
		return err
	}
	tail := binary.BigEndian.AppendUint32(body, uint32(len(body)))
	_, err = w.Write(append(tail, magic...))
	return err
}

// ReadFrom reads the trailer of a program of the given size. It gives false where there is none.
func ReadFrom(r io.ReaderAt, size int64) (Invite, bool, error) {
	end := make([]byte, 4+len(magic))
	if size < int64(len(end)) {
		return Invite{}, false, nil
	}
	if _, err := r.ReadAt(end, size-int64(len(end))); err != nil {
		return Invite{}, false, fmt.Errorf("read invitation: %w", err)
	}
	if string(end[4:]) != magic {
		return Invite{}, false, nil
	}
	n := int64(binary.BigEndian.Uint32(end))
	if n > maxTrailer || n > size-int64(len(end)) {
		return Invite{}, false, fault.New(fault.Invalid, errors.New("invitation: malformed trailer"))
	}
	body := make([]byte, n)
	if _, err := r.ReadAt(body, size-int64(len(end))-n); err != nil {
		return Invite{}, false, fmt.Errorf("read invitation: %w", err)
	}
	var i Invite
	if err := json.Unmarshal(body, &i); err != nil {
		return Invite{}, false, fault.New(fault.Invalid, fmt.Errorf("invitation: %w", err))
	}
	i, err := i.check()
	if err != nil {
		return Invite{}, false, fault.New(fault.Invalid, fmt.Errorf("invitation: %w", err))
	}
	return i, true, nil
}
