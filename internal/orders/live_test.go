//go:build integration

package orders_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"
	sdklog "go.temporal.io/sdk/log"
	"go.temporal.io/sdk/worker"

	"soukin/activities"
	"soukin/contract"
	"soukin/internal/database/databasetest"
	"soukin/internal/devserver"
	"soukin/internal/orders"
	"soukin/remittance"
	"soukin/workflows"
)

// TestOnARealServer proves what the fakes assume of Temporal: what comes back
// for a running, a refusing and a closed workflow, and for no server. No worker
// polls the bank's queue, so nothing is ever sent.
func TestOnARealServer(t *testing.T) {
	server := devserver.ForTest(t, contract.SearchAttributes())
	quiet := sdklog.NewStructuredLogger(slog.New(slog.DiscardHandler))
	c, err := client.Dial(client.Options{HostPort: server.Address, Namespace: server.Namespace, Logger: quiet})
	require.NoError(t, err)
	defer c.Close()

	f := newFixture(t)
	deps := orders.Deps{DB: f.db, Record: f.record, Ledger: f.ledger, Vault: f.vault, Temporal: c, Settings: settings()}
	bank := deps.Settings.Rails[remittance.RailBank]
	bank.Policy.FundingRecheck = time.Hour // only the signal can wake it in time
	deps.Settings.Rails[remittance.RailBank] = bank
	f.service = orders.New(deps)
	w := worker.New(c, contract.QueueMain, worker.Options{DisableRegistrationAliasing: true})
	workflows.Register(w)
	activities.RegisterLedger(w, activities.NewLedger(f.books))
	require.NoError(t, w.Start())
	defer w.Stop()

	// late has the same vault and an empty record: it sees what a caller sees who
	// looked at the record a moment too early.
	g := fixtureOn(t, databasetest.SQLite(t)())
	deps.DB, deps.Record, deps.Ledger = g.db, g.record, g.ledger
	late := orders.New(deps)
	take := func(s *orders.Service, r orders.Request) (contract.State, error) {
		state, _, err := s.Take(t.Context(), r)
		return state, err
	}

	waiting, err := take(f.service, good("R-1"))
	require.NoError(t, err)
	require.Equal(t, remittance.AwaitingFunds, waiting.Status)

	same, err := take(late, good("R-1"))
	require.NoError(t, err, "the running workflow answers for itself")
	assert.Equal(t, waiting, same)

	_, err = take(late, with(good("R-1"), func(r *orders.Request) { r.Amount = "1" }))
	assert.Equal(t, orders.RuleOtherBody, only(t, err).Rule)

	_, err = f.service.Resolve(t.Context(), r1, contract.ResolveInput{Evidence: "statement, item 3"})
	assert.Equal(t, orders.RuleResolveTooLate, only(t, err).Rule, "the workflow's validator refuses")

	cancelled, err := f.service.Cancel(t.Context(), r1, remittance.ActorMerchant)
	require.NoError(t, err)
	assert.Equal(t, remittance.Cancelled, cancelled.Status)
	ended(t, c, r1)

	again, err := take(f.service, good("R-1"))
	require.NoError(t, err, "an ended remittance is answered from the record")
	assert.Equal(t, remittance.Cancelled, again.Status)
	same, err = take(late, good("R-1"))
	require.NoError(t, err, "the closed workflow still knows what it answered")
	assert.Equal(t, waiting, same)
	_, err = take(late, with(good("R-1"), func(r *orders.Request) { r.Amount = "1" }))
	assert.Equal(t, orders.RuleSpentID, only(t, err).Rule, "and its id starts no other")

	_, err = g.books.Open(t.Context(), contract.OpenInput{Order: contract.Order{Ref: r1, Pattern: remittance.BankTransfer, Amount: 1, Account: "acc_1", RequestHash: "h"},
		At: noon, FundingDeadline: noon})
	require.NoError(t, err)
	_, err = late.Resolve(t.Context(), r1, contract.ResolveInput{Evidence: "statement, item 4"})
	assert.Equal(t, orders.RuleNoWorkflow, only(t, err).Rule, "open on record, closed in Temporal")

	_, err = take(f.service, good("R-2"))
	require.NoError(t, err)
	funding := f.fund(10_000)
	assert.Equal(t, 1, funding.Woken)
	r2 := remittance.Ref{Merchant: shop, Remittance: "R-2"}
	require.Eventually(t, func() bool {
		row, err := f.record.Get(context.Background(), r2)
		return err == nil && row.Status == remittance.Processing
	}, 20*time.Second, 50*time.Millisecond, "the funding woke it")
}

func ended(t *testing.T, c client.Client, ref remittance.Ref) {
	t.Helper()
	require.NoError(t, c.GetWorkflow(t.Context(), ref.WorkflowID(), "").Get(t.Context(), nil))
}

func TestWithoutAServer(t *testing.T) {
	c, err := client.NewLazyClient(client.Options{HostPort: "127.0.0.1:1", Logger: sdklog.NewStructuredLogger(slog.New(slog.DiscardHandler))})
	require.NoError(t, err)
	defer c.Close()
	f := returned(t)
	deps := f.service.Deps
	deps.Temporal, deps.Settings.AnswerWithin = c, 300*time.Millisecond
	f.service = orders.New(deps)
	_, _, err = f.service.Take(t.Context(), good("R-2"))
	assert.Equal(t, orders.RuleNoAnswer, only(t, err).Rule)
	for name, act := range f.acts() {
		assert.Equal(t, orders.RuleNoAnswer, only(t, act(r1)).Rule, name)
	}
}
