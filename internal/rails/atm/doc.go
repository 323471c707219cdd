// Package atm is the client of the ATM network that pays remittances out in
// cash: issue the three numbers an ATM asks for, enquire, call off, replace
// lost or locked numbers, and verify the network's signed notices.
//
// The contract is the project's own OpenAPI document (the sandbox serves it at
// /atm-network/openapi.yaml), because the real one is not published;
// docs/rails-atm.md says which facts are known and which are assumed.
//
// # What an answer means
//
// table.go is the only place that decides what a code or an HTTP status means.
// What is not listed there is unknown. Nothing here retries a call.
//
// # What the network may have seen
//
//	call     failure                                      seen          outcome
//	any      no connection                                nothing       not sent
//	any      429                                          turned away   rate limited
//	any      401, 403                                     turned away   misconfigured
//	any      cut, timeout, 5xx, unreadable, unlisted      anything      unknown
//	issue    a documented refusal (400, 422)              all, refused  rejected
//	issue    409: the id is taken by another order        an earlier    unknown, for an operator
//	issue    answer about another id or amount            anything      unknown, for an operator
//	enquiry  404 with the network's own code              nothing       a value: not received
//	enquiry  404 without it                               -             unknown: a proxy may say so
//	cancel   409: paid out, or paying out                 all           rejected: too late
//	reissue  409: paid out, paying out, over              all           rejected: over
//	reissue  409: later numbers are out                   all           unknown
//
// The network honours the id of an order for ever, so that every call may be
// repeated: the same id and order bring the same answer and never a second
// payment, and the same count of reissues brings the same numbers.
package atm
