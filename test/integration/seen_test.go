//go:build integration

package integration

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"

	"soukin/internal/app"
	"soukin/internal/record"
	"soukin/internal/sandbox/faults"
	"soukin/remittance"
)

// seen is what the list of workflows shows of one remittance to somebody
// without keys.
type seen struct {
	RemitStatus, RemitWaitsFor, RemitReason, RemitRail, RemitMerchant string
	RemitAmount                                                       int64
	RemitDeadline                                                     *time.Time
	RemitNeedsAttention                                               bool
}

// TestAnOperatorSeesWhatEachWaitsFor has one open remittance in each waiting
// state of a bank transfer, and reads the list of workflows as the Web UI does:
// without keys and without a codec server.
func TestAnOperatorSeesWhatEachWaitsFor(t *testing.T) {
	onEachDatabase(t, func(t *testing.T, dsn string) {
		in := install(t, dsn, with{"SOUKIN_BANK_CORRECTION_WINDOW": "1h", "SOUKIN_BANK_FINALITY": "1h", "SOUKIN_BANK_WATCH_EVERY": "300ms",
			"SOUKIN_BANK_NEEDS_APPROVAL": "true", "SOUKIN_BANK_ATTENTION_AFTER": "3h"})
		in.startWorker(t)
		in.fund(t, 10_000)
		in.take(t, order("FINALITY", "1001", "1234567"))
		in.take(t, order("RAIL", "1002", magic(t, "held")))
		in.take(t, order("APPROVAL", "1003", magic(t, "approval_password")))
		in.take(t, order("CORRECTION", "1004", magic(t, "bounce_02")))
		in.take(t, order("FUNDS", "900000", "1234567"))
		in.await(t, "FINALITY", "was sent", func(r record.Remittance) bool { return r.Status == remittance.Sent })
		in.await(t, "APPROVAL", "waited for approval", func(r record.Remittance) bool { return r.Reason == remittance.WaitsForApproval })
		in.await(t, "CORRECTION", "came back", func(r record.Remittance) bool { return r.Status == remittance.Returned })
		in.awaitTransfers(t, 4)
		in.trouble(t, faults.RefusedBefore)
		in.take(t, order("ENQUIRY", "1005", "1234567"))
		in.impatient(t).take(t, order("OPERATOR", "1006", "1234567"))
		in.await(t, "ENQUIRY", "was enquired", func(r record.Remittance) bool { return r.Status == remittance.Checking })
		in.await(t, "OPERATOR", "needed attention", func(r record.Remittance) bool { return r.NeedsAttention })

		c := in.withoutKeys(t)
		for id, want := range map[string]struct {
			status   remittance.Status
			waitsFor remittance.Reason
			reason   remittance.Reason // empty: whatever led to it
			within   time.Duration     // the deadline, from now; 0: none
		}{
			"FUNDS":      {remittance.AwaitingFunds, remittance.WaitsForFunds, remittance.WaitsForFunds, in.cfg.Bank.Policy.FundingWindow},
			"FINALITY":   {remittance.Sent, remittance.WaitsForFinality, remittance.WaitsForFinality, time.Hour},
			"RAIL":       {remittance.Processing, remittance.WaitsForRail, remittance.WaitsForRail, 0},
			"APPROVAL":   {remittance.Processing, remittance.WaitsForApproval, remittance.WaitsForApproval, 0},
			"CORRECTION": {remittance.Returned, remittance.WaitsForCorrection, remittance.NameMismatch, time.Hour},
			"ENQUIRY":    {remittance.Checking, remittance.WaitsForEnquiry, remittance.WaitsForEnquiry, 3 * time.Hour},
			"OPERATOR":   {remittance.Checking, remittance.WaitsForOperator, "", 0},
		} {
			got := onlyOne(t, c, fmt.Sprintf("RemitWaitsFor = %q AND ExecutionStatus = 'Running'", want.waitsFor), ref(id).WorkflowID())
			assert.Equal(t, string(want.status), got.RemitStatus, id)
			assert.Equal(t, string(want.waitsFor), got.RemitWaitsFor, id)
			if want.reason != "" {
				assert.Equal(t, string(want.reason), got.RemitReason, id)
			}
			assert.Equal(t, "bank", got.RemitRail, id)
			assert.Equal(t, string(shop), got.RemitMerchant, id)
			assert.Equal(t, id == "OPERATOR", got.RemitNeedsAttention, id)
			if want.within == 0 {
				continue
			}
			if assert.NotNil(t, got.RemitDeadline, id) {
				assert.WithinRange(t, *got.RemitDeadline, time.Now().Add(want.within-30*time.Minute), time.Now().Add(want.within), id)
			}
		}
		onlyOne(t, c, "RemitNeedsAttention = true", ref("OPERATOR").WorkflowID())
		onlyOne(t, c, fmt.Sprintf("RemitDeadline > %q", time.Now().Add(24*time.Hour).UTC().Format(time.RFC3339)), ref("FUNDS").WorkflowID())
		onlyOne(t, c, "RemitAmount = 1004", ref("CORRECTION").WorkflowID())
	})
}

// impatient is the same installation for orders that ask for an operator at
// once; an order keeps the patience that it was taken with.
func (in *installation) impatient(t *testing.T) *installation {
	t.Helper()
	other := *in
	other.cfg.Bank.Policy.AttentionAfter = time.Second
	desk, err := app.OpenDesk(t.Context(), other.cfg, in.log, time.Now)
	require.NoError(t, err)
	in.closes = append(in.closes, desk.Close)
	other.desk = desk
	return &other
}

// onlyOne requires that a query finds one workflow, and reads what it shows.
func onlyOne(t *testing.T, c client.Client, query, id string) seen {
	t.Helper()
	var found *workflowservice.ListWorkflowExecutionsResponse
	require.EventuallyWithT(t, func(ct *assert.CollectT) {
		var err error
		found, err = c.ListWorkflow(t.Context(), &workflowservice.ListWorkflowExecutionsRequest{Query: query})
		require.NoError(ct, err)
		require.Len(ct, found.Executions, 1)
		require.Equal(ct, id, found.Executions[0].Execution.WorkflowId)
	}, patience, tick, query)
	return plainly(t, found.Executions[0].SearchAttributes.GetIndexedFields())
}

// plainly reads search attributes as plain JSON.
func plainly(t *testing.T, fields map[string]*commonpb.Payload) (out seen) {
	t.Helper()
	doc := map[string]json.RawMessage{}
	for name, p := range fields {
		require.Equal(t, "json/plain", string(p.GetMetadata()["encoding"]), name)
		doc[name] = p.GetData()
	}
	text, err := json.Marshal(doc)
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(text, &out), "%s", text)
	return out
}
