package workflows

import (
	"time"

	"go.temporal.io/sdk/workflow"

	"soukin/contract"
	"soukin/remittance"
)

// awaitCash follows ATM numbers that are out. The money is in flight: the
// network may pay it at any instant, so nothing is released before the network
// itself says that the numbers are over.
//
//	what we do or hear                  what the network may have done     what follows
//	a notice, or nothing for a while    anything                           enquire; its answer decides
//	numbers end, or somebody cancels    paid out a moment before           ask it to end them, then enquire:
//	                                                                       withdrawn is paid, over is released
//	its answer to that is lost          ended them or not                  the same, until an enquiry tells
//	the cancel is refused               is paying out, or has              enquire; still issued: try again
func (l *linked) awaitCash(ctx workflow.Context) error {
	now, deadline := workflow.Now(ctx), *l.state.Deadline
	switch {
	case l.resolution != nil:
		return l.resolved(ctx, nil)
	case l.cancel != nil:
		return l.endCash(ctx, step{to: remittance.Cancelled, reason: remittance.CancelledByUs, actor: l.cancel.actor})
	case l.reissue != nil:
		return l.reissueNumbers(ctx)
	case !now.Before(deadline):
		return l.endCash(ctx, step{to: remittance.Expired, reason: remittance.RecipientDeadline, actor: remittance.ActorSystem})
	case l.state.Reason == remittance.NumbersLocked && l.leadsElsewhere():
		return l.endCash(ctx, step{to: remittance.AwaitingRecipient, reason: remittance.NumbersLocked, actor: remittance.ActorRail})
	}
	next, reminder := l.nextReminder(now, deadline)
	until := contract.UntilWithdrawn
	if l.state.Reason == remittance.NumbersLocked {
		until = contract.UntilOver
	}
	state, answered, due, err := l.watch(ctx, until, next)
	if reminder && !due {
		l.reminded-- // something else came first: it is still to be sent
	}
	switch {
	case err != nil:
		return err
	case answered:
		return l.cashMoved(ctx, state)
	case due && reminder:
		l.tell(contract.NoticeReminder)
	}
	return nil
}

// leadsElsewhere reports whether locked numbers are given up for another way.
func (l *linked) leadsElsewhere() bool {
	return l.reopens < l.terms.MaxReopens && len(l.remaining(remittance.NumbersLocked)) > 0
}

// cashMoved takes in what the network says of the numbers.
func (l *linked) cashMoved(ctx workflow.Context, s contract.RailState) error {
	switch {
	case s.Stage == contract.StageLocked:
		if err := l.issued(ctx, s); err != nil || l.leadsElsewhere() {
			return err
		}
		l.tell(contract.NoticeLocked)
		return nil
	case s.Stage == contract.StageNotExecuted && s.Reason == remittance.RecipientDeadline:
		return l.cashOver(ctx, step{to: remittance.Expired, reason: remittance.RecipientDeadline, actor: remittance.ActorRail}, s)
	case s.Stage == contract.StageNotExecuted && s.Reason == remittance.CancelledByUs:
		// An earlier cancel got through although its answer did not.
		return l.cashOver(ctx, step{to: remittance.Cancelled, reason: remittance.CancelledByUs, actor: remittance.ActorRail}, s)
	}
	return l.known(ctx, s)
}

// endCash asks the network to end the numbers and then what became of them.
func (l *linked) endCash(ctx workflow.Context, end step) error {
	if _, err := callNamed(withCancel(ctx, l.way, "end the numbers at "+who(l.way.Rail)), l.activities().Cancel, counterparty.Cancel, l.cancellation()); err != nil {
		workflow.GetLogger(ctx).Warn("the network's answer to the cancel is not known", "error", err)
	}
	state, answered, err := l.askAfterCancel(ctx)
	switch {
	case err != nil:
		return err
	case answered && state.Stage == contract.StageNotExecuted:
		return l.cashOver(ctx, end, state)
	case answered && state.Stage == contract.StageSettled:
		return l.known(ctx, state)
	case end.to == remittance.Cancelled:
		return l.cancelNotConfirmed(ctx, "the ATM is paying it out, or "+who(l.way.Rail)+" cannot be reached; try again")
	case l.cancel != nil:
		return nil // it came meanwhile, and is carried out next
	}
	if workflow.Now(ctx).After(l.attentionAt) && !l.state.NeedsAttention {
		if err := l.note(ctx, "numbers_not_ended", true); err != nil {
			return err
		}
	}
	// Ever slower, so that a network that is away for weeks does not fill the history.
	pace := min(l.way.Policy.EnquireEvery<<min(l.unended, 10), max(l.way.Policy.WatchEvery, l.way.Policy.EnquireEvery))
	l.unended++
	return l.breathe(ctx, pace)
}

// askAfterCancel asks what became of the numbers, whatever wakes it meanwhile: the
// network's own notice of their end must not pass for no answer.
func (l *linked) askAfterCancel(ctx workflow.Context) (state contract.RailState, answered bool, err error) {
	until := workflow.Now(ctx).Add(cancelPatience)
	for left := cancelPatience; left > 0 && !answered && err == nil; left = until.Sub(workflow.Now(ctx)) {
		state, answered, err = l.poll(ctx, contract.UntilAny, l.way.Policy.EnquireEvery, left, "what became of the numbers")
	}
	return state, answered, err
}

// cashOver gives back what nobody can withdraw any more.
func (l *linked) cashOver(ctx workflow.Context, end step, s contract.RailState) error {
	if end.to == remittance.AwaitingRecipient {
		if kept, err := l.secondChance(ctx, contract.Rejection{Reason: end.reason, Code: s.Code}, contract.PostGiveBack); kept || err != nil {
			return err
		}
		end.to = remittance.Failed // nothing else is open
		if l.cancel != nil {
			end.to, end.reason, end.actor = remittance.Cancelled, remittance.CancelledByUs, l.cancel.actor
		}
	}
	end.code, end.final, end.postings = s.Code, true, []contract.Posting{contract.PostGiveBack, contract.PostRelease}
	_, err := l.move(ctx, end)
	return err
}

// watch enquires at the slow pace until the answer ends it, a hint arrives, or an
// instant has come.
func (l *linked) watch(ctx workflow.Context, until contract.EnquireUntil, instant time.Time) (state contract.RailState, answered, due bool, err error) {
	left, every := instant.Sub(workflow.Now(ctx)), l.way.Policy.WatchEvery
	// An activity whose next attempt would be too late ends at once, so its time goes
	// on past the instant that ends it.
	watchCtx, stop := workflow.WithCancel(withEnquiry(ctx, l.way, every, left+every+2*enquireAttempt, "watch for the withdrawal"))
	defer stop()
	f := workflow.ExecuteActivity(watchCtx, l.activities().Enquire, l.enquiry(ctx, until))
	timer := workflow.NewTimerWithOptions(watchCtx, left, workflow.TimerOptions{Summary: "until then the cash can be taken, or a reminder is due"})
	l.listen(ctx, []workflow.ReceiveChannel{l.hints}).
		AddFuture(f, func(workflow.Future) { answered = true }).
		AddFuture(timer, func(workflow.Future) { due = true }).
		Select(ctx)
	if !answered {
		return contract.RailState{}, false, due, nil
	}
	if state, err = result[contract.RailState](ctx, f); err == nil {
		return state, true, false, nil
	}
	return contract.RailState{}, false, false, l.breathe(ctx, l.way.Policy.EnquireEvery)
}

// reissueRequest is answered by the main loop.
type reissueRequest struct {
	actor remittance.Actor
	done  bool
	err   error
}

// reissueNumbers replaces lost or locked numbers. A lost answer is asked for again
// under the same count, which gives the same numbers.
func (l *linked) reissueNumbers(ctx workflow.Context) error {
	req := l.reissue
	l.reissue = nil
	res, err := callNamed(withCancel(ctx, l.way, "have new numbers issued"), contract.ActivityReissueNumbers, counterparty.Reissue,
		contract.ReissueNumbersInput{Key: l.key(), RailRef: l.state.RailRef, N: l.reissues + 1})
	if err != nil {
		why := refuse(contract.ErrTypeTooLate, who(l.way.Rail)+" issues no new numbers now")
		if _, refused := rejection(err); !refused {
			why = refuse(contract.ErrTypeUnavailable, who(l.way.Rail)+" did not answer; try again")
		}
		return l.notReissued(ctx, req, why)
	}
	l.reissues++
	if res.Stage != contract.StageIssued { // a repetition found them over, or locked; the next enquiry says which
		return l.notReissued(ctx, req, refuse(contract.ErrTypeTooLate, "the new numbers cannot be used any more"))
	}
	deadline := *l.state.Deadline
	if res.Until != nil {
		deadline = *res.Until
	}
	_, err = l.move(ctx, step{to: remittance.AwaitingRecipient, reason: remittance.WaitsForWithdrawal, actor: req.actor, deadline: deadline, note: "numbers_reissued"})
	req.done = err == nil
	l.tell(contract.NoticeNumbers)
	return err
}

// notReissued tells who asked, after a line on the timeline: asking again is then
// another request and not a repetition of this one.
func (l *linked) notReissued(ctx workflow.Context, req *reissueRequest, why error) error {
	err := l.note(ctx, "numbers_not_reissued", false)
	req.err = why
	return err
}
