//go:build chaos

// Package chaos hurts a whole installation on purpose and then compares what
// each counterparty really executed with what the ledger believes. A run that
// hurt nothing fails.
package chaos
