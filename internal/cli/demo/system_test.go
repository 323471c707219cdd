package demo_test

import (
	"context"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"soukin/config"
	"soukin/internal/app"
	"soukin/internal/cli/demo"
	"soukin/internal/devserver"
	"soukin/internal/orders"
	"soukin/internal/record"
	"soukin/remittance"
)

// needsServer skips where no Temporal server is on this machine: building one
// inside a test would look like a hang.
func needsServer(t *testing.T) {
	t.Helper()
	devserver.ForTest(t, nil)
}

func private(t *testing.T) []string {
	t.Helper()
	cache := t.TempDir()
	users, err := os.UserCacheDir()
	require.NoError(t, err)
	// The demo's own notes go to a directory of the test; the server is found
	// where it is cached.
	require.NoError(t, os.MkdirAll(filepath.Join(cache, "soukin"), 0o700))
	built := filepath.Join("soukin", "temporal-"+devserver.CLIVersion)
	if _, err := os.Stat(filepath.Join(users, built)); err == nil {
		require.NoError(t, os.Symlink(filepath.Join(users, built), filepath.Join(cache, built)))
	}
	t.Setenv("XDG_CACHE_HOME", cache)
	return []string{"TEMPORAL_CONFIG_FILE=" + filepath.Join(t.TempDir(), "none")}
}

func TestASystemStartsStopsAndStartsAgain(t *testing.T) {
	needsServer(t)
	environ := private(t)
	ctx := context.Background()
	s, err := demo.Start(ctx, demo.Options{Environ: environ})
	require.NoError(t, err)
	newest, ok := config.NewestDemo()
	assert.True(t, ok)
	assert.Equal(t, s.Home, newest)
	assert.NotEmpty(t, s.WebUI)

	again, err := config.Load(append(environ, "SOUKIN_HOME="+s.Home))
	require.NoError(t, err)
	assert.Equal(t, s.Config.Temporal.Address(), again.Temporal.Address(), "another terminal finds the same server")
	assert.Equal(t, s.Config.Bank.APIURL, again.Bank.APIURL)
	assert.Equal(t, s.Config.Bank.Policy, again.Bank.Policy)
	require.NoError(t, s.Close())
	require.NoError(t, s.Close(), "closing twice is allowed")

	second, err := demo.Start(ctx, demo.Options{Environ: environ, State: s.Home})
	require.NoError(t, err)
	assert.Equal(t, s.Home, second.Home)
	require.NoError(t, second.Close())
}

// TestTemporalIsStartedAgain: what was open goes on when the Temporal server comes
// back, without anybody being told where.
func TestTemporalIsStartedAgain(t *testing.T) {
	needsServer(t)
	ctx := t.Context()
	s, err := demo.Start(ctx, demo.Options{Environ: private(t), State: t.TempDir()})
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, s.Close()) })
	desk, err := app.OpenDesk(ctx, s.Config, slog.New(slog.DiscardHandler), time.Now)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, desk.Close()) })
	require.NoError(t, desk.Record.SaveMerchant(ctx, record.Merchant{ID: demo.Merchant, DisplayName: "Demo Shop"}))
	order := orders.Request{Merchant: string(demo.Merchant), RemittanceID: "R-1", Amount: "1200",
		Payee: orders.Payee{Bank: "0001", Branch: "001", Type: "1", Number: "1234567", Name: "ヤマダ タロウ"}}
	state, _, err := desk.Orders.Take(ctx, order)
	require.NoError(t, err)
	require.Equal(t, remittance.AwaitingFunds, state.Status)

	require.NoError(t, s.ReviveTemporal(ctx))
	select {
	case <-s.TemporalGone():
		t.Fatal("it was stopped on purpose")
	default:
	}
	_, err = desk.Orders.Fund(ctx, demo.Merchant, "item-1", 1200)
	require.NoError(t, err)
	require.Eventually(t, func() bool {
		row, err := desk.Record.Get(context.Background(), remittance.Ref{Merchant: demo.Merchant, Remittance: "R-1"})
		return err == nil && row.Status == remittance.Paid
	}, time.Minute, 100*time.Millisecond)
}

func TestADemoStaysAwayFromOtherInstallationsAndBanks(t *testing.T) {
	home := t.TempDir()
	settings := filepath.Join(home, config.HomeFile)
	require.NoError(t, os.WriteFile(settings, []byte("SOUKIN_BANK_FEE=1\n"), 0o600))
	_, err := demo.Start(context.Background(), demo.Options{Environ: private(t), State: home})
	require.ErrorContains(t, err, "no demo")
	kept, err := os.ReadFile(settings)
	require.NoError(t, err)
	assert.Equal(t, "SOUKIN_BANK_FEE=1\n", string(kept), "it was not touched")

	needsServer(t)
	for _, elsewhere := range []string{
		"SOUKIN_BANK_API_URL=https://api.gmo-aozora.com/ganb/api/corporation/v1",
		"SOUKIN_BANK_AUTH_URL=http://127.0.0.1:1/ganb/api/auth/v1",
		"SOUKIN_SANDBOX_URL=http://127.0.0.1:1",
		"SOUKIN_AMAZON_LOGIN_URL=https://apac.account.amazon.com/ap/oa",
		"SOUKIN_AMAZON_PROFILE_URL=https://api.amazon.co.jp/user/profile",
	} {
		secret := filepath.Join(t.TempDir(), "secret")
		require.NoError(t, os.WriteFile(secret, []byte("s"), 0o600))
		_, err := demo.Start(context.Background(), demo.Options{
			Environ: append(private(t), elsewhere, "SOUKIN_BANK_CLIENT_SECRET_FILE="+secret,
				"SOUKIN_BANK_NEEDS_APPROVAL=false", "SOUKIN_BANK_HONOURS_KEYS=true"), State: t.TempDir(),
		})
		assert.ErrorContains(t, err, "its own sandbox only", elsewhere)
	}
	for _, elsewhere := range []string{"SOUKIN_MAIL_HOST=mail.shop.example", "SOUKIN_SMS_URL=https://sms.example/send"} {
		_, err := demo.Start(context.Background(), demo.Options{Environ: append(private(t), elsewhere), State: t.TempDir()})
		assert.ErrorContains(t, err, "its own mailbox only", elsewhere)
	}
}

func TestADemoListensWhereItIsTold(t *testing.T) {
	needsServer(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	taken := l.Addr().String()
	_, err = demo.Start(context.Background(), demo.Options{Environ: append(private(t), "SOUKIN_SANDBOX_LISTEN="+taken), State: t.TempDir()})
	assert.ErrorContains(t, err, "SOUKIN_SANDBOX_LISTEN")
	require.NoError(t, l.Close())
	s, err := demo.Start(context.Background(), demo.Options{Environ: append(private(t), "SOUKIN_SANDBOX_LISTEN="+taken), State: t.TempDir()})
	require.NoError(t, err)
	assert.Equal(t, "http://"+taken, s.Config.Sandbox.URL)
	require.NoError(t, s.Close())
}

func TestEveryShortenedWaitIsTold(t *testing.T) {
	assert.Len(t, demo.Waits(true, nil), 15, "a person has production's time for a link and for cash")
	assert.Len(t, demo.Waits(false, nil), 18)
	for _, w := range demo.Waits(false, nil) {
		assert.NotEqual(t, w.Default, w.Here, w.Setting)
	}
	for _, w := range demo.Waits(false, demo.Crowd{Remittances: 600}.Waits()) {
		if w.Setting == "SOUKIN_LINK_WINDOW" {
			assert.Equal(t, "3m0s", w.Here, "a storm's own")
		}
	}
}
