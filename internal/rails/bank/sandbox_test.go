package bank_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"soukin/internal/rails/bank"
	"soukin/internal/sandbox"
	"soukin/internal/sandbox/control"
	"soukin/internal/sandbox/faults"
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

func TestSandboxExecutesAndCharges(t *testing.T) {
	w := newWorld(t, nil)
	c := w.client(nil)
	ctx := t.Context()
	accounts, err := c.Accounts(ctx)
	require.NoError(t, err)
	require.Len(t, accounts, 1)
	assert.Equal(t, account, accounts[0].ID)
	before, err := c.Balance(ctx)
	require.NoError(t, err)

	o := w.order("R-1", "1234567")
	fee, err := c.Fee(ctx, o)
	require.NoError(t, err)
	assert.EqualValues(t, 130, fee)
	receipt, err := c.Submit(ctx, o)
	require.NoError(t, err)
	assert.Equal(t, bank.RequestComplete, receipt.Progress)
	again, err := c.Submit(ctx, o)
	require.NoError(t, err)
	assert.Equal(t, receipt, again, "the key brings the first answer back")
	assert.Equal(t, 1, w.executions(o))

	result, err := c.Result(ctx, receipt.ApplyNo)
	require.NoError(t, err)
	assert.Equal(t, bank.RequestComplete, result.Progress)
	s, err := c.Status(ctx, receipt.ApplyNo, o)
	require.NoError(t, err)
	assert.Equal(t, []any{bank.StageExecuted, o.Amount, fee, true, bank.Reference(o.Key)}, []any{s.Stage, s.Amount, s.Fee, s.PayeeMatches, s.Reference})
	other := o
	other.Amount++
	_, err = c.Status(ctx, receipt.ApplyNo, other)
	assert.Equal(t, remittance.WaitsForOperator, railError(t, err).Reason)

	after, err := c.Balance(ctx)
	require.NoError(t, err)
	assert.Equal(t, before.Current-o.Amount-fee, after.Current)
	entries, err := c.Statement(ctx, tuesday, time.Time{})
	require.NoError(t, err)
	assert.Equal(t, after.Current, entries[len(entries)-1].Balance)
}

func TestSandboxRefusals(t *testing.T) {
	w := newWorld(t, nil)
	c := w.client(nil)
	for name, want := range map[string]struct {
		outcome remittance.Outcome
		reason  remittance.Reason
		change  func(*bank.Transfer)
	}{
		"refused_name":      {rejected, remittance.BadDetails, nil},
		"refused_payee":     {rejected, remittance.BadDetails, nil},
		"refused_other":     {rejected, remittance.BadDetails, nil},
		"rate_limited_once": {rateLimited, "", nil},
		"maintenance_once":  {unknown, remittance.RailMaintenance, nil},
		"server_error_once": {unknown, "", nil},
		"cut_once":          {unknown, "", nil},
		"executed":          {misconfigured, remittance.RefusedByRail, func(o *bank.Transfer) { o.Amount = 100_000_000 }},
		"held":              {rejected, remittance.RefusedByRail, func(o *bank.Transfer) { o.Date = tuesday.AddDate(0, 0, -1) }},
	} {
		t.Run(name, func(t *testing.T) {
			o := w.order("R-"+name[:3], magic(t, name))
			if want.change != nil {
				want.change(&o)
			}
			_, err := c.Submit(t.Context(), o)
			rail := railError(t, err)
			assert.Equal(t, []any{want.outcome, want.reason}, []any{rail.Outcome, rail.Reason}, rail.Code)
			assert.Zero(t, w.executions(o))
		})
	}
	t.Run("a key used for something else", func(t *testing.T) {
		o := w.order("R-key", "1234567")
		_, err := c.Submit(t.Context(), o)
		require.NoError(t, err)
		o.Amount++
		_, err = c.Submit(t.Context(), o)
		assert.Equal(t, unknown, railError(t, err).Outcome)
		_, err = c.Find(t.Context(), o, tuesday, tuesday)
		assert.Equal(t, remittance.WaitsForOperator, railError(t, err).Reason, "the enquiry tells that the amounts differ")
	})
}

func TestSandboxLostAnswersAreFound(t *testing.T) {
	for _, name := range []string{"answer_lost", "answer_lost_once"} {
		for _, keys := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s, keys %v", name, keys), func(t *testing.T) {
				w := newWorld(t, nil)
				c := w.client(func(s *bank.Settings) { s.HonoursIdempotencyKey = keys })
				o := w.order("R-1", magic(t, name))
				began := w.clock()
				_, err := c.Submit(t.Context(), o)
				require.Equal(t, unknown, railError(t, err).Outcome)
				s, err := c.Find(t.Context(), o, began, w.clock())
				require.NoError(t, err)
				require.NotNil(t, s)
				assert.Equal(t, bank.StageExecuted, s.Stage)
				assert.True(t, s.PayeeMatches)
				assert.Equal(t, 1, w.executions(o))
				// The bank's clock runs ahead by days: it is still found.
				_, err = w.control.Advance(t.Context(), 72*time.Hour)
				require.NoError(t, err)
				s, err = c.Find(t.Context(), o, began, began)
				require.NoError(t, err)
				require.NotNil(t, s)
			})
		}
	}
	t.Run("cut before execution is proven not sent", func(t *testing.T) {
		w := newWorld(t, nil)
		c := w.client(func(s *bank.Settings) { s.HonoursIdempotencyKey = false; s.VisibilityDelay = 15 * time.Minute })
		o := w.order("R-1", magic(t, "cut_once"))
		_, err := c.Submit(t.Context(), o)
		require.Equal(t, unknown, railError(t, err).Outcome)
		s, err := c.Find(t.Context(), o, tuesday, w.clock())
		require.NoError(t, err)
		require.NotNil(t, s, "too early to know")
		w.pass(15 * time.Minute)
		s, err = c.Find(t.Context(), o, tuesday, tuesday)
		require.NoError(t, err)
		require.Nil(t, s)
		_, err = c.Submit(t.Context(), o)
		require.NoError(t, err)
		assert.Equal(t, 1, w.executions(o))
	})
	t.Run("delivered twice without a key goes to an operator", func(t *testing.T) {
		w := newWorld(t, nil)
		c := w.client(func(s *bank.Settings) { s.HonoursIdempotencyKey = false })
		o := w.order("R-1", magic(t, "delivered_twice"))
		_, err := c.Submit(t.Context(), o)
		require.NoError(t, err)
		assert.Equal(t, 2, w.executions(o))
		_, err = c.Find(t.Context(), o, tuesday, tuesday)
		assert.Equal(t, "the bank shows the instruction more than once", railError(t, err).Code)
	})
}

// A request that nobody approved yet is invisible, and not finding it proves
// nothing where approval is needed.
func TestSandboxApprovals(t *testing.T) {
	w := newWorld(t, nil)
	c := w.client(func(s *bank.Settings) { s.NeedsApproval = true })
	ctx := t.Context()
	submit := func(id string) (bank.Transfer, string) {
		o := w.order(id, magic(t, "approval_password"))
		receipt, err := c.Submit(ctx, o)
		require.NoError(t, err)
		assert.True(t, receipt.Pending())
		s, err := c.Status(ctx, receipt.ApplyNo, o)
		require.NoError(t, err)
		assert.Equal(t, []any{bank.StageApproval, remittance.WaitsForApproval}, []any{s.Stage, s.Reason})
		found, err := c.Find(ctx, o, tuesday, tuesday)
		require.NoError(t, err)
		require.NotNil(t, found)
		assert.Equal(t, unknown, found.Stage.Outcome())
		return o, receipt.ApplyNo
	}
	o, no := submit("R-approved")
	_, err := w.control.Decide(ctx, no, control.Approve)
	require.NoError(t, err)
	s, err := c.Status(ctx, no, o)
	require.NoError(t, err)
	assert.Equal(t, bank.StageExecuted, s.Stage)

	o, no = submit("R-expired")
	_, err = w.control.Advance(ctx, 73*time.Hour)
	require.NoError(t, err)
	s, err = c.Status(ctx, no, o)
	require.NoError(t, err)
	assert.Equal(t, []any{bank.StageNotExecuted, remittance.ApprovalExpired, "result 8"}, []any{s.Stage, s.Reason, s.Code})
	assert.Zero(t, w.executions(o))
}

func TestSandboxCancel(t *testing.T) {
	w := newWorld(t, nil)
	c := w.client(nil)
	ctx := t.Context()
	booked := w.order("R-booked", "1234567")
	booked.Date = tuesday.AddDate(0, 0, 7)
	receipt, err := c.Submit(ctx, booked)
	require.NoError(t, err)
	s, err := c.Status(ctx, receipt.ApplyNo, booked)
	require.NoError(t, err)
	assert.Equal(t, []any{bank.StageWaiting, "11"}, []any{s.Stage, s.Code})
	cancelled, err := c.Cancel(ctx, receipt.ApplyNo)
	require.NoError(t, err)
	assert.False(t, cancelled.Refused)
	s, err = c.Status(ctx, receipt.ApplyNo, booked)
	require.NoError(t, err)
	assert.Equal(t, bank.StageNotExecuted, s.Stage)
	assert.Zero(t, w.executions(booked))

	done := w.order("R-done", "1234567")
	receipt, err = c.Submit(ctx, done)
	require.NoError(t, err)
	cancelled, err = c.Cancel(ctx, receipt.ApplyNo)
	require.NoError(t, err)
	assert.True(t, cancelled.Refused, "too late")
	s, err = c.Status(ctx, receipt.ApplyNo, done)
	require.NoError(t, err)
	assert.Equal(t, bank.StageExecuted, s.Stage)
}

func TestSandboxBouncesWithEachReason(t *testing.T) {
	w := newWorld(t, nil)
	c := w.client(nil)
	ctx := t.Context()
	type sent struct {
		order   bank.Transfer
		applyNo string
		ret     faults.Return
	}
	var all []sent
	for i, r := range faults.Returns() {
		o := w.order(fmt.Sprintf("R-%d", i), magic(t, string(r.Kind())))
		receipt, err := c.Submit(ctx, o)
		require.NoError(t, err)
		s, err := c.Status(ctx, receipt.ApplyNo, o)
		require.NoError(t, err)
		assert.Equal(t, bank.StageExecuted, s.Stage, "executed before it comes back")
		all = append(all, sent{o, receipt.ApplyNo, r})
	}
	expect := func(later bool) {
		for _, each := range all {
			s, err := c.Status(ctx, each.applyNo, each.order)
			require.NoError(t, err)
			if each.ret.Later && !later {
				assert.Equal(t, bank.StageExecuted, s.Stage, each.ret.Kind())
				continue
			}
			assert.Equal(t, []any{bank.StageReturned, each.ret.Reason}, []any{s.Stage, s.Reason}, each.ret.Kind())
		}
	}
	_, err := w.control.Advance(ctx, time.Minute)
	require.NoError(t, err)
	expect(false)
	_, err = w.control.Advance(ctx, 96*time.Hour)
	require.NoError(t, err)
	expect(true)
}

func TestSandboxRecallsAndDelays(t *testing.T) {
	w := newWorld(t, nil)
	c := w.client(nil)
	ctx := t.Context()
	steps := map[string][]bank.Stage{ // at once, after a minute, after two days, after four
		"held":           {bank.StageWaiting, bank.StageWaiting, bank.StageExecuted, bank.StageExecuted},
		"retried":        {bank.StageWaiting, bank.StageWaiting, bank.StageExecuted, bank.StageExecuted},
		"hidden":         {bank.StageApproval, bank.StageExecuted, bank.StageExecuted, bank.StageExecuted},
		"not_executed":   {bank.StageNotExecuted, bank.StageNotExecuted, bank.StageNotExecuted, bank.StageNotExecuted},
		"recalled":       {bank.StageExecuted, bank.StageRecalling, bank.StageReturned, bank.StageReturned},
		"recall_refused": {bank.StageExecuted, bank.StageRecalling, bank.StageRecallRefused, bank.StageRecallRefused},
	}
	orders, numbers := map[string]bank.Transfer{}, map[string]string{}
	for name := range steps {
		orders[name] = withKey(w.order("R", magic(t, name)), len(orders))
		receipt, err := c.Submit(ctx, orders[name])
		require.NoError(t, err)
		numbers[name] = receipt.ApplyNo
	}
	for i, wait := range []time.Duration{0, time.Minute, 48 * time.Hour, 48 * time.Hour} {
		if wait > 0 {
			_, err := w.control.Advance(ctx, wait)
			require.NoError(t, err)
		}
		for name, stages := range steps {
			s, err := c.Status(ctx, numbers[name], orders[name])
			require.NoError(t, err)
			assert.Equal(t, stages[i], s.Stage, "%s, step %d", name, i)
		}
	}
}

func withKey(o bank.Transfer, n int) bank.Transfer {
	o.Key.Remittance = remittance.RemittanceID(fmt.Sprintf("R-%d", n))
	return o
}

func TestSandboxPages(t *testing.T) {
	w := newWorld(t, nil)
	c := w.client(nil)
	ctx := t.Context()
	const transfers = 510 // more than one page of 500
	first := w.order("R-0", "1234567")
	for i := range transfers {
		o := withKey(first, i)
		o.Amount = remittance.Yen(i + 1)
		_, err := c.Submit(ctx, o)
		require.NoError(t, err)
	}
	last := withKey(first, transfers-1)
	last.Amount = transfers
	found, err := c.Find(ctx, last, tuesday, tuesday)
	require.NoError(t, err)
	require.NotNil(t, found)
	assert.Equal(t, last.Amount, found.Amount)

	states, err := c.Sweep(ctx, tuesday, tuesday)
	require.NoError(t, err)
	assert.Len(t, states, transfers)
	entries, err := c.Statement(ctx, tuesday, tuesday)
	require.NoError(t, err)
	assert.Greater(t, len(entries), 2*transfers, "a fee beside each transfer, on three pages")
	for i, e := range entries[1:] {
		change := e.Amount
		if !e.In {
			change = -change
		}
		require.Equal(t, entries[i].Balance+change, e.Balance, "entry %d does not follow from the one before", i+1)
	}
}

func TestSandboxDeposits(t *testing.T) {
	w := newWorld(t, nil)
	c := w.client(nil)
	ctx := t.Context()
	in, err := w.control.Deposit(ctx, control.Deposit{Amount: 50_000, Applicant: "ｱｵｿﾞﾗ", BankName: "ﾐﾂﾋﾞｼ", EDIInfo: "INV 1"})
	require.NoError(t, err)
	got, err := c.Deposits(ctx, tuesday, tuesday)
	require.NoError(t, err)
	require.Len(t, got, 1)
	assert.Equal(t, []any{in.ItemKey, remittance.Yen(50_000), "ｱｵｿﾞﾗ", "INV 1"}, []any{got[0].ItemKey, got[0].Amount, got[0].Applicant, got[0].EDI})
}

func TestSandboxRotatesTokens(t *testing.T) {
	w := newWorld(t, nil)
	c := w.client(nil)
	ctx := t.Context()
	token := func() bank.Token {
		k, err := w.store.Load(ctx)
		require.NoError(t, err)
		return k
	}
	first := token()
	_, err := c.Balance(ctx)
	require.NoError(t, err)
	assert.Equal(t, first, token())
	w.pass(56 * time.Minute) // of an hour; it is renewed 5 minutes ahead
	_, err = c.Balance(ctx)
	require.NoError(t, err)
	second := token()
	assert.NotEqual(t, first.AccessToken, second.AccessToken)
	assert.NotEqual(t, first.RefreshToken, second.RefreshToken)
	another := newClient(t, w.settings(), w.store)
	_, err = another.Balance(ctx)
	require.NoError(t, err)
	assert.Equal(t, second, token())

	// The answer to a renewal is lost: the bank has spent the refresh token and
	// nobody has the new one. An operator must log in again, and then it goes on.
	_, err = w.control.SetFaults(ctx, faults.Plan{Rates: map[faults.Kind]float64{faults.AnswerLost: 1}, IncludeAuth: true})
	require.NoError(t, err)
	w.pass(2 * time.Hour)
	_, err = c.Submit(ctx, w.order("R-1", "1234567"))
	assert.Equal(t, notSent, railError(t, err).Outcome)
	_, err = w.control.SetFaults(ctx, faults.Plan{})
	require.NoError(t, err)
	_, err = c.Submit(ctx, w.order("R-1", "1234567"))
	rail := railError(t, err)
	assert.Equal(t, []any{misconfigured, "token: invalid_grant"}, []any{rail.Outcome, rail.Code})
	w.login(c)
	_, err = c.Submit(ctx, w.order("R-1", "1234567"))
	require.NoError(t, err)
	_, err = another.Balance(ctx)
	require.NoError(t, err, "the other process takes the new login from the store")
}

// Remittances through a bank that goes wrong in every way at once. Whoever
// does as the client's words say (resend under the same key, or enquire first
// where keys are not honoured) has each executed exactly once.
func TestSandboxUnderFaultsEveryInstructionIsExecutedOnce(t *testing.T) {
	for _, keys := range []bool{true, false} {
		t.Run(fmt.Sprintf("keys %v", keys), func(t *testing.T) {
			const seed = 20261124
			t.Logf("seed %d", seed)
			plan := faults.Plan{Seed: seed, Rates: map[faults.Kind]float64{
				faults.RefusedBefore: 0.15, faults.AnswerLost: 0.15, faults.RateLimited: 0.1, faults.Maintenance: 0.1, faults.ServerError: 0.1, faults.Duplicate: 0.1,
			}}
			if !keys {
				delete(plan.Rates, faults.Duplicate) // nothing on our side can undo what a proxy doubles
			}
			w := newWorld(t, nil)
			c := w.client(func(s *bank.Settings) { s.HonoursIdempotencyKey = keys })
			_, err := w.control.SetFaults(t.Context(), plan)
			require.NoError(t, err)
			var orders []bank.Transfer
			for i := range 60 {
				o := withKey(w.order("R", "1234567"), i)
				o.Payee.Number = fmt.Sprintf("%07d", i)
				orders = append(orders, o)
				carryThrough(t, c, o, keys)
			}
			fired, err := w.control.Faults(t.Context())
			require.NoError(t, err)
			for kind := range plan.Rates {
				assert.Positive(t, fired.Fired[kind], "%s never happened", kind)
			}
			for _, o := range orders {
				assert.Equal(t, 1, w.executions(o), o.Key)
			}
		})
	}
}

// carryThrough does what an activity and its workflow do with an instruction.
func carryThrough(t *testing.T, c *bank.Client, o bank.Transfer, keys bool) {
	t.Helper()
	ctx := t.Context()
	for {
		_, err := c.Submit(ctx, o)
		if err == nil {
			return
		}
		switch rail := railError(t, err); rail.Outcome {
		case notSent, rateLimited:
			continue
		case unknown:
			if keys {
				continue
			}
		default:
			t.Fatalf("%s ended as %s", o.Key, rail)
		}
		if found := enquire(ctx, t, c, o); found != nil {
			require.Equal(t, bank.StageExecuted, found.Stage)
			return
		}
	}
}

func enquire(ctx context.Context, t *testing.T, c *bank.Client, o bank.Transfer) *bank.State {
	t.Helper()
	for {
		found, err := c.Find(ctx, o, o.Date, o.Date)
		if err == nil {
			return found
		}
		require.NotEqual(t, remittance.WaitsForOperator, railError(t, err).Reason, err.Error())
	}
}
