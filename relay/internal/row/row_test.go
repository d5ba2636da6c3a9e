package row

import (
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/encoding/protojson"

	"deskhand/protocol/pb"
	"deskhand/relay/internal/store"
)

func TestCustomersSeeNothingInternal(t *testing.T) {
	s := store.Session{
		ID: "563773096", Rep: "Ana Maria Ruiz Prieto", RepScreenName: "Ana Ruiz", Notes: "ticket 4711",
		Email: "jo@example.com", Outcome: int(pb.Outcome_OUTCOME_RESOLVED), TokenHash: []byte("hash"), Question: "Printer",
	}
	text := protojson.Format(SessionForCustomer(s))
	for _, secret := range []string{"Prieto", "4711", "jo@example.com", "RESOLVED", "hash"} {
		if strings.Contains(text, secret) {
			t.Errorf("a customer sees %q in %s", secret, text)
		}
	}
	if got := Session(s); got.GetRep() != s.Rep || got.GetNotes() != s.Notes {
		t.Errorf("a rep sees %v", got)
	}
}

func TestRights(t *testing.T) {
	for _, tt := range []struct {
		name         string
		see, control bool
		want         []pb.Right
	}{
		{"nothing", false, false, nil},
		{"see", true, false, []pb.Right{pb.Right_RIGHT_SEE}},
		{"both", true, true, []pb.Right{pb.Right_RIGHT_SEE, pb.Right_RIGHT_CONTROL}},
		{"control without sight", false, true, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := Rights(store.Session{See: tt.see, Control: tt.control}); !slices.Equal(got, tt.want) {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

func TestAddressesAndTimes(t *testing.T) {
	at := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	c := Code(store.Code{Code: "563773096", State: store.CodeActive, CreatedAt: at}, "https://help.example")
	if c.GetJoinUrl() != "https://help.example/j/563773096" || !c.GetCreatedAt().AsTime().Equal(at) || c.GetExpiresAt() != nil {
		t.Errorf("code is %v", c)
	}
	if p := Portal(store.Portal{Slug: "help"}, "https://help.example"); p.GetUrl() != "https://help.example/p/help" {
		t.Errorf("portal is %v", p)
	}
	if got := ScreenName(store.Rep{Name: "Ana"}); got != "Ana" {
		t.Errorf("screen name %q", got)
	}
}

func TestEveryStateHasAName(t *testing.T) {
	for _, s := range []store.QueryState{store.QueryWaiting, store.QueryTaken, store.QueryExpired, store.QueryWithdrawn} {
		if queryState(s) == pb.QueryState_QUERY_UNSPECIFIED {
			t.Errorf("query state %q", s)
		}
	}
	for _, s := range []store.CodeState{store.CodeActive, store.CodeRedeemed, store.CodeExpired, store.CodeCancelled} {
		if CodeState(s) == pb.CodeState_CODE_UNSPECIFIED {
			t.Errorf("code state %q", s)
		}
	}
	for _, k := range []store.Kind{store.KindQuestion, store.KindCode} {
		if Kind(k) == pb.PortalKind_PORTAL_UNSPECIFIED {
			t.Errorf("kind %q", k)
		}
	}
	for _, m := range []store.Mode{store.ModeWeb, store.ModeQueue, store.ModePhone} {
		if mode(m) == pb.Mode_MODE_UNSPECIFIED {
			t.Errorf("mode %q", m)
		}
	}
}
