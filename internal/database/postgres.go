package database

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// postgresConnections is per process. Writers of one merchant wait for each
// other inside PostgreSQL, so more connections buy nothing but let several
// processes exhaust the server's default limit of 100.
const postgresConnections = 16

func openPostgres(ctx context.Context, dsn string) (*DB, error) {
	conf, err := pgx.ParseConfig(dsn)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDSN, err)
	}
	setDefault(conf.RuntimeParams, "application_name", "soukin")
	// A process that is stopped or cut off while it holds a merchant's book
	// must not keep that merchant waiting for as long as TCP takes to notice.
	setDefault(conf.RuntimeParams, "idle_in_transaction_session_timeout", "60s")

	pool := stdlib.OpenDB(*conf)
	pool.SetMaxOpenConns(postgresConnections)
	pool.SetMaxIdleConns(postgresConnections)
	pool.SetConnMaxIdleTime(5 * time.Minute)
	if err := pool.PingContext(ctx); err != nil {
		_ = pool.Close()
		return nil, fmt.Errorf("connect to PostgreSQL: %w", err)
	}
	return &DB{dialect: PostgreSQL, writer: pool, reader: pool}, nil
}

func setDefault(params map[string]string, name, value string) {
	if _, given := params[name]; !given {
		params[name] = value
	}
}

var (
	writeOptions = map[Dialect]*sql.TxOptions{
		SQLite:     nil, // BEGIN IMMEDIATE, from the connection's _txlock
		PostgreSQL: {Isolation: sql.LevelReadCommitted},
	}
	readOptions = map[Dialect]*sql.TxOptions{
		SQLite:     {ReadOnly: true}, // WAL: a snapshot from the first read on
		PostgreSQL: {Isolation: sql.LevelRepeatableRead, ReadOnly: true},
	}
)
