package sandbox_test

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"soukin/internal/sandbox"
	"soukin/internal/sandbox/control"
	"soukin/internal/sandbox/faults"
	"soukin/internal/sandbox/ganb"
)

func (w *world) plan(p faults.Plan) {
	w.t.Helper()
	_, err := w.control.SetFaults(w.t.Context(), p)
	require.NoError(w.t, err)
}

func only(kind faults.Kind) faults.Plan {
	p := faults.Plan{Seed: 1, Rates: map[faults.Kind]float64{kind: 1}}
	if kind == faults.Latency {
		p.MaxLatencyMillis = 1
	}
	return p
}

func TestEveryFaultOfACall(t *testing.T) {
	for kind, tt := range map[faults.Kind]struct {
		cut      bool
		status   int
		executed int
	}{
		faults.Latency:       {false, 201, 1},
		faults.RefusedBefore: {true, 0, 0},
		faults.AnswerLost:    {true, 0, 1},
		faults.Duplicate:     {false, 201, 1},
		faults.RateLimited:   {false, 429, 0},
		faults.Maintenance:   {false, 503, 0},
		faults.ServerError:   {false, 500, 0},
	} {
		t.Run(string(kind), func(t *testing.T) {
			w := start(t)
			w.plan(only(kind))
			r, cut := w.submit(order(transfer(1000, "1234567")))
			assert.Equal(t, tt.cut, cut)
			assert.Equal(t, tt.status, r.Status)
			assert.Equal(t, map[faults.Kind]int{kind: 1}, w.fired())
			assert.Len(t, w.all(""), tt.executed)

			w.plan(faults.Plan{})
			assert.Empty(t, w.fired(), "a new plan counts from zero")
			r, _ = w.submit(order(transfer(1000, "1234567")))
			assert.Equal(t, 201, r.Status)
			assert.Len(t, w.all(""), 1, "the key was honoured through it all")
			assert.Equal(t, 1130, w.spent())
		})
	}
	assert.Len(t, faults.CallKinds(), 6)
}

func TestADuplicateWithoutAKeyIsExecutedTwice(t *testing.T) {
	w := start(t)
	w.plan(only(faults.Duplicate))
	w.post("/transfer/request", order(transfer(1000, "1234567")))
	assert.Len(t, w.all(""), 2)
}

func TestADuplicateConcernsWritesOnly(t *testing.T) {
	w := start(t)
	w.plan(only(faults.Duplicate))
	assert.Equal(t, 200, w.get("/accounts").Status)
	assert.Empty(t, w.fired())
}

func TestEveryPlannedReturn(t *testing.T) {
	for _, r := range faults.Returns() {
		t.Run(string(r.Kind()), func(t *testing.T) {
			w := start(t)
			w.plan(only(r.Kind()))
			rep, _ := w.submit(order(transfer(1000, "1234567")))
			no := rep.Body["applyNo"].(string)
			assert.Empty(t, w.fired(), "it counts when it happens")
			w.advance(w.settings.Bank.LateBounceDelay)
			assert.Equal(t, "22", w.status(no))
			assert.Equal(t, r.Reason, w.held(no).Lines[0].Reason)
			assert.Equal(t, map[faults.Kind]int{r.Kind(): 1}, w.fired())
			when := w.held(no).History[2].At.Sub(tuesday)
			assert.Equal(t, r.Later, when == w.settings.Bank.LateBounceDelay, "returned after %v", when)
		})
	}
}

// outcome is what a client saw of one attempt.
func (w *world) outcome(k string) string {
	r, err := w.try(w.t.Context(), http.MethodPost, "/transfer/request", order(transfer(1000, "1234567")), key(k))
	if errors.Is(err, errCut) {
		return "cut"
	}
	require.NoError(w.t, err)
	return fmt.Sprint(r.Status)
}

func TestThePlanDoesNotDependOnTheOrderOfArrival(t *testing.T) {
	const seed, calls, attempts = 20261124, 40, 3
	plan := faults.Even(seed, 0.12, 0)
	t.Logf("seed %d", seed)
	run := func(order []int, seed uint64) (outcomes map[string]string, fired map[faults.Kind]int) {
		w := start(t)
		p := plan
		p.Seed = seed
		w.plan(p)
		outcomes = map[string]string{}
		for range attempts {
			for _, i := range order {
				k := fmt.Sprint("k", i)
				outcomes[k] += " " + w.outcome(k)
			}
		}
		w.advance(w.settings.Bank.LateBounceDelay)
		return outcomes, w.fired()
	}
	var forth, back []int
	for i := range calls {
		forth = append(forth, i)
	}
	back = append(back, forth...)
	slices.Reverse(back)

	first, firstFired := run(forth, seed)
	second, secondFired := run(back, seed)
	assert.Equal(t, first, second)
	// One call more was made to read counters in neither run, so they agree too.
	assert.Equal(t, firstFired, secondFired)
	for _, kind := range faults.CallKinds() {
		assert.NotZero(t, firstFired[kind], "%s never fired", kind)
	}
	other, _ := run(forth, seed+1)
	assert.NotEqual(t, first, other, "another seed hurts others")
}

func TestEveryAttemptIsDrawnAnew(t *testing.T) {
	w := start(t)
	w.plan(faults.Plan{Seed: 5, Rates: map[faults.Kind]float64{faults.RateLimited: 0.5}})
	seen := map[string]bool{}
	for range 20 {
		seen[w.outcome("k")] = true
	}
	assert.Equal(t, []string{"201", "429"}, slices.Sorted(maps.Keys(seen)))
}

func TestThePlanSparesTheTokensUnlessAsked(t *testing.T) {
	w := start(t)
	w.plan(only(faults.Maintenance))
	status, body := w.tokens(refreshWith(w.refresh))
	require.Equal(t, 200, status)
	next := body["refresh_token"].(string)

	p := only(faults.AnswerLost)
	p.IncludeAuth = true
	w.plan(p)
	res, err := fresh.PostForm(w.url+ganb.AuthPath+"/token", url.Values{"grant_type": {"refresh_token"}, "refresh_token": {next},
		"client_id": {ganb.PublishedClientID}, "client_secret": {ganb.PublishedClientSecret}})
	if err == nil {
		res.Body.Close()
	}
	require.Error(t, err)
	w.plan(faults.Plan{})
	status, _ = w.tokens(refreshWith(next))
	assert.Equal(t, 400, status, "the token was used up, and its answer lost")
}

func TestTheControlAPIIsNeverHurt(t *testing.T) {
	w := start(t)
	w.plan(only(faults.RefusedBefore))
	_, err := w.control.Health(t.Context())
	assert.NoError(t, err)
}

func TestAPlanIsChecked(t *testing.T) {
	w := start(t)
	for name, tt := range map[string]struct {
		plan faults.Plan
		says string
	}{
		"unknown":    {faults.Plan{Rates: map[faults.Kind]float64{"fire": 0.1}}, `unknown fault "fire"`},
		"too often":  {faults.Plan{Rates: map[faults.Kind]float64{faults.RateLimited: 1.1}}, "from 0 to 1"},
		"sum":        {faults.Plan{Rates: map[faults.Kind]float64{faults.RateLimited: 0.6, faults.AnswerLost: 0.6}}, "add up to"},
		"returns":    {faults.Plan{Rates: map[faults.Kind]float64{"bounce_01": 0.6, "bounce_later_09": 0.6}}, "returns add up to"},
		"no latency": {faults.Plan{Rates: map[faults.Kind]float64{faults.Latency: 0.5}}, "max_latency_ms"},
	} {
		_, err := w.control.SetFaults(t.Context(), tt.plan)
		var refused *control.Error
		require.ErrorAs(t, err, &refused, name)
		assert.Equal(t, 400, refused.Status, name)
		assert.Contains(t, refused.Message, tt.says, name)
	}
	f, err := w.control.Faults(t.Context())
	require.NoError(t, err)
	assert.False(t, f.Plan.Active(), "a refused plan is not in force")
}

func TestTheInitialPlanComesFromTheSettings(t *testing.T) {
	w, stop := launch(t, t.TempDir()+"/s.db", with(func(s *sandbox.Settings) { s.Faults = faults.Even(7, 0.01, time.Millisecond) }))
	defer stop()
	f, err := w.control.Faults(t.Context())
	require.NoError(t, err)
	assert.Equal(t, faults.Even(7, 0.01, time.Millisecond), f.Plan)
}
