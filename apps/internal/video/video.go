// Package video is the codec of what moves all the time: a rectangle of the customer's picture as a VP8 stream, by libvpx. It
// has the colour of four pixels once; what rests is made exact by others. The stream is carried reliably and in order. It
// begins with a key frame, and another one comes only when asked for or when it is the cheapest way to show a new scene.
//
// Quality is constant as long as the link allows, so a good link does not carry more than is needed; on a slow one each
// frame is made to fit its share of the bits, because a frame that does not is a delay. There is no look-ahead and no
// frame is held back: each picture gives one body.
//
// Where there is no cgo for Linux or Windows (or with the build tag nocodecs), Available is false and the constructors fail.
// An Encoder or Decoder is for one goroutine at a time; any number of them can be used at once. In steady state nothing
// is allocated in Go.
//
// Measured with 1280x720 photo-like pictures with grain that move 24 times a second ("video" of the outside benchmark) on one
// core of a server processor that others used as well, colour conversion included; dB is the peak signal to noise ratio
// over blue, green and red:
//
//	quantizer   dB   Mbit/s  largest frame  key     encode  decode
//	        5  37.8     5.2          55 kB  251 kB  5.9 ms  3.0 ms
//	        8  36.8     3.7          47 kB  174 kB  5.3 ms  2.8 ms
//	       12  35.9     2.7          44 kB  121 kB  5.2 ms  2.6 ms
//	       20  34.8     1.9          34 kB   74 kB  4.5 ms  2.0 ms
//	       32  33.6     1.6          27 kB   45 kB  5.1 ms  2.0 ms
//	       48  31.5     1.0          16 kB   18 kB  5.5 ms  2.3 ms
//
// Half of the time is saved by not encoding what is grain only (enough in vpx.go): without that quantizer 8 takes 8 to 9 ms,
// 38.0 dB and 8 Mbit/s. VP9 in profile 1, which has the colour of each pixel, took 12 to 14 ms in the same runs for 38.4 dB
// and 2.7 Mbit/s, and 11 to 13 ms in profile 0 for 36.3; its speeds, static threshold, modes of resilience and of content change
// that by a tenth at most. So it is the better one where bits are scarce, and nowhere else. Leaving colour out costs: 4:2:0
// alone, without any codec, is at 41.2 dB when it is shown as here and at 40.6 when samples are repeated. Two threads
// of VP8 took 20 ms and more, mostly waiting for each other. A key takes four to five times as long as other frames.
package video

import "errors"

// Codec names a format, so that both ends can agree on one. The numbers go over the wire.
type Codec uint8

// The formats. VP9 has a number so that a build may offer it; this one does not, see the package comment.
const (
	VP8 Codec = 1
	VP9 Codec = 2
)

// Limits of a picture's width, height and area, on both sides. A Decoder holds at most four pictures of a byte and a half
// a pixel, with a border of 32 pixels around: 60 MB at MaxPixels. An Encoder holds a few more.
const (
	MinSide   = 16
	MaxSide   = 8192
	MaxPixels = 4096 * 2304
)

var (
	// ErrUnavailable means that this build has no video codec.
	ErrUnavailable = errors.New("video: this program was built without video codecs")
	// ErrSize means a picture outside of the limits, of another size than the encoder's, or whose pixels are not all there.
	ErrSize = errors.New("video: the size of the picture is out of range")
	// ErrBody means a body that is not the next frame of the size of the picture to fill. The next one must be a key.
	ErrBody = errors.New("video: the body is not a frame that fits")
	// ErrFailed means that the library gave up, for lack of memory.
	ErrFailed = errors.New("video: the codec failed")
	// ErrClosed means that Close was called before.
	ErrClosed = errors.New("video: the codec is closed")
)

// Config is what an Encoder is made for.
type Config struct {
	W, H int // of all pictures
}

// Settings are for one frame and may be others for the next.
type Settings struct {
	Bits int     // a second at most, 0 for no limit
	Rate float64 // frames a second among which Bits are shared; 0 is 24

	// Finest and Coarsest bound the quantizer, 1 to 63; larger is worse. Frames are as fine as Finest unless Bits
	// demand otherwise, and over Bits if even Coarsest does not help. 0 stands for DefaultFinest and DefaultCoarsest.
	Finest, Coarsest int

	Key bool // make a frame that needs none before it
}

// What is used for Settings.Finest and Coarsest when they are 0; see the package comment for what they look like.
const (
	DefaultFinest   = 8
	DefaultCoarsest = 60
)

// defaults puts what is missing or out of range right.
func (s Settings) defaults() Settings {
	if s.Rate <= 0 {
		s.Rate = 24
	}
	if s.Finest == 0 {
		s.Finest = DefaultFinest
	}
	if s.Coarsest == 0 {
		s.Coarsest = DefaultCoarsest
	}
	s.Finest = min(max(s.Finest, 1), 63)
	s.Coarsest = min(max(s.Coarsest, s.Finest), 63)
	return s
}

// sizeOK reports whether both sides may be given such a picture.
func sizeOK(w, h int) bool {
	return w >= MinSide && h >= MinSide && w <= MaxSide && h <= MaxSide && w*h <= MaxPixels
}
