package workflows_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"soukin/contract"
	"soukin/internal/keyring"
	"soukin/internal/payload"
	"soukin/remittance"
	"soukin/workflows"
)

// Histories are kept in plain text so that people can read and review them;
// the converters of production pass plain payloads through.
const histories = "testdata/histories"

// TestReplay replays every recorded history with today's code. The SDK compares
// only the kinds of commands; here the arguments of every call are compared
// too, because a changed amount or key would replay green otherwise.
func TestReplay(t *testing.T) {
	files, err := filepath.Glob(histories + "/*/*.json")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		if strings.HasPrefix(filepath.Base(file), "bad-") || strings.Contains(file, "/older/") {
			continue
		}
		t.Run(strings.TrimSuffix(strings.TrimPrefix(file, histories+"/"), ".json"), func(t *testing.T) {
			calls, err := replay(t, file)
			require.NoError(t, err)
			want, err := os.ReadFile(strings.TrimSuffix(file, ".json") + ".calls.txt")
			require.NoError(t, err)
			require.Empty(t, cmp.Diff(string(want), calls), "the calls differ from those recorded (- recorded, + now)")
		})
	}
}

// TestReplayFromBeforeAChange: links wait for weeks and move on to newer workers,
// so histories that older code wrote must replay. Those in older/ were recorded
// by the commit in their name; what enquiries wait for has changed since on
// purpose, so arguments are not compared.
func TestReplayFromBeforeAChange(t *testing.T) {
	files, err := filepath.Glob(histories + "/older/*.json")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".json"), func(t *testing.T) {
			_, err := rerun(t, load(t, file))
			require.NoError(t, err)
		})
	}
}

// TestReplayFindsBadHistories: a check that accepts everything proves nothing.
func TestReplayFindsBadHistories(t *testing.T) {
	files, err := filepath.Glob(histories + "/*/bad-*.json")
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(files), 3)
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".json"), func(t *testing.T) {
			_, err := replay(t, file)
			require.Error(t, err)
			t.Log(err)
		})
	}
}

// TestEveryEndingHasAHistory keeps the collection complete as patterns grow.
func TestEveryEndingHasAHistory(t *testing.T) {
	every := []remittance.Status{remittance.Cancelled, remittance.Expired, remittance.Failed, remittance.Paid, remittance.Returned}
	withoutReturns := []remittance.Status{remittance.Cancelled, remittance.Expired, remittance.Failed, remittance.Paid}
	for _, p := range remittance.Patterns() {
		workflow, want := contract.Workflow(p), withoutReturns // only a bank gives money back
		if p == remittance.BankTransfer || p == remittance.AccountLink || p == remittance.Choice {
			want = every
		}
		ended := map[remittance.Status]bool{}
		files, err := filepath.Glob(filepath.Join(histories, workflow, "*.json"))
		require.NoError(t, err)
		for _, file := range files {
			if strings.HasPrefix(filepath.Base(file), "bad-") {
				continue
			}
			h := load(t, file)
			last := h.Events[len(h.Events)-1].GetWorkflowExecutionCompletedEventAttributes()
			require.NotNil(t, last, "%s does not end", file)
			var s contract.State
			require.NoError(t, json.Unmarshal(last.Result.Payloads[0].Data, &s))
			ended[s.Status] = true
		}
		require.Equal(t, want, slices.Sorted(maps.Keys(ended)), workflow)
	}
}

// converters are those of production, on a fresh key ring.
func converters(t *testing.T) payload.Converters {
	t.Helper()
	ring, err := keyring.LoadOrCreate(filepath.Join(t.TempDir(), "payload.json"))
	require.NoError(t, err)
	return payload.ForWorker(ring)
}

func load(t *testing.T, file string) *historypb.History {
	t.Helper()
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	h, err := client.HistoryFromJSON(bytes.NewReader(data), client.HistoryJSONOptions{})
	require.NoError(t, err)
	return h
}

// replay returns the calls the code makes, one a line, and an error when the
// code and the history differ in commands or in the arguments of activities.
func replay(t *testing.T, file string) (string, error) {
	t.Helper()
	h := load(t, file)
	seen, err := rerun(t, h)
	if err != nil {
		return "", err
	}
	if err := sameInputs(h, seen.activities); err != nil {
		return "", err
	}
	return strings.Join(seen.lines, "\n") + "\n", nil
}

// rerun replays a history and gives the calls that the code makes on it.
func rerun(t *testing.T, h *historypb.History) (*callLog, error) {
	t.Helper()
	started := h.Events[0].GetWorkflowExecutionStartedEventAttributes()
	seen := &callLog{}
	opts := worker.WorkflowReplayerOptions{DisableRegistrationAliasing: true, Interceptors: []interceptor.WorkerInterceptor{seen}}
	converters(t).ApplyReplayer(&opts)
	r, err := worker.NewWorkflowReplayerWithOptions(opts)
	require.NoError(t, err)
	workflows.Register(r)
	return seen, r.ReplayWorkflowHistoryWithOptions(nil, h, worker.ReplayWorkflowHistoryOptions{
		OriginalExecution: workflow.Execution{ID: started.WorkflowId, RunID: started.OriginalExecutionRunId},
	})
}

// sameInputs compares the arguments of activities that leave the process with
// those in the history, in order.
func sameInputs(h *historypb.History, now []string) error {
	var then []string
	for _, e := range h.Events {
		if a := e.GetActivityTaskScheduledEventAttributes(); a != nil {
			then = append(then, a.ActivityType.Name+" "+string(a.Input.Payloads[0].Data))
		}
	}
	if diff := cmp.Diff(then, now); diff != "" {
		return fmt.Errorf("arguments of activities differ from the history (- then, + now):\n%s", diff)
	}
	return nil
}

// callLog is an interceptor that writes down what a workflow asks for.
type callLog struct {
	interceptor.WorkerInterceptorBase
	lines, activities []string
}

func (l *callLog) InterceptWorkflow(_ workflow.Context, next interceptor.WorkflowInboundInterceptor) interceptor.WorkflowInboundInterceptor {
	return &callLogInbound{interceptor.WorkflowInboundInterceptorBase{Next: next}, l}
}

type callLogInbound struct {
	interceptor.WorkflowInboundInterceptorBase
	log *callLog
}

func (i *callLogInbound) Init(out interceptor.WorkflowOutboundInterceptor) error {
	return i.Next.Init(&callLogOutbound{interceptor.WorkflowOutboundInterceptorBase{Next: out}, i.log})
}

type callLogOutbound struct {
	interceptor.WorkflowOutboundInterceptorBase
	log *callLog
}

func (o *callLogOutbound) ExecuteActivity(ctx workflow.Context, name string, args ...any) workflow.Future {
	line := name + " " + text(args[0])
	o.log.activities = append(o.log.activities, line)
	o.log.lines = append(o.log.lines, line)
	return o.Next.ExecuteActivity(ctx, name, args...)
}

func (o *callLogOutbound) ExecuteLocalActivity(ctx workflow.Context, name string, args ...any) workflow.Future {
	o.log.lines = append(o.log.lines, name+" "+text(args[0]))
	return o.Next.ExecuteLocalActivity(ctx, name, args...)
}

func text(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(b)
}
