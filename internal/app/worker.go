package app

import (
	"context"
	"errors"
	"net/http"

	"github.com/oklog/run"

	"soukin/config"
	"soukin/internal/app/health"
	"soukin/internal/payload"
)

// RunWorker polls the task queues until ctx ends or something breaks, and
// serves health and metrics. It ends in an order that loses nothing: no new
// tasks, running activities finish, then the connections close.
func RunWorker(ctx context.Context, cfg config.Config, opts ...Option) error {
	o, err := apply(cfg, opts)
	if err != nil {
		return err
	}
	var open closers
	defer func() { open.closeAll(o.log) }()
	w, err := buildWorker(ctx, cfg, o, &open)
	if err != nil {
		return err
	}
	listener, err := o.listenOn(ctx, "SOUKIN_WORKER_LISTEN", cfg.Worker.Listen)
	if err != nil {
		return err
	}
	var g run.Group
	untilDone(ctx, &g)
	w.pollers.add(&g)
	serve(ctx, &g, listener, w.handler)
	return g.Run()
}

type builtWorker struct {
	pollers *pollers
	handler http.Handler
}

func buildWorker(ctx context.Context, cfg config.Config, o options, open *closers) (builtWorker, error) {
	metrics, err := NewMetrics(o.log)
	if err != nil {
		return builtWorker{}, err
	}
	open.add(func() error { return metrics.Close(context.WithoutCancel(ctx)) })
	store, err := OpenStore(ctx, cfg, o.now)
	if err != nil {
		return builtWorker{}, err
	}
	open.add(store.Close)
	ring, err := PayloadKeys(cfg)
	if err != nil {
		return builtWorker{}, err
	}
	c, err := dial(ctx, cfg, payload.ForWorker(ring), o.log, metrics)
	if err != nil {
		return builtWorker{}, err
	}
	open.add(func() error { c.Close(); return nil })
	rails, err := openRails(ctx, cfg, railNeeds{store.Vault, metrics, o.now}, open)
	if err != nil {
		return builtWorker{}, err
	}
	books, err := metrics.MeasureBooks(store.Books)
	if err := errors.Join(err, metrics.MeasureDatabase(store.DB)); err != nil {
		return builtWorker{}, err
	}
	service, err := newOrders(cfg, store, c, o.now)
	if err != nil {
		return builtWorker{}, err
	}
	tell, err := newNotifier(cfg.Notify, service, store.Links)
	if err != nil {
		return builtWorker{}, err
	}
	p := newPollers(cfg, o, c, books, rails, tell)
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", metrics.Handler())
	mux.Handle("/", health.Handler(map[string]health.Check{
		"database": store.DB.Ping,
		"temporal": temporalCheck(c),
		"worker": func(context.Context) error {
			if p.stopping.Load() {
				return errStopping
			}
			return nil
		},
	}))
	return builtWorker{p, mux}, nil
}
