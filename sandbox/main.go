// Command sandbox plays every counterparty on this machine, with their faults. See docs/settings.md.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"soukin/internal/app/sandboxed"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// A second signal ends the process at once.
	context.AfterFunc(ctx, stop)
	os.Exit(sandboxed.Server().Main(ctx, os.Args[1:], os.Environ(), os.Stdout, os.Stderr))
}
