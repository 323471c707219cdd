package app_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"

	"soukin/contract"
	"soukin/internal/app"
	"soukin/internal/database"
	"soukin/internal/ledger"
	"soukin/internal/payload"
	"soukin/internal/sandbox/ganb"
	"soukin/internal/vault"
	"soukin/remittance"
)

// slowNumber is the sandbox's account whose answer takes some seconds.
func slowNumber(t *testing.T) string {
	t.Helper()
	for _, m := range ganb.Magics() {
		if m.Name == "slow" {
			return m.Number
		}
	}
	t.Fatal("the sandbox has no slow answer any more")
	return ""
}

func (s system) connect(ctx context.Context, t *testing.T) client.Client {
	t.Helper()
	ring, err := app.PayloadKeys(s.cfg)
	require.NoError(t, err)
	opts := s.cfg.Temporal.Options
	payload.ForClient(ring).Apply(&opts)
	c, err := client.DialContext(ctx, opts)
	require.NoError(t, err)
	t.Cleanup(c.Close)
	return c
}

// order makes a funded order to an account number.
func (s system) order(ctx context.Context, t *testing.T, id remittance.RemittanceID, number string) contract.Order {
	t.Helper()
	store, err := app.OpenStore(ctx, s.cfg, time.Now)
	require.NoError(t, err)
	defer func() { assert.NoError(t, store.Close()) }()
	require.NoError(t, store.DB.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		entry, err := ledger.Fund("demo", "item-"+string(id), 5000)
		if err != nil {
			return err
		}
		return store.Ledger.Post(ctx, tx, entry)
	}))
	account, err := store.Vault.Put(ctx, "demo", vault.NewAccount("0001", "001", "1", number, "ﾔﾏﾀﾞ ﾀﾛｳ"), "")
	require.NoError(t, err)
	return contract.Order{Ref: remittance.Ref{Merchant: "demo", Remittance: id}, Pattern: remittance.BankTransfer, Amount: 1200, Account: account, RequestHash: "h"}
}

func startOrder(ctx context.Context, t *testing.T, s system, c client.Client, order contract.Order) client.WorkflowRun {
	t.Helper()
	run, err := c.ExecuteWorkflow(ctx, client.StartWorkflowOptions{ID: order.WorkflowID(), TaskQueue: contract.QueueMain},
		contract.WorkflowBankTransfer, contract.BankTransferInput{Order: order, Policy: s.cfg.Bank.Policy.Contract()})
	require.NoError(t, err)
	return run
}

// submits gives how the instructions to the bank ended, and the attempt each
// ended at.
func submits(ctx context.Context, t *testing.T, c client.Client, run client.WorkflowRun) (completed int, attempt int32) {
	t.Helper()
	events := c.GetWorkflowHistory(ctx, run.GetID(), run.GetRunID(), false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	scheduled := map[int64]bool{}
	attempts := map[int64]int32{}
	for events.HasNext() {
		e, err := events.Next()
		require.NoError(t, err)
		if a := e.GetActivityTaskScheduledEventAttributes(); a != nil && a.GetActivityType().GetName() == "SubmitBankTransfer" {
			scheduled[e.GetEventId()] = true
		}
		if a := e.GetActivityTaskStartedEventAttributes(); a != nil {
			attempts[a.GetScheduledEventId()] = a.GetAttempt()
		}
		if a := e.GetActivityTaskCompletedEventAttributes(); a != nil && scheduled[a.GetScheduledEventId()] {
			completed, attempt = completed+1, attempts[a.GetScheduledEventId()]
		}
	}
	return completed, attempt
}

// A worker that is told to stop while an instruction is on the wire must stay
// for the answer: cut off, its outcome would be unknown.
func TestStopLetsAnInstructionGetItsAnswer(t *testing.T) {
	s := newSystem(t)
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	stop := start(t, app.RunWorker, s.cfg, app.WithLogger(s.log), app.WithListener(openPort(t)))
	c := s.connect(ctx, t)
	run := startOrder(ctx, t, s, c, s.order(ctx, t, "R-slow", slowNumber(t)))

	require.Eventually(t, func() bool {
		for tr, err := range s.sandbox.Transfers(ctx, "") {
			return err == nil && tr.ExecutedCount == 1
		}
		return false
	}, 20*time.Second, 20*time.Millisecond, "the bank has executed it and takes its time to say so")
	completed, _ := submits(ctx, t, c, run)
	require.Zero(t, completed, "the answer is still under way")

	require.NoError(t, stop())
	completed, attempt := submits(ctx, t, c, run)
	assert.Equal(t, 1, completed)
	assert.EqualValues(t, 1, attempt, "nothing was sent again")

	start(t, app.RunWorker, s.cfg, app.WithLogger(s.log), app.WithListener(openPort(t)))
	var state contract.State
	require.NoError(t, run.Get(ctx, &state))
	assert.Equal(t, remittance.Paid, state.Status)
}

// A versioned worker gets no new remittance before its version is current.
func TestDeploymentVersioning(t *testing.T) {
	s := newSystem(t)
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	cfg := s.cfg
	cfg.Worker.BuildID = "build-1"
	start(t, app.RunWorker, cfg, app.WithLogger(s.log), app.WithListener(openPort(t)))
	c := s.connect(ctx, t)
	run := startOrder(ctx, t, s, c, s.order(ctx, t, "R-versioned", "1234567"))

	deployment := c.WorkerDeploymentClient().GetHandle(cfg.Worker.Deployment)
	require.EventuallyWithT(t, func(t *assert.CollectT) {
		_, err := deployment.SetCurrentVersion(ctx, client.WorkerDeploymentSetCurrentVersionOptions{BuildID: "build-1"})
		assert.NoError(t, err)
	}, 30*time.Second, 200*time.Millisecond, "the version becomes known once its pollers are")
	var state contract.State
	require.NoError(t, run.Get(ctx, &state))
	assert.Equal(t, remittance.Paid, state.Status)
	described, err := c.DescribeWorkflowExecution(ctx, run.GetID(), run.GetRunID())
	require.NoError(t, err)
	assert.Equal(t, "build-1", described.WorkflowExecutionInfo.GetVersioningInfo().GetDeploymentVersion().GetBuildId())
}
