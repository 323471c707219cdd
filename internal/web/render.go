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

var pageNames = []string{"codes", "ways", "account", "confirm", "cash", "numbers", "amazon", "gift", "wallet", "walletcheck", "decline", "status", "message"}

// page is everything a template may show.
type page struct {
	Lang   remittance.Lang
	Name   string // of the template
	Base   string // the link's own path; empty where there is no link
	Proof  string
	Choice string // the language that was chosen on the page; empty before
	View   *View
	Way    *Way  // the one that the page is about; nil where it is about none or all
	Typed  typed // what rides along in hidden fields
	Notice string
	Faults []fault

	Codes      *codesPage
	Account    *accountPage
	Confirm    *confirmPage
	Numbers    *Numbers // nil while they are masked
	QR         qrCode
	LoginURL   string
	LastDigits string // of a member number
	Gift       string // a claim code
	Message    string // the id of a message's texts
}

// Failed is the failure that the page speaks about: not that of another way than
// the one the visitor is looking at.
func (p page) Failed() *Failure {
	f := p.View.Failed
	if !p.View.Open || f == nil || p.Way != nil && p.Way.Rail != f.Rail {
		return nil
	}
	return f
}

// Status names the texts for where the money is: those of the way that it goes,
// where that has its own. An end by the recipient's own wish reads unlike one by
// the sender's.
func (p page) Status() string {
	if p.View.Reason == remittance.DeclinedReason && p.View.Status.Ended() {
		return "declined"
	}
	return string(p.View.Status)
}

// WayKey names the texts of the way that the money goes; empty before it is
// chosen.
func (p page) WayKey() string { return wayKey(p.View.Rail, p.View.Form) }

// Several says that there is a choice to go back to.
func (p page) Several() bool { return len(p.View.Ways) > 1 }

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
	case "wallet", "walletcheck":
		return p.Base + "/wallet"
	case "ways", "decline":
		return p.Base + "/" + p.Name
	case "cash", "amazon":
		return p.Base + "/way"
	case "gift":
		return p.Base + "/gift"
	case "numbers":
		// Masked numbers come back by a link like everything that can be read.
		if p.Numbers != nil || p.Proof != "" {
			return p.Base + "/numbers"
		}
	}
	return ""
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
		"failure": func(f *Failure) string {
			return t.first("Fail_"+string(f.Rail)+"_"+string(f.Reason), "Fail_"+string(f.Rail)+"_other")
		},
		"status": func(way, status, part string, pairs ...any) string {
			if id := "Status_" + way + "_" + status + "_" + part; t.has(id) {
				return t.get(id, pairs...)
			}
			return t.get("Status_"+status+"_"+part, pairs...)
		},
		"groups": groups,
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

// groups writes a long number so that it can be read from a telephone and typed
// at a machine.
func groups(number string) string {
	var out []string
	for len(number) > 4 {
		out, number = append(out, number[:3]), number[3:]
	}
	return strings.Join(append(out, number), " ")
}
