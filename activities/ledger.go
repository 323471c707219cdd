package activities

import (
	"context"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/worker"

	"soukin/contract"
)

// Ledger moves our own books. Its methods are local activities: one short,
// idempotent transaction on our own database each.
type Ledger struct{ books Books }

// NewLedger makes the activities on our own books.
func NewLedger(books Books) *Ledger { return &Ledger{books} }

// RegisterLedger adds the activities on our own books to a worker.
func RegisterLedger(r worker.ActivityRegistry, l *Ledger) { r.RegisterActivity(l) }

// OpenRemittance records an order and, where the balance allows, holds and
// instructs. Repeated, it returns the remittance as it stands.
func (l *Ledger) OpenRemittance(ctx context.Context, in contract.OpenInput) (contract.State, error) {
	state, err := l.books.Open(ctx, in)
	return state, toTemporal(err)
}

// MoveRemittance commits one step with its postings. Repeated, it changes nothing.
func (l *Ledger) MoveRemittance(ctx context.Context, m contract.Move) (contract.MoveResult, error) {
	res, err := l.books.Move(ctx, m)
	return res, toTemporal(err)
}

// IsFirstRun tells a workflow whether it is still the run that opened its
// remittance. A workflow cannot ask itself: the answer must not change on replay.
func (l *Ledger) IsFirstRun(ctx context.Context, in contract.OwnerInput) (contract.OwnerResult, error) {
	return contract.OwnerResult{FirstRun: activity.GetInfo(ctx).WorkflowExecution.RunID == in.Owner}, nil
}
