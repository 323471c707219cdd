package database

import (
	"database/sql"
)

// Stats counts what happened since [Open], for the metrics endpoint. All
// figures but Writers and Readers only grow.
type Stats struct {
	Dialect      Dialect
	Transactions uint64 // calls of InTx
	Reads        uint64 // calls of Read

	// Transactions that the database rolled back for others and that were run
	// again, by the reason it gave.
	RetriesSerialization uint64 // SQLSTATE 40001
	RetriesDeadlock      uint64 // SQLSTATE 40P01
	RetriesBusy          uint64 // SQLITE_BUSY
	GaveUp               uint64 // calls that ended in ErrContention

	Writers sql.DBStats // the pool that writes
	Readers sql.DBStats // the pool that reads; the same one on PostgreSQL
}

// Retries is the sum of the three reasons.
func (s Stats) Retries() uint64 {
	return s.RetriesSerialization + s.RetriesDeadlock + s.RetriesBusy
}

// Stats takes a snapshot of the counters.
func (db *DB) Stats() Stats {
	return Stats{
		Dialect:              db.dialect,
		Transactions:         db.counts.transactions.Load(),
		Reads:                db.counts.reads.Load(),
		RetriesSerialization: db.counts.serialization.Load(),
		RetriesDeadlock:      db.counts.deadlock.Load(),
		RetriesBusy:          db.counts.busy.Load(),
		GaveUp:               db.counts.gaveUp.Load(),
		Writers:              db.writer.Stats(),
		Readers:              db.reader.Stats(),
	}
}
