package keyring

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/keyset"
)

// Rotate adds a new key and makes it primary: what is sealed from now on is
// sealed with it, and the old keys go on opening what they sealed.
func (r *Ring) Rotate() (KeyID, error) {
	var id KeyID
	err := r.change(func(m *keyset.Manager) error {
		var err error
		if id, err = add(m); err != nil {
			return err
		}
		return m.SetPrimary(uint32(id))
	})
	return id, err
}

// Add adds a new key that opens but does not seal yet; see the package comment for when.
func (r *Ring) Add() (KeyID, error) {
	var id KeyID
	err := r.change(func(m *keyset.Manager) error {
		var err error
		id, err = add(m)
		return err
	})
	return id, err
}

// Promote makes an enabled key of the ring the one that seals.
func (r *Ring) Promote(id KeyID) error {
	return r.change(func(m *keyset.Manager) error { return m.SetPrimary(uint32(id)) })
}

// Disable stops a key from opening what it sealed. The primary key cannot be
// disabled: rotate first. Every process that still seals with the key must have
// been restarted before, or what it seals meanwhile cannot be read until [Ring.Enable].
func (r *Ring) Disable(id KeyID) error {
	return r.change(func(m *keyset.Manager) error { return m.Disable(uint32(id)) })
}

// Enable takes [Ring.Disable] back.
func (r *Ring) Enable(id KeyID) error {
	return r.change(func(m *keyset.Manager) error { return m.Enable(uint32(id)) })
}

func add(m *keyset.Manager) (KeyID, error) {
	id, err := m.Add(aead.AES256GCMKeyTemplate())
	return KeyID(id), err
}

// change replaces the file with a changed key set. The lock file keeps two
// changes from running at once: the second would drop the first one's key and
// with it everything sealed meanwhile.
func (r *Ring) change(apply func(*keyset.Manager) error) (err error) {
	lock := r.path + ".lock"
	f, err := os.OpenFile(lock, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("another change of the key set is running; if none is, one was interrupted: remove %s", lock)
	}
	if err != nil {
		return fmt.Errorf("change the key set: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close(), os.Remove(lock)) }()

	keys, err := r.reload()
	if err != nil {
		return err
	}
	m := keyset.NewManagerFromHandle(keys.handle)
	if err := apply(m); err != nil {
		return fmt.Errorf("change the key set %s: %w", r.path, err)
	}
	handle, err := m.Handle()
	if err != nil {
		return fmt.Errorf("change the key set %s: %w", r.path, err)
	}
	if err := replace(r.path, handle); err != nil {
		return err
	}
	_, err = r.reload()
	return err
}
