package orders

import (
	"cmp"
	"context"
	"regexp"
	"slices"
	"time"

	"soukin/contract"
	"soukin/internal/link"
	"soukin/internal/record"
	"soukin/internal/refund"
	"soukin/remittance"
)

// Settings are the installation's own prices, limits and patience. A merchant's
// settings may override prices and make limits lower.
type Settings struct {
	// Rails are the rails that are set up. An order for another one is refused.
	Rails   map[remittance.Rail]RailSettings
	Bank    BankSettings
	ATM     ATMSettings
	Amazon  AmazonSettings
	AuPay   AuPaySettings
	Prepaid map[string]refund.Window // by issuer
	// Link is how recipients are asked where a merchant has no terms of its own;
	// its Contact is empty. PageURL is the address of a recipient's page.
	Link    contract.LinkTerms
	PageURL func(link.Token) string
	// AnswerWithin is how long a caller waits for Temporal and the worker; 0
	// means 15 seconds.
	AnswerWithin time.Duration
}

// RailSettings are the terms of one rail.
type RailSettings struct {
	// Cap is the most one remittance may carry; 0 means the legal limit.
	Cap remittance.Yen
	// Fee is due for each executed attempt.
	Fee remittance.Yen
	// Policy is copied into each order.
	Policy contract.RailPolicy
	// Sandbox says that a pretend counterparty is behind the rail.
	Sandbox bool
}

// BankSettings are what only the bank has: FeeSameBank takes the place of the
// fee for an account at OwnBank, the bank that pays (4 digits; empty: no bank is).
type BankSettings struct {
	FeeSameBank remittance.Yen
	OwnBank     string
}

// ATMSettings are what only cash has.
type ATMSettings struct {
	Coins       bool          // whether amounts below 1,000 yen are paid out too
	Term        time.Duration // how long the cash can be taken, where an order does not say
	MaxReissues int           // how often numbers are replaced
}

// AmazonSettings are what only gift cards have.
type AmazonSettings struct {
	Form remittance.GiftForm // of orders that do not say
}

// AuPaySettings are what only au PAY has.
type AuPaySettings struct {
	// Member is the form of a member number without spaces and hyphens; nil means
	// 16 digits.
	Member *regexp.Regexp
}

var sixteenDigits = regexp.MustCompile(`^[0-9]{16}$`)

// terms are the prices, limits and patience of one merchant on one rail.
type terms struct {
	cap, fee remittance.Yen
	policy   contract.RailPolicy
}

// agreement is what holds for one merchant: its settings over the installation's.
type agreement struct {
	all Settings
	own record.Settings
}

// agreement gives what holds for a merchant. The merchant of a request that is
// wrong anyway may be empty: it has the installation's.
func (s *Service) agreement(ctx context.Context, m remittance.MerchantID) (agreement, error) {
	a := agreement{all: s.Settings}
	if m == "" {
		return a, nil
	}
	merchant, err := s.merchant(ctx, m, "merchant")
	a.own = merchant.Settings
	return a, err
}

// terms of a rail that is not set up are false.
func (a agreement) terms(rail remittance.Rail) (terms, bool) {
	set, ok := a.all.Rails[rail]
	t := terms{cap: remittance.LegalCap, fee: set.Fee, policy: set.Policy}
	if set.Cap > 0 {
		t.cap = min(t.cap, set.Cap)
	}
	own := a.own.Rails[rail]
	if own.Cap != nil {
		t.cap = min(t.cap, *own.Cap)
	}
	if own.Fee != nil {
		t.fee = *own.Fee
	}
	if a.own.CorrectionWindow != nil {
		t.policy.CorrectionWindow = *a.own.CorrectionWindow
	}
	return t, ok
}

// feeTo is what an executed transfer to a bank costs, where it costs full
// elsewhere.
func (a agreement) feeTo(bank string, full remittance.Yen) remittance.Yen {
	if a.all.Bank.OwnBank == "" || bank != a.all.Bank.OwnBank {
		return full
	}
	if own := a.own.Rails[remittance.RailBank].FeeSameBank; own != nil {
		return *own
	}
	return a.all.Bank.FeeSameBank
}

// link puts the order over the merchant's settings over the installation's.
func (a agreement) link(window time.Duration) contract.LinkTerms {
	t, own := a.all.Link, a.own.Link
	if own.Window != nil {
		t.Window = *own.Window
	}
	if own.ReopenWindow != nil {
		t.ReopenWindow = *own.ReopenWindow
	}
	if own.Reminders != nil {
		t.Reminders = own.Reminders
	}
	if own.Fallback != "" {
		t.Fallback = contract.Fallback(own.Fallback)
	}
	if window > 0 {
		t.Window = window
	}
	// The earliest first, in a copy: the settings are shared.
	t.Reminders = slices.Clone(t.Reminders)
	slices.SortFunc(t.Reminders, func(a, b time.Duration) int { return cmp.Compare(b, a) })
	return t
}

// RailInfo is one rail as a merchant has it.
type RailInfo struct {
	Rail    remittance.Rail `json:"rail"`
	Cap     remittance.Yen  `json:"cap"`
	Fee     remittance.Yen  `json:"fee"`
	Sandbox bool            `json:"sandbox"`
}

// Rails lists the rails that are set up, with a merchant's terms. Errors:
// [CodeNotFound], [CodeUnavailable].
func (s *Service) Rails(ctx context.Context, m remittance.MerchantID) ([]RailInfo, error) {
	a, err := s.agreement(ctx, m)
	if err != nil {
		return nil, err
	}
	var out []RailInfo
	for _, rail := range remittance.Rails() {
		if t, ok := a.terms(rail); ok {
			out = append(out, RailInfo{rail, t.cap, t.fee, s.Settings.Rails[rail].Sandbox})
		}
	}
	return out, nil
}
