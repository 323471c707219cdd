package cli

import (
	"context"
	"errors"
	"log/slog"
	"time"

	urfave "github.com/urfave/cli/v3"

	"soukin/config"
	"soukin/internal/app"
	"soukin/internal/orders"
	"soukin/remittance"
)

// withDesk runs do where orders are taken.
func (s *session) withDesk(ctx context.Context, do func(config.Config, *app.Desk) error) error {
	cfg, err := s.load()
	if err != nil {
		return err
	}
	desk, err := app.OpenDesk(ctx, cfg, slog.New(slog.DiscardHandler), time.Now)
	if err != nil {
		return exit(ExitUnavailable, err)
	}
	return errors.Join(do(cfg, desk), desk.Close())
}

func (s *session) merchantFlag() urfave.Flag {
	return &urfave.StringFlag{Name: "merchant", Aliases: []string{"m"}, HideDefault: true,
		Usage: s.say(phrase{"merchant (default: SOUKIN_MERCHANT)", "加盟店 (既定: SOUKIN_MERCHANT)"})}
}

func merchantOf(cmd *urfave.Command, cfg config.Config) (remittance.MerchantID, error) {
	name := cmd.String("merchant")
	if name == "" {
		name = cfg.Merchant
	}
	id, err := remittance.ParseMerchantID(name)
	if err != nil {
		return "", exit(ExitUsage, err)
	}
	return id, nil
}

// refOf names one remittance by its id and --merchant.
func refOf(cmd *urfave.Command, cfg config.Config, id string) (remittance.Ref, error) {
	m, err := merchantOf(cmd, cfg)
	if err != nil {
		return remittance.Ref{}, err
	}
	return orders.ParseRef(string(m), id)
}

// payeeFlags are the details of an account, or its id.
func (s *session) payeeFlags() []urfave.Flag {
	return []urfave.Flag{
		&urfave.StringFlag{Name: "account", Usage: s.say(phrase{"account id, instead of details", "口座ID (口座情報の代わりに)"})},
		&urfave.StringFlag{Name: "bank", Usage: s.say(phrase{"bank code, 4 digits", "銀行コード (4桁)"})},
		&urfave.StringFlag{Name: "branch", Usage: s.say(phrase{"branch code, 3 digits", "支店コード (3桁)"})},
		&urfave.StringFlag{Name: "type", Usage: s.say(phrase{"1 ordinary, 2 current, 4 savings", "1 普通、2 当座、4 貯蓄"})},
		&urfave.StringFlag{Name: "number", Usage: s.say(phrase{"account number, up to 7 digits", "口座番号 (7桁まで)"})},
		&urfave.StringFlag{Name: "name", Usage: s.say(phrase{"account name in kana", "口座名義 (カナ)"})},
		&urfave.StringFlag{Name: "symbol", Usage: s.say(phrase{"Japan Post symbol, 5 digits", "ゆうちょ銀行の記号 (5桁)"})},
		&urfave.StringFlag{Name: "jp-number", Usage: s.say(phrase{"Japan Post number", "ゆうちょ銀行の番号"})},
	}
}

func payeeOf(cmd *urfave.Command) orders.Payee {
	return orders.Payee{
		Account: cmd.String("account"), Bank: cmd.String("bank"), Branch: cmd.String("branch"), Type: cmd.String("type"),
		Number: cmd.String("number"), Name: cmd.String("name"), Symbol: cmd.String("symbol"), JPNumber: cmd.String("jp-number"),
	}
}

// tell shows what was changed in the details that somebody typed.
func (s *session) tell(notices []orders.Notice) {
	for _, n := range notices {
		s.note(phrase{"Note: %s", "注意: %s"}, n.Message(s.lang))
	}
}

// codeOfFaults gives the exit code of a refusal: unavailable before anything
// else, because the others are only certain when all was looked at.
func codeOfFaults(faults orders.Faults) int {
	codes := map[orders.Code]bool{}
	for _, f := range faults {
		codes[f.Code] = true
	}
	switch {
	case codes[orders.CodeUnavailable]:
		return ExitUnavailable
	case codes[orders.CodeConflict], codes[orders.CodeTooLate]:
		return ExitConflict
	case codes[orders.CodeValidation]:
		return ExitRefused
	}
	return ExitNotFound
}
