package cli

import (
	"context"
	"time"

	urfave "github.com/urfave/cli/v3"

	"soukin/contract"
	"soukin/internal/app"
	"soukin/internal/orders"
	"soukin/remittance"
)

// recipientFlags are who is asked or told, and how.
func (s *session) recipientFlags() []urfave.Flag {
	return []urfave.Flag{
		&urfave.StringFlag{Name: "pattern", Usage: s.say(phrase{"how to send it, see above (default: bank-transfer)", "送金方法、上記参照 (既定: bank-transfer)"})},
		&urfave.StringFlag{Name: "email", Usage: s.say(phrase{"recipient's mail address", "受取人のメールアドレス"})},
		&urfave.StringFlag{Name: "phone", Usage: s.say(phrase{"recipient's mobile number", "受取人の携帯電話番号"})},
		&urfave.StringFlag{Name: "recipient-lang", Usage: s.say(phrase{"language to write to them, ja or en (default: ja)", "連絡に使う言語 ja または en (既定: ja)"})},
		&urfave.StringFlag{Name: "purpose", Usage: s.say(phrase{"what the money is for, shown to them; no names", "受取人に示す送金の理由 (氏名は書かない)"})},
		&urfave.StringFlag{Name: "code", Usage: s.say(phrase{"what they must know to go on", "受取人に求める認証コード"})},
		&urfave.StringFlag{Name: "code-label", Usage: s.say(phrase{"what the page calls it", "その表示名"})},
		&urfave.StringFlag{Name: "code2", Usage: s.say(phrase{"a second code", "認証コード2"})},
		&urfave.StringFlag{Name: "code2-label", Usage: s.say(phrase{"its name", "その表示名"})},
		&urfave.StringFlag{Name: "code3", Usage: s.say(phrase{"a third code", "認証コード3"})},
		&urfave.StringFlag{Name: "code3-label", Usage: s.say(phrase{"its name", "その表示名"})},
		&urfave.StringFlag{Name: "expires-days", Usage: s.say(phrase{"days they have, 1 to 180", "手続きの期限 (日数、1〜180)"})},
	}
}

// offerFlags are what other patterns than transfers need.
func (s *session) offerFlags() []urfave.Flag {
	return []urfave.Flag{
		&urfave.StringFlag{Name: "rails", Usage: s.say(phrase{"choice: some of bank,atm,amazon,aupay", "choice: bank,atm,amazon,aupay から指定"})},
		&urfave.StringFlag{Name: "gift-form", Usage: s.say(phrase{"Amazon: balance or code", "Amazon: balance または code"})},
		&urfave.StringFlag{Name: "issuer", Usage: s.say(phrase{"prepaid-refund: who issued the card", "prepaid-refund: 発行会社"})},
		&urfave.StringFlag{Name: "purchase", Usage: s.say(phrase{"prepaid-refund: the issuer's number of it", "prepaid-refund: 発行会社の購入番号"})},
		&urfave.StringFlag{Name: "purchased-on", Usage: s.say(phrase{"prepaid-refund: the day, YYYY-MM-DD", "prepaid-refund: 購入日 (YYYY-MM-DD)"})},
		&urfave.StringFlag{Name: "purchase-amount", Usage: s.say(phrase{"prepaid-refund: yen paid, for a partial refund", "prepaid-refund: 購入金額 (一部返金のとき)"})},
	}
}

func purchasedOf(cmd *urfave.Command) orders.Purchased {
	return orders.Purchased{Issuer: cmd.String("issuer"), Purchase: cmd.String("purchase"), PurchasedOn: cmd.String("purchased-on"), PurchaseAmount: cmd.String("purchase-amount")}
}

func recipientOf(cmd *urfave.Command) orders.Recipient {
	return orders.Recipient{
		Email: cmd.String("email"), Phone: cmd.String("phone"), Lang: cmd.String("recipient-lang"), Purpose: cmd.String("purpose"),
		Code: cmd.String("code"), CodeLabel: cmd.String("code-label"), Code2: cmd.String("code2"), Code2Label: cmd.String("code2-label"),
		Code3: cmd.String("code3"), Code3Label: cmd.String("code3-label"), ExpiresDays: cmd.String("expires-days"),
	}
}

func (s *session) resendCommand() *urfave.Command {
	return s.command("resend", phrase{"send a recipient the link again", "受取人にリンクを再送する"}, "ID", phrase{
		"Sends the link once more to the same addresses. Earlier links keep working.\n\nExample:\n  starter resend L-01",
		"同じ宛先にリンクをもう一度送ります。前のリンクも使えます。\n\n例:\n  starter resend L-01",
	}, []urfave.Flag{s.merchantFlag()}, func(ctx context.Context, cmd *urfave.Command) error {
		return s.changeRemittance(ctx, cmd, func(desk *app.Desk, ref remittance.Ref) (contract.State, error) {
			return desk.Orders.Resend(ctx, ref)
		})
	})
}

// changeRemittance shows where the one remittance stands after a change.
func (s *session) changeRemittance(ctx context.Context, cmd *urfave.Command, do func(*app.Desk, remittance.Ref) (contract.State, error)) error {
	return s.withRemittance(ctx, cmd, func(desk *app.Desk, ref remittance.Ref) error {
		state, err := do(desk, ref)
		if err != nil {
			return err
		}
		return s.showState(state)
	})
}

func (s *session) extendCommand() *urfave.Command {
	return s.command("extend", phrase{"give a recipient more time", "受取人の手続き期限を延ばす"}, "ID", phrase{
		"Moves the deadline to the end of a day in Japan, or by some days. It can only\nbecome later.\n\nExamples:\n  starter extend L-01 --until 2026-12-24\n  starter extend L-01 --days 7",
		"期限を指定日の終わり (日本時間) または指定した日数だけ後に移します。早めることは\nできません。\n\n例:\n  starter extend L-01 --until 2026-12-24\n  starter extend L-01 --days 7",
	}, []urfave.Flag{
		s.merchantFlag(),
		&urfave.StringFlag{Name: "until", Usage: s.say(phrase{"last day, YYYY-MM-DD", "最終日 (YYYY-MM-DD)"})},
		&urfave.IntFlag{Name: "days", HideDefault: true, Usage: s.say(phrase{"days to add", "延ばす日数"})},
	}, s.extend)
}

func (s *session) extend(ctx context.Context, cmd *urfave.Command) error {
	if cmd.IsSet("until") == cmd.IsSet("days") {
		return usageError("%s", s.say(phrase{"say either --until or --days", "--until か --days のどちらかを指定してください"}))
	}
	if cmd.IsSet("days") && cmd.Int("days") < 1 {
		return usageError("%s", s.say(phrase{"--days must be at least 1", "--days は 1 以上にしてください"}))
	}
	var until time.Time
	if cmd.IsSet("until") {
		day, err := time.ParseInLocation(time.DateOnly, cmd.String("until"), jst)
		if err != nil {
			return usageError("%s", s.sayf(phrase{"--until %q must be written as in 2026-12-24", "--until %q は 2026-12-24 のように書いてください"}, cmd.String("until")))
		}
		until = day.AddDate(0, 0, 1).Add(-time.Second)
	}
	return s.changeRemittance(ctx, cmd, func(desk *app.Desk, ref remittance.Ref) (contract.State, error) {
		if until.IsZero() {
			row, err := desk.Record.Get(ctx, ref)
			if err != nil {
				return contract.State{}, notOnRecord(err)
			}
			if row.Deadline != nil { // without one it waits for nobody, and the service says so
				until = row.Deadline.AddDate(0, 0, cmd.Int("days"))
			}
		}
		return desk.Orders.Extend(ctx, ref, until)
	})
}

func (s *session) contactCommand() *urfave.Command {
	return s.command("contact", phrase{"send the link to another address or number", "リンクの宛先を変える"}, "ID", phrase{
		"Sends a new link to the addresses given, and ends the links sent before.\n\nExamples:\n  starter contact L-01 --email hanako@example.jp\n  starter contact L-01 --email hanako@example.jp --phone 090-1234-5678",
		"新しい宛先にリンクを送り、以前に送ったリンクを無効にします。\n\n例:\n  starter contact L-01 --email hanako@example.jp\n  starter contact L-01 --email hanako@example.jp --phone 090-1234-5678",
	}, []urfave.Flag{
		s.merchantFlag(),
		&urfave.StringFlag{Name: "email", Usage: s.say(phrase{"mail address", "メールアドレス"})},
		&urfave.StringFlag{Name: "phone", Usage: s.say(phrase{"mobile number", "携帯電話番号"})},
	}, func(ctx context.Context, cmd *urfave.Command) error {
		if cmd.String("email") == "" && cmd.String("phone") == "" {
			return usageError("%s", s.say(phrase{"give --email, --phone or both", "--email か --phone、または両方を指定してください"}))
		}
		return s.changeRemittance(ctx, cmd, func(desk *app.Desk, ref remittance.Ref) (contract.State, error) {
			return desk.Orders.ChangeContact(ctx, ref, cmd.String("email"), cmd.String("phone"))
		})
	})
}
