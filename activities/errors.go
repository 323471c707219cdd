package activities

import (
	"errors"
	"time"

	"go.temporal.io/sdk/temporal"

	"soukin/contract"
	"soukin/remittance"
)

// ErrConflict is what Books returns when an id or a sequence number is taken
// by something else. Waiting cannot mend it.
var ErrConflict = errors.New("conflict")

// misconfiguredPause keeps a refused credential from being hammered while an
// operator mends it; the customers' money waits, it does not fail.
const misconfiguredPause = time.Minute

// toTemporal is the only place that turns an error of a port into one Temporal
// understands. Whatever it does not recognise is an unknown outcome: retried
// under the same key, never taken for a refusal.
func toTemporal(err error) error {
	if err == nil {
		return nil
	}
	if errors.Is(err, ErrConflict) {
		return temporal.NewApplicationErrorWithOptions(err.Error(), contract.ErrTypeConflict,
			temporal.ApplicationErrorOptions{NonRetryable: true})
	}
	var rail *remittance.RailError
	if !errors.As(err, &rail) {
		return temporal.NewApplicationErrorWithOptions("unknown outcome", contract.ErrTypeUnknown,
			temporal.ApplicationErrorOptions{Cause: err})
	}
	opts := temporal.ApplicationErrorOptions{
		NextRetryDelay: rail.RetryAfter,
		Details:        []any{contract.Rejection{Reason: rail.Reason, Code: rail.Code}},
	}
	switch rail.Outcome {
	case remittance.OutcomeRejected:
		opts.NonRetryable = true
		opts.Category = temporal.ApplicationErrorCategoryBenign
		return temporal.NewApplicationErrorWithOptions(rail.Error(), contract.ErrTypeRejected, opts)
	case remittance.OutcomeNotSent:
		return temporal.NewApplicationErrorWithOptions(rail.Error(), contract.ErrTypeUnavailable, opts)
	case remittance.OutcomeRateLimited:
		return temporal.NewApplicationErrorWithOptions(rail.Error(), contract.ErrTypeRateLimited, opts)
	case remittance.OutcomeMisconfigured:
		if opts.NextRetryDelay == 0 {
			opts.NextRetryDelay = misconfiguredPause
		}
		return temporal.NewApplicationErrorWithOptions(rail.Error(), contract.ErrTypeMisconfigured, opts)
	default:
		return temporal.NewApplicationErrorWithOptions(rail.Error(), contract.ErrTypeUnknown, opts)
	}
}

// submitError is toTemporal for a call that moves money.
//
// A refusal counts only on the first attempt: after an attempt whose answer was
// lost, the rail may refuse the second one because the first took the money.
// And where the rail keeps no keys, an unknown outcome must not be retried at
// all. Both end the resending; the workflow enquires.
func submitError(err error, attempt int32, honoursKeys bool) error {
	mapped := toTemporal(err)
	var app *temporal.ApplicationError
	if !errors.As(mapped, &app) {
		return mapped
	}
	refusedLate := app.Type() == contract.ErrTypeRejected && attempt > 1
	mayHaveLanded := app.Type() == contract.ErrTypeUnknown && !honoursKeys
	if refusedLate || mayHaveLanded {
		return temporal.NewApplicationErrorWithOptions(app.Message(), contract.ErrTypeUnknown,
			temporal.ApplicationErrorOptions{NonRetryable: true, Cause: err})
	}
	return mapped
}

// stillOpen asks Temporal's retry policy to enquire again later. It is the
// normal course of an enquiry, so it must not raise alarms.
func stillOpen(stage contract.Stage) error {
	name := string(stage)
	if stage == contract.StageUnknown {
		name = "an answer we do not know"
	}
	return temporal.NewApplicationErrorWithOptions("the rail says: "+name, contract.ErrTypeStillOpen,
		temporal.ApplicationErrorOptions{Category: temporal.ApplicationErrorCategoryBenign})
}
