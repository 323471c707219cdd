package link

import (
	"context"
	"fmt"
	"time"

	"soukin/internal/database"
	"soukin/remittance"
)

const (
	insertUnlock = `INSERT INTO link_unlocks (merchant, remittance_id, number, unlocked_at, actor, wrong)
SELECT $1, $2, COUNT(*) + 1, $3, $4, $5 FROM link_unlocks WHERE merchant = $1 AND remittance_id = $2`
	readUnlocks = `SELECT unlocked_at, actor, wrong FROM link_unlocks WHERE merchant = $1 AND remittance_id = $2 ORDER BY number`
	readTokens  = `SELECT l.wrong, l.last_wrong_at, l.issued, COUNT(t.hash), COALESCE(MAX(t.issued_at), 0)
FROM links l LEFT JOIN link_tokens t ON t.merchant = l.merchant AND t.remittance_id = l.remittance_id AND NOT t.revoked
WHERE l.merchant = $1 AND l.remittance_id = $2 GROUP BY l.wrong, l.last_wrong_at, l.issued`
)

// Unlock forgives all wrong tries, and keeps who did it and when. Errors:
// [ErrUnknown].
func (l *Links) Unlock(ctx context.Context, ref remittance.Ref, actor remittance.Actor) error {
	return l.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		at, err := hold(ctx, tx, ref)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, forgetWrong, string(ref.Merchant), string(ref.Remittance)); err != nil {
			return fmt.Errorf("unlock link: %w", err)
		}
		if _, err := tx.Exec(ctx, insertUnlock, string(ref.Merchant), string(ref.Remittance), l.now().UnixMicro(), string(actor), at.wrong); err != nil {
			return fmt.Errorf("unlock link: %w", err)
		}
		return nil
	})
}

// Summary is what an operator may know of a link.
type Summary struct {
	State
	Wrong      int       // wrong tries since the last right one or unlocking
	Issued     int       // tokens ever issued
	Live       int       // tokens that open it
	LastIssued time.Time // zero when none is live
	Unlocks    []Unlocking
}

// Unlocking is one time somebody helped.
type Unlocking struct {
	At    time.Time
	Actor remittance.Actor
	Wrong int // tries that were forgiven
}

// Show tells an operator about a link. Errors: [ErrUnknown].
func (l *Links) Show(ctx context.Context, ref remittance.Ref) (Summary, error) {
	var s Summary
	err := l.db.Read(ctx, func(ctx context.Context, tx *database.Tx) (err error) {
		if s.State, err = l.look(ctx, tx, ref); err != nil {
			return err
		}
		var lastWrong, lastIssued int64
		row := tx.QueryRow(ctx, readTokens, string(ref.Merchant), string(ref.Remittance))
		if err := row.Scan(&s.Wrong, &lastWrong, &s.Issued, &s.Live, &lastIssued); err != nil {
			return fmt.Errorf("show link: %w", err)
		}
		s.Live = min(s.Live, l.set.MaxTokens)
		if s.Live > 0 {
			s.LastIssued = time.UnixMicro(lastIssued).UTC()
		}
		s.Unlocks, err = unlocksOf(ctx, tx, ref)
		return err
	})
	return s, err
}

func unlocksOf(ctx context.Context, tx *database.Tx, ref remittance.Ref) ([]Unlocking, error) {
	rows, err := tx.Query(ctx, readUnlocks, string(ref.Merchant), string(ref.Remittance))
	if err != nil {
		return nil, fmt.Errorf("show unlocks: %w", err)
	}
	defer rows.Close()
	var out []Unlocking
	for rows.Next() {
		var (
			u  Unlocking
			at int64
		)
		if err := rows.Scan(&at, &u.Actor, &u.Wrong); err != nil {
			return nil, fmt.Errorf("show unlocks: %w", err)
		}
		u.At = time.UnixMicro(at).UTC()
		out = append(out, u)
	}
	return out, rows.Err()
}
