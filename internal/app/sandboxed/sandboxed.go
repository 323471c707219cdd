package sandboxed

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"soukin/config"
	"soukin/internal/app"
	"soukin/internal/sandbox"
	"soukin/internal/zengin"
)

// Server is the process that plays the counterparties.
func Server() app.Server {
	return app.Server{
		Name: "sandbox", Usage: "plays the counterparties, with their faults",
		Description: "Serves the bank's API under /ganb, and its own control under /sandbox to this machine only, on SOUKIN_SANDBOX_LISTEN. It guards nothing: never expose it.",
		Run:         Run,
	}
}

// Run serves the sandbox until ctx ends.
func Run(ctx context.Context, cfg config.Config, opts ...app.Option) error {
	return app.RunHandler(ctx, cfg, "SOUKIN_SANDBOX_LISTEN", cfg.Sandbox.Listen,
		func(log *slog.Logger, now func() time.Time) (http.Handler, io.Closer, error) {
			s, err := open(ctx, cfg.Sandbox, log, now)
			if err != nil {
				return nil, nil, err
			}
			return s.Handler(), s, nil
		}, opts...)
}

func open(ctx context.Context, cfg config.Sandbox, log *slog.Logger, now func() time.Time) (*sandbox.Server, error) {
	if err := os.MkdirAll(filepath.Dir(cfg.State), 0o700); err != nil {
		return nil, err
	}
	directory, err := zengin.Load()
	if err != nil {
		return nil, err
	}
	settings := sandbox.DefaultSettings()
	settings.Bank.EveryDay = cfg.EveryDay
	settings.Bank.ProcessingDelay = cfg.Processing
	settings.Bank.BounceDelay = cfg.Bounce
	return sandbox.New(ctx, sandbox.Options{
		DBPath: cfg.State, Settings: settings, Clock: now, Directory: banks{directory}, Logger: log,
	})
}
