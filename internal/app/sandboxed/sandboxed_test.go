package sandboxed

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"soukin/config"
	"soukin/internal/app"
	"soukin/internal/sandbox"
	"soukin/internal/sandbox/control"
	"soukin/internal/sandbox/ganb"
	"soukin/internal/zengin"
)

func TestSettingsFitTheSandbox(t *testing.T) {
	cfg, err := config.Load([]string{"SOUKIN_SANDBOX_SMTP_LISTEN=127.0.0.1:0", "SOUKIN_HOME=" + t.TempDir(), "TEMPORAL_CONFIG_FILE=" + filepath.Join(t.TempDir(), "none")})
	require.NoError(t, err)
	assert.Equal(t, ganb.PublishedClientID, cfg.Bank.ClientID)
	assert.Equal(t, ganb.PublishedClientSecret, cfg.Bank.ClientSecret.Reveal())
	accounts := sandbox.DefaultSettings().Accounts
	assert.Equal(t, accounts[0].ID, cfg.Bank.AccountID)
}

func TestBankNamesAreWrittenAsOnTheWire(t *testing.T) {
	directory, err := zengin.Load()
	require.NoError(t, err)
	b, ok := banks{directory}.Branch("0005", "001")
	require.True(t, ok)
	assert.Equal(t, "ﾐﾂﾋﾞｼﾕ-ｴﾌｼﾞｴｲ", b.BankKana)
	assert.Equal(t, "三菱UFJ銀行", b.BankKanji)
	assert.NotEmpty(t, b.BranchKana)
	_, ok = banks{directory}.Branch("0005", "999")
	assert.False(t, ok)
	_, ok = banks{directory}.Branch("9999", "001")
	assert.False(t, ok)
	assert.Equal(t, "ｶﾞｶ", halfWidth("ガガガ", 3), "cut by what the wire counts")
}

func TestRunServesUntilToldToStop(t *testing.T) {
	cfg, err := config.Load([]string{"SOUKIN_SANDBOX_SMTP_LISTEN=127.0.0.1:0", "SOUKIN_HOME=" + t.TempDir(), "TEMPORAL_CONFIG_FILE=" + filepath.Join(t.TempDir(), "none")})
	require.NoError(t, err)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	ctx, stop := context.WithCancel(context.Background())
	ready, done := make(chan struct{}), make(chan error, 1)
	go func() {
		done <- Run(ctx, cfg, app.WithListener(l), app.WithLogger(slog.New(slog.DiscardHandler)), app.WithReady(func() { close(ready) }))
	}()
	<-ready
	health, err := control.NewClient("http://"+l.Addr().String(), http.DefaultClient).Health(context.Background())
	require.NoError(t, err)
	assert.Equal(t, "ok", health.Status)
	stop()
	require.NoError(t, <-done)
	_, err = control.NewClient("http://"+l.Addr().String(), http.DefaultClient).Health(context.Background())
	assert.Error(t, err, "the port is free again")
}
