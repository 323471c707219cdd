package workflows_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"soukin/contract"
	"soukin/remittance"
)

const (
	contact  = remittance.ContactID("ctc_00000000000000000000000001")
	contact2 = remittance.ContactID("ctc_00000000000000000000000002")
	day      = 24 * time.Hour
)

type linkWorld struct {
	*world
	terms contract.LinkTerms
}

func newLinkWorld(balance remittance.Yen) *linkWorld {
	w := newWorld(balance, true)
	w.in.Order.Account = ""
	w.in.Order.Ref.Remittance = "L-1"
	return &linkWorld{w, contract.LinkTerms{Contact: contact, Window: 14 * day, ReopenWindow: 7 * day, Reminders: []time.Duration{3 * day, day}, MaxReopens: 2}}
}

func (w *linkWorld) run(t fataler) contract.State {
	t.Helper()
	return w.runAs(t, contract.WorkflowAccountLink, contract.LinkInput{Order: w.in.Order, Policy: w.in.Policy, Link: w.terms})
}

func (w *linkWorld) designate(after time.Duration, a remittance.AccountID) *reply {
	return w.ask(after, contract.UpdateDesignate, contract.DesignateInput{Account: a})
}

func TestAccountLinkEndings(t *testing.T) {
	bounce := []event{{0, contract.StageWaiting, ""}, {time.Minute, contract.StageExecuted, ""}, {5 * time.Hour, contract.StageReturned, remittance.NameMismatch}}
	for name, c := range map[string]struct {
		arrange func(*linkWorld)
		status  remittance.Status
		reason  remittance.Reason
		told    []contract.NoticeKind
		fees    remittance.Yen
	}{
		"designated on the second day": {
			arrange: func(w *linkWorld) { w.designate(2*day, account) }, status: remittance.Paid,
			told: []contract.NoticeKind{contract.NoticeLink, contract.NoticePaid}, fees: fee,
		},
		"designated after both reminders": {
			arrange: func(w *linkWorld) { w.designate(13*day+time.Hour, account) }, status: remittance.Paid,
			told: []contract.NoticeKind{contract.NoticeLink, contract.NoticeReminder, contract.NoticeReminder, contract.NoticePaid}, fees: fee,
		},
		"never designated": {
			arrange: func(*linkWorld) {}, status: remittance.Expired, reason: remittance.RecipientDeadline,
			told: []contract.NoticeKind{contract.NoticeLink, contract.NoticeReminder, contract.NoticeReminder, contract.NoticeExpired},
		},
		"declined": {
			arrange: func(w *linkWorld) { w.ask(day, contract.UpdateDecline, nil) }, status: remittance.Cancelled, reason: remittance.DeclinedReason,
			told: []contract.NoticeKind{contract.NoticeLink},
		},
		"cancelled by the merchant": {
			arrange: func(w *linkWorld) {
				w.ask(day, contract.UpdateCancel, contract.CancelInput{Actor: remittance.ActorMerchant})
			},
			status: remittance.Cancelled, reason: remittance.CancelledByUs,
			told: []contract.NoticeKind{contract.NoticeLink, contract.NoticeCancelled},
		},
		"funded later, then designated": {
			arrange: func(w *linkWorld) {
				w.books.available = 0
				w.env.RegisterDelayedCallback(func() { w.books.fund(amount); w.env.SignalWorkflow(contract.SignalFunds, nil) }, time.Hour)
				w.designate(2*time.Hour, account)
			},
			status: remittance.Paid, told: []contract.NoticeKind{contract.NoticeLink, contract.NoticePaid}, fees: fee,
		},
		"never funded: the recipient hears nothing": {
			arrange: func(w *linkWorld) { w.books.available = 0 }, status: remittance.Expired, reason: remittance.FundingDeadline, told: []contract.NoticeKind{},
		},
		"refused, then corrected through the same link": {
			arrange: func(w *linkWorld) {
				w.bank.answers = []answer{refuses}
				w.designate(day, account)
				w.designate(2*day, other)
			},
			status: remittance.Paid, told: []contract.NoticeKind{contract.NoticeLink, contract.NoticeReopened, contract.NoticePaid}, fees: fee,
		},
		"bounced and left": {
			arrange: func(w *linkWorld) { w.bank.course = bounce; w.designate(day, account) },
			status:  remittance.Expired, reason: remittance.NameMismatch,
			told: []contract.NoticeKind{contract.NoticeLink, contract.NoticeReopened, contract.NoticeReminder, contract.NoticeReminder, contract.NoticeExpired}, fees: fee,
		},
		"bounced once too often": {
			arrange: func(w *linkWorld) {
				w.bank.course = bounce
				w.designate(day, account)
				w.designate(3*day, other)
				w.designate(5*day, account)
			},
			status: remittance.Returned, reason: remittance.NameMismatch,
			told: []contract.NoticeKind{contract.NoticeLink, contract.NoticeReopened, contract.NoticeReopened, contract.NoticeReturned}, fees: 3 * fee,
		},
		"the merchant hands the link over": {
			arrange: func(w *linkWorld) { w.terms.Contact = ""; w.designate(day, account) },
			status:  remittance.Paid, told: []contract.NoticeKind{}, fees: fee,
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newLinkWorld(amount)
			c.arrange(w)
			started := w.books.available
			if c.status == remittance.Paid {
				started = amount
			}
			s := w.run(t)
			require.Equal(t, c.status, s.Status)
			require.Equal(t, c.reason, s.Reason)
			require.Equal(t, c.told, w.told.kinds())
			require.Equal(t, c.fees, w.books.fees)
			w.settled(t, s, started)
		})
	}
}

func TestLinkMessages(t *testing.T) {
	w := newLinkWorld(amount)
	until := w.env.Now().Add(20 * day).UTC()
	again := w.ask(time.Hour, contract.UpdateResend, nil)
	shorter := w.ask(time.Hour, contract.UpdateExtend, contract.ExtendInput{Until: w.env.Now().Add(day)})
	longer := w.ask(2*time.Hour, contract.UpdateExtend, contract.ExtendInput{Until: until})
	moved := w.ask(3*time.Hour, contract.UpdateChangeContact, contract.ChangeContactInput{Contact: contact2})
	bad := w.ask(3*time.Hour, contract.UpdateDesignate, contract.DesignateInput{Account: "1234567"})
	first := w.designate(19*day, account)
	late := w.designate(19*day+time.Second, other)
	resendLate := w.ask(19*day+time.Second, contract.UpdateResend, nil)
	s := w.run(t)
	require.NoError(t, again.err)
	require.Equal(t, contract.ErrTypeInvalid, shorter.errType())
	require.NoError(t, longer.err)
	require.Equal(t, until, *longer.state.Deadline)
	require.NoError(t, moved.err)
	require.Equal(t, contract.ErrTypeInvalid, bad.errType())
	require.NoError(t, first.err)
	require.Equal(t, contract.ErrTypeTooLate, late.errType())
	require.Equal(t, contract.ErrTypeTooLate, resendLate.errType())
	require.Equal(t, remittance.Paid, s.Status)
	require.Equal(t, account, w.bank.order[0].account)

	require.Equal(t, []contract.NoticeKind{contract.NoticeLink, contract.NoticeLink, contract.NoticeLink, contract.NoticeReminder, contract.NoticeReminder, contract.NoticePaid}, w.told.kinds())
	require.Equal(t, contact2, w.told.sent[2].Contact)
	require.True(t, w.told.sent[2].Renew, "who has the old address must not keep a working link")
	seen := map[string]bool{}
	for _, n := range w.told.sent {
		require.False(t, seen[n.Key], "two notices share the key %s", n.Key)
		seen[n.Key] = true
	}
}

// TestNoticeFails: the mail server is broken for days, the money arrives all
// the same, and an operator is asked to look.
func TestNoticeFails(t *testing.T) {
	w := newLinkWorld(amount)
	w.told.err = &remittance.RailError{Outcome: remittance.OutcomeRejected, Code: "550"}
	var asked contract.State
	w.env.RegisterDelayedCallback(func() {
		v, err := w.env.QueryWorkflow(contract.QueryStatus)
		require.NoError(t, err)
		require.NoError(t, v.Get(&asked))
	}, time.Hour)
	w.designate(day, account)
	s := w.run(t)
	require.True(t, asked.NeedsAttention)
	require.Equal(t, remittance.WaitsForRecipient, asked.WaitsFor())
	require.Equal(t, remittance.Paid, s.Status)
	w.settled(t, s, amount)
}

// TestThreeWayRace puts claim, cancel and expiry on the same instant in every
// order, many times: one wins, the others are told, and the money moves once.
func TestThreeWayRace(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w := newLinkWorld(amount)
		w.terms.Window = time.Hour
		w.terms.Reminders = nil
		var claims []*reply
		var cancels []*reply
		for i := range rapid.IntRange(1, 6).Draw(rt, "messages") {
			at := time.Hour + time.Duration(rapid.IntRange(-1, 1).Draw(rt, fmt.Sprint("at ", i)))*time.Millisecond
			if rapid.Bool().Draw(rt, fmt.Sprint("claims ", i)) {
				claims = append(claims, w.designate(at, account))
			} else {
				cancels = append(cancels, w.ask(at, contract.UpdateCancel, contract.CancelInput{Actor: remittance.ActorMerchant}))
			}
		}
		s := w.run(rt)
		won := 0
		for _, c := range claims {
			if c.won() {
				won++
			}
		}
		require.LessOrEqual(rt, won, 1, "two claims won")
		switch s.Status {
		case remittance.Paid:
			require.Equal(rt, 1, won)
		case remittance.Cancelled:
			ok := 0
			for _, c := range cancels {
				if c.won() {
					ok++
				}
			}
			require.Positive(rt, ok)
		default:
			require.Equal(rt, remittance.Expired, s.Status)
			require.Zero(rt, won)
		}
		w.settled(rt, s, amount)
	})
}

// TestFiftyDesignations: one account is paid and everybody else is told.
func TestFiftyDesignations(t *testing.T) {
	w := newLinkWorld(amount)
	var replies []*reply
	for i := range 50 {
		replies = append(replies, w.designate(time.Hour, remittance.AccountID(fmt.Sprintf("acc_%026d", i))))
	}
	s := w.run(t)
	won := 0
	for _, r := range replies {
		if r.won() {
			won++
			continue
		}
		require.Equal(t, contract.ErrTypeTooLate, r.errType())
		require.NotContains(t, r.err.Error(), "acc_")
	}
	require.Equal(t, 1, won)
	require.Len(t, w.bank.order, 1)
	w.settled(t, s, amount)
}

// TestAccountLinkAnyCourse is the transfer's property with recipients who
// designate, decline and merchants who cancel and extend whenever they like.
func TestAccountLinkAnyCourse(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w := newLinkWorld(amount)
		w.bank.answers = rapid.SliceOfN(rapid.SampledFrom([]answer{takes, losesAfter, losesBefore, refuses, unreachable, crashes}), 0, 5).Draw(rt, "answers")
		w.bank.course = drawCourse(rt)
		w.books.failMoves = rapid.IntRange(0, 3).Draw(rt, "database faults")
		for i := range rapid.IntRange(0, 8).Draw(rt, "messages") {
			after := time.Duration(rapid.IntRange(0, 20*24*60).Draw(rt, fmt.Sprint("minute ", i))) * time.Minute
			switch rapid.SampledFrom([]string{"designate", "designate", "designate", "decline", "cancel", "extend", "resend"}).Draw(rt, fmt.Sprint("message ", i)) {
			case "designate":
				w.designate(after, remittance.AccountID(fmt.Sprintf("acc_%026d", i)))
			case "decline":
				w.ask(after, contract.UpdateDecline, nil)
			case "cancel":
				w.ask(after, contract.UpdateCancel, contract.CancelInput{Actor: remittance.ActorMerchant})
			case "extend":
				w.ask(after, contract.UpdateExtend, contract.ExtendInput{Until: w.env.Now().Add(after + 10*day)})
			default:
				w.ask(after, contract.UpdateResend, nil)
			}
		}
		s := w.run(rt)
		w.settled(rt, s, amount)
		for key, n := range executions(w.bank) {
			require.LessOrEqual(rt, n, 1, key)
		}
	})
}
