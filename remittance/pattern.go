package remittance

import "fmt"

// Pattern is how a remittance reaches its recipient.
type Pattern string

// The patterns.
const (
	BankTransfer  Pattern = "bank-transfer"  // the sender names the account
	AccountLink   Pattern = "account-link"   // the recipient names it, through a link
	ATMCash       Pattern = "atm-cash"       // three numbers that an ATM takes
	GiftCard      Pattern = "gift-card"      // Amazon: the recipient logs in, or is given a code
	AuPay         Pattern = "au-pay"         // the recipient names their wallet, through a link
	PrepaidRefund Pattern = "prepaid-refund" // back to the prepaid card that paid
	Choice        Pattern = "choice"         // one link, several ways; the recipient picks
)

// Patterns lists the patterns that can be ordered.
func Patterns() []Pattern {
	return []Pattern{BankTransfer, AccountLink, ATMCash, GiftCard, AuPay, PrepaidRefund, Choice}
}

// ParsePattern accepts exactly the wire forms; empty means bank-transfer.
func ParsePattern(s string) (Pattern, error) {
	if s == "" {
		return BankTransfer, nil
	}
	for _, p := range Patterns() {
		if string(p) == s {
			return p, nil
		}
	}
	return "", fmt.Errorf("pattern %q: must be one of %v", s, Patterns())
}

// Rail gives the rail that a pattern ends on, or none for a choice: its
// recipient decides.
func (p Pattern) Rail() Rail {
	switch p {
	case BankTransfer, AccountLink:
		return RailBank
	case ATMCash:
		return RailATM
	case GiftCard:
		return RailAmazon
	case AuPay:
		return RailAuPay
	case PrepaidRefund:
		return RailPrepaid
	}
	return ""
}

// HasPage reports whether the recipient has a page of ours, and so a link.
func (p Pattern) HasPage() bool { return p != BankTransfer && p != PrepaidRefund }

// Rail is a counterparty's network.
type Rail string

// The rails.
const (
	RailBank    Rail = "bank"    // the bank's transfer API
	RailATM     Rail = "atm"     // cash at a Seven Bank ATM
	RailAmazon  Rail = "amazon"  // Amazon gift card balance or code
	RailAuPay   Rail = "aupay"   // au PAY balance
	RailPrepaid Rail = "prepaid" // the prepaid card or wallet that paid
)

// Rails lists every rail.
func Rails() []Rail { return []Rail{RailBank, RailATM, RailAmazon, RailAuPay, RailPrepaid} }

// ChoosableRails lists the rails that a link may offer.
func ChoosableRails() []Rail { return []Rail{RailBank, RailATM, RailAmazon, RailAuPay} }

// Step names an instruction to this rail in its [Key]. It never changes: the
// counterparty knows past instructions by it.
func (r Rail) Step() string {
	switch r {
	case RailATM:
		return "cash"
	case RailAmazon:
		return "gift"
	case RailAuPay:
		return "charge"
	case RailPrepaid:
		return "refund"
	}
	return "transfer"
}

// GiftForm is how an Amazon gift card is given.
type GiftForm string

// The forms.
const (
	GiftBalance GiftForm = "balance" // loaded onto the account the recipient logs in with
	GiftCode    GiftForm = "code"    // a claim code on the recipient's page
)

// Actor is who caused a step of a remittance.
type Actor string

// The actors.
const (
	ActorSystem    Actor = "system"    // a timer or the workflow itself
	ActorMerchant  Actor = "merchant"  // through the command line or API
	ActorRecipient Actor = "recipient" // through the page
	ActorRail      Actor = "rail"      // the counterparty's answer or notice
	ActorOperator  Actor = "operator"  // a person who runs Soukin, with evidence
)
