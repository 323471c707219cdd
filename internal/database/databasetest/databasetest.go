package databasetest

import (
	"context"
	"crypto/rand"
	"database/sql"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // registers the "pgx" driver
	"github.com/stretchr/testify/require"

	"soukin/internal/database"
)

// PostgresVariable names the environment variable that holds the DSN of a
// PostgreSQL server for tests, as a URI, with the right to create schemas.
const PostgresVariable = "SOUKIN_TEST_POSTGRES"

// Each runs test once on a fresh SQLite file and, when PostgresVariable is set,
// once on a fresh PostgreSQL schema. Every call of open opens the same
// database anew, as another process would; it is closed when the test ends.
func Each(t *testing.T, test func(t *testing.T, open func() *database.DB)) {
	t.Run("sqlite", func(t *testing.T) { test(t, SQLite(t)) })
	t.Run("postgres", func(t *testing.T) { test(t, Postgres(t)) })
}

// SQLite gives the opener of a database in a folder of its own.
func SQLite(tb testing.TB) (open func() *database.DB) {
	tb.Helper()
	return opener(tb, "sqlite:"+filepath.Join(tb.TempDir(), "soukin.db"))
}

// Postgres gives the opener of a schema of its own, dropped when the test
// ends. It skips the test when PostgresVariable is not set.
func Postgres(tb testing.TB) (open func() *database.DB) {
	tb.Helper()
	return opener(tb, PostgresDSN(tb))
}

// PostgresDSN gives the DSN of a schema of its own, for tests that start whole
// processes on it. It is dropped when the test ends. It skips the test when
// PostgresVariable is not set.
func PostgresDSN(tb testing.TB) string {
	tb.Helper()
	dsn := os.Getenv(PostgresVariable)
	if dsn == "" {
		tb.Skipf("set %s to the DSN of a PostgreSQL server to run this test on it as well", PostgresVariable)
	}
	return withSchema(tb, dsn)
}

func opener(tb testing.TB, dsn string) func() *database.DB {
	return func() *database.DB {
		tb.Helper()
		db, err := database.Open(context.Background(), dsn)
		require.NoError(tb, err)
		tb.Cleanup(func() { require.NoError(tb, db.Close()) })
		return db
	}
}

func withSchema(tb testing.TB, dsn string) string {
	tb.Helper()
	u, err := url.Parse(dsn)
	require.NoError(tb, err, "%s must be a URI", PostgresVariable)
	admin, err := sql.Open("pgx", dsn)
	require.NoError(tb, err)
	schema := "test_" + strings.ToLower(rand.Text())
	_, err = admin.Exec("CREATE SCHEMA " + schema)
	require.NoError(tb, err)
	tb.Cleanup(func() {
		_, err := admin.Exec("DROP SCHEMA " + schema + " CASCADE")
		require.NoError(tb, err)
		require.NoError(tb, admin.Close())
	})
	query := u.Query()
	query.Set("search_path", schema)
	u.RawQuery = strings.ReplaceAll(query.Encode(), "+", "%20") // PostgreSQL takes + literally
	return u.String()
}
