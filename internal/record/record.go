package record

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"soukin/internal/database"
)

// ErrNotFound is wrapped when a merchant, remittance or notice is not on record.
var ErrNotFound = errors.New("not on record")

//go:embed migrations/*.sql
var migrations embed.FS

// Migrate brings the record's tables up to date.
func Migrate(ctx context.Context, db *database.DB) error {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	return db.Migrate(ctx, "record", files)
}

// Record reads the durable record, and writes what no money depends on:
// merchants and notices.
type Record struct {
	db  *database.DB
	now func() time.Time
}

// New gives the record in a migrated database. now is the clock for the times
// that nobody hands in.
func New(db *database.DB, now func() time.Time) *Record { return &Record{db, now} }

func missing(what string) error { return fmt.Errorf("%s: %w", what, ErrNotFound) }

// Times are stored as UTC microseconds: exact, sortable, the same in both engines.

func micros(t time.Time) int64 { return t.UnixMicro() }

func instant(us int64) time.Time { return time.UnixMicro(us).UTC() }

func optionalMicros(t *time.Time) *int64 {
	if t == nil {
		return nil
	}
	us := micros(*t)
	return &us
}

func optionalInstant(us *int64) *time.Time {
	if us == nil {
		return nil
	}
	t := instant(*us)
	return &t
}
