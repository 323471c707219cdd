package web

import (
	"errors"
	"fmt"
	"net/http"

	"soukin/internal/link"
)

// codesPage is the form for the auth codes.
type codesPage struct {
	Again bool // the proof was too old
	Wrong bool
	State link.State
}

// codes takes the auth codes. What they open follows in the same answer: what
// proves the codes may stand in a form, but not in an address to redirect to.
func (p *pages) codes(w http.ResponseWriter, r *http.Request, v visit) {
	view, ok := p.view(w, r, v)
	if !ok {
		return
	}
	t := typedIn(r.PostForm)
	if !view.Open && !view.shows(t.Show) {
		p.standing(w, r, v, view, http.StatusConflict, "")
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
		p.onward(w, r, v, view, t)
	case errors.Is(err, link.ErrWrong), errors.Is(err, link.ErrLocked):
		view.Link = state
		p.codesPage(w, r, v, view, t, codesPage{Wrong: errors.Is(err, link.ErrWrong)})
	default:
		p.refuse(w, r, err)
	}
}

// onward shows what the codes were asked for.
func (p *pages) onward(w http.ResponseWriter, r *http.Request, v visit, view View, t typed) {
	switch {
	case view.Open:
		p.choose(w, r, v, view, t, "")
	case t.Show == showNumbers:
		p.showNumbers(w, r, v, view, "")
	default:
		p.showGift(w, r, v, view)
	}
}

// codesPage shows the form, or how long it is locked.
func (p *pages) codesPage(w http.ResponseWriter, r *http.Request, v visit, view View, t typed, c codesPage) {
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
	pg := page{View: &view, Typed: t, Codes: &c}
	say := p.render.texts[v.lang.Lang]
	if c.Wrong && !view.Link.Locked {
		pg.Faults = []fault{{"code1", say.get("CodesWrong", "Count", view.Link.TriesLeft)}}
	}
	p.page(w, r, v, code, "codes", pg)
}
