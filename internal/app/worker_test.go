package app_test

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"soukin/config"
	"soukin/contract"
	"soukin/internal/app"
	"soukin/internal/app/sandboxed"
	"soukin/internal/devserver"
	"soukin/internal/ledger"
	"soukin/internal/rails/bank"
	"soukin/internal/sandbox/control"
	"soukin/remittance"
)

func openPort(t *testing.T) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	return l
}

// system is a whole installation on one machine, as the demo runs it.
type system struct {
	cfg     config.Config
	log     *slog.Logger
	sandbox *control.Client
}

func newSystem(t *testing.T) system {
	t.Helper()
	server := devserver.ForTest(t, contract.SearchAttributes())
	l := openPort(t)
	home := t.TempDir()
	cfg, err := config.Load([]string{
		"SOUKIN_HOME=" + home, "TEMPORAL_CONFIG_FILE=" + filepath.Join(home, "none"), "TEMPORAL_ADDRESS=" + server.Address,
		"SOUKIN_SANDBOX_LISTEN=" + l.Addr().String(), "SOUKIN_SANDBOX_SMTP_LISTEN=127.0.0.1:0", "SOUKIN_WORKER_LISTEN=127.0.0.1:0", "SOUKIN_GATEWAY_LISTEN=127.0.0.1:0",
		"SOUKIN_BANK_FINALITY=1s", "SOUKIN_BANK_ENQUIRE_EVERY=200ms", "SOUKIN_BANK_WATCH_EVERY=500ms", "SOUKIN_BANK_RATE=100",
	})
	require.NoError(t, err)
	s := system{cfg, slog.New(slog.DiscardHandler), control.NewClient(cfg.Sandbox.URL, http.DefaultClient)}
	start(t, sandboxed.Run, cfg, app.WithListener(l), app.WithLogger(s.log))
	_, err = app.CreatePayloadKeys(cfg)
	require.NoError(t, err)
	require.NoError(t, sandboxed.Login(context.Background(), cfg.Bank, s.sandbox))
	return s
}

// start runs a process until the test ends, and returns when it is ready. The
// returned func stops it and gives its error.
func start(t *testing.T, run func(context.Context, config.Config, ...app.Option) error, cfg config.Config, opts ...app.Option) (stop func() error) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ready, done := make(chan struct{}), make(chan error, 1)
	go func() { done <- run(ctx, cfg, append(opts, app.WithReady(func() { close(ready) }))...) }()
	select {
	case <-ready:
	case err := <-done:
		cancel()
		require.NoError(t, err)
		t.Fatal("ended before it was ready")
	}
	stopped := false
	stop = func() error {
		if stopped {
			return nil
		}
		stopped = true
		cancel()
		return <-done
	}
	t.Cleanup(func() { assert.NoError(t, stop()) })
	return stop
}

func TestOneRemittanceFromOrderToPaid(t *testing.T) {
	s := newSystem(t)
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	l := openPort(t)
	stopWorker := start(t, app.RunWorker, s.cfg, app.WithLogger(s.log), app.WithListener(l))

	order := s.order(ctx, t, "R-1", "1234567")
	order.Fee = 130
	c := s.connect(ctx, t)
	var state contract.State
	require.NoError(t, startOrder(ctx, t, s, c, order).Get(ctx, &state))
	assert.Equal(t, remittance.Paid, state.Status)
	assert.True(t, state.Final)

	store, err := app.OpenStore(ctx, s.cfg, time.Now)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, store.Close()) })
	balances, err := store.Ledger.Balances(ctx, "demo")
	require.NoError(t, err)
	assert.Equal(t, ledger.Balances{Available: 3800, Paid: 1200, FeesDue: 130}, balances)
	atBank, err := s.sandbox.Transfer(ctx, state.RailRef)
	require.NoError(t, err)
	assert.Equal(t, 1, atBank.ExecutedCount)
	assert.Equal(t, bank.Reference(remittance.Key{Ref: order.Ref, Step: "transfer", Generation: 1}), atBank.ApplyComment)

	base := "http://" + l.Addr().String()
	assert.Equal(t, `{"status":"ok"}`, trimmed(t, base+"/readyz"))
	metrics := trimmed(t, base+"/metrics")
	for _, want := range []string{
		`soukin_rail_call_seconds_count{call="submit",outcome="accepted",rail="bank"} 1`,
		`soukin_remittance_steps_total{status="paid"} 1`,
		`soukin_ledger_transactions_total`,
		`temporal_request_total`,
	} {
		assert.Contains(t, metrics, want)
	}
	require.NoError(t, stopWorker())
	_, err = http.Get(base + "/readyz")
	assert.Error(t, err, "a stopped worker leaves nothing behind")
}

func trimmed(t *testing.T, url string) string {
	t.Helper()
	res, err := http.Get(url)
	require.NoError(t, err)
	defer func() { assert.NoError(t, res.Body.Close()) }()
	body, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	var compact json.RawMessage
	if json.Unmarshal(body, &compact) == nil {
		return string(compact)
	}
	return string(body)
}

func TestGatewayDecodesForTheWebUI(t *testing.T) {
	s := newSystem(t)
	l := openPort(t)
	cfg := s.cfg
	cfg.Gateway.CodecOrigin = "http://127.0.0.1:8233"
	start(t, app.RunGateway, cfg, app.WithLogger(s.log), app.WithListener(l))
	base := "http://" + l.Addr().String()
	assert.Equal(t, `{"status":"ok"}`, trimmed(t, base+"/readyz"))
	req, err := http.NewRequest(http.MethodOptions, base+"/codec/decode", nil)
	require.NoError(t, err)
	req.Header.Set("Origin", cfg.Gateway.CodecOrigin)
	res, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	require.NoError(t, res.Body.Close())
	assert.Equal(t, cfg.Gateway.CodecOrigin, res.Header.Get("Access-Control-Allow-Origin"))
}
