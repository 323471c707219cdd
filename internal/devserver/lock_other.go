//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd)

package devserver

import (
	"context"
	"os"
)

// lockFile does not lock on this system. Two builds at once then do the work
// twice, and the last rename wins with the same binary.
func lockFile(ctx context.Context, path string, _ func()) (unlock func(), err error) {
	f, err := openLocked(ctx, path, nil)
	if err != nil {
		return nil, err
	}
	return func() { _ = f.Close() }, nil
}

func openLocked(_ context.Context, path string, _ func()) (*os.File, error) {
	return os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
}
