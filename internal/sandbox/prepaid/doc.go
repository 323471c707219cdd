// Package prepaid plays the issuers of prepaid cards: people pay with a card on
// the issuer's page (link type) or through a shop (API type), and a purchase is
// refunded to the card that paid it, inside the issuer's window.
//
//	POST /prepaid/v1/purchases                       pay, API type
//	GET  /prepaid/v1/purchases/{issuer}/{purchase_id}
//	POST /prepaid/v1/refunds                         refund a purchase
//	GET  /prepaid/v1/refunds/{refund_id}             what became of it
//	GET  /prepaid/openapi.yaml                       the document of them
//	GET  /prepaid/pay                                pay, link type
//	GET  /prepaid                                    a card or purchase: balance, refunds
//
// Purchases of the form <prefix>-<YYYYMMDD>-<amount>-<n> with n from 1 to 999
// exist by themselves, so that a refund can be tested without paying first; some
// n say what happens to the refund, see [Magics].
package prepaid
