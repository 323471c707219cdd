package devserver

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
)

// readyPoll is how often a server that is starting is asked whether it serves.
const readyPoll = 100 * time.Millisecond

// waitReady returns when the server answers its health check, has the
// namespace with its search attributes, and the Web UI serves.
func (s *Server) waitReady(ctx context.Context, o Options) error {
	ctx, cancel := context.WithTimeoutCause(ctx, startLimit, fmt.Errorf("it was not ready within %s", startLimit))
	defer cancel()
	options := s.ClientOptions()
	options.Logger = discard
	c, err := client.NewLazyClient(options)
	if err != nil {
		return err
	}
	defer c.Close()
	if err := s.poll(ctx, func(ctx context.Context) error {
		_, err := c.CheckHealth(ctx, &client.CheckHealthRequest{})
		return err
	}); err != nil {
		return err
	}
	if err := s.poll(ctx, func(ctx context.Context) error { return checkServing(ctx, c, o.Namespace) }); err != nil {
		return err
	}
	if err := RegisterSearchAttributes(ctx, c, o.Namespace, o.SearchAttributes); err != nil {
		return err
	}
	if s.UI == "" {
		return nil
	}
	return s.poll(ctx, func(ctx context.Context) error { return checkPage(ctx, s.UI) })
}

// poll repeats try until it succeeds, ctx is done, or the server has ended.
func (s *Server) poll(ctx context.Context, try func(context.Context) error) error {
	for {
		attempt, cancel := context.WithTimeout(ctx, 5*time.Second)
		err := try(attempt)
		cancel()
		if err == nil {
			return nil
		}
		select {
		case <-s.child.done:
			return fmt.Errorf("it ended at once: %w", errors.Join(s.child.waitErr, err))
		case <-ctx.Done():
			return errors.Join(context.Cause(ctx), err)
		case <-time.After(readyPoll):
		}
	}
}

// checkServing makes sure that the namespace is known and that lists answer,
// which both come up after the health check does.
func checkServing(ctx context.Context, c client.Client, namespace string) error {
	if err := checkNamespace(ctx, c, namespace); err != nil {
		return err
	}
	_, err := c.ListWorkflow(ctx, &workflowservice.ListWorkflowExecutionsRequest{Namespace: namespace, PageSize: 1})
	return err
}

func checkNamespace(ctx context.Context, c client.Client, namespace string) error {
	_, err := c.WorkflowService().DescribeNamespace(ctx, &workflowservice.DescribeNamespaceRequest{Namespace: namespace})
	var missing *serviceerror.NamespaceNotFound
	if errors.As(err, &missing) {
		return fmt.Errorf("the Temporal server has no namespace %q: create it with `temporal operator namespace create --namespace %s`: %w", namespace, namespace, err)
	}
	if err != nil {
		return fmt.Errorf("look up the Temporal namespace %q: %w", namespace, err)
	}
	return nil
}

func checkPage(ctx context.Context, url string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/", nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, io.LimitReader(resp.Body, 1<<20))
	if err := errors.Join(err, resp.Body.Close()); err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("the Web UI answers %s", resp.Status)
	}
	return nil
}
