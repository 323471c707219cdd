//go:build integration

package workflows_test

import (
	"context"
	"testing"
	"time"

	"go.temporal.io/sdk/client"

	"soukin/activities"
	"soukin/contract"
	"soukin/remittance"
)

func people(p ...person) func(*live) {
	return func(l *live) { l.rails[remittance.RailATM].people = p }
}

// fails makes the first submits of a rail end so.
func fails(r remittance.Rail, how answer, times int, why ...remittance.Reason) func(*live) {
	return func(l *live) {
		for range times {
			l.rails[r].answers = append(l.rails[r].answers, how)
		}
		l.rails[r].reasons = why
	}
}

func both(arrange ...func(*live)) func(*live) {
	return func(l *live) {
		for _, a := range arrange {
			a(l)
		}
	}
}

func cancels(t *testing.T, l *live) {
	l.update(t, contract.UpdateCancel, contract.CancelInput{Actor: remittance.ActorMerchant})
}

func unfunded(l *live) {
	l.books.available = 0
	l.in.Policy.FundingWindow = 2 * time.Second
	l.ways = l.waysOf(l.in.Order.Pattern)
}

func windowOf(d time.Duration) func(*live) { return func(l *live) { l.terms.Window = d } }

func noReopens(l *live) { l.terms.MaxReopens = 0 }

func code(l *live) { l.ways[0].Form = remittance.GiftCode }

// meetsVerdict has an operator say that nothing was executed while the enquiry that
// executes it is under way.
func meetsVerdict(l *live) {
	amazon, said := l.rails[remittance.RailAmazon], false
	amazon.asked = func(in activities.Instruction) (contract.RailState, error) {
		if in.LookOnly {
			return contract.RailState{}, nil
		}
		if !said {
			said = true
			if _, err := l.c.UpdateWorkflow(context.Background(), client.UpdateWorkflowOptions{WorkflowID: l.id(), UpdateName: contract.UpdateResolve,
				Args: []any{contract.ResolveInput{Evidence: "not in Amazon's console"}}, WaitForStage: client.WorkflowUpdateStageAccepted}); err != nil {
				panic(err)
			}
		}
		return amazon.stateOf(amazon.take(in, false)), nil
	}
}

func (l *live) picks(t *testing.T, r remittance.Rail, a remittance.AccountID) {
	t.Helper()
	l.asked(t)
	l.update(t, contract.UpdateDesignate, contract.DesignateInput{Rail: r, Account: a})
}

// asked waits until the link is open.
func (l *live) asked(t *testing.T) {
	t.Helper()
	l.eventually(t, func(s contract.State) bool { return s.Status == remittance.AwaitingRecipient && !s.InFlight })
}

func (l *live) out(t *testing.T) {
	t.Helper()
	l.eventually(t, func(s contract.State) bool { return s.Status == remittance.AwaitingRecipient && s.InFlight })
}

func picking(r remittance.Rail, a remittance.AccountID) func(*testing.T, *live) {
	return func(t *testing.T, l *live) { l.picks(t, r, a) }
}

var atmCash = []scenario{
	{name: "paid", status: remittance.Paid, arrange: people(person{comes: time.Second})},
	{name: "paid-after-a-lost-answer", status: remittance.Paid,
		arrange: both(people(person{comes: 3 * time.Second}), fails(remittance.RailATM, losesAfter, 3))},
	{name: "paid-after-a-notice-and-a-reminder", status: remittance.Paid,
		arrange: both(people(person{comes: 2500 * time.Millisecond}), func(l *live) { l.terms.Reminders = []time.Duration{2 * time.Second} }),
		drive: func(t *testing.T, l *live) {
			l.out(t)
			if err := l.c.SignalWorkflow(t.Context(), l.id(), "", contract.SignalRailNotice, nil); err != nil {
				t.Error(err)
			}
		}},
	{name: "paid-after-locked-and-reissued", status: remittance.Paid,
		arrange: both(people(person{locks: time.Second, comes: 8 * time.Second}), func(l *live) { l.ways[0].Term = 20 * time.Second }),
		drive: func(t *testing.T, l *live) {
			l.eventually(t, func(s contract.State) bool { return s.Reason == remittance.NumbersLocked })
			l.update(t, contract.UpdateReissue, contract.ReissueInput{Actor: remittance.ActorRecipient})
		}},
	{name: "messages-of-every-kind", status: remittance.Paid, arrange: people(person{comes: 3 * time.Second}),
		drive: func(t *testing.T, l *live) {
			l.out(t)
			l.update(t, contract.UpdateResend, nil)
			l.update(t, contract.UpdateReissue, contract.ReissueInput{Actor: remittance.ActorMerchant})
			l.update(t, contract.UpdateChangeContact, contract.ChangeContactInput{Contact: contact2})
		}},
	{name: "expired", status: remittance.Expired},
	{name: "expired-and-the-network-is-deaf", status: remittance.Expired, arrange: func(l *live) { l.rails[remittance.RailATM].silent = 1 }},
	{name: "expired-without-funds", status: remittance.Expired, arrange: unfunded},
	{name: "cancelled", status: remittance.Cancelled, drive: func(t *testing.T, l *live) { l.out(t); cancels(t, l) }},
	{name: "refused", status: remittance.Failed, arrange: fails(remittance.RailATM, refuses, 1)},
}

var giftCards = []scenario{
	{name: "paid", status: remittance.Paid, drive: picking(remittance.RailAmazon, wallet)},
	{name: "paid-after-resend", status: remittance.Paid, arrange: fails(remittance.RailAmazon, losesBefore, 1), drive: picking(remittance.RailAmazon, wallet)},
	{name: "paid-by-asking", status: remittance.Paid, arrange: fails(remittance.RailAmazon, losesBefore, 3), drive: picking(remittance.RailAmazon, wallet)},
	{name: "paid-by-the-asking-that-a-verdict-met", status: remittance.Paid, arrange: both(fails(remittance.RailAmazon, losesBefore, 3), meetsVerdict),
		drive: picking(remittance.RailAmazon, wallet)},
	{name: "paid-after-another-login", status: remittance.Paid, arrange: fails(remittance.RailAmazon, refuses, 1, remittance.LoginRefused),
		drive: func(t *testing.T, l *live) {
			l.picks(t, remittance.RailAmazon, wallet)
			l.picks(t, remittance.RailAmazon, wallet2)
		}},
	{name: "code", status: remittance.Paid, arrange: code, drive: picking(remittance.RailAmazon, "")},
	{name: "code-recalled", status: remittance.Cancelled, arrange: code,
		drive: func(t *testing.T, l *live) {
			l.picks(t, remittance.RailAmazon, "")
			l.until(t, remittance.Sent)
			cancels(t, l)
		}},
	{name: "expired", status: remittance.Expired, arrange: windowOf(2 * time.Second)},
	{name: "declined", status: remittance.Cancelled, drive: func(t *testing.T, l *live) { l.asked(t); l.update(t, contract.UpdateDecline, nil) }},
	{name: "refused", status: remittance.Failed, arrange: fails(remittance.RailAmazon, refuses, 1), drive: picking(remittance.RailAmazon, wallet)},
}

var auPays = []scenario{
	{name: "paid", status: remittance.Paid, drive: picking(remittance.RailAuPay, wallet)},
	{name: "paid-after-it-was-full", status: remittance.Paid, arrange: fails(remittance.RailAuPay, refuses, 1, remittance.WalletFull),
		drive: func(t *testing.T, l *live) {
			l.picks(t, remittance.RailAuPay, wallet)
			l.picks(t, remittance.RailAuPay, wallet)
		}},
	{name: "paid-after-a-lost-answer", status: remittance.Paid, arrange: fails(remittance.RailAuPay, losesAfter, 3), drive: picking(remittance.RailAuPay, wallet)},
	{name: "expired", status: remittance.Expired, arrange: windowOf(2 * time.Second)},
	{name: "cancelled", status: remittance.Cancelled, drive: func(t *testing.T, l *live) { l.asked(t); cancels(t, l) }},
	{name: "refused", status: remittance.Failed, arrange: fails(remittance.RailAuPay, refuses, 1), drive: picking(remittance.RailAuPay, wallet)},
}

var prepaidRefunds = []scenario{
	{name: "paid", status: remittance.Paid},
	{name: "paid-after-a-lost-answer", status: remittance.Paid, arrange: fails(remittance.RailPrepaid, losesAfter, 3)},
	{name: "refused", status: remittance.Failed, arrange: fails(remittance.RailPrepaid, refuses, 1, remittance.RefundWindowPassed)},
	{name: "expired-without-funds", status: remittance.Expired, arrange: unfunded},
	{name: "cancelled-before-funding", status: remittance.Cancelled, arrange: func(l *live) { l.books.available = 0 },
		drive: func(t *testing.T, l *live) { l.until(t, remittance.AwaitingFunds); cancels(t, l) }},
}

var choices = []scenario{
	{name: "paid-by-the-bank", status: remittance.Paid, drive: picking(remittance.RailBank, account)},
	{name: "paid-in-cash", status: remittance.Paid, arrange: people(person{comes: time.Second}), drive: picking(remittance.RailATM, "")},
	{name: "paid-by-amazon", status: remittance.Paid, drive: picking(remittance.RailAmazon, wallet)},
	{name: "full-wallet-then-bank", status: remittance.Paid, arrange: fails(remittance.RailAuPay, refuses, 1, remittance.WalletFull),
		drive: func(t *testing.T, l *live) {
			l.picks(t, remittance.RailAuPay, wallet)
			l.picks(t, remittance.RailBank, account)
		}},
	{name: "locked-then-amazon", status: remittance.Paid,
		arrange: both(people(person{locks: 500 * time.Millisecond}), func(l *live) { l.ways[1].Term = time.Minute }),
		drive: func(t *testing.T, l *live) {
			l.picks(t, remittance.RailATM, "")
			l.eventually(t, func(s contract.State) bool { return s.Reason == remittance.NumbersLocked && !s.InFlight })
			l.picks(t, remittance.RailAmazon, wallet)
		}},
	{name: "bounced-then-au-pay", status: remittance.Paid,
		arrange: func(l *live) {
			l.bank.course = append(l.bank.course, event{1500 * time.Millisecond, contract.StageReturned, remittance.AccountClosed})
		},
		drive: func(t *testing.T, l *live) {
			l.picks(t, remittance.RailBank, account)
			l.eventually(t, func(s contract.State) bool { return s.Reason == remittance.AccountClosed })
			l.picks(t, remittance.RailAuPay, wallet)
		}},
	{name: "returned-once-too-often", status: remittance.Returned,
		arrange: both(noReopens, func(l *live) {
			l.bank.course = append(l.bank.course, event{1500 * time.Millisecond, contract.StageReturned, remittance.AccountClosed})
		}), drive: picking(remittance.RailBank, account)},
	{name: "refused-once-too-often", status: remittance.Failed, arrange: both(noReopens, fails(remittance.RailAuPay, refuses, 1, remittance.WalletFull)),
		drive: picking(remittance.RailAuPay, wallet)},
	{name: "cash-expired", status: remittance.Expired, drive: picking(remittance.RailATM, "")},
	{name: "expired", status: remittance.Expired, arrange: windowOf(2 * time.Second)},
	{name: "cancelled", status: remittance.Cancelled, drive: func(t *testing.T, l *live) { l.asked(t); cancels(t, l) }},
}
