package devserver

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"sync"
	"time"
)

// stopLimit is how long a server may take to close its shards and its database before it is killed.
const stopLimit = 15 * time.Second

// child is a launched server process.
type child struct {
	cmd  *exec.Cmd
	done chan struct{}
	// waitErr is set before done is closed.
	waitErr error
	stopped sync.Once
	stopErr error
}

// startChild runs bin with its output going to the directory's log. The
// directory's lock goes to the child, which keeps it until it ends.
func startChild(bin binary, args []string, dir *stateDir) (*child, error) {
	logFile, err := os.OpenFile(dir.logPath(), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the Temporal server's log: %w", err)
	}
	defer func() { _ = logFile.Close() }()
	if _, err := fmt.Fprintf(logFile, "--- %s: %s %q\n", time.Now().UTC().Format(time.RFC3339), bin.path, args); err != nil {
		return nil, fmt.Errorf("write the Temporal server's log: %w", err)
	}
	c := &child{
		cmd:  exec.Command(bin.path, args...), //nolint:noctx // the server outlives the context of its start, until Close
		done: make(chan struct{}),
	}
	c.cmd.Dir = dir.path
	c.cmd.Stdout, c.cmd.Stderr = logFile, logFile
	inheritLock(c.cmd, dir.lock)
	detach(c.cmd)

	started := make(chan error)
	go func() {
		defer close(c.done)
		// Linux ties the death signal to the thread that started the child, so that thread must live as long as the child.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := c.cmd.Start()
		started <- err
		if err == nil {
			c.waitErr = c.cmd.Wait()
		}
	}()
	if err := <-started; err != nil {
		return nil, fmt.Errorf("start %s: %w", bin.path, err)
	}
	return c, nil
}

func (c *child) pid() int { return c.cmd.Process.Pid }

func (c *child) hasEnded() bool {
	select {
	case <-c.done:
		return true
	default:
		return false
	}
}

// stop asks the server to end, kills it after stopLimit, and waits for it.
func (c *child) stop() error {
	c.stopped.Do(func() {
		if c.hasEnded() {
			return
		}
		if err := terminate(c.cmd.Process); err != nil && !errors.Is(err, os.ErrProcessDone) {
			c.stopErr = err
		}
		select {
		case <-c.done:
			return
		case <-time.After(stopLimit):
		}
		if err := c.cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
			c.stopErr = errors.Join(c.stopErr, err)
		}
		<-c.done
		c.stopErr = errors.Join(c.stopErr, fmt.Errorf("it did not end within %s and was killed", stopLimit))
	})
	return c.stopErr
}
