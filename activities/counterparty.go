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

// Counterparty calls one rail. Its methods are regular activities on the rail's
// own task queue, so that the rail's limits hold for all workers together.
type Counterparty struct {
	rail        Rail
	honoursKeys bool
	now         func() time.Time
}

// NewCounterparty makes the activities of a rail. honoursKeys says that the rail
// executes an instruction once however often its key is sent; without it an
// instruction is sent once and then only asked about.
func NewCounterparty(rail Rail, honoursKeys bool, now func() time.Time) *Counterparty {
	return &Counterparty{rail, honoursKeys, now}
}

// RegisterRail adds the activities of a counterparty to a worker of its queue,
// under the names that belong to the rail.
func RegisterRail(r worker.ActivityRegistry, rail remittance.Rail, c *Counterparty) {
	names := contract.ActivitiesOf(rail)
	r.RegisterActivityWithOptions(c.Submit, activity.RegisterOptions{Name: names.Submit})
	r.RegisterActivityWithOptions(c.Enquire, activity.RegisterOptions{Name: names.Enquire})
	r.RegisterActivityWithOptions(c.Cancel, activity.RegisterOptions{Name: names.Cancel})
	if _, can := c.rail.(Reissuer); can {
		r.RegisterActivityWithOptions(c.Reissue, activity.RegisterOptions{Name: contract.ActivityReissueNumbers})
	}
}

// Submit sends one instruction. Error types: Rejected (final), Unavailable,
// RateLimited, Misconfigured (retried), OutcomeUnknown (retried only where the
// rail honours keys).
func (c *Counterparty) Submit(ctx context.Context, in contract.SubmitInput) (contract.SubmitResult, error) {
	info := activity.GetInfo(ctx)
	attempt := info.Attempt
	run := info.WorkflowExecution.RunID
	if attempt > 1 && !c.honoursKeys || run != in.Owner && run != in.ProvenBy {
		// An earlier attempt died without an answer (a crash, a timeout), or the
		// workflow was reset: only an enquiry of this very run may tell what was sent.
		return contract.SubmitResult{}, submitError(&remittance.RailError{Code: "earlier attempt lost"}, attempt, false)
	}
	res, err := c.rail.Submit(ctx, Instruction{Key: in.Key, Amount: in.Amount, Account: in.Account, At: in.At, Form: in.Form, Until: in.Until})
	if err != nil {
		return contract.SubmitResult{}, submitError(err, attempt, c.honoursKeys)
	}
	if res.Stage == contract.StageExecuted && res.FinalAfter == nil {
		res.FinalAfter = c.finalAfter()
	}
	return res, nil
}

func (c *Counterparty) finalAfter() *time.Time {
	final := c.rail.FinalAfter(c.now()).UTC()
	return &final
}

// Enquire asks what became of one instruction and fails with StillOpen until
// the answer is what in.Until waits for.
func (c *Counterparty) Enquire(ctx context.Context, in contract.EnquireInput) (contract.RailState, error) {
	state, err := c.look(ctx, in)
	if err != nil {
		return contract.RailState{}, toTemporal(err)
	}
	if !ends(in.Until, state.Stage) {
		return contract.RailState{}, stillOpen(state.Stage)
	}
	if state.Stage == contract.StageNotFound {
		state.AskedBy = activity.GetInfo(ctx).WorkflowExecution.RunID
	}
	if state.Stage == contract.StageExecuted || state.Stage == contract.StageRecalling {
		state.FinalAfter = c.finalAfter()
	}
	return state, nil
}

func (c *Counterparty) look(ctx context.Context, in contract.EnquireInput) (contract.RailState, error) {
	resetRun := in.Owner != "" && in.Owner != activity.GetInfo(ctx).WorkflowExecution.RunID
	instruction := Instruction{Key: in.Key, Amount: in.Amount, Account: in.Account, At: in.SubmittedAt, Form: in.Form, LookOnly: in.LookOnly || resetRun}
	if in.RailRef != "" {
		return c.rail.State(ctx, instruction, in.RailRef)
	}
	// Taken before the search: an instruction may become visible while we look.
	asked := c.now()
	state, err := c.rail.Find(ctx, instruction, in.VisibleAfter)
	if err == nil && state.Stage == contract.StageNotFound && asked.Before(in.VisibleAfter) {
		state.Stage = contract.StageUnknown
	}
	return state, err
}

func ends(until contract.EnquireUntil, s contract.Stage) bool {
	over := s == contract.StageSettled || s == contract.StageReturned || s == contract.StageNotExecuted
	switch until {
	case contract.UntilAny:
		return true
	case contract.UntilChanged:
		return s == contract.StageReturned || s == contract.StageNotExecuted
	case contract.UntilOver:
		return over
	case contract.UntilWithdrawn:
		return over || s == contract.StageLocked
	case contract.UntilNews:
		return s == contract.StageApproval || ends(contract.UntilKnown, s)
	default:
		switch s {
		case contract.StageExecuted, contract.StageRecalling, contract.StageNotFound, contract.StageIssued, contract.StageLocked:
			return true
		}
		return over
	}
}

// Cancel asks the rail to call an instruction off. A refusal means it is too
// late, unless an earlier attempt may have got through: a rail refuses a second
// request because of the first. What really happened is for the enquiry to say.
func (c *Counterparty) Cancel(ctx context.Context, in contract.CancelInstructionInput) (contract.CancelInstructionResult, error) {
	err := c.rail.Cancel(ctx, Instruction{Key: in.Key, Amount: in.Amount, Form: in.Form}, in.RailRef)
	var rej *remittance.RailError
	if errors.As(err, &rej) && rej.Outcome == remittance.OutcomeRejected {
		return contract.CancelInstructionResult{TooLate: activity.GetInfo(ctx).Attempt == 1, Code: rej.Code}, nil
	}
	return contract.CancelInstructionResult{Done: err == nil}, toTemporal(err)
}

// Reissue has new numbers issued for the same cash.
func (c *Counterparty) Reissue(ctx context.Context, in contract.ReissueNumbersInput) (contract.SubmitResult, error) {
	reissuer, can := c.rail.(Reissuer)
	if !can {
		return contract.SubmitResult{}, toTemporal(&remittance.RailError{Outcome: remittance.OutcomeRejected, Code: "this rail issues no numbers"})
	}
	res, err := reissuer.Reissue(ctx, Instruction{Key: in.Key}, in.RailRef, in.N)
	return res, toTemporal(err)
}
