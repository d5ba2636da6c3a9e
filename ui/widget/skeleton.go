// Package widget holds the pieces that windows of both apps are made of. A widget holds no state of the app: a Set
// method alone writes what it shows, its callbacks only tell what the person did. Everything belongs to Fyne's UI
// goroutine. Every widget that takes input can be reached with Tab and shows where the focus is.
package widget

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	fw "fyne.io/fyne/v2/widget"

	"deskhand/icons"
)

// Tips wraps a window's content so that tool buttons can show their tips above it. Use it as the window's content.
type Tips struct {
	fw.BaseWidget
	content fyne.CanvasObject
}

// NewTips wraps content.
func NewTips(content fyne.CanvasObject) *Tips {
	t := &Tips{content: content}
	t.ExtendBaseWidget(t)
	return t
}

// CreateRenderer implements fyne.Widget.
func (t *Tips) CreateRenderer() fyne.WidgetRenderer { return fw.NewSimpleRenderer(t.content) }

// ToolButton is a button of a toolbar: icon, label, and a reason when it is not available.
type ToolButton struct {
	fw.Button
	OnTapped func()
}

// NewToolButton makes a button; an empty label shows the icon alone (give it a tip then).
func NewToolButton(icon icons.Name, label string, tapped func()) *ToolButton {
	return &ToolButton{OnTapped: tapped}
}

// SetIcon changes the icon.
func (b *ToolButton) SetIcon(icon icons.Name) {}

// SetLabel changes the label.
func (b *ToolButton) SetLabel(label string) {}

// SetTip sets the text shown on hover and focus.
func (b *ToolButton) SetTip(text string) {}

// SetEnabled makes the button available, or not, with the reason, which is shown in place of the tip.
func (b *ToolButton) SetEnabled(on bool, reason string) {}

// SetOn shows the button as switched on.
func (b *ToolButton) SetOn(on bool) {}

// SetMenu makes the button open a menu, asked for anew each time; it shows an arrow then.
func (b *ToolButton) SetMenu(menu func() *fyne.Menu) {}

// SetPrimary fills the button with the accent: the one main action of a window.
func (b *ToolButton) SetPrimary(on bool) {}

// NewToolbar is a bar of 40 px: some things at its left, others at its right, a line below.
func NewToolbar(left, right []fyne.CanvasObject) fyne.CanvasObject { return container.NewHBox() }

// Column is one column of a Table.
type Column struct {
	Title string
	Width float32 // Fyne units; 0 takes what is left, shared with the other zeros
	Right bool    // aligned right
	Mono  bool    // tabular figures
}

// Cell is what one cell shows.
type Cell struct {
	Text  string
	Key   string              // sorts in place of Text when not empty
	Icon  icons.Name          // before the text
	Color fyne.ThemeColorName // of icon and text; empty is the colour of text
	Left  time.Duration       // with Total: a countdown ring with the time left as text
	Total time.Duration
}

// Row is one row of a Table.
type Row struct {
	ID     string
	Stripe fyne.ThemeColorName // of the stripe at its left; empty has none
	Cells  []Cell
}

// Table lists rows of 28 px. Arrows, Home, End and Page keys select; Enter and double click activate; the menu key,
// Shift+F10 and the right button ask for the menu; a click on a title sorts.
type Table struct {
	fw.BaseWidget

	OnSelected  func(id string) // "" when nothing is
	OnActivated func(id string)
	OnMenu      func(id string) *fyne.Menu // nil shows none
}

// NewTable makes an empty table; empty is the text shown while there is no row.
func NewTable(columns []Column, empty string) *Table { return &Table{} }

// SetRows shows rows; the selection stays with its ID as long as that is there.
func (t *Table) SetRows(rows []Row) {}

// Select selects a row, or none for "". It does not call OnSelected.
func (t *Table) Select(id string) {}

// Selected is the selected row's ID.
func (t *Table) Selected() string { return "" }

// FoldPane is a pane with a header that folds it.
type FoldPane struct {
	fw.BaseWidget

	OnFolded func(open bool)
}

// NewFoldPane makes an open pane.
func NewFoldPane(title string, content fyne.CanvasObject) *FoldPane { return &FoldPane{} }

// SetTitle changes the title.
func (p *FoldPane) SetTitle(title string) {}

// SetCount shows a number after the title; below zero shows none.
func (p *FoldPane) SetCount(n int) {}

// SetOpen folds or unfolds without calling OnFolded.
func (p *FoldPane) SetOpen(open bool) {}

// Open says whether the content is shown.
func (p *FoldPane) Open() bool { return true }

// SetTools puts something at the right of the header, such as a search field.
func (p *FoldPane) SetTools(o fyne.CanvasObject) {}

// NewPaneStack puts panes one below the other: folded ones take their header, open ones share the rest by weight.
// Hidden ones take nothing. Missing weights are 1.
func NewPaneStack(panes []*FoldPane, weights ...float32) *fyne.Container { return container.NewVBox() }

// Ring is the countdown ring with the time left beside it.
type Ring struct{ fw.BaseWidget }

// NewRing makes a ring.
func NewRing() *Ring { return &Ring{} }

// Set shows the time left of a total.
func (r *Ring) Set(left, total time.Duration) {}

// FormatLeft writes a time as m:ss or h:mm:ss.
func FormatLeft(d time.Duration) string { return "" }

// StatusPanel says whether a screen is seen: yellow while it is, grey while it is not.
type StatusPanel struct{ fw.BaseWidget }

// NewStatusPanel makes a grey panel.
func NewStatusPanel() *StatusPanel { return &StatusPanel{} }

// Set shows the state and its text.
func (p *StatusPanel) Set(sharing bool, text string) {}

// CodeField takes nine digits in three groups; pasting any form of writing them works.
type CodeField struct {
	fw.BaseWidget

	OnChanged   func(code string) // nine digits, or fewer while incomplete, without separators
	OnSubmitted func(code string) // Enter with nine digits
}

// NewCodeField makes an empty field.
func NewCodeField() *CodeField { return &CodeField{} }

// Set writes the field.
func (f *CodeField) Set(code string) {}

// Code is what is in the field, digits only.
func (f *CodeField) Code() string { return "" }

// SetEnabled allows input.
func (f *CodeField) SetEnabled(on bool) {}

// CodeLabel shows a code at 28 px in groups of three.
type CodeLabel struct{ fw.BaseWidget }

// NewCodeLabel makes a label for nine digits.
func NewCodeLabel(code string) *CodeLabel { return &CodeLabel{} }

// Set changes the code.
func (l *CodeLabel) Set(code string) {}

// GroupCode writes nine digits as "563 773 096"; anything else stays as it is.
func GroupCode(code string) string { return code }

// LineKind says how a chat line looks.
type LineKind int

// The kinds of chat lines.
const (
	Theirs LineKind = iota
	Mine
	Status // "Jo Brandt joined"
)

// ChatLine is one line of a chat.
type ChatLine struct {
	Key     string // identifies the line; the sequence number or the client's own ID
	Kind    LineKind
	At      string // "10:42", in the person's locale
	Name    string
	Text    string
	Pending bool // not stored by the relay yet
}

// ChatLog shows the lines of a chat, the newest at the bottom. Text can be selected and copied.
type ChatLog struct{ fw.BaseWidget }

// NewChatLog makes an empty log.
func NewChatLog() *ChatLog { return &ChatLog{} }

// SetLines shows lines; unchanged ones are not laid out again. It stays at the bottom if it was there.
func (l *ChatLog) SetLines(lines []ChatLine) {}

// SetTyping shows a muted line such as "Jo is typing …" below the log; empty removes it.
func (l *ChatLog) SetTyping(text string) {}

// MessageEntry is the field that messages are written in. Enter sends, Shift+Enter starts a new line.
type MessageEntry struct {
	fw.Entry

	OnSend   func(text string) // trimmed, never empty; the field is cleared
	OnTyping func(typing bool) // true at the first character, false when empty again
}

// NewMessageEntry makes an empty field with a placeholder.
func NewMessageEntry(placeholder string) *MessageEntry { return &MessageEntry{} }

// SetEnabled allows input.
func (e *MessageEntry) SetEnabled(on bool) {}

// Send does what Enter does.
func (e *MessageEntry) Send() {}

// Availability is what the switch shows.
type Availability int

// The availabilities.
const (
	Offline Availability = iota
	Unavailable
	Available
)

// AvailabilitySwitch shows whether queries come in, with a menu to change it.
type AvailabilitySwitch struct {
	fw.BaseWidget

	OnChange func(available bool)
}

// NewAvailabilitySwitch makes one with the words for its three states.
func NewAvailabilitySwitch(available, unavailable, offline string) *AvailabilitySwitch {
	return &AvailabilitySwitch{}
}

// Set shows a state.
func (s *AvailabilitySwitch) Set(a Availability) {}

// BannerKind is how grave a banner's message is.
type BannerKind int

// The kinds of banners.
const (
	BannerInfo BannerKind = iota
	BannerWarning
	BannerFault
)

// Banner is a message inside a window: what happened and what to do next. It is hidden until Show.
type Banner struct{ fw.BaseWidget }

// NewBanner makes a hidden banner.
func NewBanner() *Banner { return &Banner{} }

// Say shows a message; an empty text hides the banner.
func (b *Banner) Say(kind BannerKind, text string) {}

// SetAction puts a button at the right; an empty label removes it.
func (b *Banner) SetAction(label string, do func()) {}

// Steps shows where a person is in a short sequence.
type Steps struct{ fw.BaseWidget }

// NewSteps makes the steps, the first one current.
func NewSteps(titles ...string) *Steps { return &Steps{} }

// Set makes step i, from 0, the current one.
func (s *Steps) Set(i int) {}

// Mood is the colour of a chat tab: how long ago the rep wrote.
type Mood int

// The moods.
const (
	Good Mood = iota
	Waiting
	Late
)

// Tab is one customer in the chat box.
type Tab struct {
	ID, Title string
	Note      string // "0:42"
	Mood      Mood
	Unread    bool
}

// Tabs is the row of customers. Ctrl+Tab is left to the window.
type Tabs struct {
	fw.BaseWidget

	OnSelected func(id string)
}

// NewTabs makes an empty row.
func NewTabs() *Tabs { return &Tabs{} }

// Set shows the tabs and which one is selected.
func (t *Tabs) Set(tabs []Tab, selected string) {}

// Fact is one line of facts.
type Fact struct{ Name, Value string }

// Facts lists names and values, for details panes. Values can be selected and copied.
type Facts struct{ fw.BaseWidget }

// NewFacts makes an empty list.
func NewFacts() *Facts { return &Facts{} }

// Set shows facts; those without a value are left out.
func (f *Facts) Set(facts []Fact) {}

// Words shows the verifier words with a lock, or that sealing is being set up.
type Words struct{ fw.BaseWidget }

// NewWords makes one; label stands before the words, pending stands while there are none.
func NewWords(label, pending string) *Words { return &Words{} }

// Set shows the words, "amber river nine"; empty shows pending.
func (w *Words) Set(words string) {}

// AlertKind is what raised an alert.
type AlertKind int

// The kinds of alerts.
const (
	AlertQuery AlertKind = iota
	AlertDirect
	AlertInvitation
	AlertTransfer
)

// AlertContent is what an alert shows.
type AlertContent struct {
	Kind        AlertKind
	Word        string // "Query"
	Portal      string
	Name        string
	Text        string // the question
	Left, Total time.Duration
}

// Alert is the content of an alert window, 360 by 150.
type Alert struct {
	fw.BaseWidget

	OnYes, OnNo func()
}

// NewAlert makes an alert with the words for its buttons.
func NewAlert(yes, no string) *Alert { return &Alert{} }

// Set shows the content.
func (a *Alert) Set(c AlertContent) {}

// NewSearchEntry is a one-line field with a magnifier.
func NewSearchEntry(placeholder string) *fw.Entry { return fw.NewEntry() }

// NewHeading is a line of 16 px, bold.
func NewHeading(text string) *fw.Label { return fw.NewLabel(text) }

// NewMuted is wrapped text in the muted colour.
func NewMuted(text string) *fw.Label { return fw.NewLabel(text) }
