package console

import (
	"fmt"
	"strings"
	"time"
)

// Figures are how a customer's picture comes at the moment.
type Figures struct {
	Delay  time.Duration // from the capture until it is painted; 0: not known
	Bits   float64       // a second, as they come in
	Frames float64       // painted a second
	Parts  []Part
}

// Part is what one way of encoding has of the bytes.
type Part struct {
	Name  string  // "exact", "photo", "VP8": the same in every language
	Share float64 // 0 to 1
}

// text is the figures in one line.
func (k *Console) figuresText(f Figures) string {
	parts := []string{fmt.Sprintf("%.2f Mbit/s", f.Bits/1e6), k.t.T("viewer.frames", fmt.Sprintf("%.0f", f.Frames))}
	if f.Delay > 0 {
		parts = append([]string{k.t.T("viewer.delay", f.Delay.Milliseconds())}, parts...)
	}
	for _, p := range f.Parts {
		if p.Share <= 0 {
			continue
		}
		parts = append(parts, fmt.Sprintf("%s %.0f %%", p.Name, 100*p.Share))
	}
	return strings.Join(parts, " · ")
}

// tick shows the figures of this second, if they are wanted.
func (v *viewerWindow) tick() {
	text := ""
	if v.k.viewing.Figures && v.k.cfg.Figures != nil {
		text = v.k.figuresText(v.k.cfg.Figures(v.a))
	}
	v.say(v.figures, text)
}
