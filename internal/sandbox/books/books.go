package books

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"sync/atomic"
	"time"

	"soukin/internal/calendar"
	"soukin/internal/database"
	"soukin/remittance"
)

//go:embed migrations/*.sql
var migrations embed.FS

// ErrNotFound is returned where an account or transfer does not exist.
var ErrNotFound = errors.New("not in the books")

// ErrState is wrapped where a transfer's status does not allow what was asked.
var ErrState = errors.New("the transfer's status does not allow it")

// ErrPageKey is wrapped for a page key that no enquiry gave out.
var ErrPageKey = errors.New("page key")

// Books is the bank's books in one SQLite database. It is safe for use by many
// goroutines; whoever writes waits for whoever wrote before.
type Books struct {
	db        *database.DB
	now       func() time.Time
	moved     atomic.Int64 // microseconds
	rules     Rules
	days      Calendar
	directory Directory // may be nil
}

// Bank is what the books are kept by.
type Bank struct {
	Rules     Rules
	Accounts  []Account        // ours; opened if the books do not know them
	Now       func() time.Time // the clock that the sandbox's own, movable one is based on
	Days      Calendar
	Directory Directory // nil: no bank code is unknown
}

// Open brings the tables up to date and opens those accounts that do not exist
// yet. Errors about the rules wrap [ErrRules].
func Open(ctx context.Context, db *database.DB, bank Bank) (*Books, error) {
	if err := bank.Rules.Validate(); err != nil {
		return nil, err
	}
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, err
	}
	if err := db.Migrate(ctx, "books", files); err != nil {
		return nil, err
	}
	b := &Books{db: db, now: bank.Now, rules: bank.Rules, days: bank.Days, directory: bank.Directory}
	if err := b.loadClock(ctx); err != nil {
		return nil, err
	}
	for _, a := range bank.Accounts {
		if err := b.openAccount(ctx, a); err != nil {
			return nil, fmt.Errorf("open account: %w", err)
		}
	}
	return b, nil
}

// Rules is how this bank behaves.
func (b *Books) Rules() Rules { return b.rules }

func (b *Books) openAccount(ctx context.Context, a Account) error {
	return b.write(ctx, func(t *txn) error {
		res, err := t.Exec(t.ctx, `INSERT INTO accounts (account_id, branch_code, branch_name, type_code, number, is_primary, name, name_kana, daily_limit, balance)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0) ON CONFLICT (account_id) DO NOTHING`,
			a.ID, a.BranchCode, a.BranchName, a.TypeCode, a.Number, a.Primary, a.Name, a.NameKana, int64(a.DailyLimit))
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 || a.Opening == 0 {
			return err
		}
		_, err = t.post(posting{account: a.ID, kind: kindOpening, amount: a.Opening, remarks: "新規"})
		return err
	})
}

// txn is one write to the books: a transaction, and the sandbox's time at which
// it happens. Steps that were due are taken at the time they were due.
type txn struct {
	*database.Tx
	ctx context.Context
	b   *Books
	at  time.Time
}

// write runs work after everything that was due has happened.
func (b *Books) write(ctx context.Context, work func(*txn) error) error {
	return b.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		now := b.Now()
		if err := b.takeDueSteps(ctx, tx, now); err != nil {
			return fmt.Errorf("take due steps: %w", err)
		}
		return work(&txn{tx, ctx, b, now})
	})
}

// read runs work on books in which everything that was due has happened.
func (b *Books) read(ctx context.Context, work func(context.Context, *database.Tx) error) error {
	if err := b.CatchUp(ctx); err != nil {
		return err
	}
	return b.db.Read(ctx, work)
}

// next draws the next of a sequence of numbers that survives restarts.
func (t *txn) next(name string) (n int64, err error) {
	err = t.QueryRow(t.ctx, "INSERT INTO numbers (name, last) VALUES ($1, 1) ON CONFLICT (name) DO UPDATE SET last = numbers.last + 1 RETURNING last", name).Scan(&n)
	return n, err
}

// receiptNo is a 16-digit 受付番号: the day and a running number.
func (t *txn) receiptNo() (string, error) {
	n, err := t.next("receipt")
	if err != nil {
		return "", err
	}
	return t.at.In(calendar.JST).Format("20060102") + fmt.Sprintf("%08d", n), nil
}

func us(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

func fromUS(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return time.UnixMicro(n).In(calendar.JST)
}

// Day is the date in Japan, YYYY-MM-DD.
func Day(t time.Time) string { return t.In(calendar.JST).Format(time.DateOnly) }

func yen(n int64) remittance.Yen { return remittance.Yen(n) }

func notFound(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return ErrNotFound
	}
	return err
}
