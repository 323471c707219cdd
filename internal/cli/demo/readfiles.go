package demo

import (
	"errors"
	"io"
	"os"
)

// readFiles keeps what was read open, by path. This process has connections to
// databases among these files, and closing any descriptor of a file gives up all
// locks that the process holds on it (POSIX, fcntl): another program that opens
// and closes the database would then take itself for the only one and remove the
// log that our connections go on writing to.
type readFiles map[string][]*os.File

// search counts the needles of a file and its bytes.
func (r readFiles) search(n *needles, path string) (found int, size int64, err error) {
	f, err := r.open(path)
	if err != nil {
		return 0, 0, err
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return 0, 0, err
	}
	return n.inReader(f)
}

func (r readFiles) open(path string) (*os.File, error) {
	now, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	for _, f := range r[path] {
		if then, err := f.Stat(); err == nil && os.SameFile(now, then) {
			return f, nil
		}
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	r[path] = append(r[path], f)
	return f, nil
}

// Close closes everything, when no connection is open any more.
func (r readFiles) Close() error {
	var errs []error
	for path, files := range r {
		for _, f := range files {
			errs = append(errs, f.Close())
		}
		delete(r, path)
	}
	return errors.Join(errs...)
}
