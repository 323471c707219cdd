package workflows

import (
	"go.temporal.io/sdk/workflow"

	"soukin/contract"
)

// ATMCash pays cash at a Seven Bank ATM, against three numbers.
//
//	Starts when  an order has been validated; the recipient's contact is in the vault.
//	Messages     updates accept (answers with the numbers issued), reissue, resend,
//	             change-contact, cancel, resolve; query status; signals
//	             funds-arrived, rail-notice (hints only).
//	Timers       funding deadline, reminders, the last instant of the numbers.
//	Effects      moves on our books; numbers issued once at the network under
//	             <merchant>/<remittance_id>/cash/1. The numbers stay in the vault and
//	             never reach a workflow.
//	Ends as      paid, failed, cancelled, expired. The execution fails only when its
//	             id is taken by another order.
//	Versioning   auto-upgrade: numbers may be out for weeks.
//
// Withdrawal, cancel and expiry race at the network, which pays out once: after
// asking it to end the numbers, its own word decides.
func ATMCash(ctx workflow.Context, in contract.LinkInput) (contract.State, error) {
	return runLinked(ctx, in)
}
