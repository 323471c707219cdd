package audit_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"soukin/internal/database/databasetest"
	"soukin/internal/ledger"
	"soukin/internal/ledger/audit"
)

func TestReportAsJSON(t *testing.T) {
	report := audit.NewReport()
	report.Count("entries", 2)
	report.Count("entries", 1)
	out, err := json.Marshal(report)
	require.NoError(t, err)
	assert.JSONEq(t, `{"ok":true,"checked":{"entries":3},"findings":[]}`, string(out))

	report.Add(audit.Finding{Check: "bank", Rule: "paid_twice", Merchant: "shop", Remittance: "R-1", Sentence: "The bank executed it twice."})
	out, err = json.Marshal(report)
	require.NoError(t, err)
	assert.JSONEq(t, `{"ok":false,"checked":{"entries":3},"findings":[
		{"check":"bank","rule":"paid_twice","merchant":"shop","remittance_id":"R-1","sentence":"The bank executed it twice."}]}`, string(out))
}

func TestReportKeepsItsSize(t *testing.T) {
	var report audit.Report
	assert.False(t, report.OK, "nothing was checked")
	for range audit.MaxFindings + 5 {
		report.Add(audit.Finding{Rule: audit.RuleHash})
	}
	assert.Len(t, report.Findings, audit.MaxFindings)
	assert.Equal(t, 5, report.Omitted)
	assert.False(t, report.OK)
}

func TestCheckNeedsAnAnswer(t *testing.T) {
	db := databasetest.SQLite(t)()
	_, err := audit.Check(t.Context(), db)
	require.ErrorContains(t, err, "audit the ledger", "a database without a ledger cannot be found in order")

	require.NoError(t, ledger.Migrate(t.Context(), db))
	report, err := audit.Check(t.Context(), db)
	require.NoError(t, err)
	assert.True(t, report.OK)
	assert.Equal(t, 0, report.Checked["books"])
}
