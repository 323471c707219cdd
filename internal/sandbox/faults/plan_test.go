package faults_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"soukin/internal/sandbox/faults"
)

func TestRatesAreKept(t *testing.T) {
	plan := faults.Plan{Seed: 42, MaxLatencyMillis: 100, Rates: map[faults.Kind]float64{
		faults.Latency: 0.5, faults.RefusedBefore: 0.1, faults.AnswerLost: 0.2, faults.ServerError: 0.3, "bounce_02": 0.25, "bounce_later_09": 0.25,
	}}
	require.NoError(t, plan.Validate())
	const calls = 20_000
	struck := map[faults.Kind]int{}
	for i := range calls {
		kind, wait := plan.Call(fmt.Sprint("call", i), 1)
		struck[kind]++
		if wait > 0 {
			struck[faults.Latency]++
			assert.LessOrEqual(t, wait, 100*time.Millisecond)
		}
		if r, ok := plan.Return(fmt.Sprint("call", i), 1); ok {
			struck[r.Kind()]++
		}
	}
	for kind, rate := range plan.Rates {
		assert.InDelta(t, rate, float64(struck[kind])/calls, 0.02, string(kind))
	}
	assert.InDelta(t, 0.4, float64(struck[faults.None])/calls, 0.02, "and the rest is left alone")
	assert.Zero(t, struck[faults.Maintenance])
}

// A seed that found something must find it again in a later version.
func TestDecisionsOfASeedAreForEver(t *testing.T) {
	plan := faults.Even(20261124, 0.16, 50*time.Millisecond)
	var got []string
	for attempt := 1; attempt <= 6; attempt++ {
		kind, wait := plan.Call("POST /transfer/request demo/r-1/instruct/1", attempt)
		got = append(got, fmt.Sprintf("%s %v", kind, wait))
	}
	assert.Equal(t, []string{"refused_before 0s", "rate_limited 0s", "rate_limited 0s", "duplicate 0s", "maintenance 0s", "duplicate 42.967518ms"}, got)
}

func TestAPlanDependsOnNothingButItsArguments(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		plan := faults.Even(rapid.Uint64().Draw(t, "seed"), rapid.Float64Range(0, 0.16).Draw(t, "rate"), time.Second)
		require.NoError(t, plan.Validate())
		identity, attempt, item := rapid.String().Draw(t, "identity"), rapid.IntRange(1, 50).Draw(t, "attempt"), rapid.IntRange(1, 99).Draw(t, "item")
		kind, wait := plan.Call(identity, attempt)
		again, waitAgain := plan.Call(identity, attempt)
		assert.Equal(t, []any{kind, wait}, []any{again, waitAgain})
		r, ok := plan.Return(identity, item)
		rAgain, okAgain := plan.Return(identity, item)
		assert.Equal(t, []any{r, ok}, []any{rAgain, okAgain})
		assert.LessOrEqual(t, wait, time.Second)
	})
}

func TestPeace(t *testing.T) {
	assert.False(t, faults.Plan{}.Active())
	assert.False(t, faults.Even(1, 0, time.Second).Active())
	kind, wait := faults.Plan{}.Call("x", 1)
	assert.Equal(t, faults.None, kind)
	assert.Zero(t, wait)
	_, ok := faults.Plan{}.Return("x", 1)
	assert.False(t, ok)
}

func TestEveryKindIsListedOnce(t *testing.T) {
	seen := map[faults.Kind]bool{}
	for _, k := range faults.Kinds() {
		assert.False(t, seen[k], k)
		seen[k] = true
	}
	assert.Len(t, seen, 1+6+2*7)
}
