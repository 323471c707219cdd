package database

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/sethvargo/go-retry"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// ErrContention is wrapped by the error of [DB.InTx] and [DB.Read] when other
// transactions got in the way until the retries were used up. Nothing was
// written; trying again later is safe.
var ErrContention = errors.New("database contention")

// ErrNested is returned when a transaction is begun inside another one: it
// could wait for its own caller for ever. Use the Tx at hand.
var ErrNested = errors.New("transaction inside a transaction")

// maxRetries and the delays bound what one call may add to a burst; the longest
// wait is below a second on PostgreSQL, and on SQLite that plus one busy
// timeout per try.
const (
	maxRetries = 10
	firstDelay = 2 * time.Millisecond
	longDelay  = 100 * time.Millisecond
)

// Tx is a running transaction. It belongs to the goroutine that runs the
// function given to [DB.InTx] or [DB.Read] and ends with it.
type Tx struct{ tx *sql.Tx }

// Exec runs a statement that returns no rows.
func (t *Tx) Exec(ctx context.Context, query string, args ...any) (sql.Result, error) {
	return t.tx.ExecContext(ctx, query, args...)
}

// Query runs a statement that returns rows; the caller closes them before the
// next statement.
func (t *Tx) Query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	return t.tx.QueryContext(ctx, query, args...)
}

// QueryRow runs a statement that returns at most one row.
func (t *Tx) QueryRow(ctx context.Context, query string, args ...any) *sql.Row {
	return t.tx.QueryRowContext(ctx, query, args...)
}

// InTx runs work in a read-write transaction and commits it; an error or a
// panic of work rolls back. Only when the database itself gives up a
// transaction for others (40001, 40P01, SQLITE_BUSY), and so certainly wrote
// nothing, is work run again, so it must have no effects outside tx.
//
// Errors: what work returned, unchanged; [ErrContention] when retries ran out;
// [ErrNested]. A connection lost during commit leaves it open whether the
// transaction happened: call again with the same idempotency keys.
func (db *DB) InTx(ctx context.Context, work func(ctx context.Context, tx *Tx) error) error {
	db.counts.transactions.Add(1)
	return db.run(ctx, db.writer, writeOptions[db.dialect], work)
}

// Read runs work on one consistent snapshot, read-only. Errors as [DB.InTx].
func (db *DB) Read(ctx context.Context, work func(ctx context.Context, tx *Tx) error) error {
	db.counts.reads.Add(1)
	return db.run(ctx, db.reader, readOptions[db.dialect], work)
}

type runningKey struct{ db *DB }

func (db *DB) run(ctx context.Context, pool *sql.DB, opts *sql.TxOptions, work func(context.Context, *Tx) error) error {
	if ctx.Value(runningKey{db}) != nil {
		return ErrNested
	}
	ctx = context.WithValue(ctx, runningKey{db}, true)
	pause := retry.WithFullJitter(retry.WithCappedDuration(longDelay, retry.NewExponential(firstDelay)))
	err := retry.Do(ctx, retry.WithMaxRetries(maxRetries, pause), func(ctx context.Context) error {
		err := once(ctx, pool, opts, work)
		if counter := db.contention(err); counter != nil {
			counter.Add(1)
			return retry.RetryableError(err)
		}
		return err
	})
	if db.contention(err) != nil {
		db.counts.gaveUp.Add(1)
		return fmt.Errorf("%w after %d tries: %w", ErrContention, maxRetries+1, err)
	}
	return err
}

func once(ctx context.Context, pool *sql.DB, opts *sql.TxOptions, work func(context.Context, *Tx) error) error {
	tx, err := pool.BeginTx(ctx, opts)
	if err != nil {
		return fmt.Errorf("begin transaction: %w", err)
	}
	defer tx.Rollback() //nolint:errcheck // after a commit it does nothing; after an error that error matters
	if err := work(ctx, &Tx{tx}); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit transaction: %w", err)
	}
	return nil
}

// contention gives the counter of the way in which err says that the database
// rolled the transaction back for others, or nil if it does not say so.
func (db *DB) contention(err error) counter {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		switch pg.Code {
		case "40001":
			return &db.counts.serialization
		case "40P01":
			return &db.counts.deadlock
		}
		return nil
	}
	var lite *sqlite.Error
	if errors.As(err, &lite) && lite.Code()&0xff == sqlite3.SQLITE_BUSY {
		return &db.counts.busy
	}
	return nil
}

type counter interface{ Add(uint64) uint64 }
