package workflows

import (
	"time"

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
