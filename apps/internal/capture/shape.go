package capture

import "deskhand/protocol/pixel"

// colourShape makes a cursor's shape of Windows' two pictures of the same size: one of colours, which may have alpha, and
// a mask that is white where the screen shines through. The colours are overwritten.
func colourShape(colours, mask pixel.Image) pixel.Image {
	transparent := true // colours of old programs have no alpha: it is 0 everywhere
	for i := 3; i < len(colours.Pix); i += pixel.Bytes {
		transparent = transparent && colours.Pix[i] == 0
	}
	for i := 0; i < len(colours.Pix); i += pixel.Bytes {
		p := colours.Pix[i : i+pixel.Bytes]
		switch {
		case !transparent:
			for k := range 3 {
				p[k] = byte((int(p[k])*int(p[3]) + 127) / 255)
			}
		case mask.Pix[i] == 0:
			p[3] = 255
		case p[0]|p[1]|p[2] != 0:
			inverted(p)
		}
	}
	return colours
}

// monochromeShape makes a shape of a picture of twice its height: above is the mask, below what is white in the shape.
// Where both are, Windows inverts the screen.
func monochromeShape(both pixel.Image) pixel.Image {
	shape := pixel.New(both.W, both.H/2)
	for y := range shape.H {
		mask, white, row := both.Row(y), both.Row(y+shape.H), shape.Row(y)
		for i := 0; i < len(row); i += pixel.Bytes {
			p := row[i : i+pixel.Bytes]
			switch {
			case mask[i] == 0:
				p[0], p[1], p[2], p[3] = white[i], white[i], white[i], 255
			case white[i] != 0:
				inverted(p)
			default:
				clear(p)
			}
		}
	}
	return shape
}

// inverted stands for pixels that invert the screen, which a shape cannot say. It is the beam over text that has them,
// and text mostly stands on a light ground.
func inverted(p []byte) { p[0], p[1], p[2], p[3] = 0, 0, 0, 255 }
