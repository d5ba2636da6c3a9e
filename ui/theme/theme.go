// Package theme is the look of both apps: colours, sizes and icons as design tokens, in light and dark. A Theme follows
// the system's choice of light or dark unless one is forced. It owns no state; Color and Icon ask the running app.
package theme

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	fynetheme "fyne.io/fyne/v2/theme"

	"deskhand/icons"
)

// Look says whether windows are light or dark.
type Look int

// The looks.
const (
	FollowSystem Look = iota
	Light
	Dark
)

// Options choose a theme. The zero value follows the system and has the rep console's text size.
type Options struct {
	Look     Look
	Customer bool // larger text, for people who see the app once
}

// The colour tokens. They can be passed to Color and wherever Fyne takes a colour name.
const (
	ColorSurface    fyne.ThemeColorName = "deskhand.surface"
	ColorRaised     fyne.ThemeColorName = "deskhand.raised"
	ColorLine       fyne.ThemeColorName = "deskhand.line"
	ColorText       fyne.ThemeColorName = "deskhand.text"
	ColorMuted      fyne.ThemeColorName = "deskhand.muted"
	ColorAccent     fyne.ThemeColorName = "deskhand.accent"
	ColorOnAccent   fyne.ThemeColorName = "deskhand.onAccent"   // text on accent
	ColorQuery      fyne.ThemeColorName = "deskhand.query"      // yellow
	ColorDirect     fyne.ThemeColorName = "deskhand.direct"     // green
	ColorInvitation fyne.ThemeColorName = "deskhand.invitation" // blue
	ColorTransfer   fyne.ThemeColorName = "deskhand.transfer"   // orange
	ColorOnAlert    fyne.ThemeColorName = "deskhand.onAlert"    // text on the four alert colours and on sharing
	ColorGood       fyne.ThemeColorName = "deskhand.good"
	ColorWaiting    fyne.ThemeColorName = "deskhand.waiting"
	ColorLate       fyne.ThemeColorName = "deskhand.late"
	ColorSharing    fyne.ThemeColorName = "deskhand.sharing"
	ColorNone       fyne.ThemeColorName = "deskhand.none" // transparent
)

// Theme is a fyne.Theme.
type Theme struct{ o Options }

// New makes the theme for app.Settings().SetTheme.
func New(o Options) *Theme { return &Theme{o} }

// Color is a token's colour in the running app's look.
func Color(name fyne.ThemeColorName) color.Color {
	s := fyne.CurrentApp().Settings()
	return s.Theme().Color(name, s.ThemeVariant())
}

// Icon is a line icon in the colour of text. It follows changes of the look.
func Icon(n icons.Name) fyne.Resource { return IconIn(n, ColorText) }

// IconIn is a line icon in the colour of a token.
func IconIn(n icons.Name, c fyne.ThemeColorName) fyne.Resource {
	r := fynetheme.NewColoredResource(fyne.NewStaticResource(string(n)+".svg", icons.SVG(n)), c)
	return r
}

// AppIcon is the application icon for windows.
func AppIcon() fyne.Resource { return fyne.NewStaticResource("deskhand.png", icons.AppPNG()) }

// TrayIcon is the tray icon for a state.
func TrayIcon(t icons.Tray) fyne.Resource {
	return fyne.NewStaticResource("tray-"+string(t)+".png", icons.TrayPNG(t))
}

// Sizes in Fyne units.
const (
	RowHeight     float32 = 28
	ToolbarHeight float32 = 40
	Radius        float32 = 6
	TextSize      float32 = 13 // 15 in the customer app
	HeadingSize   float32 = 16
	CodeSize      float32 = 28
	Space1        float32 = 4
	Space2        float32 = 8
	Space3        float32 = 12
	Space4        float32 = 16
)

// Text is a line of text in a token's colour at the theme's text size.
func Text(s string, c fyne.ThemeColorName) *canvas.Text {
	t := canvas.NewText(s, Color(c))
	t.TextSize = fyne.CurrentApp().Settings().Theme().Size(fynetheme.SizeNameText)
	return t
}
