// Package lang holds every text that a person reads, in six languages. English is the master: a text that another
// language lacks is shown in English. Texts never change and are safe for concurrent use; choosing another language
// means asking New again and showing the windows anew. Pure Go.
//
// A text stands in text/AREA.LANGUAGE.json under a key such as "alert.yes"; the areas only keep files short. {0}, {1} …
// or {name} mark what is filled in. A text that depends on a number has the keys "….one" and "….other".
package lang

import (
	"embed"
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
)

// English is the code of the master language.
const English = "en"

//go:embed text/*.json
var files embed.FS

// Language is one language that the apps speak.
type Language struct {
	Code string // BCP 47
	Name string // in that language
}

// Languages lists what New knows, English first.
func Languages() []Language {
	return []Language{
		{English, "English"},
		{"es", "Español"},
		{"fr", "Français"},
		{"it", "Italiano"},
		{"pt-BR", "Português (Brasil)"},
		{"de", "Deutsch"},
	}
}

// Texts are the texts of one language.
type Texts struct {
	code    string
	own     map[string]string
	english map[string]string // what own lacks
}

// New gives the texts for a code that Languages lists; another code gives English.
func New(code string) *Texts {
	known := slices.ContainsFunc(Languages(), func(l Language) bool { return l.Code == code })
	if !known {
		code = English
	}
	t := &Texts{code: code, english: load(English)}
	t.own = t.english
	if code != English {
		t.own = load(code)
	}
	return t
}

// Code is the language's BCP 47 code.
func (t *Texts) Code() string { return t.code }

// Args fills in placeholders by name: T("join.who", Args{"rep": "Ana"}).
type Args map[string]any

// T is the text under a key. {0}, {1} … stand for args; if the only argument is an Args, {name} stands for its parts.
// An unknown key is shown as it is.
func (t *Texts) T(key string, args ...any) string {
	text, ok := t.own[key]
	if !ok {
		text, ok = t.english[key]
	}
	if !ok {
		return key
	}
	return fill(text, args)
}

// N is the text under key+".one" or key+".other", as the language's grammar wants it for n. {0} is n; {1} … are args.
func (t *Texts) N(key string, n int, args ...any) string {
	form := ".other"
	if t.singular(n) {
		form = ".one"
	}
	return t.T(key+form, append([]any{n}, args...)...)
}

// singular says whether the language puts n things in the singular: French and Brazilian Portuguese do so for none.
func (t *Texts) singular(n int) bool {
	if t.code == "fr" || t.code == "pt-BR" {
		return n == 0 || n == 1
	}
	return n == 1
}

// Fault is the sentence for a fault's reason. An unknown reason has the sentence of "internal".
func (t *Texts) Fault(reason string) string {
	key := "fault." + reason
	if text := t.T(key); text != key {
		return text
	}
	return t.T("fault.internal")
}

// Keys lists every key, sorted.
func Keys() []string {
	texts := load(English)
	keys := make([]string, 0, len(texts))
	for key := range texts {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

func fill(text string, args []any) string {
	if len(args) == 0 || !strings.Contains(text, "{") {
		return text
	}
	pairs := make([]string, 0, 2*len(args))
	if named, ok := args[0].(Args); ok && len(args) == 1 {
		for name, value := range named {
			pairs = append(pairs, "{"+name+"}", fmt.Sprint(value))
		}
	} else {
		for i, value := range args {
			pairs = append(pairs, "{"+strconv.Itoa(i)+"}", fmt.Sprint(value))
		}
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

// load reads every area's file of a language. A broken file is a broken build; a test reads them all.
func load(code string) map[string]string {
	texts := map[string]string{}
	entries, err := files.ReadDir("text")
	if err != nil {
		panic(err)
	}
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), "."+code+".json") {
			continue
		}
		b, err := files.ReadFile(path.Join("text", e.Name()))
		if err != nil {
			panic(err)
		}
		if err := json.Unmarshal(b, &texts); err != nil {
			panic(e.Name() + ": " + err.Error())
		}
	}
	return texts
}
