package cli

import (
	"context"
	"fmt"

	urfave "github.com/urfave/cli/v3"

	"soukin/config"
	"soukin/contract"
	"soukin/internal/app"
	"soukin/internal/orders"
	"soukin/remittance"
)

var railWords = map[remittance.Rail]phrase{
	remittance.RailBank:    {"bank account", "銀行口座"},
	remittance.RailATM:     {"cash at an ATM", "ATMで現金"},
	remittance.RailAmazon:  {"Amazon gift card", "Amazonギフトカード"},
	remittance.RailAuPay:   {"au PAY", "au PAY"},
	remittance.RailPrepaid: {"prepaid card", "プリペイドカード"},
}

func (s *session) rail(r remittance.Rail) string {
	if word, ok := railWords[r]; ok {
		return s.say(word)
	}
	return string(r)
}

func (s *session) railsCommand() *urfave.Command {
	return s.command("rails", phrase{"ways to send money that are set up here", "使える送金先の一覧"}, "", phrase{
		"Lists the rails with the merchant's limit for one remittance, its fee for each\nexecuted attempt, and whether a pretend counterparty (the sandbox) is behind it.\nBeside a real bank, rails that only the sandbox plays are not offered. --funds asks\nAmazon what is left of the money that was paid in there; it answers once a second.\n\nExamples:\n  starter rails\n  starter rails --merchant shop --output json\n  starter rails --funds",
		"送金先ごとに、加盟店の送金1件の上限、実行1回ごとの手数料、接続先が sandbox (模擬の\n送金先) かどうかを表示します。実際の銀行に接続しているときは、sandbox だけの送金先は\n使えません。--funds を付けると、Amazon に預けた資金の残高を照会します (1秒に1回まで)。\n\n例:\n  starter rails\n  starter rails --merchant shop --output json\n  starter rails --funds",
	}, []urfave.Flag{s.merchantFlag(),
		&urfave.BoolFlag{Name: "funds", Usage: s.say(phrase{"ask Amazon what is left of our funds there", "Amazon に預けた資金の残高を照会する"})},
	}, func(ctx context.Context, cmd *urfave.Command) error {
		if _, err := s.exactArgs(cmd); err != nil {
			return err
		}
		return s.withDesk(ctx, func(cfg config.Config, desk *app.Desk) error {
			m, err := merchantOf(cmd, cfg)
			if err != nil {
				return err
			}
			rails, err := desk.Orders.Rails(ctx, m)
			if err != nil {
				return err
			}
			shown := railList{Merchant: m, Rails: rails}
			if cmd.Bool("funds") {
				if shown.AmazonFunds, err = amazonFunds(ctx, cfg); err != nil {
					return exit(ExitUnavailable, err)
				}
			}
			return s.show(shown, func() string { return s.railTable(shown) })
		})
	})
}

// railList is the document of the command.
type railList struct {
	Merchant    remittance.MerchantID `json:"merchant"`
	Rails       []orders.RailInfo     `json:"rails"`
	AmazonFunds *remittance.Yen       `json:"amazon_funds,omitempty"`
}

func amazonFunds(ctx context.Context, cfg config.Config) (*remittance.Yen, error) {
	funds, err := app.AmazonFunds(ctx, cfg)
	if err != nil {
		return nil, fmt.Errorf("funds at Amazon: %w", err)
	}
	return &funds.Amount, nil
}

func (s *session) railTable(shown railList) string {
	rows := make([][]string, len(shown.Rails))
	for i, r := range shown.Rails {
		behind := s.say(phrase{"production", "本番"})
		if r.Sandbox {
			behind = "sandbox"
		}
		rows[i] = []string{string(r.Rail), s.rail(r.Rail), yen(r.Cap), yen(r.Fee), behind}
	}
	table := s.grid([]column{
		{title: phrase{"RAIL", "送金先"}}, {title: phrase{"MONEY GOES TO", "受取方法"}}, {title: phrase{"MOST", "1件の上限"}, right: true},
		{title: phrase{"FEE", "手数料"}, right: true}, {title: phrase{"BEHIND IT", "接続先"}},
	}, rows)
	if shown.AmazonFunds != nil {
		table += s.sayf(phrase{"\nLeft of our funds at Amazon: %s\n", "\nAmazon に預けた資金の残高: %s\n"}, yen(*shown.AmazonFunds))
	}
	return table
}

func (s *session) reissueCommand() *urfave.Command {
	return s.command("reissue", phrase{"replace lost or locked ATM numbers", "ATMの受取番号を再発行する"}, "ID", phrase{
		"Has the ATM network issue new numbers for cash that waits at its ATMs. The old\nnumbers are worth nothing from then on. The recipient is told by mail or SMS and\nsees the new ones on the page; show --numbers gives them to you. Exit code 4 when\nno numbers are out, or they were replaced often enough.\n\nExamples:\n  starter reissue A-03\n  starter reissue A-03 && starter show A-03 --numbers",
		"ATMで受け取り待ちの現金について、新しい番号を発行します。それまでの番号は使えなく\nなります。受取人にはメールや SMS で知らせ、ページに新しい番号を表示します。依頼元も、\nshow --numbers で確認できます。有効な番号がない場合や、再発行の回数の上限に達した\n場合は終了コード 4。\n\n例:\n  starter reissue A-03\n  starter reissue A-03 && starter show A-03 --numbers",
	}, []urfave.Flag{s.merchantFlag()}, func(ctx context.Context, cmd *urfave.Command) error {
		return s.changeRemittance(ctx, cmd, func(desk *app.Desk, ref remittance.Ref) (contract.State, error) {
			return desk.Orders.Reissue(ctx, ref, remittance.ActorMerchant)
		})
	})
}
