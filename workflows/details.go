package workflows

import (
	"fmt"
	"strings"
	"time"

	"soukin/contract"
	"soukin/remittance"
)

var jst = time.FixedZone("JST", 9*60*60)

// details is what an operator reads on the page of one remittance: what it
// waits for, until when, and who can act. It names no person and no account.
func details(s contract.State) string {
	var b strings.Builder
	fmt.Fprintf(&b, "**%s** %s\n", s.Status, s.Amount)
	if s.Reason != remittance.ReasonNone {
		fmt.Fprintf(&b, "\n%s  \n%s\n", s.Reason.Sentence(remittance.En), s.Reason.Sentence(remittance.Ja))
	}
	if w := s.WaitsFor(); w != remittance.ReasonNone && w != s.Reason {
		fmt.Fprintf(&b, "\nWaits for: %s\n", w.Sentence(remittance.En))
	}
	b.WriteString("\n") // Markdown wants a blank line before a list
	if s.Shortfall > 0 {
		fmt.Fprintf(&b, "- missing: %s\n", s.Shortfall)
	}
	if s.Deadline != nil {
		fmt.Fprintf(&b, "- until: %s\n", s.Deadline.In(jst).Format("2006-01-02 15:04 JST"))
	}
	if s.RailRef != "" {
		fmt.Fprintf(&b, "- number at %s: `%s`\n", who(s.Rail), s.RailRef)
	}
	if s.Code != "" {
		fmt.Fprintf(&b, "- code of %s: `%s`\n", who(s.Rail), s.Code)
	}
	if acts := whoActs(s); acts != "" {
		fmt.Fprintf(&b, "- who can act: %s\n", acts)
	}
	return b.String()
}

// who names a rail in a sentence.
func who(r remittance.Rail) string {
	switch r {
	case remittance.RailATM:
		return "the ATM network"
	case remittance.RailAmazon:
		return "Amazon"
	case remittance.RailAuPay:
		return "au PAY"
	case remittance.RailPrepaid:
		return "the issuer"
	}
	return "the bank"
}

func whoActs(s contract.State) string {
	id := string(s.Remittance)
	switch s.WaitsFor() {
	case remittance.WaitsForFunds:
		return fmt.Sprintf("the merchant: `starter fund`, or `starter cancel %s`", id)
	case remittance.WaitsForRail:
		return fmt.Sprintf("nobody needs to; `starter cancel %s` while %s has not executed it", id, who(s.Rail))
	case remittance.WaitsForApproval:
		return "an approver, at the bank"
	case remittance.WaitsForCorrection:
		return fmt.Sprintf("the merchant: `starter correct %s`", id)
	case remittance.WaitsForWithdrawal:
		return fmt.Sprintf("the recipient, at an ATM; `starter reissue %[1]s` for lost or locked numbers, `starter cancel %[1]s` to call it off", id)
	case remittance.WaitsForOperator:
		return fmt.Sprintf("an operator: look at %s, then `starter resolve %s`", who(s.Rail), id)
	}
	return ""
}
