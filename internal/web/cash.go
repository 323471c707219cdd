package web

import (
	"errors"
	"net/http"
	"strconv"

	"soukin/internal/link"
)

// What a visitor may ask to be shown, and so what the codes are asked for.
const (
	showNumbers = "numbers"
	showGift    = "gift"
)

// shows says that there is such a thing to show now.
func (v View) shows(what string) bool {
	switch what {
	case showNumbers:
		return v.Cash != nil && !v.Open
	case showGift:
		return v.Code
	}
	return false
}

func (p *pages) numbers(w http.ResponseWriter, r *http.Request, v visit) {
	p.reveal(w, r, v, showNumbers)
}

func (p *pages) gift(w http.ResponseWriter, r *http.Request, v visit) { p.reveal(w, r, v, showGift) }

// reveal shows what has the worth of money to whoever proves the codes. It is a
// POST, so that nothing that only follows links ever gets it.
func (p *pages) reveal(w http.ResponseWriter, r *http.Request, v visit, what string) {
	view, ok := p.view(w, r, v)
	t := typed{Show: what, Method: methodTransfer}
	switch {
	case !ok:
	case !view.shows(what):
		p.next(w, r, v, view, t)
	case v.locked(view):
		p.codesPage(w, r, v, view, t, codesPage{})
	default:
		p.onward(w, r, v, view, t)
	}
}

// withheld answers when there was nothing to show after all.
func (p *pages) withheld(w http.ResponseWriter, r *http.Request, v visit, view View, what string, err error) {
	t := typed{Show: what, Method: methodTransfer}
	switch {
	case errors.Is(err, link.ErrProof):
		p.again(w, r, v, view, t)
	case errors.Is(err, ErrClosed):
		p.reopened(w, r, v, t, "")
	default:
		p.refuse(w, r, err)
	}
}

// reopened shows what has become of a remittance that went on meanwhile. Notice
// is the id of a text for one that did not, or empty.
func (p *pages) reopened(w http.ResponseWriter, r *http.Request, v visit, t typed, notice string) {
	view, ok := p.view(w, r, v)
	switch {
	case !ok:
	case view.Open:
		p.next(w, r, v, view, t)
	case view.shows(t.Show):
		p.standing(w, r, v, view, http.StatusConflict, notice)
	default:
		p.standing(w, r, v, view, http.StatusConflict, "")
	}
}

func (p *pages) showNumbers(w http.ResponseWriter, r *http.Request, v visit, view View, notice string) {
	pg := page{View: &view, Notice: p.say(v, notice)}
	if !view.Cash.Locked {
		n, err := p.port.Numbers(r.Context(), v.token, v.proof)
		if err != nil {
			p.withheld(w, r, v, view, showNumbers, err)
			return
		}
		if pg.QR, err = newQR(n); err != nil {
			p.refuse(w, r, err)
			return
		}
		pg.Numbers = &n
	}
	p.page(w, r, v, http.StatusOK, "numbers", pg)
}

// reissue has new numbers issued. The form says how many reissues were left when
// it was shown, so that sending it twice uses up one.
func (p *pages) reissue(w http.ResponseWriter, r *http.Request, v visit) {
	view, ok := p.view(w, r, v)
	if !ok {
		return
	}
	if !view.shows(showNumbers) || v.locked(view) || r.PostForm.Get("left") != strconv.Itoa(view.Cash.ReissuesLeft) {
		p.reveal(w, r, v, showNumbers)
		return
	}
	fresh, err := p.port.Reissue(r.Context(), v.token, v.proof)
	switch {
	case errors.Is(err, ErrClosed):
		p.reopened(w, r, v, typed{Show: showNumbers, Method: methodTransfer}, "ReissueRefused")
	case err != nil:
		p.withheld(w, r, v, view, showNumbers, err)
	case !fresh.shows(showNumbers):
		p.next(w, r, v, fresh, typed{Method: methodTransfer})
	default:
		p.showNumbers(w, r, v, fresh, "Reissued")
	}
}
