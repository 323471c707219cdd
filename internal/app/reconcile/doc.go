// Package reconcile compares the own books of every counterparty that the
// sandbox plays with ours: what was really executed against what the ledger
// believes. The two share no code, so an instruction paid twice or a yen lost on
// either side shows here. The demo, chaos runs and integration tests use it.
package reconcile
