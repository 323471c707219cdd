package bank_test

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"soukin/internal/rails/bank"
	"soukin/internal/sandbox"
	"soukin/internal/sandbox/control"
	"soukin/internal/sandbox/ganb"
	"soukin/remittance"
)

// The sandbox plays the bank by its specification, built apart from this
// client: what the two do not agree on is a mistake of one of them. Its own
// books say what was really executed.
type world struct {
	t       *testing.T
	url     string
	control *control.Client
	store   bank.TokenStore

	mu  sync.Mutex
	now time.Time
}

// tuesday is a bank day after a holiday.
var tuesday = time.Date(2026, 11, 24, 10, 0, 0, 0, jst)

func newWorld(t *testing.T, change func(*sandbox.Settings)) *world {
	t.Helper()
	w := &world{t: t, now: tuesday, store: bank.NewFileStore(tokenFile(t))}
	options := sandbox.Options{
		DBPath: filepath.Join(t.TempDir(), "sandbox.db"), Settings: sandbox.DefaultSettings(),
		Clock: w.clock, Logger: slog.New(slog.NewTextHandler(io.Discard, nil)),
	}
	if change != nil {
		change(&options.Settings)
	}
	server, err := sandbox.New(t.Context(), options)
	require.NoError(t, err)
	front := httptest.NewServer(server.Handler())
	t.Cleanup(func() {
		front.Close()
		require.NoError(t, server.Close())
	})
	w.url, w.control = front.URL, control.NewClient(front.URL, front.Client())
	return w
}

func (w *world) clock() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

// pass moves our clock and the bank's.
func (w *world) pass(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

func (w *world) settings() bank.Settings {
	return bank.Settings{
		BaseURL: w.url + ganb.BasePath, AuthURL: w.url + ganb.AuthPath, AccountID: account, Timeout: patience,
		ClientID: ganb.PublishedClientID, ClientSecret: ganb.PublishedClientSecret, RedirectURL: "http://127.0.0.1:8090/bank/callback",
		HonoursIdempotencyKey: true, Now: w.clock,
	}
}

// client is logged in at the sandbox, the way an operator does it.
func (w *world) client(change func(*bank.Settings)) *bank.Client {
	w.t.Helper()
	s := w.settings()
	if change != nil {
		change(&s)
	}
	c := newClient(w.t, s, w.store)
	if _, err := w.store.Load(w.t.Context()); err != nil {
		w.login(c)
	}
	return c
}

func (w *world) login(c *bank.Client) {
	w.t.Helper()
	browser := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := browser.Get(c.AuthorizeURL("unguessable"))
	require.NoError(w.t, err)
	res.Body.Close()
	back, err := res.Location()
	require.NoError(w.t, err)
	require.Equal(w.t, "unguessable", back.Query().Get("state"))
	require.NoError(w.t, c.Exchange(w.t.Context(), back.Query().Get("code")))
}

// order is a transfer to an account number, which may be a magic value.
func (w *world) order(id, number string) bank.Transfer {
	o := ordered()
	o.Key.Remittance = remittance.RemittanceID(id)
	o.Payee.Number = number
	o.Date = w.clock()
	return o
}

// magic gives the account number that makes the sandbox do something.
func magic(t *testing.T, name string) string {
	t.Helper()
	for _, m := range ganb.Magics() {
		if m.Name == name {
			return m.Number
		}
	}
	t.Fatalf("the sandbox has no magic value %q", name)
	return ""
}

func (w *world) executions(o bank.Transfer) (n int) {
	w.t.Helper()
	for tr, err := range w.control.Transfers(w.t.Context(), "") {
		require.NoError(w.t, err)
		if tr.Lines[0].EDIInfo == bank.Reference(o.Key) {
			n += tr.ExecutedCount
		}
	}
	return n
}
