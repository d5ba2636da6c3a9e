package mail

import (
	"bufio"
	"context"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"io"
	"mime"
	"mime/quotedprintable"
	"net"
	netmail "net/mail"
	"strings"
	"testing"
	"time"

	"deskhand/protocol/transport"
	"deskhand/relay/internal/account"
)

// server is a small SMTP server for one connection.
type server struct {
	net.Listener
	secret *tls.Config // offers STARTTLS
	refuse string      // the answer to RCPT TO, if it is to be refused
	got    chan string // what was sent: the commands, then the mail
}

func newServer(t *testing.T, secret *tls.Config, wrap ...func(net.Listener) net.Listener) *server {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range wrap {
		l = w(l)
	}
	s := &server{Listener: l, secret: secret, got: make(chan string, 1)}
	done := make(chan struct{})
	go func() {
		defer close(done)
		conn, err := l.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		s.got <- s.talk(conn)
	}()
	t.Cleanup(func() {
		l.Close()
		<-done
	})
	return s
}

// talk answers until the client has had enough, and gives all that it said.
func (s *server) talk(conn net.Conn) string {
	var said strings.Builder
	in := bufio.NewReader(conn)
	secure, inMail := false, false
	fmt.Fprint(conn, "220 test ESMTP\r\n")
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return said.String()
		}
		said.WriteString(line)
		command := strings.ToUpper(strings.TrimSpace(line))
		switch {
		case inMail && command == ".":
			inMail = false
			fmt.Fprint(conn, "250 taken\r\n")
		case inMail:
		case strings.HasPrefix(command, "EHLO") && s.secret != nil && !secure:
			fmt.Fprint(conn, "250-test\r\n250 STARTTLS\r\n")
		case strings.HasPrefix(command, "EHLO"):
			fmt.Fprint(conn, "250-test\r\n250 AUTH PLAIN\r\n")
		case command == "STARTTLS":
			fmt.Fprint(conn, "220 go on\r\n")
			conn = tls.Server(conn, s.secret)
			in, secure = bufio.NewReader(conn), true
		case strings.HasPrefix(command, "AUTH"):
			fmt.Fprint(conn, "235 welcome\r\n")
		case strings.HasPrefix(command, "RCPT") && s.refuse != "":
			fmt.Fprint(conn, s.refuse+"\r\n")
		case command == "DATA":
			inMail = true
			fmt.Fprint(conn, "354 go on\r\n")
		case command == "QUIT":
			fmt.Fprint(conn, "221 bye\r\n")
			return said.String()
		default:
			fmt.Fprint(conn, "250 ok\r\n")
		}
	}
}

// identity is a key of the server, and who trusts it.
func identity(t *testing.T) (server, client *tls.Config) {
	t.Helper()
	dir := t.TempDir()
	if _, err := transport.LoadIdentity(dir, rand.Reader, time.Now(), "127.0.0.1"); err != nil {
		t.Fatal(err)
	}
	pair, err := tls.LoadX509KeyPair(dir+"/relay.crt", dir+"/relay.key")
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(pair.Certificate[0])
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(leaf)
	return &tls.Config{Certificates: []tls.Certificate{pair}}, &tls.Config{RootCAs: pool, ServerName: "127.0.0.1"}
}

func letter() account.Mail {
	return account.Mail{To: "ann@acme.test", Subject: "Ihr Passwort – größer", Text: "Grüße,\nhttps://relay.example/reset/abc\n"}
}

func TestL07_MailArrivesWhole(t *testing.T) {
	secret, trust := identity(t)
	s := newServer(t, secret)
	sender, err := New(Config{Server: "smtp://relay@" + s.Addr().String(), Password: "Hidden-9", From: "desk@acme.test", TLS: trust})
	if err != nil {
		t.Fatal(err)
	}
	if err := sender.Send(t.Context(), letter()); err != nil {
		t.Fatal(err)
	}
	said := <-s.got
	clear, _, found := strings.Cut(said, "STARTTLS")
	if !found || strings.Contains(clear, "MAIL") || strings.Contains(clear, "AUTH") {
		t.Errorf("before STARTTLS it said %q", clear)
	}
	if want := base64.StdEncoding.EncodeToString([]byte("\x00relay\x00Hidden-9")); !strings.Contains(said, want) {
		t.Error("it did not log in")
	}
	_, data, _ := strings.Cut(said, "DATA\r\n")
	m, err := netmail.ReadMessage(strings.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	if err != nil || subject != letter().Subject || m.Header.Get("To") != "<ann@acme.test>" || m.Header.Get("From") != "<desk@acme.test>" {
		t.Errorf("header %v, %v", m.Header, err)
	}
	body, err := io.ReadAll(quotedprintable.NewReader(m.Body))
	if err != nil || !strings.HasPrefix(strings.ReplaceAll(string(body), "\r\n", "\n"), letter().Text) {
		t.Errorf("text %q, %v", body, err)
	}
}

func TestTLSFromTheStart(t *testing.T) {
	secret, trust := identity(t)
	s := newServer(t, nil, func(l net.Listener) net.Listener { return tls.NewListener(l, secret) })
	sender, err := New(Config{Server: "smtps://relay@" + s.Addr().String(), Password: "Hidden-9", From: "desk@acme.test", TLS: trust})
	if err != nil {
		t.Fatal(err)
	}
	if err := sender.Send(t.Context(), letter()); err != nil {
		t.Fatal(err)
	}
	if said := <-s.got; !strings.Contains(said, "AUTH") || !strings.Contains(said, "RCPT TO:<ann@acme.test>") {
		t.Errorf("said %q", said)
	}
}

func TestNoMailWithoutTLS(t *testing.T) {
	s := newServer(t, nil)
	sender, err := New(Config{Server: "smtp://" + s.Addr().String(), From: "desk@acme.test"})
	if err != nil {
		t.Fatal(err)
	}
	if err := sender.Send(t.Context(), letter()); err == nil {
		t.Error("sent over a connection that others can read")
	}
	if said := <-s.got; strings.Contains(said, "DATA") {
		t.Errorf("said %q", said)
	}
}

func TestPlainWhereWanted(t *testing.T) {
	s := newServer(t, nil)
	sender, err := New(Config{Server: "smtp+plain://" + s.Addr().String(), From: "desk@acme.test"})
	if err != nil {
		t.Fatal(err)
	}
	if err := sender.Send(t.Context(), letter()); err != nil {
		t.Fatal(err)
	}
	if said := <-s.got; !strings.Contains(said, "RCPT TO:<ann@acme.test>") {
		t.Errorf("said %q", said)
	}
}

func TestRefusals(t *testing.T) {
	s := newServer(t, nil)
	s.refuse = "550 nobody of that name"
	sender, err := New(Config{Server: "smtp+plain://" + s.Addr().String(), From: "desk@acme.test"})
	if err != nil {
		t.Fatal(err)
	}
	if err := sender.Send(t.Context(), letter()); err == nil || !strings.Contains(err.Error(), "nobody of that name") {
		t.Errorf("Send: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := sender.Send(ctx, letter()); err == nil {
		t.Error("sent after its context had ended")
	}
	for _, to := range []string{"", "nobody", "a@b.test\r\nBcc: c@d.test"} {
		if err := sender.Send(t.Context(), account.Mail{To: to}); err == nil {
			t.Errorf("sent to %q", to)
		}
	}
}

func TestSettings(t *testing.T) {
	for _, tt := range []struct {
		server, password, from string
		ok                     bool
	}{
		{"smtp://mail.test", "", "a@b.test", true},
		{"smtps://ann@mail.test:4650", "x", "a@b.test", true},
		{"smtp+plain://127.0.0.1", "", "a@b.test", true},
		{"smtp+plain://ann@127.0.0.1", "x", "a@b.test", false},
		{"smtp://ann@mail.test", "", "a@b.test", false},
		{"smtp://ann:secret@mail.test", "x", "a@b.test", false},
		{"mail.test", "", "a@b.test", false},
		{"http://mail.test", "", "a@b.test", false},
		{"smtp://mail.test/x", "", "a@b.test", false},
		{"smtp://mail.test", "", "", false},
		{"smtp://mail.test", "", "nobody", false},
	} {
		if _, err := New(Config{Server: tt.server, Password: tt.password, From: tt.from}); (err == nil) != tt.ok {
			t.Errorf("%+v: %v", tt, err)
		}
	}
}
