package record

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"soukin/internal/database"
	"soukin/remittance"
)

// Remittance is one row of the record: an order and where it stands.
type Remittance struct {
	remittance.Ref
	Pattern remittance.Pattern `json:"pattern"`
	Amount  remittance.Yen     `json:"amount"`
	// Fee is due for each executed attempt on Rail; 0 before a recipient chose.
	Fee         remittance.Yen    `json:"fee"`
	RequestHash string            `json:"-"` // tells a repeated order from a conflicting one
	Owner       string            `json:"-"` // the execution that opened it
	Status      remittance.Status `json:"status"`
	Reason      remittance.Reason `json:"reason,omitempty"`
	// Final means that nothing further happens by itself and the hold is gone.
	Final      bool `json:"final"`
	Seq        int  `json:"seq"`        // of the latest step, from 1
	Generation int  `json:"generation"` // of the instruction, from 1
	// Instructed is the latest generation that was instructed, 0 before the
	// first. An instruction needs a new one: the ledger would take a second
	// instruction of the same generation for a repetition.
	Instructed     int                  `json:"-"`
	Account        remittance.AccountID `json:"account,omitempty"`
	RailRef        string               `json:"rail_ref,omitempty"`
	Code           string               `json:"code,omitempty"`
	Deadline       *time.Time           `json:"deadline,omitempty"`
	NeedsAttention bool                 `json:"needs_attention"`
	Shortfall      remittance.Yen       `json:"shortfall,omitempty"`
	CreatedAt      time.Time            `json:"created_at"`
	UpdatedAt      time.Time            `json:"updated_at"`
	// Rail is that of the latest instruction, or of the only way; empty before a
	// recipient chose.
	Rail remittance.Rail `json:"rail,omitempty"`
	// InFlight means that a rail may pay it: it was instructed, and neither settled
	// nor given back.
	InFlight bool `json:"in_flight,omitempty"`
	// Ways are what the recipient may choose from.
	Ways []remittance.Rail `json:"ways,omitempty"`
}

const insertRemittance = `INSERT INTO remittances (merchant, remittance_id, pattern, amount, fee, request_hash, owner, status, reason,
	final, seq, generation, instructed, account, rail_ref, code, deadline, needs_attention, shortfall, created_at, updated_at, rail, in_flight, ways)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24)
ON CONFLICT (merchant, remittance_id) DO NOTHING`

// Insert adds a remittance. It reports false, and changes nothing, when the id
// is taken.
func Insert(ctx context.Context, tx *database.Tx, r Remittance) (bool, error) {
	return changed(tx.Exec(ctx, insertRemittance,
		string(r.Merchant), string(r.Ref.Remittance), string(r.Pattern), int64(r.Amount), int64(r.Fee), r.RequestHash, r.Owner,
		string(r.Status), string(r.Reason), r.Final, r.Seq, r.Generation, r.Instructed, string(r.Account), r.RailRef, r.Code,
		optionalMicros(r.Deadline), r.NeedsAttention, int64(r.Shortfall), micros(r.CreatedAt), micros(r.UpdatedAt),
		string(r.Rail), r.InFlight, joined(r.Ways)))
}

const advanceRemittance = `UPDATE remittances SET status = $3, reason = $4, final = $5, seq = $6, generation = $7, instructed = $8,
	account = $9, rail_ref = $10, code = $11, deadline = $12, needs_attention = $13, shortfall = $14, updated_at = $15,
	fee = $16, rail = $17, in_flight = $18, ways = $19
WHERE merchant = $1 AND remittance_id = $2 AND seq = $20`

// Advance replaces the row of a remittance whose latest step is still seq
// before. It reports false, and changes nothing, when another step came first:
// read again and decide again.
func Advance(ctx context.Context, tx *database.Tx, before int, r Remittance) (bool, error) {
	return changed(tx.Exec(ctx, advanceRemittance,
		string(r.Merchant), string(r.Ref.Remittance), string(r.Status), string(r.Reason), r.Final, r.Seq, r.Generation, r.Instructed,
		string(r.Account), r.RailRef, r.Code, optionalMicros(r.Deadline), r.NeedsAttention, int64(r.Shortfall), micros(r.UpdatedAt),
		int64(r.Fee), string(r.Rail), r.InFlight, joined(r.Ways), before))
}

func changed(res sql.Result, err error) (bool, error) {
	if err != nil {
		return false, fmt.Errorf("write row: %w", err)
	}
	n, err := res.RowsAffected()
	if err != nil {
		return false, fmt.Errorf("write row: %w", err)
	}
	return n == 1, nil
}

const remittanceColumns = `SELECT merchant, remittance_id, pattern, amount, fee, request_hash, owner, status, reason, final, seq,
	generation, instructed, account, rail_ref, code, deadline, needs_attention, shortfall, created_at, updated_at, rail, in_flight, ways FROM remittances`

// Load reads one remittance inside a transaction. Errors: [ErrNotFound].
func Load(ctx context.Context, tx *database.Tx, ref remittance.Ref) (Remittance, error) {
	r, err := scanRemittance(tx.QueryRow(ctx, remittanceColumns+` WHERE merchant = $1 AND remittance_id = $2`,
		string(ref.Merchant), string(ref.Remittance)))
	if errors.Is(err, sql.ErrNoRows) {
		return Remittance{}, missing("remittance " + ref.String())
	}
	return r, err
}

// Get gives one remittance. Errors: [ErrNotFound].
func (r *Record) Get(ctx context.Context, ref remittance.Ref) (Remittance, error) {
	var out Remittance
	err := r.db.Read(ctx, func(ctx context.Context, tx *database.Tx) (err error) {
		out, err = Load(ctx, tx, ref)
		return err
	})
	return out, err
}

type scanner interface{ Scan(dest ...any) error }

func scanRemittance(row scanner) (Remittance, error) {
	var (
		r                Remittance
		created, updated int64
		deadline         *int64
		ways             string
	)
	err := row.Scan(&r.Merchant, &r.Ref.Remittance, &r.Pattern, &r.Amount, &r.Fee, &r.RequestHash, &r.Owner, &r.Status, &r.Reason, &r.Final,
		&r.Seq, &r.Generation, &r.Instructed, &r.Account, &r.RailRef, &r.Code, &deadline, &r.NeedsAttention, &r.Shortfall, &created, &updated,
		&r.Rail, &r.InFlight, &ways)
	if err != nil {
		return Remittance{}, fmt.Errorf("read remittance: %w", err)
	}
	r.Deadline, r.CreatedAt, r.UpdatedAt = optionalInstant(deadline), instant(created), instant(updated)
	r.Ways = split[remittance.Rail](ways)
	return r, nil
}

func joined[T ~string](of []T) string {
	texts := make([]string, len(of))
	for i, v := range of {
		texts[i] = string(v)
	}
	return strings.Join(texts, ",")
}

func split[T ~string](s string) []T {
	if s == "" {
		return nil
	}
	var out []T
	for text := range strings.SplitSeq(s, ",") {
		out = append(out, T(text))
	}
	return out
}

func collect[T any](rows *sql.Rows, scan func(scanner) (T, error)) ([]T, error) {
	defer rows.Close() //nolint:errcheck // Err below reports what matters
	var out []T
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, rows.Err()
}
