package video

import (
	"math"
	"math/rand/v2"
	"testing"
)

// scene is a codec with a picture in front of it, as the rate sees them.
type scene struct {
	weight float64 // logarithm of a frame's bytes at quantizer 0
	rnd    *rand.Rand
	r      rate
}

var moving = look{change: 6, detail: 6, pixels: 1280 * 720}

// frame makes one and says how it was planned and how many bytes it took.
func (s *scene) frame(set Settings, l look) (plan, int) {
	set = set.defaults()
	p := s.r.next(set, l)
	bytes := s.bytes(p, l)
	if other, again := s.r.again(p, set, l, bytes); again {
		p = other
		bytes = s.bytes(p, l)
	}
	s.r.made(p, set, l, bytes)
	return p, bytes
}

func (s *scene) bytes(p plan, l look) int {
	noise := 0.3 * (s.rnd.Float64() - 0.5)
	key := math.Log(l.pixels/8*l.detail/6) + keyCurve(p.quantizer) - keyCurve(13)
	switch {
	case p.key:
		return int(math.Exp(key + noise))
	case l.change < still:
		return 20
	}
	return int(math.Exp(min(key, s.weight+math.Log(l.change/6)+curve(p.quantizer)) + noise))
}

func newScene() *scene { return &scene{weight: 10.2, rnd: rand.New(rand.NewPCG(4, 5))} }

func TestQualityIsConstantOnAGoodLink(t *testing.T) {
	for name, set := range map[string]Settings{
		"no limit":   {},
		"50 Mbit/s":  {Bits: 50e6},
		"own finest": {Bits: 50e6, Finest: 30},
	} {
		s := newScene()
		want := set.defaults().Finest
		for i := range 50 {
			if p, _ := s.frame(set, moving); p.quantizer != want || p.key != (i == 0) {
				t.Errorf("%s: frame %d has %d, key %v", name, i, p.quantizer, p.key)
			}
		}
	}
}

func TestFramesKeepToTheirShare(t *testing.T) {
	for _, bits := range []int{400e3, 1200e3, 5e6} {
		s, sum, most := newScene(), 0, 0
		set := Settings{Bits: bits, Rate: 30}
		share := set.share()
		for i := range 300 {
			if _, n := s.frame(set, moving); i >= 60 {
				sum, most = sum+n, max(most, n)
			}
		}
		if mean := float64(sum) / 240; mean > 1.03*share || mean < 0.6*share && s.r.last > set.defaults().Finest {
			t.Errorf("%d bits: %.0f bytes a frame of %.0f", bits, mean, share)
		}
		if float64(most) > 2*share {
			t.Errorf("%d bits: a frame of %d bytes, the share is %.0f", bits, most, share)
		}
	}
}

func TestLessBitsAreKeptAtOnce(t *testing.T) {
	s := newScene()
	for range 40 {
		s.frame(Settings{Bits: 20e6}, moving)
	}
	slow := Settings{Bits: 1e6}
	if _, n := s.frame(slow, moving); float64(n) > 1.5*slow.defaults().share() {
		t.Errorf("%d bytes in the first frame", n)
	}
}

func TestNewSceneIsNoLongDelay(t *testing.T) {
	s, set := newScene(), Settings{Bits: 1200e3}
	for range 40 {
		s.frame(set, moving)
	}
	share := set.defaults().share()
	p, n := s.frame(set, look{change: 40, detail: 12, pixels: moving.pixels})
	if float64(n) > 4*share {
		t.Errorf("%d bytes, that is %.1f shares, at %d", n, float64(n)/share, p.quantizer)
	}
}

func TestRestChangesNothing(t *testing.T) {
	s, set := newScene(), Settings{Bits: 1200e3}
	for range 60 {
		s.frame(set, moving)
	}
	before := s.r.last
	for range 100 {
		s.frame(set, look{detail: 6, pixels: moving.pixels})
	}
	if p, _ := s.frame(set, moving); s.r.debt > 2*set.defaults().share() || p.quantizer > before+6 || p.key {
		t.Errorf("%d after a rest, %d before", p.quantizer, before)
	}
}

func TestKeyOnDemand(t *testing.T) {
	s, set := newScene(), Settings{Bits: 2e6}
	for range 10 {
		s.frame(set, moving)
	}
	set.Key = true
	if p, n := s.frame(set, moving); !p.key || float64(n) > 6*set.defaults().share() {
		t.Errorf("key %v, %d bytes", p.key, n)
	}
}

func TestDefaults(t *testing.T) {
	got := Settings{Finest: 99, Coarsest: -3}.defaults()
	if got.Rate != 24 || got.Finest != 63 || got.Coarsest != 63 {
		t.Errorf("%+v", got)
	}
}
