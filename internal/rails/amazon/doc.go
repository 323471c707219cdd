// Package amazon is the client of Amazon's Incentives API (Amazon Gift Codes On
// Demand): it loads gift card balance onto the account that a recipient logged
// in with, creates and cancels claim codes, and asks what is left of the funds
// that we paid in. Package amazon/login asks the recipient who they are.
//
// Sources: developer.amazon.com/docs/incentives-api, pages digital-gift-cards,
// login-and-receive, gift-codes-errors, gift-codes-faq and test-plan;
// docs/rails-amazon.md says what of it is confirmed.
//
// # One request id, one gift
//
// Every instruction has a request id made from its key, see [Client.Reference].
// The same id sent again brings the same gift and moves no more money (test
// plan, case 3), so an instruction whose answer was lost is sent again under
// the same id. There is no other enquiry: asking is sending. Whoever must only
// look, must not call at all.
//
// # What the other side may have seen
//
//	what we got                                    what may have happened      outcome
//	no connection                                  nothing left                NotSent
//	connection lost, timeout, unreadable answer    anything                    Unknown
//	SUCCESS that names another request or amount   anything                    Unknown
//	SUCCESS                                        executed                    (the gift)
//	RESEND, F400                                   anything: the API asks for  Unknown
//	                                               the same id again
//	F100, F500, HTTP 5xx                           anything                    Unknown
//	Throttled, ThrottlingException, HTTP 429       turned away at the door     RateLimited
//	HTTP 401, 403; F200 and F300 about our keys,   nothing; ours to mend       Misconfigured
//	contract, partner id or funds
//	F200 about the amount                          nothing                     Rejected
//	F200 about the cancellation: too late, claimed nothing, the gift stands    Rejected
//	F300 about the recipient's account or limits   nothing                     Rejected
//	F600 (cancel): no such gift                    nothing was cancelled       Rejected
//	any other code                                 anything                    Unknown
//
// A refusal is about the sending that it answers. An earlier sending under the
// same id whose answer was lost is not covered by it; the activities know
// whether there was one.
//
// # Claim codes
//
// A claim code is money for whoever reads it, and partners must not store it
// (FAQ). It leaves this package as a [ClaimCode], which prints, encodes and logs
// masked. Nothing here logs, and no error carries a body.
package amazon
