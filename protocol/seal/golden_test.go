package seal

import (
	"bytes"
	"testing"
)

// TestWireStaysTheSame replays a recorded handshake with known randomness: what older builds sent must still be
// understood, and what this one sends must be what they expect. A change here is a change of version.Wire.
func TestWireStaysTheSame(t *testing.T) {
	var v struct {
		Session     string   `json:"session"`
		Attendee    uint32   `json:"attendee"`
		Visit       uint32   `json:"visit"`
		OfferRandom hexBytes `json:"offer_random"`
		KeyRandom   hexBytes `json:"answer_random"`
		EpochRandom hexBytes `json:"epoch_random"`
		Commit      hexBytes `json:"commit"`
		Key         hexBytes `json:"key"`
		Reveal      hexBytes `json:"reveal"`
		Words       string   `json:"words"`
		Number      uint32   `json:"epoch_number"`
		Epoch       hexBytes `json:"epoch"`
		Plain       string   `json:"plain"`
		AAD         hexBytes `json:"additional_data"`
		Screen      hexBytes `json:"screen_frame"`
		Input       hexBytes `json:"input_frame"`
	}
	load(t, "handshake.json", &v)
	p := Party{v.Session, v.Attendee, v.Visit}
	o, err := NewOffer(p, bytes.NewReader(v.OfferRandom))
	if err != nil {
		t.Fatal(err)
	}
	a, err := NewAnswer(p, bytes.NewReader(v.KeyRandom))
	if err != nil {
		t.Fatal(err)
	}
	wantBytes(t, "commit", o.Commit(), v.Commit)
	wantBytes(t, "key", key(t, a, v.Commit), v.Key)
	body, w := reveal(t, o, v.Key)
	wantBytes(t, "reveal", body, v.Reveal)
	if got := confirm(t, a, v.Reveal); got != w || got.String() != v.Words {
		t.Errorf("words are %q and %q, want %q", w, got, v.Words)
	}
	made, err := NewEpoch(v.Number, bytes.NewReader(v.EpochRandom))
	if err != nil {
		t.Fatal(err)
	}
	e := unwrap(t, a, v.Epoch)
	if e.Number != v.Number || e.state.secret != made.state.secret {
		t.Errorf("the recorded epoch is another one: %v", e)
	}
	screen := seal(t, NewSealer(made, v.Session, 1, LaneScreen), v.Plain, string(v.AAD))
	wantBytes(t, "screen frame", screen, v.Screen)
	opens(t, opener(LaneScreen, e), v.Screen, string(v.AAD), v.Plain, 1)
	input := seal(t, NewSealer(e, v.Session, v.Attendee, LaneInput), v.Plain, "")
	wantBytes(t, "input frame", input, v.Input)
	opens(t, opener(LaneInput, made), v.Input, "", v.Plain, v.Attendee)
}
