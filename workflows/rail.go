package workflows

import (
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"soukin/activities"
	"soukin/contract"
	"soukin/remittance"
)

var counterparty *activities.Counterparty // method references only

// transfer is the part of a remittance that every pattern shares, whatever its
// rail: instruct, find out, wait until it is final.
type transfer struct {
	life
	way   contract.Way            // of the present instruction
	hints workflow.ReceiveChannel // the rail says that something changed
	funds workflow.ReceiveChannel

	instructedAt time.Time // when the money of this generation went in flight
	visibleAfter time.Time // from when "not found" means "never sent"
	executed     bool      // this generation was executed, so it ends as returned
	neverSent    bool      // proven for this generation's key
	provenBy     string    // the run whose enquiry proved it

	cancel     *cancelRequest
	resolution *contract.ResolveInput
	unresolved error // why the last resolution was not taken

	// reopen, if set, is the pattern's second chance for money that was refused or
	// came back: it keeps it held and makes the move, or reports false.
	reopen func(ctx workflow.Context, why contract.Rejection, postings ...contract.Posting) (bool, error)
}

func newTransfer(ctx workflow.Context, o contract.Order, way contract.Way) transfer {
	return transfer{
		life: newLife(ctx, o), way: way,
		funds: workflow.GetSignalChannel(ctx, contract.SignalFunds),
		hints: workflow.GetSignalChannel(ctx, contract.SignalRailNotice),
	}
}

// instructed starts the clocks of a generation.
func (t *transfer) instructed(ctx workflow.Context) {
	t.instructedAt = workflow.Now(ctx).UTC()
	t.visibleAfter = time.Time{}
	t.attentionAt = t.instructedAt.Add(t.way.Policy.AttentionAfter)
	t.executed, t.neverSent, t.provenBy = false, false, ""
}

// searchFromTheStart makes enquiries of a run that found its remittance open
// begin where the first instruction can have been sent.
func (t *transfer) searchFromTheStart() {
	if !t.state.OpenedAt.IsZero() && t.state.OpenedAt.Before(t.instructedAt) {
		t.instructedAt = t.state.OpenedAt
	}
}

// instruct is the step that gives the held money to the present way's rail.
func (t *transfer) instruct(by remittance.Actor, before ...contract.Posting) step {
	return step{to: remittance.Processing, reason: remittance.WaitsForRail, actor: by, fee: t.way.Fee,
		postings: append(before, contract.PostInstruct)}
}

// What the rail may have seen when an instruction ends without its answer, and
// what follows:
//
//	refused on the first attempt      nothing moved        money back to the hold
//	any other error, timeout, crash   unknown              checking
//	checking finds it                 taken                as the rail says
//	checking does not find it, yet    unknown              ask again
//	checking does not find it, late   nothing              the same key again
func (t *transfer) process(ctx workflow.Context) error {
	if t.state.RailRef != "" {
		return t.await(ctx)
	}
	if unsent, err := t.provenUnsent(ctx); err != nil {
		return err
	} else if unsent && t.cancel != nil {
		return t.endUnsent(ctx, remittance.Cancelled, contract.Rejection{Reason: remittance.CancelledByUs}, t.cancel.actor)
	}
	late := workflow.Now(ctx).Sub(t.instructedAt) > t.way.Policy.SubmitWindow
	if t.state.Inherited || late || t.cancel != nil {
		return t.doubt(ctx, nil) // somebody may have sent it; the rail may have forgotten the key
	}
	if t.resolution != nil { // it came while the move to this status was made
		return t.resolved(ctx, nil)
	}
	receipt, err := callNamed(withSubmit(ctx, t.way, "instruct "+who(t.way.Rail)), t.activities().Submit, counterparty.Submit, t.instruction(ctx))
	if rej, refused := rejection(err); refused {
		return t.refused(ctx, rej)
	}
	t.neverSent, t.provenBy = false, ""
	if err != nil {
		t.refuseCancel("its outcome is unknown; try again when it is known")
		return t.doubt(ctx, err)
	}
	t.state.RailRef = receipt.RailRef
	switch {
	case receipt.AwaitsApproval:
		return t.awaitsApproval(ctx)
	case receipt.Stage != contract.StageUnknown:
		return t.known(ctx, contract.RailState{Stage: receipt.Stage, RailRef: receipt.RailRef, FinalAfter: receipt.FinalAfter, Until: receipt.Until})
	}
	return nil
}

func (t *transfer) activities() contract.RailActivities { return contract.ActivitiesOf(t.way.Rail) }

func (t *transfer) instruction(ctx workflow.Context) contract.SubmitInput {
	in := contract.SubmitInput{Owner: owner(ctx), ProvenBy: t.provenBy, Key: t.key(), Amount: t.order.Amount, Account: t.state.Account,
		At: t.instructedAt, Form: t.way.Form}
	if t.way.Term > 0 {
		in.Until = t.instructedAt.Add(t.way.Term)
	}
	return in
}

func (t *transfer) awaitsApproval(ctx workflow.Context) error {
	_, err := t.move(ctx, step{to: remittance.Processing, reason: remittance.WaitsForApproval, actor: remittance.ActorRail, attention: t.state.NeedsAttention})
	return err
}

// provenUnsent is asked only for the sake of a cancel between the instruction
// on our books and the call: nothing can have left unless this run is a reset one.
func (t *transfer) provenUnsent(ctx workflow.Context) (bool, error) {
	if t.cancel == nil || t.state.Inherited || t.neverSent {
		return t.neverSent, nil
	}
	res, err := callLocal(withBooks(ctx, "is this the first run"), ledger.IsFirstRun, contract.OwnerInput{Owner: owner(ctx)})
	return res.FirstRun, err
}

// doubt goes to checking: from now on nothing is sent until the rail says what
// became of the instruction. Refused credentials are for an operator at once:
// no enquiry can succeed either.
func (t *transfer) doubt(ctx workflow.Context, why error) error {
	t.state.Inherited = false
	t.visibleAfter = workflow.Now(ctx).UTC().Add(t.way.Policy.VisibilityDelay)
	reason := remittance.WaitsForEnquiry
	lockedOut := credentialsRefused(why)
	if lockedOut {
		reason = remittance.CredentialsRefused
	}
	_, err := t.move(ctx, step{to: remittance.Checking, reason: reason, actor: remittance.ActorRail, deadline: t.attentionAt,
		attention: lockedOut || workflow.Now(ctx).After(t.attentionAt)})
	return err
}

// check enquires until the outcome is known, and asks an operator to look when
// that takes too long.
func (t *transfer) check(ctx workflow.Context) error {
	state, known, err := t.enquire(ctx, contract.UntilKnown, "find out what became of the instruction")
	if err != nil || t.outweighed(state, known) {
		return t.resolved(ctx, err)
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

// outweighed reports that an operator's verdict is to be taken. The rail's own
// word, once it is there, weighs more.
func (t *transfer) outweighed(s contract.RailState, known bool) bool {
	if known && s.Stage != contract.StageNotFound && t.resolution != nil {
		t.resolution = nil
		t.unresolved = refuse(contract.ErrTypeTooLate, who(t.way.Rail)+" shows it as "+string(s.Stage))
	}
	return t.resolution != nil
}

// callOff asks the rail to cancel. What the rail then says of the instruction
// decides, not the answer to the cancellation.
func (t *transfer) callOff(ctx workflow.Context) error {
	if t.cancel.asked {
		return nil
	}
	res, err := callNamed(withCancel(ctx, t.way, "call it off at "+who(t.way.Rail)), t.activities().Cancel, counterparty.Cancel, t.cancellation())
	switch {
	case err != nil:
		t.cancel.doubted = true
	case res.TooLate && !t.cancel.doubted:
		t.refuseCancel(who(t.way.Rail) + " no longer cancels it")
	default:
		t.cancel.asked, t.cancel.done = true, res.Done
	}
	return ctx.Err()
}

func (t *transfer) cancellation() contract.CancelInstructionInput {
	return contract.CancelInstructionInput{Key: t.key(), Amount: t.order.Amount, RailRef: t.state.RailRef, Form: t.way.Form}
}

// known makes the move that the rail's answer calls for.
func (t *transfer) known(ctx workflow.Context, s contract.RailState) error {
	if s.RailRef != "" {
		t.state.RailRef = s.RailRef
	}
	switch s.Stage {
	case contract.StageExecuted, contract.StageRecalling:
		if !t.recallable() {
			t.refuseCancel(who(t.way.Rail) + " has executed it")
		}
		t.executed = true
		t.attentionAt = s.FinalAfter.Add(t.way.Policy.AttentionAfter)
		_, err := t.move(ctx, step{to: remittance.Sent, reason: remittance.WaitsForFinality, code: s.Code, actor: remittance.ActorRail, deadline: *s.FinalAfter})
		return err
	case contract.StageSettled:
		return t.settled(ctx, s, remittance.ActorRail)
	case contract.StageIssued, contract.StageLocked:
		return t.issued(ctx, s)
	case contract.StageReturned:
		t.executed = true
		return t.cameBack(ctx, s)
	default: // not executed
		rej := contract.Rejection{Reason: s.Reason, Code: s.Code}
		if t.cancel != nil {
			rej.Reason = remittance.CancelledByUs
			return t.endUnsent(ctx, remittance.Cancelled, rej, t.cancel.actor)
		}
		return t.refused(ctx, rej)
	}
}

// issued records that ATM numbers are out: from now on the recipient decides when.
func (t *transfer) issued(ctx workflow.Context, s contract.RailState) error {
	reason := remittance.WaitsForWithdrawal
	if s.Stage == contract.StageLocked {
		reason = remittance.NumbersLocked
	}
	t.attentionAt = s.Until.Add(t.way.Policy.AttentionAfter)
	_, err := t.move(ctx, step{to: remittance.AwaitingRecipient, reason: reason, code: s.Code, actor: remittance.ActorRail, deadline: *s.Until})
	return err
}

// settled records that the recipient has the money for good.
func (t *transfer) settled(ctx workflow.Context, s contract.RailState, by remittance.Actor) error {
	t.refuseCancel("the recipient has the money")
	_, err := t.move(ctx, step{to: remittance.Paid, code: s.Code, actor: by, final: true,
		postings: []contract.Posting{contract.PostSettle, contract.PostFee}})
	return err
}

// recallable reports whether executed money can still be called off: a gift code
// that nobody has claimed, for some minutes.
func (t *transfer) recallable() bool { return t.way.Form == remittance.GiftCode }

// refused gives the money back to the hold, and waits for better details where
// they could help.
func (t *transfer) refused(ctx workflow.Context, rej contract.Rejection) error {
	if rej.Reason == remittance.ReasonNone {
		rej.Reason = remittance.RefusedByRail
	}
	if kept, err := t.secondChance(ctx, rej, contract.PostGiveBack); kept || err != nil {
		return err
	}
	return t.endUnsent(ctx, remittance.Failed, rej, remittance.ActorRail)
}

// cameBack takes in money that the rail had executed and returned. The attempt
// happened, so its fee is due.
func (t *transfer) cameBack(ctx workflow.Context, s contract.RailState) error {
	rej := contract.Rejection{Reason: s.Reason, Code: s.Code}
	if rej.Reason == remittance.ReasonNone {
		rej.Reason = remittance.NotCreditable
	}
	if kept, err := t.secondChance(ctx, rej, contract.PostGiveBack, contract.PostFee); kept || err != nil {
		return err
	}
	_, err := t.move(ctx, step{
		to: remittance.Returned, reason: rej.Reason, code: rej.Code, actor: remittance.ActorRail, final: true,
		postings: []contract.Posting{contract.PostGiveBack, contract.PostFee, contract.PostRelease},
	})
	return err
}

func (t *transfer) secondChance(ctx workflow.Context, why contract.Rejection, postings ...contract.Posting) (bool, error) {
	if t.cancel != nil || t.reopen == nil {
		return false, nil
	}
	return t.reopen(ctx, why, postings...)
}

func (t *transfer) endUnsent(ctx workflow.Context, to remittance.Status, rej contract.Rejection, by remittance.Actor) error {
	_, err := t.move(ctx, step{
		to: to, reason: rej.Reason, code: rej.Code, actor: by, final: true,
		postings: []contract.Posting{contract.PostGiveBack, contract.PostRelease},
	})
	return err
}

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
		t.refuseCancel("its outcome is unknown; try again")
		return nil
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
	f := workflow.ExecuteActivity(pollCtx, t.activities().Enquire, t.enquiry(until))
	answered := false
	t.listen(ctx, []workflow.ReceiveChannel{t.hints}).AddFuture(f, func(workflow.Future) { answered = true }).Select(ctx)
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

func (t *transfer) enquiry(until contract.EnquireUntil) contract.EnquireInput {
	return contract.EnquireInput{
		Key: t.key(), Amount: t.order.Amount, Account: t.state.Account, RailRef: t.state.RailRef,
		SubmittedAt: t.instructedAt, VisibleAfter: t.visibleAfter, Until: until, Form: t.way.Form,
		// Somebody's verdict is about to be taken: nothing may be executed by asking.
		LookOnly: t.resolution != nil && t.askedByRepeating(),
	}
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

// askedByRepeating reports whether the rail has no enquiry but the same request
// again, which executes it where it had not arrived.
func (t *transfer) askedByRepeating() bool { return t.way.Rail == remittance.RailAmazon }

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
