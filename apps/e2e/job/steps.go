package job

import (
	"context"
	"errors"
	"fmt"
	"image"
	"os"
	"path/filepath"
	"strings"
	"time"

	"deskhand/apps/e2e/stage"
	"deskhand/protocol/code"
)

// What the customer asks with.
const (
	CustomerName  = "Jo Brandt"
	CustomerEmail = "jo@example.com"
	Question      = "My printer prints blank pages since this morning."
)

// Step is one thing that a person does, with a picture of what comes of it.
type Step struct {
	Name string
	Do   func(ctx context.Context) error
}

// Play is what a run of the main job remembers from step to step.
type Play struct {
	*Job
	Browser *Browser
	Code    code.Code // made at the start
	Link    string    // into the customer app
	File    string    // what the terminal writes
	Letter  *stage.Window
	Viewer  *stage.Window
	Chat    *stage.Window
	Help    *stage.Window // the customer app
}

// Steps is the whole main job, for showing it. Each step ends once its effect can be seen.
func (p *Play) Steps() []Step {
	return []Step{
		{"the rep logs in", p.LogIn},
		{"the rep makes a code", p.MakeCode},
		{"the customer asks on the portal page", p.Ask},
		{"an alert comes up, and the rep says Yes", p.Answer},
		{"the customer app opens by the link and asks for consent", p.OpenCustomerApp},
		{"the customer allows it, and both Chat boxes are open", p.Allow},
		{"the rep sees the screen and types", p.TypeIntoViewer},
		{"they chat", p.Talk},
		{"the customer stops sharing", p.StopSharing},
		{"the customer ends the session", p.End},
	}
}

// Close ends what a play has opened besides the stage.
func (p *Play) Close() {
	if p.Browser != nil {
		p.Browser.Close()
	}
}

// LogIn starts the console, which makes a code at once, and takes a picture of List View.
func (p *Play) LogIn(ctx context.Context) error {
	file := filepath.Join(p.Stage.Dir, "code")
	if err := os.Remove(file); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if err := p.StartRep(ctx, "-new-code", "Demo", "-code-file", file); err != nil {
		return err
	}
	err := p.RepDisplay.Until(ctx, "the code in its file", func() (bool, error) {
		raw, err := os.ReadFile(file)
		p.Code = code.Code(strings.TrimSpace(string(raw)))
		if errors.Is(err, os.ErrNotExist) {
			return false, nil
		}
		return err == nil, err
	})
	if err != nil {
		return err
	}
	return p.RepDisplay.Still(ctx, "rep-list-empty")
}

// MakeCode opens Code Management and makes a code.
func (p *Play) MakeCode(ctx context.Context) error {
	list, err := p.RepDisplay.Window(ctx, "Deskhand –")
	if err != nil {
		return err
	}
	if err := list.Focus(ctx); err != nil {
		return err
	}
	if err := list.ClickAt(ctx, codesButton); err != nil {
		return err
	}
	w, err := p.RepDisplay.Window(ctx, "Code Management")
	if err != nil {
		return err
	}
	if err := w.Focus(ctx); err != nil {
		return err
	}
	if err := p.RepDisplay.Type(ctx, CustomerName); err != nil {
		return err
	}
	if err := p.RepDisplay.Key(ctx, "Return"); err != nil {
		return err
	}
	if err := p.RepDisplay.Still(ctx, "rep-codes"); err != nil {
		return err
	}
	return w.Close(ctx)
}

// codesButton is where List View's toolbar has its button for codes.
var codesButton = stage.Spot{X: 263, Y: 43}

// Ask sends a question from the real portal page.
func (p *Play) Ask(ctx context.Context) error {
	var err error
	if p.Browser, err = p.Job.Browser(ctx); err != nil {
		return err
	}
	p.Link, err = p.Browser.Ask(p.Demo.QuestionPortal, CustomerName, CustomerEmail, Question)
	return err
}

// Answer clicks the Yes of the alert.
func (p *Play) Answer(ctx context.Context) error {
	alert, err := p.RepDisplay.Window(ctx, "Query ·")
	if err != nil {
		return err
	}
	if err := p.RepDisplay.Still(ctx, "rep-alert"); err != nil {
		return err
	}
	if err := alert.ClickColour(ctx, Accent); err != nil {
		return err
	}
	if err := p.RepDisplay.Gone(ctx, "Query ·"); err != nil {
		return err
	}
	return p.Browser.Heading(ctx, "is ready to help you", "portal-ready")
}

// OpenCustomerApp follows the link, as the customer's system would.
func (p *Play) OpenCustomerApp(ctx context.Context) error {
	if err := p.StartCustomer(ctx, p.Link); err != nil {
		return err
	}
	var err error
	if p.Help, err = p.CustomerDisplay.Window(ctx, "Deskhand"); err != nil {
		return err
	}
	if p.Chat, err = p.RepDisplay.Window(ctx, "Chat Box"); err != nil {
		return err
	}
	if err := p.Help.WaitColour(ctx, Accent); err != nil {
		return err
	}
	return p.CustomerDisplay.Still(ctx, "customer-consent")
}

// Allow gives consent to everything that is asked for.
func (p *Play) Allow(ctx context.Context) error {
	file := filepath.Join(p.Stage.Dir, "letter.txt")
	letter, err := p.Terminal(ctx, file)
	if err != nil {
		return err
	}
	p.Letter, p.File = letter, file
	if err := p.Help.ClickColour(ctx, Accent); err != nil {
		return err
	}
	if p.Viewer, err = p.RepDisplay.Window(ctx, "Viewer –"); err != nil {
		return err
	}
	if err := p.CustomerDisplay.Still(ctx, "customer-session"); err != nil {
		return err
	}
	return p.RepDisplay.Still(ctx, "rep-session")
}

// TypeIntoViewer clicks into the terminal on the Viewer's picture and types.
func (p *Play) TypeIntoViewer(ctx context.Context) error {
	if err := p.ClickLetter(ctx); err != nil {
		return err
	}
	if err := p.RepDisplay.Type(ctx, "Hello Jo, this is Ana."); err != nil {
		return err
	}
	if err := p.RepDisplay.Key(ctx, "Return"); err != nil {
		return err
	}
	if err := p.Wrote(ctx, "Hello Jo, this is Ana."); err != nil {
		return err
	}
	return p.RepDisplay.Still(ctx, "rep-viewer")
}

// Wrote waits until the terminal's file holds exactly this.
func (p *Play) Wrote(ctx context.Context, want string) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	err := p.RepDisplay.Until(ctx, fmt.Sprintf("%q in the file", want), func() (bool, error) {
		return Written(p.File) == strings.TrimSuffix(want, "\n"), nil
	})
	if err != nil {
		return fmt.Errorf("%w; the file holds %q", err, Written(p.File))
	}
	return nil
}

// ClickLetter clicks into the terminal on the Viewer's picture, so that it has the keyboard on the customer's machine.
func (p *Play) ClickLetter(ctx context.Context) error {
	if err := p.Viewer.Focus(ctx); err != nil {
		return err
	}
	bounds, err := p.Letter.Bounds()
	if err != nil {
		return err
	}
	at, err := p.OnViewer(bounds.Min.X+bounds.Dx()/2, bounds.Min.Y+bounds.Dy()/2)
	if err != nil {
		return err
	}
	if err := p.Viewer.Click(ctx, at.X, at.Y); err != nil {
		return err
	}
	return p.CustomerDisplay.Until(ctx, "the letter to have the keyboard", func() (bool, error) {
		focused, err := p.CustomerDisplay.Focused()
		return focused == p.Letter.ID, err
	})
}

// OnViewer gives where a point of the customer's screen is painted in the Viewer's window. The picture is fitted into what the
// window has between head and foot, in the middle.
func (p *Play) OnViewer(x, y int) (image.Point, error) {
	bounds, err := p.Viewer.Bounds()
	if err != nil {
		return image.Point{}, err
	}
	w, h := float64(bounds.Dx()), float64(bounds.Dy()-viewerHead-viewerFoot)
	scale := min(1, w/float64(CustomerSize.X), h/float64(CustomerSize.Y))
	left := (w - scale*float64(CustomerSize.X)) / 2
	top := viewerHead + (h-scale*float64(CustomerSize.Y))/2
	return image.Pt(int(left+scale*float64(x)), int(top+scale*float64(y))), nil
}

// Heights of what stands above and below the Viewer's picture, in pixels at scale 1.
const (
	viewerHead = 72
	viewerFoot = 27
)

// ViewerStill brings the Viewer to the front, waits until it has come to rest, and gives what it shows of the customer's screen.
func (p *Play) ViewerStill(ctx context.Context) (*image.RGBA, error) {
	if err := p.Viewer.Focus(ctx); err != nil {
		return nil, err
	}
	bounds, err := p.Viewer.Bounds()
	if err != nil {
		return nil, err
	}
	return p.RepDisplay.Rest(ctx, image.Rect(bounds.Min.X, bounds.Min.Y+viewerHead+4, bounds.Max.X, bounds.Max.Y-viewerFoot-4))
}

// Talk says something in both Chat boxes.
func (p *Play) Talk(ctx context.Context) error {
	if err := p.RepSays(ctx, "I am looking at it now, Jo."); err != nil {
		return err
	}
	if err := p.CustomerSays(ctx, "Thank you, Ana!"); err != nil {
		return err
	}
	if err := p.CustomerDisplay.Still(ctx, "customer-chat"); err != nil {
		return err
	}
	return p.RepDisplay.Still(ctx, "rep-chat")
}

// RepSays types a message into the rep's Chat box and waits until the customer's window has changed.
func (p *Play) RepSays(ctx context.Context, text string) error {
	before, err := p.Help.Picture()
	if err != nil {
		return err
	}
	if err := p.Chat.Focus(ctx); err != nil {
		return err
	}
	if err := p.Chat.ClickAt(ctx, repMessage); err != nil {
		return err
	}
	if err := p.RepDisplay.Type(ctx, text); err != nil {
		return err
	}
	if err := p.RepDisplay.Key(ctx, "Return"); err != nil {
		return err
	}
	return p.Help.Changed(ctx, before)
}

// CustomerSays does the same the other way.
func (p *Play) CustomerSays(ctx context.Context, text string) error {
	before, err := p.Chat.Picture()
	if err != nil {
		return err
	}
	if err := p.Help.Focus(ctx); err != nil {
		return err
	}
	if err := p.Help.ClickAt(ctx, customerMessage); err != nil {
		return err
	}
	if err := p.CustomerDisplay.Type(ctx, text); err != nil {
		return err
	}
	if err := p.CustomerDisplay.Key(ctx, "Return"); err != nil {
		return err
	}
	return p.Chat.Changed(ctx, before)
}

// StopSharing presses the customer's Stop sharing and waits until the rep's Viewer shows it.
func (p *Play) StopSharing(ctx context.Context) error {
	before, err := p.Viewer.Picture()
	if err != nil {
		return err
	}
	if err := p.Help.ClickAt(ctx, stopButton); err != nil {
		return err
	}
	if err := p.Help.GoneColour(ctx, Sharing); err != nil {
		return err
	}
	if err := p.Viewer.Changed(ctx, before); err != nil {
		return err
	}
	if err := p.Chat.GoneColour(ctx, Sharing); err != nil {
		return err
	}
	if err := p.CustomerDisplay.Still(ctx, "customer-stopped"); err != nil {
		return err
	}
	return p.RepDisplay.Still(ctx, "rep-stopped")
}

// End presses the customer's End and confirms it.
func (p *Play) End(ctx context.Context) error {
	asked, err := p.Help.Picture()
	if err != nil {
		return err
	}
	if err := p.Help.ClickAt(ctx, endButton); err != nil {
		return err
	}
	if err := p.Help.Changed(ctx, asked); err != nil {
		return err
	}
	if err := p.Help.WaitColour(ctx, Accent); err != nil {
		return err
	}
	if err := p.CustomerDisplay.Still(ctx, "customer-end"); err != nil {
		return err
	}
	before, err := p.Chat.Picture()
	if err != nil {
		return err
	}
	if err := p.Help.ClickColour(ctx, Accent); err != nil {
		return err
	}
	if err := p.Chat.Changed(ctx, before); err != nil {
		return err
	}
	if err := p.Browser.Heading(ctx, "Session Over", "portal-over"); err != nil {
		return err
	}
	if err := p.CustomerDisplay.Still(ctx, "customer-over"); err != nil {
		return err
	}
	return p.RepDisplay.Still(ctx, "rep-over")
}

// Places of what is clicked and is not a window's main action.
var (
	repMessage      = stage.Spot{X: 150, Y: -60}
	customerMessage = stage.Spot{X: 120, Y: -100}
	stopButton      = stage.Spot{X: -252, Y: 19}
	endButton       = stage.Spot{X: -40, Y: 20}
)
