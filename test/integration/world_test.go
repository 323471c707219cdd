//go:build integration

package integration

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"

	"soukin/config"
	"soukin/internal/app"
	"soukin/internal/app/reconcile"
	"soukin/internal/app/sandboxed"
	"soukin/internal/books"
	"soukin/internal/cli"
	"soukin/internal/database/databasetest"
	"soukin/internal/orders"
	"soukin/internal/payload"
	"soukin/internal/record"
	"soukin/internal/sandbox/control"
	"soukin/internal/sandbox/ganb"
	"soukin/remittance"
)

const shop remittance.MerchantID = "shop"

// patience is how long a condition may take on a busy machine, tick how often it
// is looked at.
const (
	patience = 90 * time.Second
	tick     = 50 * time.Millisecond
)

// settings shorten what takes days in production.
var settings = map[string]string{
	"SOUKIN_MERCHANT": string(shop), "SOUKIN_LOG_LEVEL": "debug",
	"SOUKIN_WORKER_LISTEN": "127.0.0.1:0", "SOUKIN_GATEWAY_LISTEN": "127.0.0.1:0",
	"SOUKIN_BANK_FINALITY": "2s", "SOUKIN_BANK_VISIBILITY_DELAY": "1s", "SOUKIN_BANK_ENQUIRE_EVERY": "300ms",
	"SOUKIN_BANK_WATCH_EVERY": "700ms", "SOUKIN_BANK_CORRECTION_WINDOW": "0s", "SOUKIN_BANK_SUBMIT_ATTEMPTS": "2",
	"SOUKIN_BANK_RATE": "100", "SOUKIN_SANDBOX_BOUNCE": "500ms",
}

// installation is everything that one operator runs: a home, a database, a
// namespace, the bank and the desk where orders are taken. Workers come and go.
type installation struct {
	home    string
	environ []string // of every process
	cfg     config.Config
	log     *slog.Logger
	bank    *control.Client
	desk    *app.Desk
	closes  []func() error
}

// onEachDatabase runs a test on SQLite and, where there is a server, on
// PostgreSQL.
func onEachDatabase(t *testing.T, test func(t *testing.T, dsn string)) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(t, "")
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		test(t, databasetest.PostgresDSN(t))
	})
}

// with is a list of settings that differ from the usual ones.
type with map[string]string

// install makes an installation on the shared server. An empty dsn is SQLite in
// the home.
func install(t *testing.T, dsn string, differing with) *installation {
	t.Helper()
	server := sharedServer(t)
	namespace := strings.ToLower(strings.ReplaceAll(t.Name(), "/", "-"))
	makeNamespace(t, server, namespace)
	return installOn(t, t.TempDir(), server.Address, namespace, dsn, differing)
}

func installOn(t *testing.T, home, address, namespace, dsn string, differing with) *installation {
	t.Helper()
	l := listen(t)
	set := maps.Clone(settings)
	maps.Copy(set, with{"TEMPORAL_ADDRESS": address, "TEMPORAL_NAMESPACE": namespace, "SOUKIN_SANDBOX_LISTEN": l.Addr().String(), "SOUKIN_SANDBOX_SMTP_LISTEN": "127.0.0.1:0"})
	if dsn != "" {
		set["SOUKIN_DATABASE"] = dsn
	}
	// CI runs everything once more with every workflow replayed at every step.
	if cache := os.Getenv("SOUKIN_STICKY_CACHE"); cache != "" {
		set["SOUKIN_STICKY_CACHE"] = cache
	}
	maps.Copy(set, differing)
	require.NoError(t, config.WriteHomeFile(home, "a test", set))
	in := &installation{home: home, environ: []string{"SOUKIN_HOME=" + home, "TEMPORAL_CONFIG_FILE=" + filepath.Join(home, "none")}}
	t.Cleanup(func() { in.close(t) })
	var err error
	in.cfg, err = config.Load(in.environ)
	require.NoError(t, err)
	in.openLog(t)
	in.openBank(t, l)
	in.openDesk(t)
	return in
}

func listen(t *testing.T) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	return l
}

func (in *installation) openLog(t *testing.T) {
	t.Helper()
	require.NoError(t, os.MkdirAll(filepath.Join(in.home, "logs"), 0o700))
	f, err := os.OpenFile(filepath.Join(in.home, "logs", "soukin.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	require.NoError(t, err)
	in.closes = append(in.closes, f.Close)
	in.log, err = app.NewLogger(in.cfg.LogLevel, f)
	require.NoError(t, err)
}

func (in *installation) openBank(t *testing.T, l net.Listener) {
	t.Helper()
	in.start(t, sandboxed.Run, l)
	in.bank = control.NewClient(in.cfg.Sandbox.URL, &http.Client{Timeout: 30 * time.Second})
	require.NoError(t, sandboxed.Login(t.Context(), in.cfg.Bank, in.bank))
}

func (in *installation) openDesk(t *testing.T) {
	t.Helper()
	_, err := app.CreatePayloadKeys(in.cfg)
	require.NoError(t, err)
	in.desk, err = app.OpenDesk(t.Context(), in.cfg, in.log, time.Now)
	require.NoError(t, err)
	in.closes = append(in.closes, in.desk.Close)
	require.NoError(t, in.desk.Record.SaveMerchant(t.Context(), record.Merchant{ID: shop, DisplayName: "Shop Inc."}))
}

// start runs a process until it is stopped or the installation is closed.
func (in *installation) start(t *testing.T, run func(context.Context, config.Config, ...app.Option) error, l net.Listener) (stop func() error) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ready, done := make(chan struct{}), make(chan error, 1)
	go func() {
		done <- run(ctx, in.cfg, app.WithListener(l), app.WithLogger(in.log), app.WithReady(func() { close(ready) }))
	}()
	select {
	case <-ready:
	case err := <-done:
		cancel()
		require.NoError(t, err)
		require.Fail(t, "a process ended before it was ready")
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
	in.closes = append(in.closes, stop)
	return stop
}

// startWorker gives the worker's address for health and metrics.
func (in *installation) startWorker(t *testing.T) (stop func() error, url string) {
	t.Helper()
	l := listen(t)
	return in.start(t, app.RunWorker, l), "http://" + l.Addr().String()
}

// close stops everything in the opposite order of its start. It may be called
// again.
func (in *installation) close(t *testing.T) {
	t.Helper()
	for i := len(in.closes) - 1; i >= 0; i-- {
		assert.NoError(t, in.closes[i]())
	}
	in.closes = nil
}

// starter runs a command line against the installation.
func (in *installation) starter(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = cli.Main(t.Context(), args, append(in.environ, "LANG=C"), strings.NewReader(""), &out, &errs)
	return code, out.String(), errs.String()
}

// temporal connects as the starter does, with the keys.
func (in *installation) temporal(t *testing.T) client.Client {
	t.Helper()
	ring, err := app.PayloadKeys(in.cfg)
	require.NoError(t, err)
	opts := in.cfg.Temporal.Options
	payload.ForClient(ring).Apply(&opts)
	return dial(t, opts)
}

func (in *installation) fund(t *testing.T, amount remittance.Yen) {
	t.Helper()
	item, err := in.bank.Deposit(t.Context(), control.Deposit{Amount: amount, Applicant: "ｶ)ﾐｾ"})
	require.NoError(t, err)
	_, err = in.desk.Orders.Fund(t.Context(), shop, item.ItemKey, amount)
	require.NoError(t, err)
}

// await follows a remittance on the record until it is as wanted.
func (in *installation) await(t *testing.T, id remittance.RemittanceID, what string, wanted func(record.Remittance) bool) record.Remittance {
	t.Helper()
	var row record.Remittance
	ok := assert.Eventually(t, func() bool {
		var err error
		row, err = in.desk.Record.Get(context.Background(), remittance.Ref{Merchant: shop, Remittance: id})
		return err == nil && wanted(row)
	}, patience, tick)
	require.True(t, ok, "%s never %s; it stands at %s (%s)", id, what, row.Status, row.Reason)
	return row
}

func (in *installation) awaitEnd(t *testing.T, id remittance.RemittanceID) record.Remittance {
	t.Helper()
	return in.await(t, id, "ended", func(r record.Remittance) bool { return r.Final })
}

// agree checks the invariants of our books and compares them with the bank's.
func (in *installation) agree(t *testing.T) {
	t.Helper()
	report, err := books.Audit(t.Context(), in.desk.DB)
	require.NoError(t, err)
	require.NoError(t, reconcile.Check(t.Context(), reconcile.Sources{Record: in.desk.Record, Ledger: in.desk.Ledger, Sandbox: in.bank, AmazonPartner: in.cfg.Amazon.PartnerID}, &report))
	require.True(t, report.OK, "%+v", report.Findings)
}

// executions counts how often the bank let money leave for a remittance, and
// how many transfers it has of it, whatever became of them.
func (in *installation) executions(t *testing.T, row record.Remittance) (executed, transfers int) {
	t.Helper()
	for tr, err := range in.bank.Transfers(t.Context(), "") {
		require.NoError(t, err)
		if belongs(tr, row) {
			executed += tr.ExecutedCount
			transfers++
		}
	}
	return executed, transfers
}

// magic gives the sandbox's account number of a behaviour.
func magic(t *testing.T, name string) string {
	t.Helper()
	for _, m := range ganb.Magics() {
		if m.Name == name {
			return m.Number
		}
	}
	t.Fatalf("the sandbox plays no %q any more", name)
	return ""
}

// order is an order to an account number, which may be one of the sandbox's
// magic values.
func order(id, amount, number string) orders.Request {
	return orders.Request{Merchant: string(shop), RemittanceID: id, Amount: amount,
		Payee: orders.Payee{Bank: "0001", Branch: "001", Type: "1", Number: number, Name: "ヤマダ タロウ"}}
}

func ref(id string) remittance.Ref {
	return remittance.Ref{Merchant: shop, Remittance: remittance.RemittanceID(id)}
}

func get(t *testing.T, url string) (status int, body string) {
	t.Helper()
	res, err := http.Get(url)
	require.NoError(t, err)
	defer func() { assert.NoError(t, res.Body.Close()) }()
	text, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	return res.StatusCode, string(text)
}
