package bank_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"soukin/internal/rails/bank"
	"soukin/internal/sandbox/control"
	"soukin/internal/sandbox/faults"
	"soukin/remittance"
)

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

func TestSandboxPages(t *testing.T) {
	t.Parallel()
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
