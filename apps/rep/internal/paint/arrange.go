package paint

import (
	"cmp"
	"image"
	"slices"

	"deskhand/protocol/frame"
)

// Choice is which displays are shown.
type Choice struct {
	All     bool // all of them, else:
	Display int  // its ID; one that is not there stands for the first
}

// Place is a display in the picture that is shown.
type Place struct {
	Display int
	R       image.Rectangle // in pixels of the picture
}

// Arrangement is how displays make a picture. It is not changed once it is made.
type Arrangement struct {
	Places []Place
	Size   image.Point
}

// arrange puts the chosen displays into a picture: where they stand on the customer's desktop if that is possible without
// one hiding another, else side by side.
func arrange(l frame.Layout, c Choice) Arrangement {
	displays := l.Displays
	if len(displays) == 0 {
		return Arrangement{}
	}
	if !c.All {
		at := max(0, slices.IndexFunc(displays, func(d frame.Display) bool { return d.ID == c.Display }))
		d := displays[at]
		return Arrangement{[]Place{{d.ID, image.Rect(0, 0, d.W, d.H)}}, image.Pt(d.W, d.H)}
	}
	places := make([]Place, len(displays))
	var all image.Rectangle
	for i, d := range displays {
		places[i] = Place{d.ID, image.Rect(d.X, d.Y, d.X+d.W, d.Y+d.H)}
		all = all.Union(places[i].R)
	}
	if crowded(places) || all.Dx() > maxSide || all.Dy() > maxSide {
		return sideBySide(displays)
	}
	for i := range places {
		places[i].R = places[i].R.Sub(all.Min)
	}
	return Arrangement{places, all.Size()}
}

// maxSide bounds a picture whose displays stand far apart, so that gaps cost no memory.
const maxSide = 16384

func crowded(places []Place) bool {
	for i, p := range places {
		for _, q := range places[:i] {
			if p.R.Overlaps(q.R) {
				return true
			}
		}
	}
	return false
}

func sideBySide(displays []frame.Display) Arrangement {
	displays = slices.Clone(displays)
	slices.SortStableFunc(displays, func(a, b frame.Display) int { return cmp.Compare(a.X, b.X) })
	var a Arrangement
	for _, d := range displays {
		a.Places = append(a.Places, Place{d.ID, image.Rect(a.Size.X, 0, a.Size.X+d.W, d.H)})
		a.Size = image.Pt(a.Size.X+d.W, max(a.Size.Y, d.H))
	}
	return a
}

func (a Arrangement) equal(b Arrangement) bool {
	return a.Size == b.Size && slices.Equal(a.Places, b.Places)
}

// Remote is the display under a pixel of the picture, and its pixel; the nearest one where there is no display.
func (a Arrangement) Remote(p image.Point) (display int, at image.Point) {
	best := -1
	for i, place := range a.Places {
		q := nearest(p, place.R)
		off := q.Sub(p)
		if d := off.X*off.X + off.Y*off.Y; best < 0 || d < best {
			best, display, at = d, a.Places[i].Display, q.Sub(place.R.Min)
		}
	}
	return display, at
}

func nearest(p image.Point, r image.Rectangle) image.Point {
	return image.Pt(min(max(p.X, r.Min.X), r.Max.X-1), min(max(p.Y, r.Min.Y), r.Max.Y-1))
}

// Local is the pixel of the picture for a pixel of a display; shown is false when that is not in the picture.
func (a Arrangement) Local(display int, p image.Point) (at image.Point, shown bool) {
	for _, place := range a.Places {
		if place.Display == display {
			return p.Add(place.R.Min), true
		}
	}
	return image.Point{}, false
}
