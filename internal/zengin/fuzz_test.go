package zengin_test

import (
	"errors"
	"testing"
	"unicode/utf8"

	"soukin/internal/zengin"
	"soukin/remittance"
)

func FuzzNormalizeName(f *testing.F) {
	for _, seed := range fragments {
		f.Add(seed, 48)
	}
	for _, seed := range []string{"株式会社ヤマダ", "ヤマダ　タロウ", "カ）ヤマダ", "ｶﾞｷﾞ", "\xff\xfe", "\u0000", "🙂", "ヤマダ(カ)チバ"} {
		f.Add(seed, 30)
	}
	f.Fuzz(func(t *testing.T, typed string, limit int) {
		name, err := zengin.NormalizeName(typed, limit)
		if err != nil {
			var faults zengin.FieldErrors
			if !errors.As(err, &faults) || len(faults) == 0 || faults.Message(remittance.Ja) == "" {
				t.Fatalf("%q: %v", typed, err)
			}
			return
		}
		if !zengin.CharsetTransfer.Allows(name.Text()) || limit > 0 && name.Len() > limit || name.Text() == "" {
			t.Fatalf("%q became %q at limit %d", typed, name.Text(), limit)
		}
		again, err := zengin.NormalizeName(name.Text(), limit)
		if err != nil || again.Text() != name.Text() {
			t.Fatalf("%q became %q and then %q (%v)", typed, name.Text(), again.Text(), err)
		}
	})
}

func FuzzParseAccount(f *testing.F) {
	f.Add("0005", "001", "1", "1234567", "", "ﾔﾏﾀﾞ ﾀﾛｳ")
	f.Add("9900", "", "", "12345671", "14030-2", "ヤマダ タロウ")
	f.Add("", "", "", "", "14030-2-12345671", "株式会社ヤマダ")
	f.Add("９９００", "２３８", "普通", "１２３", "", "やまだ")
	f.Add("x", "-", "3", "ー", "-", "\xff")
	f.Fuzz(func(t *testing.T, bank, branch, kind, number, symbol, name string) {
		a, _, err := zengin.ParseAccount(zengin.Input{Bank: bank, Branch: branch, Type: kind, Number: number, Symbol: symbol, Name: name})
		if err != nil {
			var faults zengin.FieldErrors
			if !errors.As(err, &faults) || !a.IsZero() {
				t.Fatal(err)
			}
			return
		}
		if _, err := zengin.NewPayeeAccount(a.Bank(), a.Branch(), a.Type(), a.Number(), a.Name()); err != nil {
			t.Fatalf("a parsed account cannot be rebuilt: %v", err)
		}
		second, _, err := zengin.ParseAccount(zengin.Input{Bank: a.Bank(), Branch: a.Branch(), Type: a.Type().Code(), Number: a.Number(), Name: a.Name()})
		if err != nil || second != a {
			t.Fatalf("parsing a parsed account gives %v (%v)", second, err)
		}
	})
}

func FuzzSymbolToAccount(f *testing.F) {
	f.Add("14030", "12345671")
	f.Add("00160-0", "100001")
	f.Add("１４０３０", "ー")
	f.Fuzz(func(t *testing.T, symbol, number string) {
		branch, account, kind, err := zengin.SymbolToAccount(symbol, number)
		if err != nil {
			return
		}
		back, digits, err := zengin.AccountToSymbol(branch, account)
		if err != nil {
			t.Fatal(err)
		}
		if account == "0000000" && kind == zengin.Current {
			return // a number of zeros only has no digits to show
		}
		again, same, _, err := zengin.SymbolToAccount(back, digits)
		if err != nil || again != branch || same != account {
			t.Fatalf("%s/%s came back as %s/%s (%v)", branch, account, again, same, err)
		}
	})
}

func FuzzSearch(f *testing.F) {
	for _, seed := range []string{"三菱", "mitsubishi ufj", "0005", "ﾐﾂﾋﾞｼ", "丸の内", "ō", "\xff", "銀行 銀行", "y", "tch", "'"} {
		f.Add(seed, 3)
	}
	f.Fuzz(func(t *testing.T, query string, limit int) {
		d := directory(t)
		most := limit
		if most < 1 {
			most = 10
		}
		if n := len(d.SearchBanks(query, limit)); n > most {
			t.Fatalf("%q: %d results", query, n)
		}
		if n := len(d.SearchBranches("0005", query, limit)); n > most {
			t.Fatalf("%q: %d results", query, n)
		}
	})
}

func FuzzTruncate(f *testing.F) {
	f.Add("ガギグ タロウ", 3)
	f.Fuzz(func(t *testing.T, typed string, limit int) {
		name, err := zengin.NormalizeName(typed, zengin.LimitNone)
		if err != nil {
			return
		}
		cut := name.Truncate(limit)
		if cut.Len() > max(limit, 0) || !zengin.CharsetTransfer.Allows(cut.Text()) || !utf8.ValidString(cut.Text()) {
			t.Fatalf("%q cut to %d is %q", name.Text(), limit, cut.Text())
		}
	})
}
