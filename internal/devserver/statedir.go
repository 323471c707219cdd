package devserver

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

const (
	// holderLimit is how long a server that is just stopping may keep the directory.
	holderLimit = 15 * time.Second
	// logLimit is the log's size at which a start begins a new one and keeps the old.
	logLimit = 16 << 20
	tailSize = 4 << 10
)

// stateDir is Options.Dir while one server uses it.
type stateDir struct {
	path string
	last lastRun
	// lock is inherited by the server, so that the directory stays taken until
	// the server has gone even if the process that launched it was killed.
	lock *os.File
}

// lastRun is what a start leaves in the directory for the next one.
type lastRun struct {
	Port   int `json:"port"`
	UIPort int `json:"ui_port,omitempty"`
	PID    int `json:"pid"`
	// DatabaseReady is set for ever by the first start that served from the database.
	DatabaseReady bool `json:"database_ready"`
}

func openStateDir(ctx context.Context, o Options) (*stateDir, error) {
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("create the Temporal server's directory: %w", err)
	}
	// The server is started elsewhere than the caller's working directory may be later.
	path, err := filepath.Abs(o.Dir)
	if err != nil {
		return nil, fmt.Errorf("find the Temporal server's directory: %w", err)
	}
	d := &stateDir{path: path}
	if err := d.recall(); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, holderLimit)
	defer cancel()
	waiting := reporter{progress: o.Progress, step: "Waiting for the server that uses " + path, began: time.Now()}
	d.lock, err = openLocked(ctx, filepath.Join(path, "temporal.lock"), func() { waiting.report(0, 0, "") })
	if errors.Is(err, context.DeadlineExceeded) {
		return nil, fmt.Errorf("another Temporal server (process %d, port %d) uses %s: stop it, or choose another directory", d.last.PID, d.last.Port, path)
	}
	if err != nil {
		return nil, fmt.Errorf("take the Temporal server's directory: %w", err)
	}
	if err := errors.Join(d.setAsideUnfinished(), d.rotateLog()); err != nil {
		return nil, errors.Join(err, d.lock.Close())
	}
	return d, nil
}

// release gives up this process's hold on the directory.
func (d *stateDir) release() { _ = d.lock.Close() }

func (d *stateDir) databasePath() string { return filepath.Join(d.path, "temporal.db") }
func (d *stateDir) logPath() string      { return filepath.Join(d.path, "temporal.log") }
func (d *stateDir) runPath() string      { return filepath.Join(d.path, "temporal.json") }

// setAsideUnfinished renames a database whose first start never became ready:
// the server sets the schema up only if no file exists, so a start that was
// killed half-way would otherwise fail for ever. Nothing is lost, because
// nobody was given the address of a server that was not ready.
func (d *stateDir) setAsideUnfinished() error {
	if d.last.DatabaseReady {
		return nil
	}
	for _, suffix := range []string{"", "-wal", "-shm"} {
		old := d.databasePath() + suffix
		if err := os.Rename(old, old+".unfinished"); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("set an unfinished Temporal database aside: %w", err)
		}
	}
	return nil
}

func (d *stateDir) recall() error {
	text, err := os.ReadFile(d.runPath())
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read the Temporal server's last run: %w", err)
	}
	if err := json.Unmarshal(text, &d.last); err != nil {
		return fmt.Errorf("read the Temporal server's last run from %s: %w", d.runPath(), err)
	}
	return nil
}

func (d *stateDir) remember(r lastRun) error {
	r.DatabaseReady = r.DatabaseReady || d.last.DatabaseReady
	text, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("record the Temporal server's run: %w", err)
	}
	tmp := d.runPath() + ".new"
	if err := os.WriteFile(tmp, append(text, '\n'), 0o600); err != nil {
		return fmt.Errorf("record the Temporal server's run: %w", err)
	}
	if err := os.Rename(tmp, d.runPath()); err != nil {
		return fmt.Errorf("record the Temporal server's run: %w", err)
	}
	return nil
}

func (d *stateDir) rotateLog() error {
	info, err := os.Stat(d.logPath())
	if errors.Is(err, fs.ErrNotExist) || (err == nil && info.Size() < logLimit) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("look at the Temporal server's log: %w", err)
	}
	if err := os.Rename(d.logPath(), d.logPath()+".1"); err != nil {
		return fmt.Errorf("keep the Temporal server's old log: %w", err)
	}
	return nil
}

// logTail returns the end of the log, for an error message.
func (d *stateDir) logTail() string {
	f, err := os.Open(d.logPath())
	if err != nil {
		return "its log cannot be read: " + err.Error()
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return "its log cannot be read: " + err.Error()
	}
	text, err := io.ReadAll(io.NewSectionReader(f, max(0, info.Size()-tailSize), tailSize))
	if err != nil {
		return "its log cannot be read: " + err.Error()
	}
	return fmt.Sprintf("the end of %s:\n%s", d.logPath(), text)
}
