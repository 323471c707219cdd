package workflows

import (
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"soukin/contract"
	"soukin/remittance"
)

// check enquires until the outcome is known, and asks an operator to look when
// that takes too long.
func (t *transfer) check(ctx workflow.Context) error {
	state, known, err := t.enquire(ctx, contract.UntilKnown, "find out what became of the instruction")
	if err != nil || t.outweighed(state, known) {
		return t.resolved(ctx, err)
	}
	if known && state.Stage == contract.StageNotExecuted && t.askedByRepeating() {
		if state, known, err = t.askAfterSilence(ctx); err != nil {
			return err
		}
	}
	if !known {
		return t.attend(ctx)
	}
	if state.Stage == contract.StageNotFound {
		// Proof that the key was never used, so the window for it starts anew.
		t.neverSent, t.provenBy, t.instructedAt = true, state.AskedBy, workflow.Now(ctx).UTC()
		_, err := t.move(ctx, step{to: remittance.Processing, reason: remittance.WaitsForRail, actor: remittance.ActorRail,
			attention: t.instructedAt.After(t.attentionAt)})
		return err
	}
	return t.known(ctx, state)
}

// await follows an instruction that the rail has taken.
func (t *transfer) await(ctx workflow.Context) error {
	if t.cancel != nil {
		if err := t.callOff(ctx); err != nil {
			return err
		}
	}
	until := contract.UntilNews
	if t.state.Reason == remittance.WaitsForApproval {
		until = contract.UntilKnown
	}
	state, known, err := t.enquire(ctx, until, "wait for "+who(t.way.Rail)+" to execute it")
	if err != nil || t.outweighed(state, known) {
		return t.resolved(ctx, err)
	}
	if !known || state.Stage == contract.StageNotFound { // it gave us a number for it: not found is for a person to settle
		return t.attend(ctx)
	}
	if state.Stage == contract.StageApproval {
		return t.awaitsApproval(ctx)
	}
	return t.known(ctx, state)
}

// enquire polls under the present instruction until the answer is known, a
// nudge arrives, or it is time to ask an operator.
func (t *transfer) enquire(ctx workflow.Context, until contract.EnquireUntil, why string) (contract.RailState, bool, error) {
	patience := t.attentionAt.Sub(workflow.Now(ctx))
	if patience <= 0 {
		patience = t.way.Policy.AttentionAfter // an operator knows by now; keep asking
	}
	return t.poll(ctx, until, t.way.Policy.EnquireEvery, patience, why)
}

// poll reports false when the asking ended without an answer: cancelled by a
// nudge, out of time, or out of retries. None of these says anything about the
// money.
func (t *transfer) poll(ctx workflow.Context, until contract.EnquireUntil, every, patience time.Duration, why string) (contract.RailState, bool, error) {
	pollCtx, stop := workflow.WithCancel(withEnquiry(ctx, t.way, every, patience, why))
	defer stop()
	f := workflow.ExecuteActivity(pollCtx, t.activities().Enquire, t.enquiry(ctx, until))
	answered := false
	t.listen(ctx, []workflow.ReceiveChannel{t.hints}).AddFuture(f, func(workflow.Future) { answered = true }).Select(ctx)
	if !answered && t.resolution != nil && t.askedByRepeating() {
		return t.lastWord(ctx, f, stop)
	}
	if !answered {
		return contract.RailState{}, false, nil
	}
	state, err := result[contract.RailState](ctx, f)
	if err == nil {
		return state, true, nil
	}
	if temporal.IsCanceledError(ctx.Err()) {
		return contract.RailState{}, false, ctx.Err()
	}
	return contract.RailState{}, false, t.breathe(ctx, every)
}

// lastWord ends an asking for the sake of a verdict and hears what is under way: it
// may have executed the instruction this very moment.
func (t *transfer) lastWord(ctx workflow.Context, f workflow.Future, stop func()) (contract.RailState, bool, error) {
	stop()
	state, err := result[contract.RailState](ctx, f)
	if err != nil { // called off between two askings, or without an answer
		return contract.RailState{}, false, ctx.Err()
	}
	return state, true, nil
}

func (t *transfer) enquiry(ctx workflow.Context, until contract.EnquireUntil) contract.EnquireInput {
	in := contract.EnquireInput{
		Key: t.key(), Amount: t.order.Amount, Account: t.state.Account, RailRef: t.state.RailRef,
		SubmittedAt: t.instructedAt, VisibleAfter: t.visibleAfter, Until: until, Form: t.way.Form,
		// Somebody's verdict is about to be taken: nothing may be executed by asking.
		LookOnly: t.resolution != nil && t.askedByRepeating(),
	}
	if t.askedByRepeating() && in.RailRef == "" {
		in.Owner = owner(ctx)
	}
	return in
}

// askedByRepeating reports whether the rail has no enquiry but the same request
// again, which executes it where it had not arrived.
func (t *transfer) askedByRepeating() bool { return t.way.Rail == remittance.RailAmazon }

// askAfterSilence asks once more where asking is sending: an asking before the one
// that was refused may have lost its answer and still be under way. Nothing is
// sent until that one would show, and then once, so that a refusal is about all.
func (t *transfer) askAfterSilence(ctx workflow.Context) (contract.RailState, bool, error) {
	silence := workflow.NewTimerWithOptions(ctx, t.way.Policy.VisibilityDelay, workflow.TimerOptions{Summary: "let every asking end before the refusal counts"})
	if err := silence.Get(ctx, nil); err != nil {
		return contract.RailState{}, false, err
	}
	state, answered, err := t.poll(ctx, contract.UntilAny, t.way.Policy.EnquireEvery, lastLook, "ask once more whether it is refused")
	return state, answered && state.Stage != contract.StageUnknown, err
}

// breathe keeps a failing enquiry from turning into a busy loop of new ones.
func (t *transfer) breathe(ctx workflow.Context, d time.Duration) error {
	t.pause(ctx, workflow.Now(ctx).Add(d), "asks again", t.hints)
	return ctx.Err()
}

// attend marks the remittance for an operator, once, when its time has come.
func (t *transfer) attend(ctx workflow.Context) error {
	if t.state.NeedsAttention || workflow.Now(ctx).Before(t.attentionAt) {
		return nil
	}
	_, err := t.move(ctx, step{to: t.state.Status, reason: remittance.WaitsForOperator, actor: remittance.ActorSystem, attention: true})
	return err
}
