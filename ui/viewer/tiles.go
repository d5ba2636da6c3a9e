package viewer

import (
	"image"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// TileSize is the side of a tile in pixels of this screen.
const TileSize = 256

// grid is the tiles of the scaled picture. Tile (0,0) begins at the picture's corner. Tiles are used again for a picture
// of another size, so that their textures do not pile up while a window is resized.
type grid struct {
	size    image.Point // of the scaled picture
	columns int
	tiles   []*tile // those of the picture, row by row
	spare   []*tile
	marked  []*tile // to be refreshed
	scaler  scaler
	scratch []byte
}

// tile is one square of the picture, smaller at the right and lower edge.
type tile struct {
	raster *canvas.Raster
	part   image.Rectangle // of the scaled picture
	stale  bool            // its pixels changed since Fyne asked for them
}

// rebuild makes the tiles for a picture of another size here. paint draws a part of it.
func (g *grid) rebuild(size image.Point, paint func(image.Rectangle) image.Image) {
	if g.size == size {
		return
	}
	g.size, g.marked = size, nil
	g.spare, g.tiles = append(g.spare, g.tiles...), nil
	g.columns = (size.X + TileSize - 1) / TileSize
	for y := 0; y < size.Y; y += TileSize {
		for x := 0; x < size.X; x += TileSize {
			t := g.take()
			t.part = image.Rect(x, y, x+TileSize, y+TileSize).Intersect(image.Rectangle{Max: size})
			t.stale = true
			t.raster.Generator = func(int, int) image.Image {
				t.stale = false
				return paint(t.part)
			}
			g.tiles = append(g.tiles, t)
		}
	}
}

func (g *grid) take() *tile {
	if last := len(g.spare) - 1; last >= 0 {
		t := g.spare[last]
		g.spare = g.spare[:last]
		return t
	}
	t := &tile{raster: canvas.NewRaster(nil)}
	t.raster.ScaleMode = canvas.ImageScalePixels
	return t
}

// mark notes that a part of the scaled picture changed.
func (g *grid) mark(r image.Rectangle) {
	if r.Empty() || len(g.tiles) == 0 {
		return
	}
	for y := r.Min.Y / TileSize; y <= (r.Max.Y-1)/TileSize; y++ {
		for x := r.Min.X / TileSize; x <= (r.Max.X-1)/TileSize; x++ {
			if i := y*g.columns + x; i < len(g.tiles) && !g.tiles[i].stale {
				g.tiles[i].stale = true
				g.marked = append(g.marked, g.tiles[i])
			}
		}
	}
}

// refresh has the marked tiles that are in view drawn with the next frame. The others are drawn when they come in view.
func (g *grid) refresh() {
	for _, t := range g.marked {
		if t.raster.Visible() {
			t.raster.Refresh()
		}
	}
	g.marked = g.marked[:0]
}

// place puts the tiles where the view has them, and hides those out of view. at gives the place of a pixel.
func (g *grid) place(v View, at func(image.Point) fyne.Position) {
	origin, window := v.Origin(), image.Rectangle{Max: v.Window}
	for _, t := range g.tiles {
		r := t.part.Add(origin)
		t.raster.Hidden = !r.Overlaps(window)
		if t.raster.Hidden {
			continue
		}
		from, to := at(r.Min), at(r.Max)
		t.raster.Move(from)
		t.raster.Resize(fyne.NewSize(to.X-from.X, to.Y-from.Y))
		if t.stale {
			t.raster.Refresh()
		}
	}
}

// image is the pixels of a part of the scaled picture. They are valid until the next call: Fyne uploads them at once.
func (g *grid) image(picture Pixels, part image.Rectangle) image.Image {
	need, size := pixelBytes*part.Dx()*part.Dy(), part.Size()
	if cap(g.scratch) < need {
		g.scratch = make([]byte, pixelBytes*TileSize*TileSize)
	}
	p := Pixels{Pix: g.scratch[:need], Stride: pixelBytes * size.X, W: size.X, H: size.Y}
	if !picture.Empty() {
		g.scaler.paint(p, picture, part, g.size)
		swap(p.Pix)
	}
	return &image.RGBA{Pix: p.Pix, Stride: p.Stride, Rect: p.bounds()}
}

// forget makes Fyne ask for all tiles anew once they are shown again.
func (g *grid) forget() {
	g.marked = g.marked[:0]
	for _, t := range g.tiles {
		t.stale = true
		t.raster.Refresh()
	}
}
