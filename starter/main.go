// Command starter is Soukin's command line: it starts a demo, sends and follows
// remittances, and operates a running system. See docs/cli.md.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"soukin/internal/cli"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// A second Ctrl-C ends the process at once.
	context.AfterFunc(ctx, stop)
	os.Exit(cli.Main(ctx, os.Args[1:], os.Environ(), os.Stdin, os.Stdout, os.Stderr))
}
