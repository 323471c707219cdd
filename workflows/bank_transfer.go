package workflows

import (
	"go.temporal.io/sdk/workflow"

	"soukin/contract"
	"soukin/remittance"
)

// BankTransfer sends money to an account that the sender named.
//
//	Starts when  an order has been validated and its account is in the vault.
//	Messages     updates accept, cancel, correct, resolve; query status;
//	             signals funds-arrived, rail-notice (hints only).
//	Timers       funding deadline, finality window, correction window.
//	Effects      moves on our books under (remittance, seq); one instruction to
//	             the bank under <merchant>/<remittance_id>/transfer/<generation>.
//	Ends as      paid, returned, failed, cancelled, expired. The execution fails
//	             only when its id is taken by another order.
//	Versioning   pinned: it ends within the finality and correction windows.
//
// A request to cancel the execution (the button in the Web UI) counts as an
// operator's cancel of the remittance; it never abandons money on its way.
func BankTransfer(ctx workflow.Context, in contract.BankTransferInput) (contract.State, error) {
	t := &direct{transfer: newTransfer(ctx, in.Order, contract.Way{Rail: remittance.RailBank, Fee: in.Order.Fee, Policy: in.Policy})}
	t.reopen = t.keepForCorrection
	if err := t.serve(ctx); err != nil {
		return t.state, err
	}
	if err := workflow.SetUpdateHandlerWithOptions(ctx, contract.UpdateCorrect, t.correct,
		workflow.UpdateHandlerOptions{Validator: t.validateCorrect}); err != nil {
		return t.state, err
	}
	err := t.toTheEnd(ctx)
	return t.state, err
}
