package workflows

import (
	"go.temporal.io/sdk/workflow"

	"soukin/contract"
)

// Choice lets the recipient pick among several ways on one link.
//
//	Starts when  an order has been validated; the recipient's contact is in the vault.
//	Messages     those of the patterns it offers; designate names the way.
//	Timers       those of the patterns it offers.
//	Effects      money is held once and given to one rail at a time, each time under
//	             a new generation and the rail's own step; see the other patterns.
//	Ends as      paid, returned, failed, cancelled, expired. The execution fails
//	             only when its id is taken by another order.
//	Versioning   auto-upgrade: a link may be open for weeks.
//
// A way that failed leads back to the ways that can still succeed, as far as the
// merchant's fallback policy and the number of reopenings allow.
func Choice(ctx workflow.Context, in contract.LinkInput) (contract.State, error) {
	return runLinked(ctx, in)
}
