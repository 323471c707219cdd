// Package ganb speaks the corporate API of GMO Aozora Net Bank (v1.1.12) from
// the bank's side, over the books of package books: accounts, balances,
// statement, transfer fee, request, result, status and cancel under
// /ganb/api/corporation/v1, and OAuth 2.0 under /ganb/api/auth/v1.
//
// Where the bank's published specification is silent (error codes, the answer
// to a reused Idempotency-Key, token lifetimes) the sandbox decides, says so in
// docs/sandbox.md, and keeps the choice in a setting or in a table of this
// package. Its own error codes begin with SB, so that no client takes them for
// the bank's.
package ganb
