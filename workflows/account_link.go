package workflows

import (
	"time"

	"go.temporal.io/sdk/workflow"

	"soukin/contract"
	"soukin/remittance"
)

// AccountLink sends money to an account that the recipient names through a link.
//
//	Starts when  an order has been validated; the recipient's contact is in the vault.
//	Messages     updates accept, designate, decline, resend, extend,
//	             change-contact, cancel, resolve; query status; signals
//	             funds-arrived, rail-notice (hints only).
//	Timers       funding deadline, reminders, the recipient's deadline, finality window.
//	Effects      as BankTransfer, with a generation for each designated account;
//	             notices by mail and SMS, whose failure never fails the remittance.
//	Ends as      paid, returned, failed, cancelled, expired. The execution fails
//	             only when its id is taken by another order.
//	Versioning   auto-upgrade: a link may be open for weeks.
//
// Claim, cancel and expiry race here and nowhere else: the first one that the
// workflow takes wins, and the others are told.
func AccountLink(ctx workflow.Context, in contract.LinkInput) (contract.State, error) {
	l := &accountLink{transfer: newTransfer(ctx, in.Order, in.Policy), terms: in.Link}
	l.reopen = l.reopenLink
	l.outbox = newOutbox(ctx, &l.transfer.life)
	if err := l.setup(ctx); err != nil {
		return l.state, err
	}
	work, _ := workflow.NewDisconnectedContext(ctx)
	if err := l.run(work); err != nil {
		return l.state, err
	}
	return l.state, workflow.Await(work, func() bool { return l.outbox.empty() && workflow.AllHandlersFinished(work) })
}

type accountLink struct {
	transfer
	terms  contract.LinkTerms
	outbox *outbox

	designation *contract.DesignateInput
	declined    bool
	reopens     int
	reminded    int // reminders sent for the present deadline
}

func (l *accountLink) run(ctx workflow.Context) error {
	l.instructed(ctx)
	if err := l.openHeld(ctx, l.policy.FundingWindow, l.terms.Window); err != nil {
		return err
	}
	l.searchFromTheStart()
	if l.state.Status == remittance.AwaitingRecipient {
		l.tell(contract.NoticeLink)
	}
	for !l.state.Final {
		if err := l.advance(ctx); err != nil {
			return err
		}
	}
	l.tellEnd()
	return nil
}

func (l *accountLink) advance(ctx workflow.Context) error {
	switch l.state.Status {
	case remittance.AwaitingFunds:
		return l.awaitFunds(ctx)
	case remittance.AwaitingRecipient:
		return l.awaitRecipient(ctx)
	case remittance.Processing:
		return l.process(ctx)
	case remittance.Checking:
		return l.check(ctx)
	default: // sent
		return l.awaitFinality(ctx)
	}
}

// awaitFunds holds the money and opens the link: nobody is asked for an account
// before there is something to send.
func (l *accountLink) awaitFunds(ctx workflow.Context) error {
	look, err := l.lookForFunds(ctx)
	if err != nil || !look {
		return err
	}
	short, err := l.move(ctx, step{
		to: remittance.AwaitingRecipient, reason: remittance.WaitsForRecipient, actor: remittance.ActorSystem,
		deadline: workflow.Now(ctx).Add(l.terms.Window), postings: []contract.Posting{contract.PostHold},
	})
	if err == nil && short == 0 {
		l.tell(contract.NoticeLink)
	}
	return err
}

// awaitRecipient waits for the recipient's word, with reminders, until the
// deadline. What was asked for first is carried out.
func (l *accountLink) awaitRecipient(ctx workflow.Context) error {
	release := []contract.Posting{contract.PostRelease}
	deadline := *l.state.Deadline
	switch {
	case l.designation != nil:
		return l.designated(ctx)
	case l.cancel != nil:
		_, err := l.move(ctx, step{to: remittance.Cancelled, reason: remittance.CancelledByUs, actor: l.cancel.actor, final: true, postings: release})
		return err
	case l.declined:
		_, err := l.move(ctx, step{to: remittance.Cancelled, reason: remittance.DeclinedReason, actor: remittance.ActorRecipient, final: true, postings: release})
		return err
	case !workflow.Now(ctx).Before(deadline):
		_, err := l.move(ctx, step{to: remittance.Expired, reason: l.expiryReason(), actor: remittance.ActorSystem, final: true, postings: release})
		return err
	}
	next, reminder := l.nextReminder(workflow.Now(ctx), deadline)
	why := "the recipient's deadline"
	if reminder {
		why = "reminds the recipient"
	}
	if l.pause(ctx, next, why) && reminder {
		l.tell(contract.NoticeReminder)
	}
	return nil
}

// expiryReason tells a link that was never used from one whose account could
// not be credited.
func (l *accountLink) expiryReason() remittance.Reason {
	if l.state.Reason == remittance.WaitsForRecipient {
		return remittance.RecipientDeadline
	}
	return l.state.Reason
}

// nextReminder gives the next instant to wait for. Reminders whose time has
// passed already (a short window, an extension) are left out.
func (l *accountLink) nextReminder(now, deadline time.Time) (time.Time, bool) {
	for l.reminded < len(l.terms.Reminders) {
		at := deadline.Add(-l.terms.Reminders[l.reminded])
		l.reminded++
		if at.After(now) {
			return at, true
		}
	}
	return deadline, false
}

func (l *accountLink) designated(ctx workflow.Context) error {
	if l.state.Account != "" { // its instruction is over and confirmed; the next one is another
		l.state.Generation++
	}
	l.state.Account, l.state.RailRef = l.designation.Account, ""
	l.instructed(ctx)
	_, err := l.move(ctx, step{
		to: remittance.Processing, reason: remittance.WaitsForRail, actor: remittance.ActorRecipient,
		postings: []contract.Posting{contract.PostInstruct},
	})
	if err != nil || l.state.Status == remittance.AwaitingRecipient {
		return err // another step was adopted: the designation is still to be carried out
	}
	l.designation = nil
	return nil
}

// reopenLink gives the recipient another try with the reason, under the same hold.
func (l *accountLink) reopenLink(ctx workflow.Context, why contract.Rejection, postings ...contract.Posting) (bool, error) {
	if l.reopens >= l.terms.MaxReopens {
		return false, nil
	}
	l.reopens++
	l.reminded = 0
	_, err := l.move(ctx, step{
		to: remittance.AwaitingRecipient, reason: why.Reason, code: why.Code, actor: remittance.ActorRail,
		deadline: workflow.Now(ctx).Add(l.terms.ReopenWindow), postings: postings,
	})
	if err == nil {
		l.tell(contract.NoticeReopened)
	}
	return true, err
}

func (l *accountLink) tell(kind contract.NoticeKind) { l.outbox.put(l.notice(kind)) }

func (l *accountLink) notice(kind contract.NoticeKind) contract.NoticeInput {
	return contract.NoticeInput{Ref: l.order.Ref, Kind: kind, Contact: l.terms.Contact, Amount: l.order.Amount,
		Deadline: l.state.Deadline, Reason: l.state.Reason}
}

func (l *accountLink) tellEnd() {
	if l.outbox.count == 0 {
		return // they never heard of it
	}
	switch {
	case l.state.Status == remittance.Paid:
		l.tell(contract.NoticePaid)
	case l.state.Status == remittance.Cancelled && l.state.Reason == remittance.DeclinedReason:
		// They ended it themselves.
	case l.state.Status == remittance.Expired:
		l.tell(contract.NoticeExpired)
	case l.state.Status == remittance.Cancelled:
		l.tell(contract.NoticeCancelled)
	default:
		l.tell(contract.NoticeReturned)
	}
}
