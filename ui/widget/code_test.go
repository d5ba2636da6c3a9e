package widget

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
)

func TestPasted(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"plain", "563773096", "563773096"},
		{"spaces", " 563 773 096\n", "563773096"},
		{"hyphens", "563-773-096", "563773096"},
		{"dots and slashes", "563.773/096", "563773096"},
		{"no-break and thin spaces", "563\u00a0773\u2009096", "563773096"},
		{"full-width digits", "５６３ ７７３ ０９６", "563773096"},
		{"Arabic digits", "٥٦٣ ٧٧٣ ٠٩٦", "563773096"},
		{"in a sentence", "Your code is 563-773-096, valid for 60 minutes.", "563773096"},
		{"in an address", "https://help.example:8443/j/563773096?lang=de", "563773096"},
		{"after another number", "Call 112 or use 563 773 096.", "563773096"},
		{"too few", "563 77", "56377"},
		{"too many", "5637730961234", "563773096"},
		{"nothing", "hello", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := pasted(tt.text); got != tt.want {
				t.Errorf("got %q", got)
			}
		})
	}
}

func FuzzPasted(f *testing.F) {
	f.Add("563-773-096")
	f.Add("٥٦٣")
	f.Fuzz(func(t *testing.T, text string) {
		got := pasted(text)
		if len(got) > codeDigits {
			t.Errorf("%q has more than nine digits", got)
		}
		for _, r := range got {
			if r < '0' || r > '9' {
				t.Errorf("%q is not all digits", got)
			}
		}
	})
}

func TestGroupCode(t *testing.T) {
	for in, want := range map[string]string{"563773096": "563 773 096", "": "", "12345": "12345"} {
		if got := GroupCode(in); got != want {
			t.Errorf("%q became %q", in, got)
		}
	}
}

func TestCodeField(t *testing.T) {
	tests := []struct {
		name string
		do   func(f *CodeField)
		want string
	}{
		{"typing", func(f *CodeField) { test.Type(f, "563 773-096") }, "563773096"},
		{"one too many", func(f *CodeField) { test.Type(f, "5637730961") }, "563773096"},
		{"letters", func(f *CodeField) { test.Type(f, "a5b6") }, "56"},
		{"Backspace", func(f *CodeField) { test.Type(f, "56"); typeKeys(f, fyne.KeyBackspace) }, "5"},
		{"Backspace on nothing", func(f *CodeField) { typeKeys(f, fyne.KeyBackspace, fyne.KeyDelete) }, ""},
		{"Delete", func(f *CodeField) { test.Type(f, "567"); typeKeys(f, fyne.KeyHome, fyne.KeyDelete) }, "67"},
		{"insert", func(f *CodeField) { test.Type(f, "57"); typeKeys(f, fyne.KeyLeft); test.Type(f, "6") }, "567"},
		{"overwrite a full one", func(f *CodeField) { test.Type(f, "563773096"); typeKeys(f, fyne.KeyHome); test.Type(f, "9") }, "963773096"},
		{"beyond the ends", func(f *CodeField) {
			test.Type(f, "5")
			typeKeys(f, fyne.KeyRight, fyne.KeyRight, fyne.KeyEnd)
			test.Type(f, "6")
		}, "56"},
		{"set", func(f *CodeField) { f.Set("563-773-096") }, "563773096"},
		{"off", func(f *CodeField) { f.SetEnabled(false); test.Type(f, "5"); typeKeys(f, fyne.KeyDelete) }, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			start(t)
			f := NewCodeField()
			show(t, f, 400, 100)
			tt.do(f)
			if f.Code() != tt.want {
				t.Errorf("got %q", f.Code())
			}
		})
	}
}

func TestCodeFieldTells(t *testing.T) {
	start(t)
	f := NewCodeField()
	show(t, f, 400, 100)
	var changed []string
	submitted := ""
	f.OnChanged = func(code string) { changed = append(changed, code) }
	f.OnSubmitted = func(code string) { submitted = code }
	f.Set("1")
	test.Type(f, "2")
	typeKeys(f, fyne.KeyReturn, fyne.KeyLeft)
	if len(changed) != 1 || changed[0] != "12" || submitted != "" {
		t.Errorf("changed %q, submitted %q", changed, submitted)
	}
	board := test.NewClipboard()
	board.SetContent("Code: 563-773-096")
	f.TypedShortcut(&fyne.ShortcutPaste{Clipboard: board})
	typeKeys(f, fyne.KeyReturn)
	if submitted != "563773096" {
		t.Errorf("submitted %q", submitted)
	}
	f.TypedShortcut(&fyne.ShortcutCopy{Clipboard: board})
	if board.Content() != "563 773 096" {
		t.Errorf("copied %q", board.Content())
	}
	f.TypedShortcut(&fyne.ShortcutCut{Clipboard: board})
	if f.Code() != "" {
		t.Error("cut left something")
	}
	test.Type(f, "563")
	board.SetContent("773")
	f.TypedShortcut(&fyne.ShortcutPaste{Clipboard: board})
	if f.Code() != "563773" {
		t.Errorf("a part was pasted to %q", f.Code())
	}
}

func TestCodeFieldMouse(t *testing.T) {
	start(t)
	f := NewCodeField()
	w := show(t, f, 400, 100)
	f.Set("563773096")
	f.MouseDown(mouse(f.cell(4, f.Size()).x+2, 20))
	f.MouseUp(nil)
	test.Type(f, "1")
	if f.Code() != "563713096" || w.Canvas().Focused() != f {
		t.Errorf("got %q", f.Code())
	}
	f.PasteLabel = "Paste"
	fyne.CurrentApp().Clipboard().SetContent("111222333")
	f.TappedSecondary(point(5, 5))
	choose(t, w, 0)
	if f.Code() != "111222333" {
		t.Errorf("the menu pasted %q", f.Code())
	}
}
