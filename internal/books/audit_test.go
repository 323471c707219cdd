package books_test

import (
	"context"
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"soukin/internal/books"
	"soukin/internal/database"
	"soukin/internal/database/databasetest"
	"soukin/internal/ledger/audit"
)

// TestTheAuditFindsWhatDoesNotAgree spoils stored rows behind the books' back.
func TestTheAuditFindsWhatDoesNotAgree(t *testing.T) {
	type spoiled struct {
		statements []string
		want       []audit.Rule
	}
	cases := map[string]spoiled{
		"paid on record only":     {[]string{`UPDATE remittances SET status = 'paid', final = TRUE WHERE remittance_id = 'sent'`}, []audit.Rule{books.RuleMoney, books.RuleTimeline}},
		"another status":          {[]string{`UPDATE remittances SET status = 'checking' WHERE remittance_id = 'sent'`}, []audit.Rule{books.RuleTimeline}},
		"open again":              {[]string{`UPDATE remittances SET final = FALSE WHERE remittance_id = 'paid'`}, []audit.Rule{books.RuleMoney, books.RuleTimeline}},
		"another amount":          {[]string{`UPDATE remittances SET amount = 10001 WHERE remittance_id = 'sent'`}, []audit.Rule{books.RuleEntries}},
		"another fee":             {[]string{`UPDATE remittances SET fee = 131 WHERE remittance_id = 'paid'`}, []audit.Rule{books.RuleTimeline}},
		"another fee charged":     {[]string{`UPDATE timeline SET fee = 131 WHERE remittance_id = 'paid' AND seq = 4`}, []audit.Rule{books.RuleEntries, books.RuleTimeline}},
		"another rail":            {[]string{`UPDATE remittances SET rail = 'atm' WHERE remittance_id = 'sent'`}, []audit.Rule{books.RuleTimeline}},
		"another rail instructed": {[]string{`UPDATE timeline SET rail = 'atm' WHERE remittance_id = 'sent' AND seq = 2`}, []audit.Rule{books.RuleEntries}},
		"not in flight":           {[]string{`UPDATE remittances SET in_flight = FALSE WHERE remittance_id = 'sent'`}, []audit.Rule{books.RuleMoney}},
		"another account":         {[]string{`UPDATE remittances SET account = 'acc_9' WHERE remittance_id = 'sent'`}, []audit.Rule{books.RuleTimeline}},
		"a shortfall":             {[]string{`UPDATE remittances SET shortfall = 1 WHERE remittance_id = 'sent'`}, []audit.Rule{books.RuleShortfall}},
		"a step taken out":        {[]string{`DELETE FROM timeline WHERE remittance_id = 'paid' AND seq = 3`}, []audit.Rule{books.RuleTimeline}},
		"the last step taken out": {[]string{`DELETE FROM timeline WHERE remittance_id = 'sent' AND seq = 3`}, []audit.Rule{books.RuleTimeline}},
		"a step renumbered":       {[]string{`UPDATE timeline SET seq = 9 WHERE remittance_id = 'paid' AND seq = 4`}, []audit.Rule{books.RuleTimeline}},
		"a step elsewhere":        {[]string{`UPDATE timeline SET to_status = 'expired' WHERE remittance_id = 'sent' AND seq = 2`}, []audit.Rule{books.RuleTimeline, books.RuleTransition}},
		"a step after the end":    {[]string{`UPDATE timeline SET final = TRUE WHERE remittance_id = 'sent' AND seq = 2`}, []audit.Rule{books.RuleTransition}},
		"a posting taken out":     {[]string{`UPDATE timeline SET postings = '' WHERE remittance_id = 'sent' AND seq = 2`}, []audit.Rule{books.RuleEntries}},
		"a posting put in":        {[]string{`UPDATE timeline SET postings = 'settle' WHERE remittance_id = 'sent' AND seq = 3`}, []audit.Rule{books.RuleEntries}},
		"another generation":      {[]string{`UPDATE timeline SET generation = 2 WHERE remittance_id = 'sent' AND seq = 2`}, []audit.Rule{books.RuleEntries}},
		"a remittance taken out": {[]string{`DELETE FROM timeline WHERE remittance_id = 'paid'`, `DELETE FROM remittances WHERE remittance_id = 'paid'`},
			[]audit.Rule{books.RuleNoRecord}},
	}
	databasetest.Each(t, func(t *testing.T, open func() *database.DB) {
		all := fixtureOn(t, open())
		for i, name := range slices.Sorted(maps.Keys(cases)) {
			t.Run(name, func(t *testing.T) {
				f := all.with(t, i)
				f.fund(30_000)
				f.live("sent", false, []act{do("sent")})
				f.live("paid", false, []act{do("sent"), end("paid", settle, fee)})
				require.Empty(t, f.findings())
				f.spoil(cases[name].statements)
				found := f.findings()
				for _, rule := range cases[name].want {
					assert.True(t, found[rule], "%s is not among %v", rule, found)
				}
			})
		}
	})
}

func (f *fixture) spoil(statements []string) {
	require.NoError(f.t, f.db.InTx(f.t.Context(), func(ctx context.Context, tx *database.Tx) error {
		for _, s := range statements {
			if _, err := tx.Exec(ctx, s+" AND merchant = $1", string(f.merchant)); err != nil {
				return err
			}
		}
		return nil
	}))
}

// findings gives the rules that the audit finds broken for this merchant.
func (f *fixture) findings() map[audit.Rule]bool {
	report, err := books.Audit(f.t.Context(), f.db)
	require.NoError(f.t, err)
	found := map[audit.Rule]bool{}
	for _, finding := range report.Findings {
		if finding.Merchant == f.merchant {
			found[finding.Rule] = true
			assert.Equal(f.t, "record", finding.Check)
			assert.NotEmpty(f.t, finding.Remittance)
			assert.NotEmpty(f.t, finding.Sentence)
		}
	}
	assert.Equal(f.t, len(report.Findings) == 0, report.OK)
	return found
}

func TestTheAuditCoversTheLedgerToo(t *testing.T) {
	f := fixtureOn(t, databasetest.SQLite(t)())
	f.fund(10_000)
	f.open(f.order("R-1"))
	require.NoError(t, f.db.InTx(t.Context(), func(ctx context.Context, tx *database.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE ledger_balance SET amount = amount + 1 WHERE account LIKE 'rail:%'`)
		return err
	}))
	report, err := books.Audit(t.Context(), f.db)
	require.NoError(t, err)
	assert.False(t, report.OK)
	assert.Equal(t, 1, report.Checked["records"])
}
