package activities

import (
	"context"
	"errors"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/worker"

	"soukin/contract"
	"soukin/remittance"
)

// Bank calls the bank. Its methods are regular activities on the bank's own
// task queue, so that the bank's limits hold for all workers together.
type Bank struct {
	rail        BankRail
	honoursKeys bool
	now         func() time.Time
}

// NewBank makes the activities of the bank. honoursKeys says that the bank
// executes an instruction once however often its key is sent; without it an
// instruction is sent once and then only asked about.
func NewBank(rail BankRail, honoursKeys bool, now func() time.Time) *Bank {
	return &Bank{rail, honoursKeys, now}
}

// RegisterBank adds the activities of the bank to a worker of the bank's queue.
func RegisterBank(r worker.ActivityRegistry, b *Bank) { r.RegisterActivity(b) }

// SubmitBankTransfer sends one instruction. Error types: Rejected (final),
// Unavailable, RateLimited, Misconfigured (retried), OutcomeUnknown (retried
// only where the bank honours keys).
func (b *Bank) SubmitBankTransfer(ctx context.Context, in contract.SubmitInput) (contract.SubmitResult, error) {
	info := activity.GetInfo(ctx)
	attempt := info.Attempt
	run := info.WorkflowExecution.RunID
	if attempt > 1 && !b.honoursKeys || run != in.Owner && run != in.ProvenBy {
		// An earlier attempt died without an answer (a crash, a timeout), or the
		// workflow was reset: only an enquiry of this very run may tell what was sent.
		return contract.SubmitResult{}, submitError(&remittance.RailError{Code: "earlier attempt lost"}, attempt, false)
	}
	res, err := b.rail.Submit(ctx, BankInstruction{Key: in.Key, Amount: in.Amount, Account: in.Account, At: in.At})
	if err != nil {
		return contract.SubmitResult{}, submitError(err, attempt, b.honoursKeys)
	}
	return res, nil
}

// EnquireBankTransfer asks what became of one instruction and fails with
// StillOpen until the answer is what in.Until waits for.
func (b *Bank) EnquireBankTransfer(ctx context.Context, in contract.EnquireInput) (contract.BankState, error) {
	state, err := b.look(ctx, in)
	if err != nil {
		return contract.BankState{}, toTemporal(err)
	}
	if !ends(in.Until, state.Stage) {
		return contract.BankState{}, stillOpen(state.Stage)
	}
	if state.Stage == contract.StageNotFound {
		state.AskedBy = activity.GetInfo(ctx).WorkflowExecution.RunID
	}
	if state.Stage == contract.StageExecuted || state.Stage == contract.StageRecalling {
		final := b.rail.FinalAfter(b.now()).UTC()
		state.FinalAfter = &final
	}
	return state, nil
}

func (b *Bank) look(ctx context.Context, in contract.EnquireInput) (contract.BankState, error) {
	instruction := BankInstruction{Key: in.Key, Amount: in.Amount, Account: in.Account, At: in.SubmittedAt}
	if in.RailRef != "" {
		return b.rail.State(ctx, instruction, in.RailRef)
	}
	// Taken before the search: a transfer may become visible while we look.
	asked := b.now()
	state, err := b.rail.Find(ctx, instruction, in.VisibleAfter)
	if err == nil && state.Stage == contract.StageNotFound && asked.Before(in.VisibleAfter) {
		state.Stage = contract.StageUnknown
	}
	return state, err
}

func ends(until contract.EnquireUntil, s contract.Stage) bool {
	switch until {
	case contract.UntilAny:
		return true
	case contract.UntilChanged:
		return s == contract.StageReturned || s == contract.StageNotExecuted
	case contract.UntilNews:
		return s == contract.StageApproval || ends(contract.UntilKnown, s)
	default:
		switch s {
		case contract.StageExecuted, contract.StageRecalling, contract.StageReturned, contract.StageNotExecuted, contract.StageNotFound:
			return true
		}
		return false
	}
}

// CancelBankTransfer asks the bank to call an instruction off. A refusal means
// it is too late, unless an earlier attempt may have got through: a bank refuses
// a second request because of the first. What really happened is for the
// enquiry to say.
func (b *Bank) CancelBankTransfer(ctx context.Context, in contract.CancelTransferInput) (contract.CancelTransferResult, error) {
	err := b.rail.Cancel(ctx, in.RailRef)
	var rej *remittance.RailError
	if errors.As(err, &rej) && rej.Outcome == remittance.OutcomeRejected {
		return contract.CancelTransferResult{TooLate: activity.GetInfo(ctx).Attempt == 1, Code: rej.Code}, nil
	}
	return contract.CancelTransferResult{}, toTemporal(err)
}
