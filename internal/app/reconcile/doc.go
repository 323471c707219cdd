// Package reconcile compares the sandbox's own books with ours: what the bank
// really executed against what the ledger believes. The two share no code, so
// an instruction paid twice or a yen lost on either side shows here. The demo,
// chaos runs and integration tests use it.
package reconcile
