package web

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"soukin/internal/zengin"
	"soukin/remittance"
)

//go:embed templates/*.html
var templateFiles embed.FS

var pageNames = []string{"codes", "account", "confirm", "decline", "status", "message"}

// page is everything a template may show.
type page struct {
	Lang   remittance.Lang
	Name   string // of the template
	Base   string // the link's own path; empty where there is no link
	Proof  string
	Choice string // the language that was chosen on the page; empty before
	View   *View
	Notice string
	Faults []fault
	Status string

	Codes   *codesPage
	Account *accountPage
	Confirm *confirmPage
	Message string // the id of a message's texts
}

// Bounced says that an account was named, the money came back, and another one
// may be named.
func (p page) Bounced() bool {
	return p.View.Open && (p.View.Status == remittance.Returned || p.View.Reason.Correctable())
}

// Fault gives what is wrong with a field, for the place beside it, a line each.
func (p page) Fault(name string) string {
	var out []string
	for _, f := range p.Faults {
		if f.Field == name {
			out = append(out, f.Text)
		}
	}
	return strings.Join(out, "\n")
}

// Relang is where a form goes that is to come back in another language with
// everything typed; empty where a link does.
func (p page) Relang() string {
	switch p.Name {
	case "account", "confirm":
		return p.Base + "/account"
	case "decline":
		return p.Base + "/decline"
	}
	return ""
}

// Carried is the account that rides along in hidden fields.
func (p page) Carried() []field {
	var t typed
	switch {
	case p.Confirm != nil:
		t = p.Confirm.Typed
	case p.Codes != nil:
		t = p.Codes.Typed
	case p.Account != nil:
		t = p.Account.Typed
	}
	if t.Empty() {
		return nil
	}
	return t.Hidden()
}

// LangQuery keeps the chosen language in a link.
func (p page) LangQuery() string {
	if p.Choice == "" {
		return ""
	}
	return "?" + langParam + "=" + p.Choice
}

// ContactURL is the merchant's page, if it is one that people may be sent to.
func (p page) ContactURL() string {
	u, err := url.Parse(p.View.Contact.URL)
	if err != nil || u.Scheme != "https" || u.Host == "" {
		return ""
	}
	return u.String()
}

// HasContact says whether there is anybody to ask.
func (p page) HasContact() bool {
	c := p.View.Contact
	return c.Phone != "" || c.Mail != "" || p.ContactURL() != ""
}

// renderer holds the templates and texts of each language.
type renderer struct {
	texts     map[remittance.Lang]texts
	templates map[remittance.Lang]map[string]*template.Template
}

func newRenderer(files assets) (*renderer, error) {
	all, err := loadTexts()
	if err != nil {
		return nil, err
	}
	out := &renderer{texts: all, templates: map[remittance.Lang]map[string]*template.Template{}}
	for l, t := range all {
		out.templates[l] = map[string]*template.Template{}
		for _, name := range pageNames {
			set, err := template.New("layout.html").Funcs(functions(l, t, files)).
				ParseFS(templateFiles, "templates/layout.html", "templates/parts.html", "templates/"+name+".html")
			if err != nil {
				return nil, fmt.Errorf("template of page %s: %w", name, err)
			}
			out.templates[l][name] = set
		}
	}
	return out, nil
}

func functions(l remittance.Lang, t texts, files assets) template.FuncMap {
	return template.FuncMap{
		"t":          t.get,
		"asset":      files.path,
		"moment":     func(at time.Time) string { return moment(l, at) },
		"lastMinute": func(at time.Time) string { return lastMinute(l, at) },
		"machine":    func(at time.Time) string { return at.In(jst).Format(time.RFC3339) },
		"amount":     func(y remittance.Yen) string { return amount(l, y) },
		"inc":        func(n int) int { return n + 1 },
		"code":       func(n int) string { return "code" + strconv.Itoa(n+1) },
		"types": func() []field {
			var out []field
			for _, k := range []zengin.AccountType{zengin.Ordinary, zengin.Current, zengin.Savings} {
				out = append(out, field{k.Code(), k.Label(l)})
			}
			return out
		},
		// The catalogue's sentences on these reasons speak to merchants.
		"bounce": func(r remittance.Reason) string {
			if text := t.get("Bounce_" + string(r)); !strings.HasPrefix(text, "[") {
				return text
			}
			return t.get("Bounce_other")
		},
		"languageName": func(l remittance.Lang) string {
			return map[remittance.Lang]string{remittance.Ja: "日本語", remittance.En: "English"}[l]
		},
		"languages": func() []remittance.Lang { return languages },
	}
}

// page renders into memory first: half a page with status 200 would be a lie.
func (p *pages) page(w http.ResponseWriter, r *http.Request, v visit, code int, name string, pg page) {
	pg.Lang, pg.Name, pg.Proof = v.lang.Lang, name, v.proof.Reveal()
	if v.token.Reveal() != "" {
		pg.Base = v.base()
	}
	if v.lang.explicit {
		pg.Choice = string(v.lang.Lang)
	}
	var body bytes.Buffer
	if err := p.render.templates[pg.Lang][name].Execute(&body, pg); err != nil {
		p.log.ErrorContext(r.Context(), "template", "page", name, "error", err)
		http.Error(w, "500", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Language", string(pg.Lang))
	w.WriteHeader(code)
	if _, err := w.Write(body.Bytes()); err != nil {
		p.log.DebugContext(r.Context(), "the reader has gone", "page", name)
	}
}

// message is a page about no remittance.
func (p *pages) message(w http.ResponseWriter, r *http.Request, code int, id string) {
	p.page(w, r, visit{lang: languageOf(r)}, code, "message", page{Message: id})
}
