package ledger

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"slices"
	"time"

	"soukin/internal/database"
	"soukin/remittance"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrate brings the ledger's tables up to date.
func Migrate(ctx context.Context, db *database.DB) error {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	return db.Migrate(ctx, "ledger", files)
}

// Ledger is the books of all merchants in one database. It is safe for use by
// many goroutines and many processes.
type Ledger struct {
	db  *database.DB
	now func() time.Time
}

// New opens the books of a database that has been migrated. now is the clock
// that entries are dated by.
func New(db *database.DB, now func() time.Time) *Ledger { return &Ledger{db, now} }

// MaxEntries is the most that one [Ledger.Post] takes: a book should not stay
// locked for long.
const MaxEntries = 100

// Post writes entries in the caller's transaction, in the order given, all or
// none. An entry that is already in the book, with the same content, is passed
// over: posting again is always safe.
//
// Errors: [ErrInsufficient], [ErrConflict] and [ErrNotAllowed] leave tx usable,
// with nothing of this call written; [ErrEntry] for an entry that no
// constructor made or more than [MaxEntries]. Any other error is the
// database's and must end the transaction.
//
// Each merchant's book stays locked until tx ends: post last.
func (l *Ledger) Post(ctx context.Context, tx *database.Tx, entries ...Entry) error {
	if len(entries) > MaxEntries {
		return fmt.Errorf("%w: %d in one call, at most %d", ErrEntry, len(entries), MaxEntries)
	}
	byBook := make(map[remittance.MerchantID][]Entry)
	for _, e := range entries {
		if e.content.Key == "" {
			return fmt.Errorf("%w: made by no constructor", ErrEntry)
		}
		byBook[e.content.Book] = append(byBook[e.content.Book], e)
	}
	changed, err := l.decide(ctx, tx, byBook)
	if err != nil {
		return err
	}
	for _, b := range changed {
		if err := b.write(ctx, tx); err != nil {
			return fmt.Errorf("write book of %s: %w", b.merchant, err)
		}
	}
	return nil
}

// decide locks the books in one order everywhere, so that two calls never wait
// for each other, and applies all entries in memory before anything is written.
func (l *Ledger) decide(ctx context.Context, tx *database.Tx, byBook map[remittance.MerchantID][]Entry) ([]*book, error) {
	merchants := make([]remittance.MerchantID, 0, len(byBook))
	for m := range byBook {
		merchants = append(merchants, m)
	}
	slices.Sort(merchants)

	now := l.now()
	books := make([]*book, 0, len(merchants))
	for _, m := range merchants {
		b, err := lockBook(ctx, tx, m, byBook[m])
		if err != nil {
			return nil, fmt.Errorf("read book of %s: %w", m, err)
		}
		for _, e := range byBook[m] {
			if err := b.post(e, now); err != nil {
				return nil, err
			}
		}
		books = append(books, b)
	}
	return books, nil
}
