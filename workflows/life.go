package workflows

import (
	"fmt"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"soukin/activities"
	"soukin/contract"
	"soukin/remittance"
)

var ledger *activities.Ledger // method references only

// life is what every pattern shares: where the remittance stands, and the one
// way to change it.
type life struct {
	order   contract.Order
	state   contract.State
	opened  bool
	openErr error
	wake    workflow.Channel // a handler has left something for the main loop
	turn    workflow.Mutex   // one step at a time, each under its own number

	attentionAt time.Time // when an operator is asked to look
	opening     contract.OpenInput
}

func newLife(ctx workflow.Context, o contract.Order) life {
	return life{
		order: o,
		state: contract.State{Ref: o.Ref, Pattern: o.Pattern, Amount: o.Amount, Account: o.Account, Rail: o.Pattern.Rail()},
		wake:  workflow.NewBufferedChannel(ctx, 1),
		turn:  workflow.NewMutex(ctx),
	}
}

// key names the present instruction.
func (l *life) key() remittance.Key {
	return remittance.Key{Ref: l.order.Ref, Step: l.state.Rail.Step(), Generation: l.state.Generation}
}

// nudge tells the main loop to look again. One pending nudge is enough.
func (l *life) nudge() { l.wake.SendAsync(struct{}{}) }

// open records the order and, where the balance allows, takes and instructs
// the money at once.
func (l *life) open(ctx workflow.Context, fundingWindow time.Duration) error {
	return l.record(ctx, contract.OpenInput{FundingDeadline: workflow.Now(ctx).UTC().Add(fundingWindow)})
}

// openHeld is open for money whose destination the recipient will name.
func (l *life) openHeld(ctx workflow.Context, fundingWindow, recipientWindow time.Duration) error {
	now := workflow.Now(ctx).UTC()
	return l.record(ctx, contract.OpenInput{HoldOnly: true, FundingDeadline: now.Add(fundingWindow), RecipientDeadline: now.Add(recipientWindow)})
}

func (l *life) record(ctx workflow.Context, in contract.OpenInput) error {
	in.Order, in.At, in.Owner, in.Ways = l.order, workflow.Now(ctx).UTC(), owner(ctx), l.state.Ways
	l.opening = in
	state, err := callLocal(withBooks(ctx, "record the order and hold the money"), ledger.OpenRemittance, in)
	if err != nil {
		l.openErr = err
		return err
	}
	l.state = state
	if l.state.Rail == "" { // recorded before there were others
		l.state.Rail = l.order.Pattern.Rail()
	}
	l.opened = true
	return l.show(ctx)
}

// owner is the first run of this execution's chain: the same after a reset, so
// that books and bank can tell a reset run from the one that opened the order.
func owner(ctx workflow.Context) string {
	info := workflow.GetInfo(ctx)
	if info.FirstRunID == "" { // the in-memory test environment has only one run
		return info.WorkflowExecution.RunID
	}
	return info.FirstRunID
}

// step is a move in the words of a pattern; life fills in the rest.
type step struct {
	to        remittance.Status
	reason    remittance.Reason
	actor     remittance.Actor
	code      string
	deadline  time.Time
	attention bool
	final     bool
	evidence  string
	note      string
	postings  []contract.Posting
	fee       remittance.Yen // of the instruction that the step makes
}

// move commits a step with its postings. A hold that the balance does not
// cover changes nothing and reports the shortfall.
//
// When the books refuse the step, see adopt.
func (l *life) move(ctx workflow.Context, s step) (remittance.Yen, error) {
	if err := l.turn.Lock(ctx); err != nil {
		return 0, err
	}
	defer l.turn.Unlock()
	return l.commit(ctx, s)
}

// note adds a line to the timeline and changes nothing else, except that it may
// ask for attention.
func (l *life) note(ctx workflow.Context, what string, attention bool) error {
	if err := l.turn.Lock(ctx); err != nil {
		return err
	}
	defer l.turn.Unlock()
	s := step{to: l.state.Status, reason: l.state.Reason, actor: remittance.ActorSystem, code: l.state.Code,
		attention: l.state.NeedsAttention || attention, final: l.state.Final, note: what}
	if l.state.Deadline != nil {
		s.deadline = *l.state.Deadline
	}
	_, err := l.commit(ctx, s)
	return err
}

func (l *life) commit(ctx workflow.Context, s step) (remittance.Yen, error) {
	m := contract.Move{
		Ref: l.order.Ref, Seq: l.state.Seq + 1, From: l.state.Status, To: s.to,
		Reason: s.reason, Actor: s.actor, At: workflow.Now(ctx).UTC(), Final: s.final,
		Generation: l.state.Generation, Account: l.state.Account, RailRef: l.state.RailRef,
		Code: s.code, NeedsAttention: s.attention, Evidence: s.evidence, Note: s.note, Postings: s.postings,
		Rail: l.state.Rail, Fee: s.fee, Ways: l.state.Ways,
	}
	if !s.deadline.IsZero() {
		d := s.deadline.UTC()
		m.Deadline = &d
	}
	res, err := callLocal(withBooks(ctx, fmt.Sprintf("%s → %s", m.From, m.To)), ledger.MoveRemittance, m)
	if err != nil {
		return 0, l.adopt(ctx, err)
	}
	if res.Shortfall > 0 {
		l.state.Shortfall = res.Shortfall
		return res.Shortfall, nil
	}
	l.state.Seq, l.state.Status, l.state.Reason, l.state.Code = m.Seq, m.To, m.Reason, m.Code
	l.state.Deadline, l.state.NeedsAttention, l.state.Final = m.Deadline, m.NeedsAttention, m.Final
	l.state.Shortfall = 0
	l.follow(m)
	return 0, l.show(ctx)
}

// follow keeps track of whether a rail may pay it.
func (l *life) follow(m contract.Move) {
	for _, p := range m.Postings {
		switch p {
		case contract.PostInstruct:
			l.state.InFlight, l.state.Instructed = true, m.Generation
		case contract.PostGiveBack, contract.PostSettle:
			l.state.InFlight = false
		}
	}
}

// cashIsOut reports whether ATM numbers are out.
func (l *life) cashIsOut() bool {
	return l.state.Status == remittance.AwaitingRecipient && l.state.InFlight
}

// adopt continues from what the books hold when they refuse a step. A worker
// may have died after committing a step and before Temporal knew of it; the
// task that runs again may have seen a message meanwhile and chosen another
// step under the same number. What was committed first stands: nothing else
// can have been sent in between. Where that is not the explanation, the
// workflow and the books disagree about money, and it halts.
func (l *life) adopt(ctx workflow.Context, cause error) error {
	state, err := callLocal(withBooks(ctx, "read the step that stands"), ledger.OpenRemittance, l.opening)
	if err != nil || state.Inherited || state.Seq != l.state.Seq+1 {
		return l.halt(ctx, cause)
	}
	l.state = state
	return l.show(ctx)
}

// halt parks a remittance whose books refuse a step. It stays open, marked for
// attention; after the cause is mended an operator resets the workflow to the
// step before.
func (l *life) halt(ctx workflow.Context, cause error) error {
	workflow.GetLogger(ctx).Error("books refused a step", "seq", l.state.Seq+1, "error", cause)
	l.state.NeedsAttention = true
	if err := l.show(ctx); err != nil {
		return err
	}
	return workflow.Await(ctx, func() bool { return false })
}

// show publishes the state to operators: search attributes for lists, details
// for the page of one remittance.
func (l *life) show(ctx workflow.Context) error {
	s := l.state
	updates := []temporal.SearchAttributeUpdate{
		contract.AttrStatus.ValueSet(string(s.Status)),
		contract.AttrNeedsAttention.ValueSet(s.NeedsAttention),
		setOrUnset(contract.AttrReason, s.Reason),
		setOrUnset(contract.AttrWaitsFor, s.WaitsFor()),
	}
	// A rail has no deadline of its own: until then it is waited for, and then an
	// operator is asked.
	if s.Deadline == nil && s.Status == remittance.Processing && !s.NeedsAttention && !l.attentionAt.IsZero() {
		s.Deadline = &l.attentionAt
	}
	if s.Deadline != nil {
		updates = append(updates, contract.AttrDeadline.ValueSet(*s.Deadline))
	} else {
		updates = append(updates, contract.AttrDeadline.ValueUnset())
	}
	if s.Pattern == remittance.Choice {
		updates = append(updates, setOrUnset(contract.AttrRail, s.Rail))
	}
	workflow.SetCurrentDetails(ctx, details(s))
	return workflow.UpsertTypedSearchAttributes(ctx, updates...)
}

func setOrUnset[T ~string](k temporal.SearchAttributeKeyKeyword, v T) temporal.SearchAttributeUpdate {
	if v == "" {
		return k.ValueUnset()
	}
	return k.ValueSet(string(v))
}

// pause waits until the instant, or until anything happens that the main loop
// should look at. It reports whether the instant has come.
func (l *life) pause(ctx workflow.Context, until time.Time, why string, hints ...workflow.ReceiveChannel) bool {
	left := until.Sub(workflow.Now(ctx))
	if left <= 0 {
		return true
	}
	timerCtx, cancel := workflow.WithCancel(ctx)
	defer cancel()
	come := false
	timer := workflow.NewTimerWithOptions(timerCtx, left, workflow.TimerOptions{Summary: why})
	l.listen(ctx, hints).AddFuture(timer, func(workflow.Future) { come = true }).Select(ctx)
	return come
}

// listen is a selector that wakes on nudges and hints, whatever they carry.
func (l *life) listen(ctx workflow.Context, hints []workflow.ReceiveChannel) workflow.Selector {
	sel := workflow.NewSelector(ctx)
	for _, ch := range append([]workflow.ReceiveChannel{l.wake}, hints...) {
		sel.AddReceive(ch, func(c workflow.ReceiveChannel, _ bool) {
			for c.ReceiveAsync(nil) {
			}
		})
	}
	return sel
}
