package database

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"path/filepath"

	_ "modernc.org/sqlite" // registers the "sqlite" driver
)

const sqliteReaders = 4

// sqlitePragmas apply to every connection. synchronous=FULL because an
// instruction must be on disk before the call to the bank that it announces;
// NORMAL in WAL mode may lose the last commits on power loss. recursive_triggers
// because INSERT OR REPLACE would otherwise delete rows past the triggers that
// keep the ledger append-only. The busy timeout is short: InTx retries, and
// counts it.
var sqlitePragmas = []string{
	"busy_timeout(1000)",
	"journal_mode(WAL)",
	"synchronous(FULL)",
	"foreign_keys(ON)",
	"recursive_triggers(ON)",
}

func openSQLite(ctx context.Context, path string) (*DB, error) {
	if path == "" || path == ":memory:" {
		return nil, fmt.Errorf("%w: sqlite:%s names no file; every connection needs to see the same database, write sqlite:PATH", ErrDSN, path)
	}
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDSN, err)
	}
	if err := createPrivate(abs); err != nil {
		return nil, fmt.Errorf("create database file: %w", err)
	}
	db := &DB{dialect: SQLite}
	if db.writer, err = sqlitePool(ctx, abs, 1, "immediate"); err != nil {
		return nil, err
	}
	if db.reader, err = sqlitePool(ctx, abs, sqliteReaders, "deferred", "query_only(ON)"); err != nil {
		_ = db.writer.Close()
		return nil, err
	}
	return db, nil
}

// createPrivate makes the file before SQLite does, so that neither it nor the
// -wal and -shm files, which inherit its mode, can be read by other users.
func createPrivate(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}

func sqlitePool(ctx context.Context, abs string, size int, lock string, more ...string) (*sql.DB, error) {
	params := url.Values{"_txlock": {lock}, "_pragma": append(append([]string{}, sqlitePragmas...), more...)}
	source := url.URL{Scheme: "file", Path: abs, RawQuery: params.Encode()}
	pool, err := sql.Open("sqlite", source.String())
	if err != nil {
		return nil, fmt.Errorf("open database file: %w", err)
	}
	pool.SetMaxOpenConns(size)
	pool.SetMaxIdleConns(size)
	if err := pool.PingContext(ctx); err != nil {
		_ = pool.Close()
		return nil, fmt.Errorf("open database file: %w", err)
	}
	return pool, nil
}
