package demo

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"

	"soukin/internal/devserver"
)

// temporalServer is the Temporal server of a demo, and how to start it again.
type temporalServer struct {
	*devserver.Server
	opts  devserver.Options
	meant atomic.Bool // that it ends
}

func (t *temporalServer) stop() error {
	t.meant.Store(true)
	return t.Close()
}

// launchTemporal starts a server, or finds the one that runs already, and watches
// it.
func (s *System) launchTemporal(ctx context.Context, opts devserver.Options) error {
	server, err := devserver.Start(ctx, opts)
	if err != nil {
		return err
	}
	t := &temporalServer{Server: server, opts: opts}
	s.server = t
	if done := server.Done(); done != nil {
		go func() {
			<-done
			if !t.meant.Load() {
				close(s.gone)
			}
		}()
	}
	return nil
}

// TemporalGone is closed when the Temporal server that the demo started has
// ended by itself; never for a server that was running already.
func (s *System) TemporalGone() <-chan struct{} { return s.gone }

// ReviveTemporal stops the Temporal server that the demo started and starts it
// again on what it has stored, under the same address. Everybody connected finds
// it again by themselves.
func (s *System) ReviveTemporal(ctx context.Context) error {
	opts := s.server.opts
	if err := s.server.stop(); err != nil {
		return fmt.Errorf("stop the Temporal server: %w", err)
	}
	address := s.server.Address
	if err := s.launchTemporal(ctx, opts); err != nil {
		return fmt.Errorf("start the Temporal server again: %w", err)
	}
	if s.server.Address != address {
		return fmt.Errorf("the Temporal server came back at %s, everybody looks for it at %s", s.server.Address, address)
	}
	return nil
}

const (
	// pulseEvery is how often the Temporal server is felt, pulseWait how long it may
	// take, and pulseMisses how often in a row it may not answer.
	pulseEvery  = 5 * time.Second
	pulseWait   = 5 * time.Second
	pulseMisses = 4
)

// pulse tells when the server answers nothing that it has to read from its
// database. A development server keeps its state behind one SQLite connection,
// and on a machine under heavy load a query that is given up at the wrong moment
// breaks this connection for good ("interrupted (9)"): the server looks healthy
// and does nothing any more until it is started again. A server that was running
// already is somebody else's to watch.
func (s *System) pulse(ctx context.Context) (<-chan struct{}, error) {
	stopped := make(chan struct{})
	if s.server.opts.Existing != nil {
		return stopped, nil
	}
	c, err := client.NewLazyClient(s.Config.Temporal.Options)
	if err != nil {
		return nil, err
	}
	go func() {
		defer c.Close()
		tick := time.NewTicker(pulseEvery)
		defer tick.Stop()
		for missed := 0; ; {
			select {
			case <-tick.C:
			case <-ctx.Done():
				return
			}
			if missed++; s.answers(ctx, c) {
				missed = 0
			}
			if missed < pulseMisses {
				continue
			}
			missed = 0
			select {
			case stopped <- struct{}{}:
			case <-ctx.Done():
				return
			}
		}
	}()
	return stopped, nil
}

func (s *System) answers(ctx context.Context, c client.Client) bool {
	ctx, cancel := context.WithTimeout(ctx, pulseWait)
	defer cancel()
	_, err := c.WorkflowService().DescribeNamespace(ctx, &workflowservice.DescribeNamespaceRequest{Namespace: s.Config.Temporal.Namespace()})
	return err == nil
}
