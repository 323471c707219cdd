package reconcile

import (
	"context"
	"fmt"

	"soukin/internal/ledger"
	"soukin/internal/ledger/audit"
	"soukin/internal/rails/bank"
	"soukin/internal/record"
	"soukin/internal/sandbox/control"
	"soukin/remittance"
)

// check is who finds it, in the report.
const check = "bank"

// The invariants between the bank's books and ours.
const (
	RuleStranger      audit.Rule = "unknown_transfer"      // every transfer with a mark of ours is ours
	RuleAmount        audit.Rule = "other_amount"          // the bank moved the amount that was ordered
	RuleExecutedTwice audit.Rule = "executed_twice"        // an instruction is executed once
	RulePaid          audit.Rule = "paid_not_executed"     // what is paid was executed once and did not come back
	RuleNotPaid       audit.Rule = "executed_not_paid"     // what is not paid was not executed, or came back
	RuleTwoLive       audit.Rule = "two_executed"          // a remittance has one executed instruction at a time
	RuleTotals        audit.Rule = "totals_differ"         // the sums of both sides are the same
	RuleBankBooks     audit.Rule = "bank_books_unbalanced" // the bank's own sums are right
)

// The statuses of a transfer that came back (corporate API v1.1.12).
const (
	statusReturned = 22
	statusRecalled = 25
)

// Sources are the two sides.
type Sources struct {
	Record *record.Record
	Ledger *ledger.Ledger
	Bank   *control.Client
}

// Check adds what differs to a report. An error means that the comparison could
// not be made. While remittances are open the two sides may differ for the
// moment a step takes, so it is meant for when all are final; an open one is
// only required not to be executed twice.
func Check(ctx context.Context, s Sources, report *audit.Report) error {
	ours, err := s.instructions(ctx)
	if err != nil {
		return fmt.Errorf("read our record: %w", err)
	}
	if err := s.readBank(ctx, ours, report); err != nil {
		return fmt.Errorf("read the bank's books: %w", err)
	}
	var paid remittance.Yen
	open := false
	for _, r := range ours.remittances {
		position, err := s.Ledger.Position(ctx, r.row.Ref)
		if err != nil {
			return err
		}
		r.compare(position, report)
		open = open || position.Place == ledger.PlaceInFlight
		if position.Place == ledger.PlacePaid {
			paid += position.Amount
		}
	}
	report.Count("compared with the bank", len(ours.remittances))
	return s.totals(ctx, paid, open, report)
}

// executions is one remittance with what the bank did for it.
type executions struct {
	row  record.Remittance
	live int // instructions executed and not come back
}

type known struct {
	remittances map[remittance.Ref]*executions
	byMark      map[string]*executions // the mark that an instruction carries at the bank
	seen        map[string]int         // how often a mark was executed
}

// instructions lists every key that can have been sent. The step of a key is
// the one name the workflows use.
func (s Sources) instructions(ctx context.Context) (known, error) {
	k := known{map[remittance.Ref]*executions{}, map[string]*executions{}, map[string]int{}}
	for cursor := ""; ; {
		page, err := s.Record.List(ctx, record.Filter{}, record.MaxPage, cursor)
		if err != nil {
			return k, err
		}
		for _, row := range page.Remittances {
			e := &executions{row: row}
			k.remittances[row.Ref] = e
			for g := 1; g <= row.Generation; g++ {
				k.byMark[bank.Reference(remittance.Key{Ref: row.Ref, Step: "transfer", Generation: g})] = e
			}
		}
		if cursor = page.Next; cursor == "" {
			return k, nil
		}
	}
}

func (s Sources) readBank(ctx context.Context, ours known, report *audit.Report) error {
	n := 0
	for t, err := range s.Bank.Transfers(ctx, "") {
		if err != nil {
			return err
		}
		n++
		e, mine := ours.byMark[t.ApplyComment]
		if !mine {
			report.Add(audit.Finding{Check: check, Rule: RuleStranger, Sentence: fmt.Sprintf("the bank has transfer %s, which no remittance on record instructed", t.ApplyNo)})
			continue
		}
		ours.note(e, t, report)
	}
	report.Count("transfers at the bank", n)
	return nil
}

func (k known) note(e *executions, t control.Transfer, report *audit.Report) {
	if t.Amount != e.row.Amount {
		e.find(report, RuleAmount, "the bank's transfer %s is of %s, the remittance of %s", t.ApplyNo, t.Amount, e.row.Amount)
	}
	k.seen[t.ApplyComment] += t.ExecutedCount
	if k.seen[t.ApplyComment] > 1 {
		e.find(report, RuleExecutedTwice, "one instruction of it was executed %d times", k.seen[t.ApplyComment])
	}
	if t.ExecutedCount > 0 && !cameBack(t) {
		e.live += t.ExecutedCount
	}
}

func cameBack(t control.Transfer) bool {
	for _, l := range t.Lines {
		if l.Status != statusReturned && l.Status != statusRecalled {
			return false
		}
	}
	return len(t.Lines) > 0
}

func (e *executions) compare(p ledger.Position, report *audit.Report) {
	switch p.Place {
	case ledger.PlacePaid:
		if e.live != 1 {
			e.find(report, RulePaid, "the ledger says paid, the bank has %d executed transfers of it that did not come back", e.live)
		}
	case ledger.PlaceInFlight:
		if e.live > 1 {
			e.find(report, RuleTwoLive, "the bank has %d executed transfers of it that did not come back", e.live)
		}
	default:
		if e.live != 0 {
			e.find(report, RuleNotPaid, "the bank has %d executed transfers of it that did not come back, the ledger says it is not paid", e.live)
		}
	}
}

func (e *executions) find(report *audit.Report, rule audit.Rule, format string, args ...any) {
	report.Add(audit.Finding{Check: check, Rule: rule, Merchant: e.row.Merchant, Remittance: e.row.Ref.Remittance, Sentence: fmt.Sprintf(format, args...)})
}

// totals compares the sums; with money in flight the bank may be ahead.
func (s Sources) totals(ctx context.Context, paid remittance.Yen, open bool, report *audit.Report) error {
	accounts, err := s.Bank.Accounts(ctx)
	if err != nil {
		return fmt.Errorf("read the bank's accounts: %w", err)
	}
	var left remittance.Yen
	for _, a := range accounts.Accounts {
		left += a.Executed - a.Returned
		if want := a.Opening + a.Deposits - a.Executed - a.Fees + a.Returned; a.Balance != want {
			report.Add(audit.Finding{Check: check, Rule: RuleBankBooks, Sentence: fmt.Sprintf("the bank's balance is %s, what moved sums to %s", a.Balance, want)})
		}
	}
	if !open && left != paid {
		report.Add(audit.Finding{Check: check, Rule: RuleTotals, Sentence: fmt.Sprintf("the bank paid out %s for good, the ledger says %s", left, paid)})
	}
	return nil
}
