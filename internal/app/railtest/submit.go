package railtest

import (
	"context"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"soukin/activities"
	"soukin/contract"
	"soukin/internal/sandbox/faults"
	"soukin/remittance"
)

func resent(t *testing.T, s suite) {
	in := s.New(t)
	first, err := s.watched.Submit(t.Context(), in)
	require.NoError(t, err)
	require.NotEmpty(t, first.RailRef, "without the counterparty's number nobody can ask about it")
	s.wordFits(t, in, first.Stage)
	for range 4 {
		again, err := s.watched.Submit(t.Context(), in)
		require.NoError(t, err)
		require.Equal(t, first.RailRef, again.RailRef)
	}
	require.Equal(t, 1, s.executed(t, in))
	again, err := s.watched.Submit(t.Context(), in)
	require.NoError(t, err, "also after it was executed")
	require.Equal(t, first.RailRef, again.RailRef)
	require.Equal(t, 1, s.executed(t, in))
}

func atOnce(t *testing.T, s suite) {
	in := s.New(t)
	const callers = 8
	var (
		all  sync.WaitGroup
		refs [callers]string
		errs [callers]error
	)
	for i := range callers {
		all.Go(func() {
			res, err := s.watched.Submit(t.Context(), in)
			refs[i], errs[i] = res.RailRef, err
		})
	}
	all.Wait()
	for _, err := range errs {
		if err != nil {
			assert.Contains(t, []remittance.Outcome{remittance.OutcomeUnknown, remittance.OutcomeRateLimited}, outcome(t, err), "one of them went through: %v", err)
		}
	}
	last, err := s.watched.Submit(t.Context(), in)
	require.NoError(t, err)
	for i, ref := range refs {
		if errs[i] == nil {
			assert.Equal(t, last.RailRef, ref)
		}
	}
	require.Equal(t, 1, s.executed(t, in))
}

// otherBody is a mistake of ours, which must not be taken for a refusal: the
// first body was executed.
func otherBody(t *testing.T, s suite) {
	in := s.New(t)
	first, err := s.watched.Submit(t.Context(), in)
	require.NoError(t, err)
	other := in
	other.Amount += 1000
	_, err = s.watched.Submit(t.Context(), other)
	require.Error(t, err)
	assert.Equal(t, remittance.OutcomeUnknown, outcome(t, err), "%v", err)
	require.Equal(t, 1, s.executed(t, in))
	again, err := s.watched.Submit(t.Context(), in)
	require.NoError(t, err)
	assert.Equal(t, first.RailRef, again.RailRef)
	require.Equal(t, 1, s.executed(t, in))
}

func deliveredTwice(t *testing.T, s suite) {
	in := s.New(t)
	s.under(t, faults.Duplicate)
	res, err := s.watched.Submit(t.Context(), in)
	s.under(t, faults.None)
	require.NoError(t, err)
	require.Equal(t, 1, s.executed(t, in))
	again, err := s.watched.Submit(t.Context(), in)
	require.NoError(t, err)
	require.Equal(t, res.RailRef, again.RailRef)
	require.Equal(t, 1, s.executed(t, in))
}

func refused(t *testing.T, s suite) {
	require.NotEmpty(t, s.Refusals)
	for _, r := range s.Refusals {
		t.Run(r.Name, func(t *testing.T) {
			require.NotEqual(t, string(r.Reason), r.Reason.Sentence(remittance.Ja), "a reason without a sentence helps nobody")
			in := r.New(t)
			for range 2 {
				_, err := s.watched.Submit(t.Context(), in)
				rail := railError(t, err)
				require.Equal(t, remittance.OutcomeRejected, rail.Outcome, rail.Error())
				require.Equal(t, r.Reason, rail.Reason, rail.Error())
			}
			require.Zero(t, s.executed(t, in))
			visible := s.later(s.sooner())
			state, err := s.watched.Find(t.Context(), in, visible)
			require.NoError(t, err)
			assert.Contains(t, []contract.Stage{contract.StageNotExecuted, contract.StageNotFound}, state.Stage)
			require.Zero(t, s.executed(t, in))
		})
	}
}

func throttled(t *testing.T, s suite) {
	in := s.New(t)
	s.under(t, faults.RateLimited)
	_, err := s.watched.Submit(t.Context(), in)
	s.under(t, faults.None)
	require.Equal(t, remittance.OutcomeRateLimited, outcome(t, err), "%v", err)
	require.Zero(t, s.executed(t, in))
	s.goesThrough(t, in)
}

func maintained(t *testing.T, s suite) {
	in := s.New(t)
	s.under(t, faults.Maintenance)
	_, err := s.watched.Submit(t.Context(), in)
	s.under(t, faults.None)
	rail := railError(t, err)
	require.Zero(t, s.executed(t, in))
	if rail.Outcome == remittance.OutcomeRejected {
		// The workflow goes on under a new generation: this one is over.
		require.Equal(t, remittance.RailMaintenance, rail.Reason)
		s.neverExecuted(t, in)
		return
	}
	require.Contains(t, []remittance.Outcome{remittance.OutcomeRateLimited, remittance.OutcomeUnknown}, rail.Outcome, rail.Error())
	s.goesThrough(t, in)
}

func broken(t *testing.T, s suite) {
	in := s.New(t)
	s.under(t, faults.ServerError)
	_, err := s.watched.Submit(t.Context(), in)
	require.Equal(t, remittance.OutcomeUnknown, outcome(t, err), "%v", err)
	_, err = s.watched.Find(t.Context(), in, s.Now())
	require.NotEqual(t, remittance.OutcomeRejected, outcome(t, err), "an enquiry that fails decides nothing: %v", err)
	s.under(t, faults.None)
	require.Zero(t, s.executed(t, in))
	s.goesThrough(t, in)
}

// givenUp: a worker that stops before it begins has sent nothing.
func givenUp(t *testing.T, s suite) {
	in := s.New(t)
	ctx, stop := context.WithCancel(t.Context())
	stop()
	_, err := s.watched.Submit(ctx, in)
	require.Equal(t, remittance.OutcomeNotSent, outcome(t, err), "%v", err)
	require.Zero(t, s.executed(t, in))
	s.goesThrough(t, in)
}

// goesThrough sends again under the same key what was turned away before.
func (s suite) goesThrough(t *testing.T, in activities.Instruction) {
	t.Helper()
	_, err := s.watched.Submit(t.Context(), in)
	require.NoError(t, err)
	require.Equal(t, 1, s.executed(t, in))
}

func outcome(t T, err error) remittance.Outcome {
	t.Helper()
	return railError(t, err).Outcome
}

func railError(t T, err error) *remittance.RailError {
	t.Helper()
	var rail *remittance.RailError
	require.ErrorAs(t, err, &rail)
	return rail
}
