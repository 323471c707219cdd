package demo

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync/atomic"

	"soukin/config"
	"soukin/internal/app"
)

// readyLine is what the worker's process says when it takes work.
const readyLine = "ready"

// RunWorker is a worker in a process of its own, for a demo that kills it: the
// one of the home, until ctx or stdin ends. It says on stdout when it is ready,
// and logs where the demo does.
func RunWorker(ctx context.Context, environ []string, home string, stdin io.Reader, stdout io.Writer) error {
	cfg, err := config.Load(append(slices.Clone(environ), "SOUKIN_HOME="+home))
	if err != nil {
		return err
	}
	f, err := openLogFile(home)
	if err != nil {
		return err
	}
	log, err := app.NewLogger("info", f)
	if err != nil {
		return errors.Join(err, f.Close())
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	go func() {
		// Whoever started it has ended, in whatever way.
		_, _ = io.Copy(io.Discard, stdin)
		stop()
	}()
	err = app.RunWorker(ctx, cfg, app.WithLogger(log.With("process", "worker")), app.WithReady(func() {
		_, _ = fmt.Fprintln(stdout, readyLine) // who does not hear it waits in vain and says so
	}))
	return errors.Join(err, f.Close())
}

func openLogFile(home string) (*os.File, error) {
	dir := filepath.Join(home, "logs")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	return os.OpenFile(filepath.Join(dir, "soukin.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
}

// child is the worker's process.
type child struct {
	cmd   *exec.Cmd
	stdin io.Closer
	done  chan struct{} // closed when it has ended
	err   error         // how; after done
	meant atomic.Bool   // that it ends
}

// startChild starts the command and waits until the worker in it is ready.
func startChild(ctx context.Context, command, environ []string, home string) (*child, error) {
	c := &child{cmd: exec.Command(command[0], append(command[1:], home)...), done: make(chan struct{})} //nolint:gosec,noctx // our own program; it is killed by hand
	c.cmd.Env = environ
	c.cmd.Stderr = os.Stderr
	stdin, err := c.cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	stdout, err := c.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	c.stdin = stdin
	if err := c.cmd.Start(); err != nil {
		return nil, err
	}
	ready := make(chan struct{})
	go func() {
		lines := bufio.NewScanner(stdout)
		if lines.Scan() && lines.Text() == readyLine {
			close(ready)
		}
		_, _ = io.Copy(io.Discard, stdout) // until it ends
		c.err = c.cmd.Wait()
		close(c.done)
	}()
	select {
	case <-ready:
		return c, nil
	case <-c.done:
		return nil, fmt.Errorf("the worker ended before it was ready: %w", c.ended())
	case <-ctx.Done():
		c.kill()
		return nil, ctx.Err()
	}
}

// kill ends it without a warning, as a machine that loses power does.
func (c *child) kill() {
	c.meant.Store(true)
	_ = c.cmd.Process.Kill() // fails only where it has ended already
	<-c.done
}

// stop lets it finish what it does.
func (c *child) stop() error {
	c.meant.Store(true)
	_ = c.stdin.Close() // fails only where it has ended already
	<-c.done
	return c.err
}

func (c *child) ended() error {
	if c.err == nil {
		return errors.New("it ended by itself")
	}
	return c.err
}

// KillWorker kills the worker's process with SIGKILL and starts another one.
func (s *System) KillWorker(ctx context.Context) error {
	s.worker.kill()
	return s.startWorker(ctx)
}

// startWorker runs the worker as a process of its own, and watches it.
func (s *System) startWorker(ctx context.Context) error {
	c, err := startChild(ctx, s.workerCommand, s.environ, s.Home)
	if err != nil {
		return fmt.Errorf("worker: %w", err)
	}
	s.worker = c
	go func() {
		<-c.done
		if !c.meant.Load() {
			s.fail(fmt.Errorf("worker: %w", c.ended()))
		}
	}()
	return nil
}
