package web

import (
	"net/http"
	"slices"

	"soukin/internal/link"
	"soukin/remittance"
)

// wayKey names the texts of a way: a gift code is told otherwise than a balance.
func wayKey(rail remittance.Rail, form remittance.GiftForm) string {
	if rail == remittance.RailAmazon && form == remittance.GiftCode {
		return "amazon_code"
	}
	return string(rail)
}

// Key names the texts of a way.
func (w Way) Key() string { return wayKey(w.Rail, w.Form) }

// way finds a way that can be chosen now.
func (v View) way(rail remittance.Rail) (Way, bool) {
	i := slices.IndexFunc(v.Ways, func(w Way) bool { return w.Rail == rail && w.Available })
	if i < 0 {
		return Way{}, false
	}
	return v.Ways[i], true
}

// only gives the way of a link that offers no choice.
func (v View) only() (Way, bool) {
	if len(v.Ways) != 1 {
		return Way{}, false
	}
	return v.Ways[0], true
}

// locked says that the visitor has still to prove the codes.
func (v visit) locked(view View) bool { return len(view.Link.Labels) > 0 && v.proof == link.Proof{} }

// next shows the page that a remittance and a visitor have come to.
func (p *pages) next(w http.ResponseWriter, r *http.Request, v visit, view View, t typed) {
	switch {
	case !view.Open:
		p.standing(w, r, v, view, http.StatusOK, "")
	case v.locked(view):
		p.codesPage(w, r, v, view, t, codesPage{})
	default:
		p.choose(w, r, v, view, t, "")
	}
}

// choose shows the way that was chosen, or the only one, or all of them. Notice
// is the id of a text that says why the visitor is here again.
func (p *pages) choose(w http.ResponseWriter, r *http.Request, v visit, view View, t typed, notice string) {
	if way, ok := view.only(); ok {
		t.Way = way.Rail
	}
	way, ok := view.way(t.Way)
	if !ok {
		p.waysPage(w, r, v, view, t, notice)
		return
	}
	p.wayPage(w, r, v, view, way, t, notice)
}

func (p *pages) waysPage(w http.ResponseWriter, r *http.Request, v visit, view View, t typed, notice string) {
	t.Way = ""
	p.page(w, r, v, http.StatusOK, "ways", page{View: &view, Typed: t, Notice: p.say(v, notice)})
}

// wayPage shows the first step of a way, or as far as the visitor had come on it.
func (p *pages) wayPage(w http.ResponseWriter, r *http.Request, v visit, view View, way Way, t typed, notice string) {
	pg := page{View: &view, Way: &way, Typed: t, Notice: p.say(v, notice)}
	switch way.Rail {
	case remittance.RailAmazon:
		p.amazonPage(w, r, v, pg)
	case remittance.RailAuPay:
		p.page(w, r, v, http.StatusOK, "wallet", pg)
	case remittance.RailATM:
		p.page(w, r, v, http.StatusOK, "cash", pg)
	default:
		bank, branch := p.banks.choices(&pg.Typed)
		pg.Account = &accountPage{Bank: bank, Branch: branch}
		p.page(w, r, v, http.StatusOK, "account", pg)
	}
}

// ways leads back to the choice.
func (p *pages) ways(w http.ResponseWriter, r *http.Request, v visit) {
	if view, ok := p.open(w, r, v); ok {
		t := typedIn(r.PostForm)
		t.Way = ""
		p.choose(w, r, v, view, t, "")
	}
}

// way shows the way that was chosen.
func (p *pages) way(w http.ResponseWriter, r *http.Request, v visit) {
	view, ok := p.open(w, r, v)
	if !ok {
		return
	}
	t := typedIn(r.PostForm)
	if r.PostForm.Get("do") == "relogin" {
		t.Login = ""
	}
	p.choose(w, r, v, view, t, "")
}

// designate names the way and where the money goes, once.
func (p *pages) designate(w http.ResponseWriter, r *http.Request, v visit) {
	t := typedIn(r.PostForm)
	bank, branch := p.banks.choices(&t)
	d := Designation{Rail: t.Way}
	switch t.Way {
	case remittance.RailAuPay:
		d.Member = digits(t.Member)
	case remittance.RailAmazon:
		d.Login = t.Login
	case remittance.RailATM:
	default:
		d.Account = t.input()
	}
	_, err := p.port.Designate(r.Context(), v.token, v.proof, d)
	if p.refused(w, r, v, t, accountPage{Bank: bank, Branch: branch}, err) {
		return
	}
	p.acted(w, r, v, t, err)
}

// standing shows where the money is: at the ATMs, or what its status says.
func (p *pages) standing(w http.ResponseWriter, r *http.Request, v visit, view View, code int, notice string) {
	if view.Cash != nil && !view.Open {
		p.page(w, r, v, code, "numbers", page{View: &view, Notice: p.say(v, notice)})
		return
	}
	p.page(w, r, v, code, "status", page{View: &view, Notice: p.say(v, notice)})
}

// say gives the text of a notice in the visitor's language.
func (p *pages) say(v visit, id string) string {
	if id == "" {
		return ""
	}
	return p.render.texts[v.lang.Lang].get(id)
}
