package web

import (
	"errors"
	"net/http"

	"soukin/internal/link"
	"soukin/remittance"
)

// LoginPath is where Amazon sends the recipient's browser back to after the
// login: what is registered there is the pages' origin and this path.
const LoginPath = "/amazon/callback"

// amazonPage is the way to Amazon and the page behind it. The login starts with
// a link: browsers hold a form to the policy along every redirect, and which
// hosts Amazon's login goes through is Amazon's business.
func (p *pages) amazonPage(w http.ResponseWriter, r *http.Request, v visit, pg page) {
	if pg.Way.Form != remittance.GiftCode && pg.Typed.Login == "" {
		address, err := p.port.BeginLogin(r.Context(), v.token, v.proof)
		switch {
		case errors.Is(err, link.ErrProof):
			p.again(w, r, v, *pg.View, pg.Typed)
			return
		case err != nil:
			p.refuse(w, r, err)
			return
		}
		pg.LoginURL = address
	}
	p.page(w, r, v, http.StatusOK, "amazon", pg)
}

// loggedIn takes the browser back from Amazon. It designates nothing: what the
// recipient did at Amazon was to log in, and the amount is confirmed here.
func (p *pages) loggedIn(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	code := q.Get("code")
	if q.Has("error") {
		code = ""
	}
	token, proof, login, err := p.port.FinishLogin(r.Context(), q.Get("state"), code)
	switch {
	case err != nil && !errors.Is(err, ErrLogin):
		p.refuse(w, r, err)
		return
	case token == link.Token{}:
		p.message(w, r, http.StatusBadRequest, "Login")
		return
	}
	v := visit{token: token, proof: proof, lang: languageOf(r)}
	view, ok := p.view(w, r, v)
	t := typed{Way: remittance.RailAmazon, Login: login, Method: methodTransfer}
	switch {
	case !ok:
	case !view.Open:
		p.late(w, r, v, view)
	case v.locked(view):
		p.again(w, r, v, view, t)
	case err != nil:
		p.choose(w, r, v, view, t, "LoginFailed")
	default:
		p.choose(w, r, v, view, t, "")
	}
}

// showGift shows the claim code. It passes through this answer and is kept
// nowhere.
func (p *pages) showGift(w http.ResponseWriter, r *http.Request, v visit, view View) {
	code, err := p.port.GiftCode(r.Context(), v.token, v.proof)
	if err != nil {
		p.withheld(w, r, v, view, showGift, err)
		return
	}
	p.page(w, r, v, http.StatusOK, "gift", page{View: &view, Gift: code})
}
