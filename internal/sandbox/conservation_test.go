package sandbox_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"soukin/internal/sandbox"
	"soukin/internal/sandbox/books"
	"soukin/internal/sandbox/control"
	"soukin/internal/sandbox/faults"
	"soukin/internal/sandbox/ganb"
	"soukin/remittance"
)

// TestNoYenIsLostOrMade runs random requests, retries, cancels, approvals,
// deposits and moves of the clock, under random faults and magic values, and
// after each step adds everything up in two ways.
func TestNoYenIsLostOrMade(t *testing.T) {
	template := filepath.Join(t.TempDir(), "template.db")
	w, stop := launch(t, template)
	w.login()
	stop()
	pristine, err := os.ReadFile(template)
	require.NoError(t, err)

	rapid.Check(t, func(rt *rapid.T) {
		path := filepath.Join(t.TempDir(), "sandbox.db")
		require.NoError(rt, os.WriteFile(path, pristine, 0o600))
		approval := rapid.SampledFrom(books.Approvals()).Draw(rt, "approval")
		hidden := rapid.SampledFrom([]time.Duration{0, time.Hour}).Draw(rt, "visibility delay")
		run, stop := launch(t, path, with(func(s *sandbox.Settings) {
			s.Bank.Approval, s.Bank.VisibilityDelay = approval, hidden
			s.Door.SlowAnswer = time.Millisecond
		}))
		defer stop()
		run.access = w.access
		c := &chaos{world: run, rt: rt}
		for range rapid.IntRange(1, 15).Draw(rt, "steps") {
			rapid.SampledFrom([]func(){c.ask, c.ask, c.ask, c.ask, c.cancel, c.decide, c.pass, c.arrive, c.hurt}).Draw(rt, "step")()
			c.addUp()
		}
	})
}

type chaos struct {
	*world
	rt *rapid.T
}

var payees = func() (out []string) {
	for _, m := range ganb.Magics() {
		out = append(out, m.Number)
	}
	return append(out, "1234567", "1234567", "1234567", "1234567", "1234567", "1234567")
}()

func (c *chaos) ask() {
	day := c.clock().Format(time.DateOnly)
	var lines []fields
	for range rapid.IntRange(1, 3).Draw(c.rt, "lines") {
		line := transfer(rapid.IntRange(1, 4_000_000).Draw(c.rt, "amount"), rapid.SampledFrom(payees).Draw(c.rt, "payee"))
		if rapid.Bool().Draw(c.rt, "own bank") {
			line = line.and("beneficiaryBankCode", "0310")
		}
		lines = append(lines, line)
	}
	body := order(lines...).and("transferDesignatedDate", day)
	if rapid.Bool().Draw(c.rt, "later") {
		body = body.and("transferDesignatedDate", c.clock().AddDate(0, 0, rapid.IntRange(1, 5).Draw(c.rt, "days")).Format(time.DateOnly))
	}
	k := fmt.Sprint("k", rapid.IntRange(1, 6).Draw(c.rt, "key"))
	for range rapid.IntRange(1, 3).Draw(c.rt, "attempts") {
		c.call("/transfer/request", body, key(k))
	}
}

func (c *chaos) cancel() {
	if no := c.anyTransfer(); no != "" {
		class := rapid.SampledFrom([]string{"1", "2"}).Draw(c.rt, "class")
		c.call("/transfer/cancel", fields{"accountId": ourAccount, "cancelTargetKeyClass": class, "applyNo": no})
	}
}

func (c *chaos) decide() {
	if no := c.anyTransfer(); no != "" {
		_, err := c.control.Decide(context.Background(), no, rapid.SampledFrom([]control.Decision{control.Approve, control.Withdraw, control.SendBack}).Draw(c.rt, "decision"))
		var refused *control.Error
		if err != nil && (!errors.As(err, &refused) || refused.Status != http.StatusConflict) {
			require.NoError(c.rt, err)
		}
	}
}

func (c *chaos) pass() {
	_, err := c.control.Advance(context.Background(), time.Duration(rapid.IntRange(1, 100).Draw(c.rt, "hours"))*time.Hour)
	require.NoError(c.rt, err)
}

func (c *chaos) arrive() {
	_, err := c.control.Deposit(context.Background(), control.Deposit{Amount: remittance.Yen(rapid.IntRange(1, 3_000_000).Draw(c.rt, "deposit"))})
	require.NoError(c.rt, err)
}

func (c *chaos) hurt() {
	_, err := c.control.SetFaults(context.Background(), faults.Even(rapid.Uint64().Draw(c.rt, "seed"), 0.1, time.Millisecond))
	require.NoError(c.rt, err)
}

// call makes one call whose answer may be anything a client must expect.
func (c *chaos) call(path string, body fields, headers ...header) {
	r, err := c.try(context.Background(), http.MethodPost, path, body, headers...)
	if errors.Is(err, errCut) {
		return
	}
	require.NoError(c.rt, err)
	require.Contains(c.rt, []int{201, 400, 412, 429, 500, 503}, r.Status, r.Raw)
}

func (c *chaos) clock() time.Time {
	k, err := c.control.Clock(context.Background())
	require.NoError(c.rt, err)
	return k.Now
}

func (c *chaos) anyTransfer() string {
	var numbers []string
	for tr, err := range c.control.Transfers(context.Background(), "") {
		require.NoError(c.rt, err)
		numbers = append(numbers, tr.ApplyNo)
	}
	if len(numbers) == 0 {
		return ""
	}
	return rapid.SampledFrom(numbers).Draw(c.rt, "transfer")
}

func (c *chaos) addUp() {
	accounts, err := c.control.Accounts(context.Background())
	require.NoError(c.rt, err)
	a := accounts.Accounts[0]
	require.Equal(c.rt, a.Opening+a.Deposits-a.Executed-a.Fees+a.Returned, a.Balance, "balance = opening + deposits - executed - fees + returned")
	require.GreaterOrEqual(c.rt, a.Withdrawable, remittance.Yen(0))
	require.LessOrEqual(c.rt, a.Withdrawable, a.Balance)

	var executed, fees, returned, withheld remittance.Yen
	keys := map[string]time.Time{}
	for tr, err := range c.control.Transfers(context.Background(), "") {
		require.NoError(c.rt, err)
		if before, again := keys[tr.IdempotencyKey]; again {
			require.GreaterOrEqual(c.rt, tr.RequestedAt.Sub(before), c.settings.Bank.KeyRetention, "key %s was taken twice", tr.IdempotencyKey)
		}
		keys[tr.IdempotencyKey] = tr.RequestedAt
		for _, l := range tr.Lines {
			require.LessOrEqual(c.rt, l.ExecutedCount, 1, "%s was executed more than once", tr.ApplyNo)
			executed += l.Amount * remittance.Yen(l.ExecutedCount)
			fees += l.Fee * remittance.Yen(l.ExecutedCount)
			switch books.Status(l.Status) {
			case books.Returned, books.Recalled:
				returned += l.Amount
			case books.InProcess, books.Retrying:
				withheld += l.Amount + l.Fee
			}
			require.Equal(c.rt, l.ExecutedCount == 1, l.Status >= int(books.Executed) && l.Status != int(books.NotExecuted), "%s: status %d", tr.ApplyNo, l.Status)
		}
	}
	require.Equal(c.rt, []remittance.Yen{a.Executed, a.Fees, a.Returned, a.Balance - a.Withdrawable}, []remittance.Yen{executed, fees, returned, withheld},
		"the statement and the transfers agree on executed, fees, returned and withheld")
}
