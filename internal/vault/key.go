package vault

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/prf"

	"soukin/internal/database"
	"soukin/internal/keyring"
)

// The key of the fingerprints is a tink key set, encrypted by the key ring as
// tink encrypts key sets under a master key.
const (
	fingerprintKey = "fingerprint"
	findKey        = `SELECT sealed FROM vault_keys WHERE name = $1`
	keepKey        = `INSERT INTO vault_keys (name, sealed) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING`
	replaceKey     = `UPDATE vault_keys SET sealed = $2 WHERE name = $1`
)

var aboutKey = []byte("soukin vault fingerprint key")

// master lets the key ring stand in for tink's master key.
type master struct{ ring *keyring.Ring }

func (m master) Encrypt(plain, about []byte) ([]byte, error) {
	sealed, _, err := m.ring.Seal(plain, about)
	return sealed, err
}

func (m master) Decrypt(sealed, about []byte) ([]byte, error) { return m.ring.Open(sealed, about) }

// storedKey gives the sealed key, or nil in a new database.
func storedKey(ctx context.Context, db *database.DB) ([]byte, error) {
	var sealed []byte
	err := db.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		return tx.QueryRow(ctx, findKey, fingerprintKey).Scan(&sealed)
	})
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("read the vault's fingerprint key: %w", err)
	}
	return sealed, nil
}

// makeKey stores a new key, unless another process was faster, and gives the
// one that counts.
func makeKey(ctx context.Context, db *database.DB, ring *keyring.Ring) ([]byte, error) {
	handle, err := keyset.NewHandle(prf.HMACSHA256PRFKeyTemplate())
	if err != nil {
		return nil, fmt.Errorf("make the vault's fingerprint key: %w", err)
	}
	sealed, err := sealKey(ring, handle)
	if err != nil {
		return nil, err
	}
	err = db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		if _, err := tx.Exec(ctx, keepKey, fingerprintKey, sealed); err != nil {
			return err
		}
		return tx.QueryRow(ctx, findKey, fingerprintKey).Scan(&sealed)
	})
	if err != nil {
		return nil, fmt.Errorf("store the vault's fingerprint key: %w", err)
	}
	return sealed, nil
}

func sealKey(ring *keyring.Ring, handle *keyset.Handle) ([]byte, error) {
	var sealed bytes.Buffer
	if err := handle.WriteWithAssociatedData(keyset.NewBinaryWriter(&sealed), master{ring}, aboutKey); err != nil {
		return nil, fmt.Errorf("seal the vault's fingerprint key: %w", err)
	}
	return sealed.Bytes(), nil
}

func unsealKey(ring *keyring.Ring, sealed []byte) (*keyset.Handle, error) {
	return keyset.ReadWithAssociatedData(keyset.NewBinaryReader(bytes.NewReader(sealed)), master{ring}, aboutKey)
}

func openKey(ring *keyring.Ring, sealed []byte) (*prf.Set, error) {
	handle, err := unsealKey(ring, sealed)
	if err != nil {
		return nil, err
	}
	return prf.NewPRFSet(handle)
}

func (v *Vault) reencryptKey(ctx context.Context) error {
	sealed, err := storedKey(ctx, v.db)
	if err != nil {
		return err
	}
	handle, err := unsealKey(v.ring, sealed)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrSealed, err)
	}
	if sealed, err = sealKey(v.ring, handle); err != nil {
		return err
	}
	return v.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		_, err := tx.Exec(ctx, replaceKey, fingerprintKey, sealed)
		return err
	})
}
