package room

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	"deskhand/protocol/fault"
	"deskhand/protocol/frame"
	"deskhand/protocol/pb"
)

func packet(generation uint32, units ...*pb.ScreenUnit) *pb.ScreenPacket {
	return &pb.ScreenPacket{Generation: generation, Units: units}
}

func update(slot uint32, text string) *pb.ScreenUnit {
	return &pb.ScreenUnit{Slot: slot, Sealed: []byte(text)}
}

func must(t *testing.T, s *screen, p *pb.ScreenPacket) {
	t.Helper()
	if _, err := s.put(p, begin); err != nil {
		t.Fatal(err)
	}
}

// begin is when everything in these tests happens, unless it says otherwise.
var begin = time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)

// given is one packet for a viewer.
func given(s *screen, v *viewer) *pb.ScreenPacket {
	p := &pb.ScreenPacket{}
	if s.behind(v) {
		s.give(v, p)
	}
	return p
}

func texts(units []*pb.ScreenUnit) []string {
	var all []string
	for _, u := range units {
		name := fmt.Sprint(u.GetSlot())
		if u.GetSlot() == uint32(frame.StepSlot) {
			name = "step"
		}
		all = append(all, name+"="+string(u.GetSealed()))
	}
	return all
}

func TestScreenKeepsTheNewestInOrder(t *testing.T) {
	var s screen
	must(t, &s, packet(1, update(0, "layout"), update(1, "a"), update(2, "b"), update(3, "c")))
	early := viewer{}
	if got, want := texts(given(&s, &early).GetUnits()), []string{"0=layout", "1=a", "2=b", "3=c"}; !slices.Equal(got, want) {
		t.Fatalf("the first viewer gets %q, want %q", got, want)
	}
	must(t, &s, packet(1, update(1, "a2"), update(2, "b2"), update(1, "a3")))
	for _, tt := range []struct {
		name string
		has  uint64
		want []string
	}{
		{"one that has the first packet", early.has, []string{"2=b2", "1=a3"}},
		{"one that comes late", 0, []string{"0=layout", "3=c", "2=b2", "1=a3"}},
		{"one that has all", s.arrivals, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			v := viewer{has: tt.has}
			if got := texts(given(&s, &v).GetUnits()); !slices.Equal(got, tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
			if v.has != s.arrivals || s.behind(&v) {
				t.Errorf("given until %d of %d", v.has, s.arrivals)
			}
		})
	}
}

func TestScreenGenerations(t *testing.T) {
	var s screen
	must(t, &s, packet(4, update(0, "old"), update(1, "old")))
	var v viewer
	given(&s, &v)
	must(t, &s, packet(5, update(0, "new")))
	must(t, &s, packet(4, update(1, "late")))
	if got, want := texts(given(&s, &v).GetUnits()), []string{"0=new"}; !slices.Equal(got, want) {
		t.Errorf("after a new generation %q, want %q", got, want)
	}
	if len(s.slots.units) != 1 || s.bytes() != 3 {
		t.Errorf("%d slots with %d bytes are kept, want 1 with 3", len(s.slots.units), s.bytes())
	}
}

func TestScreenLimits(t *testing.T) {
	many := make([]*pb.ScreenUnit, maxUnits+1)
	for i := range many {
		many[i] = update(uint32(i), "x")
	}
	slots := func(s *screen) {
		for i := range uint32(maxSlots) {
			s.slots.put(update(i, "x"), uint64(i))
		}
		s.generation = 1
	}
	full := func(s *screen) {
		big := make([]byte, maxUnit)
		for i := range uint32(maxScreen / maxUnit) {
			s.slots.put(&pb.ScreenUnit{Slot: i, Sealed: big}, uint64(i))
		}
		s.generation = 1
	}
	for _, tt := range []struct {
		name   string
		before func(*screen)
		packet *pb.ScreenPacket
		refuse bool
	}{
		{"a unit as large as allowed", nil, packet(1, &pb.ScreenUnit{Sealed: make([]byte, maxUnit)}), false},
		{"a unit too large", nil, packet(1, &pb.ScreenUnit{Sealed: make([]byte, maxUnit+1)}), true},
		{"a packet of as many units as allowed", nil, packet(1, many[:maxUnits]...), false},
		{"a packet of too many units", nil, packet(1, many...), true},
		{"one slot more", slots, packet(1, update(maxSlots, "x")), true},
		{"a known slot when all are in use", slots, packet(1, update(7, "y")), false},
		{"a full picture grows", full, packet(1, update(maxScreen, "x")), true},
		{"a full picture changes", full, packet(1, update(3, "x")), false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var s screen
			if tt.before != nil {
				tt.before(&s)
			}
			if _, err := s.put(tt.packet, begin); (err != nil) != tt.refuse || (err != nil && !fault.Is(err, fault.Invalid)) {
				t.Errorf("put = %v, refuse %v", err, tt.refuse)
			}
		})
	}
}

// TestScreenKeepsNothingUncounted: what a customer hides in fields that nobody knows would be kept for every slot, and
// sent to every viewer, beside the limit for the picture.
func TestScreenKeepsNothingUncounted(t *testing.T) {
	hidden := update(3, "x")
	hidden.ProtoReflect().SetUnknown(protowire.AppendBytes(protowire.AppendTag(nil, 1000, protowire.BytesType), make([]byte, maxUnit)))
	var s screen
	if _, err := s.put(packet(1, hidden), begin); err != nil {
		t.Fatal(err)
	}
	units := given(&s, &viewer{}).GetUnits()
	if len(units) != 1 || proto.Size(units[0]) > 16 {
		t.Errorf("%d units of %d bytes are kept where %d were counted", len(units), proto.Size(units[0]), s.bytes())
	}
}

func TestScreenPacketSize(t *testing.T) {
	var s screen
	third := make([]byte, packetBytes/3)
	must(t, &s, packet(1, &pb.ScreenUnit{Slot: 1, Sealed: make([]byte, maxUnit)}))
	for i := range uint32(7) {
		must(t, &s, packet(1, &pb.ScreenUnit{Slot: 2 + i, Sealed: third}))
	}
	var counts []int
	for v := (&viewer{}); s.behind(v); {
		counts = append(counts, len(given(&s, v).GetUnits()))
	}
	if want := []int{1, 3, 3, 1}; !slices.Equal(counts, want) {
		t.Errorf("packets of %v units, want %v", counts, want)
	}
}

// TestScreenConverges lets viewers read at random paces: each must end with the newest of every slot, in rising order.
func TestScreenConverges(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	var s screen
	type reader struct {
		viewer
		picture map[uint32]string
	}
	viewers := []*reader{{picture: map[uint32]string{}}, {picture: map[uint32]string{}}, {picture: map[uint32]string{}}}
	truth := map[uint32]string{}
	order := map[string]int{}
	read := func(v *reader) {
		last := -1
		for _, u := range given(&s, &v.viewer).GetUnits() {
			text := string(u.GetSealed())
			if order[text] <= last {
				t.Fatalf("update %q came after a newer one", text)
			}
			last = order[text]
			v.picture[u.GetSlot()] = text
		}
	}
	for i := range 5000 {
		slot := uint32(random.IntN(40))
		text := fmt.Sprint(i)
		order[text], truth[slot] = i, text
		must(t, &s, packet(1, update(slot, text)))
		for n, v := range viewers {
			if random.IntN(1+50*n) == 0 {
				read(v)
			}
		}
	}
	for n, v := range viewers {
		for s.behind(&v.viewer) {
			read(v)
		}
		if fmt.Sprint(v.picture) != fmt.Sprint(truth) {
			t.Errorf("viewer %d ends with another picture", n)
		}
	}
	walked := 0
	for u := s.slots.first; u != nil; u = u.next {
		walked++
	}
	if walked != len(s.slots.units) {
		t.Errorf("the list holds %d, the map %d", walked, len(s.slots.units))
	}
}

func TestScreenPutAllocatesNothing(t *testing.T) {
	var s screen
	p := packet(1, update(1, "a"), update(2, "b"), update(3, "c"))
	must(t, &s, p)
	if n := testing.AllocsPerRun(100, func() {
		if _, err := s.put(p, begin); err != nil {
			t.Fatal(err)
		}
	}); n != 0 {
		t.Errorf("replacing updates allocates %v times", n)
	}
}
