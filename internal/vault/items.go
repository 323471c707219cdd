package vault

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"soukin/internal/database"
	"soukin/remittance"
)

// ErrNotFound is wrapped when a merchant has no such item; ErrDeleted, which
// wraps it too, when it had one.
var (
	ErrNotFound = errors.New("not in the vault")
	ErrDeleted  = fmt.Errorf("deleted: %w", ErrNotFound)
)

// kind is what an item is. It is part of what the sealed content is bound to.
type kind string

const (
	kindAccount kind = "account"
	kindContact kind = "contact"
	kindWallet  kind = "wallet"
	kindNumbers kind = "numbers"
)

var prefixes = map[kind]string{kindAccount: "acc_", kindContact: "ctc_", kindWallet: "wal_", kindNumbers: "num_"}

// item is a row with its content opened.
type item struct {
	id        string
	plain     []byte
	createdAt time.Time
}

func about(k kind, m remittance.MerchantID, id string) []byte {
	return []byte("soukin " + string(k) + "\x00" + string(m) + "\x00" + id)
}

const (
	findItem   = `SELECT id, sealed FROM vault_items WHERE merchant = $1 AND fingerprint = $2`
	insertItem = `INSERT INTO vault_items (id, kind, merchant, sealed, key_id, fingerprint, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (merchant, fingerprint) DO NOTHING`
	changeItem = `UPDATE vault_items SET sealed = $2, key_id = $3 WHERE id = $1 AND deleted_at IS NULL`
)

// deposit is an item to be put in.
type deposit struct {
	kind     kind
	merchant remittance.MerchantID
	identity string // what makes two items the same
	plain    []byte
	// merge gives the content to replace that of the same item, when there is
	// one, or nil to leave it.
	merge func(old []byte) ([]byte, error)
}

// put gives the id of the merchant's live item with the identity of d.
func (v *Vault) put(ctx context.Context, d deposit) (string, error) {
	var id string
	err := v.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		for {
			found, err := v.insertOrFind(ctx, tx, d)
			if err != nil || found != "" {
				id = found
				return err
			}
			// It was there and was deleted before it could be read: it is new again.
		}
	})
	if err != nil {
		return "", fmt.Errorf("put %s into the vault: %w", d.kind, err)
	}
	return id, nil
}

// insertOrFind gives no id when the item went away between its two statements.
func (v *Vault) insertOrFind(ctx context.Context, tx *database.Tx, d deposit) (string, error) {
	fingerprint := v.fingerprint("item", string(d.kind), string(d.merchant), d.identity)
	id := newID(prefixes[d.kind])
	sealed, key, err := v.ring.Seal(d.plain, about(d.kind, d.merchant, id))
	if err != nil {
		return "", err
	}
	res, err := tx.Exec(ctx, insertItem, id, string(d.kind), string(d.merchant), sealed, int64(key), fingerprint, v.now().UnixMicro())
	if err != nil {
		return "", err
	}
	if n, err := res.RowsAffected(); err != nil || n == 1 {
		return id, err
	}
	var old []byte
	err = tx.QueryRow(ctx, findItem, string(d.merchant), fingerprint).Scan(&id, &old)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	return id, v.merge(ctx, tx, about(d.kind, d.merchant, id), id, old, d.merge)
}

func (v *Vault) merge(ctx context.Context, tx *database.Tx, about []byte, id string, old []byte, merge func([]byte) ([]byte, error)) error {
	plain, err := v.open(old, about)
	if err != nil {
		return err
	}
	fresh, err := merge(plain)
	if err != nil || fresh == nil {
		return err
	}
	sealed, key, err := v.ring.Seal(fresh, about)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, changeItem, id, sealed, int64(key))
	return err
}

// get opens one item. Errors: [ErrNotFound], [ErrDeleted], [ErrSealed].
func (v *Vault) get(ctx context.Context, k kind, m remittance.MerchantID, id string) (item, error) {
	var (
		sealed  []byte
		created int64
		deleted *int64
	)
	err := v.db.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		return tx.QueryRow(ctx, `SELECT sealed, created_at, deleted_at FROM vault_items WHERE id = $1 AND kind = $2 AND merchant = $3`,
			id, string(k), string(m)).Scan(&sealed, &created, &deleted)
	})
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return item{}, fmt.Errorf("%s %s of merchant %s: %w", k, id, m, ErrNotFound)
	case err != nil:
		return item{}, fmt.Errorf("read %s %s: %w", k, id, err)
	case deleted != nil:
		return item{}, fmt.Errorf("%s %s of merchant %s: %w", k, id, m, ErrDeleted)
	}
	plain, err := v.open(sealed, about(k, m, id))
	if err != nil {
		return item{}, fmt.Errorf("%s %s: %w", k, id, err)
	}
	return item{id, plain, time.UnixMicro(created).UTC()}, nil
}

// list opens a merchant's live items in the order they were given, from the one
// after an id on.
func (v *Vault) list(ctx context.Context, k kind, m remittance.MerchantID, limit int, after string) ([]item, error) {
	query := `SELECT id, sealed, created_at FROM vault_items WHERE merchant = $1 AND kind = $2 AND deleted_at IS NULL`
	args := []any{string(m), string(k), limit}
	if after != "" {
		query += ` AND (created_at, id) > (SELECT created_at, id FROM vault_items WHERE id = $4 AND merchant = $1)`
		args = append(args, after)
	}
	var out []item
	err := v.db.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		out = nil
		rows, err := tx.Query(ctx, query+` ORDER BY created_at, id LIMIT $3`, args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var (
				it      item
				sealed  []byte
				created int64
			)
			if err := rows.Scan(&it.id, &sealed, &created); err != nil {
				return err
			}
			if it.plain, err = v.open(sealed, about(k, m, it.id)); err != nil {
				return fmt.Errorf("%s: %w", it.id, err)
			}
			it.createdAt = time.UnixMicro(created).UTC()
			out = append(out, it)
		}
		return rows.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("list the %ss of merchant %s: %w", k, m, err)
	}
	return out, nil
}

const deleteItem = `UPDATE vault_items SET sealed = NULL, key_id = NULL, fingerprint = NULL, deleted_at = $4
WHERE id = $1 AND kind = $2 AND merchant = $3 AND deleted_at IS NULL`

// remove shreds an item and keeps its id. Errors: [ErrNotFound], [ErrDeleted].
func (v *Vault) remove(ctx context.Context, k kind, m remittance.MerchantID, id string) error {
	var gone int64
	err := v.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		res, err := tx.Exec(ctx, deleteItem, id, string(k), string(m), v.now().UnixMicro())
		if err != nil {
			return err
		}
		gone, err = res.RowsAffected()
		return err
	})
	if err != nil {
		return fmt.Errorf("delete %s %s: %w", k, id, err)
	}
	if gone == 0 {
		_, err := v.get(ctx, k, m, id)
		return err
	}
	return nil
}
