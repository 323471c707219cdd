package web

import (
	"net/http"
	"strings"
	"unicode"

	"golang.org/x/text/width"

	"soukin/remittance"
)

// digits takes a number as people copy it: in full width, in groups, with
// hyphens. Anything else stays, to be refused.
func digits(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r), strings.ContainsRune("-‐‑‒–—―−ｰ", r):
			return -1
		}
		return r
	}, width.Narrow.String(text))
}

// wallet checks an au PAY member number and shows it for confirmation, or goes
// back to the form.
func (p *pages) wallet(w http.ResponseWriter, r *http.Request, v visit) {
	view, t, ok := p.on(w, r, v, remittance.RailAuPay)
	if !ok {
		return
	}
	if r.PostForm.Get("do") == "edit" {
		p.walletPage(w, r, v, view, t)
		return
	}
	number := digits(t.Member)
	switch {
	case number == "":
		p.walletPage(w, r, v, view, t, fault{FieldMember, p.say(v, "MemberMissing")})
	case !p.member.MatchString(number):
		p.walletPage(w, r, v, view, t, fault{FieldMember, p.say(v, "MemberForm")})
	default:
		p.page(w, r, v, http.StatusOK, "walletcheck", page{View: &view, Typed: t, LastDigits: number[max(0, len(number)-4):]})
	}
}

func (p *pages) walletPage(w http.ResponseWriter, r *http.Request, v visit, view View, t typed, faults ...fault) {
	code := http.StatusOK
	if faults != nil {
		code = http.StatusUnprocessableEntity
	}
	way, _ := view.way(remittance.RailAuPay)
	p.page(w, r, v, code, "wallet", page{View: &view, Way: &way, Typed: t, Faults: faults})
}
