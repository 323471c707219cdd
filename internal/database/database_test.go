package database_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"soukin/internal/database"
	"soukin/internal/database/databasetest"
)

var tally = fstest.MapFS{
	"00001_tally.sql":         {Data: []byte("-- +goose Up\nCREATE TABLE tally (name TEXT PRIMARY KEY, n BIGINT NOT NULL CHECK (n >= 0));\n")},
	"00002_only.sqlite.sql":   {Data: []byte("-- +goose Up\nINSERT INTO tally VALUES ('sqlite', 0);\n")},
	"00002_only.postgres.sql": {Data: []byte("-- +goose Up\nINSERT INTO tally VALUES ('postgres', 0);\n")},
}

func migrated(t *testing.T, open func() *database.DB) *database.DB {
	t.Helper()
	db := open()
	require.NoError(t, db.Migrate(t.Context(), "tally", tally))
	return db
}

const raise = "INSERT INTO tally (name, n) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET n = tally.n + excluded.n RETURNING n"

func add(ctx context.Context, tx *database.Tx, name string, n int) (sum int, err error) {
	err = tx.QueryRow(ctx, raise, name, n).Scan(&sum)
	return sum, err
}

func read(t *testing.T, db *database.DB, name string) (n int) {
	t.Helper()
	require.NoError(t, db.Read(t.Context(), func(ctx context.Context, tx *database.Tx) error {
		return tx.QueryRow(ctx, "SELECT COALESCE(SUM(n), -1) FROM tally WHERE name = $1", name).Scan(&n)
	}))
	return n
}

func TestOpenSaysWhatIsWrongWithTheDSN(t *testing.T) {
	for name, tt := range map[string]struct{ dsn, want string }{
		"empty":           {"", "write sqlite:PATH or postgres://"},
		"other engine":    {"mysql://root:secret@localhost/x", `scheme "mysql" is not known`},
		"no path":         {"sqlite:", "names no file"},
		"memory":          {"sqlite::memory:", "names no file"},
		"malformed":       {"postgres://u:secret@localhost:port/x", "database DSN"},
		"unknown setting": {"postgres://u:secret@localhost/x?sslmode=perhaps", "sslmode"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := database.Open(t.Context(), tt.dsn)
			require.ErrorIs(t, err, database.ErrDSN)
			assert.ErrorContains(t, err, tt.want)
			assert.NotContains(t, err.Error(), "secret")
		})
	}
}

func TestOpenReportsAMissingFolder(t *testing.T) {
	_, err := database.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "missing", "x.db"))
	require.ErrorIs(t, err, os.ErrNotExist)
}

func TestSQLiteFileIsPrivateAndItsNameIsTakenLiterally(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a b?c%20d#e.db")
	db, err := database.Open(t.Context(), "sqlite:"+path)
	require.NoError(t, err)
	require.NoError(t, db.Migrate(t.Context(), "tally", tally))
	for _, suffix := range []string{"", "-wal", "-shm"} {
		info, err := os.Stat(path + suffix)
		require.NoError(t, err)
		assert.Equal(t, os.FileMode(0o600), info.Mode().Perm(), "mode of the database file%s", suffix)
	}
	require.NoError(t, db.Close())
}

func TestInTxCommitsOrLeavesNothing(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, open func() *database.DB) {
		db := migrated(t, open)
		require.NoError(t, db.Ping(t.Context()))
		refusal := errors.New("refused")

		err := db.InTx(t.Context(), func(ctx context.Context, tx *database.Tx) error {
			_, err := add(ctx, tx, "a", 1)
			require.NoError(t, err)
			return refusal
		})
		require.Equal(t, refusal, err, "the error of the work comes back unchanged")
		assert.Equal(t, -1, read(t, db, "a"), "nothing stays of a refused transaction")

		assert.Panics(t, func() {
			_ = db.InTx(t.Context(), func(ctx context.Context, tx *database.Tx) error {
				_, err := add(ctx, tx, "a", 1)
				require.NoError(t, err)
				panic("bug")
			})
		})
		assert.Equal(t, -1, read(t, db, "a"), "nothing stays of a panicking transaction")

		require.NoError(t, db.InTx(t.Context(), func(ctx context.Context, tx *database.Tx) error {
			_, err := add(ctx, tx, "a", 2)
			return err
		}))
		assert.Equal(t, 2, read(t, open(), "a"), "another process sees what was committed")
	})
}

func TestReadCannotWrite(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, open func() *database.DB) {
		db := migrated(t, open)
		err := db.Read(t.Context(), func(ctx context.Context, tx *database.Tx) error {
			_, err := add(ctx, tx, "a", 1)
			return err
		})
		require.Error(t, err)
		assert.Equal(t, -1, read(t, db, "a"))
	})
}

func TestReadSeesOneSnapshot(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, open func() *database.DB) {
		db, other := migrated(t, open), open()
		sum := func(ctx context.Context, tx *database.Tx) (n int) {
			require.NoError(t, tx.QueryRow(ctx, "SELECT COALESCE(SUM(n), 0) FROM tally").Scan(&n))
			return n
		}
		require.NoError(t, db.Read(t.Context(), func(ctx context.Context, tx *database.Tx) error {
			before := sum(ctx, tx)
			require.NoError(t, other.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
				_, err := add(ctx, tx, "a", 7)
				return err
			}))
			assert.Equal(t, before, sum(ctx, tx), "a commit in between must not show")
			return nil
		}))
		assert.Equal(t, 7, read(t, db, "a"))
	})
}

func TestTransactionInsideATransactionIsRefused(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, open func() *database.DB) {
		db := migrated(t, open)
		nothing := func(context.Context, *database.Tx) error { return nil }
		require.NoError(t, db.InTx(t.Context(), func(ctx context.Context, _ *database.Tx) error {
			assert.ErrorIs(t, db.InTx(ctx, nothing), database.ErrNested)
			assert.ErrorIs(t, db.Read(ctx, nothing), database.ErrNested)
			return nil
		}))
	})
}

func TestConcurrentWritersLoseNoUpdate(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, open func() *database.DB) {
		const writers, each = 16, 10
		dbs := []*database.DB{migrated(t, open), open()}
		var group sync.WaitGroup
		for w := range writers {
			group.Go(func() {
				for range each {
					assert.NoError(t, dbs[w%2].InTx(t.Context(), func(ctx context.Context, tx *database.Tx) error {
						_, err := add(ctx, tx, "a", 1)
						return err
					}))
				}
			})
		}
		group.Wait()
		assert.Equal(t, writers*each, read(t, dbs[0], "a"))
		assert.Equal(t, uint64(writers*each/2), dbs[0].Stats().Transactions)
	})
}

func TestDeadlockIsRetriedAndCounted(t *testing.T) {
	// SQLite has one writer at a time: it cannot deadlock.
	db := migrated(t, databasetest.Postgres(t))
	var bothHoldOne sync.WaitGroup
	bothHoldOne.Add(2)
	crosswise := func(first, second string) error {
		meet := sync.OnceFunc(func() { bothHoldOne.Done(); bothHoldOne.Wait() })
		return db.InTx(t.Context(), func(ctx context.Context, tx *database.Tx) error {
			if _, err := add(ctx, tx, first, 1); err != nil {
				return err
			}
			meet()
			_, err := add(ctx, tx, second, 1)
			return err
		})
	}
	var group sync.WaitGroup
	group.Go(func() { assert.NoError(t, crosswise("a", "b")) })
	group.Go(func() { assert.NoError(t, crosswise("b", "a")) })
	group.Wait()
	assert.Equal(t, 2, read(t, db, "a"))
	assert.Equal(t, 2, read(t, db, "b"))
	assert.Equal(t, uint64(1), db.Stats().RetriesDeadlock)
	assert.Zero(t, db.Stats().GaveUp)
}

func TestRetriesAreBounded(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, open func() *database.DB) {
		db := migrated(t, open)
		tries := 0
		err := db.InTx(t.Context(), func(ctx context.Context, tx *database.Tx) error {
			tries++
			_, err := add(ctx, tx, "a", 1)
			require.NoError(t, err)
			return &pgconn.PgError{Code: "40001", Message: "could not serialize access"}
		})
		require.ErrorIs(t, err, database.ErrContention)
		var cause *pgconn.PgError
		require.ErrorAs(t, err, &cause, "the database's own words stay readable")
		assert.Equal(t, 11, tries)
		assert.Equal(t, uint64(11), db.Stats().RetriesSerialization)
		assert.Equal(t, uint64(1), db.Stats().GaveUp)
		assert.Equal(t, -1, read(t, db, "a"))
	})
}

func TestOtherErrorsAreNotRetried(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, open func() *database.DB) {
		db := migrated(t, open)
		tries := 0
		err := db.InTx(t.Context(), func(ctx context.Context, tx *database.Tx) error {
			tries++
			_, err := add(ctx, tx, "a", -1)
			return err
		})
		require.ErrorContains(t, err, "constraint")
		assert.Equal(t, 1, tries)
		assert.Zero(t, db.Stats().Retries())
	})
}

func TestCancelledWaitEnds(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, open func() *database.DB) {
		db := migrated(t, open)
		require.NoError(t, db.InTx(t.Context(), func(ctx context.Context, tx *database.Tx) error {
			_, err := add(ctx, tx, "a", 1) // holds the row, and on SQLite the writer
			require.NoError(t, err)
			impatient, cancel := context.WithCancel(t.Context())
			done := make(chan error)
			go func() {
				done <- db.InTx(impatient, func(ctx context.Context, tx *database.Tx) error {
					_, err := add(ctx, tx, "a", 1)
					return err
				})
			}()
			cancel()
			require.Error(t, <-done)
			return nil
		}))
		assert.Equal(t, 1, read(t, db, "a"))
	})
}

func TestMigrateByManyProcessesAtOnce(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, open func() *database.DB) {
		var group sync.WaitGroup
		for range 4 {
			db := open()
			group.Go(func() { assert.NoError(t, db.Migrate(t.Context(), "tally", tally)) })
		}
		group.Wait()
		db := open()
		assert.Equal(t, 0, read(t, db, string(db.Dialect())), "the file of this engine ran, once")

		var rows int
		require.NoError(t, db.Read(t.Context(), func(ctx context.Context, tx *database.Tx) error {
			return tx.QueryRow(ctx, "SELECT COUNT(*) FROM tally").Scan(&rows)
		}))
		assert.Equal(t, 1, rows, "the file of the other engine did not run")
	})
}

func TestMigrateGoesOnFromTheReleaseBefore(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, open func() *database.DB) {
		db := migrated(t, open)
		require.NoError(t, db.InTx(t.Context(), func(ctx context.Context, tx *database.Tx) error {
			_, err := add(ctx, tx, "kept", 5)
			return err
		}))
		next := fstest.MapFS{"00003_note.sql": {Data: []byte("-- +goose Up\nALTER TABLE tally ADD COLUMN note TEXT NOT NULL DEFAULT 'none';\n")}}
		for name, file := range tally {
			next[name] = file
		}
		require.NoError(t, db.Migrate(t.Context(), "tally", next))
		assert.Equal(t, 5, read(t, db, "kept"))
		require.NoError(t, db.Migrate(t.Context(), "other", fstest.MapFS{"00001_other.sql": {Data: []byte("-- +goose Up\nCREATE TABLE other (id BIGINT);\n")}}),
			"owners number their files apart")
	})
}

func TestMigrateReportsWhatFails(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, open func() *database.DB) {
		db := open()
		broken := fstest.MapFS{"00001_broken.sql": {Data: []byte("-- +goose Up\nCREATE TABLE half (id BIGINT);\nCREATE TABEL other (id BIGINT);\n")}}
		err := db.Migrate(t.Context(), "broken", broken)
		require.ErrorIs(t, err, database.ErrMigration)
		assert.ErrorContains(t, err, "00001_broken.sql")
		assert.ErrorIs(t, db.Migrate(t.Context(), "Bad; owner", broken), database.ErrMigration)

		err = db.Read(t.Context(), func(ctx context.Context, tx *database.Tx) error {
			var n int
			return tx.QueryRow(ctx, "SELECT COUNT(*) FROM half").Scan(&n)
		})
		require.Error(t, err, "a failed migration leaves nothing behind")
		assert.True(t, strings.Contains(err.Error(), "half"), err)
	})
}
