package x11

import (
	"encoding/binary"
	"io"
	"net"
	"strings"
	"testing"
)

func TestParseDisplay(t *testing.T) {
	for _, tt := range []struct {
		text string
		want address
		bad  bool
	}{
		{text: ":1", want: address{number: 1}},
		{text: ":12.3", want: address{number: 12, screen: 3}},
		{text: "unix:4", want: address{number: 4}},
		{text: "far.example:10.0", want: address{host: "far.example", number: 10}},
		{text: "tcp/far:1", want: address{host: "far", number: 1}},
		{text: "1", bad: true},
		{text: ":", bad: true},
		{text: ":-1", bad: true},
		{text: ":1.x", bad: true},
		{text: ":99999999", bad: true},
	} {
		t.Run(tt.text, func(t *testing.T) {
			got, err := parseDisplay(tt.text)
			if (err != nil) != tt.bad || !tt.bad && got != tt.want {
				t.Errorf("parseDisplay = %+v, %v", got, err)
			}
		})
	}
}

func record(family uint16, fields ...string) []byte {
	b := binary.BigEndian.AppendUint16(nil, family)
	for _, f := range fields {
		b = append(binary.BigEndian.AppendUint16(b, uint16(len(f))), f...)
	}
	return b
}

func TestFindCookie(t *testing.T) {
	secret := strings.Repeat("k", cookieSize)
	hexed := strings.Repeat("6b", cookieSize)
	file := append(record(familyLocal, "other", "1", cookieName, strings.Repeat("x", cookieSize)),
		record(familyLocal, "here", "1", "XDM-AUTHORIZATION-1", secret)...)
	file = append(file, record(familyLocal, "here", "1", cookieName, secret)...)
	for _, tt := range []struct {
		name         string
		file         []byte
		host, number string
		want         string
	}{
		{"ours", file, "here", "1", hexed},
		{"other number", file, "here", "2", ""},
		{"any number", record(familyLocal, "here", "", cookieName, secret), "here", "7", hexed},
		{"any host", record(familyWild, "", "3", cookieName, secret), "here", "3", hexed},
		{"by address", record(0, "\x7f\x00\x00\x01", "3", cookieName, secret), "127.0.0.1", "3", hexed},
		{"cut off", file[:len(file)-1], "here", "1", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := findCookie(tt.file, tt.host, tt.number); got != tt.want {
				t.Errorf("findCookie = %q, want %q", got, tt.want)
			}
		})
	}
}

func FuzzFindCookie(f *testing.F) {
	f.Add(record(familyLocal, "here", "1", cookieName, strings.Repeat("k", cookieSize)))
	f.Fuzz(func(t *testing.T, b []byte) {
		if got := findCookie(b, "here", "1"); got != "" && len(got) != 2*cookieSize {
			t.Errorf("a cookie of %d digits", len(got))
		}
	})
}

// wire is a connection that gives what a server sent.
type wire struct {
	net.Conn
	io.Reader
}

func (w wire) Read(p []byte) (int, error) { return w.Reader.Read(p) }

func message(kind, code byte, more int) []byte {
	b := make([]byte, packet+more)
	b[0], b[1] = kind, code
	binary.LittleEndian.PutUint32(b[4:], uint32(more/4))
	return b
}

func TestFilter(t *testing.T) {
	setup := make([]byte, setupHead+8)
	setup[0], setup[6] = 1, 2
	var stream []byte
	for _, m := range [][]byte{
		setup, message(typeReply, 0, 400), message(12, 0, 0), message(typeGeneric, 9, 64), message(typeError, 200, 0),
		message(typeError, 3, 0), message(typeReply, 0, 0),
	} {
		stream = append(stream, m...)
	}
	var events []int
	f := newFilter(wire{Reader: strings.NewReader(string(stream))}, func(b []byte) { events = append(events, len(b)) })
	got, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	want := setupHead + 8 + packet + 400 + packet + packet + packet
	if len(got) != want {
		t.Errorf("%d bytes passed, want %d", len(got), want)
	}
	if code := got[setupHead+8+packet+400+1]; code != badCore {
		t.Errorf("an extension's error passed with code %d", code)
	}
	if len(events) != 2 || events[0] != packet || events[1] != packet+64 {
		t.Errorf("events of %v bytes", events)
	}
}

func FuzzFilter(f *testing.F) {
	f.Add(append(make([]byte, setupHead), message(typeGeneric, 9, 64)...))
	f.Fuzz(func(t *testing.T, b []byte) {
		filtered := newFilter(wire{Reader: strings.NewReader(string(b))}, func(e []byte) {
			if len(e) < packet {
				t.Errorf("an event of %d bytes", len(e))
			}
		})
		if n, _ := io.Copy(io.Discard, filtered); n > int64(len(b)) {
			t.Errorf("%d bytes became %d", len(b), n)
		}
	})
}
