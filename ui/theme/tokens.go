package theme

import (
	"image/color"

	"fyne.io/fyne/v2"
	fynetheme "fyne.io/fyne/v2/theme"
)

// The colour tokens. They can be passed to Color and wherever Fyne takes a colour name.
const (
	ColorSurface    fyne.ThemeColorName = "deskhand.surface"
	ColorRaised     fyne.ThemeColorName = "deskhand.raised" // panes' headers, bars
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
	ColorSharing    fyne.ThemeColorName = "deskhand.sharing"
	ColorNone       fyne.ThemeColorName = "deskhand.none" // transparent

	// Marks such as dots, rings and icons; never text, which would be too faint. A word or a shape says the same.
	ColorGood    fyne.ThemeColorName = "deskhand.good"
	ColorWaiting fyne.ThemeColorName = "deskhand.waiting"
	ColorLate    fyne.ThemeColorName = "deskhand.late"

	// Tints lie over whatever is below them.
	ColorHover    fyne.ThemeColorName = "deskhand.hover"
	ColorPressed  fyne.ThemeColorName = "deskhand.pressed"
	ColorSelected fyne.ThemeColorName = "deskhand.selected"
	ColorDisabled fyne.ThemeColorName = "deskhand.disabled" // icon and label of what is not available
	ColorButton   fyne.ThemeColorName = "deskhand.button"
	ColorInput    fyne.ThemeColorName = "deskhand.input"  // background of fields
	ColorBorder   fyne.ThemeColorName = "deskhand.border" // of fields
	ColorMine     fyne.ThemeColorName = "deskhand.mine"   // background of one's own chat lines
	ColorFocus    fyne.ThemeColorName = "deskhand.focus"  // tint of a focused button; elsewhere focus is an accent border
)

// lookup gives a token's colour in light or dark.
func lookup(n fyne.ThemeColorName, dark bool) (color.Color, bool) {
	l, d, ok := pair(n)
	if !ok {
		l, d, ok = alertPair(n)
	}
	if dark {
		return hex(d), ok
	}
	return hex(l), ok
}

// pair gives a token as 0xRRGGBBAA in light and in dark.
func pair(n fyne.ThemeColorName) (light, dark uint32, ok bool) {
	switch n {
	case ColorSurface:
		return 0xFFFFFFFF, 0x1B1E23FF, true
	case ColorRaised:
		return 0xF5F6F8FF, 0x24282FFF, true
	case ColorLine:
		return 0xD9DDE3FF, 0x3A4049FF, true
	case ColorText:
		return 0x1C2127FF, 0xE7EAEEFF, true
	case ColorMuted:
		return 0x5B6672FF, 0x9AA5B1FF, true
	case ColorAccent:
		return 0x0B6E99FF, 0x4DB3DBFF, true
	case ColorOnAccent:
		return 0xFFFFFFFF, 0x0B1C24FF, true
	case ColorHover:
		return 0x1C21270F, 0xFFFFFF12, true
	case ColorPressed:
		return 0x1C212722, 0xFFFFFF26, true
	case ColorSelected:
		return 0x0B6E9924, 0x4DB3DB38, true
	case ColorFocus:
		return 0x0B6E9959, 0x4DB3DB66, true
	case ColorDisabled:
		return 0x98A1ABFF, 0x626B76FF, true
	case ColorButton:
		return 0xE6E9EEFF, 0x363C45FF, true
	case ColorInput:
		return 0xFFFFFFFF, 0x15181CFF, true
	case ColorBorder:
		return 0xA9B2BCFF, 0x515A66FF, true
	case ColorMine:
		return 0xE3F0F6FF, 0x1F3540FF, true
	case ColorNone:
		return 0, 0, true
	}
	return 0, 0, false
}

func alertPair(n fyne.ThemeColorName) (light, dark uint32, ok bool) {
	switch n {
	case ColorQuery:
		return 0xF9D648FF, 0xF9D648FF, true
	case ColorDirect:
		return 0x6FBF73FF, 0x6FBF73FF, true
	case ColorInvitation:
		return 0x5AA9E6FF, 0x5AA9E6FF, true
	case ColorTransfer:
		return 0xF28C38FF, 0xF28C38FF, true
	case ColorOnAlert:
		return 0x1C2127FF, 0x1C2127FF, true
	case ColorSharing:
		return 0xF2C200FF, 0xF2C200FF, true
	case ColorGood:
		return 0x2E8B57FF, 0x5FC58AFF, true
	case ColorWaiting:
		return 0xC99700FF, 0xE8B93AFF, true
	case ColorLate:
		return 0xC0392BFF, 0xF07B6CFF, true
	}
	return 0, 0, false
}

func hex(rgba uint32) color.Color {
	return color.NRGBA{R: uint8(rgba >> 24), G: uint8(rgba >> 16), B: uint8(rgba >> 8), A: uint8(rgba)}
}

// token gives our token for a colour that Fyne's own widgets ask for.
func token(n fyne.ThemeColorName) (fyne.ThemeColorName, bool) {
	switch n {
	case fynetheme.ColorNameBackground:
		return ColorSurface, true
	case fynetheme.ColorNameForeground:
		return ColorText, true
	case fynetheme.ColorNamePlaceHolder:
		return ColorMuted, true
	case fynetheme.ColorNamePrimary, fynetheme.ColorNameHyperlink:
		return ColorAccent, true
	case fynetheme.ColorNameForegroundOnPrimary, fynetheme.ColorNameForegroundOnError,
		fynetheme.ColorNameForegroundOnSuccess, fynetheme.ColorNameForegroundOnWarning:
		return ColorOnAccent, true
	case fynetheme.ColorNameButton:
		return ColorButton, true
	case fynetheme.ColorNameDisabledButton, fynetheme.ColorNameHeaderBackground,
		fynetheme.ColorNameMenuBackground, fynetheme.ColorNameOverlayBackground, // they stand out from what is below
		fynetheme.ColorNameInnerWindowBorder, fynetheme.ColorNameInnerWindowBorderInactive:
		return ColorRaised, true
	case fynetheme.ColorNameDisabled:
		return ColorDisabled, true
	case fynetheme.ColorNameHover:
		return ColorHover, true
	case fynetheme.ColorNamePressed:
		return ColorPressed, true
	case fynetheme.ColorNameSelection:
		return ColorSelected, true
	case fynetheme.ColorNameFocus:
		return ColorFocus, true
	case fynetheme.ColorNameInputBackground:
		return ColorInput, true
	case fynetheme.ColorNameInputBorder:
		return ColorBorder, true
	case fynetheme.ColorNameSeparator:
		return ColorLine, true
	case fynetheme.ColorNameError:
		return ColorLate, true
	case fynetheme.ColorNameSuccess:
		return ColorGood, true
	case fynetheme.ColorNameWarning:
		return ColorWaiting, true
	case fynetheme.ColorNameScrollBar:
		return ColorBorder, true
	case fynetheme.ColorNameScrollBarBackground:
		return ColorNone, true
	}
	return "", false
}
