package web

import (
	"embed"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"golang.org/x/text/language"
)

//go:embed texts/*.json
var textFiles embed.FS

//go:embed templates/*.html
var templateFiles embed.FS

// languages lists what the pages speak, the fall-back first, each with its own name for itself.
var languages = [...]struct{ code, name string }{
	{"en", "English"},
	{"es", "Español"},
	{"fr", "Français"},
	{"it", "Italiano"},
	{"pt-BR", "Português (Brasil)"},
	{"de", "Deutsch"},
}

// texts are all languages' texts.
type texts struct {
	byCode  map[string]speech
	matcher language.Matcher
}

// speech is one language.
type speech struct {
	code  string
	lines map[string]string
	other map[string]string // English, for what is missing
}

func loadTexts() (texts, error) {
	all := texts{byCode: map[string]speech{}}
	var tags []language.Tag
	for _, l := range languages {
		raw, err := textFiles.ReadFile("texts/" + l.code + ".json")
		if err != nil {
			return texts{}, err
		}
		s := speech{code: l.code, other: all.byCode["en"].lines}
		if err := json.Unmarshal(raw, &s.lines); err != nil {
			return texts{}, fmt.Errorf("texts of %s: %w", l.code, err)
		}
		all.byCode[l.code] = s
		tags = append(tags, language.MustParse(l.code))
	}
	all.matcher = language.NewMatcher(tags)
	return all, nil
}

// text gives a text with {0}, {1} … replaced.
func (s speech) text(key string, args ...any) string {
	line, ok := s.lines[key]
	if !ok {
		line, ok = s.other[key]
	}
	if !ok {
		return key
	}
	for i, a := range args {
		line = strings.ReplaceAll(line, fmt.Sprintf("{%d}", i), fmt.Sprint(a))
	}
	return line
}

// language is what the reader chose by ?lang=, or what the browser prefers.
func (s *Site) language(r *http.Request) speech {
	wanted := []string{r.URL.Query().Get("lang"), r.Header.Get("Accept-Language")}
	_, i := language.MatchStrings(s.texts.matcher, wanted...)
	return s.texts.byCode[languages[i].code]
}

type languageLink struct {
	Code, Name, URL string
	Current         bool
}

// links offers the same page in each language.
func (texts) links(r *http.Request, current string) []languageLink {
	var all []languageLink
	for _, l := range languages {
		u := url.URL{Path: r.URL.Path, RawQuery: url.Values{"lang": {l.code}}.Encode()}
		all = append(all, languageLink{l.code, l.name, u.String(), l.code == current})
	}
	return all
}

// keepLanguage carries the reader's choice to the next page.
func keepLanguage(r *http.Request, path string) string {
	if chosen := r.URL.Query().Get("lang"); chosen != "" {
		return path + "?" + url.Values{"lang": {chosen}}.Encode()
	}
	return path
}
