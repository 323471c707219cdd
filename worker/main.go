// Command worker runs remittances: it polls Temporal's task queues and calls the bank. See docs/settings.md.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"soukin/internal/app"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// A second signal ends the process at once.
	context.AfterFunc(ctx, stop)
	os.Exit(app.Worker().Main(ctx, os.Args[1:], os.Environ(), os.Stdout, os.Stderr))
}
