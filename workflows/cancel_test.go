package workflows_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"soukin/contract"
	"soukin/remittance"
)

func TestCancel(t *testing.T) {
	for name, c := range map[string]struct {
		arrange func(*world)
		after   time.Duration
		errType string
		status  remittance.Status
	}{
		"while it waits for funds":        {func(w *world) { w.books.available = 0 }, time.Hour, "", remittance.Cancelled},
		"while the bank has not executed": {func(w *world) { w.bank.course[1].after = 5 * time.Hour }, time.Hour, "", remittance.Cancelled},
		"while approval is outstanding": {func(w *world) {
			w.bank.answers = []answer{approval}
			w.bank.course = []event{{0, contract.StageApproval, ""}}
		}, time.Hour, "", remittance.Cancelled},
		"the bank's answer to it is lost": {func(w *world) {
			w.bank.cancelTies = losesAfter
			w.bank.course[1].after = 5 * time.Hour
		}, time.Hour, "", remittance.Cancelled},
		"while the bank is being instructed": {func(w *world) {
			w.bank.answers = []answer{throttles} // the next attempt comes seconds later
			w.bank.course[1].after = 5 * time.Hour
		}, 3 * time.Second, "", remittance.Cancelled},
		"the bank says it is too late": {func(w *world) {
			w.bank.cancelTies = refuses
			w.bank.course[1].after = 5 * time.Hour
		}, time.Hour, contract.ErrTypeTooLate, remittance.Paid},
		"after it was sent": {func(*world) {}, 2 * time.Hour, contract.ErrTypeTooLate, remittance.Paid},
		"while its outcome is unknown": {func(w *world) {
			w.bank.answers = []answer{losesAfter, losesAfter, losesAfter}
			w.bank.hidden = 10 * time.Minute
		}, 5 * time.Minute, contract.ErrTypeTooLate, remittance.Paid},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(amount, true)
			c.arrange(w)
			started := w.books.available
			r := w.ask(c.after, contract.UpdateCancel, contract.CancelInput{Actor: remittance.ActorMerchant})
			s := w.run(t)
			require.Equal(t, c.status, s.Status)
			require.Equal(t, c.errType, r.errType(), "%v", r.err)
			w.settled(t, s, started)
		})
	}
}

// TestCancelButton: the Web UI's "request cancellation" is an operator's
// cancel, and never abandons money that is on its way.
func TestCancelButton(t *testing.T) {
	for name, c := range map[string]struct {
		after  time.Duration
		status remittance.Status
	}{"before execution": {time.Hour, remittance.Cancelled}, "after execution": {10 * time.Hour, remittance.Paid}} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(amount, true)
			w.bank.course[1].after = 5 * time.Hour
			w.env.RegisterDelayedCallback(w.env.CancelWorkflow, c.after)
			s := w.run(t)
			require.Equal(t, c.status, s.Status)
			w.settled(t, s, amount)
		})
	}
}
