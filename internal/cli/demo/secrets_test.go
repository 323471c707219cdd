package demo

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"soukin/internal/database"
	"soukin/internal/database/databasetest"
)

const aCode, aCustomer = "AQ1X-2Y34Z5-AAAA", "511000111"

func seen() *secrets {
	s := newSecrets()
	s.code(aCode)
	s.numbers([]string{"9101", aCustomer, "406639"})
	return s
}

func TestSecretsAreFoundInEveryFormAndNowhereElse(t *testing.T) {
	tests := []struct {
		name, text string
		found      int
	}{
		{"a code", "code=" + aCode + "&x", 1},
		{"a code without hyphens", "AQ1X2Y34Z5AAAA", 1},
		{"in hexadecimal", hex.EncodeToString([]byte("  " + aCode)), 1},
		{"in base64", base64.StdEncoding.EncodeToString([]byte(`{"claimCode":"` + aCode + `"}`)), 1},
		{"in base64 one byte on", base64.StdEncoding.EncodeToString([]byte(`{"claimCodes":"` + aCode + `"}`)), 1},
		{"in base64 two bytes on", base64.URLEncoding.EncodeToString([]byte(`{"claimCodeIs":"` + aCode + `"}`)), 1},
		{"numbers", `{"customer":"` + aCustomer + `"}`, 1},
		{"numbers at both ends", aCustomer, 1},
		{"both", aCode + " " + aCustomer, 2},
		{"a fraction of a second", "2026-11-21T23:28:34." + aCustomer + "Z", 0},
		{"a part of a longer number", "1" + aCustomer, 0},
		{"another code", "AQ1X-2Y34Z5-AAAB", 0},
		{"nothing", "", 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			home := t.TempDir()
			require.NoError(t, os.WriteFile(filepath.Join(home, "file"), []byte(tt.text), 0o600))
			got, err := seen().search(home)
			require.NoError(t, err)
			assert.Len(t, got.Found, tt.found)
			assert.Equal(t, 1, got.Files)
			assert.Equal(t, int64(len(tt.text)), got.Bytes)
			assert.Equal(t, []int{1, 1}, []int{got.Codes, got.Numbers})
		})
	}
}

func TestOnlyTheSandboxsBooksAreSpared(t *testing.T) {
	home := t.TempDir()
	for _, name := range []string{"sandbox.db", "sandbox.db-wal", "mailbox.db", "logs.txt"} {
		require.NoError(t, os.WriteFile(filepath.Join(home, name), []byte(aCustomer), 0o600))
	}
	got, err := seen().search(home, filepath.Join(home, "sandbox.db"))
	require.NoError(t, err)
	assert.Equal(t, []string{filepath.Join(home, "logs.txt"), filepath.Join(home, "mailbox.db")}, got.Found)
}

func TestADatabaseElsewhereIsSearchedToo(t *testing.T) {
	db, err := database.Open(t.Context(), databasetest.PostgresDSN(t))
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, db.Close()) })
	require.NoError(t, db.InTx(t.Context(), func(ctx context.Context, tx *database.Tx) error {
		_, err := tx.Exec(ctx, `CREATE TABLE "odd name" (id int, note text, sealed bytea)`)
		if err == nil {
			_, err = tx.Exec(ctx, `INSERT INTO "odd name" VALUES (1, $1, NULL), (2, 'nothing', $2), (3, '511000112', NULL)`, "to "+aCustomer+",", []byte(aCode))
		}
		return err
	}))
	var out Searched
	require.NoError(t, seen().searchTables(t.Context(), db, &out))
	assert.Equal(t, []string{"odd name", "odd name"}, out.Found)
}

// A secret is found once wherever the blocks of a large file end.
func TestSecretsAreFoundAcrossBlocks(t *testing.T) {
	home := t.TempDir()
	path := filepath.Join(home, "file")
	n := seen().needles()
	n.block = 1 << 10
	filler := bytes.Repeat([]byte{'-'}, 3*n.block)
	rapid.Check(t, func(rt *rapid.T) {
		at := rapid.IntRange(n.block-100, n.block+200).Draw(rt, "at")
		secret := rapid.SampledFrom([]string{aCode, aCustomer, strings.ToUpper(hex.EncodeToString([]byte(aCode)))}).Draw(rt, "secret")
		data := bytes.Clone(filler)
		copy(data[at:], secret)
		require.NoError(rt, os.WriteFile(path, data, 0o600))
		found, size, err := readFiles{}.search(n, path)
		require.NoError(rt, err)
		assert.Equal(rt, 1, found)
		assert.Equal(rt, int64(len(data)), size)
	})
}
