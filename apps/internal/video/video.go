// Package video is the codec of what moves all the time: a rectangle of the customer's picture as a VP9 stream of profile 1,
// that is with the colour of every pixel, by libvpx. The stream is carried reliably and in order. It begins with a key
// frame, and another one comes only when asked for or when it is the cheapest way to show a new scene.
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
// core of a server processor, colour conversion included; dB is the peak signal to noise ratio over blue, green and red:
//
//	quantizer   dB   Mbit/s  largest frame  encode  decode
//	       12  40.9     6.8          45 kB   13 ms  4.4 ms
//	       16  39.6     3.7          27 kB   13 ms  3.9 ms
//	       20  38.5     2.4          19 kB   13 ms  3.5 ms
//	       24  37.8     1.8          15 kB   12 ms  3.1 ms
//	       32  36.0     1.1           9 kB   12 ms  4.0 ms
//	       40  34.0     0.7           5 kB   11 ms  3.8 ms
//	       48  32.0     0.4           3 kB   10 ms  3.5 ms
//
// With 1.2 Mbit/s it stays at 35.9 dB, with 0.6 at 33.0. VP8 needs 7.6 Mbit/s for 38.3 dB and 2.4 for 36.0 because it has
// the colour of four pixels once; it takes as long at the first and half as long at the second. A key takes four times as
// long as other frames.
package video

import "errors"

// Codec names a format, so that both ends can agree on one. The numbers go over the wire.
type Codec uint8

// The formats. VP8 has a number so that a build may offer it; this one does not, see the package comment.
const (
	VP8 Codec = 1
	VP9 Codec = 2
)

// Limits of a picture's width, height and area, on both sides. An Encoder holds about 100 bytes for each pixel (105 MB at
// 1280x720, 206 MB at full HD), most of it libvpx's scratch pictures and tokens. A Decoder holds at most four pictures of
// three bytes a pixel, with a border of 160 pixels around: 120 MB at MaxPixels.
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
	W, H    int // of all pictures
	Threads int // 0 is 1; more than one makes frames appear earlier, not cheaper
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
	DefaultFinest   = 20
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
