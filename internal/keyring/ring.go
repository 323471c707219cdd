package keyring

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"sync"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/tink"
)

// KeyID names a key within a ring. It is public: it stands beside what the key sealed.
type KeyID uint32

func (id KeyID) String() string { return strconv.FormatUint(uint64(id), 10) }

// Key is what a ring tells about one of its keys; never the key itself.
type Key struct {
	ID      KeyID
	Primary bool
	Enabled bool
}

// ErrAltered is wrapped by [Ring.Open] when the key is there and the content
// does not open: it was changed, cut, or sealed for another purpose.
var ErrAltered = errors.New("sealed content was altered or is not ours")

// MissingKeyError says that content cannot be opened here for want of its key.
// It is not a fault of the content: with the key back, it opens.
type MissingKeyError struct {
	ID       KeyID
	Disabled bool
}

func (e *MissingKeyError) Error() string {
	if e.Disabled {
		return fmt.Sprintf("key %s is disabled in the key ring: enable it to read what it sealed", e.ID)
	}
	return fmt.Sprintf("key %s is not in the key ring: put the key set that holds it into the keys directory", e.ID)
}

// A sealed content is one version byte, the key id (both from tink), a nonce
// of 12 bytes, the ciphertext, and a tag of 16 bytes.
const (
	headerSize   = 5
	overheadSize = headerSize + 12 + 16
	tinkVersion  = 1
)

// Ring seals and opens with the keys of one file. It is safe for concurrent use.
type Ring struct {
	path string

	mu   sync.RWMutex
	keys loaded
}

type loaded struct {
	primitive tink.AEAD
	handle    *keyset.Handle
	status    map[KeyID]keyset.KeyStatus
	// file tells whether the file was replaced since.
	file fs.FileInfo
}

// Load reads the key set at path. The error says what to do if the file is
// missing, readable by everybody, or no key set.
func Load(path string) (*Ring, error) {
	r := &Ring{path: path}
	if _, err := r.reload(); err != nil {
		return nil, err
	}
	return r, nil
}

// LoadOrCreate is [Load], and makes a new key set first if there is no file.
// It is for demos and first installations: where the file should be there
// already, a new key set would only hide that the old one is lost.
func LoadOrCreate(path string) (*Ring, error) {
	if err := create(path); err != nil {
		return nil, err
	}
	return Load(path)
}

// Seal encrypts plain with the primary key. associated must be given again to
// open; it is authenticated but not contained.
func (r *Ring) Seal(plain, associated []byte) (sealed []byte, by KeyID, err error) {
	sealed, err = r.current().primitive.Encrypt(plain, associated)
	if err != nil {
		return nil, 0, fmt.Errorf("seal: %w", err)
	}
	by, _ = SealedBy(sealed)
	return sealed, by, nil
}

// SealedBy reads which key sealed the content, and false if it cannot be one of ours.
func SealedBy(sealed []byte) (KeyID, bool) {
	if len(sealed) < overheadSize || sealed[0] != tinkVersion {
		return 0, false
	}
	return KeyID(binary.BigEndian.Uint32(sealed[1:headerSize])), true
}

// Open decrypts what Seal made. Errors: *[MissingKeyError] and [ErrAltered].
func (r *Ring) Open(sealed, associated []byte) ([]byte, error) {
	id, ok := SealedBy(sealed)
	if !ok {
		return nil, fmt.Errorf("%w: %d bytes without our header", ErrAltered, len(sealed))
	}
	keys, err := r.having(id)
	if err != nil {
		return nil, err
	}
	plain, err := keys.primitive.Decrypt(sealed, associated)
	if err != nil {
		return nil, fmt.Errorf("%w (key %s)", ErrAltered, id)
	}
	return plain, nil
}

// having returns keys among which id can open. An unknown or disabled key may
// have been added or enabled by another process, so the file is looked at again.
func (r *Ring) having(id KeyID) (loaded, error) {
	keys := r.current()
	if keys.status[id] == keyset.Enabled {
		return keys, nil
	}
	keys, err := r.reload()
	if err != nil {
		return loaded{}, errors.Join(&MissingKeyError{ID: id}, err)
	}
	switch keys.status[id] {
	case keyset.Enabled:
		return keys, nil
	case keyset.Disabled:
		return loaded{}, &MissingKeyError{ID: id, Disabled: true}
	default:
		return loaded{}, &MissingKeyError{ID: id}
	}
}

// Keys lists the ring's keys as the file has them now.
func (r *Ring) Keys() ([]Key, error) {
	keys, err := r.reload()
	if err != nil {
		return nil, err
	}
	info := keys.handle.KeysetInfo()
	out := make([]Key, 0, len(info.GetKeyInfo()))
	for _, k := range info.GetKeyInfo() {
		id := KeyID(k.GetKeyId())
		out = append(out, Key{ID: id, Primary: k.GetKeyId() == info.GetPrimaryKeyId(), Enabled: keys.status[id] == keyset.Enabled})
	}
	return out, nil
}

func (r *Ring) current() loaded {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.keys
}

// reload reads the file unless it is the one already loaded.
func (r *Ring) reload() (loaded, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	info, err := os.Stat(r.path)
	if errors.Is(err, fs.ErrNotExist) {
		return loaded{}, fmt.Errorf("the key set %s does not exist: restore it from its backup or secret store; without it what it sealed cannot be read", r.path)
	}
	if err != nil {
		return loaded{}, fmt.Errorf("key set: %w", err)
	}
	if sameFile(r.keys.file, info) {
		return r.keys, nil
	}
	handle, err := read(r.path, info)
	if err != nil {
		return loaded{}, err
	}
	keys, err := prepare(handle)
	if err != nil {
		return loaded{}, fmt.Errorf("the key set %s cannot seal: %w", r.path, err)
	}
	keys.file = info
	r.keys = keys
	return keys, nil
}

func prepare(handle *keyset.Handle) (loaded, error) {
	keys := loaded{handle: handle, status: make(map[KeyID]keyset.KeyStatus, handle.Len())}
	for i := range handle.Len() {
		entry, err := handle.Entry(i)
		if err != nil {
			return loaded{}, err
		}
		keys.status[KeyID(entry.KeyID())] = entry.KeyStatus()
	}
	var err error
	keys.primitive, err = aead.New(handle)
	return keys, err
}

func sameFile(before, now fs.FileInfo) bool {
	return before != nil && os.SameFile(before, now) && before.ModTime().Equal(now.ModTime()) && before.Size() == now.Size()
}
