package keyring

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
)

// tooOpen is every permission that lets a stranger read the keys or the group
// change them. The group may read: mounted secrets are often owned by root.
const tooOpen fs.FileMode = 0o027

func read(path string, info fs.FileInfo) (*keyset.Handle, error) {
	if mode := info.Mode().Perm(); mode&tooOpen != 0 && runtime.GOOS != "windows" {
		return nil, fmt.Errorf("the key set %s can be read or changed by others (mode %o): run `chmod 600 %s`", path, mode, path)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("key set: %w", err)
	}
	handle, err := insecurecleartextkeyset.Read(keyset.NewJSONReader(bytes.NewReader(text)))
	if err != nil {
		return nil, fmt.Errorf("the file %s is not a tink JSON key set: %w", path, err)
	}
	return handle, nil
}

// create makes a key set with one key unless there is a file. Of several
// processes that start at once, one makes the keys and all load those.
func create(path string) error {
	if _, err := os.Stat(path); err == nil {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("create the keys directory: %w", err)
	}
	handle, err := keyset.NewHandle(aead.AES256GCMKeyTemplate())
	if err != nil {
		return fmt.Errorf("make a key: %w", err)
	}
	fresh, err := writeBeside(path, handle)
	if err != nil {
		return err
	}
	// Link, unlike rename, does not replace a file that appeared meanwhile.
	linkErr := os.Link(fresh, path)
	if errors.Is(linkErr, fs.ErrExist) {
		linkErr = nil
	}
	if err := errors.Join(linkErr, os.Remove(fresh)); err != nil {
		return fmt.Errorf("store the key set: %w", err)
	}
	return syncDir(filepath.Dir(path))
}

func replace(path string, handle *keyset.Handle) error {
	fresh, err := writeBeside(path, handle)
	if err != nil {
		return err
	}
	if err := os.Rename(fresh, path); err != nil {
		return errors.Join(fmt.Errorf("store the key set: %w", err), os.Remove(fresh))
	}
	return syncDir(filepath.Dir(path))
}

// writeBeside stores the key set under a temporary name in the same directory,
// complete and on disk, so that a crash never leaves half a key set behind.
func writeBeside(path string, handle *keyset.Handle) (string, error) {
	var text bytes.Buffer
	if err := insecurecleartextkeyset.Write(handle, keyset.NewJSONWriter(&text)); err != nil {
		return "", fmt.Errorf("encode the key set: %w", err)
	}
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return "", fmt.Errorf("store the key set: %w", err)
	}
	_, err = f.Write(text.Bytes())
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return "", errors.Join(fmt.Errorf("store the key set: %w", err), os.Remove(f.Name()))
	}
	return f.Name(), nil
}

func syncDir(dir string) error {
	if runtime.GOOS == "windows" {
		return nil // directories cannot be synced there
	}
	d, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("store the key set: %w", err)
	}
	return errors.Join(d.Sync(), d.Close())
}
