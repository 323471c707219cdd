package cli

import (
	"context"

	urfave "github.com/urfave/cli/v3"

	"soukin/internal/app"
	"soukin/remittance"
)

func (s *session) lateReturnCommand() *urfave.Command {
	return s.command("late-return", phrase{"record that paid money came back", "受取完了後の返金を登録する"}, "ID", phrase{
		"For money that the bank's statement shows as returned after the remittance was\npaid. It goes back to the merchant's balance; the remittance stands at returned\nfor good. Recording the same return again changes nothing.\n\nExample:\n  starter late-return D-01 --code 22 --evidence 'bank statement 2026-11-20, item 12'",
		"受け取りが完了した後に、銀行の明細で返金が確認された送金のためのものです。資金は加盟店の\n残高に戻り、送金は returned で終わります。同じ返金を再び登録しても何も変わりません。\n\n例:\n  starter late-return D-01 --code 22 --evidence '11/20の明細12件目'",
	}, []urfave.Flag{
		s.merchantFlag(),
		&urfave.StringFlag{Name: "code", Usage: s.say(phrase{"the bank's code of the return", "銀行の返金コード"})},
		&urfave.StringFlag{Name: "evidence", Usage: s.say(phrase{"what you saw and where; no names", "確認した内容と場所 (氏名は書かない)"})},
	}, s.lateReturn)
}

func (s *session) lateReturn(ctx context.Context, cmd *urfave.Command) error {
	return s.withRemittance(ctx, cmd, func(desk *app.Desk, ref remittance.Ref) error {
		state, err := desk.Orders.LateReturn(ctx, ref, cmd.String("code"), cmd.String("evidence"))
		if err != nil {
			return err
		}
		return s.showState(state)
	})
}
