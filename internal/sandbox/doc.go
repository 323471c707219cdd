// Package sandbox plays the counterparties of Soukin on one machine, so that
// the whole way of a remittance can be tried, tested and broken on purpose
// without a contract. Today it plays the bank.
//
// The bank speaks the corporate API of GMO Aozora Net Bank (package ganb) over
// its own books (package books), which are kept apart from Soukin's so that what
// was really executed can be compared with what the ledger believes. Faults come
// by magic values, which a merchant can use in tests, and by a seeded plan
// (package faults). A control API (package control) moves the clock, lets money
// arrive, approves, and shows the books. docs/sandbox.md is the manual.
package sandbox
