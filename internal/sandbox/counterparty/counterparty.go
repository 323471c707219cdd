package counterparty

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"soukin/internal/database"
	"soukin/internal/sandbox/faults"
	"soukin/remittance"
)

// Env is what a counterparty is given.
type Env struct {
	// DB is the sandbox's database; each counterparty migrates tables of its own.
	DB *database.DB
	// Faults strike its calls by plan, see [faults.Strike].
	Faults *faults.Injector
	// Now is the sandbox's movable clock.
	Now func() time.Time
	Log *slog.Logger
}

// Counterparty is one party that the sandbox plays beside the bank.
type Counterparty interface {
	// Mount adds its API, and the pages that people see there, to the sandbox.
	Mount(mux *http.ServeMux)
	// MountControl adds what tests and the demo may ask and do, all under
	// /sandbox/<name>/. Calls from elsewhere than this machine never arrive.
	MountControl(mux *http.ServeMux)
	// Executions gives its books in the order of their references, from the one
	// after a reference on, at most limit.
	Executions(ctx context.Context, after string, limit int) ([]Execution, error)
}

// Execution is one instruction as a counterparty's own books hold it.
type Execution struct {
	// Reference is what the client called it.
	Reference string         `json:"reference"`
	Amount    remittance.Yen `json:"amount"`
	// Executed counts how often money left for good: more than once is paying twice.
	Executed int `json:"executed"`
	// Undone says that it was taken back afterwards.
	Undone bool   `json:"undone,omitempty"`
	State  string `json:"state"` // in the counterparty's words
}
