package bank

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// lockPause is how often a process looks whether another has let go of the
// token file; a renewal takes about one call to the bank.
const lockPause = 20 * time.Millisecond

// FileStore keeps the token in a file for the processes of one machine. The
// file is readable by its owner only and replaced as a whole; a second file
// beside it, with ".lock" added, is what processes lock.
//
// The token is not encrypted: whoever can read the file can act for the
// account. Several machines need a store in the database instead.
type FileStore struct{ path string }

// NewFileStore keeps the token at path, whose folder must exist.
func NewFileStore(path string) *FileStore { return &FileStore{path} }

// Load reads the token. Errors: ErrNoToken; a file that others can read.
func (f *FileStore) Load(context.Context) (Token, error) {
	info, err := os.Stat(f.path)
	if errors.Is(err, fs.ErrNotExist) {
		return Token{}, ErrNoToken
	}
	if err != nil {
		return Token{}, err
	}
	if info.Mode().Perm()&0o077 != 0 {
		return Token{}, fmt.Errorf("token file %s is open to other users (%v): run chmod 600 on it and log in again if it may have been read", f.path, info.Mode().Perm())
	}
	content, err := os.ReadFile(f.path)
	if err != nil {
		return Token{}, err
	}
	var t Token
	if err := json.Unmarshal(content, &t); err != nil || t.AccessToken == "" {
		return Token{}, fmt.Errorf("token file %s does not hold a token: remove it and log in again", f.path)
	}
	return t, nil
}

// Update holds the lock file while change runs.
func (f *FileStore) Update(ctx context.Context, change func(Token) (Token, error)) error {
	unlock, err := f.lock(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	old, err := f.Load(ctx)
	if err != nil && !errors.Is(err, ErrNoToken) {
		return err
	}
	next, err := change(old)
	if err != nil {
		return err
	}
	return f.save(next)
}

func (f *FileStore) lock(ctx context.Context) (func(), error) {
	file, err := os.OpenFile(f.path+".lock", os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	pause := time.NewTicker(lockPause)
	defer pause.Stop()
	for {
		taken, err := tryLock(file)
		if taken {
			return func() { file.Close() }, nil // closing lets go of the lock
		}
		if err == nil {
			select {
			case <-pause.C:
				continue
			case <-ctx.Done():
				err = fmt.Errorf("token file %s is locked by another process: %w", f.path, ctx.Err())
			}
		}
		file.Close()
		return nil, err
	}
}

// save makes the new file durable before it takes the old one's place, and the
// replacement itself durable before it returns.
func (f *FileStore) save(t Token) error {
	content, err := json.MarshalIndent(t, "", "  ")
	if err != nil {
		return err
	}
	dir := filepath.Dir(f.path)
	file, err := os.CreateTemp(dir, filepath.Base(f.path)+".new-*") // mode 0600
	if err != nil {
		return err
	}
	_, err = file.Write(append(content, '\n'))
	if err == nil {
		err = file.Sync()
	}
	if closed := file.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(file.Name(), f.path)
	}
	if err != nil {
		os.Remove(file.Name())
		return err
	}
	return syncDir(dir)
}
