package link

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"soukin/internal/database"
	"soukin/remittance"
)

// About is what the merchant says to the recipient of one link. It is kept in
// plain text, so it must not name the recipient.
type About struct {
	Purpose string          // why the money is sent; may be empty
	Lang    remittance.Lang // the language to write in
}

// Describe stores what a link says of itself. Once a token was issued people may
// have read it, and it stays as it is.
func (l *Links) Describe(ctx context.Context, ref remittance.Ref, about About) error {
	return l.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE links SET purpose = $3, lang = $4 WHERE merchant = $1 AND remittance_id = $2 AND issued = 0`,
			string(ref.Merchant), string(ref.Remittance), about.Purpose, string(about.Lang))
		if err != nil {
			return fmt.Errorf("describe link: %w", err)
		}
		return nil
	})
}

// About gives what a link says of itself. Errors: [ErrUnknown].
func (l *Links) About(ctx context.Context, ref remittance.Ref) (About, error) {
	var about About
	err := l.db.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		err := tx.QueryRow(ctx, `SELECT purpose, lang FROM links WHERE merchant = $1 AND remittance_id = $2`,
			string(ref.Merchant), string(ref.Remittance)).Scan(&about.Purpose, &about.Lang)
		if errors.Is(err, sql.ErrNoRows) {
			return fmt.Errorf("%s: %w", ref, ErrUnknown)
		}
		return err
	})
	return about, err
}
