package cli

import (
	"fmt"
	"io"
	"strings"

	urfave "github.com/urfave/cli/v3"

	"soukin/remittance"
)

// Markdown is the text of docs/cli.md, made from the commands themselves.
func Markdown() string {
	s := &session{stdin: strings.NewReader(""), stdout: io.Discard, stderr: io.Discard, lang: remittance.En}
	root := s.root()
	var b strings.Builder
	b.WriteString(`# The command line

<!-- Generated from package cli: go test ./internal/cli -update -->

` + "`go run ./starter COMMAND`" + ` or the built ` + "`starter`" + `. Help, messages and tables are in English or Japanese
(` + "`--lang`" + `, else ` + "`LANG`" + `). With ` + "`--output json`" + ` standard output holds exactly one JSON document;
messages and progress go to standard error. ` + "`starter send --output csv`" + ` writes one line a row.
` + "`starter completion bash|zsh|fish|pwsh`" + ` prints a completion script.

## Exit codes

| code | meaning |
|---|---|
| 0 | done |
| 1 | something went wrong that no other code names |
| 2 | the command line or a setting is wrong; nothing was done |
| 3 | no such remittance, account, merchant or bank |
| 4 | the id is taken by another order, or it is too late for that |
| 5 | the order breaks a rule; nothing was held |
| 6 | Temporal, the database or a counterparty cannot be reached; try again |
| 7 | a remittance ended otherwise than expected, or the audit found an error |

## Every command takes

`)
	flags(&b, root.Flags)
	b.WriteString("\n## Commands\n")
	for _, c := range root.VisibleCommands() {
		document(&b, "starter "+c.Name, c)
	}
	return b.String()
}

func document(b *strings.Builder, name string, c *urfave.Command) {
	if len(c.Commands) > 0 {
		for _, sub := range c.Commands {
			document(b, name+" "+sub.Name, sub)
		}
		return
	}
	fmt.Fprintf(b, "\n### %s\n\n%s.\n\n```\n%s\n```\n", strings.TrimSpace(name+" "+c.ArgsUsage), sentence(c.Usage), c.Description)
	if len(c.Flags) > 0 {
		b.WriteString("\n")
		flags(b, c.Flags)
	}
}

func sentence(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

func flags(b *strings.Builder, all []urfave.Flag) {
	b.WriteString("| flag | what it does |\n|---|---|\n")
	for _, f := range all {
		text := strings.TrimSpace(f.String())
		left, right, _ := strings.Cut(text, "\t")
		fmt.Fprintf(b, "| `%s` | %s |\n", left, strings.TrimSpace(right))
	}
}
