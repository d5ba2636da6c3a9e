package widget

import (
	"fyne.io/fyne/v2"

	"deskhand/icons"
	"deskhand/ui/theme"
)

// Availability is what an AvailabilitySwitch shows.
type Availability int

// The availabilities.
const (
	Offline Availability = iota
	Unavailable
	Available
)

// AvailabilityWords are the words for the states.
type AvailabilityWords struct{ Available, Unavailable, Offline string }

// AvailabilitySwitch shows whether queries come in, with a menu to change it. Its states differ in shape and word.
type AvailabilitySwitch struct {
	Button

	OnChange func(available bool)

	words AvailabilityWords
	state Availability
}

// NewAvailabilitySwitch makes one that shows Offline.
func NewAvailabilitySwitch(w AvailabilityWords) *AvailabilitySwitch {
	s := &AvailabilitySwitch{words: w}
	s.menu = s.choices
	s.extend(s)
	s.Set(Offline)
	return s
}

// Set shows a state. While offline there is nothing to choose.
func (s *AvailabilitySwitch) Set(a Availability) {
	s.state = a
	switch a {
	case Available:
		s.SetIcon(icons.Available, theme.ColorGood)
		s.SetLabel(s.words.Available)
	case Unavailable:
		s.SetIcon(icons.Unavailable, theme.ColorWaiting)
		s.SetLabel(s.words.Unavailable)
	default:
		s.SetIcon(icons.Offline, theme.ColorMuted)
		s.SetLabel(s.words.Offline)
	}
	s.SetEnabled(a != Offline, s.words.Offline)
}

// State is the shown state.
func (s *AvailabilitySwitch) State() Availability { return s.state }

func (s *AvailabilitySwitch) choices() *fyne.Menu {
	choice := func(word string, icon icons.Name, c fyne.ThemeColorName, available bool) *fyne.MenuItem {
		item := fyne.NewMenuItem(word, func() {
			if s.OnChange != nil {
				s.OnChange(available)
			}
		})
		item.Icon = theme.IconIn(icon, c)
		item.Checked = available == (s.state == Available)
		return item
	}
	return fyne.NewMenu("",
		choice(s.words.Available, icons.Available, theme.ColorGood, true),
		choice(s.words.Unavailable, icons.Unavailable, theme.ColorWaiting, false))
}
