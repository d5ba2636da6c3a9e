// Package theme is the look of both apps: colours, sizes and icons as design tokens, in light and dark. A Theme follows
// the system's choice of light or dark unless one is forced. It owns no state; Color, IconIn and Text ask the running
// app. Everything but New belongs to Fyne's UI goroutine.
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

// Sizes in Fyne units.
const (
	RowHeight     float32 = 28
	ToolbarHeight float32 = 40
	Radius        float32 = 6
	TextSize      float32 = 13
	CustomerSize  float32 = 15 // text in the customer app
	HeadingSize   float32 = 16
	CodeSize      float32 = 28
	IconSize      float32 = 16
	Space1        float32 = 4
	Space2        float32 = 8
	Space3        float32 = 12
	Space4        float32 = 16
)

// Theme is a fyne.Theme. It never changes.
type Theme struct {
	options Options
	icons   map[fyne.ThemeIconName]fyne.Resource
}

// New makes the theme for app.Settings().SetTheme.
func New(o Options) *Theme {
	t := &Theme{options: o, icons: map[fyne.ThemeIconName]fyne.Resource{}}
	for fynes, ours := range map[fyne.ThemeIconName]icons.Name{
		fynetheme.IconNameCancel:         icons.Cancel,
		fynetheme.IconNameConfirm:        icons.Accept,
		fynetheme.IconNameSearch:         icons.Search,
		fynetheme.IconNameInfo:           icons.Info,
		fynetheme.IconNameQuestion:       icons.Help,
		fynetheme.IconNameWarning:        icons.Warning,
		fynetheme.IconNameError:          icons.Warning,
		fynetheme.IconNameHelp:           icons.Help,
		fynetheme.IconNameArrowDropDown:  icons.ArrowDown,
		fynetheme.IconNameArrowDropUp:    icons.ArrowUp,
		fynetheme.IconNameMoreHorizontal: icons.More,
		fynetheme.IconNameContentCopy:    icons.Copy,
		fynetheme.IconNameContentAdd:     icons.Add,
		fynetheme.IconNameViewRefresh:    icons.Refresh,
		fynetheme.IconNameViewFullScreen: icons.FullScreen,
		fynetheme.IconNameSettings:       icons.Preferences,
		fynetheme.IconNameHistory:        icons.History,
		fynetheme.IconNameMailSend:       icons.Send,
		fynetheme.IconNameAccount:        icons.User,
		fynetheme.IconNameLogout:         icons.LogOut,
		fynetheme.IconNameNavigateNext:   icons.ArrowRight,
		fynetheme.IconNameMenuExpand:     icons.ArrowRight,
	} {
		t.icons[fynes] = Icon(ours)
	}
	return t
}

// Color implements fyne.Theme. It knows our tokens and what Fyne's own widgets ask for.
func (t *Theme) Color(n fyne.ThemeColorName, v fyne.ThemeVariant) color.Color {
	dark := v == fynetheme.VariantDark && t.options.Look != Light || t.options.Look == Dark
	if ours, ok := token(n); ok {
		n = ours
	}
	if c, ok := lookup(n, dark); ok {
		return c
	}
	if n == fynetheme.ColorNameShadow {
		return shadow(dark)
	}
	if dark {
		v = fynetheme.VariantDark
	} else {
		v = fynetheme.VariantLight
	}
	return fynetheme.DefaultTheme().Color(n, v)
}

// shadow is below menus and dialogs, and is what Fyne paints the bar between split panes with.
func shadow(dark bool) color.Color {
	if dark {
		return color.NRGBA{A: 0x60}
	}
	return color.NRGBA{A: 0x20}
}

// Font implements fyne.Theme.
func (t *Theme) Font(s fyne.TextStyle) fyne.Resource { return fynetheme.DefaultTheme().Font(s) }

// Icon implements fyne.Theme.
func (t *Theme) Icon(n fyne.ThemeIconName) fyne.Resource {
	if r, ok := t.icons[n]; ok {
		return r
	}
	return fynetheme.DefaultTheme().Icon(n)
}

// Size implements fyne.Theme.
func (t *Theme) Size(n fyne.ThemeSizeName) float32 {
	text, inner := TextSize, float32(5)
	if t.options.Customer {
		text, inner = CustomerSize, 6
	}
	switch n {
	case fynetheme.SizeNameText:
		return text
	case fynetheme.SizeNameCaptionText:
		return text - 2
	case fynetheme.SizeNameSubHeadingText:
		return text + 1
	case fynetheme.SizeNameHeadingText:
		return max(HeadingSize, text+3)
	case fynetheme.SizeNameInnerPadding:
		return inner
	case fynetheme.SizeNamePadding:
		return Space1
	case fynetheme.SizeNameLineSpacing:
		return 3
	case fynetheme.SizeNameInlineIcon:
		return IconSize
	case fynetheme.SizeNameSplitThickness:
		return Space1
	case fynetheme.SizeNameScrollBar:
		return 10
	case fynetheme.SizeNameInputRadius, fynetheme.SizeNameButtonRadius, fynetheme.SizeNamePopupRadius,
		fynetheme.SizeNameDialogRadius, fynetheme.SizeNameCardRadius, fynetheme.SizeNameMenuRadius:
		return Radius
	case fynetheme.SizeNameSelectionRadius:
		return Space1
	}
	return fynetheme.DefaultTheme().Size(n)
}

// Color is a token's colour in the running app's look. Under a theme that is not ours, as tests may have, it is that of
// the tokens all the same.
func Color(name fyne.ThemeColorName) color.Color {
	s := fyne.CurrentApp().Settings()
	t, ours := s.Theme().(*Theme)
	if !ours {
		t = &Theme{}
	}
	return t.Color(name, s.ThemeVariant())
}

// Icon is a line icon in the colour of text. It follows changes of the look.
func Icon(n icons.Name) fyne.Resource { return IconIn(n, ColorText) }

// IconIn is a line icon in the colour of a token.
func IconIn(n icons.Name, c fyne.ThemeColorName) fyne.Resource {
	return fynetheme.NewColoredResource(fyne.NewStaticResource(string(n)+".svg", icons.SVG(n)), c)
}

// AppIcon is the application icon for windows.
func AppIcon() fyne.Resource { return fyne.NewStaticResource("deskhand.png", icons.AppPNG()) }

// TrayIcon is the tray icon for a state.
func TrayIcon(t icons.Tray) fyne.Resource {
	return fyne.NewStaticResource("tray-"+string(t)+".png", icons.TrayPNG(t))
}

// Text is a line of text in a token's colour at the theme's text size. It keeps the colour of the look at that moment.
func Text(s string, c fyne.ThemeColorName) *canvas.Text {
	t := canvas.NewText(s, Color(c))
	t.TextSize = fyne.CurrentApp().Settings().Theme().Size(fynetheme.SizeNameText)
	return t
}
