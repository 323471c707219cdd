package railtest

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"soukin/activities"
	"soukin/contract"
	"soukin/internal/sandbox/faults"
	"soukin/remittance"
)

// randomCalls makes random calls about one instruction while the counterparty
// fails by a random plan. Whatever comes of it, the money leaves at most once,
// and the adapter's last word is what the counterparty's books say. On failure
// rapid prints its seed, which brings the same calls and the same plans again.
func randomCalls(t *testing.T, s suite) {
	rapid.Check(t, func(rt *rapid.T) {
		in := s.draw(rt)
		plan := drawPlan(rt)
		s.setFaults(rt, plan)
		walk := &walk{suite: s, in: in}
		for _, call := range rapid.SliceOfN(rapid.SampledFrom([]string{"submit", "submit", "submit", "find", "find", "state", "cancel", "settle", "pass"}), 1, 10).Draw(rt, "calls") {
			walk.make(rt, call)
			require.LessOrEqual(rt, s.Books(rt, in).Executed, 1, "after %s, under fault seed %d", call, plan.Seed)
		}
		s.under(rt, faults.None)
		walk.lastWord(rt)
	})
}

func (s suite) draw(t *rapid.T) activities.Instruction {
	if s.Cancellable != nil && rapid.Bool().Draw(t, "cancellable") {
		return s.Cancellable(t)
	}
	return s.New(t)
}

// drawPlan gives every fault a share of the calls. Latency would only cost time.
func drawPlan(t *rapid.T) faults.Plan {
	seed := rapid.Uint64().Draw(t, "fault seed")
	rate := rapid.Float64Range(0, 1/float64(len(faults.CallKinds()))).Draw(t, "fault rate")
	return faults.Even(seed, rate, 0)
}

// walk is what a workflow would know of the instruction.
type walk struct {
	suite
	in   activities.Instruction
	ref  string
	sent bool // something may have left before
}

func (w *walk) make(t *rapid.T, call string) {
	switch call {
	case "submit":
		if w.Now().Sub(w.in.At) > submitWindow {
			return
		}
		res, err := w.watched.Submit(t.Context(), w.in)
		w.learn(t, res.RailRef, err)
		w.nothingLeft(t, err)
		w.sent = true
	case "find":
		state, err := w.watched.Find(t.Context(), w.in, w.sooner())
		w.learn(t, state.RailRef, err)
		w.sent = w.sent || w.OnlyByRepeating
		require.NotEqual(t, contract.StageNotFound, state.Stage, "it may still arrive")
	case "state":
		if w.ref != "" {
			_, err := w.watched.State(t.Context(), w.in, w.ref)
			w.learn(t, w.ref, err)
		}
	case "cancel":
		if w.ref != "" {
			w.learn(t, w.ref, w.watched.Cancel(t.Context(), w.in, w.ref))
		}
	case "settle":
		w.executed(t, w.in)
	case "pass":
		w.later(w.Now().Add(visibility / 10))
	}
}

// nothingLeft: on a first sending these outcomes are believed without an enquiry.
func (w *walk) nothingLeft(t *rapid.T, err error) {
	if err == nil || w.sent {
		return
	}
	switch o := outcome(t, err); o {
	case remittance.OutcomeRejected, remittance.OutcomeNotSent, remittance.OutcomeRateLimited, remittance.OutcomeMisconfigured:
		require.Zero(t, w.executed(t, w.in), "its answer was %s", o)
	}
}

// learn keeps the counterparty's number, which must stay the same.
func (w *walk) learn(t *rapid.T, ref string, err error) {
	if err != nil {
		outcome(t, err)
		return
	}
	if w.ref != "" && ref != "" {
		require.Equal(t, w.ref, ref)
	}
	if ref != "" {
		w.ref = ref
	}
}

// lastWord asks when nothing goes wrong any more and everything must be visible.
func (w *walk) lastWord(t *rapid.T) {
	visible := w.later(w.sooner())
	in := w.in
	in.LookOnly = w.OnlyByRepeating
	state, err := w.watched.Find(t.Context(), in, visible)
	require.NoError(t, err)
	if !w.OnlyByRepeating {
		require.NotEqual(t, contract.StageUnknown, state.Stage, "it must know by now")
		require.False(t, w.ref != "" && state.Stage == contract.StageNotFound, "it gave %s a number", w.in.Key)
	}
	w.wordFits(t, w.in, state.Stage)
	if w.ref == "" {
		return
	}
	byNumber, err := w.watched.State(t.Context(), w.in, w.ref)
	require.NoError(t, err)
	require.NotEqual(t, contract.StageUnknown, byNumber.Stage)
	w.wordFits(t, w.in, byNumber.Stage)
	require.LessOrEqual(t, w.executed(t, w.in), 1)
}
