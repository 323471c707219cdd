package record

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"soukin/internal/database"
	"soukin/remittance"
)

// Step is one line of a remittance's timeline: what changed, why, by whom, and
// which money moved with it.
type Step struct {
	Seq            int                  `json:"seq"`
	At             time.Time            `json:"at"`
	From           remittance.Status    `json:"from"`
	To             remittance.Status    `json:"to"`
	Reason         remittance.Reason    `json:"reason,omitempty"`
	Actor          remittance.Actor     `json:"actor"`
	Final          bool                 `json:"final"`
	Generation     int                  `json:"generation"`
	Account        remittance.AccountID `json:"account,omitempty"`
	RailRef        string               `json:"rail_ref,omitempty"`
	Code           string               `json:"code,omitempty"`
	Deadline       *time.Time           `json:"deadline,omitempty"`
	NeedsAttention bool                 `json:"needs_attention"`
	Evidence       string               `json:"evidence,omitempty"`
	Note           string               `json:"note,omitempty"`
	Postings       []string             `json:"postings,omitempty"`
	// Rail and Fee are those of the instruction in force.
	Rail remittance.Rail `json:"rail,omitempty"`
	Fee  remittance.Yen  `json:"fee,omitempty"`
	// MoveHash tells the same step given twice from another step that claims
	// the same number.
	MoveHash string `json:"-"`
}

const insertStep = `INSERT INTO timeline (merchant, remittance_id, seq, happened_at, from_status, to_status, reason, actor, final,
	generation, account, rail_ref, code, deadline, needs_attention, evidence, note, postings, move_hash, rail, fee)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)`

// Append adds a step to the timeline of a remittance. Steps are never changed.
func Append(ctx context.Context, tx *database.Tx, ref remittance.Ref, s Step) error {
	_, err := tx.Exec(ctx, insertStep, string(ref.Merchant), string(ref.Remittance), s.Seq, micros(s.At), string(s.From), string(s.To),
		string(s.Reason), string(s.Actor), s.Final, s.Generation, string(s.Account), s.RailRef, s.Code, optionalMicros(s.Deadline),
		s.NeedsAttention, s.Evidence, s.Note, joined(s.Postings), s.MoveHash, string(s.Rail), int64(s.Fee))
	if err != nil {
		return fmt.Errorf("append step %d of %s: %w", s.Seq, ref, err)
	}
	return nil
}

const (
	stepFields = `seq, happened_at, from_status, to_status, reason, actor, final, generation, account, rail_ref, code,
	deadline, needs_attention, evidence, note, postings, move_hash, rail, fee`
	stepColumns = `SELECT ` + stepFields + ` FROM timeline WHERE merchant = $1 AND remittance_id = $2`
)

// StepAt reads one step inside a transaction. Errors: [ErrNotFound].
func StepAt(ctx context.Context, tx *database.Tx, ref remittance.Ref, seq int) (Step, error) {
	s, err := scanStep(tx.QueryRow(ctx, stepColumns+` AND seq = $3`, string(ref.Merchant), string(ref.Remittance), seq))
	if errors.Is(err, sql.ErrNoRows) {
		return Step{}, missing(fmt.Sprintf("step %d of %s", seq, ref))
	}
	return s, err
}

// Timeline gives the steps of a remittance in order. Errors: [ErrNotFound].
func (r *Record) Timeline(ctx context.Context, ref remittance.Ref) ([]Step, error) {
	var out []Step
	err := r.db.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		rows, err := tx.Query(ctx, stepColumns+` ORDER BY seq`, string(ref.Merchant), string(ref.Remittance))
		if err != nil {
			return fmt.Errorf("read timeline of %s: %w", ref, err)
		}
		out, err = collect(rows, scanStep)
		return err
	})
	if err == nil && len(out) == 0 {
		return nil, missing("remittance " + ref.String())
	}
	return out, err
}

func scanStep(row scanner) (Step, error) {
	var (
		s        Step
		at       int64
		deadline *int64
		postings string
	)
	err := row.Scan(&s.Seq, &at, &s.From, &s.To, &s.Reason, &s.Actor, &s.Final, &s.Generation, &s.Account, &s.RailRef, &s.Code,
		&deadline, &s.NeedsAttention, &s.Evidence, &s.Note, &postings, &s.MoveHash, &s.Rail, &s.Fee)
	if err != nil {
		return Step{}, fmt.Errorf("read step: %w", err)
	}
	s.At, s.Deadline = instant(at), optionalInstant(deadline)
	s.Postings = split[string](postings)
	return s, nil
}
