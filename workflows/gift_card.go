package workflows

import (
	"go.temporal.io/sdk/workflow"

	"soukin/contract"
)

// GiftCard gives an Amazon gift card: as balance on the account that the
// recipient logs in with, or as a claim code on their page.
//
//	Starts when  an order has been validated; the recipient's contact is in the vault.
//	Messages     as AccountLink; designate carries the login, or nothing for a code.
//	Timers       funding deadline, reminders, the recipient's deadline; for a code
//	             the minutes in which it can be cancelled.
//	Effects      moves on our books; one request at Amazon for each designation
//	             under <merchant>/<remittance_id>/gift/<generation>. Amazon can only
//	             be asked by repeating a request, which gives the same result.
//	Ends as      paid, failed, cancelled, expired. The execution fails only when its
//	             id is taken by another order.
//	Versioning   auto-upgrade: a link may be open for weeks.
//
// A claim code never reaches a workflow: the page fetches it for its reader.
func GiftCard(ctx workflow.Context, in contract.LinkInput) (contract.State, error) {
	return runLinked(ctx, in)
}
