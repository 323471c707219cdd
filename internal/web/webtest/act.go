package webtest

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"soukin/internal/link"
	"soukin/internal/web"
	"soukin/internal/zengin"
	"soukin/remittance"
)

// Reissues is how often the fake issues new ATM numbers for the same cash.
const Reissues = 2

// RefusedMember is a member number that the fake refuses although its form is
// right, and RefusedCode what Amazon must not bring back.
const (
	RefusedMember = "0000000000000000"
	RefusedCode   = "refused"
)

// acting finds the remittance that the holder of a proof may act on.
func (f *Fake) acting(token link.Token, proof link.Proof) (*entry, error) {
	e, err := f.find(token)
	if err != nil {
		return nil, err
	}
	return e, e.mayAct(proof)
}

// Designate implements web.Remittances.
func (f *Fake) Designate(_ context.Context, token link.Token, proof link.Proof, d web.Designation) (web.View, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	e, err := f.acting(token, proof)
	if err != nil {
		return web.View{}, err
	}
	if d.Rail == "" && len(e.view.Ways) == 1 {
		d.Rail = e.view.Ways[0].Rail
	}
	account, err := e.details(d)
	if err != nil {
		return web.View{}, err
	}
	if !e.view.Open {
		if e.same(d, account) {
			return e.view, nil
		}
		return web.View{}, web.ErrClosed
	}
	way, ok := e.way(d.Rail)
	if !ok {
		return web.View{}, web.ErrWay
	}
	if d.Rail == remittance.RailBank {
		e.named = append(e.named, account)
	}
	e.chosen = append(e.chosen, d)
	v := &e.view
	v.Open, v.Status, v.Reason, v.Failed = false, remittance.Processing, remittance.WaitsForRail, nil
	v.Rail, v.Form, v.Designated, v.Updated = way.Rail, way.Form, f.now(), f.now()
	return *v, nil
}

// details checks what a way needs.
func (e *entry) details(d web.Designation) (zengin.PayeeAccount, error) {
	switch d.Rail {
	case remittance.RailBank:
		account, _, err := zengin.ParseAccount(d.Account)
		return account, err
	case remittance.RailAuPay:
		if d.Member == RefusedMember || len(d.Member) != 16 {
			return zengin.PayeeAccount{}, &web.FieldFault{Field: web.FieldMember, Ja: "この会員番号は使えません。", En: "This member number cannot be used."}
		}
	case remittance.RailAmazon:
		if way, ok := e.way(d.Rail); ok && way.Form != remittance.GiftCode && !e.logins[d.Login] {
			return zengin.PayeeAccount{}, web.ErrLogin
		}
	}
	return zengin.PayeeAccount{}, nil
}

// same forgives a double click.
func (e *entry) same(d web.Designation, account zengin.PayeeAccount) bool {
	if e.view.Status != remittance.Processing || len(e.chosen) == 0 {
		return false
	}
	last := e.chosen[len(e.chosen)-1]
	if last.Rail != d.Rail {
		return false
	}
	if d.Rail == remittance.RailBank {
		return e.named[len(e.named)-1] == account
	}
	return last == d
}

func (e *entry) way(rail remittance.Rail) (web.Way, bool) {
	for _, w := range e.view.Ways {
		if w.Rail == rail {
			return w, w.Available
		}
	}
	return web.Way{}, false
}

// Decline implements web.Remittances.
func (f *Fake) Decline(_ context.Context, token link.Token, proof link.Proof) (web.View, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	e, err := f.find(token)
	if err != nil {
		return web.View{}, err
	}
	if err := e.mayAct(proof); err != nil {
		return web.View{}, err
	}
	switch {
	case e.view.Reason == remittance.DeclinedReason:
		return e.view, nil
	case !e.view.Open:
		return web.View{}, web.ErrClosed
	}
	e.view.Open, e.view.Status, e.view.Reason = false, remittance.Cancelled, remittance.DeclinedReason
	e.view.Updated = f.now()
	return e.view, nil
}

// numbers are those that were issued last.
func (e *entry) numbers() web.Numbers {
	return web.Numbers{Partner: "0181", Customer: fmt.Sprintf("5110001%02d", e.issued), Confirmation: fmt.Sprintf("4066%02d", e.issued)}
}

// Numbers implements web.Remittances.
func (f *Fake) Numbers(_ context.Context, token link.Token, proof link.Proof) (web.Numbers, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	e, err := f.acting(token, proof)
	switch {
	case err != nil:
		return web.Numbers{}, err
	case e.view.Cash == nil:
		return web.Numbers{}, web.ErrClosed
	}
	return e.numbers(), nil
}

// Reissue implements web.Remittances.
func (f *Fake) Reissue(_ context.Context, token link.Token, proof link.Proof) (web.View, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	e, err := f.acting(token, proof)
	switch {
	case err != nil:
		return web.View{}, err
	case e.view.Cash == nil || e.view.Cash.ReissuesLeft == 0:
		return web.View{}, web.ErrClosed
	}
	cash := *e.view.Cash // earlier views keep theirs
	cash.ReissuesLeft--
	cash.Locked = false
	e.issued++
	e.view.Cash = &cash
	return e.view, nil
}

// GiftCode implements web.Remittances.
func (f *Fake) GiftCode(_ context.Context, token link.Token, proof link.Proof) (string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	e, err := f.acting(token, proof)
	switch {
	case err != nil:
		return "", err
	case !e.view.Code:
		return "", web.ErrClosed
	}
	return GiftCode, nil
}

// GiftCode is the claim code of every gift card of the fake.
const GiftCode = "SOUK-EXAMPL-TEST"

// BeginLogin implements web.Remittances.
func (f *Fake) BeginLogin(_ context.Context, token link.Token, proof link.Proof) (string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, err := f.acting(token, proof); err != nil {
		return "", err
	}
	// Kept here only because a fake seals nothing.
	state := random()
	f.begun[state] = begun{token, proof}
	return f.LoginAt + "?" + url.Values{"state": {state}}.Encode(), nil
}

// FinishLogin implements web.Remittances.
func (f *Fake) FinishLogin(_ context.Context, state, code string) (link.Token, link.Proof, string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	b, ok := f.begun[state]
	switch {
	case f.fails != nil:
		return link.Token{}, link.Proof{}, "", f.fails
	case !ok:
		return link.Token{}, link.Proof{}, "", web.ErrLogin
	case strings.TrimSpace(code) == "" || code == RefusedCode:
		return b.token, b.proof, "", web.ErrLogin
	}
	login := random()
	f.all[b.token.Reveal()].logins[login] = true
	return b.token, b.proof, login, nil
}
