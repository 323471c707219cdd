package workflows

import (
	"slices"
	"time"

	"go.temporal.io/sdk/workflow"

	"soukin/contract"
	"soukin/remittance"
)

// linked is what every pattern whose recipient has a page shares: the link, its
// deadline and reminders, the ways it offers, and what follows when one fails.
type linked struct {
	transfer
	ways   []contract.Way
	terms  contract.LinkTerms
	outbox *outbox

	designation *contract.DesignateInput
	declined    bool
	reopens     int
	reminded    int // reminders sent for the present deadline

	reissue  *reissueRequest
	reissues int // of the present numbers
	unended  int // rounds in which the network did not say that the numbers are over
}

func runLinked(ctx workflow.Context, in contract.LinkInput) (contract.State, error) {
	l := newLinked(ctx, in)
	if err := l.setup(ctx); err != nil {
		return l.state, err
	}
	work, _ := workflow.NewDisconnectedContext(ctx)
	if err := l.run(work); err != nil {
		return l.state, err
	}
	return l.state, workflow.Await(work, func() bool { return l.outbox.empty() && workflow.AllHandlersFinished(work) })
}

func newLinked(ctx workflow.Context, in contract.LinkInput) *linked {
	ways := in.Ways
	if len(ways) == 0 { // an order from before there were others
		ways = []contract.Way{{Rail: remittance.RailBank, Fee: in.Order.Fee, Policy: in.Policy}}
	}
	l := &linked{transfer: newTransfer(ctx, in.Order, ways[0]), ways: ways, terms: in.Link}
	for _, w := range ways {
		l.state.Ways = append(l.state.Ways, w.Rail)
	}
	l.reopen = l.reopenLink
	l.outbox = newOutbox(ctx, &l.transfer.life)
	return l
}

// asksFirst reports whether the recipient has to say something before a rail is
// instructed. Cash alone needs no word: the numbers go out at once.
func (l *linked) asksFirst() bool { return l.order.Pattern != remittance.ATMCash }

func (l *linked) run(ctx workflow.Context) error {
	l.instructed(ctx)
	if err := l.begin(ctx); err != nil {
		return err
	}
	l.searchFromTheStart()
	if l.state.Status == remittance.AwaitingRecipient {
		l.tell(l.invitation())
	}
	for !l.state.Final {
		l.followWay()
		before := l.cashIsOut()
		if err := l.advance(ctx); err != nil {
			return err
		}
		if !before && l.cashIsOut() {
			l.reminded = 0
			l.tell(contract.NoticeNumbers)
		}
	}
	l.tellEnd()
	return nil
}

func (l *linked) begin(ctx workflow.Context) error {
	if l.asksFirst() {
		return l.openHeld(ctx, l.way.Policy.FundingWindow, l.terms.Window)
	}
	return l.open(ctx, l.way.Policy.FundingWindow)
}

// followWay keeps the way that of the books' instruction, whoever made it.
func (l *linked) followWay() {
	if w, ok := l.wayBy(l.state.Rail); ok && l.way.Rail != l.state.Rail {
		l.way = w
	}
}

func (l *linked) wayBy(r remittance.Rail) (contract.Way, bool) {
	i := slices.IndexFunc(l.ways, func(w contract.Way) bool { return w.Rail == r })
	if i < 0 {
		return contract.Way{}, false
	}
	return l.ways[i], true
}

func (l *linked) advance(ctx workflow.Context) error {
	switch l.state.Status {
	case remittance.AwaitingFunds:
		return l.awaitFunds(ctx)
	case remittance.AwaitingRecipient:
		if l.cashIsOut() {
			return l.awaitCash(ctx)
		}
		return l.awaitRecipient(ctx)
	case remittance.Processing:
		return l.process(ctx)
	case remittance.Checking:
		return l.check(ctx)
	default: // sent
		return l.awaitFinality(ctx)
	}
}

// awaitFunds holds the money and opens the link: nobody is asked before there is
// something to send. Cash is instructed in the same step.
func (l *linked) awaitFunds(ctx workflow.Context) error {
	look, err := l.lookForFunds(ctx)
	if err != nil || !look {
		return err
	}
	if !l.asksFirst() {
		l.instructed(ctx)
		_, err := l.move(ctx, l.instruct(remittance.ActorSystem, contract.PostHold))
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
func (l *linked) awaitRecipient(ctx workflow.Context) error {
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

// expiryReason tells a link that was never used from one whose way failed.
func (l *linked) expiryReason() remittance.Reason {
	if l.state.Reason == remittance.WaitsForRecipient {
		return remittance.RecipientDeadline
	}
	return l.state.Reason
}

// nextReminder gives the next instant to wait for. Reminders whose time has
// passed already (a short window, an extension) are left out.
func (l *linked) nextReminder(now, deadline time.Time) (time.Time, bool) {
	for l.reminded < len(l.terms.Reminders) {
		at := deadline.Add(-l.terms.Reminders[l.reminded])
		l.reminded++
		if at.After(now) {
			return at, true
		}
	}
	return deadline, false
}

// designated instructs the way that was chosen. Its details are set inside the
// turn: a note written before them would be about an instruction that is not.
func (l *linked) designated(ctx workflow.Context) error {
	if err := l.turn.Lock(ctx); err != nil {
		return err
	}
	defer l.turn.Unlock()
	way, _ := l.wayBy(l.railOf(*l.designation)) // the validator knows it
	if l.state.Account != "" || l.state.Instructed > 0 {
		l.state.Generation++ // the instruction before is over and confirmed; this is another
	}
	l.way = way
	l.state.Rail, l.state.Account, l.state.RailRef = way.Rail, l.designation.Account, ""
	l.reissue, l.reissues, l.unended = nil, 0, 0
	l.instructed(ctx)
	_, err := l.commit(ctx, l.instruct(remittance.ActorRecipient))
	if err != nil || l.state.Status == remittance.AwaitingRecipient {
		return err // another step was adopted: the designation is still to be carried out
	}
	l.designation = nil
	return nil
}

// railOf is the way of a designation; one that names none is for the only way.
func (l *linked) railOf(d contract.DesignateInput) remittance.Rail {
	if d.Rail == "" {
		return l.ways[0].Rail
	}
	return d.Rail
}

// reopenLink gives the recipient another try with the reason, under the same hold.
func (l *linked) reopenLink(ctx workflow.Context, why contract.Rejection, postings ...contract.Posting) (bool, error) {
	left := l.remaining(why.Reason)
	if len(left) == 0 || l.reopens >= l.terms.MaxReopens {
		return false, nil
	}
	l.reopens++
	l.reminded = 0
	l.state.Ways = left
	_, err := l.move(ctx, step{
		to: remittance.AwaitingRecipient, reason: why.Reason, code: why.Code, actor: remittance.ActorRail,
		deadline: workflow.Now(ctx).Add(l.terms.ReopenWindow), postings: postings,
	})
	if err == nil {
		l.tell(contract.NoticeReopened)
	}
	return true, err
}

// remaining gives the ways that can still succeed after the present one failed
// for a reason, as far as the merchant's policy offers them.
func (l *linked) remaining(why remittance.Reason) []remittance.Rail {
	if l.terms.Fallback == contract.FallbackNone {
		return nil
	}
	open := l.state.Ways
	if len(open) == 0 { // a remittance from before there were others
		open = []remittance.Rail{l.way.Rail}
	}
	var left []remittance.Rail
	for _, r := range open {
		same := r == l.way.Rail
		if same && why.Correctable() || !same && l.terms.Fallback != contract.FallbackSame {
			left = append(left, r)
		}
	}
	return left
}

// invitation is the first notice: to name something, or to go to an ATM.
func (l *linked) invitation() contract.NoticeKind {
	if l.cashIsOut() {
		return contract.NoticeNumbers
	}
	return contract.NoticeLink
}

func (l *linked) tell(kind contract.NoticeKind) { l.outbox.put(l.notice(kind)) }

func (l *linked) notice(kind contract.NoticeKind) contract.NoticeInput {
	return contract.NoticeInput{Ref: l.order.Ref, Kind: kind, Contact: l.terms.Contact, Amount: l.order.Amount,
		Deadline: l.state.Deadline, Reason: l.state.Reason, Rail: l.state.Rail, Form: l.formOf(l.state.Rail)}
}

func (l *linked) formOf(r remittance.Rail) remittance.GiftForm {
	w, _ := l.wayBy(r)
	return w.Form
}

func (l *linked) tellEnd() {
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
