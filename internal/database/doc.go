// Package database opens the one relational database that the ledger, the
// record and the vault share. Each of those packages owns its tables and its
// migrations; this package owns connections, transactions and retries.
//
// Two engines are supported and one SQL text serves both: SQLite (embedded,
// the default) and PostgreSQL. Write $1 placeholders, BIGINT and TEXT columns,
// ON CONFLICT and RETURNING; no AUTOINCREMENT, no timestamps (store UTC
// microseconds), no engine-specific functions.
//
// # Transactions
//
// [DB.InTx] is the only way to write. On SQLite writers queue for one
// connection and start with BEGIN IMMEDIATE. On PostgreSQL a transaction is
// READ COMMITTED: whoever decides on the value of a row must first lock that
// row (UPDATE … RETURNING, or INSERT … ON CONFLICT DO UPDATE … RETURNING, which
// both engines know). docs/decisions/0003-ledger-locking.md says why this was
// preferred to SERIALIZABLE.
//
// Code that posts to the ledger inside a longer transaction does so last: a
// merchant's book is the most contended row, and it stays locked until commit.
package database
