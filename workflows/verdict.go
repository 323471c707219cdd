package workflows

import (
	"go.temporal.io/sdk/workflow"

	"soukin/contract"
	"soukin/remittance"
)

// outweighed reports that an operator's verdict is to be taken. The rail's own
// word, once it is there, weighs more.
func (t *transfer) outweighed(s contract.RailState, known bool) bool {
	if known && s.Stage != contract.StageNotFound && t.resolution != nil {
		t.resolution = nil
		t.unresolved = refuse(contract.ErrTypeTooLate, who(t.way.Rail)+" shows it as "+string(s.Stage))
	}
	return t.resolution != nil
}

// resolved records what an operator found out. A number the rail gave is not
// believed but looked up; a verdict without one is.
func (t *transfer) resolved(ctx workflow.Context, err error) error {
	if err != nil || t.resolution == nil {
		return err
	}
	r := *t.resolution
	t.unresolved = nil
	defer func() { t.resolution = nil }()
	if !r.Executed {
		if err := t.letEnquiriesEnd(ctx); err != nil {
			return err
		}
		if shown, err := t.shownByTheRail(ctx); shown || err != nil {
			return err
		}
	}
	switch {
	case r.Executed && r.RailRef != "":
		t.state.RailRef = r.RailRef
		t.attentionAt = workflow.Now(ctx).Add(t.way.Policy.AttentionAfter)
		_, err = t.move(ctx, step{to: remittance.Processing, reason: remittance.WaitsForRail, actor: remittance.ActorOperator, evidence: r.Evidence})
	case r.Executed:
		_, err = t.move(ctx, step{to: remittance.Paid, reason: remittance.ResolvedByOperator, actor: remittance.ActorOperator, evidence: r.Evidence, final: true,
			postings: []contract.Posting{contract.PostSettle, contract.PostFee}})
	default:
		_, err = t.move(ctx, step{to: remittance.Failed, reason: remittance.ResolvedByOperator, actor: remittance.ActorOperator, evidence: r.Evidence, final: true,
			postings: []contract.Posting{contract.PostGiveBack, contract.PostRelease}})
	}
	return err
}

// letEnquiriesEnd waits until an enquiry that was under way when the verdict came
// can no longer execute anything.
func (t *transfer) letEnquiriesEnd(ctx workflow.Context) error {
	if !t.askedByRepeating() {
		return nil
	}
	return workflow.NewTimerWithOptions(ctx, 2*enquireAttempt, workflow.TimerOptions{Summary: "let the last enquiry end"}).Get(ctx, nil)
}

// shownByTheRail asks the rail once more before money is released on somebody's
// word. What the rail shows as taken is followed, not released.
func (t *transfer) shownByTheRail(ctx workflow.Context) (bool, error) {
	state, _, err := t.poll(ctx, contract.UntilAny, t.way.Policy.EnquireEvery, lastLook, "ask once more before it is released")
	if err != nil {
		return false, err
	}
	switch state.Stage {
	case contract.StageUnknown, contract.StageNotFound, contract.StageNotExecuted:
		return false, nil
	}
	t.state.RailRef = state.RailRef
	t.unresolved = refuse(contract.ErrTypeTooLate, who(t.way.Rail)+" shows it as "+string(state.Stage))
	_, err = t.move(ctx, step{to: remittance.Processing, reason: remittance.WaitsForRail, code: state.Code, actor: remittance.ActorRail})
	return true, err
}
