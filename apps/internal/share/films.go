package share

import (
	"image"
	"log/slog"
	"slices"
	"time"

	"deskhand/apps/internal/video"
	"deskhand/protocol/frame"
	"deskhand/protocol/pb"
)

const (
	// filmBits is how many bits a second each pixel of a film may have at most: 10 Mbit/s at 1280x720.
	filmBits = 11
	// filmShare is the part of what the path carries that a film may take.
	filmShare    = 0.8
	leastBits    = 150_000
	mostFailures = 3  // then there are no films any more
	usualRate    = 24 // frames a second, until it has been measured
)

// films shows moving parts as streams of video. For one goroutine.
type films struct {
	out    *sender
	logger *slog.Logger
	codec  video.Codec // that every viewer decodes, 0 while there is none
	shown  [frame.MaxStreams]film
	failed int // how often a film could not be encoded
	body   []byte
}

// film is one stream; there is one a display.
type film struct {
	encoder *video.Encoder // nil while there is none
	part    image.Rectangle
	key     bool      // the next frame has to be a key frame
	last    time.Time // when the last frame was made
	rate    float64   // frames a second
}

func newFilm(encoder *video.Encoder, part image.Rectangle) film {
	return film{encoder: encoder, part: part, key: true, rate: usualRate}
}

// decided chooses the codec anew.
func (f *films) decided(codecs []pb.VideoCodec) {
	codec := video.Codec(0)
	for _, c := range video.Codecs() {
		if slices.Contains(codecs, pb.VideoCodec(c)) {
			codec = c
			break
		}
	}
	if codec != f.codec {
		f.stop()
		f.codec = codec
	}
}

// stop forgets all films, without telling anybody.
func (f *films) stop() {
	for i := range f.shown {
		f.shown[i].close()
	}
}

func (f *film) close() {
	if f.encoder != nil {
		f.encoder.Close()
	}
	*f = film{}
}

// restart makes the next frame of each film one that needs nothing before it.
func (f *films) restart() {
	for i := range f.shown {
		f.shown[i].key = true
	}
}

// draw writes the next frame of a view's film if something in it is due, and ends one that is over.
func (f *films) draw(v *view, now time.Time) error {
	stream := v.id % len(f.shown)
	film := &f.shown[stream]
	if v.moving.over(now) || v.moving.part != film.part {
		f.end(v, film, stream)
	}
	if v.moving.over(now) {
		v.moving.stop()
	}
	part := v.moving.part
	if part.Empty() || f.codec == 0 || !v.due.Overlaps(part) {
		return nil
	}
	if film.encoder == nil {
		encoder, err := video.NewEncoder(video.Config{W: part.Dx(), H: part.Dy()})
		if err != nil {
			f.logger.Warn("no moving pictures: they are sent as photos", "err", err)
			f.codec = 0
			return nil
		}
		*film = newFilm(encoder, part)
	}
	return f.frame(v, film, stream, now)
}

// frame writes one frame.
func (f *films) frame(v *view, film *film, stream int, now time.Time) error {
	if d := now.Sub(film.last).Seconds(); !film.last.IsZero() && d > 0 {
		film.rate += (min(max(1/d, 1), 60) - film.rate) / 8
	}
	film.last = now
	body, key, err := film.encoder.Encode(f.body[:0], v.now.Sub(film.part), video.Settings{
		Bits: f.bits(film.part), Rate: film.rate, Key: film.key,
	})
	if err != nil || len(body) > mostBody {
		f.logger.Warn("a moving picture could not be encoded: it is sent as photos", "err", err, "bytes", len(body))
		f.end(v, film, stream)
		v.moving.stop()
		if f.failed++; f.failed >= mostFailures {
			f.codec = 0
		}
		return nil
	}
	f.body, film.key = body, film.key && !key
	v.shown(film.part, false)
	if len(body) == 0 {
		return nil // nothing to show: the frame was left out
	}
	if err := f.out.fit(len(body)); err != nil {
		return err
	}
	f.out.plain = frame.AppendVideo(f.out.plain, v.id, film.part, uint8(stream), body)
	return nil
}

// end ends a film: what it showed last is made exact once it rests.
func (f *films) end(v *view, film *film, stream int) {
	if film.encoder == nil {
		return
	}
	film.close()
	f.out.op()
	f.out.plain = frame.AppendVideoEnd(f.out.plain, uint8(stream))
}

// bits is how many bits a second a film gets.
func (f *films) bits(part image.Rectangle) int {
	path := 8 * filmShare * f.out.pace.Rate()
	return int(max(min(path, filmBits*float64(part.Dx()*part.Dy())), leastBits))
}
