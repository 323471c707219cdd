package prepaid

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
const PublishedToken = "soukin-sandbox-prepaid-token" //nolint:gosec // published on purpose

// ErrSettings is wrapped by every error about a setting.
var ErrSettings = errors.New("sandbox prepaid settings")

// Settings is how the issuers behave.
type Settings struct {
	Token       string
	CardBalance remittance.Yen // what a card that nobody has seen holds at first
}

// DefaultSettings gives every new card 50,000 yen.
func DefaultSettings() Settings { return Settings{Token: PublishedToken, CardBalance: 50_000} }

func (s Settings) validate() error {
	if s.Token == "" || s.CardBalance < 0 || s.CardBalance > mostYen {
		return fmt.Errorf("%w: Token must not be empty and CardBalance must be from 0 to %d yen; begin with DefaultSettings()", ErrSettings, int64(mostYen))
	}
	return nil
}

// House is all issuers as the sandbox plays them. It is safe for concurrent use.
type House struct {
	env counterparty.Env
	set Settings
	api counterparty.API
}

// New makes the tables. Errors about a setting wrap [ErrSettings].
func New(ctx context.Context, env counterparty.Env, s Settings) (*House, error) {
	if err := s.validate(); err != nil {
		return nil, err
	}
	if err := env.Migrate(ctx, "prepaid", migrations); err != nil {
		return nil, err
	}
	return &House{env, s, counterparty.API{Env: env, Name: "prepaid", Refuse: turnedAway}}, nil
}

// The amount is the credit's where there is one: what was ordered proves nothing
// about what moved.
const listExecutions = `SELECT refund_id, COALESCE((SELECT MAX(c.amount) FROM prepaid_credits c WHERE c.refund_id = r.refund_id), amount),
    (SELECT COUNT(*) FROM prepaid_credits c WHERE c.refund_id = r.refund_id), state
FROM prepaid_refunds r WHERE refund_id > $1 ORDER BY refund_id LIMIT $2`

// Executions counts what really went back onto cards.
func (h *House) Executions(ctx context.Context, after string, limit int) ([]counterparty.Execution, error) {
	return h.env.ReadExecutions(ctx, listExecutions, after, limit)
}

// struck counts a magic value that struck.
func (h *House) struck(ctx context.Context, m Magic) error {
	return h.env.Faults.Fired(ctx, faults.Magic("prepaid_"+m.Name))
}
