package lang

import "strings"

// Pick is the best language for a person who prefers these, best first, in BCP 47 or in POSIX form: "pt-PT",
// "de_AT.UTF-8", "fr". A preference matches its exact code, else a language with the same first part. English if none
// matches.
func Pick(preferred ...string) string {
	for _, p := range preferred {
		p = normal(p)
		if p == "" {
			continue
		}
		for _, l := range Languages() {
			if strings.EqualFold(l.Code, p) {
				return l.Code
			}
		}
		for _, l := range Languages() {
			if strings.EqualFold(first(l.Code), first(p)) {
				return l.Code
			}
		}
	}
	return English
}

// normal turns "pt_BR.UTF-8@euro" into "pt-BR".
func normal(p string) string {
	p = strings.TrimSpace(p)
	if i := strings.IndexAny(p, ".@;"); i >= 0 {
		p = p[:i]
	}
	return strings.ReplaceAll(p, "_", "-")
}

func first(code string) string {
	part, _, _ := strings.Cut(code, "-")
	return part
}
