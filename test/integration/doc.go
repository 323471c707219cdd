//go:build integration

// Package integration runs whole installations on a real Temporal server,
// through the doors that people use, and looks at what became of the money from
// both sides: our books and the bank's.
package integration
