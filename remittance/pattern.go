package remittance

import "fmt"

// Pattern is how a remittance reaches its recipient.
type Pattern string

// The patterns.
const (
	BankTransfer Pattern = "bank-transfer" // the sender names the account
	AccountLink  Pattern = "account-link"  // the recipient names it, through a link
)

// Patterns lists the patterns that can be ordered.
func Patterns() []Pattern { return []Pattern{BankTransfer, AccountLink} }

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

// Rail is a counterparty's network.
type Rail string

// RailBank is the bank's transfer API.
const RailBank Rail = "bank"

// Rail gives the rail a pattern ends on.
func (p Pattern) Rail() Rail { return RailBank }

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
