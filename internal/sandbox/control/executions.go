package control

import "soukin/internal/sandbox/counterparty"

// Executions answers GET /sandbox/executions/{rail}: the books of a counterparty
// other than the bank.
type Executions struct {
	Executions []counterparty.Execution `json:"executions"`
	Next       string                   `json:"next,omitempty"` // pass as ?after= for the next page
}
