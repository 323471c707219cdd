package prepaid

import (
	"context"
	"time"

	"soukin/internal/database"
	"soukin/remittance"
)

// creditLine is one refund as a person sees it.
type creditLine struct {
	RefundID string
	Amount   remittance.Yen
	At       time.Time
}

// statement is a purchase with its card and everything refunded.
type statement struct {
	purchase
	Left    remittance.Yen
	LastDay string
	Open    bool
	Balance remittance.Yen
	Credits []creditLine
}

// statement shows a purchase by its id alone, which names the issuer. Errors:
// errNone.
func (h *House) statement(ctx context.Context, id string) (s statement, err error) {
	parsed, ok := parseID(id)
	if !ok {
		return statement{}, errNone
	}
	err = h.env.DB.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		p, err := h.purchase(ctx, tx, parsed.issuer.Code, id)
		if err != nil {
			return err
		}
		s = statement{purchase: p, Left: p.Amount - p.Refunded, LastDay: p.Issuer.lastDay(p.At), Open: h.env.Now().Before(p.Issuer.closes(p.At))}
		if s.Balance, err = h.balance(ctx, tx, p.Issuer, p.Card); err != nil {
			return err
		}
		s.Credits, err = credits(ctx, tx, id)
		return err
	})
	return s, err
}

func credits(ctx context.Context, tx *database.Tx, purchase string) (out []creditLine, err error) {
	rows, err := tx.Query(ctx, `SELECT refund_id, amount, at FROM prepaid_credits WHERE purchase = $1 ORDER BY id DESC`, purchase)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var c creditLine
		var at int64
		if err := rows.Scan(&c.RefundID, &c.Amount, &at); err != nil {
			return nil, err
		}
		c.At = time.UnixMicro(at)
		out = append(out, c)
	}
	return out, rows.Err()
}

// card is a card with what was paid with it.
type card struct {
	Issuer    Issuer
	Number    string
	Balance   remittance.Yen
	Purchases []string // ids, newest first
}

// cards finds the cards that were used under a number, one for each issuer.
// Errors: errNone.
func (h *House) cards(ctx context.Context, number string) (out []card, err error) {
	err = h.env.DB.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		for _, issuer := range Issuers() {
			c := card{Issuer: issuer, Number: number}
			used := 0
			err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM prepaid_cards WHERE issuer = $1 AND number = $2`, issuer.Code, number).Scan(&used)
			if err != nil {
				return err
			}
			if c.Purchases, err = purchasesWith(ctx, tx, issuer, number); err != nil {
				return err
			}
			if used == 0 && len(c.Purchases) == 0 {
				continue
			}
			if c.Balance, err = h.balance(ctx, tx, issuer, number); err != nil {
				return err
			}
			out = append(out, c)
		}
		return nil
	})
	if err == nil && len(out) == 0 {
		err = errNone
	}
	return out, err
}

func purchasesWith(ctx context.Context, tx *database.Tx, issuer Issuer, number string) (out []string, err error) {
	rows, err := tx.Query(ctx, `SELECT id FROM prepaid_purchases WHERE issuer = $1 AND card = $2 ORDER BY at DESC, id`, issuer.Code, number)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		out = append(out, id)
	}
	return out, rows.Err()
}
