// Package tile is the picture format: one rectangle of pixels to bytes and back, exactly. It picks among a single
// colour, a few colours, and many colours by what is in the rectangle. It is pure; an Encoder or a Decoder belongs to
// one goroutine at a time, owns its scratch memory, and allocates nothing once warm. Everything else may be called
// concurrently.
package tile

// Size is the usual side of a tile in pixels, MaxSize the largest.
const (
	Size    = 64
	MaxSize = 512
)

// Pixels is a rectangle in memory: rows of R, G, B, A bytes, as image.RGBA has them. It does not own Pix.
type Pixels struct {
	Pix    []byte // the first byte is the top left pixel's red
	Stride int    // bytes from one row to the next
	W, H   int    // pixels
}

// Encoder turns pixels into bodies. Make one with NewEncoder; it belongs to one goroutine at a time.
type Encoder struct{}

// NewEncoder makes an encoder with its scratch memory.
func NewEncoder() *Encoder { return &Encoder{} }

// Append appends the body of p to dst. Alpha is ignored.
func (e *Encoder) Append(dst []byte, p Pixels) []byte { return dst }

// Decoder turns bodies into pixels. Make one with NewDecoder; it belongs to one goroutine at a time.
type Decoder struct{}

// NewDecoder makes a decoder with its scratch memory.
func NewDecoder() *Decoder { return &Decoder{} }

// Decode fills p, whose W and H must be those of the encoded pixels, and sets alpha to 255.
func (d *Decoder) Decode(p Pixels, body []byte) error { return nil }

// Equal reports whether a and b show the same; sizes that differ are not equal.
func Equal(a, b Pixels) bool { return false }
