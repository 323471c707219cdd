package reconcile

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"

	"soukin/internal/ledger/audit"
	"soukin/internal/sandbox/control"
	"soukin/remittance"
)

// line is one instruction as a counterparty's own books hold it.
type line struct {
	reference string
	name      string // for people
	amount    remittance.Yen
	executed  int
	undone    bool
}

// left is what went to the recipient for good.
func (l line) left() remittance.Yen {
	if l.undone {
		return 0
	}
	return l.amount * remittance.Yen(l.executed)
}

// The statuses of a transfer that came back (corporate API v1.1.12).
const (
	statusReturned = 22
	statusRecalled = 25
)

// lines goes through the books of the counterparty on a rail. An error ends it.
func (s Sources) lines(ctx context.Context, rail remittance.Rail) iter.Seq2[line, error] {
	if rail == remittance.RailBank {
		return s.transfers(ctx)
	}
	return func(yield func(line, error) bool) {
		for e, err := range s.Sandbox.Executions(ctx, rail) {
			if !yield(line{e.Reference, "instruction " + e.Reference, e.Amount, e.Executed, e.Undone}, err) {
				return
			}
		}
	}
}

func (s Sources) transfers(ctx context.Context) iter.Seq2[line, error] {
	return func(yield func(line, error) bool) {
		for t, err := range s.Sandbox.Transfers(ctx, "") {
			if !yield(line{t.ApplyComment, "transfer " + t.ApplyNo, t.Amount, t.ExecutedCount, cameBack(t)}, err) {
				return
			}
		}
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

// bankAccounts gives what left our accounts at the bank for good, by the bank's
// own sums, and proves those.
func (s Sources) bankAccounts(ctx context.Context, report *audit.Report) (left remittance.Yen, err error) {
	accounts, err := s.Sandbox.Accounts(ctx)
	if err != nil {
		return 0, fmt.Errorf("accounts: %w", err)
	}
	for _, a := range accounts.Accounts {
		left += a.Executed - a.Returned
		if want := a.Opening + a.Deposits - a.Executed - a.Fees + a.Returned; a.Balance != want {
			report.Add(audit.Finding{Check: string(remittance.RailBank), Rule: RuleOwnBooks, Sentence: fmt.Sprintf("the bank's balance is %s, what moved sums to %s", a.Balance, want)})
		}
	}
	return left, nil
}

// isMissing says that the sandbox has no such books.
func isMissing(err error) bool {
	var refused *control.Error
	return errors.As(err, &refused) && refused.Status == http.StatusNotFound
}
