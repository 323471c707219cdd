package cli

import (
	"context"

	urfave "github.com/urfave/cli/v3"

	"soukin/config"
	"soukin/contract"
	"soukin/internal/app"
	"soukin/internal/cli/batch"
	"soukin/internal/orders"
	"soukin/internal/record"
	"soukin/remittance"
)

func (s *session) showCommand() *urfave.Command {
	return s.command("show", phrase{"one remittance with its timeline", "送金1件と経過を表示する"}, "ID", phrase{
		"With --numbers it also shows the numbers that an ATM pays the cash for, while\nthey are out. They are bearer secrets: whoever has them has the money.\n\nExamples:\n  starter show D-01\n  starter show D-01 --output json | jq .timeline\n  starter show A-01 --numbers",
		"--numbers を付けると、ATMの受取番号が有効な間はそれも表示します。番号を知っている人は\n現金を受け取れるため、取り扱いに注意してください。\n\n例:\n  starter show D-01\n  starter show D-01 --output json | jq .timeline\n  starter show A-01 --numbers",
	}, []urfave.Flag{
		s.merchantFlag(),
		&urfave.BoolFlag{Name: "numbers", Usage: s.say(phrase{"show ATM numbers in plain", "ATMの受取番号を伏せずに表示する"})},
	}, s.showRemittance)
}

func (s *session) showRemittance(ctx context.Context, cmd *urfave.Command) error {
	return s.withRemittance(ctx, cmd, func(desk *app.Desk, ref remittance.Ref) error {
		view, err := desk.Orders.Show(ctx, ref)
		if err != nil {
			return err
		}
		v := shownView{View: view}
		if cmd.Bool("numbers") {
			numbers, err := desk.Orders.Numbers(ctx, ref)
			if err != nil {
				return err
			}
			v.Numbers = batch.Reveal(numbers)
		}
		return s.show(v, func() string {
			return s.remittanceSheet(v.Remittance) + s.numbersSheet(v.Remittance, v.Numbers) + "\n" + s.timeline(v.Timeline)
		})
	})
}

// withRemittance runs do for the one remittance that the command names.
func (s *session) withRemittance(ctx context.Context, cmd *urfave.Command, do func(*app.Desk, remittance.Ref) error) error {
	args, err := s.exactArgs(cmd, "ID")
	if err != nil {
		return err
	}
	return s.withDesk(ctx, func(cfg config.Config, desk *app.Desk) error {
		ref, err := refOf(cmd, cfg, args[0])
		if err != nil {
			return err
		}
		return do(desk, ref)
	})
}

func (s *session) listCommand() *urfave.Command {
	return s.command("list", phrase{"remittances, the newest first", "送金の一覧 (新しい順)"}, "", phrase{
		"Lists the remittances of all merchants unless --merchant names one.\n\nExamples:\n  starter list\n  starter list --status sent,checking --from 2026-11-01\n  starter list --attention --output json",
		"--merchant を指定しなければ全加盟店の送金を表示します。\n\n例:\n  starter list\n  starter list --status sent,checking --from 2026-11-01\n  starter list --attention --output json",
	}, []urfave.Flag{
		&urfave.StringFlag{Name: "merchant", Aliases: []string{"m"}, Usage: s.say(phrase{"of this merchant only", "この加盟店のみ"})},
		&urfave.StringSliceFlag{Name: "status", HideDefault: true, Usage: s.say(phrase{"of these statuses", "この状態のもの"})},
		&urfave.StringFlag{Name: "from", Usage: s.say(phrase{"ordered on this day or later, YYYY-MM-DD", "この日以降の受付 (YYYY-MM-DD)"})},
		&urfave.StringFlag{Name: "to", Usage: s.say(phrase{"ordered on this day or earlier", "この日以前の受付"})},
		&urfave.BoolFlag{Name: "attention", Usage: s.say(phrase{"that an operator must look at", "要対応のもの"})},
		s.limitFlag(50),
		&urfave.StringFlag{Name: "after", Usage: s.say(phrase{"continue a list, with its cursor", "続きを表示する (カーソル)"})},
	}, s.list)
}

func (s *session) list(ctx context.Context, cmd *urfave.Command) error {
	if _, err := s.exactArgs(cmd); err != nil {
		return err
	}
	filter, err := filterOf(cmd)
	if err != nil {
		return err
	}
	return s.withDesk(ctx, func(_ config.Config, desk *app.Desk) error {
		page, err := desk.Orders.List(ctx, filter, cmd.Int("limit"), cmd.String("after"))
		if err != nil {
			return err
		}
		if page.Remittances == nil {
			page.Remittances = []record.Remittance{}
		}
		return s.show(page, func() string {
			out := s.remittanceTable(page.Remittances)
			if page.Next != "" {
				out += "\n" + s.sayf(phrase{"There are more: starter list --after %s\n", "続きがあります: starter list --after %s\n"}, page.Next)
			}
			return out
		})
	})
}

func filterOf(cmd *urfave.Command) (record.Filter, error) {
	f := record.Filter{NeedsAttention: cmd.Bool("attention")}
	if m := cmd.String("merchant"); m != "" {
		id, err := remittance.ParseMerchantID(m)
		if err != nil {
			return f, exit(ExitUsage, err)
		}
		f.Merchant = id
	}
	for _, text := range cmd.StringSlice("status") {
		status, err := remittance.ParseStatus(text)
		if err != nil {
			return f, exit(ExitUsage, err)
		}
		f.Statuses = append(f.Statuses, status)
	}
	for flag, day := range map[string]*record.Day{"from": &f.From, "to": &f.To} {
		if text := cmd.String(flag); text != "" {
			parsed, err := orders.ParseDay(text)
			if err != nil {
				return f, exit(ExitUsage, err)
			}
			*day = parsed
		}
	}
	return f, nil
}

func (s *session) cancelCommand() *urfave.Command {
	return s.command("cancel", phrase{"call a remittance off", "送金を取り消す"}, "ID", phrase{
		"Calls a remittance off while nobody has executed it. ATM numbers that are out are\ncalled off at the network, if the cash is still there. Exit code 4 when it is too\nlate.\n\nExample:\n  starter cancel D-20",
		"実行される前の送金を取り消します。ATMの受取番号は、現金が受け取られる前であれば無効に\nします。手遅れの場合は終了コード 4。\n\n例:\n  starter cancel D-20",
	}, []urfave.Flag{s.merchantFlag()}, func(ctx context.Context, cmd *urfave.Command) error {
		return s.withRemittance(ctx, cmd, func(desk *app.Desk, ref remittance.Ref) error {
			state, err := desk.Orders.Cancel(ctx, ref, remittance.ActorMerchant)
			if err != nil {
				return err
			}
			return s.showState(state)
		})
	})
}

func (s *session) correctCommand() *urfave.Command {
	return s.command("correct", phrase{"name the right account after a refusal or return", "不備のあった送金の口座を訂正する"}, "ID", phrase{
		"Sends a remittance that was refused or came back to another account, while it\nwaits for that. Give an account id or details.\n\nExamples:\n  starter correct D-18 --bank 0001 --branch 001 --type 1 --number 7654321 --name 'シミズ トオル'\n  starter correct D-18 --account acc_0123456789ABCDEFGHJKMNPQRS",
		"拒否または返金され訂正を待っている送金を、別の口座に送り直します。口座IDまたは\n口座情報を指定します。\n\n例:\n  starter correct D-18 --bank 0001 --branch 001 --type 1 --number 7654321 --name 'シミズ トオル'\n  starter correct D-18 --account acc_0123456789ABCDEFGHJKMNPQRS",
	}, append([]urfave.Flag{s.merchantFlag()}, s.payeeFlags()...), func(ctx context.Context, cmd *urfave.Command) error {
		return s.withRemittance(ctx, cmd, func(desk *app.Desk, ref remittance.Ref) error {
			state, notices, err := desk.Orders.Correct(ctx, ref, payeeOf(cmd))
			if err != nil {
				return err
			}
			s.tell(notices)
			return s.showState(state)
		})
	})
}

func (s *session) resolveCommand() *urfave.Command {
	return s.command("resolve", phrase{"record on evidence what the counterparty really did", "証拠に基づき結果を登録する"}, "ID", phrase{
		"For a remittance whose outcome nobody can find out automatically. Look at the\nbank, or whoever else had to pay, first: what is recorded here moves money in the\nbooks. With --rail-ref they are asked about that number and decide; without it\nyour word does.\n\nExamples:\n  starter resolve D-19 --executed --rail-ref 2026112000000001 --evidence 'bank statement 2026-11-20, item 12'\n  starter resolve D-19 --not-executed --evidence 'telephone call with the bank, 2026-11-21 10:15'",
		"結果を自動で判断できない送金のためのものです。先に銀行などの送金先で確認してください。\nここで登録した結果に従って帳簿の資金が動きます。--rail-ref を付けるとその番号を送金先に\n照会して決めます。付けなければ登録内容がそのまま結果になります。\n\n例:\n  starter resolve D-19 --executed --rail-ref 2026112000000001 --evidence '11/20の明細12件目'\n  starter resolve D-19 --not-executed --evidence '11/21 10:15 銀行に電話で確認'",
	}, []urfave.Flag{
		s.merchantFlag(),
		&urfave.BoolFlag{Name: "executed", Usage: s.say(phrase{"the counterparty executed it", "送金先は実行した"})},
		&urfave.BoolFlag{Name: "not-executed", Usage: s.say(phrase{"the counterparty did not execute it", "送金先は実行していない"})},
		&urfave.StringFlag{Name: "rail-ref", Usage: s.say(phrase{"the counterparty's number of it", "送金先の受付番号"})},
		&urfave.StringFlag{Name: "evidence", Usage: s.say(phrase{"what you saw and where; no names", "確認した内容と場所 (氏名は書かない)"})},
	}, s.resolve)
}

func (s *session) resolve(ctx context.Context, cmd *urfave.Command) error {
	if cmd.Bool("executed") == cmd.Bool("not-executed") {
		return usageError("%s", s.say(phrase{"say either --executed or --not-executed", "--executed か --not-executed のどちらかを指定してください"}))
	}
	return s.withRemittance(ctx, cmd, func(desk *app.Desk, ref remittance.Ref) error {
		state, err := desk.Orders.Resolve(ctx, ref, contract.ResolveInput{
			Executed: cmd.Bool("executed"), RailRef: cmd.String("rail-ref"), Evidence: cmd.String("evidence"),
		})
		if err != nil {
			return err
		}
		return s.showState(state)
	})
}

// showState shows where a remittance stands after a change.
func (s *session) showState(st contract.State) error {
	return s.show(st, func() string {
		return s.sheet([]pair{
			{phrase{"remittance", "送金ID"}, st.Ref.String()},
			{phrase{"amount", "金額"}, yen(st.Amount)},
			{phrase{"status", "状態"}, s.status(st.Status)},
			{phrase{"why", "理由"}, s.why(st.Reason)},
			{phrase{"missing", "不足額"}, shortfall(st.Shortfall)},
			{phrase{"until", "期限"}, until(st.Deadline)},
			{phrase{"way", "受取方法"}, s.way(st.Rail, st.Ways)},
			{phrase{"goes to", "送り先"}, string(st.Account)},
			{phrase{"rail's number", "送金先の受付番号"}, st.RailRef},
		})
	})
}
