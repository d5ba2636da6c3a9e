package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/metadata"

	"deskhand/protocol/fault"
	"deskhand/protocol/pb"
	"deskhand/protocol/transport"
	"deskhand/protocol/version"
)

// command runs a command to its end.
func command(ctx context.Context, in string, args ...string) (code int, out, errs string) {
	var stdout, stderr bytes.Buffer
	p := &program{in: strings.NewReader(in), out: &stdout, err: &stderr, clock: time.Now, rand: rand.Reader}
	code = p.main(ctx, args)
	return code, stdout.String(), stderr.String()
}

func TestMistakes(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	rep := func(more ...string) []string {
		return append([]string{"rep", "add", "-dir", dir, "-company", "Contoso", "-login", "ana@contoso.example", "-name", "Ana Ruiz"}, more...)
	}
	portal := func(more ...string) []string {
		return append([]string{"portal", "add", "-dir", dir, "-company", "Contoso", "-slug", "help", "-name", "Help"}, more...)
	}
	if code, _, errs := command(t.Context(), "Passw0rd!\n", rep("-login", "bo@contoso.example")...); code != 0 {
		t.Fatal(errs)
	}
	for _, tt := range []struct {
		name string
		args []string
		in   string
		code int
		says string
	}{
		{"nothing", nil, "", 2, "no command"},
		{"no such command", []string{"fly"}, "", 2, `no command "fly"`},
		{"half a command", []string{"rep"}, "", 2, "rep add"},
		{"no such option", []string{"serve", "-fly"}, "", 2, "-fly"},
		{"an argument too many", []string{"key", "-dir", dir, "more"}, "", 2, `"more"`},
		{"no folder", []string{"serve"}, "", 2, "-dir is missing"},
		{"a folder that is a file", []string{"serve", "-dir", file, "-tcp", "127.0.0.1:0"}, "", 1, "folder"},
		{"an address that is none", []string{"serve", "-dir", dir, "-quic", "", "-tcp", "nonsense"}, "", 1, "nonsense"},
		{"demo on a file", []string{"demo", "-dir", file}, "", 1, "folder"},
		{"rep without a login", []string{"rep", "add", "-dir", dir, "-company", "C", "-name", "A"}, "", 2, "-login is missing"},
		{"rep with an empty password", rep(), "\n", 1, "empty"},
		{"rep with a bad password", rep(), "password\n", 1, "8 to 32"},
		{"rep without a password file", rep("-password-file", filepath.Join(dir, "none")), "", 1, "cannot read the password"},
		{"rep with too many codes", rep("-max-codes", "9"), "", 2, "1 to 8"},
		{"rep for an unknown portal", rep("-portals", "none"), "Passw0rd!\n", 1, `no portal "none"`},
		{"rep a second time", rep("-login", "BO@contoso.example"), "Passw0rd!\n", 1, "already"},
		{"portal of no kind", portal("-kind", "fly"), "", 2, "none of question, button, match and code"},
		{"portal in a mode that does not fit", portal("-kind", "code", "-mode", "web"), "", 2, "cannot be in web mode"},
		{"portal for nobody", portal("-kind", "code", "-reps", "who@contoso.example"), "", 1, "who@contoso.example"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			code, _, errs := command(t.Context(), tt.in, tt.args...)
			if code != tt.code || !strings.Contains(errs, tt.says) || !strings.Contains(errs, "deskhand-relay: ") {
				t.Errorf("exit %d, want %d, saying %q, want %q in it", code, tt.code, errs, tt.says)
			}
			if strings.Contains(errs, "goroutine ") {
				t.Error("a stack trace")
			}
		})
	}
}

func TestHelp(t *testing.T) {
	for _, args := range [][]string{{"help"}, {"-h"}, {"serve", "-help"}, {"rep", "add", "-h"}} {
		if code, out, errs := command(t.Context(), "", args...); code != 0 || out == "" || errs != "" {
			t.Errorf("%v: exit %d, %q, %q", args, code, out, errs)
		}
	}
}

// demo is a demo that runs.
type demo struct {
	info demoInfo
	stop func() int
}

// start runs a program that goes on until it is stopped, and waits until it says the word.
func start(t *testing.T, word string, args ...string) (said string, stop func() int) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	out, in := io.Pipe()
	p := &program{in: strings.NewReader(""), out: in, err: in, clock: time.Now, rand: rand.Reader}
	code := make(chan int, 1)
	go func() {
		code <- p.main(ctx, args)
		in.Close()
	}()
	buf := make([]byte, 4096)
	for !strings.Contains(said, word) {
		n, err := out.Read(buf)
		said += string(buf[:n])
		if err != nil {
			cancel()
			t.Fatalf("%v ended with %d: %s", args, <-code, said)
		}
	}
	rest := make(chan string)
	go func() {
		b, _ := io.ReadAll(out)
		rest <- string(b)
	}()
	return said, func() int {
		cancel()
		last := <-rest
		ended := <-code
		if ended != 0 {
			t.Log(last)
		}
		return ended
	}
}

func startDemo(t *testing.T, dir string) demo {
	t.Helper()
	_, stop := start(t, "password in", "demo", "-dir", dir)
	name := filepath.Join(dir, demoFile)
	raw, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	d := demo{stop: stop}
	if err := json.Unmarshal(raw, &d.info); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(name); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%s is %v, %v", name, info.Mode(), err)
	}
	return d
}

// login logs in at a relay and gives the reply.
func login(t *testing.T, address, key, name, password string) (*pb.LoginReply, pb.DeskClient, error) {
	t.Helper()
	pinned, err := transport.ParseFingerprint(key)
	if err != nil {
		t.Fatal(err)
	}
	c, err := transport.Dial(t.Context(), transport.DialConfig{Address: address, Trust: transport.Trust{Key: &pinned}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	desk := pb.NewDeskClient(c.Lane(transport.LaneControl))
	reply, err := desk.Login(t.Context(), &pb.LoginRequest{Login: name, Password: password, Hello: &pb.Hello{Wire: version.Wire}})
	return reply, desk, fault.FromStatus(err)
}

// TestDemo runs the demo twice in one folder: accounts, passwords and the key stay.
func TestDemo(t *testing.T) {
	dir := t.TempDir()
	first := startDemo(t, dir)
	if len(first.info.Logins) != 2 || first.info.Logins[0].Login != "ana@contoso.example" || first.info.Logins[0].Name != "Ana Ruiz" {
		t.Errorf("logins %+v", first.info.Logins)
	}
	if first.info.Data != dir || !strings.HasSuffix(first.info.QuestionPortal, "/p/help") || !strings.HasSuffix(first.info.CodePortal, "/p/join") {
		t.Errorf("demo %+v", first.info)
	}
	if code := first.stop(); code != 0 {
		t.Errorf("exit %d", code)
	}
	second := startDemo(t, dir)
	defer second.stop()
	if second.info.Key != first.info.Key {
		t.Error("the key changed")
	}
	for i, l := range second.info.Logins {
		if l != first.info.Logins[i] {
			t.Errorf("login %d changed", i)
		}
		reply, desk, err := login(t, second.info.Relay, second.info.Key, strings.ToUpper(l.Login), l.Password)
		if err != nil {
			t.Fatal(err)
		}
		if reply.GetRep().GetScreenName() != l.Name || len(reply.GetPortals()) != 2 || reply.GetMaxCodes() != 8 ||
			reply.GetCodeLifetime().AsDuration() != time.Hour {
			t.Errorf("reply %v", reply)
		}
		ctx := metadata.AppendToOutgoingContext(t.Context(), "authorization", "Bearer "+reply.GetToken())
		if _, err := desk.Logout(ctx, &pb.LogoutRequest{}); err != nil {
			t.Error(err)
		}
		if _, err := desk.History(ctx, &pb.HistoryRequest{}); !fault.Is(fault.FromStatus(err), fault.LoggedOut) {
			t.Errorf("after logging out: %v", err)
		}
	}
	if left, err := filepath.Glob(filepath.Join(dir, "*.last")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}

// TestDemoForgotItsPasswords: when the file is lost, the accounts get new ones.
func TestDemoForgotItsPasswords(t *testing.T) {
	for _, tt := range []struct {
		name string
		lose func(file string) error
	}{
		{"removed", os.Remove},
		{"damaged", func(file string) error { return os.WriteFile(file, []byte("{"), 0o600) }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			first := startDemo(t, dir)
			first.stop()
			if err := tt.lose(filepath.Join(dir, demoFile)); err != nil {
				t.Fatal(err)
			}
			second := startDemo(t, dir)
			defer second.stop()
			l := second.info.Logins[0]
			if l.Password == first.info.Logins[0].Password {
				t.Error("the password is still the old one")
			}
			if _, _, err := login(t, second.info.Relay, second.info.Key, l.Login, l.Password); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestAddAndServe sets up a relay by hand.
func TestAddAndServe(t *testing.T) {
	dir := t.TempDir()
	password := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(password, []byte("Passw0rd!\r\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	run := func(in string, args ...string) string {
		t.Helper()
		code, out, errs := command(t.Context(), in, args...)
		if code != 0 {
			t.Fatalf("%v: exit %d: %s", args, code, errs)
		}
		return out
	}
	run("", "portal", "add", "-dir", dir, "-company", "Fabrikam", "-slug", "line", "-name", "Line", "-kind", "question", "-mode", "queue")
	run("", "rep", "add", "-dir", dir, "-company", "fabrikam", "-login", "Bo@Fabrikam.example", "-name", "Bo Li", "-screen-name", "Bo", "-password-file", password)
	run("", "portal", "add", "-dir", dir, "-company", "Fabrikam", "-slug", "digits", "-name", "Digits", "-kind", "code", "-control=false")
	run("Passw0rd?\n", "rep", "add", "-dir", dir, "-company", "Fabrikam", "-login", "cy@fabrikam.example", "-name", "Cy", "-portals", "digits")
	key := strings.TrimSpace(run("", "key", "-dir", dir))

	said, stop := start(t, "is ready", "serve", "-dir", dir, "-quic", "127.0.0.1:0", "-tcp", "127.0.0.1:0", "-log", "debug")
	if !strings.Contains(said, key) {
		t.Errorf("the relay has another key: %s", said)
	}
	_, address, _ := strings.Cut(said, "address=")
	address, _, _ = strings.Cut(address, " ")
	for _, tt := range []struct {
		login, password, portals string
	}{
		{"bo@fabrikam.example", "Passw0rd!", "Digits Line"},
		{"cy@fabrikam.example", "Passw0rd?", "Digits"},
	} {
		reply, _, err := login(t, address, key, tt.login, tt.password)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, p := range reply.GetPortals() {
			names = append(names, p.GetName())
		}
		if got := strings.Join(names, " "); got != tt.portals {
			t.Errorf("%s serves %q, want %q", tt.login, got, tt.portals)
		}
	}
	if code := stop(); code != 0 {
		t.Errorf("exit %d", code)
	}
	for _, name := range []string{"relay.db", "relay.key"} {
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Mode().Perm() != fs.FileMode(0o600) {
			t.Errorf("%s: %v %v", name, info, err)
		}
	}
}
