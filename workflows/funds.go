package workflows

import (
	"go.temporal.io/sdk/workflow"

	"soukin/remittance"
)

// lookForFunds waits while the balance is short: until funds arrive, or now and
// then by itself in case that hint was lost. It reports whether to try the hold
// again; past the deadline or cancelled, it has ended the remittance instead.
func (t *transfer) lookForFunds(ctx workflow.Context) (bool, error) {
	deadline := *t.state.Deadline
	if t.cancel != nil {
		_, err := t.move(ctx, step{to: remittance.Cancelled, reason: remittance.CancelledByUs, actor: t.cancel.actor, final: true})
		return false, err
	}
	now := workflow.Now(ctx)
	if !now.Before(deadline) {
		_, err := t.move(ctx, step{to: remittance.Expired, reason: remittance.FundingDeadline, actor: remittance.ActorSystem, final: true})
		return false, err
	}
	look := now.Add(t.way.Policy.FundingRecheck)
	if look.After(deadline) {
		look = deadline
	}
	t.pause(ctx, look, "looks again for funds", t.funds)
	return t.cancel == nil, nil // a cancel is carried out in the next round
}
