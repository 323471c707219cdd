package workflows

import (
	"go.temporal.io/sdk/workflow"

	"soukin/contract"
)

// AccountLink sends money to an account that the recipient names through a link.
//
//	Starts when  an order has been validated; the recipient's contact is in the vault.
//	Messages     updates accept, designate, decline, resend, extend,
//	             change-contact, cancel, resolve; query status; signals
//	             funds-arrived, rail-notice (hints only).
//	Timers       funding deadline, reminders, the recipient's deadline, finality window.
//	Effects      as BankTransfer, with a generation for each designated account;
//	             notices by mail and SMS, whose failure never fails the remittance.
//	Ends as      paid, returned, failed, cancelled, expired. The execution fails
//	             only when its id is taken by another order.
//	Versioning   auto-upgrade: a link may be open for weeks.
//
// Claim, cancel and expiry race here and nowhere else: the first one that the
// workflow takes wins, and the others are told.
func AccountLink(ctx workflow.Context, in contract.LinkInput) (contract.State, error) {
	return runLinked(ctx, in)
}
