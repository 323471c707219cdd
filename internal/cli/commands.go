package cli

import (
	"context"

	urfave "github.com/urfave/cli/v3"
)

// The headings of starter --help.
var (
	forRemittances = phrase{"Remittances", "送金"}
	forMoney       = phrase{"Merchants, balances and accounts", "加盟店・残高・口座"}
	forBanks       = phrase{"Banks", "銀行"}
	forOperators   = phrase{"Operating", "運用"}
)

func (s *session) commands() []*urfave.Command {
	return []*urfave.Command{
		s.bankCommand(),
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
func (s *session) under(name string, category, usage phrase, subs ...*urfave.Command) *urfave.Command {
	return &urfave.Command{Name: name, Category: s.say(category), Usage: s.say(usage), Commands: subs}
}
