package watch

import (
	"context"
	"image"
	"log/slog"

	"deskhand/apps/internal/session"
	"deskhand/protocol/frame"
)

// Watch is the feature that receives a shared screen.
type Watch struct {
	logger  *slog.Logger
	picture Picture
}

// New makes the feature with an empty picture. A nil logger is silent.
func New(logger *slog.Logger) *Watch { return &Watch{logger: logger} }

// Name is the feature's word for logs and faults.
func (w *Watch) Name() string { return "watch" }

// Run receives the screen.
func (w *Watch) Run(ctx context.Context, in session.Room) error {
	<-ctx.Done()
	return ctx.Err()
}

// Picture is what is seen; it is the same for the life of the feature.
func (w *Watch) Picture() *Picture { return &w.picture }

// Picture is the newest content of the shared displays. Any goroutine may use it.
type Picture struct{}

// Changed receives a signal after something to read has come. Signals merge; there is one receiver.
func (p *Picture) Changed() <-chan struct{} { return nil }

// Layout gives the displays; it is empty while nothing is shared. TileSize and Generation are the sharer's.
func (p *Picture) Layout() frame.Layout { return frame.Layout{} }

// Pointer gives where the sharing machine's pointer stands.
func (p *Picture) Pointer() frame.Cursor { return frame.Cursor{} }

// Read calls f with the picture of a display and with what has changed on it since the call before, and forgets that.
// The image is opaque, begins at (0,0) and must not be changed or kept: it is valid during f only, which should be
// short. It is false, and f is not called, when there is no such display.
func (p *Picture) Read(display int, f func(img *image.RGBA, dirty []image.Rectangle)) bool { return false }

// Peek is Read for a second onlooker, such as a thumbnail: it says nothing of changes and forgets none.
func (p *Picture) Peek(display int, f func(img *image.RGBA)) bool { return false }
