package vault

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
	tinkpb "github.com/tink-crypto/tink-go/v2/proto/tink_go_proto"
)

// ErrKeys is wrapped by errors about the key files: missing, readable by
// others, or belonging to another database.
var ErrKeys = errors.New("vault keys")

// keyFile is a tink key set in a file that only its owner may read.
type keyFile struct {
	path     string
	template *tinkpb.KeyTemplate
}

func (f keyFile) exists() (bool, error) {
	_, err := os.Stat(f.path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("%w: %w", ErrKeys, err)
	}
	return true, nil
}

func (f keyFile) load() (*keyset.Handle, error) {
	info, err := os.Stat(f.path)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrKeys, err)
	}
	if loose := info.Mode().Perm() & 0o077; loose != 0 {
		return nil, fmt.Errorf("%w: %s can be read or changed by others (mode %o); run: chmod 600 %s", ErrKeys, f.path, info.Mode().Perm(), f.path)
	}
	content, err := os.ReadFile(f.path)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrKeys, err)
	}
	handle, err := insecurecleartextkeyset.Read(keyset.NewJSONReader(bytes.NewReader(content)))
	if err != nil {
		return nil, fmt.Errorf("%w: %s is not a tink key set: %w", ErrKeys, f.path, err)
	}
	return handle, nil
}

// create makes a new key set unless there is one. Several processes may start
// at once: whoever comes second keeps the first one's keys.
func (f keyFile) create() error {
	handle, err := keyset.NewHandle(f.template)
	if err != nil {
		return fmt.Errorf("make key: %w", err)
	}
	fresh, err := f.write(handle)
	if err != nil {
		return err
	}
	defer os.Remove(fresh) //nolint:errcheck // a left-over name beside the real one does no harm
	if err := os.Link(fresh, f.path); err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("store keys: %w", err)
	}
	return syncDir(filepath.Dir(f.path))
}

func (f keyFile) replace(handle *keyset.Handle) error {
	fresh, err := f.write(handle)
	if err != nil {
		return err
	}
	if err := os.Rename(fresh, f.path); err != nil {
		return errors.Join(fmt.Errorf("store keys: %w", err), os.Remove(fresh))
	}
	return syncDir(filepath.Dir(f.path))
}

// write stores a key set under a temporary name beside the real one, and gives
// that name: a crash must never leave half a key set behind.
func (f keyFile) write(handle *keyset.Handle) (name string, err error) {
	var content bytes.Buffer
	if err := insecurecleartextkeyset.Write(handle, keyset.NewJSONWriter(&content)); err != nil {
		return "", fmt.Errorf("encode keys: %w", err)
	}
	tmp, err := os.CreateTemp(filepath.Dir(f.path), filepath.Base(f.path)+".*") // mode 0600
	if err != nil {
		return "", fmt.Errorf("store keys: %w", err)
	}
	_, err = tmp.Write(content.Bytes())
	if err = errors.Join(err, tmp.Sync(), tmp.Close()); err != nil {
		return "", errors.Join(fmt.Errorf("store keys: %w", err), os.Remove(tmp.Name()))
	}
	return tmp.Name(), nil
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("store keys: %w", err)
	}
	return errors.Join(d.Sync(), d.Close())
}

// keyIDOf reads which key sealed something: tink puts one version byte and the
// key id, big-endian, before the ciphertext.
func keyIDOf(sealed []byte) (uint32, bool) {
	if len(sealed) < 5 {
		return 0, false
	}
	return binary.BigEndian.Uint32(sealed[1:5]), true
}
