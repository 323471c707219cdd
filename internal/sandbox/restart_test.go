package sandbox_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"soukin/internal/sandbox/control"
	"soukin/internal/sandbox/faults"
)

func TestARestartForgetsNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sandbox.db")
	before, stop := launch(t, path)
	defer stop()
	before.login()
	before.advance(time.Hour)
	before.deposit(control.Deposit{Amount: 5})
	executed := before.request(order(transfer(1000, "1234567")), key("k"))
	returning := before.request(order(transfer(1000, "9000032")))
	booked := before.request(order(transfer(1000, "1234567")).and("transferDesignatedDate", "2026-11-26"))
	_, cut := before.submit(order(transfer(7, "9000006")))
	require.True(t, cut)
	before.plan(faults.Plan{Seed: 9, Rates: map[faults.Kind]float64{faults.RateLimited: 1}})
	require.Equal(t, 429, before.get("/accounts").Status)
	clock, err := before.control.Clock(t.Context())
	require.NoError(t, err)
	stop()

	after, stop := launch(t, path)
	defer stop()
	after.access, after.refresh = before.access, before.refresh
	f, err := after.control.Faults(t.Context())
	require.NoError(t, err)
	assert.EqualValues(t, 9, f.Plan.Seed)
	assert.Equal(t, map[faults.Kind]int{faults.RateLimited: 1, "magic:answer_lost_once": 1}, f.Fired)
	after.plan(faults.Plan{})

	now, err := after.control.Clock(t.Context())
	require.NoError(t, err)
	assert.Equal(t, clock, now)
	balance, _ := after.balance()
	assert.Equal(t, 10_000_000+5-2*1130-137, balance, "the account was not opened a second time")
	assert.Equal(t, executed, after.request(order(transfer(1000, "1234567")), key("k")), "keys are remembered")
	r, cut := after.submit(order(transfer(7, "9000006")))
	assert.False(t, cut, "attempts are remembered")
	assert.Equal(t, 201, r.Status)

	after.advance(72 * time.Hour)
	assert.Equal(t, "22", after.status(returning), "what was due happens after the restart")
	assert.Equal(t, "20", after.status(booked))
	status, _ := after.tokens(refreshWith(after.refresh))
	assert.Equal(t, 200, status, "tokens are remembered")
}
