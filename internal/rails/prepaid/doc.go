// Package prepaid is the client of the issuers of prepaid cards: it refunds a
// purchase to the card or wallet that paid for it, and asks what became of a
// refund.
//
// Nobody names that card: the issuer knows it by the purchase, so no personal
// data passes through here.
//
// The contract is our own document, internal/sandbox/prepaid/openapi.yaml;
// docs/rails-prepaid.md says what in it is known of the issuers and what must
// be asked.
//
// # What the other side may have seen
//
// A refund is sent once for each call, under an id that is honoured for ever:
//
//	answer to POST /refunds            the issuer may have     outcome
//	200 refunded                       refunded, once          accepted: it is on the card
//	200 refused                        recorded the refusal    rejected, for good under this id
//	200 that does not fit              refunded                unknown
//	400 INVALID, recorded: false       nothing                 rejected
//	401, 403                           nothing, at the door    misconfigured
//	409 (the id with another body)     refunded before         unknown
//	429                                nothing, at the door    rate limited
//	503 MAINTENANCE, other statuses,
//	lost, cut                          refunded                unknown
//	no byte left                       nothing                 not sent
//
// Maintenance is no refusal here even where the issuer says that nothing
// happened: nobody is asked to choose another way, so the same id goes again
// later.
//
//	answer to GET /refunds/{id}        means
//	200 refunded, refused              that
//	404 NOT_FOUND                      never received
//	everything else                    nothing about the refund: ask again
//
// A 404 without that code comes from somewhere else than the API, as from a
// wrong base address, and proves nothing.
package prepaid
