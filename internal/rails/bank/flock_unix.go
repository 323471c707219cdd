//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package bank

import (
	"errors"
	"os"
	"syscall"
)

// tryLock takes the lock unless another process, or another open of the file
// in this one, holds it. The system lets go of it when the process dies.
func tryLock(file *os.File) (bool, error) {
	err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) || errors.Is(err, syscall.EINTR) {
		return false, nil
	}
	return err == nil, err
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}
