package payload_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
	"google.golang.org/protobuf/encoding/protojson"

	"soukin/internal/devserver"
	"soukin/internal/payload"
)

const taskQueue = "letters"

// letter uses every way a value can get into a history: input, memo, summary,
// details, side effect, activity input, heartbeat, result, failure, signal and timer summary.
func letter(ctx workflow.Context, in order) (order, error) {
	workflow.SetCurrentDetails(ctx, "details "+in.Note)
	var fromSideEffect string
	if err := workflow.SideEffect(ctx, func(workflow.Context) any { return in.Note }).Get(&fromSideEffect); err != nil {
		return order{}, err
	}
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout: 30 * time.Second, Summary: "summary " + in.Note,
		RetryPolicy: &temporal.RetryPolicy{MaximumAttempts: 1},
	})
	err := workflow.ExecuteActivity(ctx, deliver, in).Get(ctx, nil)
	var signal string
	workflow.GetSignalChannel(ctx, "note").Receive(ctx, &signal)
	timer := workflow.NewTimerWithOptions(ctx, time.Millisecond, workflow.TimerOptions{Summary: "timer " + in.Note})
	if timerErr := timer.Get(ctx, nil); timerErr != nil {
		return order{}, timerErr
	}
	var failed *temporal.ApplicationError
	if !errors.As(err, &failed) {
		return order{}, errors.New("the activity did not fail as it should")
	}
	return order{in.Amount, failed.Message() + signal + fromSideEffect}, nil
}

func deliver(ctx context.Context, in order) error {
	activity.RecordHeartbeat(ctx, in)
	return temporal.NewNonRetryableApplicationError("no such door: "+in.Note, "Rejected", nil, in)
}

func connect(t *testing.T, s *devserver.Server, c payload.Converters) client.Client {
	t.Helper()
	o := s.ClientOptions()
	c.Apply(&o)
	connected, err := client.DialContext(t.Context(), o)
	require.NoError(t, err)
	t.Cleanup(connected.Close)
	return connected
}

func startWorker(t *testing.T, c client.Client) worker.Worker {
	t.Helper()
	w := worker.New(c, taskQueue, worker.Options{})
	w.RegisterWorkflow(letter)
	w.RegisterActivity(deliver)
	require.NoError(t, w.Start())
	return w
}

func events(t *testing.T, c client.Client, id string) []*historypb.HistoryEvent {
	t.Helper()
	var out []*historypb.HistoryEvent
	iter := c.GetWorkflowHistory(t.Context(), id, "", false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	for iter.HasNext() {
		e, err := iter.Next()
		require.NoError(t, err)
		out = append(out, e)
	}
	return out
}

func TestNothingReadableReachesTheServer(t *testing.T) {
	s := devserver.ForTest(t, nil)
	ring := newRing(t)
	c := connect(t, s, payload.ForWorker(ring))
	w := startWorker(t, c)
	defer w.Stop()
	run, err := c.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{
		ID: "letter-1", TaskQueue: taskQueue, Memo: map[string]any{"memo": secret},
		StaticSummary: "summary " + secret, StaticDetails: "details " + secret,
	}, letter, order{100, secret})
	require.NoError(t, err)
	require.NoError(t, c.SignalWorkflow(t.Context(), run.GetID(), "", "note", "signal "+secret))
	var got order
	require.NoError(t, run.Get(t.Context(), &got))
	assert.Equal(t, order{100, "no such door: " + secret + "signal " + secret + secret}, got)

	history := events(t, c, run.GetID())
	require.NotEmpty(t, history)
	for _, e := range history {
		text, err := protojson.Marshal(e)
		require.NoError(t, err)
		assert.NotContains(t, string(text), secret, e.GetEventType().String())
	}
	described, err := c.DescribeWorkflowExecution(t.Context(), run.GetID(), "")
	require.NoError(t, err)
	text, err := protojson.Marshal(described)
	require.NoError(t, err)
	assert.NotContains(t, string(text), secret)
}

func TestWorkerWithoutTheKeyLeavesTheWorkflowOpenUntilOneHasIt(t *testing.T) {
	s := devserver.ForTest(t, nil)
	ring := newRing(t)
	sender := connect(t, s, payload.ForClient(ring))
	run, err := sender.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{
		ID: "letter-2", TaskQueue: taskQueue,
		WorkflowTaskTimeout: time.Second, // a task the stopping worker took comes back soon
	}, letter, order{100, secret})
	require.NoError(t, err)
	require.NoError(t, sender.SignalWorkflow(t.Context(), run.GetID(), "", "note", "!"))

	forgetful := startWorker(t, connect(t, s, payload.ForWorker(newRing(t))))
	require.Eventually(t, func() bool {
		for _, e := range events(t, sender, run.GetID()) {
			if e.GetEventType() == enums.EVENT_TYPE_WORKFLOW_TASK_FAILED {
				return true
			}
		}
		return false
	}, 30*time.Second, 50*time.Millisecond)
	forgetful.Stop()
	described, err := sender.DescribeWorkflowExecution(t.Context(), run.GetID(), "")
	require.NoError(t, err)
	require.Equal(t, enums.WORKFLOW_EXECUTION_STATUS_RUNNING, described.GetWorkflowExecutionInfo().GetStatus())

	able := startWorker(t, connect(t, s, payload.ForWorker(ring)))
	defer able.Stop()
	var got order
	require.NoError(t, run.Get(t.Context(), &got))
	assert.Equal(t, int64(100), got.Amount)
}
