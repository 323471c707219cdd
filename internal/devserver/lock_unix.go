//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package devserver

import (
	"context"
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"
)

// lockPoll is how often a held lock is tried again.
const lockPoll = 250 * time.Millisecond

// lockFile takes an exclusive lock on path, creating it if missing, and waits
// for whoever holds it, telling waiting about it on every try. The kernel
// releases the lock with its last holder, however that one ended.
func lockFile(ctx context.Context, path string, waiting func()) (unlock func(), err error) {
	f, err := openLocked(ctx, path, waiting)
	if err != nil {
		return nil, err
	}
	return func() { _ = f.Close() }, nil
}

func openLocked(ctx context.Context, path string, waiting func()) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	for {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		switch {
		case err == nil:
			return f, nil
		case errors.Is(err, syscall.EINTR):
			continue
		case !errors.Is(err, syscall.EWOULDBLOCK):
			return nil, errors.Join(fmt.Errorf("lock %s: %w", path, err), f.Close())
		}
		waiting()
		select {
		case <-ctx.Done():
			return nil, errors.Join(fmt.Errorf("lock %s: %w", path, ctx.Err()), f.Close())
		case <-time.After(lockPoll):
		}
	}
}
