package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/caarlos0/env/v11"
	urfave "github.com/urfave/cli/v3"

	"soukin/internal/cli/batch"
	"soukin/internal/cli/demo"
	"soukin/internal/devserver"
	"soukin/remittance"
)

// demoLimit is how long a demo that is to end by itself may take once
// everything runs. It takes well under a minute.
const demoLimit = 10 * time.Minute

func (s *session) demoCommand() *urfave.Command {
	return s.command("demo", phrase{"run everything on this machine and send some remittances", "この端末ですべてを動かし、送金してみる"}, "", phrase{
		`Finds or builds a Temporal server (once, some minutes), starts it with its Web
UI, runs worker, gateway and sandbox in this process on SQLite, creates and funds
the merchant "demo", and sends examples/links.csv, examples/rails.csv and
examples/remittances.csv. Recipients are played by the demo: it opens their links,
fills the forms, goes to the ATM and logs in at Amazon. With --hands-on that is left
to you. Waits that last days in production are shortened; the demo says which.

Everything is kept in one directory, which is printed. Other terminals find the
newest demo by themselves: try "starter list" or "starter show D-18". With
--state the same directory is used again, and the same orders are the same
remittances. Set TEMPORAL_ADDRESS to use a server that runs already.

With --once it ends when all remittances have ended: exit code 0 only if each
ended as the files expect, the audit holds and no claim code or ATM number was
kept on disk, else 7.

With --remittances N --faults SEED it sends N remittances of all rails mixed
instead, while every counterparty fails now and then, recipients do as the seed has
it, and the worker is killed (SIGKILL) and started again three times or more. It
says how many faults of each kind fired. Exit code 7 too if none did, or if anything
is stuck. The same seed makes the same orders, people and faults.

Examples:
  starter demo
  starter demo --hands-on
  starter demo --once --output json
  starter demo --once --remittances 500 --faults 1
  starter demo --state /tmp/soukin --database postgres://soukin@localhost/soukin`,
		`Temporal サーバーを見つけるか一度だけ構築し (数分)、Web UI とともに起動します。
worker、gateway、sandbox をこのプロセス内で SQLite 上に動かし、加盟店 demo を作って
入金し、examples/links.csv、examples/rails.csv、examples/remittances.csv を送金します。
受取人の役はデモが演じ、リンクを開いて入力し、ATM で現金を引き出し、Amazon にログイン
します。--hands-on を付けると、その役をあなたに任せます。本番で数日かかる待ち時間は
短縮し、何を短縮したかを表示します。

データはすべて1つのディレクトリに置き、その場所を表示します。別の端末からは最新の
デモが自動で見つかります (starter list、starter show D-18 など)。--state を使うと
同じディレクトリを再利用し、同じ依頼は同じ送金になります。稼働中のサーバーを使う場合は、
TEMPORAL_ADDRESS を設定してください。

--once を付けると全送金の終了後に終わります。すべて想定どおりで帳簿の検査に合格し、
ギフトコードと ATM の受取番号がディスクに残っていないときだけ終了コード 0、それ以外は
7 です。

--remittances 件数 --faults シード値 を付けると、例のファイルの代わりに全送金方法を
混ぜてその件数を送ります。すべての送金先がときどき失敗し、受取人はシード値に従って
動き、worker は3回以上強制終了 (SIGKILL) されて起動し直します。どの障害が何回起きたかを
表示します。障害が1回も起きないとき、終わらない送金があるときも終了コード 7 です。同じ
シード値なら、送金・受取人・障害は同じです。

例:
  starter demo
  starter demo --hands-on
  starter demo --once --output json
  starter demo --once --remittances 500 --faults 1
  starter demo --state /tmp/soukin --database postgres://soukin@localhost/soukin`,
	}, []urfave.Flag{
		&urfave.BoolFlag{Name: "once", Usage: s.say(phrase{"end when all remittances have ended", "全送金の終了後に終わる"})},
		&urfave.IntFlag{Name: "remittances", HideDefault: true, Usage: s.say(phrase{"send so many of all rails mixed, instead of the examples; needs --faults", "例のファイルの代わりに、全送金方法を混ぜてこの件数を送る (--faults が必要)"})},
		&urfave.Uint64Flag{Name: "faults", HideDefault: true, Usage: s.say(phrase{"seed of those remittances, their recipients, the counterparties' faults and the worker's kills", "送金・受取人・送金先の障害・worker の強制終了を決めるシード値"})},
		&urfave.BoolFlag{Name: "hands-on", Usage: s.say(phrase{"be the recipients yourself", "受取人の役を自分で行う"})},
		&urfave.StringFlag{Name: "state", Usage: s.say(phrase{"directory to keep everything in (default: a fresh one)", "データを置くディレクトリ (既定: 新しく作る)"})},
		&urfave.StringFlag{Name: "database", Usage: s.say(phrase{"DSN (default: SQLite in that directory)", "DSN (既定: そのディレクトリの SQLite)"})},
		&urfave.IntFlag{Name: "ui-port", HideDefault: true, Usage: s.say(phrase{"port of the Web UI (default: 8233 or a free one)", "Web UI のポート (既定: 8233 または空き)"})},
	}, s.demo)
}

func (s *session) demo(ctx context.Context, cmd *urfave.Command) error {
	if _, err := s.exactArgs(cmd); err != nil {
		return err
	}
	if cmd.Bool("once") && cmd.Bool("hands-on") {
		return usageError("%s", s.say(phrase{"--once and --hands-on exclude each other: nobody knows when you will be done", "--once と --hands-on は同時に指定できません"}))
	}
	crowd, err := s.crowd(cmd)
	if err != nil {
		return err
	}
	system, err := s.startDemo(ctx, cmd, crowd)
	if err != nil {
		return err
	}
	play := s.playDemo
	if crowd != nil {
		play = func(ctx context.Context, cmd *urfave.Command, system *demo.System) error {
			return s.playStorm(ctx, cmd, system, *crowd)
		}
	}
	return errors.Join(play(ctx, cmd, system), s.stopDemo(system))
}

func (s *session) startDemo(ctx context.Context, cmd *urfave.Command, crowd *demo.Crowd) (*demo.System, error) {
	state := cmd.String("state")
	if state == "" {
		state = s.home
	}
	if state == "" {
		state = env.ToMap(s.environ)["SOUKIN_HOME"]
	}
	m := s.newMeter()
	options := demo.Options{
		Environ: slices.Clone(s.environ), State: state, Database: cmd.String("database"), UIPort: cmd.Int("ui-port"), HandsOn: cmd.Bool("hands-on"),
		Progress: func(p devserver.Progress) { m.report(p.Step, p.Done, p.Total, p.Elapsed) },
	}
	if crowd != nil {
		self, err := os.Executable()
		if err != nil {
			return nil, err
		}
		options.Worker, options.Settings = []string{self, workerCommandName}, crowd.StormSettings()
	}
	system, err := demo.Start(ctx, options)
	m.end()
	if err != nil && ctx.Err() == nil {
		return nil, exit(ExitUnavailable, err)
	}
	return system, err
}

func (s *session) playDemo(ctx context.Context, cmd *urfave.Command, system *demo.System) error {
	s.introduce(system, cmd.Bool("hands-on"), demo.Waits(cmd.Bool("hands-on"), nil))
	limited := ctx
	if cmd.Bool("once") {
		var cancel context.CancelFunc
		limited, cancel = context.WithTimeoutCause(ctx, demoLimit, fmt.Errorf("not every remittance ended within %s", demoLimit))
		defer cancel()
	}
	watcher := &demoWatcher{s, s.newFollower()}
	if cmd.Bool("hands-on") {
		watcher.follow.live = nil // messages are told between the changes
	}
	sum, err := system.Play(limited, watcher)
	if err != nil && ctx.Err() != nil && cmd.Bool("hands-on") {
		return nil // how a person ends it
	}
	if err != nil {
		return s.interrupted(ctx, err)
	}
	if err := s.show(sum, func() string { return s.demoSummary(sum) }); err != nil {
		return err
	}
	if err := s.keepRunning(ctx, cmd, system); err != nil || cmd.Bool("hands-on") {
		return err
	}
	return s.judge(sum.AsExpected)
}

// keepRunning waits for Ctrl-C, or for something to break, unless it is to end by
// itself.
func (s *session) keepRunning(ctx context.Context, cmd *urfave.Command, system *demo.System) error {
	if cmd.Bool("once") {
		return nil
	}
	s.note(phrase{"\nEverything keeps running until Ctrl-C.", "\nCtrl-C を押すまで動き続けます。"})
	select {
	case <-ctx.Done():
		return nil
	case err := <-system.Failed():
		return err
	case <-system.TemporalGone():
		return errors.New("the Temporal server ended by itself, see its log in " + system.Home)
	}
}

func (s *session) judge(asExpected bool) error {
	if asExpected {
		return nil
	}
	return exit(ExitUnexpected, errors.New(s.say(phrase{"the demo did not end as expected", "デモは想定どおりに終わりませんでした"})))
}

// interrupted tells a Ctrl-C from what really went wrong.
func (s *session) interrupted(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return exit(ExitFailed, errors.New(s.say(phrase{"stopped before all remittances had ended; --state continues", "途中で停止しました。--state で続きから再開できます"})))
	}
	return exit(ExitUnexpected, err)
}

func (s *session) stopDemo(system *demo.System) error {
	s.note(phrase{"Stopping.", "停止しています。"})
	return system.Close()
}

// introduce says where everything is, and which waits are not production's.
func (s *session) introduce(system *demo.System, handsOn bool, waits []demo.Wait) {
	there := *s
	there.width = columns(s.stderr)
	places := there.sheet([]pair{
		{phrase{"Temporal", "Temporal"}, system.Config.Temporal.Address()},
		{phrase{"Web UI", "Web UI"}, system.WorkflowsURL(fmt.Sprintf("RemitMerchant=%q", demo.Merchant))},
		{phrase{"needs attention", "要対応の一覧"}, system.WorkflowsURL("RemitNeedsAttention=true")},
		{phrase{"mailbox", "メールボックス"}, system.MailboxURL()},
		{phrase{"ATM", "ATM"}, system.SandboxPage("/atm")},
		{phrase{"au PAY member", "au PAY 会員ページ"}, system.SandboxPage("/aupay")},
		{phrase{"everything is in", "データの場所"}, system.Home},
		{phrase{"other terminal", "別の端末で"}, s.say(phrase{"starter list, starter show D-18, starter balance, starter --help", "starter list、starter show D-18、starter balance、starter --help"})},
	})
	var rows [][]string
	for _, w := range waits {
		rows = append(rows, []string{s.say(waitWords[w.Setting]), w.Default, w.Here})
	}
	shortened := there.grid([]column{
		{title: phrase{"SHORTENED FOR THE DEMO", "デモのために短縮した待ち時間"}}, {title: phrase{"PRODUCTION", "本番の既定"}, right: true}, {title: phrase{"HERE", "ここでは"}, right: true},
	}, rows)
	s.note(phrase{"\n%s\n%s", "\n%s\n%s"}, places, shortened)
	if handsOn {
		s.note(handsOnWords, system.MailboxURL(), system.SandboxPage("/atm"), system.SandboxPage("/aupay"))
	}
}

var handsOnWords = phrase{
	`You are the recipients. Open the mailbox in a browser:
  %s
Each message has a link to a page on which the money is received; the links are also
shown below as they arrive. What you type there may be of your own invention:

  an account    any; 9000022 comes back because of the name, and the link opens again
  cash          the page shows three numbers. Take it at the ATM: %s
  Amazon        the page leads to a login; any mail address will do
  au PAY        16 digits ending in 0001; 0002 has a full wallet. Members: %s

docs/sandbox.md lists the numbers that bring trouble. L-07 is there to be cancelled:
starter cancel L-07
`,
	`受取人はあなたです。ブラウザーでメールボックスを開いてください:
  %s
届いたメールや SMS のリンクを開くと、受け取りのページになります。リンクは届き次第
下にも表示します。入力する内容は架空のもので構いません:

  口座     何でも可。9000022 は名義相違で返金され、同じリンクでやり直せます
  現金     ページに表示される3つの番号を ATM で入力します: %s
  Amazon   ページからログイン画面に進みます。メールアドレスは何でも可
  au PAY   末尾が 0001 の16桁。0002 は残高が上限です。会員ページ: %s

問題が起きる番号は docs/sandbox.md にあります。L-07 は取り消し用です:
starter cancel L-07
`,
}

var waitWords = map[string]phrase{
	"SOUKIN_BANK_FINALITY":          {"until a transfer can no longer come back", "返金の可能性がなくなるまで"},
	"SOUKIN_BANK_VISIBILITY_DELAY":  {"until the bank must show a transfer", "銀行が振込を照会に表示するまで"},
	"SOUKIN_BANK_ENQUIRE_EVERY":     {"between enquiries about an open outcome", "結果照会の間隔"},
	"SOUKIN_BANK_WATCH_EVERY":       {"between enquiries about money coming back", "返金照会の間隔"},
	"SOUKIN_BANK_CORRECTION_WINDOW": {"for corrected account details", "口座訂正を待つ時間"},
	"SOUKIN_BANK_SUBMIT_WINDOW":     {"in which an instruction may be resent", "同じ依頼を再送できる時間"},
	"SOUKIN_BANK_ATTENTION_AFTER":   {"until an operator is asked to look", "運用担当者に知らせるまで"},
	"SOUKIN_LINK_WINDOW":            {"for a recipient, where the order names no days", "受取人の手続きを待つ時間 (日数の指定がない場合)"},
	"SOUKIN_LINK_REOPEN_WINDOW":     {"for a recipient, after a way has failed", "受け取りに失敗した後の手続きを待つ時間"},
	"SOUKIN_LINK_REMINDERS":         {"from a reminder to the deadline", "期限のどれだけ前に知らせるか"},
	"SOUKIN_FUNDING_WINDOW":         {"for funds", "入金を待つ時間"},
	"SOUKIN_FUNDING_RECHECK":        {"between looks at the balance", "残高を見直す間隔"},
	"SOUKIN_RAILS_SUBMIT_WINDOW":    {"the same for the other rails: for resending", "その他の送金方法: 同じ依頼を再送できる時間"},
	"SOUKIN_RAILS_VISIBILITY_DELAY": {"the same for the other rails: to show an instruction", "その他の送金方法: 依頼が照会に表示されるまで"},
	"SOUKIN_RAILS_ENQUIRE_EVERY":    {"the same for the other rails: between enquiries", "その他の送金方法: 結果照会の間隔"},
	"SOUKIN_RAILS_WATCH_EVERY":      {"between enquiries while ATM numbers are out", "ATM の受取番号を発行中の照会の間隔"},
	"SOUKIN_RAILS_ATTENTION_AFTER":  {"the same for the other rails: until an operator looks", "その他の送金方法: 運用担当者に知らせるまで"},
	"SOUKIN_ATM_TERM":               {"to take the cash, where the order names no days", "ATM で受け取れる時間 (日数の指定がない場合)"},
	"SOUKIN_AMAZON_CODE_RECALL":     {"in which an unclaimed gift code can be cancelled", "未使用のギフトコードを取り消せる時間"},
}

// demoWatcher shows a play as it goes.
type demoWatcher struct {
	s      *session
	follow *follower
}

func (w *demoWatcher) Funded(amount remittance.Yen, woken int) {
	if w.follow.live != nil {
		return // a line between would tear the table; the balances tell it in the end
	}
	if woken > 0 {
		w.s.note(phrase{"%s arrived; %d waiting remittances resume", "%s が入金され、待っていた %d 件が再開します"}, amount, woken)
		return
	}
	w.s.note(phrase{"%s arrived at the bank and is in the balance of %s", "%s が入金され、%s の残高に加わりました"}, amount, demo.Merchant)
}

func (w *demoWatcher) Rows(rows []batch.Row) { w.follow.show(rows) }

func (w *demoWatcher) Mailed(m demo.Mail) {
	codes := ""
	if len(m.Codes) > 0 {
		codes = w.s.sayf(phrase{" (asks for %s)", " (認証コード %s)"}, strings.Join(m.Codes, ", "))
	}
	w.s.note(phrase{"%s: message to %s%s\n  %s", "%s: %s あてのメッセージ%s\n  %s"}, m.RemittanceID, m.To, codes, m.Link)
}

func (s *session) demoSummary(sum demo.Summary) string {
	var b strings.Builder
	var paid remittance.Yen
	count := 0
	var notable []batch.Row
	for _, r := range sum.Remittances {
		if r.Status == string(remittance.Paid) {
			paid += r.Amount
			count++
		}
		if r.Status != string(remittance.Paid) || !r.AsExpected() {
			notable = append(notable, r)
		}
	}
	fmt.Fprintf(&b, "\n%s\n\n", s.sayf(phrase{"%d of %d remittances were paid, %s in all. The others:", "%[2]d 件中 %[1]d 件、合計 %[3]s が着金しました。その他:"}, count, len(sum.Remittances), paid))
	b.WriteString(s.rowTable(notable, true) + "\n")
	b.WriteString(s.balanceSheet(sum.Balances) + "\n")
	b.WriteString(s.auditSheet(sum.Audit))
	b.WriteString(s.searchLine(sum.Searched))
	if sum.AsExpected {
		b.WriteString(s.say(phrase{"Every row ended as the files expect.\n", "すべての行がファイルの想定どおりに終わりました。\n"}))
	}
	if sum.WebUI != "" {
		fmt.Fprintf(&b, "\n%s\n", s.sayf(phrase{"Look at them in the Web UI: %s", "Web UI で見る: %s"}, sum.WebUI))
	}
	return b.String()
}
