package demo

import (
	"context"
	"fmt"
	"net/http"
)

// person is what the recipient of one row of examples/links.csv does.
type person struct {
	// accounts are named one after the other: the next one where the page, or
	// later the bank, refuses the one before.
	accounts []account
	// mistypes is a code that is tried before the right one.
	mistypes string
	declines bool
	// hesitates: has the page open while the merchant cancels.
	hesitates bool
}

// account is what somebody types about theirs: what they search for, the codes
// of what they then choose, and the rest as in their passbook.
type account struct {
	bank, bankCode, branch, branchCode string
	kind, number, name                 string
	symbol, postalNumber               string // Japan Post's way, instead of bank to number
}

// people are the recipients who open their messages; whoever is missing never
// does. Names and accounts are invented, as in the files.
var people = map[string]person{
	"L-01": {mistypes: "0000", accounts: []account{{bank: "みずほ", bankCode: "0001", branch: "新宿", branchCode: "240", kind: "1", number: "1234567", name: "やまだ はなこ"}}},
	"L-02": {accounts: []account{{symbol: "12345", postalNumber: "12345671", name: "ジョン スミス"}}},
	"L-03": {accounts: []account{
		{bank: "mitsubishi", bankCode: "0005", branch: "渋谷", branchCode: "135", kind: "1", number: "2345678", name: "佐藤健"},
		{bank: "mitsubishi", bankCode: "0005", branch: "渋谷", branchCode: "135", kind: "1", number: "2345678", name: "サトウ ケン"},
	}},
	"L-04": {accounts: []account{
		{bank: "0009", bankCode: "0009", branch: "200", branchCode: "200", kind: "1", number: "9000022", name: "スズキ イチロー"},
		{bank: "0010", bankCode: "0010", branch: "300", branchCode: "300", kind: "1", number: "3456789", name: "スズキ イチロウ"},
	}},
	"L-06": {declines: true},
	"L-07": {hesitates: true, accounts: []account{{bank: "0001", bankCode: "0001", branch: "001", branchCode: "001", kind: "1", number: "4567890", name: "イトウ マコト"}}},
}

// visit is one recipient at their page.
type visit struct {
	browser browser
	person  person
	codes   []string // the right ones
	// cancel is what the merchant does to somebody who hesitates.
	cancel func(context.Context) error

	named    int // accounts that were refused
	mistyped bool
}

// maxSteps is far more than any visit takes; whoever needs more goes in circles.
const maxSteps = 12

// run opens a link and does what is to be done until the page asks for nothing
// more.
func (v *visit) run(ctx context.Context, link string) error {
	p, err := v.browser.open(ctx, link)
	if err != nil {
		return err
	}
	if p.find("section", "aria-labelledby", "returned-title") != nil {
		v.named = 1 // the bank refused the first
	}
	for range maxSteps {
		if p.status >= http.StatusInternalServerError || p.status == http.StatusTooManyRequests {
			return p.complain("was an error")
		}
		if p.form() == nil {
			return nil
		}
		if p, err = v.step(ctx, p); err != nil {
			return err
		}
	}
	return p.complain("asks again and again")
}

func (v *visit) step(ctx context.Context, p paper) (paper, error) {
	switch {
	case p.leads("codes"):
		return v.answerCodes(ctx, p)
	case p.leads("designate"), p.leads("declined"):
		return v.browser.submit(ctx, p, "", nil)
	case !p.leads("account"):
		return p, p.complain("has a form that nobody expected")
	case v.person.declines:
		return v.browser.press(ctx, p, "decline")
	case v.person.hesitates:
		if err := v.cancel(ctx); err != nil {
			return p, fmt.Errorf("cancel while the page is open: %w", err)
		}
		v.person.hesitates = false
	}
	if p.status == http.StatusUnprocessableEntity {
		v.named++
	}
	if v.named >= len(v.person.accounts) {
		return p, p.complain("refuses every account")
	}
	return v.fill(ctx, p, v.person.accounts[v.named])
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
