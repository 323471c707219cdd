package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"go.temporal.io/sdk/client"
	sdklog "go.temporal.io/sdk/log"

	"soukin/config"
	"soukin/internal/orders"
	"soukin/internal/payload"
)

// Desk is where orders are taken: our own database, a connection to Temporal,
// and the service on both. The command line and the gateway are doors to it.
type Desk struct {
	*Store
	Orders   *orders.Service
	temporal client.Client
}

// OpenDesk opens the database. Temporal is connected to when something needs
// it, so that reading works while it is away.
func OpenDesk(ctx context.Context, cfg config.Config, log *slog.Logger, now func() time.Time) (*Desk, error) {
	ring, err := PayloadKeys(cfg)
	if err != nil {
		return nil, err
	}
	opts := cfg.Temporal.Options
	payload.ForClient(ring).Apply(&opts)
	opts.Logger = sdklog.NewStructuredLogger(log)
	store, err := OpenStore(ctx, cfg, now)
	if err != nil {
		return nil, err
	}
	temporal, err := client.NewLazyClient(opts)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("connection to Temporal: %w", err), store.Close())
	}
	service, err := newOrders(cfg, store, temporal, now)
	if err != nil {
		temporal.Close()
		return nil, errors.Join(err, store.Close())
	}
	return &Desk{store, service, temporal}, nil
}

// Close closes the connection and the database.
func (d *Desk) Close() error {
	d.temporal.Close()
	return d.Store.Close()
}
