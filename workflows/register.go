package workflows

import (
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"soukin/contract"
)

// Register adds every workflow under its wire name. Production workers, the
// replayer and the test environments all call it, so they cannot drift apart.
//
// What needs nobody's word ends within days, so it stays on the worker version
// that started it; a link may wait for weeks, so it moves on to newer workers, and
// every change of its code must replay the histories of older ones.
func Register(r worker.WorkflowRegistry) {
	for name, w := range map[string]any{contract.WorkflowBankTransfer: BankTransfer, contract.WorkflowPrepaidRefund: PrepaidRefund} {
		r.RegisterWorkflowWithOptions(w, workflow.RegisterOptions{Name: name, VersioningBehavior: workflow.VersioningBehaviorPinned})
	}
	for name, w := range map[string]any{
		contract.WorkflowAccountLink: AccountLink, contract.WorkflowATMCash: ATMCash, contract.WorkflowGiftCard: GiftCard,
		contract.WorkflowAuPay: AuPay, contract.WorkflowChoice: Choice,
	} {
		r.RegisterWorkflowWithOptions(w, workflow.RegisterOptions{Name: name, VersioningBehavior: workflow.VersioningBehaviorAutoUpgrade})
	}
}
