package app_test

import (
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"soukin/config"
	"soukin/internal/app"
	"soukin/internal/orders"
	"soukin/remittance"
)

// TestRailsFollowTheSettings: every rail has a cap and a fee of its own, and
// whoever reads the list sees which rails are only played.
func TestRailsFollowTheSettings(t *testing.T) {
	token := filepath.Join(t.TempDir(), "token")
	require.NoError(t, os.WriteFile(token, []byte("a token"), 0o600))
	cfg, err := config.Load([]string{"SOUKIN_HOME=" + t.TempDir(), "SOUKIN_BANK_CAP=900000", "SOUKIN_BANK_FEE=5",
		"SOUKIN_ATM_CAP=1000", "SOUKIN_ATM_FEE=1", "SOUKIN_AMAZON_CAP=2000", "SOUKIN_AMAZON_FEE=2", "SOUKIN_AUPAY_CAP=3000", "SOUKIN_AUPAY_FEE=3",
		"SOUKIN_PREPAID_CAP=4000", "SOUKIN_PREPAID_FEE=4", "SOUKIN_AUPAY_API_URL=https://aupay.example.jp/v1", "SOUKIN_AUPAY_TOKEN_FILE=" + token})
	require.NoError(t, err)
	_, err = app.CreatePayloadKeys(cfg)
	require.NoError(t, err)
	desk, err := app.OpenDesk(t.Context(), cfg, slog.New(slog.DiscardHandler), time.Now)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, desk.Close()) })

	rails, err := desk.Orders.Rails(t.Context(), "")
	require.NoError(t, err)
	assert.Equal(t, []orders.RailInfo{
		{Rail: remittance.RailBank, Cap: 900_000, Fee: 5, Sandbox: true}, {Rail: remittance.RailATM, Cap: 1000, Fee: 1, Sandbox: true},
		{Rail: remittance.RailAmazon, Cap: 2000, Fee: 2, Sandbox: true}, {Rail: remittance.RailAuPay, Cap: 3000, Fee: 3},
		{Rail: remittance.RailPrepaid, Cap: 4000, Fee: 4, Sandbox: true},
	}, rails)
	set := desk.Orders.Settings
	assert.Equal(t, cfg.Bank.Policy.Contract(), set.Rails[remittance.RailBank].Policy)
	assert.Equal(t, cfg.Patience.Contract(cfg.Bank.Policy), set.Rails[remittance.RailATM].Policy)
	assert.Contains(t, set.Prepaid, "webmoney")
	assert.True(t, set.AuPay.Member.MatchString("1234567890123456"))
}

// TestARealBankHasNoPretendedRails: money that a real bank holds must not be
// called paid by a counterparty that only plays.
func TestARealBankHasNoPretendedRails(t *testing.T) {
	secret := filepath.Join(t.TempDir(), "secret")
	require.NoError(t, os.WriteFile(secret, []byte("a secret"), 0o600))
	cfg, err := config.Load([]string{"SOUKIN_HOME=" + t.TempDir(), "SOUKIN_BANK_API_URL=https://bank.example.jp/v1", "SOUKIN_BANK_AUTH_URL=https://bank.example.jp/auth",
		"SOUKIN_BANK_CLIENT_SECRET_FILE=" + secret, "SOUKIN_BANK_NEEDS_APPROVAL=false", "SOUKIN_BANK_HONOURS_KEYS=true",
		"SOUKIN_AUPAY_API_URL=https://aupay.example.jp/v1", "SOUKIN_AUPAY_TOKEN_FILE=" + secret})
	require.NoError(t, err)
	_, err = app.CreatePayloadKeys(cfg)
	require.NoError(t, err)
	desk, err := app.OpenDesk(t.Context(), cfg, slog.New(slog.DiscardHandler), time.Now)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, desk.Close()) })
	rails, err := desk.Orders.Rails(t.Context(), "")
	require.NoError(t, err)
	require.Len(t, rails, 2)
	assert.Equal(t, []remittance.Rail{remittance.RailBank, remittance.RailAuPay}, []remittance.Rail{rails[0].Rail, rails[1].Rail})
}
