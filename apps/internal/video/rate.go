package video

import "math"

// look is what is seen of a picture before it is encoded, in mean absolute differences of luma.
type look struct {
	change float64 // from the picture before
	detail float64 // between neighbouring pixels
	pixels float64
}

// rate chooses the quantizer of each frame. It predicts the logarithm of a frame's bytes as weight + curve(quantizer):
// the curves are properties of the codec, the weights of the pictures and learnt from the frames made. What a frame
// is over its share is a debt that the next ones pay; what one saves is not credited, because bytes saved make no
// delay undone.
type rate struct {
	last   int     // quantizer of the last frame; 0 before the first
	weight float64 // of frames between keys
	scale  float64 // how much dearer keys were than thought, as a logarithm
	change float64 // of the last picture that was not still
	debt   float64 // bytes
}

const (
	keyShares  = 4    // shares that a key may take at once: one late frame is better than a blurred start
	repay      = 0.35 // part of the debt that one frame pays
	least      = 0.4  // of its share is left to a frame however large the debt
	still      = 0.02 // a change below is none: the picture rests, and making it exact is the sender's business
	cut        = 2.5  // a change as many times the last one, and of some size, is a new scene
	finerStep  = 4    // quantizers by which one frame may be finer than the last
	finerPrice = 1.6  // a finer frame after a coarser one also pays for what that one left out
	redoAt     = 3    // a frame as many times over what it may take is made again as a coarser key
)

// curve is the logarithm of a frame's bytes at a quantizer, measured on moving photos with grain, but for a constant.
func curve(q int) float64 {
	f := float64(q)
	return -0.17*min(f, 8) - 0.045*min(max(f-8, 0), 12) - 0.025*max(f-20, 0)
}

// keyCurve is the same for keys.
func keyCurve(q int) float64 {
	f := float64(q)
	return -0.14*min(f, 8) - 0.08*min(max(f-8, 0), 8) - 0.055*max(f-16, 0)
}

// keyWeight predicts the weight of a key from how a picture looks. A landscape with a detail of 6 takes one bit a pixel at 13.
func (r *rate) keyWeight(l look) float64 {
	return math.Log(l.pixels/8*(l.detail+0.5)/6) - keyCurve(13) + r.scale
}

// plan is a frame as it should be.
type plan struct {
	quantizer int
	key       bool
	limit     float64 // bytes it may take; +Inf without a limit
}

// next plans a frame. The settings have their defaults.
func (r *rate) next(s Settings, l look) plan {
	p := plan{quantizer: s.Finest, key: s.Key || r.last == 0, limit: math.Inf(1)}
	share := s.share()
	if p.key {
		p.limit = max(keyShares*share-r.debt, share)
	} else {
		p.limit = max(share-repay*r.debt, least*share)
		finer := finerStep
		if l.change < still {
			finer = 0
		}
		p.quantizer = max(s.Finest, min(r.last-finer, s.Coarsest))
	}
	for p.quantizer < s.Coarsest && r.predict(p, l) > math.Log(p.limit) {
		p.quantizer++
	}
	return p
}

// predict is the logarithm of the bytes of a planned frame.
func (r *rate) predict(p plan, l look) float64 {
	key := r.keyWeight(l) + keyCurve(p.quantizer)
	if p.key {
		return key
	}
	b := r.weight + curve(p.quantizer)
	if p.quantizer < r.last {
		b += (finerPrice - 1) * (curve(p.quantizer) - curve(r.last))
	}
	if more := (l.change + 1) / (r.change + 1); more > 1 {
		b += math.Log(more)
	}
	return min(b, key+0.2) // a new scene costs what a key costs, whatever was before
}

// again says whether a frame that took so many bytes should be thrown away and made as a coarser key, and how.
func (r *rate) again(p plan, s Settings, l look, bytes int) (plan, bool) {
	if float64(bytes) < redoAt*p.limit || p.quantizer >= s.Coarsest {
		return p, false
	}
	if !p.key && (l.change < 3 || l.change < cut*r.change) {
		return p, false // not a new scene: the next frames make up for it
	}
	p.key = true // a new scene costs as a key what it costs otherwise
	r.scale += math.Log(float64(bytes)) - r.predict(p, l)
	s.Key = true
	coarser := r.next(s, l)
	coarser.quantizer = max(coarser.quantizer, min(p.quantizer+1, s.Coarsest))
	return coarser, true
}

// made learns from a frame that is sent.
func (r *rate) made(p plan, s Settings, l look, bytes int) {
	size := math.Log(float64(max(bytes, 1)))
	if p.key {
		r.scale += size - r.predict(p, l)
		r.weight = size - curve(p.quantizer) - 1.6 // what follows a key is not known; a fifth of it is a fair guess
	} else if l.change >= still {
		learnt := size - curve(p.quantizer)
		gain := 0.3
		if learnt > r.weight {
			gain = 0.6
		}
		r.weight += gain * (learnt - r.weight)
	}
	if share := s.share(); !math.IsInf(share, 1) {
		r.debt = max(0, r.debt+float64(bytes)-share)
	} else {
		r.debt = 0
	}
	if r.last = p.quantizer; p.key || l.change >= still { // what moves again is like what moved before
		r.change = l.change
	}
}

// share is the bytes of one frame.
func (s Settings) share() float64 {
	if s.Bits <= 0 {
		return math.Inf(1)
	}
	return float64(s.Bits) / 8 / s.Rate
}
