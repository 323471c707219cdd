package database

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
)

// Dialect names the engine behind a [DB].
type Dialect string

// The engines.
const (
	SQLite     Dialect = "sqlite"
	PostgreSQL Dialect = "postgres"
)

// ErrDSN is wrapped by [Open] when the data source name is not one of the two
// forms. The message never repeats a password.
var ErrDSN = errors.New("database DSN")

// DB is an open database. It is safe for use by many goroutines.
type DB struct {
	dialect Dialect
	writer  *sql.DB
	reader  *sql.DB // the same pool as writer on PostgreSQL
	counts  counters
}

type counters struct {
	transactions, reads                   atomic.Uint64
	serialization, deadlock, busy, gaveUp atomic.Uint64
}

// Open connects to the database that dsn names and checks that it answers:
//
//	sqlite:PATH                           a file, created if missing (its folder must exist)
//	postgres://user:password@host/name    as PostgreSQL's own URIs, postgresql:// too
//
// PostgreSQL is reached directly or through a pooler in session mode: prepared
// statements and the lock of [DB.Migrate] belong to a session.
//
// It creates no tables; see [DB.Migrate]. Errors about the form of dsn wrap
// [ErrDSN].
func Open(ctx context.Context, dsn string) (*DB, error) {
	scheme, rest, _ := strings.Cut(dsn, ":")
	switch scheme {
	case "sqlite":
		return openSQLite(ctx, rest)
	case "postgres", "postgresql":
		return openPostgres(ctx, dsn)
	}
	return nil, fmt.Errorf("%w: scheme %q is not known; write sqlite:PATH or postgres://user@host/name", ErrDSN, scheme)
}

// Dialect tells which engine is behind the database.
func (db *DB) Dialect() Dialect { return db.dialect }

// Ping checks that the database answers, for health endpoints.
func (db *DB) Ping(ctx context.Context) error {
	if err := db.writer.PingContext(ctx); err != nil {
		return fmt.Errorf("ping database: %w", err)
	}
	return nil
}

// Close waits for running transactions and closes all connections.
func (db *DB) Close() error {
	err := db.writer.Close()
	if db.reader != db.writer {
		err = errors.Join(db.reader.Close(), err)
	}
	return err
}
