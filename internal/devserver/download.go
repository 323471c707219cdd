package devserver

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/testsuite"
)

const (
	// downloadHost is where testsuite.StartDevServer asks for the CLI.
	downloadHost = "https://temporal.download/"
	// reachLimit is how long a machine without this host may cost us before the build begins.
	reachLimit = 4 * time.Second
	// downloadLimit is below the time a build takes, so that a slow line never costs more than building.
	downloadLimit = 2 * time.Minute
)

// discard keeps the SDK's own messages from the caller's terminal; what went wrong is in the returned errors.
var discard = log.NewStructuredLogger(slog.New(slog.DiscardHandler))

// download lets the SDK fetch its CLI into the cache. The SDK can only fetch
// and start in one call, so the server it starts (in memory, without UI) is
// stopped again and the binary is then launched like any other.
func download(ctx context.Context, cache string, progress func(Progress)) (binary, error) {
	progress(Progress{Step: "Looking for a Temporal server to download"})
	if err := reachable(ctx, downloadHost); err != nil {
		return binary{}, err
	}
	if err := os.MkdirAll(cache, 0o750); err != nil {
		return binary{}, fmt.Errorf("create the cache directory for the Temporal server: %w", err)
	}
	path := downloadedPath(cache)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	// The limit ends with the download: cancelling later would orphan the server the SDK is starting.
	limit := time.AfterFunc(downloadLimit, func() {
		if !isExecutable(path) {
			cancel()
		}
	})
	defer limit.Stop()

	stop := reportEvery(time.Second, progress, Progress{Step: "Downloading a Temporal server"})
	defer stop()
	trial, err := testsuite.StartDevServer(ctx, testsuite.DevServerOptions{
		CachedDownload: testsuite.CachedDownload{DestDir: cache},
		ClientOptions:  &client.Options{Logger: discard},
		Stdout:         io.Discard,
		Stderr:         io.Discard,
	})
	if err != nil {
		return binary{}, fmt.Errorf("download: %w", err)
	}
	trial.Client().Close()
	// The trial server's exit status says nothing about the binary, which has just served.
	_ = trial.Stop()
	if !isExecutable(path) {
		return binary{}, fmt.Errorf("download: the SDK left nothing at %s", path)
	}
	return binary{path: path, origin: path}, nil
}

func reachable(ctx context.Context, url string) error {
	ctx, cancel := context.WithTimeout(ctx, reachLimit)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodHead, url, nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("%s did not answer within %s", url, reachLimit)
	}
	if err != nil {
		return fmt.Errorf("%s cannot be reached: %w", url, errors.Unwrap(err))
	}
	return resp.Body.Close()
}

// reportEvery repeats p with the elapsed time until the returned func is called.
func reportEvery(interval time.Duration, progress func(Progress), p Progress) (stop func()) {
	began := time.Now()
	progress(p)
	quit, gone := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(gone)
		ticker := time.NewTicker(interval)
		defer ticker.Stop()
		for {
			select {
			case <-quit:
				return
			case <-ticker.C:
				p.Elapsed = time.Since(began)
				progress(p)
			}
		}
	}()
	return func() { close(quit); <-gone }
}
