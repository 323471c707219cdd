package cli

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/caarlos0/env/v11"
	urfave "github.com/urfave/cli/v3"

	"soukin/config"
	"soukin/internal/orders"
	"soukin/remittance"
)

// Main runs one command and returns its exit code. args are the arguments
// without the program's name; environ has the form of [os.Environ].
func Main(ctx context.Context, args, environ []string, stdin io.Reader, stdout, stderr io.Writer) int {
	set := env.ToMap(environ)
	s := &session{
		environ: environ, stdin: stdin, stdout: stdout, stderr: stderr,
		lang: language(args, set), width: columns(stdout),
	}
	s.color = s.width > 0 && set["NO_COLOR"] == "" && set["TERM"] != "dumb"
	err := s.root().Run(ctx, append([]string{"starter"}, args...))
	if err != nil {
		s.report(err)
	}
	return exitCode(err)
}

// report says what went wrong: refusals in the reader's language with what to do
// about them, other errors as they are.
func (s *session) report(err error) {
	text := err.Error()
	if faults := orders.FaultsOf(err); faults != nil {
		lines := make([]string, len(faults))
		for i, f := range faults {
			lines[i] = s.refusal(f)
		}
		text = strings.Join(lines, "\n")
	}
	for line := range strings.SplitSeq(text, "\n") {
		// Standard error is the last way to its reader.
		_, _ = fmt.Fprintf(s.stderr, "starter: %s\n", line)
	}
}

func (s *session) refusal(f *orders.Error) string {
	if f.Field == "" {
		return f.Sentence(s.lang)
	}
	return f.Field + ": " + f.Sentence(s.lang)
}

func (s *session) root() *urfave.Command {
	root := &urfave.Command{
		Name:                  "starter",
		Usage:                 s.say(phrase{"send money to people in Japan, and follow it", "日本の個人に送金し、その行方を追う"}),
		Description:           fill(s.say(rootDescription)),
		Version:               config.Version(),
		EnableShellCompletion: true,
		ConfigureShellCompletionCommand: func(c *urfave.Command) {
			c.Hidden = false
			c.Usage = s.say(phrase{"print a completion script for bash, zsh, fish or pwsh", "シェル補完スクリプトを出力する (bash, zsh, fish, pwsh)"})
		},
		Suggest:        true,
		Writer:         s.stdout,
		ErrWriter:      s.stderr,
		Flags:          s.globalFlags(),
		Before:         s.before,
		ExitErrHandler: func(context.Context, *urfave.Command, error) {},
		Commands:       s.commands(),
		Action: func(_ context.Context, cmd *urfave.Command) error {
			if cmd.Bool("print-config") {
				return s.printConfig()
			}
			return s.group(cmd)
		},
	}
	s.finish(root)
	return root
}

var rootDescription = phrase{
	`Every command works on a running system. Which one it is:

  --home DIR or SOUKIN_HOME   the home directory of an installation or demo
  otherwise                   the newest demo started by this user

In a hurry: "starter demo" starts everything on this machine; in another
terminal, "starter list" then shows what it sends.

Exit codes: 0 done, 1 failed, 2 wrong usage, 3 not found, 4 conflict or too
late, 5 refused by a rule, 6 unavailable, 7 ended otherwise than expected.`,
	`どのコマンドも稼働中のシステムに対して働きます。対象の決まり方:

  --home DIR または SOUKIN_HOME   導入先またはデモのホームディレクトリ
  指定なし                        このユーザーが最後に起動したデモ

まず試すには starter demo を実行し、別の端末で starter list を実行してください。

終了コード: 0 成功、1 失敗、2 使い方の誤り、3 見つからない、4 重複・手遅れ、
5 規則により拒否、6 接続できない、7 想定と異なる結末。`,
}

func (s *session) globalFlags() []urfave.Flag {
	return []urfave.Flag{
		&urfave.StringFlag{Name: "output", Aliases: []string{"o"}, Value: "table", Usage: s.say(phrase{"table or json; send also csv", "table または json (send は csv も可)"}), Validator: oneOf("table", "json", "csv")},
		&urfave.StringFlag{Name: "lang", Usage: s.say(phrase{"en or ja (default: from LANG)", "en または ja (既定: LANG による)"}), Validator: oneOf("en", "ja")},
		&urfave.StringFlag{Name: "home", Usage: s.say(phrase{"home directory of the system to use", "使うシステムのホームディレクトリ"})},
		&urfave.BoolFlag{Name: "print-config", Local: true, Usage: s.say(phrase{"show the settings in force, without secrets", "有効な設定を表示する (秘密は伏せる)"})},
	}
}

func oneOf(allowed ...string) func(string) error {
	return func(v string) error {
		if slices.Contains(allowed, v) {
			return nil
		}
		return fmt.Errorf("%q: must be one of %s", v, strings.Join(allowed, ", "))
	}
}

func (s *session) before(ctx context.Context, cmd *urfave.Command) (context.Context, error) {
	s.asJSON, s.asCSV = cmd.String("output") == "json", cmd.String("output") == "csv"
	s.home = cmd.String("home")
	return ctx, nil
}

// group is the action of a command that only holds others.
func (s *session) group(cmd *urfave.Command) error {
	if name := cmd.Args().First(); name != "" {
		return usageError("%s", s.sayf(phrase{"there is no command %q; see %s --help", "%q というコマンドはありません。%s --help をご覧ください"}, name, cmd.FullName()))
	}
	if cmd.Root() == cmd {
		return urfave.ShowRootCommandHelp(cmd)
	}
	return urfave.ShowSubcommandHelp(cmd)
}

// finish gives every command the same manners: usage errors in one form, help
// in the reader's language, and no stray arguments.
func (s *session) finish(cmd *urfave.Command) {
	cmd.OnUsageError = func(_ context.Context, cmd *urfave.Command, err error, _ bool) error {
		return exit(ExitUsage, fmt.Errorf("%w; %s", err, s.sayf(phrase{"see %s --help", "%s --help をご覧ください"}, cmd.FullName())))
	}
	cmd.HideHelpCommand = true
	if s.lang == remittance.Ja {
		cmd.CustomHelpTemplate = japaneseHeadings.Replace(urfave.CommandHelpTemplate)
		if len(cmd.Commands) > 0 {
			cmd.CustomHelpTemplate = japaneseHeadings.Replace(urfave.SubcommandHelpTemplate)
		}
		cmd.CustomRootCommandHelpTemplate = japaneseHeadings.Replace(urfave.RootCommandHelpTemplate)
	}
	if len(cmd.Commands) > 0 && cmd.Action == nil {
		cmd.Action = func(_ context.Context, cmd *urfave.Command) error { return s.group(cmd) }
	}
	for _, sub := range cmd.Commands {
		s.finish(sub)
	}
}

var japaneseHeadings = strings.NewReplacer(
	"NAME:", "名前:", "USAGE:", "使い方:", "VERSION:", "版:", "DESCRIPTION:", "説明:", "CATEGORY:", "分類:",
	"GLOBAL OPTIONS:", "共通オプション:", "OPTIONS:", "オプション:", "COMMANDS:", "コマンド:",
)

// exactArgs refuses a wrong number of arguments before anything is done.
func (s *session) exactArgs(cmd *urfave.Command, names ...string) ([]string, error) {
	got := cmd.Args().Slice()
	if len(got) == len(names) {
		return got, nil
	}
	if len(got) > len(names) {
		return nil, usageError("%s", s.sayf(phrase{"unexpected argument %q; see %s --help", "余分な引数 %q があります。%s --help をご覧ください"}, got[len(names)], cmd.FullName()))
	}
	return nil, usageError("%s", s.sayf(phrase{"%s is missing; see %s --help", "%s がありません。%s --help をご覧ください"}, names[len(got)], cmd.FullName()))
}

// load reads the settings of the system this invocation works on.
func (s *session) load() (config.Config, error) {
	environ := s.environ
	if s.home == "" && env.ToMap(environ)["SOUKIN_HOME"] == "" {
		if newest, ok := config.NewestDemo(); ok {
			s.home = newest
		}
	}
	if s.home != "" {
		environ = append(slices.Clone(environ), "SOUKIN_HOME="+s.home)
	}
	cfg, err := config.Load(environ)
	if err != nil {
		return config.Config{}, exit(ExitUsage, err)
	}
	return cfg, nil
}

func (s *session) printConfig() error {
	cfg, err := s.load()
	if err != nil {
		return err
	}
	return cfg.Print(s.stdout)
}
