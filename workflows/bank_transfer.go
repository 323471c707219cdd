package workflows

import (
	"time"

	"go.temporal.io/sdk/workflow"

	"soukin/contract"
	"soukin/remittance"
)

// BankTransfer sends money to an account that the sender named.
//
//	Starts when  an order has been validated and its account is in the vault.
//	Messages     updates accept, cancel, correct, resolve; query status;
//	             signals funds-arrived, rail-notice (hints only).
//	Timers       funding deadline, finality window, correction window.
//	Effects      moves on our books under (remittance, seq); one instruction to
//	             the bank under <merchant>/<remittance_id>/transfer/<generation>.
//	Ends as      paid, returned, failed, cancelled, expired. The execution fails
//	             only when its id is taken by another order.
//	Versioning   pinned: it ends within the finality and correction windows.
//
// A request to cancel the execution (the button in the Web UI) counts as an
// operator's cancel of the remittance; it never abandons money on its way.
func BankTransfer(ctx workflow.Context, in contract.BankTransferInput) (contract.State, error) {
	t := &bankTransfer{life: newLife(ctx, in.Order), policy: in.Policy}
	if err := t.setup(ctx); err != nil {
		return t.state, err
	}
	work, _ := workflow.NewDisconnectedContext(ctx)
	if err := t.run(work); err != nil {
		return t.state, err
	}
	return t.state, workflow.Await(work, func() bool { return workflow.AllHandlersFinished(work) })
}

type bankTransfer struct {
	life
	policy contract.BankPolicy
	funds  workflow.ReceiveChannel
	notice workflow.ReceiveChannel

	instructedAt time.Time // when the money of this generation went in flight
	visibleAfter time.Time // from when "not found" means "never sent"
	attentionAt  time.Time // when an operator is asked to look
	executed     bool      // this generation was executed, so it ends as returned
	neverSent    bool      // proven for this generation's key

	cancel     *cancelRequest
	correction *contract.CorrectInput
	resolution *contract.ResolveInput
}

func (t *bankTransfer) run(ctx workflow.Context) error {
	if err := t.open(ctx, t.policy.FundingWindow); err != nil {
		return err
	}
	t.instructed(ctx)
	for !t.state.Final {
		if err := t.advance(ctx); err != nil {
			return err
		}
	}
	return nil
}

// advance waits for what the present status waits for and makes one move.
func (t *bankTransfer) advance(ctx workflow.Context) error {
	switch t.state.Status {
	case remittance.AwaitingFunds:
		return t.awaitFunds(ctx)
	case remittance.Processing:
		return t.process(ctx)
	case remittance.Checking:
		return t.check(ctx)
	case remittance.Sent:
		return t.awaitFinality(ctx)
	default: // returned and not final
		return t.awaitCorrection(ctx)
	}
}

// awaitFunds resumes when the balance covers the hold: at once when funds
// arrive, and now and then by itself in case that hint was lost.
func (t *bankTransfer) awaitFunds(ctx workflow.Context) error {
	deadline := *t.state.Deadline
	if t.cancel != nil {
		_, err := t.move(ctx, step{to: remittance.Cancelled, reason: remittance.CancelledByUs, actor: t.cancel.actor, final: true})
		return err
	}
	now := workflow.Now(ctx)
	if !now.Before(deadline) {
		_, err := t.move(ctx, step{to: remittance.Expired, reason: remittance.FundingDeadline, actor: remittance.ActorSystem, final: true})
		return err
	}
	look := now.Add(t.policy.FundingRecheck)
	if look.After(deadline) {
		look = deadline
	}
	t.pause(ctx, look, "looks again for funds", t.funds)
	if t.cancel != nil {
		return nil // the next round cancels
	}
	short, err := t.move(ctx, step{
		to: remittance.Processing, reason: remittance.WaitsForRail, actor: remittance.ActorSystem,
		postings: []contract.Posting{contract.PostHold, contract.PostInstruct},
	})
	if err == nil && short == 0 {
		t.instructed(ctx)
	}
	return err
}

// awaitCorrection keeps the money held for new details. Without them the
// remittance ends as what it was: returned if it had been executed, else failed.
func (t *bankTransfer) awaitCorrection(ctx workflow.Context) error {
	release := []contract.Posting{contract.PostRelease}
	switch {
	case t.correction != nil:
		t.state.Account, t.state.RailRef = t.correction.Account, ""
		t.state.Generation++
		t.correction = nil
		_, err := t.move(ctx, step{
			to: remittance.Processing, reason: remittance.WaitsForRail, actor: remittance.ActorMerchant,
			postings: []contract.Posting{contract.PostInstruct},
		})
		t.instructed(ctx)
		return err
	case t.cancel != nil:
		_, err := t.move(ctx, step{to: remittance.Cancelled, reason: remittance.CancelledByUs, actor: t.cancel.actor, final: true, postings: release})
		return err
	case t.pause(ctx, *t.state.Deadline, "waits for corrected details"):
		end := remittance.Failed
		if t.executed || t.state.Inherited {
			end = remittance.Returned
		}
		_, err := t.move(ctx, step{to: end, reason: t.state.Reason, code: t.state.Code, actor: remittance.ActorSystem, final: true, postings: release})
		return err
	}
	return nil
}

// instructed starts the clocks of a generation.
func (t *bankTransfer) instructed(ctx workflow.Context) {
	t.instructedAt = workflow.Now(ctx).UTC()
	t.visibleAfter = time.Time{}
	t.attentionAt = t.instructedAt.Add(t.policy.AttentionAfter)
	t.executed, t.neverSent = false, false
}
