package frame

// Display is one monitor of the sharing machine.
type Display struct {
	ID      int // 0 to 15, unique in a layout; it names the display in slots and events
	X, Y    int // top left corner in pixels of the desktop, may be negative
	W, H    int // pixels
	Primary bool
	Name    string // for people; valid UTF-8 of at most MaxName bytes without control characters
}

// Layout says which displays there are and how they are cut into tiles. It fills LayoutSlot.
type Layout struct {
	Generation uint32 // tiles of another generation belong to another layout
	TileSize   int    // side in pixels, MinTile to MaxTile; those at the right and bottom edge may be smaller
	Displays   []Display
}

// Tile is the newest content of one slot.
type Tile struct {
	Generation uint32
	Slot       Slot
	Frame      uint64 // rises with each captured frame
	CapturedAt int64  // µs since 1970 UTC on the sharing machine's clock
	W, H       uint16 // pixels, 1 to MaxTile
	Body       []byte // as package tile encodes it
}

// Cursor is where the pointer of the sharing machine is. It fills CursorSlot.
type Cursor struct {
	Generation uint32
	Display    int
	X, Y       int // pixels of that display
	Visible    bool
}

func AppendLayout(dst []byte, l Layout) []byte { return dst }

func ParseLayout(b []byte) (Layout, error) { return Layout{}, refuse("not yet") }

func AppendTile(dst []byte, t Tile) []byte { return dst }

func ParseTile(b []byte) (Tile, error) { return Tile{}, refuse("not yet") }

func AppendCursor(dst []byte, c Cursor) []byte { return dst }

func ParseCursor(b []byte) (Cursor, error) { return Cursor{}, refuse("not yet") }
