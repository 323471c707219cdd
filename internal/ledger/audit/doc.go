// Package audit proves the ledger's invariants from the entries alone. It
// trusts no stored balance and shares no rule with the code that posts, so a
// mistake there shows here. Tests, chaos runs and the command line use it.
//
// Checks of other books (the durable record, the counterparties) add their
// findings to the same [Report].
package audit
