package prepaid

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"

	"soukin/internal/database"
	"soukin/remittance"
)

// spentFirst begins the numbers of cards that purchases without a buyer were
// paid with. They are empty until something is refunded to them.
const spentFirst = "9"

// cardOf is the card of a purchase that nobody made: one of its own.
func cardOf(purchase string) string {
	sum := sha256.Sum256([]byte("card of " + purchase))
	return fmt.Sprintf("%s%015d", spentFirst, binary.BigEndian.Uint64(sum[:])%1_000_000_000_000_000)
}

// balance is what a card holds, or would hold when first used.
func (h *House) balance(ctx context.Context, tx *database.Tx, issuer Issuer, number string) (b remittance.Yen, err error) {
	err = tx.QueryRow(ctx, `SELECT balance FROM prepaid_cards WHERE issuer = $1 AND number = $2`, issuer.Code, number).Scan(&b)
	if !errors.Is(err, sql.ErrNoRows) {
		return b, err
	}
	if strings.HasPrefix(number, spentFirst) {
		return 0, nil
	}
	return h.set.CardBalance, nil
}

// move adds to a card, or takes from it. Errors: errShort.
func (h *House) move(ctx context.Context, tx *database.Tx, issuer Issuer, number string, by remittance.Yen) error {
	b, err := h.balance(ctx, tx, issuer, number)
	if err != nil {
		return err
	}
	if b+by < 0 {
		return errShort
	}
	_, err = tx.Exec(ctx, `INSERT INTO prepaid_cards (issuer, number, balance) VALUES ($1, $2, $3) ON CONFLICT (issuer, number) DO UPDATE SET balance = excluded.balance`,
		issuer.Code, number, int64(b+by))
	return err
}
