package cli

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	urfave "github.com/urfave/cli/v3"

	"soukin/internal/sandbox/control"
	"soukin/internal/sandbox/faults"
	"soukin/remittance"
)

func (s *session) sandboxCommand() *urfave.Command {
	return s.under("sandbox", phrase{"the pretend counterparties: clock, deposits, faults, books", "模擬の送金先: 時計・入金・障害・帳簿"},
		s.command("clock", phrase{"show the clock, or move it forward", "時計を表示する・進める"}, "", phrase{
			"Moving the clock lets what happens days later happen now. It never goes back.\n\nExamples:\n  starter sandbox clock\n  starter sandbox clock --advance 72h",
			"時計を進めると、数日後に起きることが今起きます。戻すことはできません。\n\n例:\n  starter sandbox clock\n  starter sandbox clock --advance 72h",
		}, []urfave.Flag{
			&urfave.DurationFlag{Name: "advance", HideDefault: true, Usage: s.say(phrase{"how far, as 90s or 72h", "進める時間 (90s、72h など)"})},
		}, s.sandboxClock),
		s.command("deposit", phrase{"let money arrive at our account", "口座に入金を起こす"}, "AMOUNT", phrase{
			"Lets a transfer arrive at our account at the pretend bank. Then 'starter fund'\ntakes it into the balance of a merchant.\n\nExample:\n  starter sandbox deposit 500000 --applicant 'ｶ)ﾃﾞﾓ'",
			"模擬銀行の口座に振込入金を起こします。残高に加えるには starter fund を使います。\n\n例:\n  starter sandbox deposit 500000 --applicant 'ｶ)ﾃﾞﾓ'",
		}, []urfave.Flag{
			&urfave.StringFlag{Name: "applicant", Usage: s.say(phrase{"who pays, in half-width kana", "振込依頼人 (半角カナ)"})},
		}, s.sandboxDeposit),
		s.command("transfers", phrase{"what the bank has in its books", "銀行の帳簿にある振込"}, "[APPLY_NO]", phrase{
			"Shows transfers as the pretend bank's own books hold them, without payees.\n\nExamples:\n  starter sandbox transfers\n  starter sandbox transfers 2026112000000001 --output json",
			"模擬銀行の帳簿にある振込を表示します。受取人は表示しません。\n\n例:\n  starter sandbox transfers\n  starter sandbox transfers 2026112000000001 --output json",
		}, nil, s.sandboxTransfers),
		s.command("faults", phrase{"show or set what goes wrong", "障害計画を表示する・設定する"}, "", phrase{
			"A plan strikes the calls to every counterparty, the same ones each time it is run\nwith the same seed. Magic values (docs/sandbox.md) work besides.\n\nExamples:\n  starter sandbox faults\n  starter sandbox faults --rate 0.1 --seed 7 --max-latency 800ms\n  starter sandbox faults --set answer_lost=0.5 --seed 7\n  starter sandbox faults --off",
			"障害はすべての送金先への呼び出しに起きます。同じシードなら毎回同じ呼び出しに起きます。\n特別な値 (docs/sandbox.md) は計画とは別に働きます。\n\n例:\n  starter sandbox faults\n  starter sandbox faults --rate 0.1 --seed 7 --max-latency 800ms\n  starter sandbox faults --set answer_lost=0.5 --seed 7\n  starter sandbox faults --off",
		}, []urfave.Flag{
			&urfave.FloatFlag{Name: "rate", HideDefault: true, Usage: s.say(phrase{"every fault this often, 0 to 1", "全種類の障害の発生率 (0〜1)"})},
			&urfave.StringMapFlag{Name: "set", Usage: s.say(phrase{"one fault: kind=rate", "個別の障害: 種類=発生率"})},
			&urfave.Uint64Flag{Name: "seed", Value: 1, Usage: s.say(phrase{"decides which calls are hit", "どの呼び出しに起きるかを決める"})},
			&urfave.DurationFlag{Name: "max-latency", HideDefault: true, Usage: s.say(phrase{"longest delay of a slow call", "遅延の最大"})},
			&urfave.BoolFlag{Name: "off", Usage: s.say(phrase{"no faults by plan", "計画による障害を止める"})},
		}, s.sandboxFaults),
		s.command("decide", phrase{"approve, withdraw or send back a transfer", "振込を承認・取下げ・差戻しする"}, "APPLY_NO approve|withdraw|send-back", phrase{
			"Plays the person who approves transfers at the bank.\n\nExample:\n  starter sandbox decide 2026112000000001 approve",
			"銀行側で振込を承認する人の役をします。\n\n例:\n  starter sandbox decide 2026112000000001 approve",
		}, nil, s.sandboxDecide),
	)
}

func (s *session) sandboxClient() (*control.Client, error) {
	cfg, err := s.load()
	if err != nil {
		return nil, err
	}
	return sandboxOf(cfg), nil
}

func (s *session) sandboxClock(ctx context.Context, cmd *urfave.Command) error {
	if _, err := s.exactArgs(cmd); err != nil {
		return err
	}
	c, err := s.sandboxClient()
	if err != nil {
		return err
	}
	var clock control.Clock
	if d := cmd.Duration("advance"); d != 0 {
		clock, err = c.Advance(ctx, d)
	} else {
		clock, err = c.Clock(ctx)
	}
	if err != nil {
		return sandboxError(err)
	}
	return s.show(clock, func() string {
		return s.sheet([]pair{
			{phrase{"sandbox's time", "サンドボックスの時刻"}, at(clock.Now)},
			{phrase{"ahead by", "進めた時間"}, clock.Moved},
		})
	})
}

func (s *session) sandboxDeposit(ctx context.Context, cmd *urfave.Command) error {
	args, err := s.exactArgs(cmd, "AMOUNT")
	if err != nil {
		return err
	}
	amount, err := remittance.ParseYen(args[0])
	if err != nil {
		return exit(ExitUsage, err)
	}
	c, err := s.sandboxClient()
	if err != nil {
		return err
	}
	got, err := c.Deposit(ctx, control.Deposit{Amount: amount, Applicant: cmd.String("applicant")})
	if err != nil {
		return sandboxError(err)
	}
	return s.show(got, func() string {
		return s.sheet([]pair{
			{phrase{"arrived", "入金額"}, yen(got.Amount)},
			{phrase{"item key", "明細キー"}, got.ItemKey},
			{phrase{"bank balance", "銀行残高"}, yen(got.Balance)},
		}) + "\n" + s.sayf(phrase{"Take it into a balance with: starter fund %d --item %s\n", "残高に加えるには: starter fund %d --item %s\n"}, int64(got.Amount), got.ItemKey)
	})
}

func (s *session) sandboxTransfers(ctx context.Context, cmd *urfave.Command) error {
	c, err := s.sandboxClient()
	if err != nil {
		return err
	}
	if cmd.Args().Len() > 0 {
		args, err := s.exactArgs(cmd, "APPLY_NO")
		if err != nil {
			return err
		}
		t, err := c.Transfer(ctx, args[0])
		if err != nil {
			return sandboxError(err)
		}
		return s.showTransfer(t)
	}
	all := []control.Transfer{}
	for t, err := range c.Transfers(ctx, "") {
		if err != nil {
			return sandboxError(err)
		}
		all = append(all, t)
	}
	return s.show(map[string]any{"transfers": all}, func() string {
		rows := make([][]string, len(all))
		for i, t := range all {
			rows[i] = []string{t.ApplyNo, yen(t.Amount), bankStatus(t.Status), strconv.Itoa(t.ExecutedCount), at(t.RequestedAt), t.ApplyComment}
		}
		return s.grid([]column{
			{title: phrase{"APPLY NO", "受付番号"}}, {title: phrase{"AMOUNT", "金額"}, right: true}, {title: phrase{"STATUS", "状態"}},
			{title: phrase{"EXECUTED", "実行回数"}, right: true}, {title: phrase{"REQUESTED", "依頼日時"}}, {title: phrase{"MARK", "照合用の印"}},
		}, rows)
	})
}

func (s *session) showTransfer(t control.Transfer) error {
	return s.show(t, func() string {
		rows := make([][]string, len(t.History))
		for i, e := range t.History {
			rows[i] = []string{at(e.At), bankStatus(e.Status), s.why(e.Reason)}
		}
		return s.sheet([]pair{
			{phrase{"apply no", "受付番号"}, t.ApplyNo},
			{phrase{"amount", "金額"}, yen(t.Amount)},
			{phrase{"fee", "手数料"}, yen(t.Fee)},
			{phrase{"status", "状態"}, bankStatus(t.Status)},
			{phrase{"times executed", "実行回数"}, strconv.Itoa(t.ExecutedCount)},
			{phrase{"result code", "結果コード"}, t.ResultCode},
			{phrase{"mark", "照合用の印"}, t.ApplyComment},
		}) + "\n" + s.grid([]column{
			{title: phrase{"WHEN", "日時"}}, {title: phrase{"STATUS", "状態"}}, {title: phrase{"WHY", "理由"}, wide: true},
		}, rows)
	})
}

// bankStatuses are the bank's own words for its transferStatus.
var bankStatuses = map[int]string{
	0: "依頼中", 2: "申請中", 3: "差戻", 4: "取下げ", 5: "期限切れ", 8: "承認取消/予約取消", 11: "予約中", 12: "手続中", 13: "リトライ中",
	20: "手続済", 22: "資金返却", 24: "組戻手続中", 25: "組戻済", 26: "組戻不成立", 40: "手続不成立",
}

func bankStatus(code int) string { return fmt.Sprintf("%d %s", code, bankStatuses[code]) }

func (s *session) sandboxFaults(ctx context.Context, cmd *urfave.Command) error {
	if _, err := s.exactArgs(cmd); err != nil {
		return err
	}
	c, err := s.sandboxClient()
	if err != nil {
		return err
	}
	plan, change, err := faultPlan(cmd)
	if err != nil {
		return err
	}
	var got control.Faults
	if change {
		got, err = c.SetFaults(ctx, plan)
	} else {
		got, err = c.Faults(ctx)
	}
	if err != nil {
		return sandboxError(err)
	}
	return s.show(got, func() string { return s.faultSheet(got) })
}

func faultPlan(cmd *urfave.Command) (faults.Plan, bool, error) {
	if cmd.Bool("off") {
		return faults.Plan{}, true, nil
	}
	if !cmd.IsSet("rate") && !cmd.IsSet("set") {
		return faults.Plan{}, false, nil
	}
	plan := faults.Even(cmd.Uint64("seed"), cmd.Float("rate"), cmd.Duration("max-latency"))
	for kind, text := range cmd.StringMap("set") {
		rate, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return plan, false, usageError("--set %s=%s: the rate must be a number from 0 to 1", kind, text)
		}
		plan.Rates[faults.Kind(kind)] = rate
	}
	if err := plan.Validate(); err != nil {
		return plan, false, exit(ExitUsage, err)
	}
	return plan, true, nil
}

func (s *session) faultSheet(f control.Faults) string {
	var rows [][]string
	for _, k := range faults.Kinds() {
		if f.Plan.Rates[k] > 0 || f.Fired[k] > 0 {
			rows = append(rows, []string{string(k), strconv.FormatFloat(f.Plan.Rates[k], 'g', 4, 64), strconv.Itoa(f.Fired[k])})
		}
	}
	known := faults.Kinds()
	for _, k := range slices.Sorted(maps.Keys(f.Fired)) {
		if !slices.Contains(known, k) {
			rows = append(rows, []string{string(k), "-", strconv.Itoa(f.Fired[k])})
		}
	}
	head := s.sheet([]pair{
		{phrase{"plan", "計画"}, s.planState(f.Plan)},
		{phrase{"seed", "シード"}, strconv.FormatUint(f.Plan.Seed, 10)},
		{phrase{"longest delay", "遅延の最大"}, (time.Duration(f.Plan.MaxLatencyMillis) * time.Millisecond).String()},
	})
	if len(rows) == 0 {
		return head
	}
	return head + "\n" + s.grid([]column{{title: phrase{"FAULT", "障害"}}, {title: phrase{"RATE", "発生率"}, right: true}, {title: phrase{"STRUCK", "発生回数"}, right: true}}, rows)
}

func (s *session) planState(p faults.Plan) string {
	if p.Active() {
		return s.say(phrase{"faults on purpose", "障害あり"})
	}
	return s.say(phrase{"no faults", "障害なし"})
}

func (s *session) sandboxDecide(ctx context.Context, cmd *urfave.Command) error {
	args, err := s.exactArgs(cmd, "APPLY_NO", "approve|withdraw|send-back")
	if err != nil {
		return err
	}
	decision := control.Decision(args[1])
	if !slices.Contains([]control.Decision{control.Approve, control.Withdraw, control.SendBack}, decision) {
		return usageError("%q: must be approve, withdraw or send-back", args[1])
	}
	c, err := s.sandboxClient()
	if err != nil {
		return err
	}
	t, err := c.Decide(ctx, args[0], decision)
	if err != nil {
		return sandboxError(err)
	}
	return s.showTransfer(t)
}
