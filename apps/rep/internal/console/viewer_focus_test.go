package console

import (
	"slices"
	"testing"
)

// TestPromptWhileTyped follows what is said about the keyboard: input is hurried only while a Viewer that is open has it.
func TestPromptWhileTyped(t *testing.T) {
	r := newRig(t)
	var told []bool
	r.cfg.Prompt = func(on bool) { told = append(told, on) }
	r.open(r.snapshot())
	snap := active("482113907")
	snap.Sharing, snap.Control = true, true
	a, _ := r.hall.add(snap)
	r.ShowSession(a)
	v := r.viewers[a.ID]
	canvas := v.host.window.Canvas()
	check := func(what string, want ...bool) {
		t.Helper()
		if !slices.Equal(told, want) {
			t.Errorf("%s: told %v, want %v", what, told, want)
		}
		told = nil
	}
	check("opened")
	v.picture.FocusGained()
	check("its window came to the front", true)
	r.ShowSession(a)
	check("news of the session")
	canvas.Unfocus()
	check("without the keyboard", false)
	canvas.Focus(v.picture)
	check("with the keyboard", true)
	v.close()
	check("closed", false)
}
