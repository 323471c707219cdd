package cli

import (
	"errors"
	"fmt"

	"soukin/internal/orders"
)

// The exit codes, for scripts. docs/cli.md lists them.
const (
	ExitOK          = 0 // done
	ExitFailed      = 1 // something went wrong that no other code names
	ExitUsage       = 2 // the command line or a setting is wrong; nothing was done
	ExitNotFound    = 3 // no such remittance, account, merchant or bank
	ExitConflict    = 4 // the id is taken by another order, or it is too late for that
	ExitRefused     = 5 // the order breaks a rule; nothing was held
	ExitUnavailable = 6 // Temporal, the database or a counterparty cannot be reached; try again
	ExitUnexpected  = 7 // a remittance ended otherwise than expected, or the audit failed
)

// exitError carries the exit code of a command's error.
type exitError struct {
	code int
	err  error
}

func (e *exitError) Error() string { return e.err.Error() }
func (e *exitError) Unwrap() error { return e.err }

func exit(code int, err error) error { return &exitError{code, err} }

func usageError(format string, args ...any) error {
	return exit(ExitUsage, fmt.Errorf(format, args...))
}

func exitCode(err error) int {
	if err == nil {
		return ExitOK
	}
	var known *exitError
	if errors.As(err, &known) {
		return known.code
	}
	if faults := orders.FaultsOf(err); faults != nil {
		return codeOfFaults(faults)
	}
	return ExitFailed
}
