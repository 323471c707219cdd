package cli

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	urfave "github.com/urfave/cli/v3"

	"soukin/config"
	"soukin/internal/app"
	"soukin/internal/app/reconcile"
	"soukin/internal/books"
	"soukin/internal/ledger/audit"
	"soukin/internal/sandbox/control"
)

func (s *session) auditCommand() *urfave.Command {
	return s.command("audit", phrase{"prove that the books are right", "帳簿を検査する"}, "", phrase{
		`Recounts every entry of the ledger, compares it with the record, and, where the
sandbox plays the counterparties, with what each of them really executed. Exit
code 7 if anything is wrong. Changes nothing.

Examples:
  starter audit
  starter audit --output json | jq .ok`,
		`元帳の全仕訳を数え直し、記録と照合します。送金先がサンドボックスの場合は、
各送金先で実際に実行された取引とも照合します。誤りがあれば終了コード 7。何も変更しません。

例:
  starter audit
  starter audit --output json | jq .ok`,
	}, nil, s.audit)
}

func (s *session) audit(ctx context.Context, cmd *urfave.Command) error {
	if _, err := s.exactArgs(cmd); err != nil {
		return err
	}
	return s.withStore(ctx, func(cfg config.Config, store *app.Store) error {
		report, err := books.Audit(ctx, store.DB)
		if err != nil {
			return err
		}
		if len(cfg.SandboxRails()) > 0 {
			if err := reconcile.Check(ctx, sides(cfg, store), &report); err != nil {
				s.note(phrase{"The sandbox does not answer, so only our own books were looked at: %v", "サンドボックスに接続できないため、自社の帳簿のみ検査しました: %v"}, err)
			}
		}
		if err := s.show(report, func() string { return s.auditSheet(report) }); err != nil {
			return err
		}
		return wrongBooks(report)
	})
}

func wrongBooks(r audit.Report) error {
	if r.OK {
		return nil
	}
	return exit(ExitUnexpected, fmt.Errorf("the audit found %d errors", len(r.Findings)+r.Omitted))
}

func sides(cfg config.Config, store *app.Store) reconcile.Sources {
	return reconcile.Sources{Record: store.Record, Ledger: store.Ledger, Sandbox: sandboxOf(cfg), Rails: cfg.SandboxRails(), AmazonPartner: cfg.Amazon.PartnerID}
}

// sandboxTimeout bounds one call to the sandbox on this machine.
const sandboxTimeout = 30 * time.Second

func sandboxOf(cfg config.Config) *control.Client {
	return control.NewClient(cfg.Sandbox.URL, &http.Client{Timeout: sandboxTimeout})
}

// sandboxError gives the exit code for a failed call to the sandbox.
func sandboxError(err error) error {
	var refused *control.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &refused) && refused.Status == http.StatusNotFound:
		return exit(ExitNotFound, err)
	case errors.As(err, &refused):
		return exit(ExitRefused, err)
	}
	return exit(ExitUnavailable, err)
}
