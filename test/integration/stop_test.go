//go:build integration

package integration

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"

	"soukin/internal/sandbox/faults"
	"soukin/remittance"
)

// TestStopWhileTheBankIsAnswering stops the worker, as SIGTERM does, while an
// instruction is at the bank. The worker says that it is not ready, stays for
// the answer, and the next one carries on without sending anything again.
func TestStopWhileTheBankIsAnswering(t *testing.T) {
	onEachDatabase(t, func(t *testing.T, dsn string) {
		in := install(t, dsn, nil)
		stop, url := in.startWorker(t)
		in.fund(t, 10_000)
		status, _ := get(t, url+"/readyz")
		require.Equal(t, 200, status)
		in.take(t, order("R-1", "1200", magic(t, "slow")))
		in.awaitTransfers(t, 1)

		stopped := make(chan error, 1)
		go func() { stopped <- stop() }()
		require.Eventually(t, func() bool {
			status, body := get(t, url+"/readyz")
			var answer struct{ Failing map[string]string }
			return status == 503 && json.Unmarshal([]byte(body), &answer) == nil && len(answer.Failing) == 1 && answer.Failing["worker"] != ""
		}, patience, tick, "it is alive, and takes no work")
		status, _ = get(t, url+"/healthz")
		assert.Equal(t, 200, status, "whoever restarts it now cuts the answer off")
		require.Empty(t, stopped, "the answer is still under way")
		require.NoError(t, <-stopped)

		_, url = in.startWorker(t)
		row := in.awaitEnd(t, "R-1")
		require.Equal(t, remittance.Paid, row.Status)
		executed, transfers := in.executions(t, row)
		assert.Equal(t, [2]int{1, 1}, [2]int{executed, transfers})
		fired, err := in.bank.Faults(t.Context())
		require.NoError(t, err)
		assert.Equal(t, 1, fired.Fired[faults.Kind("magic:slow")], "the bank was asked once")
		_, body := get(t, url+"/metrics")
		assert.NotContains(t, body, `call="submit"`, "the second worker sent nothing")
		in.agree(t)
	})
}

// TestVersionsTakeOver: a versioned worker gets no work before its version is
// current; afterwards an open remittance stays with the version that began it,
// and a new one goes to the new version.
func TestVersionsTakeOver(t *testing.T) {
	onEachDatabase(t, func(t *testing.T, dsn string) {
		in := install(t, dsn, with{"SOUKIN_BANK_FINALITY": "1s"})
		in.cfg.Worker.BuildID = "build-1"
		in.startWorker(t)
		in.fund(t, 10_000)
		in.makeCurrent(t, "build-1")
		in.take(t, order("R-1", "1200", magic(t, "held")))
		in.awaitTransfers(t, 1)

		in.cfg.Worker.BuildID = "build-2"
		in.startWorker(t)
		in.makeCurrent(t, "build-2")
		in.take(t, order("R-2", "1300", "1234567"))
		require.Equal(t, remittance.Paid, in.awaitEnd(t, "R-2").Status)
		_, err := in.bank.Advance(t.Context(), heldFor)
		require.NoError(t, err)
		require.Equal(t, remittance.Paid, in.awaitEnd(t, "R-1").Status)
		assert.Equal(t, "build-1", in.versionOf(t, "R-1"))
		assert.Equal(t, "build-2", in.versionOf(t, "R-2"))
		in.agree(t)
	})
}

func (in *installation) makeCurrent(t *testing.T, build string) {
	t.Helper()
	deployment := in.temporal(t).WorkerDeploymentClient().GetHandle(in.cfg.Worker.Deployment)
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		_, err := deployment.SetCurrentVersion(t.Context(), client.WorkerDeploymentSetCurrentVersionOptions{BuildID: build})
		require.NoError(c, err)
	}, patience, 4*tick, "the version becomes known once its pollers are")
}

func (in *installation) versionOf(t *testing.T, id string) string {
	t.Helper()
	d, err := in.temporal(t).DescribeWorkflowExecution(t.Context(), ref(id).WorkflowID(), "")
	require.NoError(t, err)
	info := d.WorkflowExecutionInfo.GetVersioningInfo()
	assert.Equal(t, enums.VERSIONING_BEHAVIOR_PINNED, info.GetBehavior())
	return info.GetDeploymentVersion().GetBuildId()
}
