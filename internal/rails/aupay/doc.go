// Package aupay is the client of au PAY: it charges a member's balance and asks
// what became of a charge.
//
// The corporate API of au PAY is not published. The contract is our own
// document, internal/sandbox/aupay/openapi.yaml; docs/rails-aupay.md says what
// in it is known and what must be asked.
//
// # What the other side may have seen
//
// A charge is sent once for each call, under an id that au PAY honours for ever:
//
//	answer to POST /charges            au PAY may have         outcome
//	200 executed                       charged, once           accepted: the member has it
//	200 refused                        recorded the refusal    rejected, for good under this id
//	200 that does not fit              charged                 unknown
//	400 INVALID, recorded: false       nothing                 rejected
//	401, 403                           nothing, at the door    misconfigured
//	409 (the id with another body)     charged before          unknown
//	429                                nothing, at the door    rate limited
//	503 MAINTENANCE, recorded: false   nothing                 rejected, rail_maintenance
//	any other status, lost, cut        charged                 unknown
//	no byte left                       nothing                 not sent
//
// "Nothing" is about this call: an earlier one under the same id whose answer
// was lost may have been executed. The activities know which attempt it was.
//
//	answer to GET /charges/{id}        means
//	200 executed, refused              that
//	404 NOT_FOUND                      never received
//	everything else                    nothing about the charge: ask again
//
// A 404 without that code comes from somewhere else than au PAY's API, as from a
// wrong base address, and proves nothing.
package aupay
