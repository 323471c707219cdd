package cli

import (
	"context"
	"strings"
	"unicode/utf8"

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
		s.reissueCommand(),
		s.resendCommand(),
		s.extendCommand(),
		s.contactCommand(),
		s.linkCommand(),
		s.lateReturnCommand(),
		s.balanceCommand(),
		s.fundCommand(),
		s.accountCommand(),
		s.merchantCommand(),
		s.railsCommand(),
		s.bankCommand(),
		s.auditCommand(),
		s.sandboxCommand(),
		s.keysCommand(),
		s.workerCommand(),
	}
}

// command is one leaf of the command tree. help holds the longer description
// and must show an example.
func (s *session) command(name string, usage phrase, args string, help phrase, flags []urfave.Flag, run func(context.Context, *urfave.Command) error) *urfave.Command {
	return &urfave.Command{
		Name: name, Usage: s.say(usage), ArgsUsage: args, Description: fill(s.say(help)), Flags: flags,
		Action: func(ctx context.Context, cmd *urfave.Command) error {
			if s.asCSV {
				return usageError("%s", s.sayf(phrase{"%s has no rows to write as csv; use table or json", "%s は csv で出力できません。table か json を指定してください"}, cmd.FullName()))
			}
			return run(ctx, cmd)
		},
	}
}

// rowsAsCSV lets a command be asked for csv: its result is rows, and run writes
// them so.
func rowsAsCSV(c *urfave.Command, run func(context.Context, *urfave.Command) error) *urfave.Command {
	c.Action = run
	return c
}

// helpWidth is what a terminal of 80 columns leaves beside the indent of help.
const helpWidth = 77

// fill breaks paragraphs anew for the width of help. Indented lines, which are
// examples and lists, stay as they are.
func fill(help string) string {
	var out []string
	paragraph := ""
	end := func() {
		if paragraph != "" {
			out = append(out, wrapCell(paragraph, helpWidth))
			paragraph = ""
		}
	}
	for line := range strings.SplitSeq(help, "\n") {
		if line == "" || strings.HasPrefix(line, " ") {
			end()
			out = append(out, line)
			continue
		}
		if last, _ := utf8.DecodeLastRuneInString(paragraph); paragraph != "" && last < '\u3000' {
			paragraph += " " // Japanese is joined without
		}
		paragraph += line
	}
	end()
	return strings.TrimRight(trimLines(strings.Join(out, "\n")), "\n")
}

// under puts commands under one name.
func (s *session) under(name string, usage phrase, subs ...*urfave.Command) *urfave.Command {
	return &urfave.Command{Name: name, Usage: s.say(usage), Commands: subs}
}
