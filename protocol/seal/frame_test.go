package seal

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
)

func TestFrames(t *testing.T) {
	for _, tt := range []struct{ name, plain, aad string }{
		{"short", "hello", ""},
		{"empty", "", ""},
		{"with additional data", "tile", "\x00\x00\x00\x05\x00\x00\x00\x01"},
		{"only additional data", "", "slot"},
		{"long", strings.Repeat("picture ", 40_000), strings.Repeat("x", 300)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			e := newEpoch(t, 1, 1)
			s, o := NewSealer(e, session, 1, LaneScreen), opener(LaneScreen, e)
			for range 20 {
				frame := seal(t, s, tt.plain, tt.aad)
				if over := len(frame) - len(tt.plain); over > Overhead {
					t.Fatalf("%d bytes added, at most %d announced", over, Overhead)
				}
				opens(t, o, frame, tt.aad, tt.plain, 1)
			}
		})
	}
}

func TestFrameHeader(t *testing.T) {
	s := NewSealer(newEpoch(t, 3, 1), session, 0x123, LaneInput)
	for want := range uint64(300) {
		kid, ctr, _, err := ParseHeader(seal(t, s, "x", ""))
		if kid != 3<<16|0x123<<4|2 || ctr != want || err != nil {
			t.Fatalf("frame %d has key id %x, counter %d, %v", want, kid, ctr, err)
		}
	}
}

func TestSealAndOpenAppend(t *testing.T) {
	e := newEpoch(t, 1, 1)
	s, o := NewSealer(e, session, 1, LaneScreen), opener(LaneScreen, e)
	frame, err := s.Seal([]byte("head"), []byte("plain"), nil)
	if err != nil || !bytes.HasPrefix(frame, []byte("head")) {
		t.Fatalf("Seal = %q, %v", frame, err)
	}
	plain, _, err := o.Open([]byte("head "), frame[4:], nil)
	if err != nil || string(plain) != "head plain" {
		t.Fatalf("Open = %q, %v", plain, err)
	}
}

func TestFramesRefused(t *testing.T) {
	e := newEpoch(t, 5, 1)
	sealed := func(e Epoch, session string, sender uint32, lane Lane, aad string) []byte {
		return seal(t, NewSealer(e, session, sender, lane), "secret", aad)
	}
	good := sealed(e, session, 2, LaneInput, "")
	// claims rewrites the header only: the frame says that it is something it was not sealed as.
	claims := func(kid uint64) []byte {
		_, ctr, n, err := ParseHeader(good)
		if err != nil {
			t.Fatal(err)
		}
		return append(AppendHeader(nil, kid, ctr), good[n:]...)
	}
	for _, tt := range []struct {
		name  string
		frame []byte
	}{
		{"empty", nil},
		{"header only", good[:len(good)-len("secret")-tagSize]},
		{"no header", good[8:]},
		{"plain text", []byte("secret")},
		{"another lane", sealed(e, session, 2, LaneClipboard, "")},
		{"another lane that claims to be this one", append(claims(keyID(5, 2, LaneInput))[:7], sealed(e, session, 2, LaneClipboard, "")[7:]...)},
		{"this lane that claims to be another", claims(keyID(5, 2, LaneScreen))},
		{"lane 0", claims(keyID(5, 2, 0))},
		{"another session", sealed(e, "563773097", 2, LaneInput, "")},
		{"another sender's number", claims(keyID(5, 3, LaneInput))},
		{"sender 0", claims(keyID(5, 0, LaneInput))},
		{"another secret", sealed(newEpoch(t, 5, 2), session, 2, LaneInput, "")},
		{"an older epoch", sealed(newEpoch(t, 4, 1), session, 2, LaneInput, "")},
		{"a newer epoch", sealed(newEpoch(t, 6, 1), session, 2, LaneInput, "")},
		{"an epoch beyond all numbers", claims(1<<48 | keyID(5, 2, LaneInput))},
		{"the highest key id", claims(^uint64(0))},
		{"additional data", sealed(e, session, 2, LaneInput, "slot")},
		{"longer by a byte", append(bytes.Clone(good), 0)},
		{"twice", append(bytes.Clone(good), good...)},
		{"too long", append(bytes.Clone(good), make([]byte, MaxPlain)...)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			o := opener(LaneInput, e)
			refuses(t, o, tt.frame, "")
			if len(o.senders) != 0 {
				t.Error("a refused frame is remembered")
			}
		})
	}
	opens(t, opener(LaneInput, e), good, "", "secret", 2)
}

func TestEveryBitOfAFrameCounts(t *testing.T) {
	e := newEpoch(t, 1, 1)
	frame := seal(t, NewSealer(e, session, 300, LaneScreen), "secret", "slot")
	o := opener(LaneScreen, e)
	eachFlip(frame, func(flipped []byte) { refuses(t, o, flipped, "slot") })
	eachFlip([]byte("slot"), func(flipped []byte) { refuses(t, o, frame, string(flipped)) })
	for n := range len(frame) {
		refuses(t, o, frame[:n], "slot")
	}
	opens(t, o, frame, "slot", "secret", 300) // none of it was in the way
}

func TestReplay(t *testing.T) {
	for _, lane := range []Lane{LaneScreen, LaneInput, LaneClipboard, LaneFiles, LaneControl} {
		t.Run(fmt.Sprintf("lane %d", lane), func(t *testing.T) {
			e := newEpoch(t, 1, 1)
			s, o := NewSealer(e, session, 2, lane), opener(lane, e)
			var frames [][]byte
			for i := range 6 {
				frames = append(frames, seal(t, s, fmt.Sprint(i), ""))
			}
			opens(t, o, frames[0], "", "0", 2)
			refuses(t, o, frames[0], "")
			opens(t, o, frames[3], "", "3", 2) // frames may be lost …
			for _, late := range frames[:4] {  // … and do not open later
				refuses(t, o, late, "")
			}
			opens(t, o, frames[4], "", "4", 2)
			opens(t, o, frames[5], "", "5", 2)
		})
	}
}

func TestSendersCountApart(t *testing.T) {
	e := newEpoch(t, 1, 1)
	o := opener(LaneInput, e)
	a, b := NewSealer(e, session, 2, LaneInput), NewSealer(e, session, 3, LaneInput)
	for range 3 {
		seal(t, a, "lost", "")
	}
	opens(t, o, seal(t, a, "a", ""), "", "a", 2)
	opens(t, o, seal(t, b, "b", ""), "", "b", 3)
	opens(t, o, seal(t, a, "a", ""), "", "a", 2)
}

// TestReplayToAnOpenerMadeAnew is the relay breaking a lane so that the customer's machine opens it again.
func TestReplayToAnOpenerMadeAnew(t *testing.T) {
	e := newEpoch(t, 1, 1)
	t.Run("keys are not typed twice", func(t *testing.T) {
		s := NewSealer(e, session, 2, LaneInput)
		frame := seal(t, s, "rm", "")
		opens(t, opener(LaneInput, e), frame, "", "rm", 2)
		o := opener(LaneInput, e)
		refuses(t, o, frame, "")
		opens(t, o, seal(t, s, "ls", ""), "", "ls", 2)
	})
	t.Run("pictures may be sent again", func(t *testing.T) {
		frame := seal(t, NewSealer(e, session, 1, LaneScreen), "tile", "")
		opens(t, opener(LaneScreen, e), frame, "", "tile", 1)
		opens(t, opener(LaneScreen, e), frame, "", "tile", 1)
	})
}

func TestEpochsFollow(t *testing.T) {
	one, two := newEpoch(t, 1, 1), newEpoch(t, 2, 2)
	old, fresh := NewSealer(one, session, 1, LaneScreen), NewSealer(two, session, 1, LaneScreen)
	o := opener(LaneScreen)
	refuses(t, o, seal(t, old, "x", ""), "")
	o.Add(one)
	opens(t, o, seal(t, old, "x", ""), "", "x", 1)
	_, _, err := o.Open(nil, seal(t, fresh, "x", ""), nil)
	if refused(t, err); !errors.Is(err, ErrEpochAhead) {
		t.Errorf("a frame that came before its epoch: %v", err)
	}
	o.Add(two)
	opens(t, o, seal(t, fresh, "x", ""), "", "x", 1)
	_, _, err = o.Open(nil, seal(t, old, "x", ""), nil)
	if refused(t, err); !errors.Is(err, ErrEpochBehind) {
		t.Errorf("a frame of the epoch before: %v", err)
	}
	replay := seal(t, fresh, "y", "")
	opens(t, o, replay, "", "y", 1)
	for _, e := range []Epoch{one, two, newEpoch(t, 2, 3), {}, {Number: 9}} {
		o.Add(e) // none is newer, so nothing is forgotten
	}
	refuses(t, o, replay, "")
	refuses(t, o, seal(t, old, "x", ""), "")
	opens(t, o, seal(t, fresh, "z", ""), "", "z", 1)
}

// TestCountersAreNeverUsedTwice makes Sealers over and over, at once, from copies of one epoch.
func TestCountersAreNeverUsedTwice(t *testing.T) {
	e := newEpoch(t, 1, 1)
	frames := make(chan []byte)
	var work sync.WaitGroup
	for range 8 {
		work.Go(func() {
			for range 10 {
				s := NewSealer(e, session, 2, LaneInput)
				for range 10 {
					frame, err := s.Seal(nil, []byte("x"), nil)
					if err != nil {
						t.Error(err)
					}
					frames <- frame
				}
			}
		})
	}
	seen := make(map[uint64]bool)
	for range 800 {
		_, ctr, _, err := ParseHeader(<-frames)
		if err != nil || seen[ctr] {
			t.Errorf("counter %d twice (%v)", ctr, err)
		}
		seen[ctr] = true
	}
	work.Wait()
}

// TestOneFrameOpensOnce gives one frame to Openers of one epoch in many goroutines.
func TestOneFrameOpensOnce(t *testing.T) {
	e := newEpoch(t, 1, 1)
	frame := seal(t, NewSealer(e, session, 2, LaneInput), "x", "")
	results := make(chan error)
	var work sync.WaitGroup
	for range 8 {
		work.Go(func() {
			_, _, err := opener(LaneInput, e).Open(nil, frame, nil)
			results <- err
		})
	}
	opened := 0
	for range 8 {
		if err := <-results; err == nil {
			opened++
		} else {
			refused(t, err)
		}
	}
	work.Wait()
	if opened != 1 {
		t.Errorf("one frame opened %d times", opened)
	}
}

func TestSealerDoesNotWrapAround(t *testing.T) {
	e := newEpoch(t, 1, 1)
	s := NewSealer(e, session, 1, LaneScreen)
	s.next.Store(maxFrames - 1)
	seal(t, s, "last", "")
	for _, s := range []*Sealer{s, NewSealer(e, session, 1, LaneScreen)} {
		got, err := s.Seal([]byte("before"), []byte("x"), nil)
		refused(t, err)
		if string(got) != "before" {
			t.Errorf("a used-up Sealer gave %q", got)
		}
	}
}

func TestOpenerTakesTheHighestCounterNotBeyond(t *testing.T) {
	e := newEpoch(t, 1, 1)
	k, err := e.key(session, 2, LaneInput)
	if err != nil {
		t.Fatal(err)
	}
	var f frame
	refuses(t, opener(LaneInput, e), f.seal(&k, ^uint64(0), nil, []byte("x"), nil), "")
	o := opener(LaneInput, e)
	opens(t, o, f.seal(&k, ^uint64(0)-1, nil, []byte("x"), nil), "", "x", 2)
	refuses(t, o, f.seal(&k, 0, nil, []byte("x"), nil), "")
}

func TestSealerRefuses(t *testing.T) {
	e := newEpoch(t, 1, 1)
	o, a := meet(t, party(2, 1), 1)
	own := unwrap(t, a, wrap(t, o, e))
	for _, tt := range []struct {
		name   string
		sealer *Sealer
	}{
		{"no epoch", NewSealer(Epoch{}, session, 1, LaneScreen)},
		{"a number without a secret", NewSealer(Epoch{Number: 1}, session, 1, LaneScreen)},
		{"sender 0", NewSealer(e, session, 0, LaneScreen)},
		{"sender too high", NewSealer(e, session, 4096, LaneScreen)},
		{"lane 0", NewSealer(e, session, 1, 0)},
		{"lane too high", NewSealer(e, session, 1, 16)},
		{"an attendee as the customer", NewSealer(own, session, 1, LaneScreen)},
		{"an attendee as another", NewSealer(own, session, 3, LaneInput)},
		{"an attendee in another session", NewSealer(own, "563773097", 2, LaneInput)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := tt.sealer.Seal(nil, []byte("x"), nil)
			refused(t, err)
		})
	}
	t.Run("too much", func(t *testing.T) {
		_, err := NewSealer(e, session, 1, LaneScreen).Seal(nil, make([]byte, MaxPlain+1), nil)
		refused(t, err)
	})
	opens(t, opener(LaneInput, e), seal(t, NewSealer(own, session, 2, LaneInput), "x", ""), "", "x", 2)
}

func TestOpenerIsBounded(t *testing.T) {
	for _, lane := range []Lane{LaneScreen, LaneInput} {
		t.Run(fmt.Sprintf("lane %d", lane), func(t *testing.T) {
			e := newEpoch(t, 1, 1)
			o := opener(lane, e)
			for sender := uint32(1); sender <= maxSenders; sender++ {
				opens(t, o, seal(t, NewSealer(e, session, sender, lane), "x", ""), "", "x", sender)
			}
			extra := NewSealer(e, session, maxSenders+1, lane)
			refuses(t, o, seal(t, extra, "x", ""), "")
			if lane == LaneInput { // what the epoch remembers is bounded as well
				refuses(t, opener(lane, e), seal(t, extra, "x", ""), "")
			}
			opens(t, o, seal(t, NewSealer(e, session, 1, lane), "y", ""), "", "y", 1)
			if len(o.senders) != maxSenders {
				t.Errorf("%d senders remembered, at most %d announced", len(o.senders), maxSenders)
			}
		})
	}
}

// TestSecretsAreNotPrinted: an epoch that ends up in a log tells its number only.
func TestSecretsAreNotPrinted(t *testing.T) {
	e := newEpoch(t, 1, 1)
	for _, form := range []string{"%v", "%+v", "%#v", "%s"} {
		out := fmt.Sprintf(form, e)
		secret := fmt.Sprint(e.state.secret[:4])
		if strings.Contains(out, strings.Trim(secret, "[]")) {
			t.Errorf("%s prints the secret: %s", form, out)
		}
	}
}

func TestNothingIsAllocated(t *testing.T) {
	e := newEpoch(t, 1, 1)
	s, o := NewSealer(e, session, 1, LaneScreen), opener(LaneScreen, e)
	plain, aad := make([]byte, 4096), make([]byte, 8)
	var frame, out []byte
	if n := testing.AllocsPerRun(200, func() {
		var err error
		if frame, err = s.Seal(frame[:0], plain, aad); err != nil {
			t.Fatal(err)
		}
		if out, _, err = o.Open(out[:0], frame, aad); err != nil {
			t.Fatal(err)
		}
	}); n != 0 {
		t.Errorf("%v allocations per frame", n)
	}
}

func BenchmarkSeal(b *testing.B) {
	benchmark(b, func(b *testing.B, s *Sealer, _ *Opener, plain []byte) {
		aad := make([]byte, 8)
		var frame []byte
		for b.Loop() {
			frame, _ = s.Seal(frame[:0], plain, aad)
		}
	})
}

func BenchmarkSealAndOpen(b *testing.B) {
	benchmark(b, func(b *testing.B, s *Sealer, o *Opener, plain []byte) {
		aad := make([]byte, 8)
		var frame, out []byte
		for b.Loop() {
			frame, _ = s.Seal(frame[:0], plain, aad)
			var err error
			if out, _, err = o.Open(out[:0], frame, aad); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func benchmark(b *testing.B, run func(*testing.B, *Sealer, *Opener, []byte)) {
	for _, size := range []int{64, 4 << 10, 64 << 10} {
		b.Run(fmt.Sprintf("%d bytes", size), func(b *testing.B) {
			e := newEpoch(b, 1, 1)
			b.SetBytes(int64(size))
			b.ReportAllocs()
			run(b, NewSealer(e, session, 1, LaneScreen), opener(LaneScreen, e), make([]byte, size))
		})
	}
}
