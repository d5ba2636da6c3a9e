package console

import (
	"fmt"
	"slices"

	"fyne.io/fyne/v2"

	"deskhand/apps/internal/prefs"
	"deskhand/apps/rep/internal/paint"
	"deskhand/protocol/frame"
	"deskhand/ui/viewer"
)

// zooms are the percentages that the menu offers.
func zooms() []int { return []int{25, 50, 75, 100, 125, 150, 175, 200} }

// menusAnew shows the menus of all Viewers as things are now.
func (k *Console) menusAnew() {
	for _, v := range k.viewers {
		v.menu.Set(v.menus()...)
	}
}

// greyed is an entry that cannot be chosen, with the reason.
func greyed(label, reason string) *fyne.MenuItem {
	item := fyne.NewMenuItem(label+" ("+reason+")", nil)
	item.Disabled = true
	return item
}

func checked(label string, on bool, choose func()) *fyne.MenuItem {
	item := fyne.NewMenuItem(label, choose)
	item.Checked = on
	return item
}

func (v *viewerWindow) menus() []*fyne.Menu {
	t := v.k.t.T
	drawing := []*fyne.MenuItem{
		greyed(v.label(commandDraw), t("viewer.with_annotation")), greyed(v.label(commandErase), t("viewer.with_annotation")),
	}
	return []*fyne.Menu{
		fyne.NewMenu(t("menu.file"), fyne.NewMenuItem(t("viewer.close"), func() { v.k.toggleViewer(v.a.ID) })),
		v.viewMenu(),
		fyne.NewMenu(t("viewer.draw_menu"), drawing...),
		fyne.NewMenu(t("viewer.system"),
			greyed(t("viewer.request_credentials"), t("viewer.with_service")),
			greyed(t("viewer.apply_credentials"), t("viewer.with_service")),
			fyne.NewMenuItemSeparator(),
			greyed(t("viewer.ctrl_alt_del"), t("viewer.as_service"))),
		v.toolsMenu(),
	}
}

func (v *viewerWindow) viewMenu() *fyne.Menu {
	t := v.k.t.T
	mode, percent := v.picture.Mode()
	size := func(label string, m viewer.Mode, to int) *fyne.MenuItem {
		return checked(label, m == mode && (m != viewer.Zoom || percent == to), func() { v.size(m, to) })
	}
	m := fyne.NewMenu(t("menu.view"), size(t("viewer.fit"), viewer.Fit, 100), size(t("viewer.actual"), viewer.Actual, 100))
	for _, percent := range zooms() {
		m.Items = append(m.Items, size(fmt.Sprintf("%d %%", percent), viewer.Zoom, percent))
	}
	m.Items = append(m.Items, fyne.NewMenuItemSeparator(), fyne.NewMenuItem(v.label(commandFull), func() { v.do(commandFull) }))
	if displays := v.displayMenu().Items; len(displays) > 1 {
		m.Items = append(m.Items, fyne.NewMenuItemSeparator())
		m.Items = append(m.Items, displays...)
	}
	m.Items = append(m.Items, fyne.NewMenuItemSeparator())
	if v.host != nil && len(v.host.in) > 1 {
		m.Items = append(m.Items, fyne.NewMenuItem(t("viewer.detach"), func() { v.host.detach(v) }))
	} else if v.host != nil && v.host != v.k.firstHost() {
		m.Items = append(m.Items, fyne.NewMenuItem(t("viewer.attach"), func() { v.host.attach(v) }))
	} else {
		m.Items = append(m.Items, greyed(t("viewer.detach"), t("viewer.only_one")))
	}
	return m
}

func (v *viewerWindow) toolsMenu() *fyne.Menu {
	t, s := v.k.t.T, &v.k.viewing
	return fyne.NewMenu(t("viewer.tools"),
		fyne.NewMenuItem(v.label(commandChat), func() { v.do(commandChat) }),
		greyed(v.label(commandDraw), t("viewer.with_annotation")),
		greyed(v.label(commandErase), t("viewer.with_annotation")),
		fyne.NewMenuItem(v.label(commandFull), func() { v.do(commandFull) }),
		v.nextItem(),
		fyne.NewMenuItemSeparator(),
		checked(t("viewer.auto_scroll"), s.AutoScroll, func() { v.k.setViewing(func(s *prefs.Viewer) { s.AutoScroll = !s.AutoScroll }) }),
		checked(t("viewer.figures"), s.Figures, func() { v.k.setViewing(func(s *prefs.Viewer) { s.Figures = !s.Figures }) }),
		fyne.NewMenuItem(t("list.preferences"), v.k.openViewerSettings),
		fyne.NewMenuItemSeparator(),
		fyne.NewMenuItem(t("menu.close_session"), func() { v.k.askEnd(v.a.ID) }))
}

// nextItem is Tools > Next Display.
func (v *viewerWindow) nextItem() *fyne.MenuItem {
	if len(v.a.Picture.Layout().Displays) < 2 {
		return greyed(v.label(commandDisplay), v.k.t.T("viewer.one_display"))
	}
	return fyne.NewMenuItem(v.label(commandDisplay), func() { v.do(commandDisplay) })
}

// chosen is the display that is shown unless all of them are: the first in place of one that has gone. The loop shows it
// a moment later.
func chosen(displays []frame.Display, c paint.Choice) int {
	at := slices.IndexFunc(displays, func(d frame.Display) bool { return d.ID == c.Display })
	if len(displays) == 0 {
		return c.Display
	}
	return displays[max(0, at)].ID
}

// displayMenu lists the customer's displays, and all of them when there are several.
func (v *viewerWindow) displayMenu() *fyne.Menu {
	m := fyne.NewMenu("")
	displays := v.a.Picture.Layout().Displays
	for _, d := range displays {
		on := !v.choice.All && chosen(displays, v.choice) == d.ID
		m.Items = append(m.Items, checked(fmt.Sprintf("%s  %d × %d", d.Name, d.W, d.H), on, func() {
			v.choose(paint.Choice{Display: d.ID})
		}))
	}
	if len(displays) > 1 {
		m.Items = append(m.Items, checked(v.k.t.T("viewer.all_displays"), v.choice.All, func() { v.choose(paint.Choice{All: true}) }))
	}
	return m
}

// choose shows other displays.
func (v *viewerWindow) choose(c paint.Choice) {
	v.choice = c
	v.loop.Choose(c)
	v.paint()
	v.menu.Set(v.menus()...)
}

// nextDisplay goes through the displays, then all of them, then the first again.
func (v *viewerWindow) nextDisplay() {
	displays := v.a.Picture.Layout().Displays
	if len(displays) < 2 {
		return
	}
	v.choose(following(displays, v.choice))
}

// following is the choice after another one.
func following(displays []frame.Display, c paint.Choice) paint.Choice {
	next := paint.Choice{Display: displays[0].ID}
	for i, d := range displays {
		if !c.All && chosen(displays, c) == d.ID {
			next = paint.Choice{All: true}
			if i+1 < len(displays) {
				next = paint.Choice{Display: displays[i+1].ID}
			}
		}
	}
	return next
}
