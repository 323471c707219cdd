//go:build chaos

package chaos

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/interceptor"

	"soukin/config"
	"soukin/internal/app"
	"soukin/internal/cli"
)

// The test binary starts itself again as a worker, so that a SIGKILL takes a
// whole process as in production. These variables tell it so.
const (
	killAt      = "CHAOS_KILL_AT"    // the boundary to die at, by number or name; 0 lives
	boundaryLog = "CHAOS_BOUNDARIES" // file that gets a line for each boundary
)

func TestMain(m *testing.M) {
	if at, child := os.LookupEnv(killAt); child {
		os.Exit(work(at))
	}
	if len(os.Args) > 1 && os.Args[1] == "demo-worker" { // of a storm, which kills it by itself
		os.Exit(cli.Main(context.Background(), os.Args[1:], os.Environ(), os.Stdin, os.Stdout, os.Stderr))
	}
	os.Exit(m.Run())
}

func work(at string) int {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	cfg, err := config.Load(os.Environ())
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 2
	}
	log, err := os.OpenFile(os.Getenv(boundaryLog), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return 2
	}
	err = app.RunWorker(ctx, cfg, app.WithLogger(slog.New(slog.DiscardHandler)), app.WithInterceptors(&killer{at: at, log: log}))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// killer counts the moments before and after each activity, local ones too,
// and ends the process without a word at one of them.
type killer struct {
	interceptor.WorkerInterceptorBase
	at  string
	log *os.File

	mu   sync.Mutex
	seen int
}

func (k *killer) InterceptActivity(ctx context.Context, next interceptor.ActivityInboundInterceptor) interceptor.ActivityInboundInterceptor {
	return &killerInbound{interceptor.ActivityInboundInterceptorBase{Next: next}, k}
}

type killerInbound struct {
	interceptor.ActivityInboundInterceptorBase
	k *killer
}

func (i *killerInbound) ExecuteActivity(ctx context.Context, in *interceptor.ExecuteActivityInput) (any, error) {
	name := activity.GetInfo(ctx).ActivityType.Name
	i.k.boundary("before " + name)
	out, err := i.Next.ExecuteActivity(ctx, in)
	i.k.boundary("after " + name)
	return out, err
}

func (k *killer) boundary(name string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.seen++
	_, _ = fmt.Fprintf(k.log, "%d %s\n", k.seen, name)
	if k.at == name || k.at == strconv.Itoa(k.seen) {
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {} // nothing more of this process may run
	}
}

// child is a worker process.
type child struct {
	cmd  *exec.Cmd
	done chan struct{}
	log  string
}

// startChild starts a worker that dies at a boundary: its number among all that
// the worker passes, or its name.
func startChild(t *testing.T, environ []string, at string) *child {
	t.Helper()
	c := &child{done: make(chan struct{}), log: t.TempDir() + "/boundaries"}
	c.cmd = exec.Command(os.Args[0])
	c.cmd.Env = append(os.Environ(), append(environ, killAt+"="+at, boundaryLog+"="+c.log)...)
	c.cmd.Stderr = os.Stderr
	require.NoError(t, c.cmd.Start())
	go func() { defer close(c.done); _ = c.cmd.Wait() }()
	t.Cleanup(c.stop)
	return c
}

// stop asks the process to end and waits for it.
func (c *child) stop() {
	_ = c.cmd.Process.Signal(syscall.SIGTERM)
	<-c.done
}

func (c *child) kill() {
	_ = c.cmd.Process.Kill()
	<-c.done
}

// killed reports whether the process died by SIGKILL.
func (c *child) killed() bool {
	status, ok := c.cmd.ProcessState.Sys().(syscall.WaitStatus)
	return ok && status.Signaled() && status.Signal() == syscall.SIGKILL
}

// boundaries lists what the process passed.
func (c *child) boundaries(t *testing.T) []string {
	t.Helper()
	data, err := os.ReadFile(c.log)
	require.NoError(t, err)
	return strings.Split(strings.TrimSpace(string(data)), "\n")
}
