package aupay

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"regexp"
	"time"

	"soukin/internal/database"
	"soukin/remittance"
)

// Errors of what tests and people may do to a member.
var (
	errUnknown = errors.New("there is no such member")
	errForm    = errors.New("member_number must be 16 digits")
	errShort   = errors.New("the balance is short")
	errAmount  = fmt.Errorf("amounts must be from 0 to %d yen", int64(mostHeld))
)

// mostHeld keeps balances far from the end of an integer.
const mostHeld remittance.Yen = 999_999_999

var memberForm = regexp.MustCompile(`^[0-9]{16}$`)

// Member is a wallet as the books hold it.
type Member struct {
	Number     string         `json:"member_number"`
	Balance    remittance.Yen `json:"balance"`
	Verified   bool           `json:"verified"`
	DailyLimit remittance.Yen `json:"daily_limit"`
}

// Entry is one movement on a balance.
type Entry struct {
	At      time.Time
	Kind    entryKind
	Amount  remittance.Yen
	Balance remittance.Yen
}

type entryKind string

const (
	charged  entryKind = "charge"
	spent    entryKind = "spend"
	adjusted entryKind = "adjust" // by the control API
)

// opening is a member nobody has seen before.
func (w *Wallet) opening(number string) Member {
	m := magicOf(number)
	limit := w.set.DailyLimit
	if m.noDay {
		limit = 0
	}
	return Member{number, m.balance, !m.unverified, limit}
}

// member reads a member, or what one would be. Errors: errForm, errUnknown.
func (w *Wallet) member(ctx context.Context, tx *database.Tx, number string) (Member, error) {
	if !memberForm.MatchString(number) {
		return Member{}, errForm
	}
	if magicOf(number).unknown {
		return Member{}, errUnknown
	}
	m := Member{Number: number}
	err := tx.QueryRow(ctx, `SELECT balance, verified, daily_limit FROM aupay_members WHERE number = $1`, number).Scan(&m.Balance, &m.Verified, &m.DailyLimit)
	if errors.Is(err, sql.ErrNoRows) {
		return w.opening(number), nil
	}
	return m, err
}

func keep(ctx context.Context, tx *database.Tx, m Member) error {
	_, err := tx.Exec(ctx, `INSERT INTO aupay_members (number, balance, verified, daily_limit) VALUES ($1, $2, $3, $4)
ON CONFLICT (number) DO UPDATE SET balance = excluded.balance, verified = excluded.verified, daily_limit = excluded.daily_limit`,
		m.Number, int64(m.Balance), m.Verified, int64(m.DailyLimit))
	return err
}

// add moves a balance, writes the entry and gives its number. The sandbox has
// one writer at a time, so the next number is free.
func (w *Wallet) add(ctx context.Context, tx *database.Tx, m *Member, kind entryKind, amount remittance.Yen, chargeID string) (n int64, err error) {
	m.Balance += amount
	if err := keep(ctx, tx, *m); err != nil {
		return 0, err
	}
	err = tx.QueryRow(ctx, `INSERT INTO aupay_entries (id, member, at, kind, amount, balance, charge_id)
SELECT COALESCE(MAX(id), 0) + 1, $1, $2, $3, $4, $5, $6 FROM aupay_entries RETURNING id`,
		m.Number, w.env.Now().UnixMicro(), string(kind), int64(amount), int64(m.Balance), chargeID).Scan(&n)
	return n, err
}

// chargedSince is what a member was charged from a moment on.
func chargedSince(ctx context.Context, tx *database.Tx, number string, midnight time.Time) (sum remittance.Yen, err error) {
	err = tx.QueryRow(ctx, `SELECT COALESCE(SUM(amount), 0) FROM aupay_entries WHERE member = $1 AND kind = $2 AND at >= $3`,
		number, string(charged), midnight.UnixMicro()).Scan(&sum)
	return sum, err
}

// Change is what the control API may set; nil leaves a field as it is.
type Change struct {
	Balance    *remittance.Yen `json:"balance"`
	Verified   *bool           `json:"verified"`
	DailyLimit *remittance.Yen `json:"daily_limit"`
}

// change sets what a member has. Errors: errForm, errUnknown, errAmount.
func (w *Wallet) change(ctx context.Context, number string, c Change) (m Member, err error) {
	for _, y := range []*remittance.Yen{c.Balance, c.DailyLimit} {
		if y != nil && (*y < 0 || *y > mostHeld) {
			return Member{}, errAmount
		}
	}
	err = w.env.DB.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		if m, err = w.member(ctx, tx, number); err != nil {
			return err
		}
		if c.Verified != nil {
			m.Verified = *c.Verified
		}
		if c.DailyLimit != nil {
			m.DailyLimit = *c.DailyLimit
		}
		if c.Balance == nil || *c.Balance == m.Balance {
			return keep(ctx, tx, m)
		}
		_, err := w.add(ctx, tx, &m, adjusted, *c.Balance-m.Balance, "")
		return err
	})
	return m, err
}

// spend pays a shop. Errors: errForm, errUnknown, errAmount, errShort.
func (w *Wallet) spend(ctx context.Context, number string, amount remittance.Yen) (m Member, err error) {
	if amount < 1 || amount > mostHeld {
		return Member{}, errAmount
	}
	err = w.env.DB.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		if m, err = w.member(ctx, tx, number); err != nil {
			return err
		}
		if m.Balance < amount {
			return errShort
		}
		_, err := w.add(ctx, tx, &m, spent, -amount, "")
		return err
	})
	return m, err
}

// historyLength is how many entries a member's page shows.
const historyLength = 30

// history gives a member and the latest entries, newest first. Errors: errForm, errUnknown.
func (w *Wallet) history(ctx context.Context, number string) (m Member, entries []Entry, err error) {
	err = w.env.DB.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		if m, err = w.member(ctx, tx, number); err != nil {
			return err
		}
		rows, err := tx.Query(ctx, `SELECT at, kind, amount, balance FROM aupay_entries WHERE member = $1 ORDER BY id DESC LIMIT $2`, number, historyLength)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var e Entry
			var at int64
			if err := rows.Scan(&at, &e.Kind, &e.Amount, &e.Balance); err != nil {
				return err
			}
			e.At = time.UnixMicro(at)
			entries = append(entries, e)
		}
		return rows.Err()
	})
	return m, entries, err
}

// membersPage is how many members the control API lists.
const membersPage = 500

// members lists the wallets that anything happened to, from the one after a number on.
func (w *Wallet) members(ctx context.Context, after string) (out []Member, err error) {
	out = []Member{}
	err = w.env.DB.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		rows, err := tx.Query(ctx, `SELECT number, balance, verified, daily_limit FROM aupay_members WHERE number > $1 ORDER BY number LIMIT $2`, after, membersPage)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var m Member
			if err := rows.Scan(&m.Number, &m.Balance, &m.Verified, &m.DailyLimit); err != nil {
				return err
			}
			out = append(out, m)
		}
		return rows.Err()
	})
	return out, err
}
