package session

import "testing"

// TestYesIsToTheShownQuestion: a question that grows to mouse and keyboard while the person presses Yes gets a yes to what
// could be read.
func TestYesIsToTheShownQuestion(t *testing.T) {
	r := newRelay(t)
	customer, rep := both(t, r)
	customer.StopSharing()
	rep.until("sees nothing", unshared)
	rep.AskSharing(false)
	customer.until("is asked", asked)
	pressed := make(chan struct{})
	customer.do(func(a *actor) { <-pressed; a.onAsked(true) })
	customer.AnswerSharing(true)
	close(pressed)
	if s := customer.until("shares again", sharing); s.Control || s.Consent.Control || customer.state().ControlAllowed {
		t.Errorf("a yes to seeing gave mouse and keyboard: %+v", s)
	}
	rep.Say("ping")
	customer.until("hears", heard("ping"))
	r.mu.Lock()
	defer r.mu.Unlock()
	narrowed := false // a room takes a yes for the question that it knows, so it has to be told afterwards
	for _, m := range r.ups {
		if m.GetAnswerSharing() != nil {
			narrowed = false
		} else if c := m.GetConsent(); c != nil {
			narrowed = c.GetSee() && !c.GetControl()
		}
	}
	if !narrowed {
		t.Error("the relay has to believe that control is permitted")
	}
}
