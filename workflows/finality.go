package workflows

import (
	"go.temporal.io/sdk/workflow"

	"soukin/contract"
	"soukin/remittance"
)

// awaitFinality waits until the money can no longer come back by itself. Only
// a last enquiry after that instant makes it paid.
func (t *transfer) awaitFinality(ctx workflow.Context) error {
	if t.cancel != nil && t.recallable() {
		return t.recall(ctx)
	}
	deadline := *t.state.Deadline
	if left := deadline.Sub(workflow.Now(ctx)); left > t.way.Policy.WatchEvery {
		state, changed, err := t.poll(ctx, contract.UntilChanged, t.way.Policy.WatchEvery, left, "watch whether it comes back")
		if err != nil {
			return err
		}
		if changed {
			return t.cameBack(ctx, state)
		}
		return nil
	}
	if !t.pause(ctx, deadline, "can still come back until then", t.hints) {
		return nil
	}
	if t.cancel != nil && t.recallable() {
		return nil // it came at the last instant: one more round
	}
	state, answered, err := t.poll(ctx, contract.UntilAny, t.way.Policy.EnquireEvery, t.way.Policy.AttentionAfter, "a last look before it is final")
	if err != nil || !answered && workflow.Now(ctx).Before(t.attentionAt) {
		return err // a nudge ended the look: look again
	}
	switch state.Stage {
	case contract.StageExecuted, contract.StageSettled:
		return t.settled(ctx, state, remittance.ActorSystem)
	case contract.StageReturned, contract.StageNotExecuted:
		return t.cameBack(ctx, state)
	}
	return t.extend(ctx, state)
}

// recall takes back a gift code that was created. Only the rail's plain yes counts:
// the recipient may have been faster, and repeating the request would not tell.
func (t *transfer) recall(ctx workflow.Context) error {
	if err := t.callOff(ctx); err != nil || t.cancel == nil {
		return err
	}
	if !t.cancel.done {
		return t.cancelNotConfirmed(ctx, "its outcome is unknown; try again")
	}
	_, err := t.move(ctx, step{to: remittance.Cancelled, reason: remittance.CancelledByUs, actor: t.cancel.actor, final: true,
		postings: []contract.Posting{contract.PostGiveBack, contract.PostFee, contract.PostRelease}})
	return err
}

// extend keeps watching past the window while a recall runs or the rail gives
// no plain answer: money that may be coming back is not paid.
func (t *transfer) extend(ctx workflow.Context, s contract.RailState) error {
	now := workflow.Now(ctx)
	_, err := t.move(ctx, step{
		to: remittance.Sent, reason: remittance.WaitsForFinality, code: s.Code, actor: remittance.ActorRail,
		deadline: now.Add(t.way.Policy.WatchEvery), attention: now.After(t.attentionAt),
	})
	return err
}
