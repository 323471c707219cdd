package activities_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"

	"soukin/activities"
	"soukin/contract"
	"soukin/remittance"
)

var names = contract.ActivitiesOf(remittance.RailBank)

var noon = time.Date(2026, 11, 20, 3, 0, 0, 0, time.UTC)

type scriptedBank struct {
	submit, cancel error
	state          contract.RailState
	stateErr       error
}

func (b scriptedBank) Submit(context.Context, activities.Instruction) (contract.SubmitResult, error) {
	return contract.SubmitResult{RailRef: "1"}, b.submit
}
func (b scriptedBank) State(context.Context, activities.Instruction, string) (contract.RailState, error) {
	return b.state, b.stateErr
}
func (b scriptedBank) Find(context.Context, activities.Instruction, time.Time) (contract.RailState, error) {
	return b.state, b.stateErr
}
func (b scriptedBank) Cancel(context.Context, activities.Instruction, string) error { return b.cancel }
func (b scriptedBank) FinalAfter(executed time.Time) time.Time                      { return executed.Add(48 * time.Hour) }

func environment(bank scriptedBank, honoursKeys bool) *testsuite.TestActivityEnvironment {
	var suite testsuite.WorkflowTestSuite
	env := suite.NewTestActivityEnvironment()
	activities.RegisterRail(env, remittance.RailBank, activities.NewCounterparty(bank, honoursKeys, func() time.Time { return noon }))
	return env
}

// TestSubmitErrors is the taxonomy as a table: what a port says, and what
// Temporal and the workflows may conclude from it.
func TestSubmitErrors(t *testing.T) {
	for name, c := range map[string]struct {
		give   error
		noKeys bool
		typ    string
		final  bool
		delay  time.Duration
	}{
		"refused":                         {give: &remittance.RailError{Outcome: remittance.OutcomeRejected, Reason: remittance.BadDetails}, typ: contract.ErrTypeRejected, final: true},
		"not sent":                        {give: &remittance.RailError{Outcome: remittance.OutcomeNotSent}, typ: contract.ErrTypeUnavailable},
		"throttled":                       {give: &remittance.RailError{Outcome: remittance.OutcomeRateLimited, RetryAfter: 9 * time.Second}, typ: contract.ErrTypeRateLimited, delay: 9 * time.Second},
		"our credentials are refused":     {give: &remittance.RailError{Outcome: remittance.OutcomeMisconfigured}, typ: contract.ErrTypeMisconfigured, delay: time.Minute},
		"unknown":                         {give: &remittance.RailError{}, typ: contract.ErrTypeUnknown},
		"unknown, the bank keeps no keys": {give: &remittance.RailError{}, noKeys: true, typ: contract.ErrTypeUnknown, final: true},
		"an outcome from the future":      {give: &remittance.RailError{Outcome: 42}, typ: contract.ErrTypeUnknown},
		"pending returned as an error":    {give: &remittance.RailError{Outcome: remittance.OutcomePending}, typ: contract.ErrTypeUnknown},
		"an error we do not know":         {give: errors.New("strange"), typ: contract.ErrTypeUnknown},
		"wrapped":                         {give: fmt.Errorf("submit: %w", &remittance.RailError{Outcome: remittance.OutcomeRejected}), typ: contract.ErrTypeRejected, final: true},
	} {
		t.Run(name, func(t *testing.T) {
			env := environment(scriptedBank{submit: c.give}, !c.noKeys)
			_, err := env.ExecuteActivity(names.Submit, contract.SubmitInput{Owner: "default-test-run-id"})
			var app *temporal.ApplicationError
			require.ErrorAs(t, err, &app)
			require.Equal(t, c.typ, app.Type())
			require.Equal(t, c.final, app.NonRetryable())
			require.Equal(t, c.delay, app.NextRetryDelay())
		})
	}
}

func TestSubmitAfterAResetSendsNothing(t *testing.T) {
	env := environment(scriptedBank{}, true)
	_, err := env.ExecuteActivity(names.Submit, contract.SubmitInput{Owner: "the run before the reset"})
	var app *temporal.ApplicationError
	require.ErrorAs(t, err, &app)
	require.Equal(t, contract.ErrTypeUnknown, app.Type())
}

// looker says whether an enquiry could have executed the instruction.
type looker struct{ scriptedBank }

func (l looker) Find(_ context.Context, in activities.Instruction, _ time.Time) (contract.RailState, error) {
	if in.LookOnly {
		return contract.RailState{Code: "looked"}, nil
	}
	return contract.RailState{Code: "asked"}, nil
}

// TestEnquiryAfterAResetOnlyLooks: where asking is sending, a reset run could
// execute what an earlier one has given back.
func TestEnquiryAfterAResetOnlyLooks(t *testing.T) {
	for owner, want := range map[string]string{"": "asked", "default-test-run-id": "asked", "the run before the reset": "looked"} {
		var suite testsuite.WorkflowTestSuite
		env := suite.NewTestActivityEnvironment()
		activities.RegisterRail(env, remittance.RailBank, activities.NewCounterparty(looker{}, true, func() time.Time { return noon }))
		v, err := env.ExecuteActivity(names.Enquire, contract.EnquireInput{Owner: owner, Until: contract.UntilAny})
		require.NoError(t, err)
		var s contract.RailState
		require.NoError(t, v.Get(&s))
		require.Equal(t, want, s.Code, owner)
	}
}

// TestEnquiryEnds says which answers end which enquiry; all others ask again.
func TestEnquiryEnds(t *testing.T) {
	stages := []contract.Stage{contract.StageUnknown, contract.StageNotFound, contract.StageWaiting, contract.StageApproval,
		contract.StageExecuted, contract.StageRecalling, contract.StageReturned, contract.StageNotExecuted, "from the future"}
	ends := map[contract.EnquireUntil]map[contract.Stage]bool{
		contract.UntilKnown: {contract.StageNotFound: true, contract.StageExecuted: true, contract.StageRecalling: true,
			contract.StageReturned: true, contract.StageNotExecuted: true},
		contract.UntilNews: {contract.StageApproval: true, contract.StageNotFound: true, contract.StageExecuted: true, contract.StageRecalling: true,
			contract.StageReturned: true, contract.StageNotExecuted: true},
		contract.UntilChanged: {contract.StageReturned: true, contract.StageNotExecuted: true},
	}
	for _, until := range []contract.EnquireUntil{contract.UntilKnown, contract.UntilNews, contract.UntilChanged, contract.UntilAny} {
		for _, stage := range stages {
			env := environment(scriptedBank{state: contract.RailState{Stage: stage}}, true)
			v, err := env.ExecuteActivity(names.Enquire, contract.EnquireInput{RailRef: "1", Until: until})
			if until == contract.UntilAny || ends[until][stage] {
				require.NoError(t, err, "%s %s", until, stage)
				var s contract.RailState
				require.NoError(t, v.Get(&s))
				require.Equal(t, stage, s.Stage)
				require.Equal(t, stage == contract.StageExecuted || stage == contract.StageRecalling, s.FinalAfter != nil)
				continue
			}
			var app *temporal.ApplicationError
			require.ErrorAs(t, err, &app)
			require.Equal(t, contract.ErrTypeStillOpen, app.Type(), "%s %s", until, stage)
			require.False(t, app.NonRetryable())
		}
	}
}

// TestNotFoundIsBelievedLate: the bank shows a request in its enquiries only
// after a while, so before that "not found" says nothing.
func TestNotFoundIsBelievedLate(t *testing.T) {
	for name, c := range map[string]struct {
		visibleAfter time.Time
		typ          string
	}{"before": {noon.Add(time.Second), contract.ErrTypeStillOpen}, "at the instant": {noon, ""}} {
		t.Run(name, func(t *testing.T) {
			env := environment(scriptedBank{state: contract.RailState{Stage: contract.StageNotFound}}, true)
			v, err := env.ExecuteActivity(names.Enquire, contract.EnquireInput{VisibleAfter: c.visibleAfter, Until: contract.UntilKnown})
			if c.typ == "" {
				require.NoError(t, err)
				var s contract.RailState
				require.NoError(t, v.Get(&s))
				require.Equal(t, contract.StageNotFound, s.Stage)
				return
			}
			var app *temporal.ApplicationError
			require.ErrorAs(t, err, &app)
			require.Equal(t, c.typ, app.Type())
		})
	}
}

func TestCancelTooLateIsAnAnswer(t *testing.T) {
	env := environment(scriptedBank{cancel: fmt.Errorf("cancel: %w", &remittance.RailError{Outcome: remittance.OutcomeRejected, Code: "X"})}, true)
	v, err := env.ExecuteActivity(names.Cancel, contract.CancelInstructionInput{RailRef: "1"})
	require.NoError(t, err)
	var res contract.CancelInstructionResult
	require.NoError(t, v.Get(&res))
	require.Equal(t, contract.CancelInstructionResult{TooLate: true, Code: "X"}, res)

	env = environment(scriptedBank{cancel: &remittance.RailError{}}, true)
	_, err = env.ExecuteActivity(names.Cancel, contract.CancelInstructionInput{RailRef: "1"})
	require.Error(t, err, "a lost answer is not an answer")
}
