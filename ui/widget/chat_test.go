package widget

import (
	"fmt"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
)

// chat makes n lines.
func chat(n int) (lines []ChatLine) {
	for i := range n {
		lines = append(lines, ChatLine{Key: fmt.Sprint(i), Kind: LineKind(i % 3), At: "10:42", Name: "Jo", Text: fmt.Sprintf("line %d", i)})
	}
	return lines
}

func TestChatStaysAtTheBottom(t *testing.T) {
	start(t)
	l := NewChatLog()
	show(t, l, 300, 200)
	l.SetLines(chat(50))
	if !l.atBottom() {
		t.Error("not at the bottom at first")
	}
	l.SetLines(chat(60))
	if !l.atBottom() || l.Lines() != 60 {
		t.Error("new lines are not in view")
	}
	typeKeys(l.body, fyne.KeyHome)
	l.SetLines(chat(70))
	if l.scroll.Offset.Y != 0 {
		t.Error("it scrolled away from what is being read")
	}
	typeKeys(l.body, fyne.KeyDown, fyne.KeyPageDown, fyne.KeyPageUp, fyne.KeyUp, fyne.KeyEnd)
	if !l.atBottom() {
		t.Error("End is not the end")
	}
	l.Resize(fyne.NewSize(150, 120))
	if !l.atBottom() {
		t.Error("not at the bottom after it was made smaller")
	}
	l.SetTyping("Jo is typing …")
	l.SetTyping("")
}

func TestChatDrawsOnlyWhatIsInView(t *testing.T) {
	start(t)
	l := NewChatLog()
	show(t, l, 300, 200)
	l.SetLines(chat(5000))
	if n := len(test.WidgetRenderer(l.body).Objects()); n > 60 {
		t.Errorf("%d objects", n)
	}
}

func TestChatHeads(t *testing.T) {
	var l chatLayout
	start(t)
	l.arrange([]ChatLine{
		{Kind: Theirs, Name: "Jo", At: "1", Text: "a"},
		{Kind: Theirs, Name: "Jo", At: "1", Text: "b"},
		{Kind: Theirs, Name: "Jo", At: "2", Text: "c"},
		{Kind: Mine, Name: "You", At: "2", Text: "d"},
		{Kind: Status, At: "2", Text: "e"},
		{Kind: Mine, Name: "You", At: "2", Text: "f"},
	}, 300, 13)
	var got strings.Builder
	for _, b := range l.blocks {
		fmt.Fprint(&got, b.head, " ")
	}
	if got.String() != "true false true true false true " {
		t.Error(got.String())
	}
	for i := 1; i < len(l.blocks); i++ {
		if a, b := l.blocks[i-1], l.blocks[i]; b.y != a.y+a.height {
			t.Errorf("line %d does not follow the one before", i)
		}
	}
}

func TestChatSelection(t *testing.T) {
	start(t)
	l := NewChatLog()
	w := show(t, l, 300, 300)
	l.CopyLabel = "Copy"
	l.SetLines([]ChatLine{
		{Key: "1", Kind: Status, At: "10:42", Text: "Jo joined"},
		{Key: "2", Kind: Theirs, At: "10:43", Name: "Jo", Text: "yes please, and a long text that needs more than one line in this window"},
		{Key: "3", Kind: Mine, At: "10:44", Name: "You", Text: "fine"},
	})
	b := l.body
	// place is where a rune of a line stands.
	place := func(line, at int) fyne.Position {
		for k, r := range b.layout.blocks[line].rows {
			if at >= r.from && at <= r.to {
				m := measureIn(b.layout.sizeOf(b.lines[line].Kind), fyne.TextStyle{})
				x := m(string(b.layout.blocks[line].runes[r.from:at]))
				return b.layout.text(line).Add(fyne.NewPos(x+0.1, (float32(k)+0.5)*b.layout.rowHeight()))
			}
		}
		t.Fatal("no such place")
		return fyne.Position{}
	}
	drag := func(from, to fyne.Position) string {
		b.MouseDown(mouse(from.X, from.Y))
		b.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: to}})
		b.DragEnd()
		b.MouseUp(nil)
		board := test.NewClipboard()
		b.TypedShortcut(&fyne.ShortcutCopy{Clipboard: board})
		return board.Content()
	}
	all := "10:42 Jo joined\n10:43 Jo: " + l.body.lines[1].Text + "\n10:44 You: fine"
	tests := []struct {
		name     string
		from, to fyne.Position
		want     string
	}{
		{"in a line", place(1, 4), place(1, 10), "please"},
		{"backwards", place(1, 10), place(1, 4), "please"},
		{"over rows", place(1, 0), place(1, len([]rune(b.lines[1].Text))), b.lines[1].Text},
		{"over lines", place(1, 65), place(2, 2), b.lines[1].Text[65:] + "\n10:44 You: fi"},
		{"everything", fyne.NewPos(0, 0), fyne.NewPos(290, 9999), all},
		{"nothing", place(1, 4), place(1, 4), ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := drag(tt.from, tt.to); got != tt.want {
				t.Errorf("got %q", got)
			}
		})
	}
	board := test.NewClipboard()
	b.TypedShortcut(&fyne.ShortcutSelectAll{})
	b.TypedShortcut(&fyne.ShortcutCopy{Clipboard: board})
	if board.Content() != all {
		t.Errorf("all is %q", board.Content())
	}
	b.MouseDown(mouse(0, 0))
	at := place(2, 1)
	b.TappedSecondary(&fyne.PointEvent{Position: at})
	choose(t, w, 0)
	if got := fyne.CurrentApp().Clipboard().Content(); got != "fine" {
		t.Errorf("the menu copied %q", got)
	}
	l.SetLines(nil)
	if _, _, any := b.selection(); any {
		t.Error("something is selected in an empty log")
	}
	b.selectAll()
	b.DoubleTapped(point(5, 5))
}

func TestMessageEntry(t *testing.T) {
	shift := key("LeftShift")
	tests := []struct {
		name string
		do   func(e *MessageEntry)
		want []string
		left string
	}{
		{"Enter sends", func(e *MessageEntry) { test.Type(e, " hello "); typeKeys(e, fyne.KeyReturn) }, []string{"hello"}, ""},
		{"keypad Enter too", func(e *MessageEntry) { test.Type(e, "hello"); typeKeys(e, fyne.KeyEnter) }, []string{"hello"}, ""},
		{"Shift+Enter is a new line", func(e *MessageEntry) {
			test.Type(e, "a")
			e.KeyDown(shift)
			typeKeys(e, fyne.KeyReturn)
			e.KeyUp(shift)
			test.Type(e, "b")
			typeKeys(e, fyne.KeyReturn)
		}, []string{"a\nb"}, ""},
		{"nothing to send", func(e *MessageEntry) { test.Type(e, "  "); typeKeys(e, fyne.KeyReturn) }, nil, "  "},
		{"disabled", func(e *MessageEntry) { e.SetText("a"); e.SetEnabled(false); e.Send(); e.SetEnabled(true) }, nil, "a"},
		{"Shift held when the focus went", func(e *MessageEntry) {
			e.KeyDown(shift)
			e.FocusLost()
			e.FocusGained()
			test.Type(e, "a")
			typeKeys(e, fyne.KeyReturn)
		}, []string{"a"}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			start(t)
			e := NewMessageEntry("Message")
			show(t, e, 300, 100)
			var sent []string
			e.OnSend = func(text string) { sent = append(sent, text) }
			tt.do(e)
			if fmt.Sprint(sent) != fmt.Sprint(tt.want) || e.Text != tt.left {
				t.Errorf("sent %q, left %q", sent, e.Text)
			}
		})
	}
}

func TestTypingIsTold(t *testing.T) {
	start(t)
	e := NewMessageEntry("")
	show(t, e, 300, 100)
	var told []bool
	e.OnTyping = func(typing bool) { told = append(told, typing) }
	test.Type(e, "ab")
	typeKeys(e, fyne.KeyBackspace, fyne.KeyBackspace)
	test.Type(e, "c")
	e.Send()
	if fmt.Sprint(told) != "[true false true false]" {
		t.Errorf("told %v", told)
	}
	if e.AcceptsTab() {
		t.Error("Tab stays")
	}
}
