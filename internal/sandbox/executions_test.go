package sandbox_test

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"soukin/internal/database"
	"soukin/internal/sandbox/counterparty"
	"soukin/remittance"
)

// What moved is shown, and not what was ordered: a wallet that charges a yen
// more must not agree with our ledger.
func TestBooksShowTheAmountThatMoved(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sandbox.db")
	w, stop := launch(t, path)
	defer stop()
	charged, _ := auPay(w).charge(t, "shop.R-1.charge.1", member("0001"), 3000)
	require.Equal(t, "executed", charged.Body["state"])
	require.Equal(t, "refunded", said(issuers(w).refund(t, "shop.R-2.refund.1", "webmoney", "WM-20261101-3000-1", 3000)))
	stop()

	db, err := database.Open(t.Context(), "sqlite:"+path)
	require.NoError(t, err)
	require.NoError(t, db.InTx(t.Context(), func(ctx context.Context, tx *database.Tx) error {
		for _, spoil := range []string{
			`UPDATE aupay_entries SET amount = amount + 1 WHERE charge_id = 'shop.R-1.charge.1'`,
			`UPDATE prepaid_credits SET amount = amount - 1 WHERE refund_id = 'shop.R-2.refund.1'`,
		} {
			if _, err := tx.Exec(ctx, spoil); err != nil {
				return err
			}
		}
		return nil
	}))
	require.NoError(t, db.Close())

	w, stop = launch(t, path)
	defer stop()
	assert.Equal(t, map[string]counterparty.Execution{
		"shop.R-1.charge.1": {Reference: "shop.R-1.charge.1", Amount: 3001, Executed: 1, State: "executed"},
	}, w.executions(t, remittance.RailAuPay))
	assert.Equal(t, map[string]counterparty.Execution{
		"shop.R-2.refund.1": {Reference: "shop.R-2.refund.1", Amount: 2999, Executed: 1, State: "refunded"},
	}, w.executions(t, remittance.RailPrepaid))
}
