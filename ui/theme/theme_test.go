package theme

import (
	"image/color"
	"math"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	fynetheme "fyne.io/fyne/v2/theme"
	"golang.org/x/image/font/sfnt"

	"deskhand/icons"
	"deskhand/ui/lang"
)

// luminance is WCAG 2's relative luminance.
func luminance(c color.Color) float64 {
	r, g, b, _ := c.RGBA()
	linear := func(v uint32) float64 {
		s := float64(v) / 0xffff
		if s <= 0.04045 {
			return s / 12.92
		}
		return math.Pow((s+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(r) + 0.7152*linear(g) + 0.0722*linear(b)
}

func contrast(a, b color.Color) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

// TestContrast checks A-09 and every other pair of text and background.
func TestContrast(t *testing.T) {
	pairs := []struct {
		name     string
		text, on fyne.ThemeColorName
	}{
		{"alert of a query", ColorOnAlert, ColorQuery},
		{"alert of a direct query", ColorOnAlert, ColorDirect},
		{"alert of an invitation", ColorOnAlert, ColorInvitation},
		{"alert of a transfer", ColorOnAlert, ColorTransfer},
		{"sharing", ColorOnAlert, ColorSharing},
		{"text", ColorText, ColorSurface},
		{"text on raised", ColorText, ColorRaised},
		{"text on a button", ColorText, ColorButton},
		{"text in a field", ColorText, ColorInput},
		{"own chat line", ColorText, ColorMine},
		{"muted", ColorMuted, ColorSurface},
		{"muted on raised", ColorMuted, ColorRaised},
		{"muted in a field", ColorMuted, ColorInput},
		{"muted on own chat line", ColorMuted, ColorMine},
		{"link", ColorAccent, ColorSurface},
		{"link on raised", ColorAccent, ColorRaised},
		{"main button", ColorOnAccent, ColorAccent},
		{"fault", ColorLate, ColorSurface},
	}
	for look, v := range map[string]fyne.ThemeVariant{"light": fynetheme.VariantLight, "dark": fynetheme.VariantDark} {
		for _, p := range pairs {
			t.Run(look+" "+p.name, func(t *testing.T) {
				theme := New(Options{})
				if c := contrast(theme.Color(p.text, v), theme.Color(p.on, v)); c < 4.5 {
					t.Errorf("contrast is %.2f", c)
				}
			})
		}
	}
}

func TestLook(t *testing.T) {
	white, dark := hex(0xFFFFFFFF), hex(0x1B1E23FF)
	tests := []struct {
		name    string
		look    Look
		variant fyne.ThemeVariant
		want    color.Color
	}{
		{"system is light", FollowSystem, fynetheme.VariantLight, white},
		{"system is dark", FollowSystem, fynetheme.VariantDark, dark},
		{"light is forced", Light, fynetheme.VariantDark, white},
		{"dark is forced", Dark, fynetheme.VariantLight, dark},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			theme := New(Options{Look: tt.look})
			for _, n := range []fyne.ThemeColorName{ColorSurface, fynetheme.ColorNameBackground} {
				if got := theme.Color(n, tt.variant); got != tt.want {
					t.Errorf("%s is %v", n, got)
				}
			}
		})
	}
}

func TestSizes(t *testing.T) {
	rep, customer := New(Options{}), New(Options{Customer: true})
	if rep.Size(fynetheme.SizeNameText) != 13 || customer.Size(fynetheme.SizeNameText) != 15 {
		t.Error("text sizes")
	}
	if rep.Size(fynetheme.SizeNameHeadingText) != 16 {
		t.Error("heading size")
	}
}

// TestTabularFigures shows that digits are as wide as each other, so that codes and timers do not jump.
func TestTabularFigures(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(New(Options{}))
	for name, style := range map[string]fyne.TextStyle{"regular": {}, "bold": {Bold: true}, "mono": {Monospace: true}} {
		want := fyne.MeasureText("0000000000", CodeSize, style).Width
		for _, d := range "123456789" {
			text := ""
			for range 10 {
				text += string(d)
			}
			if got := fyne.MeasureText(text, CodeSize, style).Width; got != want {
				t.Errorf("%s: ten times %c is %v wide, not %v", name, d, got, want)
			}
		}
	}
}

func TestEveryIconIsAPicture(t *testing.T) {
	app := test.NewTempApp(t)
	app.Settings().SetTheme(New(Options{Look: Dark}))
	r := IconIn(icons.Chat, ColorAccent)
	if string(r.Content()) == string(icons.SVG(icons.Chat)) || len(r.Content()) == 0 {
		t.Error("the icon did not take the token's colour")
	}
	if AppIcon().Content() == nil || TrayIcon(icons.TrayOffline).Content() == nil {
		t.Error("no application icon")
	}
	if Color(ColorText) != hex(0xE7EAEEFF) || Text("x", ColorMuted).Color != hex(0x9AA5B1FF) {
		t.Error("colours of the running app")
	}
	theme := New(Options{})
	for _, n := range []fyne.ThemeIconName{fynetheme.IconNameCancel, fynetheme.IconNameFolder} {
		if theme.Icon(n) == nil || len(theme.Icon(n).Content()) == 0 {
			t.Errorf("%s has no picture", n)
		}
	}
}

// TestEveryLetterHasAGlyph looks every text up in the fonts that the apps carry: what those lack a system may show as an
// empty box.
func TestEveryLetterHasAGlyph(t *testing.T) {
	for name, resource := range map[string]fyne.Resource{
		"regular": fynetheme.DefaultTextFont(), "bold": fynetheme.DefaultTextBoldFont(),
	} {
		font, err := sfnt.Parse(resource.Content())
		if err != nil {
			t.Fatal(err)
		}
		var b sfnt.Buffer
		for _, l := range lang.Languages() {
			texts := lang.New(l.Code)
			for _, key := range lang.Keys() {
				for _, r := range strings.ReplaceAll(texts.T(key), "\n", "") {
					if glyph, err := font.GlyphIndex(&b, r); err != nil || glyph == 0 {
						t.Errorf("%s, %s, %s: no glyph for %q", l.Code, key, name, r)
					}
				}
			}
		}
	}
}
