package prepaid

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"soukin/internal/database"
	"soukin/remittance"
)

type refundState string

const (
	refunded refundState = "refunded"
	refused  refundState = "refused"
)

// The reasons of a refusal, as the document has them.
type refusal string

const (
	purchaseUnknown refusal = "PURCHASE_UNKNOWN"
	notCaptured     refusal = "NOT_CAPTURED"
	windowPassed    refusal = "WINDOW_PASSED"
	overPurchase    refusal = "OVER_PURCHASE"
	noPartial       refusal = "NO_PARTIAL"
)

// refund is one refund_id as the books hold it for ever.
type refund struct {
	ID         string
	Issuer     string
	Purchase   string
	Amount     remittance.Yen
	State      refundState
	Reason     refusal
	RefundNo   string
	RefundedAt time.Time
}

// refund decides once on a refund_id and gives that decision ever after, in one
// transaction with the card's balance. Errors: errConflict.
func (h *House) refund(ctx context.Context, in refund) (r refund, err error) {
	err = h.env.DB.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		r, err = findRefund(ctx, tx, in.ID)
		switch {
		case err == nil && (r.Issuer != in.Issuer || r.Purchase != in.Purchase || r.Amount != in.Amount):
			return errConflict
		case !errors.Is(err, errNone):
			return err
		}
		r, err = h.decide(ctx, tx, in)
		if err != nil {
			return err
		}
		at := int64(0)
		if r.State == refunded {
			at = r.RefundedAt.UnixMicro()
		}
		_, err := tx.Exec(ctx, `INSERT INTO prepaid_refunds (refund_id, issuer, purchase, amount, state, reason, refund_no, refunded_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
			r.ID, r.Issuer, r.Purchase, int64(r.Amount), string(r.State), string(r.Reason), r.RefundNo, at)
		return err
	})
	return r, err
}

func (h *House) decide(ctx context.Context, tx *database.Tx, r refund) (refund, error) {
	p, err := h.purchase(ctx, tx, r.Issuer, r.Purchase)
	if errors.Is(err, errNone) {
		r.State, r.Reason = refused, purchaseUnknown
		return r, nil
	}
	if err != nil {
		return refund{}, err
	}
	now := h.env.Now()
	if r.Reason = p.objection(r.Amount, now); r.Reason != "" {
		r.State = refused
		return r, nil
	}
	if err := h.move(ctx, tx, p.Issuer, p.Card, r.Amount); err != nil {
		return refund{}, err
	}
	n, err := credit(ctx, tx, r, now)
	if err != nil {
		return refund{}, err
	}
	r.State, r.RefundNo, r.RefundedAt = refunded, fmt.Sprintf("%s-R%09d", p.Issuer.Prefix, n), now
	return r, nil
}

// objection says why an amount of a purchase is not refunded, or nothing.
func (p purchase) objection(amount remittance.Yen, now time.Time) refusal {
	switch {
	case !p.Captured:
		return notCaptured
	case !now.Before(p.Issuer.closes(p.At)):
		return windowPassed
	case amount > p.Amount-p.Refunded:
		return overPurchase
	case amount < p.Amount && !p.Issuer.Partial:
		return noPartial
	}
	return ""
}

// credit writes down what went back and gives its number. The sandbox has one
// writer at a time, so the next number is free.
func credit(ctx context.Context, tx *database.Tx, r refund, now time.Time) (n int64, err error) {
	err = tx.QueryRow(ctx, `INSERT INTO prepaid_credits (id, purchase, refund_id, amount, at)
SELECT COALESCE(MAX(id), 0) + 1, $1, $2, $3, $4 FROM prepaid_credits RETURNING id`, r.Purchase, r.ID, int64(r.Amount), now.UnixMicro()).Scan(&n)
	return n, err
}

// findRefund reads a refund. Errors: errNone.
func findRefund(ctx context.Context, tx *database.Tx, id string) (refund, error) {
	r := refund{ID: id}
	var at int64
	err := tx.QueryRow(ctx, `SELECT issuer, purchase, amount, state, reason, refund_no, refunded_at FROM prepaid_refunds WHERE refund_id = $1`, id).
		Scan(&r.Issuer, &r.Purchase, &r.Amount, &r.State, &r.Reason, &r.RefundNo, &at)
	if errors.Is(err, sql.ErrNoRows) {
		return refund{}, errNone
	}
	if at != 0 {
		r.RefundedAt = time.UnixMicro(at)
	}
	return r, err
}

// find gives a refund. Errors: errNone.
func (h *House) find(ctx context.Context, id string) (r refund, err error) {
	err = h.env.DB.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		r, err = findRefund(ctx, tx, id)
		return err
	})
	return r, err
}

// look gives a purchase. Errors: errNone.
func (h *House) look(ctx context.Context, issuer, id string) (p purchase, err error) {
	err = h.env.DB.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		p, err = h.purchase(ctx, tx, issuer, id)
		return err
	})
	return p, err
}
