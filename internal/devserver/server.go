package devserver

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"go.temporal.io/sdk/client"
)

// startLimit bounds how long a launched server may take to answer; a cold start on two busy cores takes some seconds.
const startLimit = time.Minute

// Server is a Temporal server that answered its health check.
type Server struct {
	// Address is host:port of the gRPC frontend.
	Address string
	// Namespace exists and has the search attributes that were asked for.
	Namespace string
	// UI is the Web UI's URL without a trailing slash, empty if this Server started none.
	UI string
	// Origin says where the server came from, for people.
	Origin string
	// LogPath is the server's log, empty for an existing server.
	LogPath string

	connect client.Options
	child   *child
}

// Start finds or launches a Temporal server and returns when it is ready. ctx
// bounds the start only; the server then runs until Close.
func Start(ctx context.Context, o Options) (*Server, error) {
	if err := o.complete(); err != nil {
		return nil, err
	}
	if o.Existing != nil {
		return attach(ctx, o)
	}
	bin, err := find(ctx, o)
	if err != nil {
		return nil, err
	}
	return launch(ctx, o, bin)
}

func attach(ctx context.Context, o Options) (*Server, error) {
	s := &Server{
		Address: o.Existing.HostPort, Namespace: o.Namespace,
		Origin: "a server that was running already", connect: *o.Existing,
	}
	if s.Address == "" {
		s.Address = client.DefaultHostPort
	}
	o.Progress(Progress{Step: "Connecting to the Temporal server at " + s.Address})
	c, err := client.DialContext(ctx, s.ClientOptions())
	if err != nil {
		return nil, fmt.Errorf("connect to the Temporal server at %s: %w", s.Address, err)
	}
	defer c.Close()
	if err := checkNamespace(ctx, c, o.Namespace); err != nil {
		return nil, err
	}
	if err := RegisterSearchAttributes(ctx, c, o.Namespace, o.SearchAttributes); err != nil {
		return nil, err
	}
	return s, nil
}

// launch starts bin and waits until it serves. Ports that were chosen here can
// be taken by another process before the server binds them, so a server that
// ends at once gets two more chances.
func launch(ctx context.Context, o Options, bin binary) (*Server, error) {
	dir, err := openStateDir(ctx, o)
	if err != nil {
		return nil, err
	}
	// The child holds the lock from its start on; this process need not.
	defer dir.release()
	const attempts = 3
	for attempt := 1; ; attempt++ {
		s, ended, err := launchOnce(ctx, o, bin, dir)
		if err == nil {
			return s, nil
		}
		chosenHere := o.Port == 0 || (o.UI && o.UIPort == 0)
		if !ended || !chosenHere || attempt == attempts {
			return nil, err
		}
		dir.last.Port, dir.last.UIPort = 0, 0
	}
}

func launchOnce(ctx context.Context, o Options, bin binary, dir *stateDir) (_ *Server, ended bool, _ error) {
	ports, err := choosePorts(ctx, o, dir.last)
	if err != nil {
		return nil, false, err
	}
	began := time.Now()
	o.Progress(Progress{Step: "Starting the Temporal server: " + bin.origin})
	child, err := startChild(bin, serverArgs(o, dir, ports), dir)
	if err != nil {
		return nil, false, err
	}
	s := &Server{
		Address: ports.grpcAddress(), Namespace: o.Namespace, Origin: bin.origin,
		LogPath: dir.logPath(), child: child,
	}
	if o.UI {
		s.UI = ports.uiURL()
	}
	if err := s.waitReady(ctx, o); err != nil {
		ended = child.hasEnded()
		return nil, ended, fmt.Errorf("start the Temporal server: %w\n%s", errors.Join(err, s.Close()), dir.logTail())
	}
	run := lastRun{Port: ports.grpc, UIPort: ports.ui, PID: child.pid(), DatabaseReady: !o.InMemory}
	if err := dir.remember(run); err != nil {
		return nil, false, errors.Join(err, s.Close())
	}
	o.Progress(Progress{Step: "The Temporal server is ready at " + s.Address, Elapsed: time.Since(began)})
	return s, false, nil
}

// ClientOptions returns the connection to this server, for the caller to add
// its data converter, logger and metrics to.
func (s *Server) ClientOptions() client.Options {
	c := s.connect
	c.HostPort, c.Namespace = s.Address, s.Namespace
	return c
}

// Done is closed when a launched server has ended, by Close or by itself. It is never closed for an existing server.
func (s *Server) Done() <-chan struct{} {
	if s.child == nil {
		return nil
	}
	return s.child.done
}

// Close stops a launched server and waits for its end; it leaves an existing
// server alone. Its state and log stay. Closing twice is allowed.
func (s *Server) Close() error {
	if s.child == nil {
		return nil
	}
	if err := s.child.stop(); err != nil {
		return fmt.Errorf("stop the Temporal server (process %d, log %s): %w", s.child.pid(), s.LogPath, err)
	}
	return nil
}

// binary is a Temporal CLI that can run a development server.
type binary struct {
	path   string
	origin string
}

func isExecutable(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular() && info.Size() > 0
}
