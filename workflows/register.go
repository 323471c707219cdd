package workflows

import (
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"soukin/contract"
)

// Register adds every workflow under its wire name. Production workers, the
// replayer and the test environments all call it, so they cannot drift apart.
//
// A transfer ends within days, so it stays on the worker version that started
// it; a link may wait for weeks, so it moves on to newer workers, and every
// change of its code must replay the histories of older ones.
func Register(r worker.WorkflowRegistry) {
	r.RegisterWorkflowWithOptions(BankTransfer, workflow.RegisterOptions{
		Name:               contract.WorkflowBankTransfer,
		VersioningBehavior: workflow.VersioningBehaviorPinned,
	})
	r.RegisterWorkflowWithOptions(AccountLink, workflow.RegisterOptions{
		Name:               contract.WorkflowAccountLink,
		VersioningBehavior: workflow.VersioningBehaviorAutoUpgrade,
	})
}
