package cli

import (
	"context"
	"errors"
	"os"
	"slices"
	"sync"

	urfave "github.com/urfave/cli/v3"

	"soukin/config"
	"soukin/internal/app"
	"soukin/internal/cli/batch"
	"soukin/internal/orders"
	"soukin/internal/zengin"
	"soukin/remittance"
)

// sendAtOnce is how many orders of a file are on their way to Temporal together.
const sendAtOnce = 16

func (s *session) sendCommand() *urfave.Command {
	return rowsAsCSV(s.command("send", phrase{"send a file of remittances, or one", "送金を依頼する (ファイルまたは1件)"}, "[FILE.csv]", phrase{
		`Takes orders. An order given again is the same remittance and never paid twice,
so after any trouble simply send the same again. "-" reads standard input.

The file is CSV in UTF-8 or Shift_JIS with column names in the first line:
remittance_id, amount, pattern, and what the pattern needs:

  bank-transfer   bank, branch, type, number, name (Japan Post also symbol,
                  jp_number, name), or account. The pattern may be left out
  account-link    the recipient names the account on a page of ours
  atm-cash        three numbers for a Seven Bank ATM. expires_days is how
                  long the cash can be taken
  gift-card       Amazon; gift_form is balance or code
  au-pay          the recipient names the au PAY member
  choice          the recipient chooses; rails has some of
                  bank,atm,amazon,aupay
  prepaid-refund  issuer, purchase, purchased_on; purchase_amount where only
                  a part is refunded

Where the recipient has a page, give email, phone or both (atm-cash needs neither
if you pass the numbers on), and if you like lang, purpose, up to three codes with
labels, and expires_days. "expect" says how a row must end; with --watch the exit
code is 7 if one does not.

Orders for cash bring their ATM numbers at once, in every form of output, to pass
on by yourself. They are bearer secrets: whoever has them has the money, so keep
the output where nobody else reads it. --output csv writes one line a row.

Examples:
  starter send examples/remittances.csv --dry-run
  starter send payouts.csv --watch
  starter send --id R-1 --amount 12800 --bank 0001 --branch 001 --type 1 --number 1234567 --name 'ヤマダ タロウ'
  starter send --id R-2 --amount 500 --account acc_0123456789ABCDEFGHJKMNPQRS
  starter send --pattern account-link --id R-3 --amount 9800 --email hanako@example.jp --code 1234
  starter send --pattern choice --rails bank,atm,aupay --id R-4 --amount 12000 --email hanako@example.jp
  starter send cash.csv --output csv > numbers.csv`,
		`送金を依頼します。同じ依頼を繰り返しても同じ送金とみなされ、二重に支払われることは
ありません。途中で失敗したら同じ内容をもう一度送ってください。"-" は標準入力です。

ファイルは UTF-8 または Shift_JIS の CSV で、1行目に列名を書きます: remittance_id、
amount、pattern と、送金方法ごとに必要な項目です:

  bank-transfer   bank, branch, type, number, name (ゆうちょ銀行は symbol,
                  jp_number, name でも可) または account。pattern は省略可
  account-link    受取人が専用ページで口座を指定する
  atm-cash        セブン銀行ATMで使う3つの番号を発行する。expires_days は
                  現金を受け取れる日数
  gift-card       Amazonギフトカード。gift_form は balance または code
  au-pay          受取人が au PAY の会員ナンバーを指定する
  choice          受取人が選ぶ。rails に bank,atm,amazon,aupay から書く
  prepaid-refund  issuer, purchase, purchased_on。一部だけ返金するときは
                  purchase_amount も書く

受取人がページで手続きする方法では、email か phone (または両方。atm-cash では、
番号を自分で渡すなら省略可) と、必要なら lang、purpose、認証コード3つまでとその表示名、
expires_days を書きます。expect 列には想定する結果を書けます。異なる結末があれば、
--watch を付けたときの終了コードは 7 です。

ATMの受取番号は、どの出力形式でも受付と同時に返します。番号を知っている人は現金を受け
取れるため、出力は他人の目に触れない場所に置いてください。--output csv は1行に1件を
書き出します。

例:
  starter send examples/remittances.csv --dry-run
  starter send payouts.csv --watch
  starter send --id R-1 --amount 12800 --bank 0001 --branch 001 --type 1 --number 1234567 --name 'ヤマダ タロウ'
  starter send --id R-2 --amount 500 --account acc_0123456789ABCDEFGHJKMNPQRS
  starter send --pattern account-link --id R-3 --amount 9800 --email hanako@example.jp --code 1234
  starter send --pattern choice --rails bank,atm,aupay --id R-4 --amount 12000 --email hanako@example.jp
  starter send cash.csv --output csv > numbers.csv`,
	}, slices.Concat([]urfave.Flag{
		s.merchantFlag(),
		&urfave.StringFlag{Name: "id", Usage: s.say(phrase{"remittance id, 1-27 of A-Z, a-z, 0-9 and -", "送金ID (英数字とハイフン27文字まで)"})},
		&urfave.StringFlag{Name: "amount", Usage: s.say(phrase{"whole yen", "金額 (円)"})},
		&urfave.BoolFlag{Name: "dry-run", Usage: s.say(phrase{"check everything, send nothing", "検査だけ行い、送らない"})},
		&urfave.BoolFlag{Name: "watch", Usage: s.say(phrase{"follow to the end", "終わるまで追う"})},
	}, s.payeeFlags(), s.recipientFlags(), s.offerFlags()), s.send), s.send)
}

func (s *session) send(ctx context.Context, cmd *urfave.Command) error {
	rows, err := s.ordered(cmd)
	if err != nil {
		return err
	}
	return s.withDesk(ctx, func(cfg config.Config, desk *app.Desk) error {
		m, err := merchantOf(cmd, cfg)
		if err != nil {
			return err
		}
		b := batch.New(m, rows)
		if err := s.deliver(ctx, cmd, desk, b, len(rows)); err != nil {
			return err
		}
		watch := cmd.Bool("watch") && !cmd.Bool("dry-run")
		if watch {
			f := s.newFollower()
			if err := b.Follow(ctx, desk.Record, followEvery, func() { f.show(b.Rows()) }); err != nil {
				return err
			}
		}
		all := b.Rows()
		if len(all) == 1 && all[0].Err != nil && !s.asJSON && !s.asCSV {
			return all[0].Err
		}
		if err := s.showRows(all, watch); err != nil {
			return err
		}
		if watch {
			return s.unexpected(b.Unexpected())
		}
		return s.notTaken(all)
	})
}

// showRows gives the result of a file in the form that was asked for.
func (s *session) showRows(all []batch.Row, ended bool) error {
	if s.asCSV {
		return s.writeResults(s.stdout, all)
	}
	return s.show(map[string]any{"remittances": all}, func() string { return "\n" + s.rowTable(all, ended) + s.numbersTable(all) })
}

// ordered gives the rows of the file, or the one that the flags describe.
func (s *session) ordered(cmd *urfave.Command) ([]orders.Row, error) {
	if cmd.Args().Len() == 0 {
		if cmd.String("id") == "" {
			return nil, usageError("%s", s.say(phrase{"name a FILE.csv, or one remittance with --id", "FILE.csv か、--id で送金1件を指定してください"}))
		}
		return []orders.Row{{Request: orders.Request{
			RemittanceID: cmd.String("id"), Pattern: cmd.String("pattern"), Amount: cmd.String("amount"), Payee: payeeOf(cmd), Recipient: recipientOf(cmd),
			Offer: orders.Offer{Rails: cmd.String("rails"), GiftForm: cmd.String("gift-form")}, Purchased: purchasedOf(cmd),
		}}}, nil
	}
	args, err := s.exactArgs(cmd, "FILE.csv")
	if err != nil {
		return nil, err
	}
	if cmd.String("id") != "" {
		return nil, usageError("%s", s.say(phrase{"give a file or --id, not both", "ファイルと --id は同時に指定できません"}))
	}
	in := s.stdin
	if args[0] != "-" {
		f, err := os.Open(args[0])
		if err != nil {
			return nil, exit(ExitUsage, err)
		}
		defer func() { _ = f.Close() }() // it was only read
		in = f
	}
	rows, err := orders.ParseCSV(in)
	if err == nil && len(rows) == 0 {
		return nil, usageError("%s", s.say(phrase{"the file has no rows", "ファイルに送金の行がありません"}))
	}
	return rows, err
}

// deliver takes or checks every order, with progress where it takes long.
func (s *session) deliver(ctx context.Context, cmd *urfave.Command, desk *app.Desk, b *batch.Batch, total int) error {
	m := s.newMeter()
	what := s.say(phrase{"Sending", "送信中"})
	do := b.Send
	if cmd.Bool("dry-run") {
		what, do = s.say(phrase{"Checking", "検査中"}), b.Check
	}
	report := func(done int) { m.report(what, done, total, 0) }
	if total < 2 {
		report = func(int) {}
	}
	err := do(ctx, desk.Orders, sendAtOnce, counter(report))
	m.end()
	for _, r := range b.Rows() {
		if total == 1 {
			s.tell(r.Notices)
		} else {
			s.tellOfRow(r)
		}
	}
	return err
}

// tellOfRow says what recipients will not be offered. How the names of a whole
// file were rewritten nobody would read.
func (s *session) tellOfRow(r batch.Row) {
	for _, n := range r.Notices {
		if _, rewritten := n.(zengin.Notice); !rewritten {
			s.note(phrase{"Note: %s: %s", "注意: %s: %s"}, r.RemittanceID, n.Message(s.lang))
		}
	}
}

// notTaken gives the error of a file in which not every order was taken: no
// answer before anything else, then the one kind of refusal there was.
func (s *session) notTaken(rows []batch.Row) error {
	codes := map[int]int{}
	failed := 0
	for _, r := range rows {
		if r.Err != nil {
			codes[exitCode(r.Err)]++
			failed++
		} else if r.Status == "" {
			codes[ExitUnavailable]++
			failed++
		}
	}
	if lost := codes[ExitUnavailable] + codes[ExitFailed]; lost > 0 {
		return exit(ExitUnavailable, errors.New(s.sayf(phrase{
			"%d of %d orders got no answer: send the same again, nothing is paid twice",
			"%[2]d 件中 %[1]d 件は応答がありません。同じ内容をもう一度送ってください。二重に支払われることはありません"}, lost, len(rows))))
	}
	if failed == 0 {
		return nil
	}
	code := ExitRefused
	for c, n := range codes {
		if n == failed {
			code = c
		}
	}
	return exit(code, errors.New(s.sayf(phrase{
		"%d of %d orders were refused; nothing was held for them",
		"%[2]d 件中 %[1]d 件は受け付けられませんでした。資金は確保していません"}, failed, len(rows))))
}

func (s *session) unexpected(rows []batch.Row) error {
	if len(rows) == 0 {
		return nil
	}
	var errs []error
	for _, r := range rows {
		want := r.Expected
		if want == "" {
			want = s.say(phrase{"an end", "終了"})
		}
		errs = append(errs, errors.New(s.sayf(phrase{"%s is %s, expected %s", "%s は %s です (想定: %s)"}, r.RemittanceID, r.Status, want)))
	}
	return exit(ExitUnexpected, errors.Join(errs...))
}

func (s *session) watchCommand() *urfave.Command {
	return s.command("watch", phrase{"follow remittances to their ends", "送金を終わるまで追う"}, "[ID...]", phrase{
		"Shows changes until every remittance named has ended; without ids, all that are\nopen now. With --expect the exit code is 7 if one ends otherwise.\n\nExamples:\n  starter watch\n  starter watch D-19 D-20 --expect paid",
		"指定した送金がすべて終わるまで変化を表示します。IDがなければ進行中のすべてを追い\nます。--expect を付けると、異なる結末があれば終了コード 7 になります。\n\n例:\n  starter watch\n  starter watch D-19 D-20 --expect paid",
	}, []urfave.Flag{
		s.merchantFlag(),
		&urfave.StringFlag{Name: "expect", Usage: s.say(phrase{"how each must end", "想定する結果"})},
	}, s.watch)
}

func (s *session) watch(ctx context.Context, cmd *urfave.Command) error {
	expect := cmd.String("expect")
	if expect != "" {
		if _, err := remittance.ParseStatus(expect); err != nil {
			return exit(ExitUsage, err)
		}
	}
	return s.withDesk(ctx, func(cfg config.Config, desk *app.Desk) error {
		m, err := merchantOf(cmd, cfg)
		if err != nil {
			return err
		}
		b, err := batch.Watch(ctx, desk.Record, m, cmd.Args().Slice(), expect)
		if err != nil {
			return notOnRecord(err)
		}
		if len(b.Rows()) == 0 {
			s.note(phrase{"Nothing is open.", "進行中の送金はありません。"})
		}
		f := s.newFollower()
		if err := b.Follow(ctx, desk.Record, followEvery, func() { f.show(b.Rows()) }); err != nil {
			return err
		}
		all := b.Rows()
		if s.asJSON {
			if err := s.show(map[string]any{"remittances": all}, nil); err != nil {
				return err
			}
		}
		return s.unexpected(b.Unexpected())
	})
}

// counter turns "one more", said by many goroutines, into "so many".
func counter(report func(int)) func() {
	var mu sync.Mutex
	done := 0
	return func() {
		mu.Lock()
		defer mu.Unlock()
		done++
		report(done)
	}
}
