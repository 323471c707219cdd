package vault_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"soukin/internal/database"
	"soukin/internal/database/databasetest"
	"soukin/internal/vault"
	"soukin/remittance"
)

const shop remittance.MerchantID = "shop"

var (
	yamada = vault.NewAccount("0001", "001", "1", "7654321", "ﾔﾏﾀﾞ ﾊﾅｺ")
	sato   = vault.NewAccount("9900", "238", "1", "1234567", "ｻﾄｳ ﾀﾛｳ")
)

// tick gives every row a later time, so that orders are certain.
func tick() func() time.Time {
	var mu sync.Mutex
	now := time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)
	return func() time.Time {
		mu.Lock()
		defer mu.Unlock()
		now = now.Add(time.Second)
		return now
	}
}

type fixture struct {
	db    *database.DB
	keys  string
	vault *vault.Vault
}

// again opens the same vault as another process would.
func (f fixture) again(t *testing.T) *vault.Vault {
	t.Helper()
	v, err := vault.Open(t.Context(), f.db, f.keys, tick())
	require.NoError(t, err)
	return v
}

func each(t *testing.T, test func(t *testing.T, f fixture)) {
	databasetest.Each(t, func(t *testing.T, open func() *database.DB) {
		db := open()
		require.NoError(t, vault.Migrate(t.Context(), db))
		f := fixture{db: db, keys: filepath.Join(t.TempDir(), "keys")}
		f.vault = f.again(t)
		test(t, f)
	})
}

func put(t *testing.T, v *vault.Vault, m remittance.MerchantID, a vault.Account, label string) remittance.AccountID {
	t.Helper()
	id, err := v.Put(t.Context(), m, a, label)
	require.NoError(t, err)
	_, err = remittance.ParseAccountID(string(id))
	require.NoError(t, err)
	return id
}

func TestAnAccountComesBackAsItWasPut(t *testing.T) {
	each(t, func(t *testing.T, f fixture) {
		id := put(t, f.vault, shop, yamada, "")
		got, err := f.again(t).Get(t.Context(), shop, id)
		require.NoError(t, err)
		assert.True(t, got.Equal(yamada))
	})
}

func TestTheSameAccountHasTheSameID(t *testing.T) {
	each(t, func(t *testing.T, f fixture) {
		id := put(t, f.vault, shop, yamada, "")
		assert.Equal(t, id, put(t, f.again(t), shop, vault.NewAccount("0001", "001", "1", "7654321", "ﾔﾏﾀﾞ ﾊﾅｺ"), ""))
		others := map[remittance.AccountID]string{
			put(t, f.vault, "other", yamada, ""): "another merchant",
			put(t, f.vault, shop, sato, ""):      "another account",
			put(t, f.vault, shop, vault.NewAccount("0001", "001", "1", "7654321", "ﾔﾏﾀﾞ ﾊﾅ"), ""):  "another name",
			put(t, f.vault, shop, vault.NewAccount("0001", "001", "2", "7654321", "ﾔﾏﾀﾞ ﾊﾅｺ"), ""): "another type",
		}
		assert.Len(t, others, 4)
		assert.NotContains(t, others, id)
	})
}

func TestSixteenAtOnceGetOneID(t *testing.T) {
	each(t, func(t *testing.T, f fixture) {
		var ids sync.Map
		var wg sync.WaitGroup
		for range 16 {
			wg.Go(func() {
				id, err := f.vault.Put(t.Context(), shop, yamada, "")
				assert.NoError(t, err)
				ids.Store(id, true)
			})
		}
		wg.Wait()
		n := 0
		ids.Range(func(any, any) bool { n++; return true })
		assert.Equal(t, 1, n)
	})
}

// TestPutWhileOthersDelete: an account that is deleted just as it is given again
// gets a new id, and never an error.
func TestPutWhileOthersDelete(t *testing.T) {
	each(t, func(t *testing.T, f fixture) {
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				for range 15 {
					id, err := f.vault.Put(t.Context(), shop, yamada, "")
					if !assert.NoError(t, err) {
						return
					}
					if err := f.vault.Delete(t.Context(), shop, id); err != nil {
						assert.ErrorIs(t, err, vault.ErrDeleted, "somebody else was faster")
					}
				}
			})
		}
		wg.Wait()
		list, err := f.vault.List(t.Context(), shop, 10, "")
		require.NoError(t, err)
		assert.Empty(t, list)
	})
}

func TestALabelIsReplacedOnlyByAnother(t *testing.T) {
	each(t, func(t *testing.T, f fixture) {
		id := put(t, f.vault, shop, yamada, "")
		for _, tc := range []struct{ give, want string }{{"旧", "旧"}, {"", "旧"}, {"新", "新"}} {
			require.Equal(t, id, put(t, f.vault, shop, yamada, tc.give))
			got, err := f.vault.Show(t.Context(), shop, id)
			require.NoError(t, err)
			assert.Equal(t, tc.want, got.Label)
		}
	})
}

func TestOnlyTheOwnerReadsAnAccount(t *testing.T) {
	each(t, func(t *testing.T, f fixture) {
		id := put(t, f.vault, shop, yamada, "")
		_, err := f.vault.Get(t.Context(), "other", id)
		assert.ErrorIs(t, err, vault.ErrNotFound)
		assert.ErrorIs(t, f.vault.Delete(t.Context(), "other", id), vault.ErrNotFound)
		_, err = f.vault.Contact(t.Context(), shop, remittance.ContactID(id))
		assert.ErrorIs(t, err, vault.ErrNotFound, "an account is not a contact")
	})
}

func TestADeletedIDIsGoneForEver(t *testing.T) {
	each(t, func(t *testing.T, f fixture) {
		id := put(t, f.vault, shop, yamada, "x")
		require.NoError(t, f.vault.Delete(t.Context(), shop, id))
		_, err := f.vault.Get(t.Context(), shop, id)
		assert.ErrorIs(t, err, vault.ErrDeleted)
		assert.ErrorIs(t, err, vault.ErrNotFound)
		assert.ErrorIs(t, f.vault.Delete(t.Context(), shop, id), vault.ErrDeleted)
		list, err := f.vault.List(t.Context(), shop, 10, "")
		require.NoError(t, err)
		assert.Empty(t, list)

		assert.NotEqual(t, id, put(t, f.vault, shop, yamada, ""), "the same account later has another id")
		err = f.db.InTx(t.Context(), func(ctx context.Context, tx *database.Tx) error {
			var left int
			require.NoError(t, tx.QueryRow(ctx, `SELECT COUNT(*) FROM vault_items WHERE id = $1 AND sealed IS NULL AND fingerprint IS NULL AND key_id IS NULL`, string(id)).Scan(&left))
			assert.Equal(t, 1, left, "nothing of the content is left, and the id is")
			_, err := tx.Exec(ctx, `INSERT INTO vault_items (id, kind, merchant, created_at, deleted_at) VALUES ($1, 'account', 'shop', 1, 1)`, string(id))
			return err
		})
		assert.Error(t, err, "the id stays taken")
	})
}

func TestIncompleteItemsAreRefused(t *testing.T) {
	each(t, func(t *testing.T, f fixture) {
		for _, a := range []vault.Account{{}, vault.NewAccount("", "001", "1", "1", "ｱ"), vault.NewAccount("0001", "", "1", "1", "ｱ"),
			vault.NewAccount("0001", "001", "", "1", "ｱ"), vault.NewAccount("0001", "001", "1", "", "ｱ"), vault.NewAccount("0001", "001", "1", "1", "")} {
			_, err := f.vault.Put(t.Context(), shop, a, "")
			assert.ErrorIs(t, err, vault.ErrIncomplete)
		}
		_, err := f.vault.PutContact(t.Context(), shop, vault.NewContact("", ""))
		assert.ErrorIs(t, err, vault.ErrIncomplete)
	})
}

func TestListIsMaskedInOrderAndPaged(t *testing.T) {
	each(t, func(t *testing.T, f fixture) {
		first, second := put(t, f.vault, shop, yamada, "花子"), put(t, f.vault, shop, sato, "")
		put(t, f.vault, "other", sato, "")
		_, err := f.vault.PutContact(t.Context(), shop, vault.NewContact("hanako@example.jp", ""))
		require.NoError(t, err)
		page, err := f.vault.List(t.Context(), shop, 1, "")
		require.NoError(t, err)
		require.Len(t, page, 1)
		assert.Equal(t, vault.AccountEntry{ID: first, Bank: "0001", Branch: "001", Type: "1", Number: "*****21", Name: "ﾔ***",
			Label: "花子", CreatedAt: page[0].CreatedAt}, page[0])
		page, err = f.vault.List(t.Context(), shop, 10, first)
		require.NoError(t, err)
		require.Len(t, page, 1)
		assert.Equal(t, second, page[0].ID)
	})
}

func TestContacts(t *testing.T) {
	each(t, func(t *testing.T, f fixture) {
		c := vault.NewContact("hanako@example.jp", "+819012345678")
		id, err := f.vault.PutContact(t.Context(), shop, c)
		require.NoError(t, err)
		assert.Regexp(t, regexp.MustCompile(`^ctc_[0-9A-Z]{26}$`), string(id))
		again, err := f.vault.PutContact(t.Context(), shop, vault.NewContact("hanako@example.jp", "+819012345678"))
		require.NoError(t, err)
		assert.Equal(t, id, again)
		got, err := f.again(t).Contact(t.Context(), shop, id)
		require.NoError(t, err)
		assert.Equal(t, [2]string{"hanako@example.jp", "+819012345678"}, [2]string{got.Email(), got.Phone()})
		require.NoError(t, f.vault.DeleteContact(t.Context(), shop, id))
		_, err = f.vault.Contact(t.Context(), shop, id)
		assert.ErrorIs(t, err, vault.ErrDeleted)
	})
}

func TestSealedContentIsBoundToItsPlace(t *testing.T) {
	each(t, func(t *testing.T, f fixture) {
		mine, theirs := put(t, f.vault, shop, yamada, ""), put(t, f.vault, "other", sato, "")
		require.NoError(t, f.db.InTx(t.Context(), func(ctx context.Context, tx *database.Tx) error {
			_, err := tx.Exec(ctx, `UPDATE vault_items SET sealed = (SELECT sealed FROM vault_items WHERE id = $1) WHERE id = $2`, string(theirs), string(mine))
			return err
		}))
		_, err := f.vault.Get(t.Context(), shop, mine)
		assert.ErrorIs(t, err, vault.ErrSealed)
	})
}

func TestFingerprints(t *testing.T) {
	each(t, func(t *testing.T, f fixture) {
		one := f.vault.Fingerprint([]byte("body"))
		assert.Regexp(t, `^[0-9a-f]{64}$`, one)
		assert.Equal(t, one, f.again(t).Fingerprint([]byte("body")))
		assert.NotEqual(t, one, f.vault.Fingerprint([]byte("bodz")))
		_, err := f.vault.Rotate()
		require.NoError(t, err)
		assert.Equal(t, one, f.again(t).Fingerprint([]byte("body")), "rotation does not touch fingerprints")

		stranger, err := vault.Open(t.Context(), fresh(t), t.TempDir(), tick())
		require.NoError(t, err)
		assert.NotEqual(t, one, stranger.Fingerprint([]byte("body")))
	})
}

func fresh(t *testing.T) *database.DB {
	t.Helper()
	db := databasetest.SQLite(t)()
	require.NoError(t, vault.Migrate(t.Context(), db))
	return db
}

// secrets is everything that may be seen nowhere outside the vault.
var secrets = []string{"7654321", "ﾔﾏﾀﾞ", "ﾊﾅｺ", "花子さん", "hanako@example.jp", "hanako", "+819012345678"}

func assertNoSecrets(t *testing.T, where, text string) {
	t.Helper()
	for _, s := range secrets {
		assert.NotContains(t, text, s, where)
	}
}

func TestNothingIsInPlainTextOnDisk(t *testing.T) {
	dir := t.TempDir()
	db, err := database.Open(t.Context(), "sqlite:"+filepath.Join(dir, "soukin.db"))
	require.NoError(t, err)
	require.NoError(t, vault.Migrate(t.Context(), db))
	v, err := vault.Open(t.Context(), db, filepath.Join(dir, "keys"), tick())
	require.NoError(t, err)
	kept := put(t, v, shop, yamada, "花子さん")
	deleted := put(t, v, shop, vault.NewAccount("0005", "002", "1", "7654321", "ﾔﾏﾀﾞ ﾊﾅｺ"), "花子さん")
	require.NoError(t, v.Delete(t.Context(), shop, deleted))
	_, err = v.PutContact(t.Context(), shop, vault.NewContact("hanako@example.jp", "+819012345678"))
	require.NoError(t, err)
	sealed, err := v.Seal([]byte("notice for hanako@example.jp"), "notice bank/1")
	require.NoError(t, err)
	assertNoSecrets(t, "sealed", string(sealed))

	searched := func() (seen int) {
		require.NoError(t, filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			content, err := os.ReadFile(path)
			assertNoSecrets(t, path, string(content))
			if bytes.Contains(content, []byte(kept)) {
				seen++
			}
			return err
		}))
		return seen
	}
	assert.Positive(t, searched(), "the search must have read the rows, here in the write-ahead log")
	require.NoError(t, db.Close())
	assert.Positive(t, searched(), "and here in the database file")
}

func TestWhateverPrintsThemShowsThemMasked(t *testing.T) {
	contact := vault.NewContact("hanako@example.jp", "+819012345678")
	type order struct {
		To      vault.Account
		contact vault.Contact
		account vault.Account
		all     []any
	}
	inside := order{yamada, contact, yamada, []any{yamada, &contact}}
	entry := vault.AccountEntry{ID: "acc_1", Label: "花子さん"}
	var log bytes.Buffer
	for _, handler := range []slog.Handler{slog.NewJSONHandler(&log, nil), slog.NewTextHandler(&log, nil)} {
		slog.New(handler).Info("m", "account", yamada, "contact", contact, "inside", inside, "pointer", &yamada, "entry", entry)
	}
	assertNoSecrets(t, "slog", log.String())
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x", "%X"} {
		for _, value := range []any{yamada, &yamada, contact, inside, &inside, entry, fmt.Errorf("wrapped: %v", yamada)} {
			text := fmt.Sprintf(verb, value)
			assertNoSecrets(t, verb, text)
			for _, s := range secrets {
				assert.NotContains(t, strings.ToLower(text), fmt.Sprintf("%x", s), verb)
			}
		}
	}
	encoded, err := json.Marshal(map[string]any{"a": yamada, "c": contact, "o": inside})
	require.NoError(t, err)
	assertNoSecrets(t, "json", string(encoded))

	assert.Equal(t, "0001-001 1 *****21 ﾔ***", yamada.String())
	assert.Equal(t, "h***@example.jp ***********78", contact.String())
	assert.Equal(t, "**", vault.NewAccount("1", "1", "1", "12", "").String()[6:8], "a short number shows nothing")
	assert.NotPanics(t, func() { _ = fmt.Sprint(vault.Account{}, vault.Contact{}) })
}
