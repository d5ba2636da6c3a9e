package console

import (
	"errors"
	"strings"
	"testing"

	"fyne.io/fyne/v2/test"

	"deskhand/protocol/fault"
)

func TestL01LoginFaultsHaveTheirOwnMessages(t *testing.T) {
	for _, tt := range []struct {
		reason fault.Reason
		want   string
	}{
		{fault.InvalidPassword, "Invalid password"},
		{fault.AccountInactive, "not activated"},
		{fault.CannotConnect, "Cannot connect to server"},
		{fault.WrongKey, "key"},
	} {
		t.Run(string(tt.reason), func(t *testing.T) {
			r := newRig(t)
			var asked Credentials
			r.login = func(c Credentials) error { asked = c; return fault.New(tt.reason, errors.New("x")) }
			r.ShowLogin(Credentials{Relay: "relay:443", Login: "ana@contoso.example"}, "")
			test.Type(r.Console.login.pass, "secret")
			test.Tap(r.Console.login.enter)
			r.queue.Drain()
			if got := r.Console.login.banner.Text(); !strings.Contains(got, tt.want) {
				t.Errorf("says %q, want %q", got, tt.want)
			}
			if asked.Relay != "relay:443" || asked.Login != "ana@contoso.example" || asked.Password != "secret" {
				t.Errorf("asked with %+v", asked)
			}
		})
	}
}

func TestLoginAsksForWhatIsMissing(t *testing.T) {
	r := newRig(t)
	r.login = func(Credentials) error { t.Error("logged in without a password"); return nil }
	r.ShowLogin(Credentials{Relay: "relay:443", Login: "ana"}, "")
	test.Tap(r.Console.login.enter)
	if got := r.Console.login.banner.Text(); !strings.Contains(got, "password") {
		t.Errorf("says %q", got)
	}
}

// TestLogOutAndInAgain: what the tray offers meanwhile does no harm, and a late word of a session opens nothing.
func TestLogOutAndInAgain(t *testing.T) {
	r := newRig(t)
	r.open(r.snapshot())
	a, _ := r.hall.add(active("482113907"))
	r.ShowSession(a)
	r.openCodes()
	r.SignedOut(false, nil)
	if got := r.Console.login.banner.Text(); got != "" {
		t.Errorf("after the rep's own wish the login window says %q", got)
	}
	for _, item := range r.tray.menu.Items {
		if item.Action != nil && !item.IsQuit {
			item.Action()
		}
	}
	r.ShowSession(a)
	r.Tick()
	if r.chat != nil || r.codes != nil || len(r.desk.calls) != 0 {
		t.Errorf("windows are open without a login, or the desk was asked: %v", r.desk.calls)
	}
	r.open(r.snapshot())
	if r.list == nil || r.Console.login != nil {
		t.Error("no List View after the second login")
	}
}

func TestSignedOutSaysWhy(t *testing.T) {
	for _, tt := range []struct {
		name      string
		displaced bool
		err       error
		want      string
	}{
		{"elsewhere", true, fault.New(fault.LoggedOut, nil), "another place"},
		{"expired", false, fault.New(fault.LoggedOut, nil), "Log in again"},
		{"wrong key", false, fault.New(fault.WrongKey, nil), "key"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := newRig(t)
			r.open(r.snapshot())
			r.SignedOut(tt.displaced, tt.err)
			if got := r.Console.login.banner.Text(); !strings.Contains(got, tt.want) {
				t.Errorf("says %q, want %q", got, tt.want)
			}
		})
	}
}
