// Package decided is the client of a counterparty that decides once on each
// reference, at once, and gives that decision ever after, refusals too (au PAY,
// the issuers of prepaid cards). An instruction is sent once for each call; what
// became of it is asked by the same reference.
//
// # What the other side may have seen
//
//	answer to an instruction           it may have             outcome
//	200 done                           executed, once          accepted
//	200 refused                        recorded the refusal    rejected, for good under this reference
//	200 that does not fit              executed                unknown
//	400 INVALID, recorded: false       nothing                 rejected
//	401, 403                           nothing, at the door    misconfigured
//	409 (the id with another body)     executed before         unknown
//	429                                nothing, at the door    rate limited
//	503                                what the rail's own table says
//	any other status, lost, cut        executed                unknown
//	no byte left                       nothing                 not sent
//
// An answer is held against what was ordered: another reference, another amount
// or a state that no document names does not fit.
//
// A rail keeps its own document (names of fields, words, reasons) and says what
// a 503 means for it.
package decided
