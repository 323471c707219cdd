package cli

import (
	"context"
	"errors"

	urfave "github.com/urfave/cli/v3"

	"soukin/config"
	"soukin/internal/app"
	"soukin/internal/ledger"
	"soukin/internal/record"
	"soukin/internal/vault"
	"soukin/remittance"
)

func (s *session) fundCommand() *urfave.Command {
	return s.command("fund", phrase{"take money that arrived into a balance", "入金を残高に加える"}, "AMOUNT", phrase{
		"Credits a merchant with a transfer that arrived at our account, once for each\nitem of the bank's statement. Remittances that wait for funds resume by themselves.\n\nExamples:\n  starter fund 500000 --item 20261120103000123456\n  starter fund 500,000 --merchant shop --item 20261120103000123456",
		"口座に届いた入金を加盟店の残高に加えます。銀行の明細1件につき1回だけ計上されます。\n入金を待っている送金は自動で再開します。\n\n例:\n  starter fund 500000 --item 20261120103000123456\n  starter fund 500,000 --merchant shop --item 20261120103000123456",
	}, []urfave.Flag{
		s.merchantFlag(),
		&urfave.StringFlag{Name: "item", Usage: s.say(phrase{"the bank's key of the statement item", "銀行の入金明細キー"})},
	}, s.fund)
}

func (s *session) fund(ctx context.Context, cmd *urfave.Command) error {
	args, err := s.exactArgs(cmd, "AMOUNT")
	if err != nil {
		return err
	}
	amount, err := remittance.ParseYen(args[0])
	if err != nil {
		return exit(ExitUsage, err)
	}
	if cmd.String("item") == "" {
		return usageError("%s", s.say(phrase{"--item is missing: the bank's key keeps money from being counted twice", "--item がありません。二重計上を防ぐため銀行の明細キーが必要です"}))
	}
	return s.withDesk(ctx, func(cfg config.Config, desk *app.Desk) error {
		m, err := merchantOf(cmd, cfg)
		if err != nil {
			return err
		}
		done, err := desk.Orders.Fund(ctx, m, cmd.String("item"), amount)
		if err != nil {
			return err
		}
		return s.show(done, func() string {
			return s.balanceSheet(done.Balances) + "\n" + s.sayf(phrase{"Waiting remittances told: %d\n", "再開を知らせた送金: %d 件\n"}, done.Woken)
		})
	})
}

// balanceView is what balance shows.
type balanceView struct {
	Merchant remittance.MerchantID `json:"merchant"`
	Balances ledger.Balances       `json:"balances"`
}

func (s *session) balanceCommand() *urfave.Command {
	return s.command("balance", phrase{"where a merchant's money is", "加盟店の残高を表示する"}, "", phrase{
		"Examples:\n  starter balance\n  starter balance --merchant shop --output json",
		"例:\n  starter balance\n  starter balance --merchant shop --output json",
	}, []urfave.Flag{s.merchantFlag()}, func(ctx context.Context, cmd *urfave.Command) error {
		if _, err := s.exactArgs(cmd); err != nil {
			return err
		}
		return s.withStore(ctx, func(cfg config.Config, store *app.Store) error {
			m, err := merchantOf(cmd, cfg)
			if err != nil {
				return err
			}
			if _, err := store.Record.Merchant(ctx, m); err != nil {
				return notOnRecord(err)
			}
			b, err := store.Ledger.Balances(ctx, m)
			if err != nil {
				return exit(ExitUnavailable, err)
			}
			return s.show(balanceView{m, b}, func() string { return s.balanceSheet(b) })
		})
	})
}

func (s *session) accountCommand() *urfave.Command {
	return s.under("account", phrase{"payees' accounts, kept by id", "受取人の口座 (IDで保管)"},
		s.command("add", phrase{"keep an account for later orders", "口座を登録する"}, "", phrase{
			"Checks the details, writes the name as banks will see it, and gives an id to\norder with. The same account has the same id.\n\nExamples:\n  starter account add --bank 0005 --branch 001 --type 1 --number 1234567 --name 'ヤマダ タロウ'\n  starter account add --symbol 12345 --jp-number 12345671 --name 'オオノ ミチコ'",
			"口座情報を確認し、銀行に届く形の名義に直し、依頼に使うIDを発行します。同じ口座は\n同じIDになります。\n\n例:\n  starter account add --bank 0005 --branch 001 --type 1 --number 1234567 --name 'ヤマダ タロウ'\n  starter account add --symbol 12345 --jp-number 12345671 --name 'オオノ ミチコ'",
		}, append([]urfave.Flag{
			s.merchantFlag(),
			&urfave.StringFlag{Name: "label", Usage: s.say(phrase{"your own name for it", "呼び名"})},
		}, s.payeeFlags()[1:]...), s.addAccount),
		s.command("list", phrase{"a merchant's accounts, masked", "口座の一覧 (伏せ字)"}, "", phrase{
			"Examples:\n  starter account list\n  starter account list --after acc_0123456789ABCDEFGHJKMNPQRS",
			"例:\n  starter account list\n  starter account list --after acc_0123456789ABCDEFGHJKMNPQRS",
		}, []urfave.Flag{
			s.merchantFlag(), s.limitFlag(50),
			&urfave.StringFlag{Name: "after", Usage: s.say(phrase{"last id of the page before", "前のページの最後のID"})},
		}, s.listAccounts),
		s.command("show", phrase{"one account, masked", "口座を表示する (伏せ字)"}, "ACCOUNT", phrase{
			"Example:\n  starter account show acc_0123456789ABCDEFGHJKMNPQRS", "例:\n  starter account show acc_0123456789ABCDEFGHJKMNPQRS",
		}, []urfave.Flag{s.merchantFlag()}, s.showAccount),
		s.command("delete", phrase{"shred an account; its id is never used again", "口座を削除する (IDは再利用しない)"}, "ACCOUNT", phrase{
			"Refused while an open remittance uses the account.\n\nExample:\n  starter account delete acc_0123456789ABCDEFGHJKMNPQRS",
			"終わっていない送金が使っている口座は削除できません。\n\n例:\n  starter account delete acc_0123456789ABCDEFGHJKMNPQRS",
		}, []urfave.Flag{s.merchantFlag()}, s.deleteAccount),
	)
}

func (s *session) addAccount(ctx context.Context, cmd *urfave.Command) error {
	if _, err := s.exactArgs(cmd); err != nil {
		return err
	}
	return s.withDesk(ctx, func(cfg config.Config, desk *app.Desk) error {
		m, err := merchantOf(cmd, cfg)
		if err != nil {
			return err
		}
		entry, notices, err := desk.Orders.AddAccount(ctx, m, payeeOf(cmd), cmd.String("label"))
		if err != nil {
			return err
		}
		s.tell(notices)
		return s.show(entry, func() string { return s.accountSheet(entry) })
	})
}

func (s *session) listAccounts(ctx context.Context, cmd *urfave.Command) error {
	if _, err := s.exactArgs(cmd); err != nil {
		return err
	}
	return s.withDesk(ctx, func(cfg config.Config, desk *app.Desk) error {
		m, err := merchantOf(cmd, cfg)
		if err != nil {
			return err
		}
		list, err := desk.Orders.ListAccounts(ctx, m, cmd.Int("limit"), remittance.AccountID(cmd.String("after")))
		if err != nil {
			return err
		}
		if list == nil {
			list = []vault.AccountEntry{}
		}
		return s.show(map[string]any{"accounts": list}, func() string {
			rows := make([][]string, len(list))
			for i, a := range list {
				rows[i] = []string{string(a.ID), a.Bank + "-" + a.Branch, a.Type, a.Number, a.Name, a.Label}
			}
			return s.grid([]column{
				{title: phrase{"ACCOUNT", "口座ID"}}, {title: phrase{"BANK", "銀行-支店"}}, {title: phrase{"TYPE", "種目"}},
				{title: phrase{"NUMBER", "番号"}}, {title: phrase{"NAME", "名義"}}, {title: phrase{"LABEL", "呼び名"}, spare: 1},
			}, rows)
		})
	})
}

// withAccount runs do for the one account that the command names.
func (s *session) withAccount(ctx context.Context, cmd *urfave.Command, do func(*app.Desk, remittance.MerchantID, remittance.AccountID) error) error {
	args, err := s.exactArgs(cmd, "ACCOUNT")
	if err != nil {
		return err
	}
	id, err := remittance.ParseAccountID(args[0])
	if err != nil {
		return exit(ExitUsage, err)
	}
	return s.withDesk(ctx, func(cfg config.Config, desk *app.Desk) error {
		m, err := merchantOf(cmd, cfg)
		if err != nil {
			return err
		}
		return do(desk, m, id)
	})
}

func (s *session) showAccount(ctx context.Context, cmd *urfave.Command) error {
	return s.withAccount(ctx, cmd, func(desk *app.Desk, m remittance.MerchantID, id remittance.AccountID) error {
		entry, err := desk.Orders.ShowAccount(ctx, m, id)
		if err != nil {
			return err
		}
		return s.show(entry, func() string { return s.accountSheet(entry) })
	})
}

func (s *session) deleteAccount(ctx context.Context, cmd *urfave.Command) error {
	return s.withAccount(ctx, cmd, func(desk *app.Desk, m remittance.MerchantID, id remittance.AccountID) error {
		if err := desk.Orders.DeleteAccount(ctx, m, id); err != nil {
			return err
		}
		return s.show(map[string]string{"deleted": string(id)}, func() string {
			return s.sayf(phrase{"Deleted %s.\n", "%s を削除しました。\n"}, id)
		})
	})
}

func (s *session) accountSheet(a vault.AccountEntry) string {
	return s.sheet([]pair{
		{phrase{"account", "口座ID"}, string(a.ID)},
		{phrase{"bank and branch", "銀行-支店"}, a.Bank + "-" + a.Branch},
		{phrase{"type", "種目"}, a.Type},
		{phrase{"number", "番号"}, a.Number},
		{phrase{"name", "名義"}, a.Name},
		{phrase{"label", "呼び名"}, a.Label},
		{phrase{"since", "登録日時"}, at(a.CreatedAt)},
	})
}

// notOnRecord gives the exit code for what is read without the service of orders.
func notOnRecord(err error) error {
	if errors.Is(err, record.ErrNotFound) {
		return exit(ExitNotFound, err)
	}
	return exit(ExitUnavailable, err)
}
