//go:build chaos

package chaos

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	sdklog "go.temporal.io/sdk/log"
	"google.golang.org/protobuf/types/known/durationpb"

	"soukin/config"
	"soukin/contract"
	"soukin/internal/app"
	"soukin/internal/app/reconcile"
	"soukin/internal/app/sandboxed"
	"soukin/internal/books"
	"soukin/internal/database"
	"soukin/internal/devserver"
	"soukin/internal/ledger"
	"soukin/internal/payload"
	"soukin/internal/record"
	"soukin/internal/sandbox/control"
	"soukin/internal/vault"
	"soukin/remittance"
)

// world is one installation: its own namespace, database and sandbox. Only its
// worker is a process of its own.
type world struct {
	environ []string
	cfg     config.Config
	store   *app.Store
	desk    *app.Desk
	bank    *control.Client
	c       client.Client
}

const funded = remittance.Yen(1_000_000)

// settings are short waits: what takes days in production takes seconds here.
var settings = []string{
	"SOUKIN_BANK_TIMEOUT=2s", "SOUKIN_BANK_FINALITY=2s", "SOUKIN_BANK_VISIBILITY_DELAY=2s",
	"SOUKIN_BANK_ENQUIRE_EVERY=300ms", "SOUKIN_BANK_WATCH_EVERY=700ms", "SOUKIN_BANK_SUBMIT_ATTEMPTS=3",
	"SOUKIN_BANK_SUBMIT_WINDOW=10m", "SOUKIN_BANK_ATTENTION_AFTER=1h", "SOUKIN_BANK_CORRECTION_WINDOW=0s",
	"SOUKIN_BANK_RATE=50", "SOUKIN_SANDBOX_BOUNCE=500ms", "SOUKIN_WORKER_LISTEN=127.0.0.1:0",
	"SOUKIN_RAILS_VISIBILITY_DELAY=2s", "SOUKIN_RAILS_ENQUIRE_EVERY=300ms", "SOUKIN_RAILS_WATCH_EVERY=700ms",
	"SOUKIN_RAILS_SUBMIT_ATTEMPTS=3", "SOUKIN_RAILS_SUBMIT_WINDOW=10m", "SOUKIN_RAILS_ATTENTION_AFTER=1h", "SOUKIN_SMS=none",
}

func newWorld(t *testing.T, server *devserver.Server, namespace string, differing ...string) *world {
	t.Helper()
	quiet := slog.New(slog.DiscardHandler)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	home := t.TempDir()
	makeNamespace(t, server, namespace)
	w := &world{environ: append([]string{
		"SOUKIN_HOME=" + home, "TEMPORAL_CONFIG_FILE=" + filepath.Join(home, "none"),
		"TEMPORAL_ADDRESS=" + server.Address, "TEMPORAL_NAMESPACE=" + namespace, "SOUKIN_SANDBOX_LISTEN=" + l.Addr().String(), "SOUKIN_SANDBOX_SMTP_LISTEN=127.0.0.1:0",
	}, append(slices.Clone(settings), differing...)...)}
	w.cfg, err = config.Load(w.environ)
	require.NoError(t, err)

	ctx, stop := context.WithCancel(context.Background())
	ready, done := make(chan struct{}), make(chan error, 1)
	go func() {
		done <- sandboxed.Run(ctx, w.cfg, app.WithListener(l), app.WithLogger(quiet), app.WithReady(func() { close(ready) }))
	}()
	<-ready
	t.Cleanup(func() { stop(); require.NoError(t, <-done) })
	w.bank = control.NewClient(w.cfg.Sandbox.URL, http.DefaultClient)
	ring, err := app.CreatePayloadKeys(w.cfg)
	require.NoError(t, err)
	require.NoError(t, sandboxed.Login(ctx, w.cfg.Bank, w.bank))

	w.store, err = app.OpenStore(ctx, w.cfg, time.Now)
	require.NoError(t, err)
	t.Cleanup(closing(t, w.store))
	w.desk, err = app.OpenDesk(ctx, w.cfg, quiet, time.Now)
	require.NoError(t, err)
	t.Cleanup(closing(t, w.desk))
	require.NoError(t, w.desk.Record.SaveMerchant(ctx, record.Merchant{ID: "demo", DisplayName: "Demo Shop"}))
	entry, err := ledger.Fund("demo", "item-1", funded)
	require.NoError(t, err)
	require.NoError(t, w.store.DB.InTx(ctx, func(ctx context.Context, tx *database.Tx) error { return w.store.Ledger.Post(ctx, tx, entry) }))

	opts := w.cfg.Temporal.Options
	payload.ForClient(ring).Apply(&opts)
	opts.Logger = sdklog.NewStructuredLogger(quiet)
	w.c, err = client.DialContext(ctx, opts)
	require.NoError(t, err)
	t.Cleanup(w.c.Close)
	return w
}

func closing(t *testing.T, c io.Closer) func() { return func() { require.NoError(t, c.Close()) } }

func makeNamespace(t *testing.T, server *devserver.Server, namespace string) {
	t.Helper()
	quiet := sdklog.NewStructuredLogger(slog.New(slog.DiscardHandler))
	nc, err := client.NewNamespaceClient(client.Options{HostPort: server.Address, Logger: quiet})
	require.NoError(t, err)
	defer nc.Close()
	require.NoError(t, nc.Register(t.Context(), &workflowservice.RegisterNamespaceRequest{
		Namespace: namespace, WorkflowExecutionRetentionPeriod: durationpb.New(24 * time.Hour)}))
	c, err := client.NewLazyClient(client.Options{HostPort: server.Address, Namespace: namespace, Logger: quiet})
	require.NoError(t, err)
	defer c.Close()
	require.EventuallyWithT(t, func(ct *assert.CollectT) {
		require.NoError(ct, devserver.RegisterSearchAttributes(context.Background(), c, namespace, contract.SearchAttributes()))
	}, time.Minute, 200*time.Millisecond)
}

// send starts a remittance to an account number, which may be one of the
// sandbox's magic values.
func (w *world) send(t *testing.T, id string, number string) client.WorkflowRun {
	t.Helper()
	account, err := w.store.Vault.Put(t.Context(), "demo", vault.NewAccount("0001", "001", "1", number, "ﾔﾏﾀﾞ ﾀﾛｳ"), "")
	require.NoError(t, err)
	order := contract.Order{Ref: remittance.Ref{Merchant: "demo", Remittance: remittance.RemittanceID(id)},
		Pattern: remittance.BankTransfer, Amount: 1200, Fee: 130, Account: account, RequestHash: id}
	run, err := w.c.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{
		ID: order.WorkflowID(), TaskQueue: contract.QueueMain, WorkflowIDReusePolicy: enums.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE,
	}, contract.WorkflowBankTransfer, contract.BankTransferInput{Order: order, Policy: w.cfg.Bank.Policy.Contract()})
	require.NoError(t, err)
	return run
}

// agree checks the invariants of our books and compares them with the bank's.
func (w *world) agree(t *testing.T) {
	t.Helper()
	report, err := books.Audit(t.Context(), w.store.DB)
	require.NoError(t, err)
	require.NoError(t, reconcile.Check(t.Context(), reconcile.Sources{Record: w.store.Record, Ledger: w.store.Ledger, Sandbox: w.bank, AmazonPartner: w.cfg.Amazon.PartnerID}, &report))
	require.True(t, report.OK, "%+v", report.Findings)
}
