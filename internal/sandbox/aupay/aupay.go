package aupay

import (
	"context"
	"embed"
	"errors"
	"fmt"

	"soukin/internal/sandbox/counterparty"
	"soukin/internal/sandbox/faults"
	"soukin/remittance"
)

//go:embed migrations/*.sql
var migrations embed.FS

// PublishedToken is the bearer token that opens the sandbox. It guards nothing.
const PublishedToken = "soukin-sandbox-aupay-token" //nolint:gosec // published on purpose

// ErrSettings is wrapped by every error about a setting.
var ErrSettings = errors.New("sandbox au PAY settings")

// Settings is how the wallet behaves.
type Settings struct {
	Token       string
	WalletLimit remittance.Yen // the most a balance may reach by a charge
	ChargeLimit remittance.Yen // the most one charge may carry
	DailyLimit  remittance.Yen // the most an ordinary member is charged on one day in Japan
}

// DefaultSettings has the wallet's published limit of 1,000,000 yen. The other
// two are not documented and made up.
func DefaultSettings() Settings {
	return Settings{Token: PublishedToken, WalletLimit: 1_000_000, ChargeLimit: 500_000, DailyLimit: 1_000_000}
}

func (s Settings) validate() error {
	if s.Token == "" || s.WalletLimit < 1 || s.ChargeLimit < 1 || s.DailyLimit < 1 {
		return fmt.Errorf("%w: Token must not be empty, WalletLimit, ChargeLimit and DailyLimit must be at least 1 yen; begin with DefaultSettings()", ErrSettings)
	}
	return nil
}

// Wallet is au PAY as the sandbox plays it. It is safe for concurrent use.
type Wallet struct {
	env counterparty.Env
	set Settings
	api counterparty.API
}

// New makes the tables. Errors about a setting wrap [ErrSettings].
func New(ctx context.Context, env counterparty.Env, s Settings) (*Wallet, error) {
	if err := s.validate(); err != nil {
		return nil, err
	}
	if err := env.Migrate(ctx, "aupay", migrations); err != nil {
		return nil, err
	}
	return &Wallet{env, s, counterparty.API{Env: env, Name: "aupay", Refuse: turnedAway}}, nil
}

// The amount is the entry's where there is one: what was ordered proves nothing
// about what moved.
const listExecutions = `SELECT charge_id, COALESCE((SELECT MAX(e.amount) FROM aupay_entries e WHERE e.charge_id = c.charge_id), amount),
    (SELECT COUNT(*) FROM aupay_entries e WHERE e.charge_id = c.charge_id), state
FROM aupay_charges c WHERE charge_id > $1 ORDER BY charge_id LIMIT $2`

// Executions counts what really moved on the members' balances.
func (w *Wallet) Executions(ctx context.Context, after string, limit int) ([]counterparty.Execution, error) {
	return w.env.ReadExecutions(ctx, listExecutions, after, limit)
}

// struck counts a magic value that struck.
func (w *Wallet) struck(ctx context.Context, m Magic) error {
	return w.env.Faults.Fired(ctx, faults.Magic("aupay_"+m.Name))
}
