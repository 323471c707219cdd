package web

import (
	"encoding/json"
	"errors"
	"net/http"

	"soukin/internal/zengin"
)

// suggestBanks answers [{"code","name","kana"}] for the script.
func (p *pages) suggestBanks(w http.ResponseWriter, r *http.Request, _ visit) {
	p.json(w, r, p.banks.searchBanks(r.Form.Get("q")))
}

// suggestBranches answers likewise for one bank.
func (p *pages) suggestBranches(w http.ResponseWriter, r *http.Request, _ visit) {
	p.json(w, r, p.banks.searchBranches(r.Form.Get("bank"), r.Form.Get("q")))
}

// nameAnswer is an account name as the bank will see it, or what is wrong with it.
type nameAnswer struct {
	Text    string   `json:"text"`
	Notices []string `json:"notices"`
	Errors  []string `json:"errors"`
}

// showName takes the name in a body, because it must not stand in an address.
func (p *pages) showName(w http.ResponseWriter, r *http.Request, v visit) {
	out := nameAnswer{Notices: []string{}, Errors: []string{}}
	name, err := zengin.NormalizeName(r.PostForm.Get("name"), zengin.LimitTransfer)
	var faults zengin.FieldErrors
	if errors.As(err, &faults) {
		for _, f := range faults {
			out.Errors = append(out.Errors, opened(f.Message(v.lang.Lang)))
		}
		p.json(w, r, out)
		return
	}
	out.Text = name.Text()
	for _, n := range name.Notices() {
		out.Notices = append(out.Notices, opened(n.Message(v.lang.Lang)))
	}
	p.json(w, r, out)
}

func (p *pages) json(w http.ResponseWriter, r *http.Request, body any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	if err := json.NewEncoder(w).Encode(body); err != nil {
		p.log.DebugContext(r.Context(), "the reader has gone", "route", r.Pattern)
	}
}
