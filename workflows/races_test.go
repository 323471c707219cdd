package workflows_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/mock"
	"github.com/stretchr/testify/require"

	"soukin/activities"
	"soukin/contract"
	"soukin/remittance"
)

// between says whether the workflow's clock is between two instants of its life.
func (w *world) between(from, to time.Duration) func() bool {
	began := w.env.Now()
	return func() bool {
		at := w.env.Now().Sub(began)
		return from <= at && at < to
	}
}

// databaseFails makes the next moves fail from an instant on. They are tried
// again after 100 ms, then twice as late each time.
func (w *world) databaseFails(after time.Duration, moves int) {
	w.env.RegisterDelayedCallback(func() { w.books.failMoves = moves }, after)
}

func (w *world) notes(note string) int {
	n := 0
	for _, m := range w.books.rows[w.in.Order.Ref].moves {
		if m.Note == note {
			n++
		}
	}
	return n
}

// TestVerdictOnCashThatCanStillBeTaken: what nobody has withdrawn yet somebody
// may withdraw tomorrow, so only the end of the numbers releases it.
func TestVerdictOnCashThatCanStillBeTaken(t *testing.T) {
	w := cashWorld()
	atm := w.rails[remittance.RailATM]
	atm.people = []person{{comes: 2 * day}}
	atm.deaf = w.between(day, day+6*time.Hour)
	w.told.err = &remittance.RailError{Outcome: remittance.OutcomeRejected} // which asks for attention
	early := w.ask(day+time.Hour, contract.UpdateResolve, contract.ResolveInput{Evidence: "network's screen: not withdrawn"})
	s := w.run(t)
	require.Equal(t, contract.ErrTypeTooLate, early.errType())
	require.Equal(t, remittance.Paid, s.Status)
	w.settled(t, s, amount)
}

func TestVerdictOnCashThatIsOver(t *testing.T) {
	w := cashWorld()
	atm := w.rails[remittance.RailATM]
	atm.silent, atm.deaf = 1<<30, w.between(15*day, 365*day)
	verdict := w.ask(17*day, contract.UpdateResolve, contract.ResolveInput{Evidence: "network's help desk: expired"})
	s := w.run(t)
	require.NoError(t, verdict.err)
	require.Equal(t, remittance.Failed, s.Status)
	w.settled(t, s, amount)
}

// TestVerdictWhileTheAnswerIsWritten: the rail's own word is on its way to a
// database that is slow. The operator is told, and the workflow can end.
func TestVerdictWhileTheAnswerIsWritten(t *testing.T) {
	w := auPayWorld()
	auPay := w.rails[remittance.RailAuPay]
	auPay.answers = []answer{losesAfter, losesAfter, losesAfter}
	auPay.deaf = w.between(day, day+10*time.Minute)
	w.pick(day, remittance.RailAuPay, wallet)
	w.databaseFails(day+9*time.Minute+59*time.Second, 10)
	verdict := w.ask(day+10*time.Minute+10*time.Second, contract.UpdateResolve, contract.ResolveInput{Evidence: "au PAY's help desk"})
	s := w.run(t)
	require.Equal(t, contract.ErrTypeTooLate, verdict.errType())
	require.Equal(t, remittance.Paid, s.Status)
	w.settled(t, s, amount)
}

// TestMessagesWaitTheirTurn: messages that wait for a slow database are judged,
// and written down, when it is their turn.
func TestMessagesWaitTheirTurn(t *testing.T) {
	w := choiceWorld()
	w.databaseFails(day-time.Second, 8)
	w.ask(day, contract.UpdateChangeContact, contract.ChangeContactInput{Contact: contact2})
	extended := w.ask(day+2*time.Second, contract.UpdateExtend, contract.ExtendInput{Until: w.env.Now().Add(30 * day)})
	w.ask(day+3*time.Second, contract.UpdateChangeContact, contract.ChangeContactInput{Contact: contact})
	picked := w.pick(day+4*time.Second, remittance.RailAuPay, wallet)
	s := w.run(t)
	require.NoError(t, picked.err)
	require.True(t, extended.answered)
	for _, m := range w.books.rows[w.in.Order.Ref].moves {
		require.False(t, m.From == remittance.Processing && m.To == remittance.AwaitingRecipient, "the link was extended under a charge")
	}
	require.Equal(t, remittance.Paid, s.Status)
	w.settled(t, s, amount)
}

// TestTryAgainIsAnotherRequest: callers number their requests by the step they
// saw. A no that may be a yes later must be a step, or every later try would be
// answered with it.
func TestTryAgainIsAnotherRequest(t *testing.T) {
	cancel := contract.CancelInput{Actor: remittance.ActorMerchant}
	t.Run("cancel of numbers", func(t *testing.T) {
		w := cashWorld()
		w.rails[remittance.RailATM].stuck = 1
		first := w.ask(day, contract.UpdateCancel, cancel)
		w.ask(day+time.Hour, contract.UpdateCancel, cancel)
		s := w.run(t)
		require.Equal(t, contract.ErrTypeTooLate, first.errType())
		require.Equal(t, 1, w.notes("cancel_not_confirmed"))
		require.Equal(t, remittance.Cancelled, s.Status)
	})
	t.Run("reissue", func(t *testing.T) {
		w := cashWorld()
		w.rails[remittance.RailATM].silent = 1 << 30
		w.rails[remittance.RailATM].people = []person{{comes: 2 * day}}
		first := w.ask(day, contract.UpdateReissue, contract.ReissueInput{Actor: remittance.ActorRecipient})
		w.run(t)
		require.Equal(t, contract.ErrTypeUnavailable, first.errType())
		require.Equal(t, 1, w.notes("numbers_not_reissued"))
	})
	t.Run("recall of a code", func(t *testing.T) {
		w := giftWorld(remittance.GiftCode)
		w.rails[remittance.RailAmazon].mute = 1 // and refuses the repetition
		w.pick(day, "", "")
		first := w.ask(day+5*time.Minute, contract.UpdateCancel, cancel)
		s := w.run(t)
		require.Equal(t, contract.ErrTypeTooLate, first.errType())
		require.Equal(t, 1, w.notes("cancel_not_confirmed"))
		require.Equal(t, remittance.Returned, s.Status)
		w.settled(t, s, amount)
	})
}

// TestCancelThatGotThroughUnseen: the network ended the numbers and nobody heard
// it. They were called off, whatever else the link could offer.
func TestCancelThatGotThroughUnseen(t *testing.T) {
	w := choiceWorld()
	atm := w.rails[remittance.RailATM]
	atm.mute, atm.deaf = 1, w.between(2*day, 2*day+time.Hour)
	w.pick(day, remittance.RailATM, "")
	cancel := w.ask(2*day, contract.UpdateCancel, contract.CancelInput{Actor: remittance.ActorMerchant})
	s := w.run(t)
	require.Equal(t, contract.ErrTypeTooLate, cancel.errType())
	require.Equal(t, remittance.Cancelled, s.Status)
	w.settled(t, s, amount)
}

// TestCancelHearsTheAnswer: a notice of the network that comes before the answer
// to the enquiry is not the answer.
func TestCancelHearsTheAnswer(t *testing.T) {
	w := cashWorld()
	w.rails[remittance.RailATM].deaf = w.between(day, day+30*time.Second)
	cancel := w.ask(day, contract.UpdateCancel, contract.CancelInput{Actor: remittance.ActorMerchant})
	w.env.RegisterDelayedCallback(func() { w.env.SignalWorkflow(contract.SignalRailNotice, nil) }, day+10*time.Second)
	s := w.run(t)
	require.NoError(t, cancel.err)
	require.Equal(t, remittance.Cancelled, s.Status)
	w.settled(t, s, amount)
}

// TestCancelWhileLockedNumbersEnd: the merchant calls it off while the network is
// asked to end locked numbers for another way. Nobody is asked to choose again.
func TestCancelWhileLockedNumbersEnd(t *testing.T) {
	for name, silent := range map[string]int{"the network answers that request": 6, "and only the next one": 10} {
		t.Run(name, func(t *testing.T) {
			w := choiceWorld()
			atm := w.rails[remittance.RailATM]
			atm.people, atm.silent = []person{{locks: day}}, silent
			w.pick(day, remittance.RailATM, "")
			w.env.RegisterDelayedCallback(func() { w.env.SignalWorkflow(contract.SignalRailNotice, nil) }, 2*day+time.Second)
			cancel := w.ask(2*day+20*time.Second, contract.UpdateCancel, contract.CancelInput{Actor: remittance.ActorMerchant})
			s := w.run(t)
			require.NoError(t, cancel.err)
			require.Equal(t, remittance.Cancelled, s.Status)
			require.Equal(t, kinds(contract.NoticeLink, contract.NoticeNumbers, contract.NoticeCancelled), w.told.kinds())
			w.settled(t, s, amount)
		})
	}
}

// TestReissuesAreCounted: each has its own number at the network, so that asking
// again after a lost answer replaces nothing, and there are not more than allowed.
func TestReissuesAreCounted(t *testing.T) {
	w := cashWorld()
	again := contract.ReissueInput{Actor: remittance.ActorRecipient}
	w.rails[remittance.RailATM].lost = 1
	first, second := w.ask(day, contract.UpdateReissue, again), w.ask(2*day, contract.UpdateReissue, again)
	third := w.ask(3*day, contract.UpdateReissue, again)
	w.run(t)
	require.NoError(t, first.err)
	require.NoError(t, second.err)
	require.Equal(t, contract.ErrTypeTooLate, third.errType())
	require.Equal(t, map[int]bool{1: true, 2: true}, w.rails[remittance.RailATM].order[0].numbers)
}

// TestAwayForWeeks: Temporal ends a workflow whose history grows too long, and
// its money with it. Each round of asking costs a dozen events.
func TestAwayForWeeks(t *testing.T) {
	w := cashWorld()
	atm := w.rails[remittance.RailATM]
	atm.silent, atm.deaf = 1<<30, w.between(15*day, 45*day)
	w.env.RegisterDelayedCallback(func() { atm.silent = 0 }, 45*day)
	s := w.run(t)
	require.Equal(t, remittance.Expired, s.Status)
	require.Less(t, atm.cancels, 4_000, "some ten attempts a round")
	w.settled(t, s, amount)
}

func TestChoiceNeedsItsWayNamed(t *testing.T) {
	w := choiceWorld()
	unnamed := w.pick(day, "", account)
	s := w.run(t)
	require.Equal(t, contract.ErrTypeInvalid, unnamed.errType())
	require.Equal(t, remittance.Expired, s.Status)
}

// TestNumbersReissuedTooLate: the answer to a reissue was lost, and when it is
// asked for again the cash has been taken.
func TestNumbersReissuedTooLate(t *testing.T) {
	w := cashWorld()
	atm := w.rails[remittance.RailATM]
	atm.people, atm.lost = []person{{comes: day + 500*time.Millisecond}}, 1
	r := w.ask(day, contract.UpdateReissue, contract.ReissueInput{Actor: remittance.ActorRecipient})
	s := w.run(t)
	require.Zero(t, atm.lost)
	require.Equal(t, contract.ErrTypeTooLate, r.errType())
	require.Equal(t, remittance.Paid, s.Status)
	require.Zero(t, w.notes("numbers_reissued"))
	w.settled(t, s, amount)
}

// TestRefusedWhileAnotherAskingIsUnderWay: at Amazon every asking is a sending.
// One whose answer was lost arrives after the next one has been refused.
func TestRefusedWhileAnotherAskingIsUnderWay(t *testing.T) {
	w := giftWorld(remittance.GiftBalance)
	amazon := w.rails[remittance.RailAmazon]
	amazon.answers = []answer{losesBefore, losesBefore, losesBefore}
	began, lost := w.env.Now(), false
	arrives := began.Add(day + 18*time.Minute)
	amazon.asked = func(in activities.Instruction) (contract.RailState, error) {
		at := w.env.Now().Sub(began)
		switch {
		case !w.env.Now().Before(arrives):
			return amazon.stateOf(amazon.take(in, false)), nil
		case !lost && at > day+14*time.Minute:
			lost = true
			w.env.RegisterDelayedCallback(func() { amazon.arrive(in) }, arrives.Sub(w.env.Now()))
			return contract.RailState{}, &remittance.RailError{Code: "timeout after send"}
		case at < day+15*time.Minute:
			return contract.RailState{}, nil // refused, too soon to count
		}
		return contract.RailState{Stage: contract.StageNotExecuted, Reason: remittance.RecipientLimit}, nil
	}
	w.pick(day, remittance.RailAmazon, wallet)
	s := w.run(t)
	require.True(t, lost)
	require.Equal(t, remittance.Paid, s.Status)
	w.settled(t, s, amount)
}

// TestVerdictAtAmazon: from an operator's verdict on nothing is sent, and what
// was under way has ended before money is released.
func TestVerdictAtAmazon(t *testing.T) {
	w := giftWorld(remittance.GiftBalance)
	amazon := w.rails[remittance.RailAmazon]
	began, spoken, looked := w.env.Now(), day+30*time.Hour, time.Duration(0)
	amazon.answers = []answer{losesBefore, losesBefore, losesBefore}
	amazon.asked = func(in activities.Instruction) (contract.RailState, error) {
		at := w.env.Now().Sub(began)
		switch {
		case in.LookOnly && looked == 0:
			looked = at
		case !in.LookOnly && at >= spoken:
			return amazon.stateOf(amazon.take(in, false)), nil
		}
		return contract.RailState{}, &remittance.RailError{Code: "RESEND"}
	}
	w.pick(day, remittance.RailAmazon, wallet)
	said := w.ask(spoken, contract.UpdateResolve, contract.ResolveInput{Evidence: "not among the orders in Amazon's console"})
	s := w.run(t)
	require.NoError(t, said.err)
	require.Equal(t, remittance.Failed, s.Status)
	require.GreaterOrEqual(t, looked-spoken, 30*time.Second, "twice what an asking may take")
	w.settled(t, s, amount)
}

// TestCancelInAResetRun: a cancel that comes before the call is a plain one only
// in the first run; what another run sent an enquiry must tell.
func TestCancelInAResetRun(t *testing.T) {
	for first, status := range map[bool]remittance.Status{true: remittance.Cancelled, false: remittance.Paid} {
		w := newWorld(0, true)
		w.env.OnActivity("IsFirstRun", mock.Anything, mock.Anything).Return(contract.OwnerResult{FirstRun: first}, nil)
		w.env.RegisterDelayedCallback(func() {
			w.books.fund(amount)
			w.books.failMoves = 5
			w.env.SignalWorkflow(contract.SignalFunds, nil)
		}, time.Hour)
		w.ask(time.Hour+time.Second, contract.UpdateCancel, contract.CancelInput{Actor: remittance.ActorMerchant})
		if !first {
			w.bank.take(activities.Instruction{Key: remittance.Key{Ref: w.in.Order.Ref, Step: "transfer", Generation: 1}, Amount: amount, Account: account, At: w.env.Now()})
		}
		s := w.run(t)
		require.Equal(t, status, s.Status)
		require.Zero(t, w.bank.submits)
		w.settled(t, s, amount)
	}
}

// TestInheritedChoice: a run that finds its money with a rail goes on with that
// rail, whatever its page offers first.
func TestInheritedChoice(t *testing.T) {
	w := choiceWorld()
	now := w.env.Now()
	state, err := w.books.Open(t.Context(), contract.OpenInput{Order: w.in.Order, Owner: "another run", At: now, FundingDeadline: now.Add(day), HoldOnly: true, RecipientDeadline: now.Add(day)})
	require.NoError(t, err)
	_, err = w.books.Move(t.Context(), contract.Move{Ref: state.Ref, Seq: state.Seq + 1, From: state.Status, To: remittance.Processing, Actor: remittance.ActorRecipient, At: now,
		Generation: 1, Account: wallet, Rail: remittance.RailAuPay, Fee: feeOf(remittance.RailAuPay), Postings: []contract.Posting{contract.PostInstruct}})
	require.NoError(t, err)
	s := w.run(t)
	require.Equal(t, remittance.Paid, s.Status)
	require.Zero(t, w.bank.submits)
	require.Equal(t, 1, w.rails[remittance.RailAuPay].submits)
	w.settled(t, s, amount)
}

// TestLockedAndNothingElseIsOpen: numbers that lead nowhere else stay out, for a
// reissue to unlock.
func TestLockedAndNothingElseIsOpen(t *testing.T) {
	w := choiceWorld()
	w.terms.MaxReopens = 0
	w.rails[remittance.RailATM].people = []person{{locks: day, comes: 3 * day}}
	w.pick(day, remittance.RailATM, "")
	w.ask(3*day, contract.UpdateReissue, contract.ReissueInput{Actor: remittance.ActorRecipient})
	s := w.run(t)
	require.Equal(t, remittance.Paid, s.Status)
	require.Equal(t, kinds(contract.NoticeLink, contract.NoticeNumbers, contract.NoticeLocked, contract.NoticeNumbers, contract.NoticePaid), w.told.kinds())
	w.settled(t, s, amount)
}

// TestInstructedTooLongAgo: the rail may have forgotten the key, so what another
// worker may have sent is asked for first.
func TestInstructedTooLongAgo(t *testing.T) {
	w := newWorld(0, true)
	w.in.Policy.SubmitWindow = 10 * time.Second
	w.env.RegisterDelayedCallback(func() {
		w.books.fund(amount)
		w.books.failMoves = 8 // for some 25 seconds
		w.env.SignalWorkflow(contract.SignalFunds, nil)
	}, time.Hour)
	s := w.run(t)
	require.Equal(t, []remittance.Status{remittance.Processing, remittance.Checking}, w.path()[:2])
	require.Equal(t, remittance.Paid, s.Status)
	w.settled(t, s, amount)
}

// TestNobodyAnswersWhenItWouldBeFinal: what may have come back is not paid because
// nobody says so.
func TestNobodyAnswersWhenItWouldBeFinal(t *testing.T) {
	w := newWorld(amount, true)
	w.bank.course = append(w.bank.course, event{60 * time.Hour, contract.StageReturned, remittance.Recalled})
	w.env.RegisterDelayedCallback(func() { w.bank.broken = 1 << 30 }, 47*time.Hour)
	w.env.RegisterDelayedCallback(func() { w.bank.broken = 0 }, 120*time.Hour)
	s := w.run(t)
	require.Equal(t, remittance.Returned, s.Status)
	w.settled(t, s, amount)
}
