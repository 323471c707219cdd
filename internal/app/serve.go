package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/oklog/run"
)

// The four timeouts keep a slow or dead peer from holding a connection for ever.
const (
	readHeaderTimeout = 5 * time.Second
	readTimeout       = 15 * time.Second
	writeTimeout      = 60 * time.Second // above the longest answer the sandbox delays on purpose
	idleTimeout       = 2 * time.Minute
	shutdownTimeout   = 10 * time.Second
)

// serve adds an HTTP server to the group. Interrupted, it takes no new
// requests and waits for the running ones, although ctx has ended by then.
func serve(ctx context.Context, g *run.Group, l net.Listener, h http.Handler) {
	srv := &http.Server{
		Handler:           h,
		ReadHeaderTimeout: readHeaderTimeout, ReadTimeout: readTimeout, WriteTimeout: writeTimeout, IdleTimeout: idleTimeout,
	}
	stopped := make(chan struct{})
	g.Add(func() error {
		err := srv.Serve(l)
		if errors.Is(err, http.ErrServerClosed) {
			<-stopped // Serve returns at once; requests may still be running
			return nil
		}
		return fmt.Errorf("serve on %s: %w", l.Addr(), err)
	}, func(error) {
		defer close(stopped)
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTimeout)
		defer cancel()
		if srv.Shutdown(ctx) != nil {
			// Running requests outlived the limit; cutting them is all that is left.
			_ = srv.Close()
		}
	})
}

// untilDone adds the actor that ends the group when ctx ends.
func untilDone(ctx context.Context, g *run.Group) {
	quit := make(chan struct{})
	g.Add(func() error {
		select {
		case <-ctx.Done():
		case <-quit:
		}
		return nil
	}, func(error) { close(quit) })
}

func listen(ctx context.Context, setting, addr string) (net.Listener, error) {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", setting, err)
	}
	return l, nil
}
