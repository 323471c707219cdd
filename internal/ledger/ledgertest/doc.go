// Package ledgertest is the conformance suite of the ledger: whatever engine
// the books are kept on, all of it must hold.
package ledgertest
