package record

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"soukin/internal/database"
	"soukin/remittance"
)

// ErrSettings is wrapped by errors about a merchant's settings; the message
// names the setting and the rule.
var ErrSettings = errors.New("merchant settings")

// Merchant is a business that sends money through us.
type Merchant struct {
	ID          remittance.MerchantID `json:"merchant"`
	DisplayName string                `json:"display_name"`
	Settings    Settings              `json:"settings"`
	CreatedAt   time.Time             `json:"created_at"`
	UpdatedAt   time.Time             `json:"updated_at"`
}

// Settings is what was agreed with one merchant. What is not set follows the
// installation's own settings. A change touches later orders only: an order
// carries its fee and its windows with it.
type Settings struct {
	Rails map[remittance.Rail]Terms `json:"rails,omitempty"`
	// CorrectionWindow is how long a refused or returned remittance keeps its
	// hold and waits for corrected details; 0 ends it at once.
	CorrectionWindow *time.Duration `json:"correction_window,omitempty"`
	Link             LinkTerms      `json:"link,omitzero"`
	Help             Help           `json:"help,omitzero"`
}

// LinkTerms are how a merchant asks its recipients; what is not set follows the
// installation.
type LinkTerms struct {
	// Window is how long a link is open, ReopenWindow how long again after the
	// bank could not credit the account; Reminders are sent that long before.
	Window       *time.Duration  `json:"window,omitempty"`
	ReopenWindow *time.Duration  `json:"reopen_window,omitempty"`
	Reminders    []time.Duration `json:"reminders,omitempty"`
	// Fallback is what a link offers after a way to have the money has failed:
	// "remaining" (every way that can still succeed), "same" (the same way, with
	// other details) or "none" (the remittance ends).
	Fallback string `json:"fallback,omitempty"`
	// MayShow allows the merchant to have a link shown to itself and hand it over.
	MayShow bool `json:"may_show,omitempty"`
}

// Help is how recipients reach the merchant, shown on pages and in notices.
type Help struct {
	Phone string `json:"phone,omitempty"`
	Mail  string `json:"mail,omitempty"`
	URL   string `json:"url,omitempty"`
	Hours string `json:"hours,omitempty"`
}

// Terms are the prices and limits of one rail; nil means the installation's own.
type Terms struct {
	// Fee is due for each executed attempt, FeeSameBank for one to an account at
	// the paying bank itself.
	Fee         *remittance.Yen `json:"fee,omitempty"`
	FeeSameBank *remittance.Yen `json:"fee_same_bank,omitempty"`
	// Cap is the most one remittance may carry. It can only be lower than the
	// installation's.
	Cap *remittance.Yen `json:"cap,omitempty"`
}

// Check says which setting is impossible. Errors wrap [ErrSettings].
func (s Settings) Check() error {
	for rail, t := range s.Rails {
		if !slices.Contains(remittance.Rails(), rail) {
			return fmt.Errorf("%w: there is no rail %q", ErrSettings, rail)
		}
		for _, fee := range []*remittance.Yen{t.Fee, t.FeeSameBank} {
			if fee != nil && *fee < 0 {
				return fmt.Errorf("%w: a fee on rail %s is %s and cannot be negative", ErrSettings, rail, *fee)
			}
		}
		if t.Cap != nil && (*t.Cap < 1 || *t.Cap > remittance.LegalCap) {
			return fmt.Errorf("%w: the cap on rail %s is %s and must be between 1 yen and %s", ErrSettings, rail, *t.Cap, remittance.LegalCap)
		}
	}
	if s.CorrectionWindow != nil && *s.CorrectionWindow < 0 {
		return fmt.Errorf("%w: the correction window is %s and cannot be negative", ErrSettings, *s.CorrectionWindow)
	}
	if !slices.Contains([]string{"", "remaining", "same", "none"}, s.Link.Fallback) {
		return fmt.Errorf("%w: the link's fallback is %q and must be remaining, same or none", ErrSettings, s.Link.Fallback)
	}
	for name, d := range map[string]*time.Duration{"window": s.Link.Window, "reopen window": s.Link.ReopenWindow} {
		if d != nil && *d < time.Second {
			return fmt.Errorf("%w: the link's %s is %s and must be at least a second", ErrSettings, name, *d)
		}
	}
	return nil
}

const saveMerchant = `INSERT INTO merchants (id, display_name, settings, created_at, updated_at)
VALUES ($1, $2, $3, $4, $4)
ON CONFLICT (id) DO UPDATE SET display_name = excluded.display_name, settings = excluded.settings, updated_at = excluded.updated_at`

// SaveMerchant adds a merchant, or changes the name and settings of a known one.
// CreatedAt and UpdatedAt are the record's own. Errors: [remittance.ErrID],
// [ErrSettings].
func (r *Record) SaveMerchant(ctx context.Context, m Merchant) error {
	if _, err := remittance.ParseMerchantID(string(m.ID)); err != nil {
		return err
	}
	if m.DisplayName == "" {
		return fmt.Errorf("%w: the display name is empty", ErrSettings)
	}
	if err := m.Settings.Check(); err != nil {
		return err
	}
	settings, err := json.Marshal(m.Settings)
	if err != nil {
		return fmt.Errorf("encode settings of merchant %s: %w", m.ID, err)
	}
	return r.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		if _, err := tx.Exec(ctx, saveMerchant, string(m.ID), m.DisplayName, string(settings), micros(r.now())); err != nil {
			return fmt.Errorf("save merchant %s: %w", m.ID, err)
		}
		return nil
	})
}

const merchantColumns = `SELECT id, display_name, settings, created_at, updated_at FROM merchants`

// Merchant gives one merchant. Errors: [ErrNotFound].
func (r *Record) Merchant(ctx context.Context, id remittance.MerchantID) (Merchant, error) {
	var m Merchant
	err := r.db.Read(ctx, func(ctx context.Context, tx *database.Tx) (err error) {
		m, err = scanMerchant(tx.QueryRow(ctx, merchantColumns+` WHERE id = $1`, string(id)))
		return err
	})
	if errors.Is(err, sql.ErrNoRows) {
		return Merchant{}, missing("merchant " + string(id))
	}
	return m, err
}

// Merchants lists all merchants by id.
func (r *Record) Merchants(ctx context.Context) ([]Merchant, error) {
	var out []Merchant
	err := r.db.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		rows, err := tx.Query(ctx, merchantColumns+` ORDER BY id`)
		if err != nil {
			return fmt.Errorf("list merchants: %w", err)
		}
		out, err = collect(rows, scanMerchant)
		return err
	})
	return out, err
}

func scanMerchant(row scanner) (Merchant, error) {
	var (
		m                Merchant
		settings         string
		created, updated int64
	)
	if err := row.Scan(&m.ID, &m.DisplayName, &settings, &created, &updated); err != nil {
		return Merchant{}, fmt.Errorf("read merchant: %w", err)
	}
	if err := json.Unmarshal([]byte(settings), &m.Settings); err != nil {
		return Merchant{}, fmt.Errorf("read settings of merchant %s: %w", m.ID, err)
	}
	m.CreatedAt, m.UpdatedAt = instant(created), instant(updated)
	return m, nil
}
