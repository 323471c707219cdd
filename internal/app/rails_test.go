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
	"soukin/internal/rails/bank"
	"soukin/internal/sandbox/control"
	"soukin/internal/sandbox/ganb"
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

func newCounter(t *testing.T) *counter {
	t.Helper()
	c := &counter{now: aTuesday}
	quiet := slog.New(slog.DiscardHandler)
	l, home := openPort(t), t.TempDir()
	direct := "http://" + l.Addr().String()
	c.proxy = railtest.NewProxy(t, direct)
	var err error
	c.cfg, err = config.Load([]string{
		"SOUKIN_HOME=" + home, "TEMPORAL_CONFIG_FILE=" + filepath.Join(home, "none"),
		"SOUKIN_SANDBOX_LISTEN=" + l.Addr().String(), "SOUKIN_SANDBOX_SMTP_LISTEN=127.0.0.1:0", "SOUKIN_SANDBOX_URL=" + c.proxy.URL,
		"SOUKIN_SANDBOX_EVERY_DAY=false",
	})
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
		for _, s := range subjects[rail] {
			t.Run(string(rail)+" "+s.name, func(t *testing.T) {
				t.Parallel()
				railtest.Run(t, func(t *testing.T) railtest.Subject { return s.make(t, newCounter(t)) })
			})
		}
	}
}

const payeeName = "ﾔﾏﾀﾞ ﾀﾛｳ"

func bankTransfers(t *testing.T, c *counter) railtest.Subject {
	s := c.subject(t, remittance.RailBank)
	s.New = func(t railtest.T) activities.Instruction {
		c.untilBankDay()
		return c.transfer(t, "7654321")
	}
	s.Cancellable = func(t railtest.T) activities.Instruction {
		c.untilBankDay()
		for c.clock().In(calendar.JST).Weekday() != time.Saturday {
			c.pass(24 * time.Hour)
		}
		return c.transfer(t, "7654321")
	}
	s.Settle = func(t railtest.T, _ activities.Instruction) {
		c.untilBankDay()
		_, err := c.sandbox.Health(t.Context())
		require.NoError(t, err)
	}
	for name, reason := range map[string]remittance.Reason{
		"refused_name": remittance.BadDetails, "refused_payee": remittance.BadDetails, "refused_other": remittance.BadDetails,
	} {
		s.Refusals = append(s.Refusals, railtest.Refusal{Name: name, Reason: reason, New: func(t railtest.T) activities.Instruction {
			return c.transfer(t, magicAccount(t, name))
		}})
	}
	s.Books = func(t railtest.T, in activities.Instruction) railtest.Books {
		var held railtest.Books
		for tr, err := range c.sandbox.Transfers(t.Context(), "") {
			require.NoError(t, err)
			if tr.ApplyComment != bank.Reference(in.Key) {
				continue
			}
			held.Executed += tr.ExecutedCount
			for _, line := range tr.Lines {
				held.Undone = held.Undone || line.Status == 22 || line.Status == 25
			}
		}
		return held
	}
	s.Secrets = func(t railtest.T, in activities.Instruction) []string {
		account, err := c.vault.Get(t.Context(), in.Key.Merchant, in.Account)
		require.NoError(t, err)
		return []string{account.Number(), account.Name()}
	}
	return s
}

// transfer names an account of one's own: the bank cannot be asked whether two
// transfers of one amount to one payee are the same one.
func (c *counter) transfer(t railtest.T, number string) activities.Instruction {
	id, err := c.vault.Put(t.Context(), "demo", vault.NewAccount("0001", "001", "1", number, payeeName), "")
	require.NoError(t, err)
	return activities.Instruction{Key: c.key(remittance.RailBank), Amount: 1200, Account: id, At: c.clock()}
}

func (c *counter) untilBankDay() {
	for !calendar.New(calendar.Settings{}).IsBankDay(c.clock()) || c.clock().In(calendar.JST).Hour() < 9 {
		c.pass(time.Hour)
	}
}

func magicAccount(t railtest.T, name string) string {
	for _, m := range ganb.Magics() {
		if m.Name == name {
			return m.Number
		}
	}
	require.Fail(t, "the sandbox has no magic value "+name)
	return ""
}
