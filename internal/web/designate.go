package web

import (
	"errors"
	"net/http"
	"strings"

	"soukin/internal/link"
	"soukin/internal/zengin"
	"soukin/remittance"
)

// accountPage is the form for an account.
type accountPage struct {
	Bank, Branch choice
	Postal       bool // the form turned to symbol and number by itself
}

// confirmPage shows what will be sent.
type confirmPage struct {
	Postal             bool
	BankName           string
	BankCode           string
	BranchName         string
	BranchCode         string
	Type, Number, Name string
	Notices            []string
}

// account checks what was typed and shows it as it will be sent, or searches
// for a bank or a branch, or goes back to the form.
func (p *pages) account(w http.ResponseWriter, r *http.Request, v visit) {
	view, t, ok := p.on(w, r, v, remittance.RailBank)
	if !ok {
		return
	}
	bank, branch := p.banks.choices(&t)
	form := accountPage{Bank: bank, Branch: branch}
	switch r.PostForm.Get("do") {
	case "edit":
		p.accountPage(w, r, v, view, http.StatusOK, t, form)
	case "search_bank", "search_branch":
		p.searched(w, r, v, view, t, form)
	default:
		p.check(w, r, v, view, t, form)
	}
}

// searched shows what a search without JavaScript led to.
func (p *pages) searched(w http.ResponseWriter, r *http.Request, v visit, view View, t typed, form accountPage) {
	// Japan Post's customers know symbol and number, so they are asked for those
	// unless they have begun to give a branch.
	if t.Bank == zengin.YuchoCode && strings.TrimSpace(t.BranchQuery) == "" && strings.TrimSpace(t.Number) == "" {
		t.Method, form.Postal = methodSymbol, true
	}
	say := p.render.texts[v.lang.Lang]
	var faults []fault
	switch {
	case t.Bank == "" && len(form.Bank.Options) == 0:
		faults = []fault{{"bank_query", searchFault(t.BankQuery, form.Bank, "Bank", say)}}
	case t.Bank != "" && r.PostForm.Get("do") == "search_branch" && t.Branch == "" && len(form.Branch.Options) == 0:
		faults = []fault{{"branch_query", searchFault(t.BranchQuery, form.Branch, "Branch", say)}}
	case t.Bank == "" && r.PostForm.Get("do") == "search_branch":
		faults = []fault{{"bank_query", say.get("BankChoose")}}
	}
	code := http.StatusOK
	if faults != nil {
		code = http.StatusUnprocessableEntity
	}
	p.accountPage(w, r, v, view, code, t, form, faults...)
}

// check shows the account as it will be sent, or what is wrong with it.
func (p *pages) check(w http.ResponseWriter, r *http.Request, v visit, view View, t typed, form accountPage) {
	account, notices, err := zengin.ParseAccount(t.input())
	var faults zengin.FieldErrors
	switch {
	case errors.As(err, &faults):
		p.faulty(w, r, v, view, t, form, faults)
		return
	case err != nil:
		p.refuse(w, r, err)
		return
	}
	l := v.lang.Lang
	bank, _ := p.banks.bank(account.Bank())
	branch, _ := p.banks.branch(account.Bank(), account.Branch())
	c := confirmPage{
		Postal:   t.Method == methodSymbol,
		BankName: bank.Name, BankCode: bank.Code, BranchName: branch.Name, BranchCode: branch.Code,
		Type: account.Type().Label(l), Number: account.Number(), Name: account.Name(),
	}
	for _, n := range notices {
		c.Notices = append(c.Notices, opened(n.Message(l)))
	}
	p.page(w, r, v, http.StatusOK, "confirm", page{View: &view, Typed: t, Confirm: &c})
}

// faulty shows the form with everything that was typed and what is wrong with it.
func (p *pages) faulty(w http.ResponseWriter, r *http.Request, v visit, view View, t typed, form accountPage, es zengin.FieldErrors) {
	faults := faultsOf(es, t, form.Bank, form.Branch, p.render.texts[v.lang.Lang], v.lang.Lang)
	p.accountPage(w, r, v, view, http.StatusUnprocessableEntity, t, form, faults...)
}

func (p *pages) accountPage(w http.ResponseWriter, r *http.Request, v visit, view View, code int, t typed, form accountPage, faults ...fault) {
	way, _ := view.way(remittance.RailBank)
	p.page(w, r, v, code, "account", page{View: &view, Way: &way, Typed: t, Account: &form, Faults: faults})
}

// refused answers a designation that the person can put right, each on the page
// where they can. It reports whether it did.
func (p *pages) refused(w http.ResponseWriter, r *http.Request, v visit, t typed, form accountPage, err error) bool {
	var (
		account zengin.FieldErrors
		member  *FieldFault
	)
	if !errors.As(err, &account) && !errors.As(err, &member) && !errors.Is(err, ErrLogin) && !errors.Is(err, ErrWay) {
		return false
	}
	view, ok := p.view(w, r, v)
	switch {
	case !ok:
	case !view.Open:
		p.late(w, r, v, view)
	case account != nil:
		p.faulty(w, r, v, view, t, form, account)
	case member != nil:
		p.walletPage(w, r, v, view, t, fault{member.Field, member.In(v.lang.Lang)})
	case errors.Is(err, ErrLogin):
		t.Login = ""
		p.choose(w, r, v, view, t, "LoginAgain")
	default:
		p.waysPage(w, r, v, view, t, "WayGone")
	}
	return true
}

// askDecline makes sure: declining cannot be taken back.
func (p *pages) askDecline(w http.ResponseWriter, r *http.Request, v visit) {
	if view, ok := p.open(w, r, v); ok {
		p.page(w, r, v, http.StatusOK, "decline", page{View: &view, Typed: typedIn(r.PostForm)})
	}
}

func (p *pages) decline(w http.ResponseWriter, r *http.Request, v visit) {
	_, err := p.port.Decline(r.Context(), v.token, v.proof)
	p.acted(w, r, v, typedIn(r.PostForm), err)
}

// acted answers after the one step that counts. Success redirects to the link
// itself, so that reloading it repeats nothing.
func (p *pages) acted(w http.ResponseWriter, r *http.Request, v visit, t typed, err error) {
	if err == nil {
		http.Redirect(w, r, v.base()+langQuery(v.lang), http.StatusSeeOther)
		return
	}
	if !errors.Is(err, ErrClosed) && !errors.Is(err, link.ErrProof) {
		p.refuse(w, r, err)
		return
	}
	view, ok := p.view(w, r, v)
	switch {
	case !ok:
	case view.Open && errors.Is(err, link.ErrProof):
		p.again(w, r, v, view, t)
	default:
		p.late(w, r, v, view)
	}
}

// open lets a step pass only while a way can be chosen by this visitor.
func (p *pages) open(w http.ResponseWriter, r *http.Request, v visit) (View, bool) {
	view, ok := p.view(w, r, v)
	switch {
	case !ok:
		return View{}, false
	case !view.Open:
		p.late(w, r, v, view)
		return View{}, false
	case v.locked(view):
		p.again(w, r, v, view, typedIn(r.PostForm))
		return View{}, false
	}
	return view, true
}

// on lets a step of a way pass only while that way can be chosen by this visitor.
func (p *pages) on(w http.ResponseWriter, r *http.Request, v visit, rail remittance.Rail) (View, typed, bool) {
	view, ok := p.open(w, r, v)
	if !ok {
		return View{}, typed{}, false
	}
	t := typedIn(r.PostForm)
	t.Way = rail
	if _, ok := view.way(rail); !ok {
		p.choose(w, r, v, view, t, "WayGone")
		return View{}, typed{}, false
	}
	return view, t, true
}

// again asks for the codes once more and keeps what was typed.
func (p *pages) again(w http.ResponseWriter, r *http.Request, v visit, view View, t typed) {
	v.proof = link.Proof{}
	p.codesPage(w, r, v, view, t, codesPage{Again: true})
}

// late says that somebody was first, without saying what they named.
func (p *pages) late(w http.ResponseWriter, r *http.Request, v visit, view View) {
	notice := "LateEnded"
	switch {
	case view.Designated.IsZero():
	case view.Rail == remittance.RailBank:
		notice = "LateDesignated"
	default:
		notice = "LateChosen"
	}
	p.standing(w, r, v, view, http.StatusConflict, notice)
}
