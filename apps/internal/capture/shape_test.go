package capture

import (
	"bytes"
	"testing"

	"deskhand/protocol/pixel"
)

func picture(w, h int, pix ...byte) pixel.Image {
	return pixel.Image{Pix: pix, Stride: w * pixel.Bytes, W: w, H: h}
}

func TestShapesOfWindows(t *testing.T) {
	const o, w = 0, 255
	mask := picture(3, 1, o, o, o, o, w, w, w, o, w, w, w, o)
	for _, tt := range []struct {
		name string
		got  pixel.Image
		want []byte
	}{
		{
			"alpha is multiplied", colourShape(picture(3, 1, 200, 100, 50, 128, 9, 9, 9, 0, 7, 8, 9, 255), mask),
			[]byte{100, 50, 25, 128, 0, 0, 0, 0, 7, 8, 9, 255},
		},
		{
			"no alpha: the mask says", colourShape(picture(3, 1, 200, 100, 50, 0, 0, 0, 0, 0, w, w, w, 0), mask),
			[]byte{200, 100, 50, 255, 0, 0, 0, 0, 0, 0, 0, 255},
		},
		{
			"monochrome", monochromeShape(picture(2, 4,
				o, o, o, o, o, o, o, o, w, w, w, o, w, w, w, o, // mask
				o, o, o, o, w, w, w, o, o, o, o, o, w, w, w, o)),
			[]byte{0, 0, 0, 255, 255, 255, 255, 255, 0, 0, 0, 0, 0, 0, 0, 255},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if !bytes.Equal(tt.got.Pix, tt.want) {
				t.Errorf("pixels %v, want %v", tt.got.Pix, tt.want)
			}
		})
	}
}
