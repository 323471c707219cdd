package aupay

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"soukin/internal/calendar"
	"soukin/internal/database"
	"soukin/remittance"
)

var (
	errConflict = errors.New("the charge_id was used for another member or amount")
	errNoCharge = errors.New("no such charge was received")
)

type chargeState string

const (
	executed chargeState = "executed"
	refused  chargeState = "refused"
)

// The reasons of a refusal, as the document has them.
type refusal string

const (
	walletLimit   refusal = "WALLET_LIMIT"
	unknownMember refusal = "UNKNOWN_MEMBER"
	notVerified   refusal = "NOT_VERIFIED"
	dailyLimit    refusal = "MEMBER_DAILY_LIMIT"
	overAmount    refusal = "AMOUNT"
)

// charge is one charge_id as the books hold it for ever.
type charge struct {
	ID            string
	Member        string
	Amount        remittance.Yen
	State         chargeState
	Reason        refusal
	TransactionNo string
	ExecutedAt    time.Time
}

// charge decides once on a charge_id and gives that decision ever after, in one
// transaction with the member's balance. Errors: errConflict.
func (w *Wallet) charge(ctx context.Context, order charge) (c charge, err error) {
	err = w.env.DB.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		c, err = findCharge(ctx, tx, order.ID)
		switch {
		case err == nil && (c.Member != order.Member || c.Amount != order.Amount):
			return errConflict
		case !errors.Is(err, errNoCharge):
			return err
		}
		c, err = w.decide(ctx, tx, order)
		if err != nil {
			return err
		}
		at := int64(0)
		if c.State == executed {
			at = c.ExecutedAt.UnixMicro()
		}
		_, err := tx.Exec(ctx, `INSERT INTO aupay_charges (charge_id, member, amount, state, reason, transaction_no, executed_at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
			c.ID, c.Member, int64(c.Amount), string(c.State), string(c.Reason), c.TransactionNo, at)
		return err
	})
	return c, err
}

func (w *Wallet) decide(ctx context.Context, tx *database.Tx, c charge) (charge, error) {
	m, err := w.member(ctx, tx, c.Member)
	if errors.Is(err, errUnknown) {
		c.State, c.Reason = refused, unknownMember
		return c, nil
	}
	if err != nil {
		return charge{}, err
	}
	if c.Reason, err = w.objection(ctx, tx, m, c.Amount); err != nil {
		return charge{}, err
	}
	if c.Reason != "" {
		c.State = refused
		return c, w.afterRefusal(ctx, tx, m, c.Reason)
	}
	n, err := w.add(ctx, tx, &m, charged, c.Amount, c.ID)
	if err != nil {
		return charge{}, err
	}
	c.State, c.TransactionNo, c.ExecutedAt = executed, fmt.Sprintf("AP%012d", n), w.env.Now()
	return c, nil
}

// objection says why a member is not charged, or nothing.
func (w *Wallet) objection(ctx context.Context, tx *database.Tx, m Member, amount remittance.Yen) (refusal, error) {
	today, err := chargedSince(ctx, tx, m.Number, calendar.Day(w.env.Now()))
	switch {
	case err != nil:
		return "", err
	case amount > w.set.ChargeLimit:
		return overAmount, nil
	case !m.Verified:
		return notVerified, nil
	case today+amount > m.DailyLimit:
		return dailyLimit, nil
	case m.Balance+amount > w.set.WalletLimit:
		return walletLimit, nil
	}
	return "", nil
}

// afterRefusal is what a member with a magic number does about it.
func (w *Wallet) afterRefusal(ctx context.Context, tx *database.Tx, m Member, why refusal) error {
	if !magicOf(m.Number).spends || why != walletLimit || m.Balance == 0 {
		return nil
	}
	_, err := w.add(ctx, tx, &m, spent, -m.Balance, "")
	return err
}

// find gives a charge. Errors: errNoCharge.
func (w *Wallet) find(ctx context.Context, id string) (c charge, err error) {
	err = w.env.DB.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		c, err = findCharge(ctx, tx, id)
		return err
	})
	return c, err
}

func findCharge(ctx context.Context, tx *database.Tx, id string) (charge, error) {
	c := charge{ID: id}
	var at int64
	err := tx.QueryRow(ctx, `SELECT member, amount, state, reason, transaction_no, executed_at FROM aupay_charges WHERE charge_id = $1`, id).
		Scan(&c.Member, &c.Amount, &c.State, &c.Reason, &c.TransactionNo, &at)
	if errors.Is(err, sql.ErrNoRows) {
		return charge{}, errNoCharge
	}
	if at != 0 {
		c.ExecutedAt = time.UnixMicro(at)
	}
	return c, err
}
