package workflows

import (
	"go.temporal.io/sdk/workflow"

	"soukin/contract"
	"soukin/remittance"
)

// PrepaidRefund gives money back to the prepaid card or wallet that paid.
//
//	Starts when  an order has been validated; the purchase it refunds is in the vault.
//	Messages     updates accept, cancel, resolve; query status; signals
//	             funds-arrived, rail-notice (hints only).
//	Timers       funding deadline.
//	Effects      moves on our books under (remittance, seq); one instruction to the
//	             issuer under <merchant>/<remittance_id>/refund/1.
//	Ends as      paid, failed, cancelled, expired. The execution fails only when its
//	             id is taken by another order.
//	Versioning   pinned: an issuer answers at once.
//
// What an issuer refuses is refused for good: nobody can name another card.
func PrepaidRefund(ctx workflow.Context, in contract.PrepaidRefundInput) (contract.State, error) {
	t := &direct{transfer: newTransfer(ctx, in.Order, contract.Way{Rail: remittance.RailPrepaid, Fee: in.Order.Fee, Policy: in.Policy})}
	if err := t.serve(ctx); err != nil {
		return t.state, err
	}
	err := t.toTheEnd(ctx)
	return t.state, err
}
