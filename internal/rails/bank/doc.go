// Package bank is the client of the bank's corporate API: transfers and what
// became of them, balances, statements and incoming deposits, and the OAuth 2.0
// login the API stands behind.
//
// The contract is the bank's published Open API specification (GMO Aozora Net
// Bank, corporate API v1.1.12); docs/rails-bank.md says what was taken from
// there, what was only observed, and how to point the client at the bank's
// production, development and sunabar hosts.
//
// # What an answer means
//
// table.go is the only place that decides what a status, a result code, an
// HTTP status or an error code means. What is not listed there is unknown.
//
// Only [Client.Submit] and [Client.Fee] fail with NotSent or Rejected, because
// those words are about an instruction and let money go back to its owner.
// Enquiries and cancellations fail with RateLimited, Misconfigured or Unknown
// only; what they found out about the instruction is in their values.
//
// Nothing here retries a call, except once with a renewed token after the bank
// refused the old one at the door.
package bank
