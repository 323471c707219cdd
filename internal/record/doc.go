// Package record is the durable record: which remittances there are, where each
// of them stands and how it got there, what merchants have agreed to, and the
// raw notices that rails sent. Temporal forgets a closed workflow after its
// retention; this package does not.
//
// It keeps no personal data. Payees appear as ids of the vault; the body of a
// notice is stored only after the vault has sealed it.
//
// The functions that take a transaction are for package books, which moves the
// record and the ledger together; nobody else may change a remittance. Every
// other package reads through [Record].
package record
