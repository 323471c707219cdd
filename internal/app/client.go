package app

import (
	"context"
	"fmt"
	"log/slog"

	"go.temporal.io/sdk/client"
	sdklog "go.temporal.io/sdk/log"

	"soukin/config"
	"soukin/internal/payload"
)

// dial connects to Temporal. The converters are always installed here, so that
// no process can forget to encrypt.
func dial(ctx context.Context, cfg config.Config, converters payload.Converters, log *slog.Logger, metrics *Metrics) (client.Client, error) {
	opts := cfg.Temporal.Options
	converters.Apply(&opts)
	opts.Logger = sdklog.NewStructuredLogger(log)
	if metrics != nil {
		opts.MetricsHandler = metrics.Temporal()
	}
	c, err := client.DialContext(ctx, opts)
	if err != nil {
		return nil, fmt.Errorf("connect to Temporal at %s, namespace %s: %w", cfg.Temporal.Address(), cfg.Temporal.Namespace(), err)
	}
	return c, nil
}
