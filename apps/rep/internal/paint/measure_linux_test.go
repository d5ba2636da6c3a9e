package paint

import (
	"fmt"
	"image"
	"slices"
	"time"

	"github.com/jezek/xgb/xproto"

	"deskhand/apps/internal/x11"
	"deskhand/protocol/pixel"
)

// eye looks at pixels of the screen, as a person would.
type eye struct {
	conn *x11.Conn
}

func (e eye) pixel(x, y int) [3]byte {
	r, err := xproto.GetImage(e.conn.Conn, xproto.ImageFormatZPixmap, xproto.Drawable(e.conn.Screen.Root),
		int16(x), int16(y), 1, 1, ^uint32(0)).Reply()
	if err != nil {
		panic(err)
	}
	return [3]byte(r.Data[:3])
}

// measure changes the picture and waits until the change is on the screen, many times.
func (s *stage) measure(what string) {
	conn, err := x11.Open("", nil)
	if err != nil {
		panic(err)
	}
	defer conn.Close()
	e := eye{conn: conn}
	at, err := xproto.TranslateCoordinates(conn.Conn, xproto.Window(s.parent), conn.Screen.Root, 0, 0).Reply()
	if err != nil {
		panic(err)
	}
	r := image.Rect(400, 300, 410, 318)
	if what == "full" {
		r = image.Rect(0, 0, 1920, 1080)
	}
	// Somewhere in the picture: where does the window show it?
	corner := s.corner(e, int(at.DstX), int(at.DstY))
	last := corner.Add(r.Max).Sub(image.Pt(1, 1))
	var took []time.Duration
	for n := range 60 {
		color := byte(40 + n*3)
		next := pixel.New(r.Dx(), r.Dy())
		next.Fill(color, color, color)
		start := time.Now()
		s.source.change(0, r, func(m pixel.Image) { pixel.Copy(m, 0, 0, next) })
		changed := time.Now()
		s.loop.Wake()
		for e.pixel(last.X, last.Y) != [3]byte{color, color, color} {
			if time.Since(start) > 5*time.Second {
				panic("the change is never seen")
			}
		}
		took = append(took, time.Since(changed))
		time.Sleep(30 * time.Millisecond)
	}
	slices.Sort(took)
	fmt.Println("figure", took[len(took)/2].Microseconds(), took[len(took)*9/10].Microseconds())
}

// corner finds the picture's first pixel on the screen.
func (s *stage) corner(e eye, x, y int) image.Point {
	mark := image.Rect(0, 0, 3, 3)
	s.source.change(0, mark, func(m pixel.Image) { m.Fill(250, 1, 250) })
	s.loop.Wake()
	time.Sleep(300 * time.Millisecond)
	for i := range 300 {
		r, err := xproto.GetImage(e.conn.Conn, xproto.ImageFormatZPixmap, xproto.Drawable(e.conn.Screen.Root), int16(x), int16(y+i), 300, 1, ^uint32(0)).Reply()
		if err != nil {
			panic(err)
		}
		for j := range 300 {
			if [3]byte(r.Data[4*j:4*j+3]) == [3]byte{250, 1, 250} {
				return image.Pt(x+j, y+i)
			}
		}
	}
	panic("the picture is not seen")
}
