package job

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"deskhand/apps/e2e/stage"
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
	Link    string // into the customer app
	File    string // what the terminal writes
	Letter  *stage.Window
	Viewer  *stage.Window
	Chat    *stage.Window
	Help    *stage.Window // the customer app
}

// Steps is the whole main job, for showing it. Each step ends once its effect can be seen.
func (j *Job) Steps() []Step {
	p := &Play{Job: j}
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

// LogIn starts the console and takes a picture of List View.
func (p *Play) LogIn(ctx context.Context) error {
	if err := p.StartRep(ctx); err != nil {
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
var codesButton = stage.Spot{X: 245, Y: 60}

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
	return p.Browser.Heading("is ready to help you", "portal-ready")
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
