// Package atm plays the ATM network: its API under /atm-network/v1 by the
// project's own OpenAPI document (openapi.yaml, served beside it), an ATM that
// people can use at /atm, its own books, and the signed notices that it sends
// when cash was taken, numbers were locked or time ran out.
//
// An issue's life is one state machine, moved in one transaction a step:
//
//	issued ⇄ locked → withdrawn, cancelled or expired
//
// What happens by itself (expiry, and what magic amounts have in store) is
// applied before anybody looks, so that the books never depend on when they are
// read, and every moment besides, so that notices go out.
package atm
