//go:build integration

package integration

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"soukin/contract"
	"soukin/internal/orders"
	"soukin/internal/record"
	"soukin/remittance"
)

// TestTheSameOrderAgain orders what is on record already: while it is open,
// after it ended, and from many callers at the same moment. The same body is the
// same remittance, another one is a conflict, and the bank is told once.
func TestTheSameOrderAgain(t *testing.T) {
	onEachDatabase(t, func(t *testing.T, dsn string) {
		in := install(t, dsn, with{"SOUKIN_FUNDING_RECHECK": "1h"})
		in.startWorker(t)
		first := order("R-1", "1200", "1234567")
		other := order("R-1", "1201", "1234567")
		spelled := order(" R-1 ", "1,200", "1234567")
		otherPayee := order("R-1", "1200", "1234568")

		open, _, err := in.desk.Orders.Take(t.Context(), first)
		require.NoError(t, err)
		require.Equal(t, remittance.AwaitingFunds, open.Status, "it stays open until there are funds")
		again := func(when string, want func(contract.State)) {
			for _, r := range []orders.Request{first, spelled} {
				state, _, err := in.desk.Orders.Take(t.Context(), r)
				require.NoError(t, err, when)
				want(state)
			}
			for _, r := range []orders.Request{other, otherPayee} {
				_, _, err := in.desk.Orders.Take(t.Context(), r)
				requireConflict(t, err, when)
			}
		}
		again("open", func(s contract.State) { assert.Equal(t, open, s) })

		in.fund(t, 10_000)
		row := in.awaitEnd(t, "R-1")
		require.Equal(t, remittance.Paid, row.Status)
		again("ended", func(s contract.State) {
			assert.Equal(t, remittance.Paid, s.Status)
			assert.Equal(t, row.RailRef, s.RailRef)
		})
		executed, transfers := in.executions(t, in.awaitEnd(t, "R-1"))
		assert.Equal(t, 1, executed)
		assert.Equal(t, 1, transfers)
		in.agree(t)
	})
}

func requireConflict(t *testing.T, err error, when string) {
	t.Helper()
	faults := orders.FaultsOf(err)
	require.Len(t, faults, 1, "%s: %v", when, err)
	require.Equal(t, orders.CodeConflict, faults[0].Code, when)
	require.Equal(t, orders.RuleOtherBody, faults[0].Rule, when)
}

const crowd = 20

// TestACrowdOrdersTheSame: twenty callers give one order at the same moment.
func TestACrowdOrdersTheSame(t *testing.T) {
	onEachDatabase(t, func(t *testing.T, dsn string) {
		in := install(t, dsn, nil)
		in.startWorker(t)
		in.fund(t, 100_000)
		states, errs := in.takeAtOnce(t, func(int) orders.Request { return order("R-1", "1200", "1234567") })
		for i := range states {
			require.NoError(t, errs[i])
			assert.Equal(t, states[0].Ref, states[i].Ref)
			assert.Equal(t, states[0].Account, states[i].Account)
		}
		row := in.awaitEnd(t, "R-1")
		require.Equal(t, remittance.Paid, row.Status)
		executed, transfers := in.executions(t, row)
		assert.Equal(t, [2]int{1, 1}, [2]int{executed, transfers})
		in.onlyOne(t)
	})
}

// TestACrowdOrdersTwoThings: under one id, ten callers want one thing and ten
// want another. One order wins, and every caller of the other one is told.
func TestACrowdOrdersTwoThings(t *testing.T) {
	onEachDatabase(t, func(t *testing.T, dsn string) {
		in := install(t, dsn, nil)
		in.startWorker(t)
		in.fund(t, 100_000)
		amounts := [2]string{"1200", "3400"}
		_, errs := in.takeAtOnce(t, func(i int) orders.Request { return order("R-1", amounts[i%2], "1234567") })
		row := in.awaitEnd(t, "R-1")
		require.Equal(t, remittance.Paid, row.Status)
		winner := 0
		if row.Amount == 3400 {
			winner = 1
		}
		for i, err := range errs {
			if i%2 == winner {
				assert.NoError(t, err)
				continue
			}
			requireConflict(t, err, "at the same moment")
		}
		executed, transfers := in.executions(t, row)
		assert.Equal(t, [2]int{1, 1}, [2]int{executed, transfers})
		in.onlyOne(t)
	})
}

func (in *installation) takeAtOnce(t *testing.T, what func(i int) orders.Request) ([]contract.State, []error) {
	t.Helper()
	states, errs := make([]contract.State, crowd), make([]error, crowd)
	begin := make(chan struct{})
	var g errgroup.Group
	for i := range crowd {
		g.Go(func() error {
			<-begin
			states[i], _, errs[i] = in.desk.Orders.Take(context.Background(), what(i))
			return nil
		})
	}
	close(begin)
	require.NoError(t, g.Wait())
	return states, errs
}

// onlyOne checks that one remittance and nothing else came of all orders.
func (in *installation) onlyOne(t *testing.T) {
	t.Helper()
	page, err := in.desk.Record.List(t.Context(), record.Filter{}, record.MaxPage, "")
	require.NoError(t, err)
	assert.Len(t, page.Remittances, 1)
	accounts, err := in.bank.Accounts(t.Context())
	require.NoError(t, err)
	assert.Equal(t, page.Remittances[0].Amount, accounts.Accounts[0].Executed)
	in.agree(t)
}
