package tile

import (
	"math/bits"
	"slices"
)

// The colours of a screen are told apart by families, as the shades between a letter and its paper have much the same
// hue: grey, then each of six hues, strong and weak.
const (
	families   = 13
	familyBits = 4 // the number behind the last family stands for colours that are not in the palette

	maxColoursOfScreen = 4095 // in the palette
)

// familyOf gives the family of a colour.
func familyOf(v uint32) int {
	r, g, b := int(v>>16&0xff), int(v>>8&0xff), int(v&0xff)
	high, low := max(r, g, b), min(r, g, b)
	f := 1
	switch {
	case high == low:
		return 0
	case high == r && low == b:
	case high == g && low == b:
		f = 3
	case high == g && low == r:
		f = 5
	case high == b && low == r:
		f = 7
	case high == b && low == g:
		f = 9
	default:
		f = 11
	}
	if 8*(high-low) < high {
		f++
	}
	return f
}

// treeContexts is by how many kinds of neighbours the odds of colours are told apart.
const treeContexts = 16

// family is where the colours of one are.
type family struct {
	first, n int // in the palette
	at       int // of its trees
	bits     int // of a number within it
}

// shades is what has been learned of which colours of a family occur.
type shades struct {
	family  [families]family
	chances [treeContexts * (2*(maxColoursOfScreen+1) + families)]chance
}

// set says how many colours the family f has; those before it are set already.
func (s *shades) set(f, n int) {
	v := family{n: n, bits: bits.Len(uint(max(0, n-1)))}
	if f > 0 {
		b := s.family[f-1]
		v.first, v.at = b.first+b.n, b.at+treeContexts<<b.bits
	}
	s.family[f] = v
}

func (s *shades) reset() {
	last := s.family[families-1]
	reset(s.chances[:last.at+treeContexts<<last.bits])
}

// tree gives the chances for the numbers of a family in a context, and how many bits those have.
func (s *shades) tree(f int, context uint32) ([]chance, int) {
	v := &s.family[f]
	at := v.at + int(context)%treeContexts<<v.bits
	return s.chances[at : at+1<<v.bits], v.bits
}

// hues gathers colours. The hash table has two places for each, so that a free place is near.
type hues struct {
	list    []uint32                             // family, green, red, blue from the top
	keys    [2 * (maxColoursOfScreen + 1)]uint32 // the same and a bit above; 0 is a free place
	numbers [2 * (maxColoursOfScreen + 1)]uint16
}

func (h *hues) clear() {
	h.list = h.list[:0]
	clear(h.keys[:])
}

const taken = 1 << 31

func hue(v uint32) uint32 { return uint32(familyOf(v))<<24 | v&0xff00<<8 | v>>16<<8 | v&0xff }

func (h *hues) place(t uint32) uint32 {
	const n = uint32(len(h.keys))
	i := t * 0x9e37_79b1 >> (33 - bits.Len32(n))
	for h.keys[i] != 0 && h.keys[i] != t|taken {
		i = (i + 1) % n
	}
	return i
}

func (h *hues) add(v uint32) {
	t := hue(v)
	if i := h.place(t); h.keys[i] == 0 && len(h.list) < maxColoursOfScreen {
		h.keys[i] = t | taken
		h.list = append(h.list, t)
	}
}

// sort puts them in order and numbers them.
func (h *hues) sort() {
	slices.Sort(h.list)
	for n, t := range h.list {
		h.numbers[h.place(t)] = uint16(n)
	}
}

// count is how many colours of the family f there are.
func (h *hues) count(f int) int {
	from, _ := slices.BinarySearch(h.list, uint32(f)<<24)
	to, _ := slices.BinarySearch(h.list, uint32(f+1)<<24)
	return to - from
}

// find gives a colour's family and its number in the list; the family is families if there was no room for it.
func (h *hues) find(v uint32) (f, number int) {
	t := hue(v)
	i := h.place(t)
	if h.keys[i] == 0 {
		return families, 0
	}
	return int(t >> 24), int(h.numbers[i])
}
