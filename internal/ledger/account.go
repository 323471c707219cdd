package ledger

import (
	"errors"
	"fmt"
	"regexp"

	"soukin/remittance"
)

// Account is the name of an account in the books. Its text is stored, so it
// never changes.
type Account string

// The accounts that belong to no merchant and no rail.
const (
	BankFunding Account = "bank:funding" // what merchants paid in at our bank; debit, so zero or below
	IncomeFees  Account = "income:fees"  // what merchants owe or paid us for executed attempts
)

// Available is what a merchant may still send.
func Available(m remittance.MerchantID) Account {
	return Account("merchant:" + string(m) + ":available")
}

// Held is what a merchant has set aside for open remittances that are not with a rail.
func Held(m remittance.MerchantID) Account { return Account("merchant:" + string(m) + ":held") }

// FeesDue is what a merchant owes in fees, billed monthly; a debit, so zero or below.
func FeesDue(m remittance.MerchantID) Account { return Account("merchant:" + string(m) + ":fees_due") }

// InFlight is what has been given to a rail and is not final.
func InFlight(r remittance.Rail) Account { return Account("rail:" + string(r) + ":in_flight") }

// Paid is what recipients have received through a rail.
func Paid(r remittance.Rail) Account { return Account("rail:" + string(r) + ":paid") }

// Kind is an account without the merchant or rail it belongs to.
type Kind string

// The kinds.
const (
	KindFunding   Kind = "funding"
	KindIncome    Kind = "income"
	KindAvailable Kind = "available"
	KindHeld      Kind = "held"
	KindFeesDue   Kind = "fees_due"
	KindInFlight  Kind = "in_flight"
	KindPaid      Kind = "paid"
)

// ErrAccount is wrapped by [Account.Parts] when the name is not of a known form.
var ErrAccount = errors.New("account")

var (
	merchantAccount = regexp.MustCompile(`^merchant:([a-z0-9][a-z0-9-]{0,19}):(available|held|fees_due)$`)
	railAccount     = regexp.MustCompile(`^rail:([a-z][a-z-]{0,19}):(in_flight|paid)$`)
)

// Parts splits the name into the kind of account and the merchant or rail that
// it belongs to, which is empty for [BankFunding] and [IncomeFees].
func (a Account) Parts() (kind Kind, owner string, err error) {
	switch a {
	case BankFunding:
		return KindFunding, "", nil
	case IncomeFees:
		return KindIncome, "", nil
	}
	for _, form := range []*regexp.Regexp{merchantAccount, railAccount} {
		if m := form.FindStringSubmatch(string(a)); m != nil {
			return Kind(m[2]), m[1], nil
		}
	}
	return "", "", fmt.Errorf("%w %q is not one of the ledger's", ErrAccount, string(a))
}

// MayBeNegative reports whether an account of this kind stands on the debit
// side: money came in through it, or is owed to us.
func (k Kind) MayBeNegative() bool { return k == KindFunding || k == KindFeesDue }
