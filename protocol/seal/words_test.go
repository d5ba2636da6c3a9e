package seal

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestWordListForm(t *testing.T) {
	if !strings.HasSuffix(wordList, "\n") {
		t.Error("no newline at the end")
	}
	list := strings.Split(strings.TrimSuffix(wordList, "\n"), "\n")
	if len(list) != wordCount {
		t.Errorf("%d words, want %d", len(list), wordCount)
	}
	form := regexp.MustCompile(`^[a-z]{3,8}$`)
	for i, w := range list {
		if !form.MatchString(w) {
			t.Errorf("%q has not 3 to 8 small letters", w)
		}
		if i > 0 && list[i-1] >= w {
			t.Errorf("%q stands before %q", list[i-1], w)
		}
	}
}

// TestWordListIsDistinct checks that no word turns into another when one letter is changed, added, left out or swapped
// with its neighbour, and that no two sound alike by the crude rules below.
func TestWordListIsDistinct(t *testing.T) {
	sound := ear()
	bySound := make(map[string]string)
	bySlip := make(map[string]string)
	for w := range strings.FieldsSeq(wordList) {
		if other, ok := bySound[sound(w)]; ok {
			t.Errorf("%q sounds like %q", w, other)
		}
		bySound[sound(w)] = w
		for _, s := range slips(w) {
			if other, ok := bySlip[s]; ok && other != w {
				t.Errorf("%q looks like %q", w, other)
			}
			bySlip[s] = w
		}
	}
	for w := range strings.FieldsSeq(wordList) {
		for i := range w {
			if less := w[:i] + w[i+1:]; bySlip[less] != "" {
				t.Errorf("%q looks like %q", w, less)
			}
		}
	}
}

// slips gives the word, the word with each letter open, and with each two neighbours in either order: words where one
// letter is changed, or two are swapped, have one of these in common.
func slips(w string) []string {
	all := []string{w}
	for i := range w {
		all = append(all, w[:i]+"."+w[i+1:])
		if i > 0 {
			pair := []byte(w[i-1 : i+1])
			slices.Sort(pair)
			all = append(all, w[:i-1]+"<"+string(pair)+">"+w[i+1:])
		}
	}
	return all
}

// ear gives a function that spells words as they roughly sound.
func ear() func(string) string {
	type rule struct {
		old  *regexp.Regexp
		with string
	}
	var rules []rule
	for _, r := range []struct{ old, with string }{
		{`^kn|^gn`, "n"},
		{`^wr`, "r"},
		{`^wh`, "w"},
		{`^ps`, "s"},
		{`mb$`, "m"},
		{`tch`, "ch"},
		{`sch`, "sk"},
		{`ght`, "t"},
		{`ph|gh`, "f"},
		{`ck`, "k"},
		{`qu`, "kw"},
		{`x`, "ks"},
		{`c([eiy])`, "s$1"},
		{`c([^h]|$)`, "k$1"},
		{`dge?`, "j"},
		{`z`, "s"},
		{`ee|ea|ie|ei|ey$|y$|i$`, "E"},
		{`ai|ay|a([^aeiou])e$`, "A$1"},
		{`oa|ow$|oe$|o([^aeiou])e$`, "O$1"},
		{`oo|ou|ue|ui|ew|u([^aeiou])e$`, "U$1"},
		{`[aeiou]r`, "R"},
		{`e$`, ""},
	} {
		rules = append(rules, rule{regexp.MustCompile(r.old), r.with})
	}
	return func(w string) string {
		for _, r := range rules {
			w = r.old.ReplaceAllString(w, r.with)
		}
		return string(slices.Compact([]byte(w)))
	}
}

func TestWordsAreTheFirstBits(t *testing.T) {
	list := strings.Fields(wordList)
	for _, tt := range []struct {
		name string
		hash transcript
		want [3]int
	}{
		{"zeros", transcript{}, [3]int{0, 0, 0}},
		{"ones", transcript{0xff, 0xff, 0xff, 0xff, 0xff}, [3]int{2047, 2047, 2047}},
		{"one after another", transcript{0x00, 0x20, 0x08, 0x01, 0x80}, [3]int{1, 2, 3}},
		{"what follows does not count", transcript{0x00, 0x20, 0x08, 0x01, 0xff, 0xff}, [3]int{1, 2, 3}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			want := Words{list[tt.want[0]], list[tt.want[1]], list[tt.want[2]]}
			if got := tt.hash.words(); got != want {
				t.Errorf("words are %q, want %q", got, want)
			}
		})
	}
}

func TestWordsString(t *testing.T) {
	if got := (Words{"amber", "river", "nine"}).String(); got != "amber river nine" {
		t.Errorf("String = %q", got)
	}
	if got := (Words{}).String(); got != "" {
		t.Errorf("String of none = %q", got)
	}
}
