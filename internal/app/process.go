package app

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/oklog/run"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/interceptor"

	"soukin/config"
	"soukin/internal/app/health"
)

// Option changes how a process is built. Mains use none; the demo and tests do.
type Option func(*options)

type options struct {
	log          *slog.Logger
	listener     net.Listener
	ready        func()
	interceptors []interceptor.WorkerInterceptor
	now          func() time.Time
}

// WithLogger replaces the log to standard error.
func WithLogger(log *slog.Logger) Option { return func(o *options) { o.log = log } }

// WithListener serves on a listener that is open already, instead of the
// address in the settings. The process closes it.
func WithListener(l net.Listener) Option { return func(o *options) { o.listener = l } }

// WithReady is called once, when the process does its work.
func WithReady(ready func()) Option { return func(o *options) { o.ready = ready } }

// WithInterceptors adds worker interceptors, to observe or disturb it in tests.
func WithInterceptors(i ...interceptor.WorkerInterceptor) Option {
	return func(o *options) { o.interceptors = append(o.interceptors, i...) }
}

// WithClock replaces time.Now for everything outside workflows.
func WithClock(now func() time.Time) Option { return func(o *options) { o.now = now } }

func apply(cfg config.Config, opts []Option) (options, error) {
	o := options{ready: func() {}, now: time.Now}
	for _, opt := range opts {
		opt(&o)
	}
	if o.log == nil {
		log, err := NewLogger(cfg.LogLevel, os.Stderr)
		if err != nil {
			return options{}, err
		}
		o.log = log
	}
	return o, nil
}

// listenOn gives the listener of the options, or opens one.
func (o options) listenOn(ctx context.Context, setting, addr string) (net.Listener, error) {
	if o.listener != nil {
		return o.listener, nil
	}
	return listen(ctx, setting, addr)
}

// closers are closed in the opposite order of their opening.
type closers []func() error

func (c *closers) add(f func() error) { *c = append(*c, f) }

func (c closers) closeAll(log *slog.Logger) {
	for i := len(c) - 1; i >= 0; i-- {
		if err := c[i](); err != nil {
			log.Error("close", "error", err)
		}
	}
}

func temporalCheck(c client.Client) health.Check {
	return func(ctx context.Context) error {
		_, err := c.CheckHealth(ctx, &client.CheckHealthRequest{})
		return err
	}
}

// serveUntil serves until ctx ends or the server breaks.
func (o options) serveUntil(ctx context.Context, setting, addr string, h http.Handler) error {
	listener, err := o.listenOn(ctx, setting, addr)
	if err != nil {
		return err
	}
	var g run.Group
	untilDone(ctx, &g)
	serve(ctx, &g, listener, h)
	o.ready()
	return g.Run()
}

// RunHandler runs a process that is an HTTP handler and nothing else. build
// makes it; what it returns as closer is closed after the last request.
func RunHandler(ctx context.Context, cfg config.Config, setting, addr string, build func(*slog.Logger, func() time.Time) (http.Handler, io.Closer, error), opts ...Option) error {
	o, err := apply(cfg, opts)
	if err != nil {
		return err
	}
	h, closer, err := build(o.log, o.now)
	if err != nil {
		return err
	}
	return errors.Join(o.serveUntil(ctx, setting, addr, h), closer.Close())
}
