//go:build integration

package integration

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	sdklog "go.temporal.io/sdk/log"
	"google.golang.org/protobuf/types/known/durationpb"

	"soukin/contract"
	"soukin/internal/devserver"
	"soukin/internal/rails/bank"
	"soukin/internal/record"
	"soukin/internal/sandbox/control"
	"soukin/remittance"
)

var quiet = sdklog.NewStructuredLogger(slog.New(slog.DiscardHandler))

func dial(t *testing.T, opts client.Options) client.Client {
	t.Helper()
	opts.Logger = quiet
	c, err := client.DialContext(t.Context(), opts)
	require.NoError(t, err)
	t.Cleanup(c.Close)
	return c
}

// withoutKeys connects as somebody who may look at the server but has no keys.
func (in *installation) withoutKeys(t *testing.T) client.Client {
	t.Helper()
	return dial(t, in.cfg.Temporal.Options)
}

func makeNamespace(t *testing.T, server *devserver.Server, namespace string) {
	t.Helper()
	nc, err := client.NewNamespaceClient(client.Options{HostPort: server.Address, Logger: quiet})
	require.NoError(t, err)
	defer nc.Close()
	require.NoError(t, nc.Register(t.Context(), &workflowservice.RegisterNamespaceRequest{
		Namespace: namespace, WorkflowExecutionRetentionPeriod: durationpb.New(24 * time.Hour)}))
	c, err := client.NewLazyClient(client.Options{HostPort: server.Address, Namespace: namespace, Logger: quiet})
	require.NoError(t, err)
	defer c.Close()
	require.EventuallyWithT(t, func(ct *assert.CollectT) {
		require.NoError(ct, devserver.RegisterSearchAttributes(context.Background(), c, namespace, contract.SearchAttributes()))
	}, patience, 200*time.Millisecond, "the server knows its new namespace")
}

// belongs reports whether a transfer at the bank was instructed for a remittance.
func belongs(tr control.Transfer, row record.Remittance) bool {
	for g := 1; g <= row.Generation; g++ {
		if tr.ApplyComment == bank.Reference(remittance.Key{Ref: row.Ref, Step: "transfer", Generation: g}) {
			return true
		}
	}
	return false
}

// spent is what a remittance cost on the server.
type spent struct{ events, bytes int64 }

func spentOn(t *testing.T, c client.Client, id string) spent {
	t.Helper()
	d, err := c.DescribeWorkflowExecution(t.Context(), id, "")
	require.NoError(t, err)
	return spent{d.WorkflowExecutionInfo.HistoryLength, d.WorkflowExecutionInfo.HistorySizeBytes}
}
