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
