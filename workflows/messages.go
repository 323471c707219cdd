package workflows

import (
	"go.temporal.io/sdk/workflow"

	"soukin/contract"
	"soukin/remittance"
)

// cancelRequest is answered by the main loop: by ending the remittance, or by
// saying why it is too late.
type cancelRequest struct {
	actor   remittance.Actor
	refused error
	// asked: the rail has the request, and would refuse another one because of
	// it. doubted: it may have it. done: it said yes to this very request.
	asked, doubted, done bool
}

// serve installs the messages that every pattern on this rail understands.
func (t *transfer) serve(ctx workflow.Context) error {
	workflow.Go(ctx, func(ctx workflow.Context) {
		ctx.Done().Receive(ctx, nil)
		t.requestCancel(remittance.ActorOperator)
	})
	if err := workflow.SetQueryHandler(ctx, contract.QueryStatus, func() (contract.State, error) { return t.state, nil }); err != nil {
		return err
	}
	if err := workflow.SetUpdateHandlerWithOptions(ctx, contract.UpdateAccept, t.accept,
		workflow.UpdateHandlerOptions{Validator: t.validateAccept}); err != nil {
		return err
	}
	if err := workflow.SetUpdateHandlerWithOptions(ctx, contract.UpdateCancel, t.cancelUpdate,
		workflow.UpdateHandlerOptions{Validator: t.validateCancel}); err != nil {
		return err
	}
	return workflow.SetUpdateHandlerWithOptions(ctx, contract.UpdateResolve, t.resolve,
		workflow.UpdateHandlerOptions{Validator: t.validateResolve})
}

func (t *transfer) validateAccept(_ workflow.Context, in contract.AcceptInput) error {
	if in.RequestHash != t.order.RequestHash {
		return refuse(contract.ErrTypeConflict, "this remittance_id is taken by an order with another body")
	}
	return nil
}

// accept answers as soon as the order is recorded and its money is held or
// known to be short; cash, when its numbers are there too, if that is soon.
func (t *transfer) accept(ctx workflow.Context, _ contract.AcceptInput) (contract.State, error) {
	if err := workflow.Await(ctx, func() bool { return t.opened || t.openErr != nil }); err != nil {
		return contract.State{}, err
	}
	if t.order.Pattern == remittance.ATMCash && t.openErr == nil {
		if err := t.soon(ctx, func() bool { return t.state.Status != remittance.Processing }); err != nil {
			return contract.State{}, err
		}
	}
	return t.state, t.openErr
}

// soon waits a moment for a rail that usually answers at once, so that whoever
// asked sees the result and not only that it is under way.
func (t *transfer) soon(ctx workflow.Context, known func() bool) error {
	_, err := workflow.AwaitWithOptions(ctx, workflow.AwaitOptions{Timeout: answerPatience,
		TimerOptions: workflow.TimerOptions{Summary: "let the caller see the answer"}}, known)
	return err
}

func (t *transfer) validateCancel(_ workflow.Context, _ contract.CancelInput) error {
	switch t.state.Status {
	case remittance.Sent, remittance.Paid:
		if t.state.Status == remittance.Sent && t.recallable() {
			return nil
		}
		return refuse(contract.ErrTypeTooLate, who(t.way.Rail)+" has executed it")
	case remittance.Checking:
		return refuse(contract.ErrTypeTooLate, "its outcome is being enquired; try again when it is known")
	}
	if t.state.Final {
		return refuse(contract.ErrTypeTooLate, "it has ended as "+string(t.state.Status))
	}
	return nil
}

func (t *transfer) cancelUpdate(ctx workflow.Context, in contract.CancelInput) (contract.State, error) {
	req := t.requestCancel(in.Actor)
	if err := workflow.Await(ctx, func() bool { return t.state.Final || req.refused != nil }); err != nil {
		return t.state, err
	}
	if t.state.Status == remittance.Cancelled {
		return t.state, nil
	}
	if req.refused == nil {
		req.refused = refuse(contract.ErrTypeTooLate, "it has ended as "+string(t.state.Status))
	}
	return t.state, req.refused
}

func (t *transfer) requestCancel(by remittance.Actor) *cancelRequest {
	if t.cancel == nil {
		t.cancel = &cancelRequest{actor: by}
		t.nudge()
	}
	return t.cancel
}

func (t *transfer) refuseCancel(why string) {
	if t.cancel != nil {
		t.cancel.refused = refuse(contract.ErrTypeTooLate, why)
		t.cancel = nil
	}
}

// cancelNotConfirmed refuses a cancel that may be tried again, after a line on the
// timeline: the next try is then another request and not a repetition of this one.
func (t *transfer) cancelNotConfirmed(ctx workflow.Context, why string) error {
	err := t.note(ctx, "cancel_not_confirmed", false)
	t.refuseCancel(why)
	return err
}

func (t *transfer) validateResolve(ctx workflow.Context, in contract.ResolveInput) error {
	// Without a number an instruction may be on its way right now.
	taken := t.state.Status == remittance.Processing && t.state.RailRef != ""
	cash := t.cashIsOut()
	open := t.state.Status == remittance.Checking || (taken || cash) && t.state.NeedsAttention
	if !open || t.resolution != nil {
		return refuse(contract.ErrTypeTooLate, "its outcome is not in question")
	}
	if cash && !in.Executed && workflow.Now(ctx).Before(*t.state.Deadline) {
		return refuse(contract.ErrTypeTooLate, "its numbers can still be used at an ATM: cancel it, which ends them")
	}
	if in.Evidence == "" {
		return refuse(contract.ErrTypeInvalid, "evidence: say what you saw and where, as in \"bank statement 2026-11-20, item 12\"")
	}
	return nil
}

func (t *transfer) resolve(ctx workflow.Context, in contract.ResolveInput) (contract.State, error) {
	seen := t.state.Seq
	t.resolution = &in
	t.nudge()
	err := workflow.Await(ctx, func() bool { return t.state.Seq > seen && t.resolution == nil || !t.inQuestion() })
	switch {
	case err != nil:
	case t.resolution == &in: // the rail's own answer was on its way to the books
		t.resolution = nil
		err = refuse(contract.ErrTypeTooLate, "its outcome is not in question")
	default:
		err = t.unresolved
	}
	return t.state, err
}

// inQuestion reports whether a verdict will be looked at where it stands.
func (t *transfer) inQuestion() bool {
	return t.state.Status == remittance.Checking || t.state.Status == remittance.Processing || t.cashIsOut()
}
