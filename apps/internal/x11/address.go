package x11

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// address is a display: host, number and screen.
type address struct {
	host           string // empty means this machine's socket
	number, screen int
}

func parseDisplay(text string) (address, error) {
	if text == "" {
		text = os.Getenv("DISPLAY")
	}
	if text == "" {
		return address{}, fmt.Errorf("there is no display")
	}
	colon := strings.LastIndexByte(text, ':')
	if colon < 0 {
		return address{}, fmt.Errorf("%q is not a display", text)
	}
	number, screen, found := strings.Cut(text[colon+1:], ".")
	a := address{host: strings.TrimPrefix(text[:colon], "tcp/")}
	if a.host == "unix" {
		a.host = ""
	}
	var err error
	if a.number, err = strconv.Atoi(number); err != nil || a.number < 0 || a.number > 0xffff-6000 {
		return address{}, fmt.Errorf("%q is not a display", text)
	}
	if found {
		if a.screen, err = strconv.Atoi(screen); err != nil || a.screen < 0 {
			return address{}, fmt.Errorf("%q is not a display", text)
		}
	}
	return a, nil
}

func (a address) dial() (net.Conn, error) {
	d := net.Dialer{Timeout: patience}
	if a.host != "" {
		return d.Dial("tcp", net.JoinHostPort(a.host, strconv.Itoa(6000+a.number)))
	}
	path := "/tmp/.X11-unix/X" + strconv.Itoa(a.number)
	c, err := d.Dial("unix", path)
	if err != nil {
		if abstract, abstractErr := d.Dial("unix", "@"+path); abstractErr == nil {
			return abstract, nil
		}
	}
	return c, err
}

// cookie looks the display up in the person's authority file; it is empty when there is none.
func (a address) cookie() string {
	path := os.Getenv("XAUTHORITY")
	if path == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			return ""
		}
		path = filepath.Join(home, ".Xauthority")
	}
	entries, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	host := a.host
	if host == "" || host == "localhost" {
		host, _ = os.Hostname()
	}
	return findCookie(entries, host, strconv.Itoa(a.number))
}

const (
	familyLocal = 256
	familyWild  = 65535
	cookieName  = "MIT-MAGIC-COOKIE-1"
	cookieSize  = 16
)

// findCookie looks through the records of an authority file: family, then address, display number, name and data,
// each with a length before it, all integers of 16 bits in big endian.
func findCookie(b []byte, host, number string) string {
	for len(b) >= 2 {
		family := binary.BigEndian.Uint16(b)
		b = b[2:]
		var fields [4][]byte
		for i := range fields {
			if len(b) < 2 || len(b)-2 < int(binary.BigEndian.Uint16(b)) {
				return ""
			}
			n := 2 + int(binary.BigEndian.Uint16(b))
			fields[i], b = b[2:n], b[n:]
		}
		ours := family == familyWild || family == familyLocal && string(fields[0]) == host || matchesIP(family, fields[0], host)
		if ours && (len(fields[1]) == 0 || string(fields[1]) == number) &&
			string(fields[2]) == cookieName && len(fields[3]) == cookieSize {
			return hex.EncodeToString(fields[3])
		}
	}
	return ""
}

// matchesIP is for displays that are reached by an address: family 0 is IPv4, 6 is IPv6.
func matchesIP(family uint16, addr []byte, host string) bool {
	ip := net.ParseIP(host)
	return (family == 0 || family == 6) && ip != nil && net.IP(addr).Equal(ip)
}
