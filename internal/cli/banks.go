package cli

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	urfave "github.com/urfave/cli/v3"

	"soukin/internal/zengin"
)

func (s *session) bankCommand() *urfave.Command {
	return s.under("bank", phrase{"banks and branches of Japan", "日本の銀行と支店"},
		s.command("search", phrase{"find a bank", "銀行を探す"}, "TEXT", phrase{
			"Finds banks by code, name, reading or romaji; the likeliest comes first.\n\nExamples:\n  starter bank search 三菱\n  starter bank search mitsubishi --output json",
			"コード、名称、読み、ローマ字で銀行を探します。可能性の高い順に表示します。\n\n例:\n  starter bank search 三菱\n  starter bank search mitsubishi --output json",
		}, []urfave.Flag{s.limitFlag(10)}, s.searchBanks),
		s.command("branches", phrase{"find a branch of a bank", "支店を探す"}, "BANK TEXT", phrase{
			"Finds branches by code, name, reading or romaji. BANK is a code or a name.\n\nExamples:\n  starter bank branches 0005 丸の内\n  starter bank branches みずほ shinjuku",
			"コード、名称、読み、ローマ字で支店を探します。BANK は銀行コードまたは銀行名です。\n\n例:\n  starter bank branches 0005 丸の内\n  starter bank branches みずほ shinjuku",
		}, []urfave.Flag{s.limitFlag(20)}, s.searchBranches),
		s.command("version", phrase{"date and licence of the bank data", "銀行データの日付とライセンス"}, "", phrase{
			"Shows from which day the embedded bank data are, and under which licence.\n\nExample:\n  starter bank version",
			"内蔵の銀行データの日付とライセンスを表示します。\n\n例:\n  starter bank version",
		}, nil, s.bankVersion),
		s.bankLogin(),
	)
}

func (s *session) limitFlag(value int) urfave.Flag {
	return &urfave.IntFlag{Name: "limit", Value: value, Usage: s.say(phrase{"show at most so many", "表示する最大件数"}), Validator: func(n int) error {
		if n < 1 {
			return fmt.Errorf("must be at least 1")
		}
		return nil
	}}
}

func (s *session) searchBanks(_ context.Context, cmd *urfave.Command) error {
	if cmd.Args().Len() == 0 {
		_, err := s.exactArgs(cmd, "TEXT")
		return err
	}
	dir, err := zengin.Load()
	if err != nil {
		return err
	}
	query := strings.Join(cmd.Args().Slice(), " ")
	found := dir.SearchBanks(query, cmd.Int("limit"))
	if len(found) == 0 {
		return exit(ExitNotFound, fmt.Errorf("%s", s.sayf(phrase{"no bank matches %q", "%q に当てはまる銀行はありません"}, query)))
	}
	return s.show(map[string]any{"banks": found}, func() string {
		rows := make([][]string, len(found))
		for i, b := range found {
			rows[i] = []string{b.Code, b.Name, b.Kana}
		}
		return s.grid(directoryColumns, rows)
	})
}

var directoryColumns = []column{
	{title: phrase{"CODE", "コード"}}, {title: phrase{"NAME", "名称"}}, {title: phrase{"READING", "読み"}},
}

func (s *session) searchBranches(_ context.Context, cmd *urfave.Command) error {
	if cmd.Args().Len() == 0 {
		_, err := s.exactArgs(cmd, "BANK")
		return err
	}
	dir, err := zengin.Load()
	if err != nil {
		return err
	}
	bank, err := s.oneBank(dir, cmd.Args().First())
	if err != nil {
		return err
	}
	query := strings.Join(cmd.Args().Tail(), " ")
	found := dir.SearchBranches(bank.Code, query, cmd.Int("limit"))
	if query == "" {
		return usageError("%s", s.sayf(phrase{"TEXT is missing: say which branch of %s", "TEXT がありません: %s のどの支店かを指定してください"}, bank.Name))
	}
	if len(found) == 0 {
		return exit(ExitNotFound, fmt.Errorf("%s", s.sayf(phrase{"no branch of %s matches %q", "%s に %q に当てはまる支店はありません"}, bank.Name, query)))
	}
	return s.show(map[string]any{"bank": bank, "branches": found}, func() string {
		rows := make([][]string, len(found))
		for i, b := range found {
			rows[i] = []string{b.Code, b.Name, b.Kana}
		}
		return fmt.Sprintf("%s %s\n\n", bank.Code, bank.Name) + s.grid(directoryColumns, rows)
	})
}

// oneBank takes a code or the likeliest bank of a name.
func (s *session) oneBank(dir *zengin.Directory, name string) (zengin.Bank, error) {
	if b, ok := dir.Bank(name); ok {
		return b, nil
	}
	if found := dir.SearchBanks(name, 1); len(found) == 1 {
		return found[0], nil
	}
	return zengin.Bank{}, exit(ExitNotFound, fmt.Errorf("%s", s.sayf(phrase{"no bank matches %q", "%q に当てはまる銀行はありません"}, name)))
}

func (s *session) bankVersion(_ context.Context, cmd *urfave.Command) error {
	if _, err := s.exactArgs(cmd); err != nil {
		return err
	}
	v := zengin.Version()
	return s.show(v, func() string {
		return s.sheet([]pair{
			{phrase{"data of", "データの日付"}, v.DataDate},
			{phrase{"source", "出典"}, v.Package + " " + v.Version},
			{phrase{"banks", "銀行数"}, strconv.Itoa(v.Banks)},
			{phrase{"branches", "支店数"}, strconv.Itoa(v.Branches)},
			{phrase{"licence", "ライセンス"}, v.Licence},
		}) + "\n" + v.LicenceText + "\n"
	})
}
