package app_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"soukin/activities"
	"soukin/config"
	"soukin/internal/app"
	"soukin/internal/app/railtest"
	"soukin/internal/app/sandboxed"
	"soukin/internal/calendar"
	"soukin/internal/sandbox/control"
	"soukin/internal/vault"
	"soukin/remittance"
)

// counter is the desk at which every rail is tried: our side up to the adapters,
// and the sandbox with every counterparty, on one clock.
type counter struct {
	cfg     config.Config
	vault   *vault.Vault
	rails   map[remittance.Rail]activities.Rail
	sandbox *control.Client
	proxy   *railtest.Proxy

	mu  sync.Mutex
	now time.Time
	n   int // instructions made
}

// aTuesday is a bank day.
var aTuesday = time.Date(2026, 11, 24, 10, 0, 0, 0, calendar.JST)

func newCounter(t *testing.T, settings ...string) *counter {
	t.Helper()
	c := &counter{now: aTuesday}
	quiet := slog.New(slog.DiscardHandler)
	l, home := openPort(t), t.TempDir()
	direct := "http://" + l.Addr().String()
	c.proxy = railtest.NewProxy(t, direct)
	var err error
	c.cfg, err = config.Load(append([]string{
		"SOUKIN_HOME=" + home, "TEMPORAL_CONFIG_FILE=" + filepath.Join(home, "none"),
		"SOUKIN_SANDBOX_LISTEN=" + l.Addr().String(), "SOUKIN_SANDBOX_SMTP_LISTEN=127.0.0.1:0", "SOUKIN_SANDBOX_URL=" + c.proxy.URL,
		"SOUKIN_SANDBOX_EVERY_DAY=false",
	}, settings...))
	require.NoError(t, err)
	start(t, sandboxed.Run, c.cfg, app.WithListener(l), app.WithLogger(quiet), app.WithClock(c.clock))
	c.sandbox = control.NewClient(direct, http.DefaultClient)
	require.NoError(t, sandboxed.Login(t.Context(), c.cfg.Bank, c.sandbox))
	store, err := app.OpenStore(context.Background(), c.cfg, c.clock)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, store.Close()) })
	c.vault = store.Vault
	c.rails = app.Rails(t, c.cfg, c.vault, c.clock)
	return c
}

func (c *counter) clock() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *counter) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// key is a new one.
func (c *counter) key(rail remittance.Rail) remittance.Key {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.n++
	return remittance.Key{Ref: remittance.Ref{Merchant: "demo", Remittance: remittance.RemittanceID(fmt.Sprintf("R-%d", c.n))}, Step: rail.Step(), Generation: 1}
}

// subject is what all rails have in common.
func (c *counter) subject(t *testing.T, rail remittance.Rail) railtest.Subject {
	t.Helper()
	require.Contains(t, c.rails, rail)
	return railtest.Subject{Rail: c.rails[rail], Proxy: c.proxy, Sandbox: c.sandbox, Now: c.clock, Pass: c.pass}
}

// subjects are the rails under test.
var subjects = map[remittance.Rail][]struct {
	name string
	make func(*testing.T, *counter) railtest.Subject
}{
	remittance.RailBank:    {{"transfers", bankTransfers}},
	remittance.RailATM:     {{"cash", atmCash}},
	remittance.RailAuPay:   {{"charges", auPayCharges}},
	remittance.RailPrepaid: {{"refunds", prepaidRefunds}},
	remittance.RailAmazon:  {{"loads", amazonLoads}, {"codes", amazonCodes}},
}

// TestRails proves of every rail what workflows rely on.
func TestRails(t *testing.T) {
	for _, rail := range remittance.Rails() {
		require.NotEmpty(t, subjects[rail], "rail %s is not tested", rail)
		for _, s := range subjects[rail] {
			t.Run(string(rail)+" "+s.name, func(t *testing.T) {
				t.Parallel()
				railtest.Run(t, s.make(t, newCounter(t)))
			})
		}
	}
}
