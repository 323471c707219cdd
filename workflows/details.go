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
		fmt.Fprintf(&b, "- bank's number: `%s`\n", s.RailRef)
	}
	if s.Code != "" {
		fmt.Fprintf(&b, "- bank's code: `%s`\n", s.Code)
	}
	if who := whoActs(s); who != "" {
		fmt.Fprintf(&b, "- who can act: %s\n", who)
	}
	return b.String()
}

func whoActs(s contract.State) string {
	id := string(s.Remittance)
	switch s.WaitsFor() {
	case remittance.WaitsForFunds:
		return fmt.Sprintf("the merchant: `starter fund`, or `starter cancel %s`", id)
	case remittance.WaitsForRail:
		return fmt.Sprintf("nobody needs to; `starter cancel %s` while the bank has not executed it", id)
	case remittance.WaitsForApproval:
		return "an approver, at the bank"
	case remittance.WaitsForCorrection:
		return fmt.Sprintf("the merchant: `starter correct %s`", id)
	case remittance.WaitsForOperator:
		return fmt.Sprintf("an operator: look at the bank, then `starter resolve %s`", id)
	}
	return ""
}
