// Package aupay plays au PAY: a wallet that charges members' balances at once,
// or refuses, under ids that it honours for ever.
//
//	POST /aupay/v1/charges              charge a member
//	GET  /aupay/v1/charges/{charge_id}  what became of it
//	GET  /aupay/openapi.yaml            the document of both
//	GET  /aupay                         a member's page: balance, history, spending, verification
//
// Every member number is somebody's, and the last four digits say what happens
// to them, see [Magics].
package aupay
