// Package amazon plays Amazon for gifts: the Incentives API (Amazon Gift Codes
// On Demand) with its signatures, request ids, mock ids and errors, and Login
// with Amazon with a page on which a person logs in and consents.
//
// It was built from the public documentation (developer.amazon.com, Incentives
// API and Login with Amazon) and from answers that public clients have recorded,
// not from our own client. docs/sandbox.md lists the mock ids, amounts and
// logins that make it misbehave.
//
// Claim codes are made from the request id and the partner's secret whenever
// somebody asks for them; no table holds one.
package amazon
