package console

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	fw "fyne.io/fyne/v2/widget"

	"deskhand/apps/rep/internal/desk"
	"deskhand/icons"
	"deskhand/protocol/fault"
	"deskhand/ui/theme"
	"deskhand/ui/widget"
)

// codesWindow is Code Management: make a code, read it to the caller, watch it run out.
type codesWindow struct {
	k      *Console
	window fyne.Window

	banner   *widget.Banner
	name     *fw.Entry
	portal   *fw.Select
	create   *widget.Button
	newest   *widget.CodeLabel
	table    *widget.Table
	pane     *widget.FoldPane
	copyCode *widget.Button
	copyURL  *widget.Button
	invite   *widget.Button
	cancel   *widget.Button
	portals  []desk.Portal
	chosen   string // code
}

func (k *Console) openCodes() {
	if k.list == nil {
		return
	}
	if k.codes == nil {
		k.codes = newCodesWindow(k)
		k.codes.show(k.last)
	}
	k.codes.window.Show()
	k.codes.window.RequestFocus()
	k.codes.window.Canvas().Focus(k.codes.name)
}

func newCodesWindow(k *Console) *codesWindow {
	w := &codesWindow{k: k}
	w.window = k.cfg.App.NewWindow(k.t.T("codes.title"))
	w.window.SetIcon(theme.AppIcon())
	w.window.SetPadded(false)
	w.build()
	w.window.Resize(fyne.NewSize(620, 420))
	w.window.SetCloseIntercept(func() {
		w.window.Close()
		k.codes = nil
	})
	return w
}

func (w *codesWindow) build() {
	t := w.k.t.T
	w.window.SetTitle(t("codes.title"))
	w.banner = widget.NewBanner()
	w.name = fw.NewEntry()
	w.name.SetPlaceHolder(t("codes.name_hint"))
	w.name.OnSubmitted = func(string) { w.onCreate() }
	w.portal = fw.NewSelect(nil, nil)
	w.create = widget.NewToolButton(icons.Add, t("codes.create"), w.onCreate)
	w.create.SetRank(widget.Primary)
	w.newest = widget.NewCodeLabel("")
	w.table = widget.NewTable([]widget.Column{
		{Title: t("column.name")},
		{Title: t("codes.code"), Width: 110},
		{Title: t("column.timer"), Width: 90},
		{Title: t("column.portal"), Width: 130},
	}, t("codes.none"))
	w.table.OnSelected = w.onSelected
	w.copyCode = widget.NewToolButton(icons.Copy, t("codes.copy_code"), func() { w.copy(func(c desk.Code) string { return widget.GroupCode(c.Code) }) })
	w.copyURL = widget.NewToolButton(icons.Link, t("codes.copy_url"), func() { w.copy(func(c desk.Code) string { return c.JoinURL }) })
	w.invite = widget.NewToolButton(icons.Mail, t("codes.copy_invitation"), func() { w.copy(w.invitation) })
	w.cancel = widget.NewToolButton(icons.Cancel, t("codes.cancel"), w.onCancel)
	for _, b := range []*widget.Button{w.copyCode, w.copyURL, w.invite, w.cancel} {
		b.SetRank(widget.Plain)
	}
	w.pane = widget.NewFoldPane(t("codes.active"), w.table)
	form := container.New(layout.NewFormLayout(),
		fw.NewLabel(t("codes.name")), w.name,
		fw.NewLabel(t("column.portal")), w.portal,
	)
	top := container.NewPadded(container.NewVBox(
		container.NewBorder(nil, nil, nil, container.NewCenter(w.create), form), container.NewCenter(w.newest),
	))
	bottom := container.NewPadded(container.NewHBox(w.copyCode, w.copyURL, w.invite, layout.NewSpacer(), w.cancel))
	w.window.SetContent(widget.NewTips(container.NewBorder(container.NewVBox(w.banner, top), bottom, nil, nil, w.pane)))
	w.portals = nil
}

// show writes the active codes and the rep's phone-mode portals.
func (w *codesWindow) show(s desk.Snapshot) {
	w.showPortals(s)
	now := w.k.cfg.Clock()
	rows := make([]widget.Row, 0, len(s.Codes))
	found := false
	for _, c := range s.Codes {
		found = found || c.Code == w.chosen
		rows = append(rows, widget.Row{ID: c.Code, Cells: []widget.Cell{
			{Text: c.Name},
			{Text: widget.GroupCode(c.Code)},
			{Left: max(0, c.ExpiresAt.Sub(now)), Total: c.ExpiresAt.Sub(c.CreatedAt), Key: sortable(c.ExpiresAt)},
			{Text: c.Portal},
		}})
	}
	w.table.SetRows(rows)
	if !found {
		w.chosen = newestCode(s)
		w.table.Select(w.chosen)
	}
	w.pane.SetCount(len(rows))
	w.newest.Set(w.chosen)
	reason := ""
	if w.chosen == "" {
		reason = w.k.t.T("codes.choose")
	}
	for _, b := range []*widget.Button{w.copyCode, w.copyURL, w.invite, w.cancel} {
		b.SetEnabled(w.chosen != "", reason)
	}
	switch {
	case len(w.portals) == 0:
		w.create.SetEnabled(false, w.k.t.T("menu.no_phone_portal"))
	case s.MaxCodes > 0 && len(s.Codes) >= s.MaxCodes:
		w.create.SetEnabled(false, w.k.t.Fault(string(fault.TooManyCodes)))
	case !s.Connected:
		w.create.SetEnabled(false, w.k.t.T("list.reconnecting"))
	default:
		w.create.SetEnabled(true, "")
	}
}

// newestCode is the one that is most likely being read out.
func newestCode(s desk.Snapshot) string {
	if len(s.Codes) == 0 {
		return ""
	}
	return s.Codes[len(s.Codes)-1].Code
}

func (w *codesWindow) showPortals(s desk.Snapshot) {
	var phone []desk.Portal
	var names []string
	for _, p := range s.Portals {
		if p.Mode == desk.ModePhone {
			phone = append(phone, p)
			names = append(names, p.Name)
		}
	}
	if len(phone) == len(w.portals) {
		return
	}
	w.portals = phone
	w.portal.SetOptions(names)
	if len(names) > 0 {
		w.portal.SetSelectedIndex(0)
	}
}

func (w *codesWindow) onSelected(id string) {
	if id == "" {
		return
	}
	w.chosen = id
	w.show(w.k.last)
}

func (w *codesWindow) onCreate() {
	name := strings.TrimSpace(w.name.Text)
	if name == "" {
		w.banner.Say(widget.BannerWarning, w.k.t.T("codes.name_missing"))
		w.window.Canvas().Focus(w.name)
		return
	}
	i := w.portal.SelectedIndex()
	if i < 0 || i >= len(w.portals) {
		return
	}
	slug := w.portals[i].Slug
	var made desk.Code
	w.k.desk.Do(func(ctx context.Context) (err error) {
		made, err = w.k.desk.CreateCode(ctx, name, slug)
		return err
	}, func(err error) { w.k.cfg.Post(func() { w.created(made, err) }) })
}

func (w *codesWindow) created(c desk.Code, err error) {
	if err != nil {
		w.banner.Say(widget.BannerWarning, w.k.t.Fault(string(fault.ReasonOf(err))))
		return
	}
	w.banner.Say(widget.BannerInfo, "")
	w.name.SetText("")
	w.chosen = c.Code
	w.newest.Set(c.Code)
	w.table.Select(c.Code)
	w.show(w.k.last)
}

func (w *codesWindow) onCancel() {
	id := w.chosen
	w.k.desk.Do(func(ctx context.Context) error { return w.k.desk.CancelCode(ctx, id) }, func(err error) {
		w.k.cfg.Post(func() {
			if err != nil {
				w.banner.Say(widget.BannerWarning, w.k.t.Fault(string(fault.ReasonOf(err))))
			}
		})
	})
}

// copy puts something about the chosen code on the clipboard.
func (w *codesWindow) copy(what func(desk.Code) string) {
	for _, c := range w.k.last.Codes {
		if c.Code == w.chosen {
			w.k.cfg.App.Clipboard().SetContent(what(c))
			w.banner.Say(widget.BannerInfo, w.k.t.T("codes.copied"))
		}
	}
}

// invitation is the ready-made text for a customer: address, code and steps.
func (w *codesWindow) invitation(c desk.Code) string {
	address := ""
	for _, p := range w.portals {
		if p.Name == c.Portal {
			address = p.URL
		}
	}
	return w.k.t.T("codes.invitation", address, widget.GroupCode(c.Code), c.JoinURL)
}
