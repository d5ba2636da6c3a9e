package e2e

import (
	"context"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"slices"
	"sync"
	"testing"
	"time"

	"deskhand/apps/internal/capture"
	"deskhand/apps/internal/control"
	"deskhand/apps/internal/inject"
	"deskhand/apps/internal/link"
	"deskhand/apps/internal/session"
	"deskhand/apps/internal/share"
	"deskhand/apps/internal/watch"
	"deskhand/protocol/frame"
	"deskhand/protocol/pixel"
)

// side is one attendee: a real session with the real features.
type side struct {
	*session.Session
	w     *world
	who   string
	link  *link.Link
	token string
	ended chan error // what Run returned
	code  string     // the customer's way in
}

// customer is the side whose machine it is. Its screen is a desktop in memory, its mouse and keyboard a hand that
// notes what it is told to do.
type customer struct {
	side
	share    *share.Share
	receiver *control.Receiver
	desktop  *desktop
	hand     *hand
}

// rep is the side that helps.
type rep struct {
	side
	watch  *watch.Watch
	sender *control.Sender
}

// through puts something between a side and the relay.
type through func(session.Link) session.Link

func straight(l session.Link) session.Link { return l }

// visitors says what is special about the two sides. The zero value is nothing.
type visitors struct {
	customer, rep through
	extra         []session.Feature              // of the rep, in place of its own way to send input
	named         func(id string)                // is told the session's number before anybody enters
	screen        func() (capture.Source, error) // of the customer, in place of the desktop in memory
}

// meet brings a customer and a rep together by way of a code. The customer has not consented yet.
func (w *world) meet(v visitors) (*customer, *rep) {
	w.t.Helper()
	a := w.login()
	in := w.dial()
	code := w.code(a, "Casey")
	admitted, err := w.join(in, code)
	if err != nil {
		w.t.Fatalf("the customer is not let in: %v", err)
	}
	c := &customer{
		side:    side{w: w, who: "the customer", link: in, token: admitted.GetToken(), code: code},
		desktop: newDesktop(), hand: &hand{news: w.news},
	}
	if v.screen == nil {
		v.screen = c.desktop.open
	}
	c.share = share.New(v.screen, nil, w.cfg.Logger)
	c.receiver = control.NewReceiver(c.hand.open, nil, w.cfg.Logger)
	r := &rep{side: side{w: w, who: "the rep", link: a.link, token: a.token}, watch: watch.New(w.cfg.Logger), sender: control.NewSender()}
	features := []session.Feature{r.watch, r.sender}
	if v.extra != nil {
		features = append([]session.Feature{r.watch}, v.extra...)
	}
	if v.customer == nil {
		v.customer = straight
	}
	if v.rep == nil {
		v.rep = straight
	}
	if v.named != nil {
		v.named(admitted.GetSessionId())
	}
	c.begin(session.Config{
		Link: v.customer(session.Through(in)), SessionID: admitted.GetSessionId(), Role: session.Customer,
		Name: "Casey", Features: []session.Feature{c.share, c.receiver},
	})
	r.begin(session.Config{
		Link: v.rep(session.Through(a.link)), SessionID: admitted.GetSessionId(), Role: session.Rep, Features: features,
	})
	w.pump(c.Changed(), r.Changed(), r.watch.Picture().Changed())
	return c, r
}

func (s *side) begin(cfg session.Config) {
	cfg.Token, cfg.Logger = s.token, s.w.cfg.Logger
	s.Session = session.New(cfg)
	s.ended = make(chan error, 1)
	s.w.background(s.who, func(ctx context.Context) error {
		err := s.Run(ctx)
		s.ended <- err
		s.w.news.tell()
		return err
	})
}

// finished waits until the side's session has ended completely.
func (s *side) finished() error {
	s.w.t.Helper()
	select {
	case err := <-s.ended:
		return err
	case <-time.After(patience):
		s.w.t.Fatalf("%s does not leave: it is %v", s.who, s.Snapshot().Phase)
		return nil
	}
}

// help brings both sides to where the customer has permitted what is given and the two are sealed.
func (w *world) help(v visitors, consent session.Consent) (*customer, *rep) {
	w.t.Helper()
	c, r := w.meet(v)
	w.await("words in both chat boxes", func() bool {
		return c.Snapshot().Words.String() != "" && r.Snapshot().Words.String() != ""
	})
	if a, b := c.Snapshot().Words, r.Snapshot().Words; a != b {
		w.t.Fatalf("the customer's words are %q, the rep's %q", a, b)
	}
	c.Allow(consent)
	w.await("an active session that is sealed on both sides", func() bool {
		a, b := c.Snapshot(), r.Snapshot()
		return a.Phase == session.Active && b.Phase == session.Active && a.Sealed && b.Sealed
	})
	return c, r
}

// seen waits until the rep sees exactly what is on the customer's screen.
func (w *world) seen(c *customer, r *rep) {
	w.t.Helper()
	w.await("the exact picture at the rep", func() bool { return c.desktop.shownIn(r.watch.Picture()) })
}

// typist waits until what the rep types would arrive, by moving the pointer. No such move is left on its way.
func (w *world) typist(c *customer, r *rep) {
	w.t.Helper()
	for range 200 {
		before := len(c.hand.all())
		r.sender.Send(frame.Event{Kind: frame.PointerMove, X: 1, Y: 1})
		w.roundTrip(&c.side, &r.side)
		if len(c.hand.all()) == before {
			continue
		}
		last := frame.Event{Kind: frame.PointerMove, X: 2, Y: w.tape.mark() % 300}
		r.sender.Send(last)
		w.await("the rep's last move of the pointer", func() bool { return slices.Contains(c.hand.all(), last) })
		return
	}
	w.t.Fatalf("the rep's pointer never moves: the customer refused %d, the sender dropped %d, the relay refused %d",
		c.receiver.Refused(), r.sender.Dropped(), w.metric("input_refused"))
}

// roundTrip lets each side say something and hear the other. Whatever the two had sent on the control lane before has
// then arrived.
func (w *world) roundTrip(a, b *side) {
	w.t.Helper()
	for _, pair := range [][2]*side{{a, b}, {b, a}} {
		from, to := pair[0], pair[1]
		text := fmt.Sprintf("line %d", w.tape.mark())
		from.Say(text)
		w.await(fmt.Sprintf("%q at %s", text, to.who), func() bool { return to.heard(text) })
	}
}

// heard reports whether a text stands in the chat, stored.
func (s *side) heard(text string) bool {
	return slices.ContainsFunc(s.Snapshot().Chat, func(l session.Line) bool { return l.Text == text && !l.Pending })
}

// said lists what was said, in order, status lines left out.
func (s *side) said() []string {
	var all []string
	for _, l := range s.Snapshot().Chat {
		if l.Status == session.Said {
			all = append(all, l.Text)
		}
	}
	return all
}

// desktop is a customer's screen: what is drawn on it is what capture gives, each time that it is opened.
type desktop struct {
	displays []frame.Display

	mu     sync.Mutex
	images []*image.RGBA
	source *capture.Fake // the newest, nil before the first
	opened int
}

// newDesktop has two displays, neither a multiple of a tile.
func newDesktop() *desktop {
	d := &desktop{displays: []frame.Display{
		{ID: 0, W: 500, H: 300, Primary: true, Name: "left"},
		{ID: 1, X: 500, W: 150, H: 100, Name: "right"},
	}}
	for _, one := range d.displays {
		img := image.NewRGBA(image.Rect(0, 0, one.W, one.H))
		draw.Draw(img, img.Rect, image.NewUniform(color.RGBA{20, 60, 90, 255}), image.Point{}, draw.Src)
		d.images = append(d.images, img)
	}
	return d
}

func (d *desktop) open() (capture.Source, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.source = capture.NewFake(nil, d.displays...)
	d.opened++
	for i, img := range d.images {
		d.source.Draw(i, img.Rect, func(to *image.RGBA) { copy(to.Pix, img.Pix) })
	}
	return d.source, nil
}

// draw changes a display within a rectangle.
func (d *desktop) draw(display int, r image.Rectangle, paint func(draw.Image)) {
	d.mu.Lock()
	defer d.mu.Unlock()
	img := d.images[display]
	part, ok := img.SubImage(r).(*image.RGBA)
	if !ok {
		panic("a part of an RGBA image is none")
	}
	paint(part)
	if d.source != nil {
		d.source.Draw(display, r, func(to *image.RGBA) { draw.Draw(to, r, img, r.Min, draw.Src) })
	}
}

// fill paints a rectangle in one colour.
func (d *desktop) fill(display int, r image.Rectangle, c color.RGBA) {
	d.draw(display, r, func(img draw.Image) { draw.Draw(img, r, image.NewUniform(c), image.Point{}, draw.Src) })
}

// shownIn reports whether a picture is exactly what is on the desktop.
func (d *desktop) shownIn(p *watch.Picture) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	for i, one := range d.displays {
		same := false
		p.Peek(one.ID, func(m pixel.Image) { same = pixel.Equal(m, pixel.FromRGBA(d.images[i])) })
		if !same {
			return false
		}
	}
	return true
}

// hand notes what it is told to do on the customer's machine.
type hand struct {
	news *news

	mu     sync.Mutex
	events []frame.Event
	held   int // targets that are open
}

func (h *hand) open() (inject.Target, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.held++
	return &grip{hand: h}, nil
}

func (h *hand) all() []frame.Event {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.events)
}

// empty reports whether nothing is held.
func (h *hand) empty() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.held == 0
}

// typed is the text that was typed, in order.
func (h *hand) typed() string {
	var text []rune
	for _, e := range h.all() {
		if e.Kind == frame.Text {
			text = append(text, e.Rune)
		}
	}
	return string(text)
}

// grip is one opening of a hand.
type grip struct {
	hand *hand
	once sync.Once
}

func (g *grip) Displays() ([]frame.Display, error) { return newDesktop().displays, nil }

func (g *grip) Apply(ev []frame.Event) error {
	g.hand.mu.Lock()
	g.hand.events = append(g.hand.events, ev...)
	g.hand.mu.Unlock()
	g.hand.news.tell()
	return nil
}

func (g *grip) Close() error {
	g.once.Do(func() {
		g.hand.mu.Lock()
		g.hand.held--
		g.hand.mu.Unlock()
		g.hand.news.tell()
	})
	return nil
}

// text is the events that type a text.
func text(s string) (events []frame.Event) {
	for _, r := range s {
		events = append(events, frame.Event{Kind: frame.Text, Rune: r})
	}
	return events
}

// keys presses and releases each key in turn.
func keys(syms ...frame.Keysym) (events []frame.Event) {
	for _, sym := range syms {
		events = append(events, frame.Event{Kind: frame.KeyDown, Sym: sym}, frame.Event{Kind: frame.KeyUp, Sym: sym})
	}
	return events
}

func TestTwoSidesMeet(t *testing.T) {
	for _, by := range ways() {
		t.Run(by.name, func(t *testing.T) {
			w := newWorld(t, by)
			c, r := w.help(visitors{}, session.Consent{See: true, Control: true})
			if path := w.conn(c.link).Path(); path != by.name {
				t.Errorf("the customer's path is %s", path)
			}
			w.seen(c, r)
			w.typist(c, r)
			c.desktop.fill(0, image.Rect(60, 60, 130, 70), color.RGBA{200, 10, 10, 255})
			w.seen(c, r)
		})
	}
}
