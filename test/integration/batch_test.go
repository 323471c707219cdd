//go:build integration

package integration

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"os"
	"soukin/examples"
	"soukin/internal/cli"
	"soukin/remittance"
)

type sentRow struct {
	RemittanceID string `json:"remittance_id"`
	Status       string
	Expected     string
	Reason       string
}

// TestAWholeFile sends the shipped file from the command line to the end. Every
// row ends as the file expects, each one that is paid was executed once, and
// our books agree with the bank's.
func TestAWholeFile(t *testing.T) {
	onEachDatabase(t, func(t *testing.T, dsn string) {
		in := install(t, dsn, nil)
		_, worker := in.startWorker(t)
		in.fund(t, 2_000_000)
		file := filepath.Join(t.TempDir(), "remittances.csv")
		require.NoError(t, os.WriteFile(file, examples.Remittances, 0o600))

		began := time.Now()
		code, out, errs := in.starter(t, "send", file, "--watch", "--output", "json")
		took := time.Since(began)
		require.Equal(t, cli.ExitOK, code, errs)
		rows := sentRows(t, out)
		require.Len(t, rows, 20)
		c := in.temporal(t)
		var sum spent
		ran := 0
		for _, r := range rows {
			assert.Equal(t, r.Expected, r.Status, "%s: %s", r.RemittanceID, r.Reason)
			if r.Status == "refused" {
				continue
			}
			row := in.awaitEnd(t, remittance.RemittanceID(r.RemittanceID))
			executed, _ := in.executions(t, row)
			want := 1
			if row.Status == remittance.Failed {
				want = 0
			}
			assert.Equal(t, want, executed, "%s is %s", row.Ref, row.Status)
			s := spentOn(t, c, row.WorkflowID())
			sum.events, sum.bytes, ran = sum.events+s.events, sum.bytes+s.bytes, ran+1
		}
		in.agree(t)
		code, out, errs = in.starter(t, "audit", "--output", "json")
		require.Equal(t, cli.ExitOK, code, out+errs)

		// The same file again is the same remittances: nothing moves.
		before, err := in.bank.Accounts(t.Context())
		require.NoError(t, err)
		code, _, errs = in.starter(t, "send", file, "--watch", "--output", "json")
		require.Equal(t, cli.ExitOK, code, errs)
		after, err := in.bank.Accounts(t.Context())
		require.NoError(t, err)
		assert.Equal(t, before, after)

		calls := requireFigures(t, worker, rows)
		t.Logf("%d remittances in %s (waits of the settings included); a remittance: %.1f history events, %d bytes, %.1f calls to the bank %v",
			ran, took.Round(time.Millisecond), float64(sum.events)/float64(ran), sum.bytes/int64(ran), total(calls)/float64(ran), calls)
	})
}

func sentRows(t *testing.T, text string) []sentRow {
	t.Helper()
	var doc struct{ Remittances []sentRow }
	require.NoError(t, json.Unmarshal([]byte(text), &doc), text)
	return doc.Remittances
}

// requireFigures reads the worker's metrics after a run and compares them with
// what happened. It gives the calls to the bank by kind.
func requireFigures(t *testing.T, worker string, rows []sentRow) map[string]float64 {
	t.Helper()
	status, body := get(t, worker+"/metrics")
	require.Equal(t, 200, status)
	ended := map[string]int{}
	for _, r := range rows {
		if r.Status != "refused" {
			ended[r.Status]++
		}
	}
	for status, n := range ended {
		assert.Contains(t, body, fmt.Sprintf("soukin_remittance_steps_total{status=%q} %d\n", status, n))
	}
	assert.Regexp(t, `soukin_rail_call_seconds_count\{call="submit",outcome="rejected",rail="bank"\} 1\n`, body, "the bank refuses one")
	assert.Regexp(t, `soukin_rail_call_seconds_count\{call="submit",outcome="unknown",rail="bank"\} 2\n`, body, "the answer of one is lost at each of its two attempts")
	assert.Regexp(t, `soukin_ledger_transactions_total [1-9]`, body)
	assert.Regexp(t, `soukin_ledger_gave_up_total 0\n`, body)
	assert.Regexp(t, `temporal_workflow_completed_total\{[^}]*\} `, body)
	calls := map[string]float64{}
	for _, m := range railCalls.FindAllStringSubmatch(body, -1) {
		n, err := strconv.ParseFloat(m[2], 64)
		require.NoError(t, err)
		calls[m[1]] += n
	}
	return calls
}

var railCalls = regexp.MustCompile(`(?m)^soukin_rail_call_seconds_count\{call="([a-z_]+)"[^}]*\} ([0-9.e+]+)$`)

func total(calls map[string]float64) (sum float64) {
	for _, n := range calls {
		sum += n
	}
	return sum
}
