//go:build windows || (darwin && cgo)

package capture

import (
	"errors"
	"image"

	"github.com/kbinani/screenshot"

	"deskhand/protocol/fault"
	"deskhand/protocol/frame"
)

// system takes pictures by GDI or CoreGraphics. A back end that is told of changes, by desktop duplication or
// ScreenCaptureKit, is to stand beside it.
type system struct{}

func open(cfg Config) (Source, error) {
	p := newPolled(cfg, system{})
	if _, err := p.Displays(); err != nil {
		return nil, err
	}
	return p, nil
}

func (system) displays() ([]frame.Display, error) {
	n := min(screenshot.NumActiveDisplays(), frame.MaxDisplays)
	if n < 1 {
		return nil, fault.New(fault.ScreenUnavailable, errors.New("capture: no display is on"))
	}
	list := make([]frame.Display, 0, n)
	for i := range n {
		r := screenshot.GetDisplayBounds(i)
		list = append(list, frame.Display{
			ID: i, X: r.Min.X, Y: r.Min.Y, W: r.Dx(), H: r.Dy(), Primary: r.Min == image.Point{},
		})
	}
	return list, nil
}

func (system) picture(d frame.Display) (*image.RGBA, error) { return screenshot.CaptureRect(area(d)) }
