//go:build linux

package main

import (
	"math"
	"math/rand/v2"
	"time"

	"github.com/jezek/xgb/xproto"

	"deskhand/apps/internal/x11"
	"deskhand/protocol/pixel"
)

// The video is drawn by this program: coloured clouds that drift behind a figure, with grain.
const (
	videoW, videoH = 480, 270
	videoFrames    = 26
	videoPause     = 83 * time.Millisecond
	videoRows      = 60 // in one request, which may be 256 KiB long
)

func openVideo(d *desktop) error {
	return terminal(d, "player", "120x38+40+20", "while :; do echo 'player: one picture of 26'; sleep 60; done")
}

func useVideo(d *desktop) error {
	c, err := x11.Open(d.display, nil)
	if err != nil {
		return err
	}
	defer c.Close()
	win, err := xproto.NewWindowId(c.Conn)
	if err != nil {
		return err
	}
	gc, err := xproto.NewGcontextId(c.Conn)
	if err != nil {
		return err
	}
	xproto.CreateWindow(c.Conn, 0, win, c.Screen.Root, 360, 200, videoW, videoH, 0, xproto.WindowClassInputOutput, 0,
		xproto.CwOverrideRedirect, []uint32{1})
	xproto.MapWindow(c.Conn, win)
	xproto.CreateGC(c.Conn, gc, xproto.Drawable(win), 0, nil)
	grain := rand.New(rand.NewPCG(1, 1))
	tick := time.NewTicker(videoPause)
	defer tick.Stop()
	for n := range videoFrames {
		m := picture(n, grain)
		for y := 0; y < m.H; y += videoRows {
			rows := min(videoRows, m.H-y)
			xproto.PutImage(c.Conn, xproto.ImageFormatZPixmap, xproto.Drawable(win), gc, videoW, uint16(rows), 0, int16(y), 0,
				c.Screen.RootDepth, m.Pix[y*m.Stride:(y+rows)*m.Stride])
		}
		c.Sync()
		<-tick.C
	}
	return nil
}

func picture(n int, grain *rand.Rand) pixel.Image {
	m := pixel.New(videoW, videoH)
	t := float64(n) / 10
	for y := range m.H {
		row := m.Row(y)
		for x := range m.W {
			u, v := float64(x)/90+t, float64(y)/70
			light := 110 + 50*math.Sin(u+math.Sin(v*1.3-t)) + 30*math.Cos(2.1*v-u*0.7)
			warm := 40 * math.Sin(0.6*u-v)
			if dx, dy := float64(x)-240-130*math.Sin(t), float64(y)-135-40*math.Cos(1.7*t); dx*dx+dy*dy < 3600 {
				light, warm = 190-math.Hypot(dx, dy)*1.5, 60
			}
			light += 2 * grain.NormFloat64()
			p := row[pixel.Bytes*x:]
			p[0], p[1], p[2] = shade(light-warm), shade(light), shade(light+warm)
		}
	}
	return m
}

func shade(v float64) byte { return byte(min(max(v, 0), 255)) }
