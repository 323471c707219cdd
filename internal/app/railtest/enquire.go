package railtest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"soukin/activities"
	"soukin/contract"
	"soukin/internal/sandbox/faults"
	"soukin/remittance"
)

func lostAnswer(t *testing.T, s suite) {
	in := s.New(t)
	s.under(t, faults.AnswerLost)
	_, err := s.watched.Submit(t.Context(), in)
	s.under(t, faults.None)
	require.Equal(t, remittance.OutcomeUnknown, outcome(t, err), "%v", err)
	if s.OnlyByRepeating {
		s.looksOnly(t, in)
	}
	found, err := s.watched.Find(t.Context(), in, s.sooner())
	require.NoError(t, err)
	require.True(t, takenOn(found.Stage), "it was executed, or issued, and is %q", found.Stage)
	require.NotEmpty(t, found.RailRef)
	s.wordFits(t, in, found.Stage)
	again, err := s.watched.Submit(t.Context(), in)
	require.NoError(t, err)
	require.Equal(t, found.RailRef, again.RailRef)
	require.Equal(t, 1, s.executed(t, in))
}

// looksOnly is an operator's question about what may never be sent again.
func (s suite) looksOnly(t *testing.T, in activities.Instruction) {
	t.Helper()
	before := s.Books(t, in)
	in.LookOnly = true
	state, err := s.watched.Find(t.Context(), in, s.Now())
	require.NoError(t, err)
	require.Equal(t, contract.StageUnknown, state.Stage)
	require.Equal(t, before, s.Books(t, in), "looking executes nothing")
}

func cutBefore(t *testing.T, s suite) {
	in := s.New(t)
	s.under(t, faults.RefusedBefore)
	_, err := s.watched.Submit(t.Context(), in)
	s.under(t, faults.None)
	require.Contains(t, []remittance.Outcome{remittance.OutcomeUnknown, remittance.OutcomeNotSent}, outcome(t, err), "%v", err)
	require.Zero(t, s.executed(t, in))
	if s.OnlyByRepeating {
		s.looksOnly(t, in)
		require.Zero(t, s.executed(t, in))
		s.findExecutes(t, in)
		return
	}
	visible := s.sooner()
	state, err := s.watched.Find(t.Context(), in, visible)
	require.NoError(t, err)
	require.Equal(t, contract.StageUnknown, state.Stage, "it may still arrive")
	s.Pass(visible.Sub(s.Now()) - time.Second)
	state, err = s.watched.Find(t.Context(), in, visible)
	require.NoError(t, err)
	require.Equal(t, contract.StageUnknown, state.Stage, "until the last second")
	state, err = s.watched.Find(t.Context(), in, s.later(visible))
	require.NoError(t, err)
	require.Equal(t, contract.StageNotFound, state.Stage)
	require.Zero(t, s.executed(t, in), "asking executes nothing")
	s.goesThrough(t, in)
}

// findExecutes is what repeating does to a request that never arrived.
func (s suite) findExecutes(t *testing.T, in activities.Instruction) {
	t.Helper()
	state, err := s.watched.Find(t.Context(), in, s.Now())
	require.NoError(t, err)
	require.True(t, takenOn(state.Stage), "%q", state.Stage)
	require.Equal(t, 1, s.executed(t, in))
}

// lateArrival: the connection is cut, the request is on its way all the same,
// and arrives after another one under the same key.
func lateArrival(t *testing.T, s suite) {
	in := s.New(t)
	s.Proxy.Hold()
	_, err := s.watched.Submit(t.Context(), in)
	s.Proxy.PassOn()
	require.Equal(t, remittance.OutcomeUnknown, outcome(t, err), "%v", err)
	require.Zero(t, s.executed(t, in))
	if !s.OnlyByRepeating {
		state, err := s.watched.Find(t.Context(), in, s.sooner())
		require.NoError(t, err)
		require.Equal(t, contract.StageUnknown, state.Stage, "not there yet is not never")
	}
	res, err := s.watched.Submit(t.Context(), in)
	require.NoError(t, err)
	require.Positive(t, s.Proxy.Deliver(t))
	require.Equal(t, 1, s.executed(t, in))

	alone := s.New(t)
	s.Proxy.Hold()
	_, err = s.watched.Submit(t.Context(), alone)
	s.Proxy.PassOn()
	require.Equal(t, remittance.OutcomeUnknown, outcome(t, err), "%v", err)
	require.Positive(t, s.Proxy.Deliver(t))
	found, err := s.watched.Find(t.Context(), alone, s.sooner())
	require.NoError(t, err)
	require.True(t, takenOn(found.Stage), "%q", found.Stage)
	require.NotEqual(t, res.RailRef, found.RailRef)
	again, err := s.watched.Submit(t.Context(), alone)
	require.NoError(t, err)
	require.Equal(t, found.RailRef, again.RailRef)
	require.Equal(t, 1, s.executed(t, alone))
}

func enquiriesAgree(t *testing.T, s suite) {
	in := s.New(t)
	res, err := s.watched.Submit(t.Context(), in)
	require.NoError(t, err)
	s.agree(t, in, res.RailRef)
	require.Equal(t, 1, s.executed(t, in))
	state := s.agree(t, in, res.RailRef)
	require.Contains(t, []contract.Stage{contract.StageExecuted, contract.StageSettled}, state.Stage)
	if state.Stage == contract.StageExecuted {
		require.True(t, s.Rail.FinalAfter(s.Now()).After(s.Now()), "what can come back is not final at once")
	}
}

// agree asks in both ways and gives the answer.
func (s suite) agree(t *testing.T, in activities.Instruction, railRef string) contract.RailState {
	t.Helper()
	byNumber, err := s.watched.State(t.Context(), in, railRef)
	require.NoError(t, err)
	byKey, err := s.watched.Find(t.Context(), in, s.sooner())
	require.NoError(t, err)
	require.Equal(t, railRef, byKey.RailRef)
	if !s.OnlyByRepeating {
		require.Equal(t, byNumber.Stage, byKey.Stage)
	}
	s.wordFits(t, in, byNumber.Stage)
	s.wordFits(t, in, byKey.Stage)
	return byNumber
}

func otherEnquiry(t *testing.T, s suite) {
	in := s.New(t)
	res, err := s.watched.Submit(t.Context(), in)
	require.NoError(t, err)
	other := in
	other.Amount += 1000
	_, err = s.watched.State(t.Context(), other, res.RailRef)
	require.Equal(t, remittance.OutcomeUnknown, outcome(t, err), "%v", err)
	_, err = s.watched.Find(t.Context(), other, s.sooner())
	require.Equal(t, remittance.OutcomeUnknown, outcome(t, err), "%v", err)
	require.Equal(t, 1, s.executed(t, in))
}

// takenOn says that the counterparty has the instruction and may have paid.
func takenOn(stage contract.Stage) bool {
	switch stage {
	case contract.StageExecuted, contract.StageSettled, contract.StageRecalling, contract.StageIssued, contract.StageLocked, contract.StageWaiting:
		return true
	}
	return false
}

// wordFits compares what the adapter says with the counterparty's own books.
func (s suite) wordFits(t T, in activities.Instruction, stage contract.Stage) {
	t.Helper()
	books := s.Books(t, in)
	require.LessOrEqual(t, books.Executed, 1)
	switch stage {
	case contract.StageExecuted, contract.StageSettled, contract.StageRecalling:
		require.Equal(t, Books{Executed: 1}, books, "it is said to be %s", stage)
	case contract.StageReturned:
		require.Equal(t, Books{Executed: 1, Undone: true}, books, "it is said to be %s", stage)
	case contract.StageNotFound, contract.StageIssued, contract.StageLocked, contract.StageWaiting, contract.StageApproval:
		require.Zero(t, books.Executed, "it is said to be %s", stage)
	case contract.StageNotExecuted:
		require.True(t, books.Executed == 0 || books.Undone, "it is said to be %s", stage)
	}
}

// neverExecuted asks until the adapter must know.
func (s suite) neverExecuted(t *testing.T, in activities.Instruction) {
	t.Helper()
	if s.OnlyByRepeating {
		return // asking would execute it
	}
	state, err := s.watched.Find(t.Context(), in, s.later(s.sooner()))
	require.NoError(t, err)
	require.Contains(t, []contract.Stage{contract.StageNotFound, contract.StageNotExecuted}, state.Stage)
	require.Zero(t, s.executed(t, in))
}
