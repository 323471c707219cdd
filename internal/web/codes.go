package web

import (
	"errors"
	"fmt"
	"net/http"

	"soukin/internal/link"
)

// codesPage is the form for the auth codes.
type codesPage struct {
	// Typed is an account that was typed before the codes are asked for again; it
	// rides along so that nobody types it twice.
	Typed typed
	Again bool // the proof was too old
	Wrong bool
	State link.State
}

// codes takes the auth codes. The account form follows in the same answer: what
// proves the codes may stand in a form, but not in an address to redirect to.
func (p *pages) codes(w http.ResponseWriter, r *http.Request, v visit) {
	view, ok := p.view(w, r, v)
	if !ok {
		return
	}
	t := typedIn(r.PostForm)
	if !view.Open {
		p.status(w, r, v, view, http.StatusConflict, "")
		return
	}
	answers := make([]link.Answer, len(view.Link.Labels))
	for i := range answers {
		answers[i] = link.NewAnswer(r.PostForm.Get(fmt.Sprintf("code%d", i+1)))
	}
	proof, state, err := p.port.Prove(r.Context(), v.token, answers)
	switch {
	case err == nil:
		v.proof = proof
		p.accountPage(w, r, v, view, http.StatusOK, accountPage{Typed: t})
	case errors.Is(err, link.ErrWrong), errors.Is(err, link.ErrLocked):
		view.Link = state
		p.codesPage(w, r, v, view, codesPage{Typed: t, Wrong: errors.Is(err, link.ErrWrong)})
	default:
		p.refuse(w, r, err)
	}
}

// codesPage shows the form, or how long it is locked.
func (p *pages) codesPage(w http.ResponseWriter, r *http.Request, v visit, view View, c codesPage) {
	code := http.StatusOK
	c.State = view.Link
	switch {
	case view.Link.Locked:
		code = http.StatusForbidden
	case c.Wrong:
		code = http.StatusUnprocessableEntity
	}
	if r.Method == http.MethodGet {
		// Opening a link is no failure, whatever its page says.
		code = http.StatusOK
	}
	pg := page{View: &view, Codes: &c}
	say := p.render.texts[v.lang.Lang]
	if c.Wrong && !view.Link.Locked {
		pg.Faults = []fault{{"code1", say.get("CodesWrong", "Count", view.Link.TriesLeft)}}
	}
	p.page(w, r, v, code, "codes", pg)
}
