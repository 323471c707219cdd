//go:build integration

package integration

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.temporal.io/api/enums/v1"

	"soukin/contract"
	"soukin/internal/database"
	"soukin/internal/ledger"
	"soukin/internal/orders"
	"soukin/internal/record"
	"soukin/internal/sandbox/faults"
	"soukin/remittance"
)

func (in *installation) take(t *testing.T, r orders.Request) contract.State {
	t.Helper()
	state, _, err := in.desk.Orders.Take(t.Context(), r)
	require.NoError(t, err)
	return state
}

func refusedAs(t *testing.T, err error, rule orders.Rule) {
	t.Helper()
	got := orders.FaultsOf(err)
	require.Len(t, got, 1, "%v", err)
	assert.Equal(t, rule, got[0].Rule)
}

// TestFundsArriveUnannounced: the signal that funds arrived is lost, because
// nothing sends one: the entry is posted to the ledger directly.
func TestFundsArriveUnannounced(t *testing.T) {
	onEachDatabase(t, func(t *testing.T, dsn string) {
		in := install(t, dsn, with{"SOUKIN_FUNDING_RECHECK": "500ms"})
		in.startWorker(t)
		state := in.take(t, order("R-1", "1200", "1234567"))
		require.Equal(t, remittance.AwaitingFunds, state.Status)
		require.Equal(t, remittance.Yen(1200), state.Shortfall)

		entry, err := ledger.Fund(shop, "item-1", 1200)
		require.NoError(t, err)
		require.NoError(t, in.desk.DB.InTx(t.Context(), func(ctx context.Context, tx *database.Tx) error { return in.desk.Ledger.Post(ctx, tx, entry) }))
		require.Equal(t, remittance.Paid, in.awaitEnd(t, "R-1").Status)
		assert.Empty(t, in.eventsOf(t, "R-1", enums.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED), "nobody told it")
		in.agree(t)
	})
}

// eventsOf gives the numbers of the events of one type.
func (in *installation) eventsOf(t *testing.T, id string, kind enums.EventType) (ids []int64) {
	t.Helper()
	events := in.withoutKeys(t).GetWorkflowHistory(t.Context(), ref(id).WorkflowID(), "", false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	for events.HasNext() {
		e, err := events.Next()
		require.NoError(t, err)
		if e.GetEventType() == kind {
			ids = append(ids, e.GetEventId())
		}
	}
	return ids
}

// heldFor is how long the sandbox keeps a held transfer in process.
const heldFor = 24 * time.Hour

// TestCancelWhileTheBankHasIt: the bank no longer calls off what it is
// processing, so the cancel is refused and the transfer takes its course.
func TestCancelWhileTheBankHasIt(t *testing.T) {
	onEachDatabase(t, func(t *testing.T, dsn string) {
		in := install(t, dsn, nil)
		in.startWorker(t)
		in.fund(t, 10_000)
		in.take(t, order("R-1", "1200", magic(t, "held")))
		in.awaitTransfers(t, 1)
		_, err := in.desk.Orders.Cancel(t.Context(), ref("R-1"), remittance.ActorMerchant)
		refusedAs(t, err, orders.RuleCancelTooLate)
		row, err := in.desk.Record.Get(t.Context(), ref("R-1"))
		require.NoError(t, err)
		assert.False(t, row.Final, "a refused cancel changes nothing")

		_, err = in.bank.Advance(t.Context(), heldFor)
		require.NoError(t, err)
		require.Equal(t, remittance.Paid, in.awaitEnd(t, "R-1").Status)
		_, err = in.desk.Orders.Cancel(t.Context(), ref("R-1"), remittance.ActorMerchant)
		refusedAs(t, err, orders.RuleCancelTooLate)
		in.agree(t)
	})
}

// TestCancelBeforeTheBankBegins: an application that still waits for approval is
// called off at the bank, and the money is the merchant's again.
func TestCancelBeforeTheBankBegins(t *testing.T) {
	onEachDatabase(t, func(t *testing.T, dsn string) {
		in := install(t, dsn, with{"SOUKIN_BANK_BUSINESS_ID": "true"})
		in.startWorker(t)
		in.fund(t, 10_000)
		in.take(t, order("R-1", "1200", magic(t, "approval_business_id")))
		in.awaitTransfers(t, 1)
		state, err := in.desk.Orders.Cancel(t.Context(), ref("R-1"), remittance.ActorMerchant)
		require.NoError(t, err)
		assert.Equal(t, remittance.Cancelled, state.Status)
		executed, transfers := in.executions(t, in.awaitEnd(t, "R-1"))
		assert.Equal(t, [2]int{0, 1}, [2]int{executed, transfers})
		balances, err := in.desk.Ledger.Balances(t.Context(), shop)
		require.NoError(t, err)
		assert.Equal(t, ledger.Balances{Available: 10_000}, balances)
		in.agree(t)
	})
}

// awaitTransfers waits until the bank has taken so many transfers.
func (in *installation) awaitTransfers(t *testing.T, n int) {
	t.Helper()
	require.Eventually(t, func() bool {
		got := 0
		for _, err := range in.bank.Transfers(context.Background(), "") {
			if err != nil {
				return false
			}
			got++
		}
		return got == n
	}, patience, tick)
}

// TestCorrectAfterABounce: the money comes back, the merchant names another
// account, and the second instruction is another one for the bank.
func TestCorrectAfterABounce(t *testing.T) {
	onEachDatabase(t, func(t *testing.T, dsn string) {
		in := install(t, dsn, with{"SOUKIN_BANK_CORRECTION_WINDOW": "1h"})
		in.startWorker(t)
		in.fund(t, 10_000)
		in.take(t, order("R-1", "1200", magic(t, "bounce_01")))
		row := in.await(t, "R-1", "came back", func(r record.Remittance) bool { return r.Status == remittance.Returned })
		assert.Equal(t, remittance.NoSuchAccount, row.Reason)
		assert.False(t, row.Final)
		balances, err := in.desk.Ledger.Balances(t.Context(), shop)
		require.NoError(t, err)
		assert.Equal(t, remittance.Yen(1200), balances.Held, "it is kept for the correction")

		state, _, err := in.desk.Orders.Correct(t.Context(), ref("R-1"), order("", "", "7654321").Payee)
		require.NoError(t, err)
		assert.Equal(t, 2, state.Generation)
		row = in.awaitEnd(t, "R-1")
		require.Equal(t, remittance.Paid, row.Status)
		executed, transfers := in.executions(t, row)
		assert.Equal(t, [2]int{2, 2}, [2]int{executed, transfers}, "one that came back and one that stayed")
		balances, err = in.desk.Ledger.Balances(t.Context(), shop)
		require.NoError(t, err)
		assert.Equal(t, ledger.Balances{Available: 8800, Paid: 1200, FeesDue: 2 * in.cfg.Bank.Fee}, balances, "each executed attempt costs its fee")
		in.agree(t)
	})
}

// trouble makes every call to the bank fail in one way.
func (in *installation) trouble(t *testing.T, kind faults.Kind) {
	t.Helper()
	plan := faults.Plan{}
	if kind != "" {
		plan.Rates = map[faults.Kind]float64{kind: 1}
	}
	_, err := in.bank.SetFaults(t.Context(), plan)
	require.NoError(t, err)
}

// TestResolveAnUnknownOutcome: the bank answers nothing any more. An operator
// who knows better says so, on evidence; nobody else can.
func TestResolveAnUnknownOutcome(t *testing.T) {
	onEachDatabase(t, func(t *testing.T, dsn string) {
		in := install(t, dsn, with{"SOUKIN_BANK_ATTENTION_AFTER": "2s"})
		in.startWorker(t)
		in.fund(t, 10_000)
		for _, c := range []struct {
			id      string
			happens faults.Kind // to every call, the instruction and all enquiries
			resolve func(applyNo string) contract.ResolveInput
			ends    remittance.Status
		}{
			{"R-1", faults.AnswerLost, func(no string) contract.ResolveInput {
				return contract.ResolveInput{Executed: true, RailRef: no, Evidence: "the bank's list of transfers, line 1"}
			}, remittance.Paid},
			{"R-2", faults.AnswerLost, func(string) contract.ResolveInput {
				return contract.ResolveInput{Executed: true, Evidence: "statement 2026-11-21, item 2"}
			}, remittance.Paid},
			{"R-3", faults.RefusedBefore, func(string) contract.ResolveInput {
				return contract.ResolveInput{Evidence: "statement 2026-11-21: not on it"}
			}, remittance.Failed},
		} {
			in.trouble(t, c.happens)
			in.take(t, order(c.id, "1200", "1234567"))
			row := in.await(t, remittance.RemittanceID(c.id), "needed attention", func(r record.Remittance) bool { return r.NeedsAttention })
			assert.Equal(t, remittance.Checking, row.Status)
			balances, err := in.desk.Ledger.Balances(t.Context(), shop)
			require.NoError(t, err)
			assert.Equal(t, remittance.Yen(1200), balances.InFlight, "nothing is released meanwhile")
			_, err = in.desk.Orders.Cancel(t.Context(), ref(c.id), remittance.ActorMerchant)
			refusedAs(t, err, orders.RuleCancelTooLate)
			_, err = in.desk.Orders.Resolve(t.Context(), ref(c.id), contract.ResolveInput{Executed: true})
			refusedAs(t, err, orders.RuleEvidence)

			executed, _ := in.executions(t, row)
			assert.Equal(t, c.happens == faults.AnswerLost, executed == 1)
			told := c.resolve(in.numberOf(t, row))
			_, err = in.desk.Orders.Resolve(t.Context(), ref(c.id), told)
			if told.Executed {
				require.NoError(t, err)
				in.trouble(t, "")
			} else if err != nil { // the bank is asked once more first, for longer than a caller waits
				refusedAs(t, err, orders.RuleNoAnswer)
			}
			require.Equal(t, c.ends, in.awaitEnd(t, remittance.RemittanceID(c.id)).Status, c.id)
			in.requireEvidence(t, c.id, told.Evidence)
			in.trouble(t, "")
		}
		in.agree(t)
	})
}

// numberOf is what an operator finds in the bank's own screens; empty when it
// is not there.
func (in *installation) numberOf(t *testing.T, row record.Remittance) (applyNo string) {
	t.Helper()
	for tr, err := range in.bank.Transfers(t.Context(), "") {
		require.NoError(t, err)
		if belongs(tr, row) {
			applyNo = tr.ApplyNo
		}
	}
	return applyNo
}

func (in *installation) requireEvidence(t *testing.T, id, want string) {
	t.Helper()
	view, err := in.desk.Orders.Show(t.Context(), ref(id))
	require.NoError(t, err)
	for _, step := range view.Timeline {
		if step.Evidence == want && step.Actor == remittance.ActorOperator {
			return
		}
	}
	assert.Fail(t, "the operator's evidence is not on the timeline", id)
}
