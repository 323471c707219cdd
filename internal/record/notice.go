package record

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"soukin/internal/database"
)

// Verdict is what checking a notice's signature said.
type Verdict string

// The verdicts.
const (
	VerdictGood     Verdict = "good"
	VerdictBad      Verdict = "bad"
	VerdictUnsigned Verdict = "unsigned" // the source does not sign
)

// Notice is a message from a rail as it came. It is a hint, never proof: what
// it claims is confirmed by an enquiry before money moves.
type Notice struct {
	Source     string // who sent it, for instance "bank"
	ID         string // the sender's own id of the message
	ReceivedAt time.Time
	Verdict    Verdict
	Sealed     []byte // the raw body, sealed by the vault
}

const insertNotice = `INSERT INTO notices (source, id, received_at, verdict, sealed) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (source, id) DO NOTHING`

// KeepNotice stores a notice. It reports false when a notice with this id from
// this source was kept before, which is normal: rails repeat themselves.
func (r *Record) KeepNotice(ctx context.Context, n Notice) (bool, error) {
	fresh := false
	err := r.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) (err error) {
		fresh, err = changed(tx.Exec(ctx, insertNotice, n.Source, n.ID, micros(n.ReceivedAt), string(n.Verdict), n.Sealed))
		return err
	})
	return fresh, err
}

// Notice gives one notice. Errors: [ErrNotFound].
func (r *Record) Notice(ctx context.Context, source, id string) (Notice, error) {
	n := Notice{Source: source, ID: id}
	err := r.db.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		var received int64
		row := tx.QueryRow(ctx, `SELECT received_at, verdict, sealed FROM notices WHERE source = $1 AND id = $2`, source, id)
		if err := row.Scan(&received, &n.Verdict, &n.Sealed); err != nil {
			return err
		}
		n.ReceivedAt = instant(received)
		return nil
	})
	if errors.Is(err, sql.ErrNoRows) {
		return Notice{}, missing(fmt.Sprintf("notice %s from %s", id, source))
	}
	return n, err
}

const noticesAfter = `SELECT source, id, sealed FROM notices WHERE (source, id) > ($1, $2) ORDER BY source, id LIMIT 100`

// Reseal gives the body of a notice sealed anew, or the same bytes where there
// is nothing to change. Of the notice only Source, ID and Sealed are set.
type Reseal func(n Notice) ([]byte, error)

// ResealNotices puts every notice through reseal, a hundred in a transaction,
// and reports how many changed. To run it again, also after an interruption,
// does no harm.
func (r *Record) ResealNotices(ctx context.Context, reseal Reseal) (int, error) {
	total := 0
	var last Notice
	for {
		var batch []Notice
		n := 0
		err := r.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
			rows, err := tx.Query(ctx, noticesAfter, last.Source, last.ID)
			if err != nil {
				return fmt.Errorf("read notices: %w", err)
			}
			if batch, err = collect(rows, scanSealed); err != nil {
				return err
			}
			n, err = resealBatch(ctx, tx, batch, reseal)
			return err
		})
		if err != nil {
			return total, err
		}
		total += n
		if len(batch) == 0 {
			return total, nil
		}
		last = batch[len(batch)-1]
	}
}

func scanSealed(row scanner) (Notice, error) {
	var n Notice
	if err := row.Scan(&n.Source, &n.ID, &n.Sealed); err != nil {
		return Notice{}, fmt.Errorf("read notice: %w", err)
	}
	return n, nil
}

func resealBatch(ctx context.Context, tx *database.Tx, batch []Notice, reseal Reseal) (int, error) {
	n := 0
	for _, notice := range batch {
		fresh, err := reseal(notice)
		if err != nil {
			return 0, fmt.Errorf("reseal notice %s from %s: %w", notice.ID, notice.Source, err)
		}
		if bytes.Equal(fresh, notice.Sealed) {
			continue
		}
		if _, err := tx.Exec(ctx, `UPDATE notices SET sealed = $3 WHERE source = $1 AND id = $2`, notice.Source, notice.ID, fresh); err != nil {
			return 0, fmt.Errorf("reseal notice %s from %s: %w", notice.ID, notice.Source, err)
		}
		n++
	}
	return n, nil
}
