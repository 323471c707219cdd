package vault

import (
	"context"
	"crypto/subtle"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/prf"

	"soukin/internal/database"
)

// The files in the directory of keys.
const (
	sealingFile     = "vault-sealing.json"
	fingerprintFile = "vault-fingerprint.json"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrate brings the vault's tables up to date.
func Migrate(ctx context.Context, db *database.DB) error {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	return db.Migrate(ctx, "vault", files)
}

// Vault is open for use by many goroutines, and by many processes that share
// database and keys.
type Vault struct {
	db      *database.DB
	now     func() time.Time
	ring    *ring
	hashing *prf.Set
}

// Open opens the vault in a migrated database with the keys in a directory.
// Where neither holds anything yet, it makes keys (mode 0600). It refuses keys
// that are missing, open to other users, or not the ones this database was
// filled with. Errors: [ErrKeys].
func Open(ctx context.Context, db *database.DB, keysDir string, now func() time.Time) (*Vault, error) {
	sealing := keyFile{filepath.Join(keysDir, sealingFile), aead.AES256GCMKeyTemplate()}
	hashing := keyFile{filepath.Join(keysDir, fingerprintFile), prf.HMACSHA256PRFKeyTemplate()}
	if err := provide(ctx, db, sealing, hashing); err != nil {
		return nil, err
	}
	v := &Vault{db: db, now: now}
	var err error
	if v.ring, err = openRing(sealing); err != nil {
		return nil, err
	}
	handle, err := hashing.load()
	if err != nil {
		return nil, err
	}
	if v.hashing, err = prf.NewPRFSet(handle); err != nil {
		return nil, fmt.Errorf("%w: %s does not hold a fingerprint key: %w", ErrKeys, hashing.path, err)
	}
	return v, v.belongTogether(ctx)
}

// provide makes the keys of a new vault. New keys beside a database that was
// filled under others would look healthy and lose everything, so they are made
// only where the database is new as well.
func provide(ctx context.Context, db *database.DB, files ...keyFile) error {
	if err := os.MkdirAll(filepath.Dir(files[0].path), 0o700); err != nil {
		return fmt.Errorf("%w: %w", ErrKeys, err)
	}
	for _, f := range files {
		if err := provideOne(ctx, db, f); err != nil {
			return err
		}
	}
	return nil
}

func provideOne(ctx context.Context, db *database.DB, f keyFile) error {
	if there, err := f.exists(); there || err != nil {
		return err
	}
	used, err := inUse(ctx, db)
	if err != nil {
		return err
	}
	if !used {
		return f.create()
	}
	// Another process may have made the keys and used them since the first look.
	there, err := f.exists()
	if err == nil && !there {
		err = fmt.Errorf("%w: %s is missing and this database was filled with it; restore it from your backup of the keys", ErrKeys, f.path)
	}
	return err
}

func inUse(ctx context.Context, db *database.DB) (bool, error) {
	n := 0
	err := db.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		return tx.QueryRow(ctx, `SELECT COUNT(*) FROM vault_checks`).Scan(&n)
	})
	if err != nil {
		return false, fmt.Errorf("look into the vault: %w", err)
	}
	return n > 0, nil
}

const (
	checkSealing     = "sealing"
	checkFingerprint = "fingerprint"
	keepCheck        = `INSERT INTO vault_checks (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING`
)

// belongTogether compares the keys with what the first process to open this
// vault left in the database. Keys of another installation would not only fail
// to open items: their fingerprints would make every repeated order a conflict.
func (v *Vault) belongTogether(ctx context.Context) error {
	mine := v.fingerprint("check")
	sealed, _, err := v.ring.seal([]byte(checkSealing), aboutCheck)
	if err != nil {
		return err
	}
	var stored struct{ sealing, fingerprint []byte }
	err = v.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		if _, err := tx.Exec(ctx, keepCheck, checkSealing, sealed); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, keepCheck, checkFingerprint, []byte(mine)); err != nil {
			return err
		}
		if err := tx.QueryRow(ctx, `SELECT value FROM vault_checks WHERE name = $1`, checkSealing).Scan(&stored.sealing); err != nil {
			return err
		}
		return tx.QueryRow(ctx, `SELECT value FROM vault_checks WHERE name = $1`, checkFingerprint).Scan(&stored.fingerprint)
	})
	if err != nil {
		return fmt.Errorf("check the vault's keys: %w", err)
	}
	_, opens := v.ring.open(stored.sealing, aboutCheck)
	if opens != nil || subtle.ConstantTimeCompare(stored.fingerprint, []byte(mine)) == 0 {
		return fmt.Errorf("%w: the keys in %s are not the ones this database was filled with", ErrKeys, filepath.Dir(v.ring.file.path))
	}
	return nil
}

var aboutCheck = []byte("soukin vault check")

// Fingerprint is a keyed hash of data: 64 hexadecimal digits, the same for the
// same data as long as the vault lives, and saying nothing about the data to
// whoever has no key.
func (v *Vault) Fingerprint(data []byte) string { return v.fingerprint("data", string(data)) }

func (v *Vault) fingerprint(use string, parts ...string) string {
	input := []byte(use)
	for _, p := range parts {
		input = fmt.Appendf(input, "\x00%d\x00%s", len(p), p)
	}
	out, err := v.hashing.ComputePrimaryPRF(input, 32)
	if err != nil {
		panic(err) // HMAC-SHA-256 always gives 32 bytes
	}
	return hex.EncodeToString(out)
}

// Seal encrypts something that is stored outside the vault, such as the body of
// a notice. about says what and where it is; the same is needed to open it.
func (v *Vault) Seal(plain []byte, about string) ([]byte, error) {
	sealed, _, err := v.ring.seal(plain, aboutData(about))
	return sealed, err
}

// Unseal opens what [Vault.Seal] gave. Errors: [ErrSealed].
func (v *Vault) Unseal(sealed []byte, about string) ([]byte, error) {
	return v.ring.open(sealed, aboutData(about))
}

// Reseal gives sealed content under the current primary key: the same bytes
// where it is sealed under it already. Errors: [ErrSealed].
func (v *Vault) Reseal(sealed []byte, about string) ([]byte, error) {
	if key, ok := keyIDOf(sealed); ok && key == v.ring.current().primary {
		return sealed, nil
	}
	plain, err := v.Unseal(sealed, about)
	if err != nil {
		return nil, err
	}
	return v.Seal(plain, about)
}

func aboutData(about string) []byte { return []byte("soukin data\x00" + about) }
