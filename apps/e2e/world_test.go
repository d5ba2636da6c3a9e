package e2e

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"deskhand/apps/internal/link"
	"deskhand/apps/internal/session"
	"deskhand/protocol/transport"
	"deskhand/relay"
)

const (
	// patience is how long anything may take before a test gives up on it. Nothing waits for it to pass.
	patience = 20 * time.Second

	loopback     = "127.0.0.1:0"
	repLogin     = "ana@contoso.example"
	repPassword  = "Quiet-Harbour-7"
	portalOfCode = "join"
)

// way is how sides reach the relay.
type way struct {
	name      string
	quic, tcp []string
}

func ways() []way {
	return []way{{name: "quic", quic: []string{loopback}}, {name: "tcp", tcp: []string{loopback}}}
}

// world is a real relay in this process, with accounts, and whoever takes part.
type world struct {
	t     *testing.T
	cfg   relay.Config
	relay *relay.Relay
	stop  func() // the relay
	tape  *tape
	news  *news
	hosts []string // that the next sides dial, in turn; the relay's own name when there are none
}

// newWorld starts a relay in a folder of its own. It ends with the test, after everybody who takes part.
func newWorld(t *testing.T, by way) *world {
	t.Helper()
	w := &world{t: t, news: newNews()}
	w.tape = &tape{news: w.news}
	w.cfg = relay.Config{
		Dir: t.TempDir(), QUIC: by.quic, TCP: by.tcp, Tap: w.tape.hear,
		Logger: slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn})),
	}
	for name, content := range seeded(t) {
		if err := os.WriteFile(filepath.Join(w.cfg.Dir, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	w.start()
	t.Cleanup(func() { w.stop() })
	return w
}

// start starts the relay; again, after stop, in the same folder and on the same port.
func (w *world) start() {
	w.t.Helper()
	r, err := relay.New(w.t.Context(), w.cfg)
	if err != nil {
		w.t.Fatalf("the relay does not start: %v", err)
	}
	for _, addresses := range [][]string{w.cfg.QUIC, w.cfg.TCP} {
		for i := range addresses {
			addresses[i] = r.Addr()
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- r.Serve(ctx) }()
	w.relay = r
	w.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			w.t.Errorf("the relay ended with %v", err)
		}
	})
}

// metric reads one of the relay's counters.
func (w *world) metric(name string) int64 {
	w.t.Helper()
	value := int64(-1)
	w.relay.Metrics(func(n string, v int64) {
		if n == name {
			value = v
		}
	})
	if value < 0 {
		w.t.Fatalf("the relay has no counter %q", name)
	}
	return value
}

// await waits until something holds. It looks whenever anything in this world has changed.
func (w *world) await(what string, holds func() bool) {
	w.t.Helper()
	timer := time.NewTimer(patience)
	defer timer.Stop()
	for {
		next := w.news.next()
		if holds() {
			return
		}
		select {
		case <-next:
		case <-timer.C:
			w.t.Fatalf("after %v there is still not: %s", patience, what)
		}
	}
}

// dial connects a side to the relay.
func (w *world) dial() *link.Link {
	w.t.Helper()
	l, err := link.New(link.Config{
		Address: w.address(), Key: w.relay.Fingerprint(), Logger: w.cfg.Logger,
		Random: func() float64 { return 0 },
	})
	if err != nil {
		w.t.Fatal(err)
	}
	w.background("a link", l.Run)
	return l
}

// address is where the next side finds the relay.
func (w *world) address() string {
	w.t.Helper()
	if len(w.hosts) == 0 {
		return w.relay.Addr()
	}
	_, port, err := net.SplitHostPort(w.relay.Addr())
	if err != nil {
		w.t.Fatal(err)
	}
	host := w.hosts[0]
	w.hosts = w.hosts[1:]
	return net.JoinHostPort(host, port)
}

// background runs something until the test ends.
func (w *world) background(what string, run func(context.Context) error) {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if err := run(ctx); err != nil && ctx.Err() == nil {
			w.t.Logf("%s ended with %v", what, err)
		}
	}()
	w.t.Cleanup(func() {
		cancel()
		<-ended
	})
}

func (w *world) conn(l *link.Link) *transport.Conn {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.t.Context(), patience)
	defer cancel()
	c, err := l.Conn(ctx)
	if err != nil {
		w.t.Fatalf("no connection to the relay: %v", err)
	}
	return c
}

// news wakes whoever waits for something.
type news struct {
	mu sync.Mutex
	c  chan struct{}
}

func newNews() *news { return &news{c: make(chan struct{})} }

func (n *news) next() <-chan struct{} {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.c
}

func (n *news) tell() {
	n.mu.Lock()
	defer n.mu.Unlock()
	close(n.c)
	n.c = make(chan struct{})
}

// pump makes signals news until the test ends.
func (w *world) pump(signals ...<-chan struct{}) {
	for _, c := range signals {
		w.background("a pump", func(ctx context.Context) error {
			for {
				select {
				case <-ctx.Done():
					return nil
				case <-c:
					w.news.tell()
				}
			}
		})
	}
}

var _ session.Link = session.Through(nil)

// seeds are the files of a relay's folder in which there are reps and portals. They are made once, by the real program.
var seeds = sync.OnceValues(func() (map[string][]byte, error) { return seed() })

func seeded(t *testing.T) map[string][]byte {
	t.Helper()
	files, err := seeds()
	if err != nil {
		t.Fatalf("no accounts: %v", err)
	}
	return files
}

func seed() (files map[string][]byte, err error) {
	dir, err := os.MkdirTemp("", "deskhand-seed-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	program, data := filepath.Join(dir, "deskhand-relay"), filepath.Join(dir, "data")
	build := []string{"build", "-o", program}
	if raceDetector {
		build = append(build, "-race") // so that nothing is compiled that this test has not compiled already
	}
	if err := run("go", append(build, "deskhand/relay/cmd/relay")...); err != nil {
		return nil, err
	}
	secret := filepath.Join(dir, "password")
	if err := os.WriteFile(secret, []byte(repPassword+"\n"), 0o600); err != nil {
		return nil, err
	}
	adds := [][]string{
		{"portal", "add", "-slug", portalOfCode, "-name", "Join", "-kind", "code"},
		{"rep", "add", "-login", repLogin, "-name", "Ana Ruiz", "-password-file", secret},
	}
	for _, add := range adds {
		if err := run(program, append(add, "-dir", data, "-company", "Contoso")...); err != nil {
			return nil, err
		}
	}
	return contents(data)
}

func run(name string, args ...string) error {
	out, err := exec.Command(name, args...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s %s: %w: %s", filepath.Base(name), strings.Join(args, " "), err, bytes.TrimSpace(out))
	}
	return nil
}

// contents reads all files of a folder.
func contents(dir string) (map[string][]byte, error) {
	files := map[string][]byte{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		files[name], err = os.ReadFile(path)
		return err
	})
	return files, err
}
