package console

import (
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2/test"

	"deskhand/apps/rep/internal/desk"
	"deskhand/protocol/fault"
)

func TestCM03CreateCode(t *testing.T) {
	r := newRig(t)
	s := r.snapshot()
	r.open(s)
	r.openCodes()
	test.Tap(r.codes.create)
	if got := r.codes.banner.Text(); !strings.Contains(got, "name") || len(r.desk.calls) != 0 {
		t.Errorf("without a name: says %q, asked %v", got, r.desk.calls)
	}
	test.Type(r.codes.name, "Jo Brandt")
	test.Tap(r.codes.create)
	r.queue.Drain()
	if !slices.Equal(r.desk.calls, []string{"code Jo Brandt join"}) {
		t.Errorf("asked %v", r.desk.calls)
	}
	r.desk.fails = fault.New(fault.NameInUse, nil)
	test.Type(r.codes.name, "Jo Brandt")
	test.Tap(r.codes.create)
	r.queue.Drain()
	if got := r.codes.banner.Text(); !strings.Contains(got, "name") {
		t.Errorf("a name in use: says %q", got)
	}
}

func TestCM05NinthCodeIsRefusedWithTheReason(t *testing.T) {
	r := newRig(t)
	s := r.snapshot()
	s.MaxCodes = 1
	s.Codes = []desk.Code{{Code: "563773096", Name: "Jo", Portal: "Phone", CreatedAt: r.now, ExpiresAt: r.now.Add(time.Hour)}}
	r.open(s)
	r.openCodes()
	if r.codes.create.Enabled() {
		t.Error("one more code can be made")
	}
}

func TestCM08And09Copy(t *testing.T) {
	r := newRig(t)
	s := r.snapshot()
	s.Portals[1].URL = "https://relay.example/p/join"
	s.Codes = []desk.Code{{Code: "563773096", Name: "Jo", Portal: "Phone", CreatedAt: r.now, ExpiresAt: r.now.Add(time.Hour), JoinURL: "https://relay.example/j/563773096"}}
	r.open(s)
	r.openCodes()
	if !r.codes.copyURL.Enabled() || r.codes.chosen != "563773096" {
		t.Error("the newest code is not chosen by itself")
	}
	test.Tap(r.codes.copyURL)
	if got := r.cfg.App.Clipboard().Content(); got != "https://relay.example/j/563773096" {
		t.Errorf("copied %q", got)
	}
	test.Tap(r.codes.invite)
	for _, want := range []string{"https://relay.example/p/join", "563 773 096", "https://relay.example/j/563773096"} {
		if got := r.cfg.App.Clipboard().Content(); !strings.Contains(got, want) {
			t.Errorf("no %q in %q", want, got)
		}
	}
	test.Tap(r.codes.cancel)
	if !slices.Contains(r.desk.calls, "cancel 563773096") {
		t.Errorf("asked %v", r.desk.calls)
	}
}
