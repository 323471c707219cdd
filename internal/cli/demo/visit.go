package demo

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"soukin/remittance"
)

// visit is one recipient at their page.
type visit struct {
	browser browser
	person  person
	codes   []string // the right ones
	// cancel is what the merchant does to somebody who hesitates.
	cancel func(context.Context) error
	// sandbox is the base of the pages of ATM and wallet.
	sandbox string
	// secrets takes what must be found nowhere afterwards.
	secrets *secrets
	*memory
}

// memory is what a recipient still knows when they come back to their page.
type memory struct {
	tried     int // ways that were refused
	mistyped  bool
	hesitated bool
	mistaken  int  // wrong numbers typed at the ATM
	reissued  bool // had new numbers issued because they lost the old ones
	codeSeen  bool
}

// errNoTries says that everything a recipient would try was refused.
var errNoTries = errors.New("every try was refused")

// maxSteps is far more than any visit takes; whoever needs more goes in circles.
const maxSteps = 20

// run opens a link and does what is to be done until the page asks for nothing
// more.
func (v *visit) run(ctx context.Context, link string) error {
	p, err := v.browser.open(ctx, link)
	if err != nil {
		return err
	}
	if p.tellsOfFailure() {
		v.tried = max(v.tried, 1)
	}
	for range maxSteps {
		if p.status >= http.StatusInternalServerError || p.status == http.StatusTooManyRequests {
			return p.complain("was an error")
		}
		if p.form() == nil {
			return nil
		}
		var done bool
		if p, done, err = v.step(ctx, p); err != nil || done {
			return err
		}
	}
	return p.complain("asks again and again")
}

// step does what a page asks for. done says that there is nothing more to do
// here for now.
func (v *visit) step(ctx context.Context, p paper) (next paper, done bool, err error) {
	switch {
	case p.leads("codes"):
		next, err = v.answerCodes(ctx, p)
	case p.leads("declined"):
		next, err = v.browser.submit(ctx, p, "", nil)
	case p.leads("numbers"):
		return v.withNumbers(ctx, p)
	case p.leads("gift"):
		return v.openCode(ctx, p)
	case p.leads("way"), p.leads("account"), p.leads("wallet"), p.leads("designate"):
		next, err = v.choose(ctx, p)
	default:
		err = p.complain("has a form that nobody expected")
	}
	return next, false, err
}

func (v *visit) answerCodes(ctx context.Context, p paper) (paper, error) {
	typed := map[string]string{}
	for i, code := range v.codes {
		typed[fmt.Sprintf("code%d", i+1)] = code
	}
	if v.person.mistypes != "" && !v.mistyped {
		typed["code1"], v.mistyped = v.person.mistypes, true
	}
	return v.browser.submit(ctx, p, "", typed)
}

// choose takes a way, or the next step on it.
func (v *visit) choose(ctx context.Context, p paper) (paper, error) {
	if v.person.declines {
		return v.browser.press(ctx, p, "decline")
	}
	if err := v.hesitate(ctx); err != nil {
		return p, err
	}
	if p.status == http.StatusUnprocessableEntity {
		v.tried++
	}
	for v.tried < len(v.person.tries) && p.leads("way") && !p.hasButton(string(v.person.tries[v.tried].way)) {
		v.tried++ // it is not offered, or not for this amount
	}
	if v.tried >= len(v.person.tries) {
		return p, errors.Join(errNoTries, p.complain("asks again"))
	}
	t := v.person.tries[v.tried]
	switch {
	case p.leads("way"):
		return v.browser.submit(ctx, p, string(t.way), nil)
	case p.several() && !p.concerns(t.way):
		return v.browser.press(ctx, p, "ways") // the way that failed is shown first
	case p.leads("account"):
		return v.fill(ctx, p, t.account)
	case p.leads("wallet"):
		return v.typeMember(ctx, p, t)
	case p.link() != "":
		return v.logIn(ctx, p, t.login)
	}
	return v.designate(ctx, p)
}

// hesitate lets the merchant be first.
func (v *visit) hesitate(ctx context.Context) error {
	if !v.person.hesitates || v.hesitated {
		return nil
	}
	if err := v.cancel(ctx); err != nil {
		return fmt.Errorf("cancel while the page is open: %w", err)
	}
	v.hesitated = true
	return nil
}

// designate presses what decides. A page that is shown again because of what was
// typed counts the try when it is read.
func (v *visit) designate(ctx context.Context, p paper) (paper, error) {
	next, err := v.browser.submit(ctx, p, "", nil)
	if err == nil && next.status < http.StatusUnprocessableEntity {
		v.tried++
	}
	return next, err
}

// fill searches for bank and branch by the page's buttons, chooses among what it
// offers, and has the account checked.
func (v *visit) fill(ctx context.Context, p paper, a account) (paper, error) {
	if a.symbol != "" {
		return v.browser.submit(ctx, p, "check", map[string]string{"method": "symbol", "symbol": a.symbol, "postal_number": a.postalNumber, "name": a.name})
	}
	p, err := v.browser.submit(ctx, p, "search_bank", map[string]string{"method": "transfer", "bank_query": a.bank})
	if err != nil || !p.leads("account") {
		return p, err
	}
	typed := map[string]string{"branch_query": a.branch}
	if p.offers("bank", a.bankCode) {
		typed["bank"] = a.bankCode
	}
	if p, err = v.browser.submit(ctx, p, "search_branch", typed); err != nil || !p.leads("account") {
		return p, err
	}
	typed = map[string]string{"type": a.kind, "number": a.number, "name": a.name}
	if p.offers("branch", a.branchCode) {
		typed["branch"] = a.branchCode
	}
	return v.browser.submit(ctx, p, "check", typed)
}

// typeMember gives a member number, after spending from a wallet that was full.
func (v *visit) typeMember(ctx context.Context, p paper, t try) (paper, error) {
	if t.spends > 0 {
		if err := v.spend(ctx, t); err != nil {
			return p, err
		}
	}
	return v.browser.submit(ctx, p, "check", map[string]string{"member": t.member})
}

// spend pays in a shop, on the member's own page.
func (v *visit) spend(ctx context.Context, t try) error {
	p, err := v.browser.open(ctx, v.sandbox+"/aupay?member="+t.member)
	if err != nil {
		return err
	}
	p, err = v.browser.fillIn(ctx, p, p.formTo("/aupay/spend"), "", map[string]string{"amount": fmt.Sprint(int64(t.spends))})
	if err == nil && p.status != http.StatusOK {
		err = p.complain("does not let the member pay")
	}
	return err
}

// logIn follows the link to Amazon, logs in there and allows it, and comes back
// to our page.
func (v *visit) logIn(ctx context.Context, p paper, address string) (paper, error) {
	p, err := v.browser.open(ctx, p.link())
	if err != nil {
		return p, err
	}
	return v.browser.submit(ctx, p, "allow", map[string]string{"email": address})
}

// openCode has the claim code shown, once, and remembers only to look whether
// anybody else kept it.
func (v *visit) openCode(ctx context.Context, p paper) (paper, bool, error) {
	if v.codeSeen {
		return p, true, nil
	}
	if shown := p.copied(); len(shown) == 1 {
		v.secrets.code(shown[0])
		v.codeSeen = true
		return p, true, nil
	}
	next, err := v.browser.submit(ctx, p, "", nil)
	return next, err == nil && next.leads("gift") && len(next.copied()) == 0, err
}

// several reports whether the page lets people go back to the choice.
func (p paper) several() bool { return p.buttonTo("ways") != nil }

// concerns reports whether a page is a step on a way. A page that designates says
// so in its hidden field.
func (p paper) concerns(way remittance.Rail) bool {
	switch {
	case p.leads("account"):
		return way == remittance.RailBank
	case p.leads("wallet"):
		return way == remittance.RailAuPay
	}
	n := p.find("input", "name", "way")
	return n == nil || attr(n, "value") == string(way)
}
