//go:build unix

package devserver_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"soukin/internal/devserver"
)

var (
	colour     = temporal.NewSearchAttributeKeyKeyword("ParcelColour")
	weight     = temporal.NewSearchAttributeKeyInt64("ParcelWeight")
	attributes = map[string]enums.IndexedValueType{
		colour.GetName(): colour.GetValueType(),
		weight.GetName(): weight.GetValueType(),
	}
)

func dial(t *testing.T, s *devserver.Server) client.Client {
	t.Helper()
	c, err := client.DialContext(t.Context(), s.ClientOptions())
	require.NoError(t, err)
	t.Cleanup(c.Close)
	return c
}

// sendParcel starts a workflow that nobody runs, findable by its search attribute.
func sendParcel(t *testing.T, c client.Client, id string) {
	t.Helper()
	_, err := c.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{
		ID: id, TaskQueue: "parcels",
		TypedSearchAttributes: temporal.NewSearchAttributes(colour.ValueSet("green"), weight.ValueSet(7)),
	}, "Parcel")
	require.NoError(t, err)
}

func awaitListed(t *testing.T, c client.Client, query string) {
	t.Helper()
	require.EventuallyWithT(t, func(t *assert.CollectT) {
		list, err := c.ListWorkflow(context.Background(), &workflowservice.ListWorkflowExecutionsRequest{Query: query})
		if assert.NoError(t, err) {
			assert.Len(t, list.GetExecutions(), 1)
		}
	}, 20*time.Second, 100*time.Millisecond)
}

func TestServerKeepsItsHistoriesAndPortsAcrossStarts(t *testing.T) {
	o := devserver.Options{Dir: t.TempDir(), UI: true, Namespace: "parcels", SearchAttributes: attributes}
	first := devserver.ForTestWith(t, o)
	sendParcel(t, dial(t, first), "p-1")
	assertServes(t, first.UI)
	require.NoError(t, first.Close())
	requireEnded(t, first)
	require.NoError(t, first.Close(), "closing twice")

	second := devserver.ForTestWith(t, o)
	c := dial(t, second)
	awaitListed(t, c, `ParcelColour = "green" AND ParcelWeight = 7`)
	described, err := c.DescribeWorkflowExecution(t.Context(), "p-1", "")
	require.NoError(t, err)
	assert.Equal(t, enums.WORKFLOW_EXECUTION_STATUS_RUNNING, described.GetWorkflowExecutionInfo().GetStatus())
	assert.Equal(t, first.Address, second.Address)
	assert.Equal(t, first.UI, second.UI)
}

func TestOneDirectoryServesOneServer(t *testing.T) {
	s := devserver.ForTest(t, nil)
	ctx, cancel := context.WithTimeout(t.Context(), 600*time.Millisecond)
	defer cancel()
	_, err := devserver.Start(ctx, devserver.Options{Dir: filepath.Dir(s.LogPath), InMemory: true, OnDisk: true})
	require.ErrorContains(t, err, "another Temporal server")
	assert.ErrorContains(t, err, filepath.Dir(s.LogPath))
}

func TestExistingServerGetsTheSearchAttributesItLacks(t *testing.T) {
	s := devserver.ForTest(t, map[string]enums.IndexedValueType{colour.GetName(): colour.GetValueType()})
	existing := s.ClientOptions()
	attached, err := devserver.Start(t.Context(), devserver.Options{Existing: &existing, SearchAttributes: attributes})
	require.NoError(t, err)
	c := dial(t, attached)
	sendParcel(t, c, "p-2")
	awaitListed(t, c, `ParcelColour = "green"`)

	require.NoError(t, attached.Close())
	assert.Nil(t, attached.Done())
	_, err = c.CheckHealth(t.Context(), &client.CheckHealthRequest{})
	assert.NoError(t, err, "closing the attachment must leave the server alone")
}

func TestExistingServerIsRefusedWithTheFix(t *testing.T) {
	s := devserver.ForTest(t, attributes)
	existing := s.ClientOptions()
	nowhere := client.Options{HostPort: "127.0.0.1:1"}
	tests := []struct {
		name string
		give devserver.Options
		want string
	}{
		{"attribute of another type", devserver.Options{Existing: &existing, SearchAttributes: map[string]enums.IndexedValueType{
			colour.GetName(): enums.INDEXED_VALUE_TYPE_INT,
		}}, "search-attribute remove"},
		{"no such namespace", devserver.Options{Existing: &existing, Namespace: "elsewhere"}, "namespace create --namespace elsewhere"},
		{"nobody listens", devserver.Options{Existing: &nowhere}, "127.0.0.1:1"},
		{"no directory", devserver.Options{}, "Options.Dir is empty"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := devserver.Start(t.Context(), tt.give)
			assert.ErrorContains(t, err, tt.want)
		})
	}
}

func TestStartSetsAnUnfinishedDatabaseAside(t *testing.T) {
	dir := t.TempDir()
	db := filepath.Join(dir, "temporal.db")
	require.NoError(t, os.WriteFile(db, []byte("half a schema"), 0o600))
	s := devserver.ForTestWith(t, devserver.Options{Dir: dir, SearchAttributes: attributes})
	sendParcel(t, dial(t, s), "p-3")
	kept, err := os.ReadFile(db + ".unfinished")
	require.NoError(t, err)
	assert.Equal(t, "half a schema", string(kept))
}

func TestStartThatFailsShowsTheEndOfTheLog(t *testing.T) {
	s := devserver.ForTest(t, nil) // proves that this machine can start one at all
	require.NotEmpty(t, s.Address)
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "temporal.json"), []byte(`{"database_ready":true}`), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "temporal.db"), []byte("not a database at all, and long enough to be looked at as one"), 0o600))
	_, err := devserver.Start(t.Context(), devserver.Options{Dir: dir, OnDisk: true})
	require.ErrorContains(t, err, "not a database")
	assert.ErrorContains(t, err, filepath.Join(dir, "temporal.log"))
}

func assertServes(t *testing.T, url string) {
	t.Helper()
	resp, err := http.Get(url + "/")
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	assert.Equal(t, http.StatusOK, resp.StatusCode)
}

func requireEnded(t *testing.T, s *devserver.Server) {
	t.Helper()
	select {
	case <-s.Done():
	case <-time.After(time.Minute):
		t.Fatal("the server did not end")
	}
}

// parentVariable makes this test binary play a process that launches a server and is then killed.
const parentVariable = "DEVSERVER_TEST_PARENT_DIR"

func TestMain(m *testing.M) {
	dir := os.Getenv(parentVariable)
	if dir == "" {
		os.Exit(m.Run())
	}
	s, err := devserver.Start(context.Background(), devserver.Options{Dir: dir, OnDisk: true, SearchAttributes: attributes})
	if err != nil {
		fmt.Println("error:", err)
		os.Exit(1)
	}
	fmt.Println("ready:", s.Address)
	<-s.Done()
}

func TestServerDiesWithAParentThatWasKilledAndStartsAgain(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux ends a child with its parent")
	}
	dir := t.TempDir()
	devserver.ForTest(t, nil) // skips where there is no server
	parent := exec.Command(os.Args[0])
	parent.Env = append(os.Environ(), parentVariable+"="+dir)
	out, err := parent.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, parent.Start())
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	require.True(t, strings.HasPrefix(line, "ready:"), line)

	require.NoError(t, parent.Process.Kill())
	require.Error(t, parent.Wait())
	pid := lastPID(t, dir)
	require.Eventually(t, func() bool { return !alive(pid) }, 20*time.Second, 20*time.Millisecond)

	s := devserver.ForTestWith(t, devserver.Options{Dir: dir, SearchAttributes: attributes})
	sendParcel(t, dial(t, s), "p-4")
}

func lastPID(t *testing.T, dir string) int {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "temporal.json"))
	require.NoError(t, err)
	var run struct {
		PID int `json:"pid"`
	}
	require.NoError(t, json.Unmarshal(text, &run))
	require.NotZero(t, run.PID)
	return run.PID
}

// alive counts a zombie as dead: nobody in a container may reap it.
func alive(pid int) bool {
	if syscall.Kill(pid, 0) != nil {
		return false
	}
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return false
	}
	_, after, _ := strings.Cut(string(stat), ") ")
	return !strings.HasPrefix(after, "Z")
}
