package vault

import (
	"context"
	"crypto/rand"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"time"

	"github.com/tink-crypto/tink-go/v2/prf"

	"soukin/internal/database"
	"soukin/internal/keyring"
)

var (
	// ErrKeys is wrapped by errors about the key ring: missing, open to others,
	// or belonging to another database.
	ErrKeys = errors.New("vault keys")
	// ErrSealed is wrapped when something sealed does not open: it was altered,
	// it was moved to another place, or its key is not in the key ring.
	ErrSealed = errors.New("sealed content does not open")
)

// KeyFile is the name of the vault's key ring in the keys directory.
const KeyFile = "vault.json"

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
	db           *database.DB
	now          func() time.Time
	ring         *keyring.Ring
	fingerprints *prf.Set
}

// Open opens the vault in a migrated database with the keys in a directory.
// Where both are new, it makes keys. It refuses keys that are missing, open to
// other users, or not the ones this database was filled with. now is the clock
// that items are dated by. Errors: [ErrKeys].
func Open(ctx context.Context, db *database.DB, keysDir string, now func() time.Time) (*Vault, error) {
	path := filepath.Join(keysDir, KeyFile)
	sealed, err := storedKey(ctx, db)
	if err != nil {
		return nil, err
	}
	// New keys beside a database that was filled under others would look healthy
	// and hide the loss.
	load := keyring.Load
	if sealed == nil {
		load = keyring.LoadOrCreate
	}
	ring, err := load(path)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrKeys, err)
	}
	if sealed == nil {
		if sealed, err = makeKey(ctx, db, ring); err != nil {
			return nil, err
		}
	}
	fingerprints, err := openKey(ring, sealed)
	if err != nil {
		return nil, fmt.Errorf("%w: %s is not the key ring this database was filled with: %w", ErrKeys, path, err)
	}
	return &Vault{db: db, now: now, ring: ring, fingerprints: fingerprints}, nil
}

// Fingerprint is a keyed hash of data: 64 hexadecimal digits, the same for the
// same data as long as the vault lives, and saying nothing about the data to
// whoever has no key.
func (v *Vault) Fingerprint(data []byte) string { return v.fingerprint("data", string(data)) }

func (v *Vault) fingerprint(use string, parts ...string) string {
	input := []byte(use)
	for _, p := range parts {
		input = fmt.Appendf(input, "\x00%d\x00%s", len(p), p)
	}
	out, err := v.fingerprints.ComputePrimaryPRF(input, 32)
	if err != nil {
		panic(err) // HMAC-SHA-256 always gives 32 bytes
	}
	return hex.EncodeToString(out)
}

// Seal encrypts something that is stored outside the vault, such as the body of
// a notice. about says what and where it is; the same is needed to open it.
func (v *Vault) Seal(plain []byte, about string) ([]byte, error) {
	sealed, _, err := v.ring.Seal(plain, aboutData(about))
	return sealed, err
}

// Unseal opens what [Vault.Seal] gave. Errors: [ErrSealed].
func (v *Vault) Unseal(sealed []byte, about string) ([]byte, error) {
	return v.open(sealed, aboutData(about))
}

func aboutData(about string) []byte { return []byte("soukin data\x00" + about) }

func (v *Vault) open(sealed, about []byte) ([]byte, error) {
	plain, err := v.ring.Open(sealed, about)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrSealed, err)
	}
	return plain, nil
}

// alphabet is Crockford's base 32: digits and capitals without I, L, O and U,
// which people misread.
const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// newID gives the prefix and 26 characters: 130 random bits, so two never meet.
func newID(prefix string) string {
	random := make([]byte, 26)
	rand.Read(random) // never fails, see its documentation
	for i, b := range random {
		random[i] = alphabet[b%byte(len(alphabet))]
	}
	return prefix + string(random)
}
