package app

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"soukin/activities"
	"soukin/config"
	"soukin/internal/vault"
	"soukin/remittance"
)

// Rails makes every rail's adapter as a worker does, until the test ends.
func Rails(t *testing.T, cfg config.Config, v *vault.Vault, now func() time.Time) map[remittance.Rail]activities.Rail {
	t.Helper()
	log := slog.New(slog.DiscardHandler)
	metrics, err := NewMetrics(log)
	require.NoError(t, err)
	var open closers
	t.Cleanup(func() { open.closeAll(log) })
	open.add(func() error { return metrics.Close(context.Background()) })
	made, err := openRails(context.Background(), cfg, railNeeds{v, metrics, now}, &open)
	require.NoError(t, err)
	rails := map[remittance.Rail]activities.Rail{}
	for _, r := range made {
		rails[r.rail] = r.port
	}
	return rails
}
