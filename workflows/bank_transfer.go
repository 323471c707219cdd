package workflows

import (
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
	t := &bankTransfer{transfer: newTransfer(ctx, in.Order, in.Policy)}
	t.reopen = t.keepForCorrection
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
	transfer
	correction *contract.CorrectInput
}

func (t *bankTransfer) setup(ctx workflow.Context) error {
	if err := t.serve(ctx); err != nil {
		return err
	}
	return workflow.SetUpdateHandlerWithOptions(ctx, contract.UpdateCorrect, t.correct,
		workflow.UpdateHandlerOptions{Validator: t.validateCorrect})
}

func (t *bankTransfer) run(ctx workflow.Context) error {
	t.instructed(ctx)
	if err := t.open(ctx, t.policy.FundingWindow); err != nil {
		return err
	}
	t.searchFromTheStart()
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

// awaitFunds holds and instructs at once: the account is known.
func (t *bankTransfer) awaitFunds(ctx workflow.Context) error {
	look, err := t.lookForFunds(ctx)
	if err != nil || !look {
		return err
	}
	t.instructed(ctx)
	_, err = t.move(ctx, step{
		to: remittance.Processing, reason: remittance.WaitsForRail, actor: remittance.ActorSystem,
		postings: []contract.Posting{contract.PostHold, contract.PostInstruct},
	})
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
		t.instructed(ctx)
		_, err := t.move(ctx, step{
			to: remittance.Processing, reason: remittance.WaitsForRail, actor: remittance.ActorMerchant,
			postings: []contract.Posting{contract.PostInstruct},
		})
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

// keepForCorrection keeps refused or returned money held while the merchant may
// name another account.
func (t *bankTransfer) keepForCorrection(ctx workflow.Context, why contract.Rejection, postings ...contract.Posting) (bool, error) {
	if t.policy.CorrectionWindow <= 0 {
		return false, nil
	}
	_, err := t.move(ctx, step{
		to: remittance.Returned, reason: why.Reason, code: why.Code, actor: remittance.ActorRail,
		deadline: workflow.Now(ctx).Add(t.policy.CorrectionWindow), postings: postings,
	})
	return true, err
}

func (t *bankTransfer) validateCorrect(_ workflow.Context, in contract.CorrectInput) error {
	if t.state.Final || t.state.Status != remittance.Returned || t.correction != nil || t.cancel != nil {
		return refuse(contract.ErrTypeTooLate, "it does not wait for a correction")
	}
	if _, err := remittance.ParseAccountID(string(in.Account)); err != nil {
		return refuse(contract.ErrTypeInvalid, err.Error())
	}
	return nil
}

func (t *bankTransfer) correct(ctx workflow.Context, in contract.CorrectInput) (contract.State, error) {
	seen := t.state.Generation
	t.correction = &in
	t.nudge()
	err := workflow.Await(ctx, func() bool {
		return t.state.Final || t.state.Generation > seen && t.state.Status != remittance.Returned
	})
	return t.state, err
}
