package app

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/oklog/run"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"soukin/activities"
	"soukin/config"
	"soukin/contract"
	"soukin/workflows"
)

var errStopping = errors.New("the worker is stopping")

// pollers are the workers of one process, one for each task queue.
type pollers struct {
	workers  []worker.Worker
	fatal    chan error
	quit     chan struct{}
	done     chan struct{}
	stopping atomic.Bool
	ready    func()
}

// newPollers makes the workers of every queue. The queues of the rails are apart
// from ours so that the limits of each hold for all workers together.
func newPollers(cfg config.Config, o options, c client.Client, books activities.Books, rails []openRail, tell activities.Notifier) *pollers {
	// The cache is the process's, not the worker's; it must be set before any starts.
	worker.SetStickyWorkflowCacheSize(cfg.Worker.StickyCache)
	p := &pollers{fatal: make(chan error, 1), quit: make(chan struct{}), done: make(chan struct{}), ready: o.ready}

	ours := p.options(cfg, o)
	ours.WorkflowTaskPollerBehavior = worker.NewPollerBehaviorAutoscaling(worker.PollerBehaviorAutoscalingOptions{})
	ours.WorkflowPanicPolicy = worker.BlockWorkflow
	main := worker.New(c, contract.QueueMain, ours)
	workflows.Register(main)
	activities.RegisterLedger(main, activities.NewLedger(books))
	p.workers = append(p.workers, main)

	for _, r := range rails {
		theirs := p.options(cfg, o)
		theirs.DisableWorkflowWorker = true
		theirs.TaskQueueActivitiesPerSecond = r.rate
		theirs.MaxConcurrentActivityExecutionSize = r.concurrency
		atRail := worker.New(c, contract.QueueRail(r.rail), theirs)
		activities.RegisterRail(atRail, r.rail, activities.NewCounterparty(r.port, r.honoursKeys, o.now))
		p.workers = append(p.workers, atRail)
	}

	notices := p.options(cfg, o)
	notices.DisableWorkflowWorker = true
	telling := worker.New(c, contract.QueueNotify, notices)
	activities.RegisterNotices(telling, activities.NewNotices(tell))
	p.workers = append(p.workers, telling)
	return p
}

func (p *pollers) options(cfg config.Config, o options) worker.Options {
	opts := worker.Options{
		DisableRegistrationAliasing: true,
		WorkerStopTimeout:           cfg.Worker.StopTimeout,
		Interceptors:                o.interceptors,
		OnFatalError:                p.fail,
	}
	if cfg.Worker.BuildID != "" {
		opts.DeploymentOptions = worker.DeploymentOptions{
			UseVersioning:             true,
			Version:                   worker.WorkerDeploymentVersion{DeploymentName: cfg.Worker.Deployment, BuildID: cfg.Worker.BuildID},
			DefaultVersioningBehavior: workflow.VersioningBehaviorPinned,
		}
	}
	return opts
}

// fail keeps the first fatal error; the others follow from it.
func (p *pollers) fail(err error) {
	select {
	case p.fatal <- err:
	default:
	}
}

// add puts the workers into the group. Their interrupt returns only when
// running activities have ended, so that whatever is interrupted after them
// (health, metrics) still answers meanwhile.
func (p *pollers) add(g *run.Group) {
	g.Add(p.execute, func(error) {
		p.stopping.Store(true)
		close(p.quit)
		<-p.done
	})
}

func (p *pollers) execute() error {
	defer close(p.done)
	var started []worker.Worker
	defer func() { stopAll(started) }()
	for _, w := range p.workers {
		if err := w.Start(); err != nil {
			return fmt.Errorf("start worker: %w", err)
		}
		started = append(started, w)
	}
	p.ready()
	select {
	case err := <-p.fatal:
		return fmt.Errorf("worker: %w", err)
	case <-p.quit:
		return nil
	}
}

func stopAll(ws []worker.Worker) {
	var wg sync.WaitGroup
	for _, w := range ws {
		wg.Go(w.Stop)
	}
	wg.Wait()
}
