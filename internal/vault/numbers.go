package vault

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"soukin/internal/database"
	"soukin/remittance"
)

// Numbers are what an ATM asks for before it pays out. Whoever has them has the
// money: they print, encode and log as nothing.
type Numbers struct {
	reveal func() plainNumbers // a function for the reason given at Account
}

type plainNumbers struct {
	Partner      string `json:"partner"`
	Customer     string `json:"customer"`
	Confirmation string `json:"confirmation"`
}

// NewNumbers makes numbers of the partner code (4 digits), the customer number
// (9) and the confirmation number (6). It checks no form.
func NewNumbers(partner, customer, confirmation string) Numbers {
	n := plainNumbers{partner, customer, confirmation}
	return Numbers{func() plainNumbers { return n }}
}

func (n Numbers) plain() plainNumbers {
	if n.reveal == nil {
		return plainNumbers{}
	}
	return n.reveal()
}

// Partner is the partner code, 4 digits. The same for all of our remittances.
func (n Numbers) Partner() string { return n.plain().Partner }

// Customer is the plain customer number, 9 digits.
func (n Numbers) Customer() string { return n.plain().Customer }

// Confirmation is the plain confirmation number, 6 digits.
func (n Numbers) Confirmation() string { return n.plain().Confirmation }

// String says nothing.
func (n Numbers) String() string { return "(numbers)" }

// Format is masked for every verb.
func (n Numbers) Format(s fmt.State, _ rune) { fmt.Fprint(s, n.String()) }

// MarshalJSON is masked.
func (n Numbers) MarshalJSON() ([]byte, error) { return json.Marshal(n.String()) }

// LogValue is masked.
func (n Numbers) LogValue() slog.Value { return slog.StringValue(n.String()) }

// KeepNumbers keeps the numbers of a remittance, in the place of earlier ones.
func (v *Vault) KeepNumbers(ctx context.Context, ref remittance.Ref, n Numbers) error {
	plain, err := json.Marshal(n.plain())
	if err != nil {
		return fmt.Errorf("encode numbers: %w", err)
	}
	_, err = v.put(ctx, deposit{kindNumbers, ref.Merchant, ref.String(), plain, func([]byte) ([]byte, error) { return plain, nil }})
	return err
}

const findByIdentity = `SELECT id, sealed, created_at FROM vault_items WHERE merchant = $1 AND fingerprint = $2 AND deleted_at IS NULL`

// Numbers opens the numbers of a remittance. Errors: [ErrNotFound], [ErrSealed].
func (v *Vault) Numbers(ctx context.Context, ref remittance.Ref) (Numbers, error) {
	it, err := v.find(ctx, kindNumbers, ref.Merchant, ref.String())
	if err != nil {
		return Numbers{}, err
	}
	n, err := decode[plainNumbers](it.plain)
	return Numbers{func() plainNumbers { return n }}, err
}

// ShredNumbers forgets the numbers of a remittance: nobody needs them after the
// cash was taken or called off. Numbers that are not there are no error.
func (v *Vault) ShredNumbers(ctx context.Context, ref remittance.Ref) error {
	it, err := v.find(ctx, kindNumbers, ref.Merchant, ref.String())
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	err = v.remove(ctx, kindNumbers, ref.Merchant, it.id)
	if errors.Is(err, ErrDeleted) {
		return nil
	}
	return err
}

// find opens the live item with an identity. Errors: [ErrNotFound], [ErrSealed].
func (v *Vault) find(ctx context.Context, k kind, m remittance.MerchantID, identity string) (item, error) {
	var (
		it      item
		sealed  []byte
		created int64
	)
	err := v.db.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		return tx.QueryRow(ctx, findByIdentity, string(m), v.fingerprint("item", string(k), string(m), identity)).Scan(&it.id, &sealed, &created)
	})
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return item{}, fmt.Errorf("%s of merchant %s: %w", k, m, ErrNotFound)
	case err != nil:
		return item{}, fmt.Errorf("read %s: %w", k, err)
	}
	if it.plain, err = v.open(sealed, about(k, m, it.id)); err != nil {
		return item{}, fmt.Errorf("%s %s: %w", k, it.id, err)
	}
	it.createdAt = time.UnixMicro(created).UTC()
	return it, nil
}
