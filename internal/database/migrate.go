package database

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"strings"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
	"github.com/sethvargo/go-retry"
)

// ErrMigration is wrapped by every error of [DB.Migrate].
var ErrMigration = errors.New("migration")

var ownerForm = regexp.MustCompile(`^[a-z]{1,20}$`)

// Migrate brings the tables of one owner ("ledger", "record", "vault") up to
// date. files holds NNNNN_name.sql in the form of goose ("-- +goose Up"); a
// name that ends in .sqlite.sql or .postgres.sql is for that engine only, every
// other one is for both. Each owner has its own version table,
// <owner>_schema_version, and its own numbering.
//
// Several processes may start at once: on PostgreSQL they wait for an advisory
// lock, on SQLite each migration is one write transaction and who comes second
// finds it done. There are no down migrations: a ledger is never dropped.
func (db *DB) Migrate(ctx context.Context, owner string, files fs.FS) error {
	if !ownerForm.MatchString(owner) {
		return fmt.Errorf("%w: owner %q must be 1-20 of a-z", ErrMigration, owner)
	}
	migrate := db.up
	if db.dialect == SQLite {
		migrate = db.upAgainstOthers
	}
	if err := migrate(ctx, owner, files); err != nil {
		return fmt.Errorf("%w of %s: %w", ErrMigration, owner, err)
	}
	return nil
}

func (db *DB) up(ctx context.Context, owner string, files fs.FS) error {
	provider, err := db.provider(owner, files)
	if err != nil {
		return err
	}
	_, err = provider.Up(ctx)
	var partial *goose.PartialError
	if errors.As(err, &partial) {
		return fmt.Errorf("%s: %w", partial.Failed.Source.Path, partial.Err)
	}
	return err
}

// upAgainstOthers is for SQLite, which has no lock that outlives a transaction:
// a process that loses the race for a migration fails on it ("table already
// exists"), rolls back, and looks again. A migration that is wrong in itself
// fails each time and is reported.
func (db *DB) upAgainstOthers(ctx context.Context, owner string, files fs.FS) error {
	pause := retry.WithMaxRetries(maxRetries, retry.WithFullJitter(retry.NewConstant(longDelay)))
	return retry.Do(ctx, pause, func(ctx context.Context) error {
		return retry.RetryableError(db.up(ctx, owner, files))
	})
}

func (db *DB) provider(owner string, files fs.FS) (*goose.Provider, error) {
	others, err := filesOfOtherEngines(files, db.dialect)
	if err != nil {
		return nil, err
	}
	options := []goose.ProviderOption{
		goose.WithTableName(owner + "_schema_version"),
		goose.WithExcludeNames(others),
		goose.WithDisableGlobalRegistry(true),
	}
	if db.dialect == SQLite {
		return goose.NewProvider(goose.DialectSQLite3, db.writer, files, options...)
	}
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 120))
	if err != nil {
		return nil, err
	}
	return goose.NewProvider(goose.DialectPostgres, db.writer, files, append(options, goose.WithSessionLocker(locker))...)
}

func filesOfOtherEngines(files fs.FS, mine Dialect) ([]string, error) {
	names, err := fs.Glob(files, "*.*.sql")
	if err != nil {
		return nil, err
	}
	var others []string
	for _, name := range names {
		if !strings.HasSuffix(name, "."+string(mine)+".sql") {
			others = append(others, name)
		}
	}
	return others, nil
}
