//go:build cgo

package capture

import (
	"github.com/kbinani/screenshot"

	"deskhand/apps/internal/monitor"
	"deskhand/protocol/frame"
	"deskhand/protocol/pixel"
)

// system takes pictures by CoreGraphics. A back end that is told of changes, by ScreenCaptureKit, is to stand beside it.
type system struct{}

func open(cfg Config) (Source, error) {
	p := newPolled(cfg, system{})
	if _, err := p.Displays(); err != nil {
		return nil, err
	}
	return p, nil
}

func (system) displays() ([]frame.Display, error) { return monitor.List() }

func (system) picture(d frame.Display) (pixel.Image, error) {
	img, err := screenshot.CaptureRect(area(d))
	if err != nil {
		return pixel.Image{}, err
	}
	return pixel.FromRGBA(img), nil
}
