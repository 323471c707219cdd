package workflows

import (
	"go.temporal.io/sdk/workflow"

	"soukin/contract"
)

// AuPay charges the au PAY wallet that the recipient names through a link.
//
//	Starts when  an order has been validated; the recipient's contact is in the vault.
//	Messages     as AccountLink; designate carries the wallet.
//	Timers       funding deadline, reminders, the recipient's deadline.
//	Effects      moves on our books; one charge for each designation under
//	             <merchant>/<remittance_id>/charge/<generation>.
//	Ends as      paid, failed, cancelled, expired. The execution fails only when its
//	             id is taken by another order.
//	Versioning   auto-upgrade: a link may be open for weeks.
//
// A wallet that is full, unknown or not verified opens the link again with the
// reason, under the same hold.
func AuPay(ctx workflow.Context, in contract.LinkInput) (contract.State, error) {
	return runLinked(ctx, in)
}
