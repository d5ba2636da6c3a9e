package rpc

import (
	"bufio"
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"runtime/pprof"
	"strings"
	"syscall"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"

	"deskhand/protocol/pb"
	"deskhand/protocol/transport"
	"deskhand/protocol/version"
	"deskhand/relay/internal/account"
	"deskhand/relay/internal/limit"
	"deskhand/relay/internal/ops"
	"deskhand/relay/internal/room"
	"deskhand/relay/internal/store"
)

// The benchmarks of this file run the screen lane of a relay in a process of its own, so that its processor time is its
// own: this test binary with servedFolder set. DESKHAND_PROFILE names a file for that process's profile.
const (
	servedFolder = "DESKHAND_SERVE"
	loadSessions = 200
	loadSlug     = "help"
)

func TestMain(m *testing.M) {
	dir := os.Getenv(servedFolder)
	if dir == "" {
		os.Exit(m.Run())
	}
	if err := serveLoad(context.Background(), dir); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// serveLoad says on its output where it is and whom to call as, then its processor time in µs for each line of input.
func serveLoad(ctx context.Context, dir string) error {
	if name := os.Getenv("DESKHAND_PROFILE"); name != "" {
		f, err := os.Create(name)
		if err != nil {
			return err
		}
		defer f.Close()
		if err := pprof.StartCPUProfile(f); err != nil {
			return err
		}
		defer pprof.StopCPUProfile()
	}
	st, err := store.Open(ctx, dir+"/relay.db")
	if err != nil {
		return err
	}
	identity, err := transport.LoadIdentity(dir, rand.Reader, time.Now())
	if err != nil {
		return err
	}
	l, err := transport.Listen(ctx, transport.ListenConfig{Identity: identity, QUIC: []string{"127.0.0.1:0"}})
	if err != nil {
		return err
	}
	clock, logger := time.Now, slog.New(slog.NewTextHandler(os.Stderr, nil))
	accounts := account.New(account.Config{Store: st, Clock: clock, Rand: rand.Reader, Params: account.Params{Memory: 64, Time: 1, Threads: 1}})
	tokens, err := seedLoad(ctx, st, accounts)
	if err != nil {
		return err
	}
	metrics := ops.New()
	rooms := room.New(ctx, room.Config{Store: st, Logger: logger, Metrics: metrics, OnChanged: func(context.Context, string) {}})
	cfg := Config{Rooms: rooms, Accounts: accounts, Sessions: st, Logins: limit.Logins(clock), Codes: limit.Codes(clock), Logger: logger, Metrics: metrics}
	server := grpc.NewServer(append(transport.ServerOptions(), Options(cfg)...)...)
	Register(server, cfg)
	served := make(chan error, 1)
	go func() { served <- server.Serve(l.Lanes()) }()
	fmt.Println(l.QUICAddr()[0], identity.Fingerprint(), strings.Join(tokens, " "))
	for in := bufio.NewScanner(os.Stdin); in.Scan(); {
		var used syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
			return err
		}
		fmt.Println((used.Utime.Nano() + used.Stime.Nano()) / 1000)
	}
	metrics.Each(func(name string, value int64) {
		if value > 0 {
			fmt.Fprintln(os.Stderr, name, value)
		}
	})
	rooms.Close()
	server.Stop()
	rooms.Wait()
	return errors.Join(<-served, l.Close(), st.Close())
}

func loadID(i int) string { return fmt.Sprintf("56377%04d", i) }

// seedLoad makes sessions that one rep has taken and whose customers have joined. The first token is the rep's.
func seedLoad(ctx context.Context, st *store.Store, accounts *account.Accounts) (tokens []string, err error) {
	try := func(e error) { err = cmp.Or(err, e) }
	company, e := st.AddCompany(ctx, "Contoso")
	try(e)
	hash, e := account.Params{Memory: 64, Time: 1, Threads: 1}.Hash("Quiet-Harbour-7", rand.Reader)
	try(e)
	rep, e := st.AddRep(ctx, store.Rep{CompanyID: company.ID, Login: "ana@contoso.example", Name: "Ana", Active: true, PasswordHash: hash})
	try(e)
	portal, e := st.AddPortal(ctx, store.Portal{
		CompanyID: company.ID, Slug: loadSlug, Name: "Help", Kind: store.KindQuestion, Mode: store.ModeWeb, See: true, Control: true,
	})
	try(e)
	try(st.AssignPortal(ctx, rep.ID, portal.ID))
	token, _, e := accounts.Login(ctx, account.Try{Login: "ana@contoso.example", Password: "Quiet-Harbour-7"})
	try(e)
	tokens = append(tokens, token)
	now := time.Now().UTC()
	for i := range loadSessions {
		token, hash, e := account.NewToken(rand.Reader)
		try(e)
		_, ticket, e := account.NewToken(rand.Reader)
		try(e)
		try(st.PostQuery(ctx, store.Query{
			SessionID: loadID(i), PortalID: portal.ID, Question: "?", TicketHash: ticket, PostedAt: now, ExpiresAt: now.Add(time.Hour),
		}))
		_, e = st.TakeQuery(ctx, loadID(i), rep.ID, now)
		try(e)
		try(st.JoinSession(ctx, loadID(i), store.Arrival{TokenHash: hash, At: now}))
		tokens = append(tokens, token)
	}
	return tokens, err
}

// loaded is a relay in another process.
type loaded struct {
	b       *testing.B
	address string
	key     transport.Fingerprint
	tokens  []string
	in      io.WriteCloser
	out     *bufio.Reader
}

func newLoaded(b *testing.B) *loaded {
	b.Helper()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), servedFolder+"="+b.TempDir(), "GOMAXPROCS=1") // one core
	child.Stderr = os.Stderr
	in, err := child.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	out, err := child.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := child.Start(); err != nil {
		b.Fatal(err)
	}
	l := &loaded{b: b, in: in, out: bufio.NewReader(out)}
	b.Cleanup(func() {
		_ = in.Close()
		if err := child.Wait(); err != nil {
			b.Error(err)
		}
	})
	line, err := l.out.ReadString('\n')
	if err != nil {
		b.Fatal(err)
	}
	words := strings.Fields(line)
	l.address, l.tokens = words[0], words[2:]
	if l.key, err = transport.ParseFingerprint(words[1]); err != nil {
		b.Fatal(err)
	}
	return l
}

// used is the processor time that the relay has taken.
func (l *loaded) used() time.Duration {
	l.b.Helper()
	if _, err := io.WriteString(l.in, "\n"); err != nil {
		l.b.Fatal(err)
	}
	var us int64
	if _, err := fmt.Fscanln(l.out, &us); err != nil {
		l.b.Fatal(err)
	}
	return time.Duration(us) * time.Microsecond
}

func (l *loaded) dial() *transport.Conn {
	l.b.Helper()
	c, err := transport.Dial(l.b.Context(), transport.DialConfig{Address: l.address, Trust: transport.Trust{Key: &l.key}})
	if err != nil {
		l.b.Fatal(err)
	}
	l.b.Cleanup(func() { _ = c.Close() })
	return c
}

type screenStream = grpc.BidiStreamingClient[pb.ScreenUp, pb.ScreenDown]

// enter takes a seat in a session and opens the screen lane.
func (l *loaded) enter(session int, token string, say ...*pb.ControlUp) screenStream {
	l.b.Helper()
	c := l.dial()
	ctx := metadata.AppendToOutgoingContext(l.b.Context(), "authorization", "Bearer "+token, "deskhand-session", loadID(session))
	control, err := pb.NewRoomClient(c.Lane(transport.LaneControl)).Control(ctx)
	if err != nil {
		l.b.Fatal(err)
	}
	say = append([]*pb.ControlUp{{Message: &pb.ControlUp_Enter{Enter: &pb.Enter{Hello: &pb.Hello{Wire: version.Wire}}}}}, say...)
	for _, m := range say {
		if err := control.Send(m); err != nil {
			l.b.Fatal(err)
		}
	}
	if _, err := control.Recv(); err != nil {
		l.b.Fatal(err)
	}
	go func() {
		for err := error(nil); err == nil; _, err = control.Recv() {
		}
	}()
	screen, err := pb.NewRoomClient(c.Lane(transport.LaneScreen)).Screen(ctx)
	if err != nil {
		l.b.Fatal(err)
	}
	return screen
}
