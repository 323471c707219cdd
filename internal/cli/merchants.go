package cli

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	urfave "github.com/urfave/cli/v3"

	"soukin/config"
	"soukin/contract"
	"soukin/internal/app"
	"soukin/internal/record"
	"soukin/remittance"
)

func (s *session) merchantCommand() *urfave.Command {
	return s.under("merchant", phrase{"businesses that send money through us", "送金を依頼する加盟店"},
		aliased("set", s.command("add", phrase{"add a merchant, or change its terms (also: set)", "加盟店を追加・変更する (set でも可)"}, "MERCHANT", phrase{
			"Adds a merchant. Given again, it changes what the flags name and leaves the rest.\nFees and limits that are not set follow the installation; orders already taken\nkeep their terms. Without --rail they are those of bank transfers.\n\nExamples:\n  starter merchant add shop --name 'Shop Inc.'\n  starter merchant add shop --fee 150 --cap 300000\n  starter merchant set shop --rail atm --fee 350 --cap 50000\n  starter merchant set shop --fallback same\n  starter merchant set shop --link-window 240h --link-reminders 72h,24h --contact-phone 03-1234-5678",
			"加盟店を追加します。既にあれば、指定した項目だけを変更します。指定しない手数料と\n上限は導入先の設定に従います。受付済みの送金には影響しません。--rail を付けなければ\n口座振込の条件になります。\n\n例:\n  starter merchant add shop --name '株式会社ショップ'\n  starter merchant add shop --fee 150 --cap 300000\n  starter merchant set shop --rail atm --fee 350 --cap 50000\n  starter merchant set shop --fallback same\n  starter merchant set shop --link-window 240h --link-reminders 72h,24h --contact-phone 03-1234-5678",
		}, []urfave.Flag{
			&urfave.StringFlag{Name: "name", Usage: s.say(phrase{"name for people", "表示名"})},
			&urfave.StringFlag{Name: "rail", Usage: s.say(phrase{"fee and cap are of this rail (default: bank)", "手数料と上限の対象 (既定: bank)"}), Validator: oneOf(railNames()...)},
			&urfave.Int64Flag{Name: "fee", HideDefault: true, Usage: s.say(phrase{"yen for each executed attempt", "実行1回ごとの手数料 (円)"})},
			&urfave.Int64Flag{Name: "fee-same-bank", HideDefault: true, Usage: s.say(phrase{"the same within the paying bank", "同一銀行あての手数料 (円)"})},
			&urfave.Int64Flag{Name: "cap", HideDefault: true, Usage: s.say(phrase{"most yen in one remittance, within the rail's own limit", "送金1件の上限 (円、送金先自体の上限の範囲内)"})},
			&urfave.DurationFlag{Name: "correction-window", HideDefault: true, Usage: s.say(phrase{"how long to wait for corrected details", "口座訂正を待つ時間"})},
			&urfave.DurationFlag{Name: "link-window", HideDefault: true, Usage: s.say(phrase{"how long recipients have to act", "受取人が手続きできる時間"})},
			&urfave.DurationFlag{Name: "link-reopen-window", HideDefault: true, Usage: s.say(phrase{"the same after a refusal or return", "拒否・返金後にもう一度手続きできる時間"})},
			&urfave.StringFlag{Name: "link-reminders", HideDefault: true, Usage: s.say(phrase{"remind them this long before, as 72h,24h", "期限のどれだけ前に知らせるか (72h,24h など)"})},
			&urfave.StringFlag{Name: "fallback", HideDefault: true, Usage: s.say(phrase{"after a way failed: remaining, same or none", "受取に失敗した後の選択肢: remaining, same, none"})},
			&urfave.BoolFlag{Name: "link-may-show", HideDefault: true, Usage: s.say(phrase{"let links be shown, to hand them over", "手渡しのためリンクの表示を許可する"})},
			&urfave.StringFlag{Name: "contact-phone", Usage: s.say(phrase{"for recipients' questions: telephone", "受取人の問い合わせ先: 電話番号"})},
			&urfave.StringFlag{Name: "contact-mail", Usage: s.say(phrase{"mail address", "メールアドレス"})},
			&urfave.StringFlag{Name: "contact-url", Usage: s.say(phrase{"https page", "https のページ"})},
			&urfave.StringFlag{Name: "contact-hours", Usage: s.say(phrase{"when somebody answers", "受付時間"})},
		}, s.addMerchant)),
		s.command("list", phrase{"all merchants", "加盟店の一覧"}, "", phrase{
			"Example:\n  starter merchant list", "例:\n  starter merchant list",
		}, nil, s.listMerchants),
		s.command("show", phrase{"one merchant with its terms", "加盟店の条件を表示する"}, "MERCHANT", phrase{
			"Example:\n  starter merchant show shop --output json", "例:\n  starter merchant show shop --output json",
		}, nil, s.showMerchant),
	)
}

// aliased lets a command also be called by another name.
func aliased(name string, c *urfave.Command) *urfave.Command {
	c.Aliases = append(c.Aliases, name)
	return c
}

func (s *session) addMerchant(ctx context.Context, cmd *urfave.Command) error {
	id, err := s.merchantArg(cmd)
	if err != nil {
		return err
	}
	return s.withStore(ctx, func(_ config.Config, store *app.Store) error {
		m, err := store.Record.Merchant(ctx, id)
		if errors.Is(err, record.ErrNotFound) {
			m, err = record.Merchant{ID: id, DisplayName: string(id)}, nil
		}
		if err != nil {
			return err
		}
		if err := s.changeTerms(&m, cmd); err != nil {
			return err
		}
		if err := changeLink(&m.Settings, cmd); err != nil {
			return err
		}
		if err := store.Record.SaveMerchant(ctx, m); errors.Is(err, record.ErrSettings) {
			return exit(ExitRefused, err)
		} else if err != nil {
			return err
		}
		if m, err = store.Record.Merchant(ctx, id); err != nil {
			return err
		}
		return s.show(m, func() string { return s.merchantSheet(m) })
	})
}

func (s *session) merchantArg(cmd *urfave.Command) (remittance.MerchantID, error) {
	args, err := s.exactArgs(cmd, "MERCHANT")
	if err != nil {
		return "", err
	}
	id, err := remittance.ParseMerchantID(args[0])
	if err != nil {
		return "", exit(ExitUsage, err)
	}
	return id, nil
}

// changeTerms sets what flags name and nothing else.
func (s *session) changeTerms(m *record.Merchant, cmd *urfave.Command) error {
	if cmd.IsSet("name") {
		m.DisplayName = cmd.String("name")
	}
	rail := cmp.Or(remittance.Rail(cmd.String("rail")), remittance.RailBank)
	if cmd.IsSet("fee-same-bank") && rail != remittance.RailBank {
		return usageError("%s", s.say(phrase{"--fee-same-bank is of the rail bank only", "--fee-same-bank は --rail bank のときだけ指定できます"}))
	}
	if cmd.IsSet("rail") && !cmd.IsSet("fee") && !cmd.IsSet("fee-same-bank") && !cmd.IsSet("cap") {
		return usageError("%s", s.say(phrase{"--rail changes nothing alone: add --fee or --cap", "--rail だけでは何も変わりません。--fee か --cap も指定してください"}))
	}
	terms := m.Settings.Rails[rail]
	for flag, field := range map[string]**remittance.Yen{"fee": &terms.Fee, "fee-same-bank": &terms.FeeSameBank, "cap": &terms.Cap} {
		if cmd.IsSet(flag) {
			amount := remittance.Yen(cmd.Int64(flag))
			*field = &amount
		}
	}
	if terms != (record.Terms{}) {
		if m.Settings.Rails == nil {
			m.Settings.Rails = map[remittance.Rail]record.Terms{}
		}
		m.Settings.Rails[rail] = terms
	}
	if cmd.IsSet("correction-window") {
		window := cmd.Duration("correction-window")
		m.Settings.CorrectionWindow = &window
	}
	return nil
}

func railNames() []string {
	var names []string
	for _, r := range remittance.Rails() {
		names = append(names, string(r))
	}
	return names
}

// changeLink sets how a merchant's recipients are asked, and whom they may ask.
func changeLink(set *record.Settings, cmd *urfave.Command) error {
	for flag, field := range map[string]**time.Duration{"link-window": &set.Link.Window, "link-reopen-window": &set.Link.ReopenWindow} {
		if cmd.IsSet(flag) {
			window := cmd.Duration(flag)
			*field = &window
		}
	}
	if cmd.IsSet("link-reminders") {
		set.Link.Reminders = nil
		for text := range strings.SplitSeq(cmd.String("link-reminders"), ",") {
			before, err := time.ParseDuration(strings.TrimSpace(text))
			if err != nil || before <= 0 {
				return usageError("--link-reminders %q: write durations above 0 with commas between, as 72h,24h", cmd.String("link-reminders"))
			}
			set.Link.Reminders = append(set.Link.Reminders, before)
		}
	}
	if cmd.IsSet("fallback") {
		set.Link.Fallback = cmd.String("fallback")
	}
	if cmd.IsSet("link-may-show") {
		set.Link.MayShow = cmd.Bool("link-may-show")
	}
	for flag, field := range map[string]*string{"contact-phone": &set.Help.Phone, "contact-mail": &set.Help.Mail, "contact-url": &set.Help.URL, "contact-hours": &set.Help.Hours} {
		if cmd.IsSet(flag) {
			*field = cmd.String(flag)
		}
	}
	return nil
}

func (s *session) listMerchants(ctx context.Context, cmd *urfave.Command) error {
	if _, err := s.exactArgs(cmd); err != nil {
		return err
	}
	return s.withStore(ctx, func(_ config.Config, store *app.Store) error {
		all, err := store.Record.Merchants(ctx)
		if err != nil {
			return err
		}
		if all == nil {
			all = []record.Merchant{}
		}
		return s.show(map[string]any{"merchants": all}, func() string { return s.merchantTable(all) })
	})
}

func (s *session) showMerchant(ctx context.Context, cmd *urfave.Command) error {
	id, err := s.merchantArg(cmd)
	if err != nil {
		return err
	}
	return s.withStore(ctx, func(_ config.Config, store *app.Store) error {
		m, err := store.Record.Merchant(ctx, id)
		if errors.Is(err, record.ErrNotFound) {
			return exit(ExitNotFound, errors.New(s.sayf(phrase{
				"merchant: There is no merchant %s. Check the id with starter merchant list, or add it with starter merchant add.",
				"merchant: 加盟店「%s」は登録されていません。starter merchant list でIDを確認するか、starter merchant add で登録してください。"}, id)))
		}
		if err != nil {
			return err
		}
		return s.show(m, func() string { return s.merchantSheet(m) })
	})
}

func (s *session) merchantSheet(m record.Merchant) string {
	terms := m.Settings.Rails[remittance.RailBank]
	pairs := []pair{
		{phrase{"merchant", "加盟店"}, string(m.ID)},
		{phrase{"name", "名称"}, m.DisplayName},
		{phrase{"fee per attempt", "1回あたりの手数料"}, s.term(terms.Fee)},
		{phrase{"fee within the bank", "同一銀行あての手数料"}, s.term(terms.FeeSameBank)},
		{phrase{"most per remittance", "送金1件の上限"}, s.term(terms.Cap)},
	}
	for _, rail := range remittance.Rails()[1:] {
		if own, set := m.Settings.Rails[rail]; set {
			pairs = append(pairs, pair{railWords[rail], s.sayf(phrase{"fee %s, most %s", "手数料 %s、上限 %s"}, s.term(own.Fee), s.term(own.Cap))})
		}
	}
	return s.sheet(append(pairs, []pair{
		{phrase{"waits for corrections", "口座訂正を待つ時間"}, s.window(m.Settings.CorrectionWindow)},
		{phrase{"link is open", "リンクの有効期間"}, s.window(m.Settings.Link.Window)},
		{phrase{"open again", "再指定の期間"}, s.window(m.Settings.Link.ReopenWindow)},
		{phrase{"reminders before", "期限前のお知らせ"}, s.reminders(m.Settings.Link.Reminders)},
		{phrase{"after a way failed", "受取に失敗した後"}, s.fallback(m.Settings.Link.Fallback)},
		{phrase{"links may be shown", "リンクの表示"}, s.yes(m.Settings.Link.MayShow)},
		{phrase{"contact", "問い合わせ先"}, contact(m.Settings.Help)},
		{phrase{"since", "登録日時"}, at(m.CreatedAt)},
	}...))
}

func (s *session) fallback(f string) string {
	switch contract.Fallback(f) {
	case contract.FallbackRemaining:
		return s.say(phrase{"every way that can still succeed", "まだ受け取れる方法すべて"})
	case contract.FallbackSame:
		return s.say(phrase{"the same way, with other details", "同じ方法で情報を訂正"})
	case contract.FallbackNone:
		return s.say(phrase{"nothing, it ends", "選び直しなしで終了"})
	}
	return s.standard()
}

func (s *session) reminders(ds []time.Duration) string {
	if len(ds) == 0 {
		return s.standard()
	}
	words := make([]string, len(ds))
	for i, d := range ds {
		words[i] = d.String()
	}
	return strings.Join(words, ", ")
}

func (s *session) yes(b bool) string {
	if b {
		return s.say(phrase{"yes", "許可"})
	}
	return s.say(phrase{"no", "不可"})
}

func contact(h record.Help) string {
	given := slices.DeleteFunc([]string{h.Phone, h.Mail, h.URL, h.Hours}, func(v string) bool { return v == "" })
	return strings.Join(given, ", ")
}

func (s *session) term(y *remittance.Yen) string {
	if y == nil {
		return s.standard()
	}
	return yen(*y)
}

func (s *session) window(d *time.Duration) string {
	if d == nil {
		return s.standard()
	}
	return d.String()
}

func (s *session) standard() string {
	return s.say(phrase{"as everybody", "標準"})
}
