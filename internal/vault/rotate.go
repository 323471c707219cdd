package vault

import (
	"context"
	"fmt"

	"soukin/internal/database"
	"soukin/remittance"
)

// reencryptBatch keeps each transaction short, since writers wait for it.
const reencryptBatch = 200

// Rotate adds a new key for everything sealed from now on and gives its id.
// What is stored already keeps opening under the old ones; [Vault.Reencrypt]
// brings it over. Other processes find the new key when they meet it.
func (v *Vault) Rotate(ctx context.Context) (uint32, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	return v.ring.rotate()
}

// Reencrypt seals every item under the current primary key and reports how many
// it changed. It may be interrupted and run again, and others may use the vault
// meanwhile. Fingerprints stay as they are.
func (v *Vault) Reencrypt(ctx context.Context) (int, error) {
	if err := v.ring.reload(); err != nil {
		return 0, err
	}
	if err := v.reencryptCheck(ctx); err != nil {
		return 0, err
	}
	total := 0
	for {
		n, err := v.reencryptSome(ctx)
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

func (v *Vault) reencryptSome(ctx context.Context) (int, error) {
	n := 0
	err := v.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		n = 0
		batch, err := sealedUnderOthers(ctx, tx, v.ring.current().primary)
		if err != nil {
			return err
		}
		for _, row := range batch {
			plain, err := v.ring.open(row.sealed, about(row.kind, row.merchant, row.id))
			if err != nil {
				return fmt.Errorf("%s: %w", row.id, err)
			}
			sealed, key, err := v.ring.seal(plain, about(row.kind, row.merchant, row.id))
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

func sealedUnderOthers(ctx context.Context, tx *database.Tx, primary uint32) ([]sealedRow, error) {
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

func (v *Vault) reencryptCheck(ctx context.Context) error {
	return v.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		sealed, _, err := v.ring.seal([]byte(checkSealing), aboutCheck)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `UPDATE vault_checks SET value = $2 WHERE name = $1`, checkSealing, sealed)
		return err
	})
}
