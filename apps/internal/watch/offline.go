package watch

// Drawer draws units that have been opened already, for what does not come from a lane: recordings and measurements. For
// one goroutine.
type Drawer struct {
	counters counters
	drawer   *drawer
}

// NewDrawer makes one with an empty picture, which is shown.
func NewDrawer() *Drawer {
	d := &Drawer{}
	p := newPicture()
	p.show(true)
	d.drawer = newDrawer(p, &d.counters)
	return d
}

// Draw draws a unit; see frame.Slot and PROTOCOL.md for what plain is. fault.Invalid says that it makes no sense where it
// comes, and the picture may show anything then.
func (d *Drawer) Draw(slot, generation uint32, plain []byte) error {
	return d.drawer.draw(slot, generation, plain)
}

// Picture is what has been drawn.
func (d *Drawer) Picture() *Picture { return d.drawer.picture }

// Close gives the decoders back.
func (d *Drawer) Close() { d.drawer.close() }
