package demo

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"soukin/internal/database"
)

// stranger is the database that this test binary opens and closes, when it is
// started again as another program.
const stranger = "SOUKIN_TEST_STRANGER_OPENS"

func TestMain(m *testing.M) {
	if path := os.Getenv(stranger); path != "" {
		os.Exit(openAndClose(path))
	}
	os.Exit(m.Run())
}

func openAndClose(path string) int {
	db, err := database.Open(context.Background(), "sqlite:"+path)
	if err != nil || db.Ping(context.Background()) != nil || db.Close() != nil {
		return 1
	}
	return 0
}

// TestSearchingADatabaseKeepsItsLocks: while we are connected, another program
// that opens the database and closes it again must not take its log away.
func TestSearchingADatabaseKeepsItsLocks(t *testing.T) {
	home := t.TempDir()
	path := filepath.Join(home, "soukin.db")
	db, err := database.Open(t.Context(), "sqlite:"+path)
	require.NoError(t, err)
	defer func() { assert.NoError(t, db.Close()) }()
	write := func(statement string) {
		require.NoError(t, db.InTx(t.Context(), func(ctx context.Context, tx *database.Tx) error {
			_, err := tx.Exec(ctx, statement)
			return err
		}))
	}
	write(`CREATE TABLE kept (n INTEGER NOT NULL)`)
	s := seen()
	for range 2 {
		searched, err := s.search(home)
		require.NoError(t, err)
		require.NotZero(t, searched.Files)
		cmd := exec.CommandContext(t.Context(), os.Args[0])
		cmd.Env = append(os.Environ(), stranger+"="+path)
		require.NoError(t, cmd.Run())
		require.FileExists(t, path+"-wal")
		write(`INSERT INTO kept (n) VALUES (1)`)
	}
	require.NoError(t, s.read.Close())
}
