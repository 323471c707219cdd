package workflows

import (
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"soukin/contract"
)

// The profiles below are the only activity options in the package. Whatever
// depends on a setting comes with the workflow's input, so that a changed
// setting never changes the course of an open remittance.

const (
	booksAttempt   = 5 * time.Second     // one transaction on our own database
	booksPatience  = 30 * 24 * time.Hour // a database may be down; money does not hurry past it
	submitAttempt  = 35 * time.Second    // above the adapter's own HTTP timeout, which names the outcome
	enquireAttempt = 15 * time.Second
	cancelPatience = 2 * time.Minute
	lastLook       = 8 * time.Second
	noticeAttempt  = 30 * time.Second
	noticePatience = 15 * time.Minute
	answerPatience = 6 * time.Second // how long a caller waits for a rail that answers at once
)

func withBooks(ctx workflow.Context, summary string) workflow.Context {
	return workflow.WithLocalActivityOptions(ctx, workflow.LocalActivityOptions{
		StartToCloseTimeout:    booksAttempt,
		ScheduleToCloseTimeout: booksPatience,
		RetryPolicy:            &temporal.RetryPolicy{InitialInterval: 100 * time.Millisecond, BackoffCoefficient: 2, MaximumInterval: 30 * time.Second},
		Summary:                summary,
	})
}

func withSubmit(ctx workflow.Context, way contract.Way, summary string) workflow.Context {
	return workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		TaskQueue:              contract.QueueRail(way.Rail),
		StartToCloseTimeout:    submitAttempt,
		ScheduleToCloseTimeout: way.Policy.SubmitWindow,
		RetryPolicy: &temporal.RetryPolicy{
			InitialInterval: time.Second, BackoffCoefficient: 2, MaximumInterval: time.Minute,
			MaximumAttempts: int32(min(way.Policy.SubmitAttempts, 1000)),
		},
		// The request may be on the wire when the worker is told to stop.
		WaitForCancellation: true,
		Summary:             summary,
	})
}

// withEnquiry polls by retrying: the same interval each time, and no history
// however often it asks.
func withEnquiry(ctx workflow.Context, way contract.Way, every, patience time.Duration, summary string) workflow.Context {
	return workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		TaskQueue:              contract.QueueRail(way.Rail),
		StartToCloseTimeout:    enquireAttempt,
		ScheduleToCloseTimeout: patience,
		RetryPolicy:            &temporal.RetryPolicy{InitialInterval: every, BackoffCoefficient: 1, MaximumInterval: every},
		WaitForCancellation:    true, // for whoever wants to hear what is under way; nobody else looks
		Summary:                summary,
	})
}

func withCancel(ctx workflow.Context, way contract.Way, summary string) workflow.Context {
	return workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		TaskQueue:              contract.QueueRail(way.Rail),
		StartToCloseTimeout:    submitAttempt,
		ScheduleToCloseTimeout: cancelPatience,
		RetryPolicy:            &temporal.RetryPolicy{InitialInterval: time.Second, BackoffCoefficient: 2, MaximumInterval: 20 * time.Second},
		Summary:                summary,
	})
}

// withNotice bounds the retries: a notice that comes hours late confuses more
// than it helps, and an operator is asked to look.
func withNotice(ctx workflow.Context, summary string) workflow.Context {
	return workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		TaskQueue:              contract.QueueNotify,
		StartToCloseTimeout:    noticeAttempt,
		ScheduleToCloseTimeout: noticePatience,
		RetryPolicy:            &temporal.RetryPolicy{InitialInterval: 2 * time.Second, BackoffCoefficient: 2, MaximumInterval: time.Minute},
		Summary:                summary,
	})
}
