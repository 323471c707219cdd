package vault

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/tink"
)

// ErrSealed is wrapped when something sealed does not open: it was altered, it
// was moved to another row, or its key is not in the key set.
var ErrSealed = errors.New("sealed content does not open")

// ring is the sealing keys in memory, read again when another process may have
// rotated them.
type ring struct {
	file keyFile
	mu   sync.RWMutex
	keys sealingKeys
}

type sealingKeys struct {
	aead    tink.AEAD
	primary uint32
	known   map[uint32]bool
}

func openRing(f keyFile) (*ring, error) {
	r := &ring{file: f}
	return r, r.reload()
}

func (r *ring) reload() error {
	handle, err := r.file.load()
	if err != nil {
		return err
	}
	primitive, err := aead.New(handle)
	if err != nil {
		return fmt.Errorf("%w: %s does not hold sealing keys: %w", ErrKeys, r.file.path, err)
	}
	info := handle.KeysetInfo()
	known := make(map[uint32]bool, len(info.GetKeyInfo()))
	for _, k := range info.GetKeyInfo() {
		known[k.GetKeyId()] = true
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.keys = sealingKeys{primitive, info.GetPrimaryKeyId(), known}
	return nil
}

func (r *ring) current() sealingKeys {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.keys
}

func (r *ring) seal(plain, about []byte) (sealed []byte, key uint32, err error) {
	keys := r.current()
	sealed, err = keys.aead.Encrypt(plain, about)
	if err != nil {
		return nil, 0, fmt.Errorf("seal: %w", err)
	}
	return sealed, keys.primary, nil
}

func (r *ring) open(sealed, about []byte) ([]byte, error) {
	key, ok := keyIDOf(sealed)
	if !ok {
		return nil, fmt.Errorf("%w: too short", ErrSealed)
	}
	if !r.current().known[key] {
		if err := r.reload(); err != nil {
			return nil, err
		}
	}
	plain, err := r.current().aead.Decrypt(sealed, about)
	if err != nil {
		return nil, fmt.Errorf("%w (key %d)", ErrSealed, key)
	}
	return plain, nil
}

// rotate adds a primary key. The lock file keeps a second rotation from writing
// a key set without the first one's key, which would lose what it has sealed.
func (r *ring) rotate() (uint32, error) {
	lock := r.file.path + ".lock"
	held, err := os.OpenFile(lock, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return 0, fmt.Errorf("%w: another rotation is running; if none is, it was interrupted: remove %s", ErrKeys, lock)
	}
	if err != nil {
		return 0, fmt.Errorf("%w: %w", ErrKeys, err)
	}
	defer os.Remove(lock) //nolint:errcheck // the next rotation names the file
	if err := held.Close(); err != nil {
		return 0, fmt.Errorf("%w: %w", ErrKeys, err)
	}
	handle, err := r.file.load()
	if err != nil {
		return 0, err
	}
	manager := keyset.NewManagerFromHandle(handle)
	id, err := manager.Add(r.file.template)
	if err != nil {
		return 0, fmt.Errorf("make key: %w", err)
	}
	if err := manager.SetPrimary(id); err != nil {
		return 0, fmt.Errorf("make key: %w", err)
	}
	if handle, err = manager.Handle(); err != nil {
		return 0, fmt.Errorf("make key: %w", err)
	}
	if err := r.file.replace(handle); err != nil {
		return 0, err
	}
	return id, r.reload()
}
