package reconcile

import (
	"context"
	"fmt"

	"soukin/internal/ledger"
	"soukin/internal/ledger/audit"
	"soukin/internal/record"
	"soukin/internal/sandbox/control"
	"soukin/remittance"
)

// The invariants between a counterparty's books and ours. A finding's check is
// the rail whose counterparty it is about.
const (
	RuleStranger      audit.Rule = "unknown_transfer"  // everything with a reference of ours is ours
	RuleAmount        audit.Rule = "other_amount"      // what was ordered is what was moved
	RuleExecutedTwice audit.Rule = "executed_twice"    // an instruction is executed once
	RulePaid          audit.Rule = "paid_not_executed" // what is paid was executed and did not come back
	RuleNotPaid       audit.Rule = "executed_not_paid" // what is not paid was not executed, or came back
	RuleTwoLive       audit.Rule = "two_executed"      // a remittance has one executed instruction at a time, over all rails
	RuleTotals        audit.Rule = "totals_differ"     // the sums of both sides are the same on every rail
	RuleOwnBooks      audit.Rule = "books_unbalanced"  // the counterparty's own sums are right
)

// Sources are the two sides.
type Sources struct {
	Record  *record.Record
	Ledger  *ledger.Ledger
	Sandbox *control.Client
	// Rails are those whose counterparty the sandbox plays; nil means all.
	Rails []remittance.Rail
	// AmazonPartner is the partner id that our references at Amazon begin with.
	AmazonPartner string
}

// Check adds what differs to a report. An error means that the comparison could
// not be made. While remittances are open the two sides may differ for the
// moment a step takes, so it is meant for when nothing moves; of what is in
// flight it is only required that no more left than that.
func Check(ctx context.Context, s Sources, report *audit.Report) error {
	ours, err := s.instructions(ctx)
	if err != nil {
		return fmt.Errorf("read our books: %w", err)
	}
	sums, err := s.sums(ctx)
	if err != nil {
		return fmt.Errorf("read our books: %w", err)
	}
	rails := s.Rails
	if rails == nil {
		rails = remittance.Rails()
	}
	for _, rail := range rails {
		if err := s.read(ctx, rail, ours, sums[rail], report); err != nil {
			return fmt.Errorf("read the books of the counterparty on rail %s: %w", rail, err)
		}
	}
	for _, r := range ours.remittances {
		r.compare(rails, report)
	}
	report.Count("compared with counterparties", len(ours.remittances))
	return nil
}

// read puts the books of one counterparty beside what was instructed there.
func (s Sources) read(ctx context.Context, rail remittance.Rail, ours *known, sum sums, report *audit.Report) error {
	n := 0
	var left remittance.Yen
	for l, err := range s.lines(ctx, rail) {
		if isMissing(err) && !ours.instructed(rail) {
			return nil // nobody plays it, and nobody needed it
		}
		if err != nil {
			return err
		}
		n++
		left += l.left()
		ours.note(rail, l, report)
	}
	report.Count(fmt.Sprintf("instructions at %s", rail), n)
	if rail == remittance.RailBank {
		var err error
		if left, err = s.bankAccounts(ctx, report); err != nil {
			return err
		}
	}
	// The counterparty may be ahead of us by what is in flight, never behind.
	if left < sum.paid || left > sum.paid+sum.inFlight {
		report.Add(audit.Finding{Check: string(rail), Rule: RuleTotals,
			Sentence: fmt.Sprintf("the counterparty paid out %s for good, the ledger says %s paid and %s in flight", left, sum.paid, sum.inFlight)})
	}
	return nil
}

// sums are what the ledger says of a rail.
type sums struct{ paid, inFlight remittance.Yen }

func (s Sources) sums(ctx context.Context) (map[remittance.Rail]sums, error) {
	accounts, err := s.Ledger.Accounts(ctx)
	if err != nil {
		return nil, err
	}
	out := map[remittance.Rail]sums{}
	for _, a := range accounts {
		kind, owner, err := a.Account.Parts()
		if err != nil {
			return nil, err
		}
		sum := out[remittance.Rail(owner)]
		switch kind {
		case ledger.KindPaid:
			sum.paid = a.Balance
		case ledger.KindInFlight:
			sum.inFlight = a.Balance
		default:
			continue
		}
		out[remittance.Rail(owner)] = sum
	}
	return out, nil
}
