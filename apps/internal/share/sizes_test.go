package share_test

import (
	"fmt"
	"image"
	"image/color"
	"testing"
	"time"

	"deskhand/protocol/frame"
)

func one(w, h int) []frame.Display {
	return []frame.Display{{ID: 0, W: w, H: h, Primary: true, Name: "one"}}
}

// TestSizes shares displays of odd sizes, and has them change while something moves on them.
func TestSizes(t *testing.T) {
	beside := []frame.Display{{ID: 0, W: 640, H: 401, Primary: true}, {ID: 1, X: 640, W: 97, H: 1021, Name: "upright"}}
	for _, tt := range []struct {
		name string
		then [][]frame.Display
	}{
		{"one pixel", [][]frame.Display{one(1, 1)}},
		{"one column", [][]frame.Display{one(1, 377)}},
		{"one row", [][]frame.Display{one(333, 1)}},
		{"beside a square", [][]frame.Display{one(63, 65), one(65, 63), one(64, 64)}},
		{"one more than a key", [][]frame.Display{one(257, 255), one(513, 1)}},
		{"turned by a quarter and back", [][]frame.Display{one(640, 480), one(480, 640), one(640, 480)}},
		{"smaller, larger", [][]frame.Display{one(800, 600), one(321, 199), one(1023, 767)}},
		{"another display comes and goes", [][]frame.Display{one(640, 401), beside, one(640, 401), beside[1:], beside}},
		{"the same again", [][]frame.Display{one(300, 200), one(300, 200)}},
		{"sixteen", [][]frame.Display{sixteen()}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			present(t, tt.then[0], 2, func(s *show) {
				s.relay.WithoutVideo = 3
				for i, displays := range tt.then {
					if i > 0 {
						s.arrange(displays...) // in the middle of what was drawn last
					}
					for range 20 {
						s.doodle(3)
						time.Sleep(20 * time.Millisecond)
					}
				}
				s.rest()
				s.exact()
				s.relay.Keys()
				s.rest()
				s.exact()
			})
		})
	}
}

func sixteen() (all []frame.Display) {
	for i := range 16 {
		all = append(all, frame.Display{ID: i, X: 100 * i, W: 20 + 5*i, H: 100 - 3*i, Name: fmt.Sprint(i), Primary: i == 3})
	}
	return all
}

// TestHugeScreen is as large as screens are sold today.
func TestHugeScreen(t *testing.T) {
	present(t, one(7680, 4320), 1, func(s *show) {
		for n := range 4 {
			s.draw(0, image.Rect(7680-300, 4320-200, 7680, 4320), page(7*n))
			s.draw(0, image.Rect(3000+100*n, 2000, 3400+100*n, 2300), func(int, int) color.RGBA { return color.RGBA{9, 99, 199, 255} })
			time.Sleep(50 * time.Millisecond)
		}
		s.rest()
		s.exact()
	})
}
