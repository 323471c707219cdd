package workflows

import (
	"go.temporal.io/sdk/workflow"

	"soukin/contract"
	"soukin/remittance"
)

// direct is a remittance whose sender named where it goes: nobody else is asked.
type direct struct {
	transfer
	correction *contract.CorrectInput
}

// toTheEnd runs it until nothing can follow and everybody who asked has an answer.
// Cancelling the execution asks for a cancel of the remittance and stops nothing.
func (t *direct) toTheEnd(ctx workflow.Context) error {
	work, _ := workflow.NewDisconnectedContext(ctx)
	if err := t.run(work); err != nil {
		return err
	}
	return workflow.Await(work, func() bool { return workflow.AllHandlersFinished(work) })
}

func (t *direct) run(ctx workflow.Context) error {
	t.instructed(ctx)
	if err := t.open(ctx, t.way.Policy.FundingWindow); err != nil {
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
func (t *direct) advance(ctx workflow.Context) error {
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
func (t *direct) awaitFunds(ctx workflow.Context) error {
	look, err := t.lookForFunds(ctx)
	if err != nil || !look {
		return err
	}
	t.instructed(ctx)
	_, err = t.move(ctx, t.instruct(remittance.ActorSystem, contract.PostHold))
	return err
}

// awaitCorrection keeps the money held for new details. Without them the
// remittance ends as what it was: returned if it had been executed, else failed.
func (t *direct) awaitCorrection(ctx workflow.Context) error {
	release := []contract.Posting{contract.PostRelease}
	switch {
	case t.correction != nil:
		t.state.Account, t.state.RailRef = t.correction.Account, ""
		t.state.Generation++
		t.correction = nil
		t.instructed(ctx)
		_, err := t.move(ctx, t.instruct(remittance.ActorMerchant))
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
func (t *direct) keepForCorrection(ctx workflow.Context, why contract.Rejection, postings ...contract.Posting) (bool, error) {
	if t.way.Policy.CorrectionWindow <= 0 || !why.Reason.Correctable() {
		return false, nil
	}
	_, err := t.move(ctx, step{
		to: remittance.Returned, reason: why.Reason, code: why.Code, actor: remittance.ActorRail,
		deadline: workflow.Now(ctx).Add(t.way.Policy.CorrectionWindow), postings: postings,
	})
	return true, err
}

func (t *direct) validateCorrect(_ workflow.Context, in contract.CorrectInput) error {
	if t.state.Final || t.state.Status != remittance.Returned || t.correction != nil || t.cancel != nil {
		return refuse(contract.ErrTypeTooLate, "it does not wait for a correction")
	}
	if _, err := remittance.ParseAccountID(string(in.Account)); err != nil {
		return refuse(contract.ErrTypeInvalid, err.Error())
	}
	return nil
}

func (t *direct) correct(ctx workflow.Context, in contract.CorrectInput) (contract.State, error) {
	seen := t.state.Generation
	t.correction = &in
	t.nudge()
	err := workflow.Await(ctx, func() bool {
		return t.state.Final || t.state.Generation > seen && t.state.Status != remittance.Returned
	})
	return t.state, err
}
