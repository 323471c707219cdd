package vault_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"soukin/internal/database"
	"soukin/internal/vault"
	"soukin/remittance"
)

func TestTheKeyRingIsForItsOwnerOnly(t *testing.T) {
	each(t, func(t *testing.T, f fixture) {
		files, err := filepath.Glob(filepath.Join(f.keys, "*"))
		require.NoError(t, err)
		ring := filepath.Join(f.keys, vault.KeyFile)
		require.Equal(t, []string{ring}, files)
		info, err := os.Stat(ring)
		require.NoError(t, err)
		assert.Equal(t, os.FileMode(0o600), info.Mode().Perm())
		require.NoError(t, os.Chmod(ring, 0o644))
		_, err = vault.Open(t.Context(), f.db, f.keys, tick())
		assert.ErrorIs(t, err, vault.ErrKeys)
		assert.ErrorContains(t, err, "chmod 600")
	})
}

func TestLostOrForeignKeysAreNoticedAtOnce(t *testing.T) {
	each(t, func(t *testing.T, f fixture) {
		ring := filepath.Join(f.keys, vault.KeyFile)
		require.NoError(t, os.Rename(ring, ring+".backup"))
		_, err := vault.Open(t.Context(), f.db, f.keys, tick())
		assert.ErrorIs(t, err, vault.ErrKeys)
		assert.NoFileExists(t, ring, "no new key ring may hide the loss")

		foreign := t.TempDir()
		_, err = vault.Open(t.Context(), fresh(t), foreign, tick())
		require.NoError(t, err)
		_, err = vault.Open(t.Context(), f.db, foreign, tick())
		assert.ErrorIs(t, err, vault.ErrKeys)
		assert.ErrorContains(t, err, "not the key ring this database was filled with")

		require.NoError(t, os.Rename(ring+".backup", ring))
		f.again(t)
	})
}

func TestProcessesThatStartTogetherShareTheKeys(t *testing.T) {
	db := fresh(t)
	keys := filepath.Join(t.TempDir(), "keys")
	var prints sync.Map
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			v, err := vault.Open(t.Context(), db, keys, tick())
			if assert.NoError(t, err) {
				prints.Store(v.Fingerprint([]byte("x")), true)
			}
		})
	}
	wg.Wait()
	n := 0
	prints.Range(func(any, any) bool { n++; return true })
	assert.Equal(t, 1, n)
}

func keyUse(t *testing.T, db *database.DB) map[int64]int {
	t.Helper()
	use := map[int64]int{}
	require.NoError(t, db.Read(t.Context(), func(ctx context.Context, tx *database.Tx) error {
		rows, err := tx.Query(ctx, `SELECT key_id, COUNT(*) FROM vault_items WHERE deleted_at IS NULL GROUP BY key_id`)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var key int64
			var n int
			if err := rows.Scan(&key, &n); err != nil {
				return err
			}
			use[key] = n
		}
		return rows.Err()
	}))
	return use
}

func TestRotation(t *testing.T) {
	each(t, func(t *testing.T, f fixture) {
		const count = 450 // more than two batches
		accounts := map[remittance.AccountID]vault.Account{}
		for i := range count {
			a := vault.NewAccount("0001", "001", "1", fmt.Sprintf("%07d", i), "ﾔﾏﾀﾞ")
			accounts[put(t, f.vault, shop, a, "")] = a
		}
		contact, err := f.vault.PutContact(t.Context(), shop, vault.NewContact("hanako@example.jp", ""))
		require.NoError(t, err)
		sealed, err := f.vault.Seal([]byte("body"), "notice bank/1")
		require.NoError(t, err)
		other := f.again(t) // another process, with the old keys in memory

		rotated, err := f.vault.Rotate()
		require.NoError(t, err)
		late := put(t, f.vault, shop, sato, "")
		got, err := other.Get(t.Context(), shop, late)
		require.NoError(t, err, "the other process finds the new key")
		assert.True(t, got.Equal(sato))
		assert.Equal(t, late, put(t, other, shop, sato, ""), "identity survives rotation")

		interrupted, cancel := context.WithCancel(t.Context())
		cancel()
		_, err = f.vault.Reencrypt(interrupted)
		require.Error(t, err)
		assert.Len(t, keyUse(t, f.db), 2)

		n, err := f.vault.Reencrypt(t.Context())
		require.NoError(t, err)
		assert.Equal(t, count+1, n)
		assert.Equal(t, map[int64]int{int64(rotated): count + 2}, keyUse(t, f.db))
		n, err = other.Reencrypt(t.Context())
		require.NoError(t, err)
		assert.Zero(t, n)

		for id, want := range accounts {
			got, err := other.Get(t.Context(), shop, id)
			require.NoError(t, err)
			require.True(t, got.Equal(want))
		}
		c, err := f.vault.Contact(t.Context(), shop, contact)
		require.NoError(t, err)
		assert.Equal(t, "hanako@example.jp", c.Email())

		resealed, err := f.vault.Reseal(sealed, "notice bank/1")
		require.NoError(t, err)
		assert.NotEqual(t, sealed, resealed)
		same, err := f.vault.Reseal(resealed, "notice bank/1")
		require.NoError(t, err)
		assert.Equal(t, resealed, same)
		plain, err := other.Unseal(resealed, "notice bank/1")
		require.NoError(t, err)
		assert.Equal(t, "body", string(plain))
		_, err = other.Unseal(resealed, "notice bank/2")
		assert.ErrorIs(t, err, vault.ErrSealed)
		_, err = other.Unseal([]byte{1, 2}, "notice bank/1")
		assert.ErrorIs(t, err, vault.ErrSealed)
	})
}

func TestReencryptResumesAfterABatchFailed(t *testing.T) {
	each(t, func(t *testing.T, f fixture) {
		const count = 450
		for i := range count {
			put(t, f.vault, shop, vault.NewAccount("0001", "001", "1", fmt.Sprintf("%07d", i), "ﾔﾏﾀﾞ"), "")
		}
		// The row that sorts last is moved to another merchant, so that it does not open.
		var last string
		set := func(merchant string) {
			require.NoError(t, f.db.InTx(t.Context(), func(ctx context.Context, tx *database.Tx) error {
				_, err := tx.Exec(ctx, `UPDATE vault_items SET merchant = $2 WHERE id = $1`, last, merchant)
				return err
			}))
		}
		require.NoError(t, f.db.Read(t.Context(), func(ctx context.Context, tx *database.Tx) error {
			return tx.QueryRow(ctx, `SELECT MAX(id) FROM vault_items`).Scan(&last)
		}))
		set("thief")
		_, err := f.vault.Rotate()
		require.NoError(t, err)
		done, err := f.vault.Reencrypt(t.Context())
		require.ErrorIs(t, err, vault.ErrSealed)
		assert.Equal(t, 400, done)
		set(string(shop))
		rest, err := f.vault.Reencrypt(t.Context())
		require.NoError(t, err)
		assert.Equal(t, count, done+rest)
	})
}
