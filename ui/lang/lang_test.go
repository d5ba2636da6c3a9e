package lang

import (
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func placeholders(text string) []string {
	found := regexp.MustCompile(`\{[^}]*\}`).FindAllString(text, -1)
	slices.Sort(found)
	return slices.Compact(found)
}

// TestEveryLanguageSaysEverything reports what a translator still has to do; people read English meanwhile.
func TestEveryLanguageSaysEverything(t *testing.T) {
	english := load(English)
	for _, l := range Languages() {
		t.Run(l.Code, func(t *testing.T) {
			own := load(l.Code)
			for key, master := range english {
				text, ok := own[key]
				switch {
				case !ok:
					t.Errorf("%s is missing: %q", key, master)
				case strings.TrimSpace(text) == "":
					t.Errorf("%s is empty", key)
				case !slices.Equal(placeholders(text), placeholders(master)):
					t.Errorf("%s has %v, English has %v", key, placeholders(text), placeholders(master))
				}
			}
			for key := range own {
				if _, ok := english[key]; !ok {
					t.Errorf("%s is not in English", key)
				}
			}
		})
	}
}

func TestKeys(t *testing.T) {
	form := regexp.MustCompile(`^[a-z][a-z0-9_]*(\.[a-z0-9_]+)+$`)
	keys := Keys()
	if len(keys) == 0 || !slices.IsSorted(keys) {
		t.Fatal("no keys, or not sorted")
	}
	for _, key := range keys {
		if !form.MatchString(key) {
			t.Errorf("%q is not snake_case with dots", key)
		}
		if base, ok := strings.CutSuffix(key, ".one"); ok && !slices.Contains(keys, base+".other") {
			t.Errorf("%s has no plural", key)
		}
	}
}

// TestNoKeyStandsTwice looks at the files themselves, because reading them lets the last one win.
func TestNoKeyStandsTwice(t *testing.T) {
	key := regexp.MustCompile(`(?m)^\s*("[^"]+")\s*:`)
	for _, l := range Languages() {
		seen := map[string]string{}
		for _, name := range areas(t, l.Code) {
			b, err := files.ReadFile("text/" + name)
			if err != nil {
				t.Fatal(err)
			}
			if !json.Valid(b) {
				t.Errorf("%s is not JSON", name)
			}
			for _, found := range key.FindAllStringSubmatch(string(b), -1) {
				if other, ok := seen[found[1]]; ok {
					t.Errorf("%s stands in %s and in %s", found[1], other, name)
				}
				seen[found[1]] = name
			}
		}
	}
}

func areas(t *testing.T, code string) (names []string) {
	t.Helper()
	entries, err := files.ReadDir("text")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), "."+code+".json") {
			names = append(names, e.Name())
		}
	}
	return names
}

// TestEveryFaultHasItsSentence reads the reasons from the package that owns them, which ui may not import.
func TestEveryFaultHasItsSentence(t *testing.T) {
	source, err := os.ReadFile("../../protocol/fault/fault.go")
	if err != nil {
		t.Fatal(err)
	}
	reasons := regexp.MustCompile(`(?m)^\t\w+\s+(?:Reason\s+)?= "([a-z_]+)"$`).FindAllStringSubmatch(string(source), -1)
	if len(reasons) < 20 {
		t.Fatalf("only %d reasons found", len(reasons))
	}
	english := load(English)
	for _, r := range reasons {
		if _, ok := english["fault."+r[1]]; !ok {
			t.Errorf("%s has no sentence", r[1])
		}
	}
}

func TestPick(t *testing.T) {
	tests := []struct {
		name      string
		preferred []string
		want      string
	}{
		{"exact", []string{"de"}, "de"},
		{"region", []string{"de-AT"}, "de"},
		{"POSIX", []string{"fr_CA.UTF-8"}, "fr"},
		{"Portuguese", []string{"pt"}, "pt-BR"},
		{"Portugal", []string{"pt-PT"}, "pt-BR"},
		{"lower case", []string{"pt-br"}, "pt-BR"},
		{"second choice", []string{"nl-NL", "it-IT", "es"}, "it"},
		{"weight", []string{"es;q=0.8"}, "es"},
		{"unknown", []string{"nl", "C", ""}, "en"},
		{"nothing", nil, "en"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Pick(tt.preferred...); got != tt.want {
				t.Errorf("got %s", got)
			}
		})
	}
}

func TestTexts(t *testing.T) {
	tests := []struct {
		name, got, want string
	}{
		{"own language", New("de").T("button.yes"), "Ja"},
		{"unknown language", New("xx").T("button.yes"), "Yes"},
		{"unknown key", New("de").T("no.such_key"), "no.such_key"},
		{"missing translation", (&Texts{code: "de", english: map[string]string{"a.b": "English"}}).T("a.b"), "English"},
		{"fault", New("en").Fault("code_expired"), "That code has expired. Ask your representative for a new one."},
		{"unknown fault", New("en").Fault("xyz"), New("en").T("fault.internal")},
		{"one", New("en").N("label.ago.minutes", 1), "1 minute ago"},
		{"other", New("en").N("label.ago.minutes", 2), "2 minutes ago"},
		{"none", New("en").N("label.ago.minutes", 0), "0 minutes ago"},
		{"none in French", New("fr").N("label.ago.minutes", 0), "il y a 0 minute"},
		{"positions", fill("{1} then {0}, {1}", []any{"a", 2}), "2 then a, 2"},
		{"names", fill("{rep} from {company}", []any{Args{"rep": "Ana", "company": "{rep}"}}), "Ana from {rep}"},
		{"braces without arguments", fill("{0}", nil), "{0}"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.got != tt.want {
				t.Errorf("got %q, want %q", tt.got, tt.want)
			}
		})
	}
	if New("pt-BR").Code() != "pt-BR" {
		t.Error("code")
	}
}
