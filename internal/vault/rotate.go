package vault

import (
	"context"
	"fmt"

	"soukin/internal/database"
	"soukin/internal/keyring"
	"soukin/remittance"
)

// reencryptBatch keeps each transaction short, since writers wait for it.
const reencryptBatch = 200

// Rotate adds a new key for everything sealed from now on and gives its id.
// What is stored already keeps opening under the old ones; [Vault.Reencrypt]
// brings it over. Other processes find the new key when they meet it. Errors:
// [ErrKeys].
func (v *Vault) Rotate() (keyring.KeyID, error) {
	id, err := v.ring.Rotate()
	if err != nil {
		return 0, fmt.Errorf("%w: %w", ErrKeys, err)
	}
	return id, nil
}

// primary is the key that seals, as the file has it now.
func (v *Vault) primary() (keyring.KeyID, error) {
	keys, err := v.ring.Keys()
	if err != nil {
		return 0, fmt.Errorf("%w: %w", ErrKeys, err)
	}
	for _, k := range keys {
		if k.Primary {
			return k.ID, nil
		}
	}
	return 0, fmt.Errorf("%w: no key seals", ErrKeys)
}

// Reseal gives content sealed by [Vault.Seal] under the current primary key:
// the same bytes where it is sealed under it already. Errors: [ErrSealed],
// [ErrKeys].
func (v *Vault) Reseal(sealed []byte, about string) ([]byte, error) {
	primary, err := v.primary()
	if err != nil {
		return nil, err
	}
	if by, ok := keyring.SealedBy(sealed); ok && by == primary {
		return sealed, nil
	}
	plain, err := v.Unseal(sealed, about)
	if err != nil {
		return nil, err
	}
	return v.Seal(plain, about)
}

// Reencrypt seals every item under the current primary key and reports how many
// it changed. It may be interrupted and run again, and others may use the vault
// meanwhile. Fingerprints stay as they are.
func (v *Vault) Reencrypt(ctx context.Context) (int, error) {
	if err := v.reencryptKey(ctx); err != nil {
		return 0, fmt.Errorf("reencrypt the vault: %w", err)
	}
	total := 0
	for {
		// Asked for each batch: after a rotation meanwhile, rows under the key of
		// before would be found for ever.
		primary, err := v.primary()
		if err != nil {
			return total, err
		}
		n, err := v.reencryptSome(ctx, primary)
		if err != nil {
			return total, fmt.Errorf("reencrypt the vault: %w", err)
		}
		if total += n; n == 0 {
			return total, nil
		}
	}
}

const (
	sealedByOthers = `SELECT id, kind, merchant, sealed FROM vault_items WHERE key_id < $1 OR key_id > $1 ORDER BY key_id, id LIMIT $2`
	resealItem     = `UPDATE vault_items SET sealed = $2, key_id = $3 WHERE id = $1 AND sealed = $4`
)

type sealedRow struct {
	id       string
	kind     kind
	merchant remittance.MerchantID
	sealed   []byte
}

func (v *Vault) reencryptSome(ctx context.Context, primary keyring.KeyID) (int, error) {
	n := 0
	err := v.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		n = 0
		batch, err := sealedUnderOthers(ctx, tx, primary)
		if err != nil {
			return err
		}
		for _, row := range batch {
			plain, err := v.open(row.sealed, about(row.kind, row.merchant, row.id))
			if err != nil {
				return fmt.Errorf("%s: %w", row.id, err)
			}
			sealed, key, err := v.ring.Seal(plain, about(row.kind, row.merchant, row.id))
			if err != nil {
				return err
			}
			// A row that was changed or deleted since it was read is left alone.
			if _, err := tx.Exec(ctx, resealItem, row.id, sealed, int64(key), row.sealed); err != nil {
				return fmt.Errorf("%s: %w", row.id, err)
			}
			n++
		}
		return nil
	})
	return n, err
}

func sealedUnderOthers(ctx context.Context, tx *database.Tx, primary keyring.KeyID) ([]sealedRow, error) {
	rows, err := tx.Query(ctx, sealedByOthers, int64(primary), reencryptBatch)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []sealedRow
	for rows.Next() {
		var r sealedRow
		if err := rows.Scan(&r.id, &r.kind, &r.merchant, &r.sealed); err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, rows.Err()
}
