package web

import (
	"net/http"
	"net/mail"
	"strings"
	"unicode/utf8"

	"deskhand/protocol/code"
	"deskhand/protocol/fault"
	"deskhand/relay/internal/desk"
	"deskhand/relay/internal/limit"
	"deskhand/relay/internal/store"
)

// Longest texts that a customer may send, in characters.
const (
	maxName     = desk.MaxName
	maxEmail    = desk.MaxEmail
	maxQuestion = desk.MaxQuestion
)

// questionForm is the question portal with what has been typed so far.
type questionForm struct {
	Action, Problem       string
	Name, Email, Question string
}

// codeForm is the code portal.
type codeForm struct {
	Action, Problem, Code string
}

func (s *Site) portalPage(w http.ResponseWriter, r *http.Request) error {
	p, err := s.cfg.Desk.Portal(r.Context(), r.PathValue("slug"))
	if err != nil {
		return err
	}
	if p.Kind == store.KindCode {
		return s.showCodeForm(w, r, p, codeForm{})
	}
	online, err := s.cfg.Desk.RepsOnline(r.Context(), p.ID)
	if err != nil {
		return err
	}
	if online == 0 {
		return s.noRep(w, r, p)
	}
	return s.showQuestionForm(w, r, p, questionForm{})
}

func (s *Site) portalPost(w http.ResponseWriter, r *http.Request) error {
	p, err := s.cfg.Desk.Portal(r.Context(), r.PathValue("slug"))
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return fault.New(fault.Invalid, err)
	}
	if p.Kind == store.KindCode {
		return s.postCode(w, r, p)
	}
	return s.postQuestion(w, r, p)
}

func (s *Site) postQuestion(w http.ResponseWriter, r *http.Request, p store.Portal) error {
	lang := s.language(r)
	form := questionForm{
		Name:     tidy(r.PostForm.Get("name")),
		Email:    tidy(r.PostForm.Get("email")),
		Question: strings.TrimSpace(strings.ToValidUTF8(r.PostForm.Get("question"), "�")),
	}
	if key := form.check(); key != "" {
		form.Problem = lang.text(key)
		return s.showQuestionForm(w, r, p, form)
	}
	if err := s.cfg.Posts.Allow(limit.Network(r.RemoteAddr)); err != nil {
		return err
	}
	posted, err := s.cfg.Desk.Post(r.Context(), p, desk.Ask{
		Name: form.Name, Email: form.Email, Question: form.Question, Language: lang.code, System: system(r).name,
	})
	if fault.Is(err, fault.NoRep) {
		return s.noRep(w, r, p)
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, keepLanguage(r, "/q/"+posted.Ticket), http.StatusSeeOther)
	return nil
}

// check gives the key of the text that says what is wrong, or nothing.
func (f questionForm) check() string {
	switch {
	case f.Name == "":
		return "question.name_missing"
	case f.Question == "":
		return "question.question_missing"
	case utf8.RuneCountInString(f.Name) > maxName, utf8.RuneCountInString(f.Email) > maxEmail,
		utf8.RuneCountInString(f.Question) > maxQuestion:
		return "question.too_long"
	}
	if f.Email != "" {
		if a, err := mail.ParseAddress(f.Email); err != nil || a.Address != f.Email {
			return "question.email_wrong"
		}
	}
	return ""
}

// tidy makes one clean line of what was typed into a field.
func tidy(text string) string {
	return strings.Join(strings.FieldsFunc(strings.ToValidUTF8(text, "�"), func(r rune) bool { return r == ' ' || r < ' ' || r == 0x7f }), " ")
}

func (s *Site) showQuestionForm(w http.ResponseWriter, r *http.Request, p store.Portal, form questionForm) error {
	form.Action = keepLanguage(r, "/p/"+p.Slug)
	return s.show(w, r, view{template: "question", status: formStatus(form.Problem), titleKey: "question.title", company: p.Company, data: form})
}

func formStatus(problem string) int {
	if problem != "" {
		return http.StatusUnprocessableEntity
	}
	return http.StatusOK
}

func (s *Site) noRep(w http.ResponseWriter, r *http.Request, p store.Portal) error {
	return s.message(w, r, http.StatusOK, p.Company, "no_rep", keepLanguage(r, "/p/"+p.Slug), "no_rep.again")
}

func (s *Site) postCode(w http.ResponseWriter, r *http.Request, p store.Portal) error {
	lang := s.language(r)
	typed := tidy(r.PostForm.Get("code"))
	c, err := code.Parse(typed)
	if err != nil {
		return s.showCodeForm(w, r, p, codeForm{Code: typed, Problem: lang.text("code.wrong")})
	}
	if err := s.cfg.Codes.Allow(limit.Network(r.RemoteAddr)); err != nil {
		return err
	}
	if _, err := s.cfg.Desk.CheckCode(r.Context(), c.String()); err != nil {
		if key := codeProblem(err); key != "" {
			return s.showCodeForm(w, r, p, codeForm{Code: typed, Problem: lang.text(key)})
		}
		return err
	}
	http.Redirect(w, r, keepLanguage(r, "/j/"+c.String()), http.StatusSeeOther)
	return nil
}

// codeProblem gives the text for a code that cannot be used, or nothing for other errors.
func codeProblem(err error) string {
	switch fault.ReasonOf(err) {
	case fault.CodeUnknown:
		return "code.unknown"
	case fault.CodeUsed:
		return "code.used"
	case fault.CodeExpired:
		return "code.expired"
	default:
		return ""
	}
}

func (s *Site) showCodeForm(w http.ResponseWriter, r *http.Request, p store.Portal, form codeForm) error {
	form.Action = keepLanguage(r, "/p/"+p.Slug)
	return s.show(w, r, view{template: "code", status: formStatus(form.Problem), titleKey: "code.title", company: p.Company, data: form})
}
