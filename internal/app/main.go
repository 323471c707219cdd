package app

import (
	"context"
	"fmt"
	"io"
	"slices"

	urfave "github.com/urfave/cli/v3"

	"soukin/config"
)

// The exit codes of the servers.
const (
	exitOK     = 0
	exitFailed = 1
	exitUsage  = 2
)

// Server is one of the long-running processes: what its main says about it and
// how it runs.
type Server struct {
	Name, Usage, Description string
	Run                      func(context.Context, config.Config, ...Option) error
}

// Worker is the process that runs remittances.
func Worker() Server {
	return Server{"worker", "runs remittances: polls the task queues and calls the rails",
		"Stops on SIGINT and SIGTERM after running calls have ended, at most SOUKIN_STOP_TIMEOUT.\nServes /healthz, /readyz and /metrics on SOUKIN_WORKER_LISTEN.", RunWorker}
}

// Gateway is the process that faces recipients and the ATM network.
func Gateway() Server {
	return Server{"gateway", "serves the recipients' pages, takes notices, and decodes payloads for the Web UI",
		"Serves the pages under /r, the way back from Amazon under /amazon, the ATM network's notices under /hooks/atm,\n/healthz and /readyz on SOUKIN_GATEWAY_LISTEN, and /codec where SOUKIN_CODEC_UI_ORIGIN is set.", RunGateway}
}

// Main runs the process and returns its exit code: 0 after a requested stop, 1
// when it broke, 2 when arguments or settings are wrong. args are without the
// program's name; environ has the form of [os.Environ].
func (s Server) Main(ctx context.Context, args, environ []string, stdout, stderr io.Writer) int {
	code := exitOK
	cmd := &urfave.Command{
		Name: s.Name, Usage: s.Usage, Description: s.Description + "\n\nSettings come from the environment and soukin.env in SOUKIN_HOME; docs/settings.md lists them.",
		Version: config.Version(), Writer: stdout, ErrWriter: stderr, HideHelpCommand: true,
		Flags: []urfave.Flag{
			&urfave.BoolFlag{Name: "print-config", Usage: "show the settings in force, without secrets, and exit"},
			&urfave.StringFlag{Name: "home", Usage: "home directory, instead of SOUKIN_HOME"},
		},
		OnUsageError:   func(_ context.Context, _ *urfave.Command, err error, _ bool) error { code = exitUsage; return err },
		ExitErrHandler: func(context.Context, *urfave.Command, error) {},
		Action: func(ctx context.Context, cmd *urfave.Command) error {
			if cmd.Args().Present() {
				code = exitUsage
				return fmt.Errorf("unexpected argument %q", cmd.Args().First())
			}
			if home := cmd.String("home"); home != "" {
				environ = append(slices.Clone(environ), "SOUKIN_HOME="+home)
			}
			cfg, err := config.Load(environ)
			if err != nil {
				code = exitUsage
				return err
			}
			if cmd.Bool("print-config") {
				return cfg.Print(stdout)
			}
			log, err := NewLogger(cfg.LogLevel, stderr)
			if err != nil {
				return err
			}
			return s.Run(ctx, cfg, WithLogger(log.With("process", s.Name)))
		},
	}
	if err := cmd.Run(ctx, append([]string{s.Name}, args...)); err != nil {
		// Standard error is the last way to its reader.
		_, _ = fmt.Fprintf(stderr, "%s: %v\n", s.Name, err)
		return max(code, exitFailed)
	}
	return code
}
