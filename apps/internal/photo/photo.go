// Package photo is the lossy still codec of the screen path: JPEG for noisy pictures that move on or must appear soon
// on a slow link. Bodies are plain baseline JPEG files, so that every build can read what another one made: with
// libjpeg-turbo where there is cgo for Linux or Windows, else (or with the build tag nocodecs) with image/jpeg.
//
// It does not choose qualities; whoever sends does. Measured on one core of a server processor with a full-HD landscape with
// grain (scene.Photo of the outside benchmark); dB is the peak signal to noise ratio over blue, green and red:
//
//	quality     Full444: kB    dB  enc + dec ms     Half420: kB    dB  enc + dec ms
//	   10             76  30.0      6.6 +  3.7            51  29.5      3.7 + 2.5
//	   20            101  32.8      7.5 +  4.6            74  32.1      4.0 + 2.9
//	   30            125  34.2      7.6 +  4.9            94  33.4      4.2 + 3.2
//	   50            169  35.4      7.7 +  5.1           130  34.5      4.3 + 3.4
//	   75            268  37.0      7.8 +  5.8           213  35.8      4.7 + 4.3
//	   90            522  39.2      8.8 +  8.0           427  37.7      5.4 + 5.8
//	   95            869  41.3     10.2 + 10.6           720  39.2      6.4 + 8.0
//
// libjpeg-turbo's fast transforms win nothing where there is SIMD and lose up to 0.5 dB, so they are not used.
// With it nothing is allocated in steady state. An Encoder or Decoder is for one goroutine at a time; any number of them
// can be used at once.
package photo

import "errors"

// Sampling is how much of the colour is kept. The zero value is Full444.
type Sampling uint8

// The samplings.
const (
	Full444 Sampling = iota // colour for every pixel
	Half420                 // one colour for two by two pixels
)

// MaxSide is the largest width and height; MaxPixels the largest area. They bound the memory of both sides: an Encoder
// holds up to 6 bytes for each pixel of the largest picture so far, a Decoder some rows.
const (
	MaxSide   = 8192
	MaxPixels = 1 << 24
)

var (
	// ErrSize means a picture that is empty, over the limits, or whose pixels are not all there.
	ErrSize = errors.New("photo: the size of the picture is out of range")
	// ErrQuality means a quality outside of 1..100 or an unknown sampling.
	ErrQuality = errors.New("photo: quality or sampling is out of range")
	// ErrBody means a body that is not a baseline JPEG file of the size of the picture to fill.
	ErrBody = errors.New("photo: the body is not a picture that fits")
	// ErrClosed means that Close was called before, or that there was no memory to begin with.
	ErrClosed = errors.New("photo: the codec is closed")
)

// sizeOK reports whether both codecs may be given such a picture.
func sizeOK(w, h int) bool {
	return w > 0 && h > 0 && w <= MaxSide && h <= MaxSide && w*h <= MaxPixels
}

// settingsOK reports whether both codecs know such settings.
func settingsOK(quality int, sub Sampling) bool {
	return quality >= 1 && quality <= 100 && sub <= Half420
}
