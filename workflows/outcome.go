package workflows

import (
	"errors"

	"go.temporal.io/sdk/temporal"

	"soukin/contract"
)

// rejection reports whether an activity ended in a refusal that is certain for
// its key. Every other error leaves the outcome open.
func rejection(err error) (contract.Rejection, bool) {
	var app *temporal.ApplicationError
	if !errors.As(err, &app) || app.Type() != contract.ErrTypeRejected {
		return contract.Rejection{}, false
	}
	var r contract.Rejection
	if app.HasDetails() {
		if err := app.Details(&r); err != nil {
			return contract.Rejection{}, false
		}
	}
	return r, true
}

func refuse(errType, message string) error {
	return temporal.NewNonRetryableApplicationError(message, errType, nil)
}

// credentialsRefused reports that the rail turned us away for our credentials,
// however often it was asked.
func credentialsRefused(err error) bool {
	var app *temporal.ApplicationError
	return errors.As(err, &app) && app.Type() == contract.ErrTypeMisconfigured
}
