package web

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

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
		pg.LoginURL = speaking(address, v.lang)
	}
	p.page(w, r, v, http.StatusOK, "amazon", pg)
}

// langMark parts the port's state from the language that was chosen on the page:
// where Amazon sends people back to is registered and has room for nothing else.
const langMark = "~"

// speaking sends the language along with somebody who goes to Amazon.
func speaking(address string, lang chosen) string {
	u, err := url.Parse(address)
	if err != nil || !lang.explicit {
		return address
	}
	q := u.Query()
	q.Set("state", q.Get("state")+langMark+string(lang.Lang))
	u.RawQuery = q.Encode()
	return u.String()
}

// spoken takes it off again. A switch that was used since counts more.
func spoken(state string, lang chosen) (string, chosen) {
	i := strings.LastIndex(state, langMark)
	if i < 0 {
		return state, lang
	}
	for _, l := range languages {
		if !lang.explicit && state[i+len(langMark):] == string(l) {
			lang = chosen{l, true}
		}
	}
	return state[:i], lang
}

// loggedIn takes the browser back from Amazon. It designates nothing: what the
// recipient did at Amazon was to log in, and the amount is confirmed here.
func (p *pages) loggedIn(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	code := q.Get("code")
	if q.Has("error") {
		code = ""
	}
	state, lang := spoken(q.Get("state"), languageOf(r))
	token, proof, login, err := p.port.FinishLogin(r.Context(), state, code)
	switch {
	case err != nil && !errors.Is(err, ErrLogin):
		p.refuse(w, r, err)
		return
	case token == link.Token{}:
		p.message(w, r, http.StatusBadRequest, "Login")
		return
	}
	v := visit{token: token, proof: proof, lang: lang}
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
