package e2e

import (
	"bytes"
	"context"
	"database/sql"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	_ "modernc.org/sqlite"

	"deskhand/apps/e2e/job"
	"deskhand/apps/e2e/stage"
	"deskhand/protocol/fault"
	"deskhand/protocol/pb"
	"deskhand/protocol/transport"
	"deskhand/protocol/version"

	"google.golang.org/grpc/metadata"
)

// typed is what the rep types on a German keyboard: shifted, with AltGr (€ @ { [ \\ ~ |), with a dead key (é), and letters that
// the customer's American keyboard does not have.
const typed = "Grüße, Jo! é ß € @ {x} [y] \\ ~ | QWERTZ 100 % done"

// TestMainJob is the whole of it: relay, both programs on two displays, a question from the real portal page, the alert
// answered with the mouse, typing through the Viewer into a real terminal, chat, stopping, ending.
func TestMainJob(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
	defer cancel()
	dir := t.TempDir()
	programs, err := job.Build(ctx, dir, raceDetector)
	if err != nil {
		t.Fatal(err)
	}
	s := stage.New(ctx, dir)
	defer s.Close()
	j, err := job.Start(ctx, s, programs, "de")
	if err != nil {
		t.Fatal(err)
	}
	p := &job.Play{Job: j}
	defer p.Close()
	do := func(name string, step func(context.Context) error) {
		t.Helper()
		if err := step(ctx); err != nil {
			report(t, j)
			t.Fatalf("%s: %v", name, err)
		}
	}
	do("log in", p.LogIn)
	other := otherWindow(ctx, t, j)
	do("ask", p.Ask)
	alertKeepsFocus(ctx, t, j, other)
	do("answer", p.Answer)
	do("open the customer app", p.OpenCustomerApp)
	do("allow", p.Allow)
	do("type", func(ctx context.Context) error { return typeEverything(ctx, p) })
	do("talk", p.Talk)
	storedChat(t, j, []string{"I am looking at it now, Jo.", "Thank you, Ana!"})
	do("stop sharing", p.StopSharing)
	do("see nothing", func(ctx context.Context) error { return seesNothing(ctx, t, p) })
	session := sessionNumber(t, j)
	do("end", p.End)
	refused(ctx, t, j, session)
	for _, program := range []*stage.Program{j.Rep, j.Customer, j.Relay} {
		if bytes.Contains([]byte(program.Output()), []byte("DATA RACE")) {
			t.Errorf("%s has a data race:\n%s", program.Name, program.Output())
		}
	}
}

// report shows what the programs said when a step failed.
func report(t *testing.T, j *job.Job) {
	t.Helper()
	for _, program := range []*stage.Program{j.Relay, j.Rep, j.Customer} {
		if program != nil {
			t.Logf("%s said:\n%s", program.Name, program.Output())
		}
	}
	keep(t, j)
}

// otherWindow is a program of the rep's that has the keyboard when the alert comes.
func otherWindow(ctx context.Context, t *testing.T, j *job.Job) *stage.Window {
	t.Helper()
	_, err := j.RepDisplay.Start(stage.Command{Name: "editor", Path: "xterm", Args: []string{"-T", "Editor", "-geometry", "40x5+10+10", "-e", "cat"}})
	if err != nil {
		t.Fatal(err)
	}
	w, err := j.RepDisplay.Window(ctx, "Editor")
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Focus(ctx); err != nil {
		t.Fatal(err)
	}
	return w
}

// alertKeepsFocus: an alert is above everything and leaves the keyboard where it was.
func alertKeepsFocus(ctx context.Context, t *testing.T, j *job.Job, other *stage.Window) {
	t.Helper()
	alert, err := j.RepDisplay.Window(ctx, "Query ·")
	if err != nil {
		report(t, j)
		t.Fatal(err)
	}
	if err := alert.WaitColour(ctx, job.Accent); err != nil {
		t.Fatal(err)
	}
	focused, err := j.RepDisplay.Focused()
	if err != nil || focused != other.ID {
		t.Errorf("the keyboard is in window %d, not in %d any more: %v", focused, other.ID, err)
	}
}

// typeEverything types through the Viewer with a German keyboard into a terminal of a machine with an American one.
func typeEverything(ctx context.Context, p *job.Play) error {
	if err := p.ClickLetter(ctx); err != nil {
		return err
	}
	d := p.RepDisplay
	if err := d.Type(ctx, "a mistake"); err != nil {
		return err
	}
	if err := d.Key(ctx, "ctrl+u"); err != nil {
		return err
	}
	before, after, _ := strings.Cut(typed, "é")
	if err := d.Type(ctx, before); err != nil {
		return err
	}
	if err := d.Key(ctx, "dead_acute", "e"); err != nil {
		return err
	}
	if err := d.Type(ctx, after); err != nil {
		return err
	}
	if err := d.Key(ctx, "x", "BackSpace", "Return"); err != nil {
		return err
	}
	return p.Wrote(ctx, typed)
}

// seesNothing: while the screen is not shared, what changes there reaches the rep in no way (G-05). A chat line that goes all
// the way behind the change is the proof that a picture would have come by now.
func seesNothing(ctx context.Context, t *testing.T, p *job.Play) error {
	t.Helper()
	before, err := p.ViewerStill(ctx)
	if err != nil {
		return err
	}
	if err := p.Letter.Focus(ctx); err != nil {
		return err
	}
	letter, err := p.Letter.Picture()
	if err != nil {
		return err
	}
	if err := p.CustomerDisplay.Type(ctx, "secret"); err != nil {
		return err
	}
	if err := p.Letter.Changed(ctx, letter); err != nil {
		return err
	}
	if err := p.CustomerSays(ctx, "You cannot see this."); err != nil {
		return err
	}
	after, err := p.ViewerStill(ctx)
	if err != nil {
		return err
	}
	if !bytes.Equal(before.Pix, after.Pix) {
		t.Error("the Viewer changed although the screen is not shared")
		keep(t, p.Job)
	}
	return nil
}

// storedChat reads what the relay has stored (G-06).
func storedChat(t *testing.T, j *job.Job, want []string) {
	t.Helper()
	got := query(t, j, "SELECT text FROM lines WHERE text <> '' ORDER BY seq")
	if !slices.Equal(got, want) {
		t.Errorf("stored chat %q, want %q", got, want)
	}
}

func sessionNumber(t *testing.T, j *job.Job) string {
	t.Helper()
	rows := query(t, j, "SELECT id FROM sessions")
	if len(rows) != 1 {
		t.Fatalf("sessions %v, want one", rows)
	}
	return rows[0]
}

func query(t *testing.T, j *job.Job, text string) []string {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(j.Demo.Data, "relay.db")+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.QueryContext(t.Context(), text)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var all []string
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			t.Fatal(err)
		}
		all = append(all, s)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

// refused: after the end the relay takes nothing of the session, not even from the rep whose session it was (G-11).
func refused(ctx context.Context, t *testing.T, j *job.Job, session string) {
	t.Helper()
	key, err := transport.ParseFingerprint(j.Demo.Key)
	if err != nil {
		t.Fatal(err)
	}
	c, err := transport.Dial(ctx, transport.DialConfig{Address: j.Demo.Relay, Trust: transport.Trust{Key: &key}})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	login, err := pb.NewDeskClient(c.Lane(transport.LaneControl)).Login(ctx, &pb.LoginRequest{
		Login: j.Demo.Logins[0].Login, Password: j.Demo.Logins[0].Password, Hello: &pb.Hello{Wire: version.Wire},
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx = metadata.AppendToOutgoingContext(ctx, "authorization", "Bearer "+login.GetToken(), "deskhand-session", session)
	input, err := pb.NewRoomClient(c.Lane(transport.LaneInput)).Input(ctx)
	if err == nil {
		_, err = input.Recv()
	}
	if !fault.Is(fault.FromStatus(err), fault.SessionOver) {
		t.Errorf("input after the end: %v, want session_over", err)
	}
	control, err := pb.NewRoomClient(c.Lane(transport.LaneControl)).Control(ctx)
	if err == nil {
		_, err = control.Recv()
	}
	if !fault.Is(fault.FromStatus(err), fault.SessionOver) {
		t.Errorf("entering after the end: %v, want session_over", err)
	}
}
