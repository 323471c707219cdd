package cli

import (
	"context"

	urfave "github.com/urfave/cli/v3"
)

func (s *session) commands() []*urfave.Command {
	return []*urfave.Command{
		s.demoCommand(),
		s.sendCommand(),
		s.listCommand(),
		s.showCommand(),
		s.watchCommand(),
		s.cancelCommand(),
		s.correctCommand(),
		s.resolveCommand(),
		s.balanceCommand(),
		s.fundCommand(),
		s.accountCommand(),
		s.merchantCommand(),
		s.bankCommand(),
		s.auditCommand(),
		s.sandboxCommand(),
		s.keysCommand(),
	}
}

// command is one leaf of the command tree. help holds the longer description
// and must show an example.
func (s *session) command(name string, usage phrase, args string, help phrase, flags []urfave.Flag, run func(context.Context, *urfave.Command) error) *urfave.Command {
	return &urfave.Command{
		Name: name, Usage: s.say(usage), ArgsUsage: args, Description: s.say(help), Flags: flags, Action: run,
	}
}

// under puts commands under one name.
func (s *session) under(name string, usage phrase, subs ...*urfave.Command) *urfave.Command {
	return &urfave.Command{Name: name, Usage: s.say(usage), Commands: subs}
}
