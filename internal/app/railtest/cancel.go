package railtest

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"soukin/activities"
	"soukin/contract"
	"soukin/remittance"
)

// cannotCancel: a rail that executes at once refuses, and what it executed stays.
func cannotCancel(t *testing.T, s suite) {
	in := s.New(t)
	res, err := s.watched.Submit(t.Context(), in)
	require.NoError(t, err)
	s.tooLate(t, in, res.RailRef)
}

// cancelled: what was called off in time never leaves, whatever follows.
func cancelled(t *testing.T, s suite) {
	in := s.Cancellable(t)
	res, err := s.watched.Submit(t.Context(), in)
	require.NoError(t, err)
	require.NoError(t, s.watched.Cancel(t.Context(), in, res.RailRef))
	if err := s.watched.Cancel(t.Context(), in, res.RailRef); err != nil {
		require.Equal(t, remittance.OutcomeRejected, outcome(t, err), "asked twice: %v", err)
	}
	if _, err := s.watched.Submit(t.Context(), in); err != nil {
		require.NotEqual(t, remittance.OutcomeNotSent, outcome(t, err))
	}
	s.wasCalledOff(t, in, res.RailRef)
}

func (s suite) wasCalledOff(t *testing.T, in activities.Instruction, railRef string) {
	t.Helper()
	s.executed(t, in)
	books := s.Books(t, in)
	require.True(t, books.Executed == 0 || books.Undone, "%+v", books)
	state, err := s.watched.State(t.Context(), in, railRef)
	require.NoError(t, err)
	require.Contains(t, []contract.Stage{contract.StageNotExecuted, contract.StageReturned}, state.Stage)
}

func cancelledTooLate(t *testing.T, s suite) {
	in := s.New(t)
	res, err := s.watched.Submit(t.Context(), in)
	require.NoError(t, err)
	require.Equal(t, 1, s.executed(t, in))
	s.tooLate(t, in, res.RailRef)
}

func (s suite) tooLate(t *testing.T, in activities.Instruction, railRef string) {
	t.Helper()
	err := s.watched.Cancel(t.Context(), in, railRef)
	require.Equal(t, remittance.OutcomeRejected, outcome(t, err), "%v", err)
	require.Equal(t, 1, s.executed(t, in))
	state, err := s.watched.State(t.Context(), in, railRef)
	require.NoError(t, err)
	require.Contains(t, []contract.Stage{contract.StageExecuted, contract.StageSettled}, state.Stage)
}

// cancelRace: the call-off and the execution meet, and one wins.
func cancelRace(t *testing.T, s suite) {
	for range 5 {
		in := s.Cancellable(t)
		res, err := s.watched.Submit(t.Context(), in)
		require.NoError(t, err)
		var both sync.WaitGroup
		var calledOff error
		both.Go(func() { calledOff = s.watched.Cancel(t.Context(), in, res.RailRef) })
		both.Go(func() { s.executed(t, in) })
		both.Wait()
		state, err := s.watched.State(t.Context(), in, res.RailRef)
		require.NoError(t, err)
		s.wordFits(t, in, state.Stage)
		books := s.Books(t, in)
		if calledOff == nil {
			require.True(t, books.Executed == 0 || books.Undone, "called off, and %+v", books)
		} else {
			require.Equal(t, remittance.OutcomeRejected, outcome(t, calledOff), "%v", calledOff)
			require.Equal(t, Books{Executed: 1}, books)
		}
	}
}

// reissued: lost numbers are replaced as often as it is asked for by the same
// count, and the cash is paid once.
func reissued(t *testing.T, s suite) {
	in := s.New(t)
	res, err := s.watched.Submit(t.Context(), in)
	require.NoError(t, err)
	first, err := s.watched.Reissue(t.Context(), in, res.RailRef, 1)
	require.NoError(t, err)
	again, err := s.watched.Reissue(t.Context(), in, res.RailRef, 1)
	require.NoError(t, err)
	require.Equal(t, first, again)
	require.Equal(t, 1, s.executed(t, in))
	_, err = s.watched.Reissue(t.Context(), in, res.RailRef, 2)
	require.Equal(t, remittance.OutcomeRejected, outcome(t, err), "%v", err)
	require.Equal(t, 1, s.executed(t, in))
}
