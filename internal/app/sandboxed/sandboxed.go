package sandboxed

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"soukin/config"
	"soukin/internal/app"
	"soukin/internal/database"
	"soukin/internal/sandbox"
	"soukin/internal/sandbox/mailbox"
	"soukin/internal/zengin"
)

// Server is the process that plays the counterparties.
func Server() app.Server {
	return app.Server{
		Name: "sandbox", Usage: "plays the counterparties, with their faults",
		Description: "Serves the APIs and pages of the bank, Amazon, the ATM network, au PAY and the prepaid issuers, and its own control under /sandbox to this machine only, on SOUKIN_SANDBOX_LISTEN.\ndocs/sandbox.md lists them. It guards nothing: never expose it.",
		Run:         Run,
	}
}

// Run serves the sandbox until ctx ends.
func Run(ctx context.Context, cfg config.Config, opts ...app.Option) error {
	return app.RunHandler(ctx, cfg, "SOUKIN_SANDBOX_LISTEN", cfg.Sandbox.Listen,
		func(log *slog.Logger, now func() time.Time) (http.Handler, io.Closer, error) {
			return open(ctx, cfg, log, now)
		}, opts...)
}

// counterparties are everything the process plays.
type counterparties struct {
	bank    *sandbox.Server
	mailbox *mailbox.Server
	mails   *database.DB
}

// Close stops them in the opposite order of their opening.
func (c counterparties) Close() error {
	return errors.Join(c.mailbox.Close(), c.mails.Close(), c.bank.Close())
}

func open(ctx context.Context, all config.Config, log *slog.Logger, now func() time.Time) (http.Handler, io.Closer, error) {
	cfg := all.Sandbox
	bank, err := openBank(ctx, all, log, now)
	if err != nil {
		return nil, nil, err
	}
	mails, err := database.Open(ctx, "sqlite:"+filepath.Join(filepath.Dir(cfg.State), "mailbox.db"))
	if err != nil {
		return nil, nil, errors.Join(err, bank.Close())
	}
	box, err := mailbox.New(ctx, mailbox.Options{DB: mails, SMTPListen: cfg.SMTP, Clock: now, Logger: log})
	if err != nil {
		return nil, nil, errors.Join(fmt.Errorf("SOUKIN_SANDBOX_SMTP_LISTEN: %w", err), mails.Close(), bank.Close())
	}
	mux := http.NewServeMux()
	mux.Handle("/", bank.Handler())
	mux.Handle("/mailbox/", box.Handler())
	return mux, counterparties{bank, box, mails}, nil
}

func openBank(ctx context.Context, all config.Config, log *slog.Logger, now func() time.Time) (*sandbox.Server, error) {
	cfg := all.Sandbox
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
	settings.ATM.NoticeURL = cfg.NoticeURL
	settings.ATM.Coins = all.ATM.Coins // a matter of the contract, which both sides know
	settings.Amazon.Login.RedirectURIs = []string{app.AmazonRedirectURL(all)}
	return sandbox.New(ctx, sandbox.Options{
		DBPath: cfg.State, Settings: settings, Clock: now, Directory: banks{directory}, Logger: log,
	})
}
