package zengin_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"soukin/internal/zengin"
)

func TestSymbolToAccount(t *testing.T) {
	for _, row := range []struct {
		symbol, number  string
		branch, account string
		kind            zengin.AccountType
	}{
		{"12345", "12345671", "238", "1234567", zengin.Ordinary},
		{"14030", "12345671", "408", "1234567", zengin.Ordinary},
		{"10000", "11", "008", "0000001", zengin.Ordinary},
		{"10000", "1", "008", "0000000", zengin.Ordinary},
		{"１４０３０", "１２３４５６７１", "408", "1234567", zengin.Ordinary},
		{"14030-2", "12345671", "408", "1234567", zengin.Ordinary},
		{"14030ー2", "1234-5671", "408", "1234567", zengin.Ordinary},
		{"00160", "100001", "019", "0100001", zengin.Current},
		{"00160-0", "100001", "019", "0100001", zengin.Current},
		{"00160", "1234567", "019", "1234567", zengin.Current},
		{"00580", "2", "059", "0000002", zengin.Current},
	} {
		branch, account, kind, err := zengin.SymbolToAccount(row.symbol, row.number)
		require.NoError(t, err, row)
		assert.Equal(t, row.branch, branch, row)
		assert.Equal(t, row.account, account, row)
		assert.Equal(t, row.kind, kind, row)
	}
	for _, row := range []struct {
		symbol, number string
		field          zengin.Field
		rule           zengin.Rule
	}{
		{"", "12345671", zengin.FieldSymbol, zengin.RuleSymbolForm},
		{"1403", "12345671", zengin.FieldSymbol, zengin.RuleSymbolForm},
		{"140300", "12345671", zengin.FieldSymbol, zengin.RuleSymbolForm},
		{"24030", "12345671", zengin.FieldSymbol, zengin.RuleSymbolForm},
		{"14030-22", "12345671", zengin.FieldSymbol, zengin.RuleSymbolForm},
		{"14030-x", "12345671", zengin.FieldSymbol, zengin.RuleSymbolForm},
		{"1403x", "12345671", zengin.FieldSymbol, zengin.RuleSymbolForm},
		{"14030", "", zengin.FieldNumber, zengin.RuleRequired},
		{"14030", "1234x671", zengin.FieldNumber, zengin.RuleNotDigits},
		{"14030", "12345672", zengin.FieldNumber, zengin.RuleYuchoLastDigit},
		{"14030", "123456781", zengin.FieldNumber, zengin.RuleNumberTooLong},
		{"00160", "12345671", zengin.FieldNumber, zengin.RuleNumberTooLong},
	} {
		_, _, _, err := zengin.SymbolToAccount(row.symbol, row.number)
		assertRule(t, err, row.field, row.rule)
	}
}

// Accounts that organisations publish for donations: the way back must give
// the symbols they print.
func TestAccountToSymbolGivesPublishedSymbols(t *testing.T) {
	for _, row := range [][4]string{
		{"019", "0031000", "00190", "31000"},    // Japan Committee for UNICEF
		{"019", "0000507", "00140", "507"},      // Japanese Red Cross, 2011 earthquake
		{"019", "0000220", "00120", "220"},      // Japanese Red Cross, relief abroad
		{"019", "0005606", "00110", "5606"},     // Japanese Red Cross, Haiti
		{"019", "0020714", "00130", "20714"},    // Japan Animal Welfare Society
		{"099", "0255044", "00930", "255044"},   // Japan Bear and Forest Society
		{"099", "0180394", "00910", "180394"},   // Hyogo prefecture, Haiti
		{"128", "2167568", "11270", "21675681"}, // an animal shelter in Joetsu
	} {
		branch := row[0]
		symbol, number, err := zengin.AccountToSymbol(branch, row[1])
		require.NoError(t, err)
		assert.Equal(t, row[2], symbol, row)
		assert.Equal(t, row[3], number, row)
	}
	for _, row := range []struct {
		branch, account string
		field           zengin.Field
		rule            zengin.Rule
	}{
		{"407", "1234567", zengin.FieldBranch, zengin.RuleYuchoBranch},
		{"40", "1234567", zengin.FieldBranch, zengin.RuleYuchoBranch},
		{"xx8", "1234567", zengin.FieldBranch, zengin.RuleYuchoBranch},
		{"408", "123456", zengin.FieldNumber, zengin.RuleLength},
		{"408", "12345x7", zengin.FieldNumber, zengin.RuleNotDigits},
	} {
		_, _, err := zengin.AccountToSymbol(row.branch, row.account)
		assertRule(t, err, row.field, row.rule)
	}
}

func TestThereAndBackIsTheSameAccount(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		branch := fmt.Sprintf("%02d%d", rapid.IntRange(0, 99).Draw(t, "branch"), rapid.IntRange(8, 9).Draw(t, "last"))
		account := fmt.Sprintf("%07d", rapid.IntRange(1, 9_999_999).Draw(t, "account"))
		symbol, number, err := zengin.AccountToSymbol(branch, account)
		require.NoError(t, err)
		backBranch, backAccount, kind, err := zengin.SymbolToAccount(symbol, number)
		require.NoError(t, err)
		assert.Equal(t, branch, backBranch)
		assert.Equal(t, account, backAccount)
		assert.Equal(t, branch[2] == '9', kind == zengin.Current)
	})
}

func yucho(change func(*zengin.Input)) zengin.Input {
	in := zengin.Input{Symbol: "14030", Number: "12345671", Name: "ﾔﾏﾀﾞ ﾀﾛｳ"}
	change(&in)
	return in
}

func TestJapanPostAccounts(t *testing.T) {
	for name, row := range map[string]struct {
		in      zengin.Input
		branch  string
		number  string
		kind    zengin.AccountType
		changes []zengin.Change
	}{
		"symbol and number":     {yucho(func(*zengin.Input) {}), "408", "1234567", zengin.Ordinary, []zengin.Change{zengin.ChangedYucho}},
		"with the bank's code":  {yucho(func(in *zengin.Input) { in.Bank = "9900" }), "408", "1234567", zengin.Ordinary, []zengin.Change{zengin.ChangedYucho}},
		"with the right branch": {yucho(func(in *zengin.Input) { in.Branch = "408" }), "408", "1234567", zengin.Ordinary, []zengin.Change{zengin.ChangedYucho}},
		"savings":               {yucho(func(in *zengin.Input) { in.Type = "4" }), "408", "1234567", zengin.Savings, []zengin.Change{zengin.ChangedYucho}},
		"in one piece":          {yucho(func(in *zengin.Input) { in.Symbol, in.Number = "14030-12345671", "" }), "408", "1234567", zengin.Ordinary, []zengin.Change{zengin.ChangedYucho}},
		"in one piece, reissued": {yucho(func(in *zengin.Input) { in.Symbol, in.Number = "14030-2-12345671", "" }), "408", "1234567", zengin.Ordinary,
			[]zengin.Change{zengin.ChangedYucho}},
		"transfer account": {yucho(func(in *zengin.Input) { in.Symbol, in.Number = "00190-5", "31000" }), "019", "0031000", zengin.Current,
			[]zengin.Change{zengin.ChangedYucho}},
		"perhaps mistyped": {yucho(func(in *zengin.Input) { in.Number = "12345761" }), "408", "1234576", zengin.Ordinary,
			[]zengin.Change{zengin.ChangedYucho, zengin.AdviceSymbol}},
		"converted already": {zengin.Input{Bank: "9900", Branch: "408", Type: "1", Number: "1234567", Name: "ﾔﾏﾀﾞ ﾀﾛｳ"}, "408", "1234567", zengin.Ordinary, nil},
		"converted current": {zengin.Input{Bank: "9900", Branch: "019", Type: "2", Number: "31000", Name: "ﾕﾆｾﾌ ｷﾖｳｶｲ"}, "019", "0031000", zengin.Current,
			[]zengin.Change{zengin.ChangedPadding}},
	} {
		t.Run(name, func(t *testing.T) {
			a, notices, err := zengin.ParseAccount(row.in)
			require.NoError(t, err)
			assert.Equal(t, []string{zengin.YuchoCode, row.branch, row.number}, []string{a.Bank(), a.Branch(), a.Number()})
			assert.Equal(t, row.kind, a.Type())
			assert.Equal(t, row.changes, changesOf(notices))
		})
	}
}

func TestJapanPostFaults(t *testing.T) {
	for name, row := range map[string]struct {
		in    zengin.Input
		field zengin.Field
		rule  zengin.Rule
	}{
		"another bank's symbol":     {yucho(func(in *zengin.Input) { in.Bank = "0005" }), zengin.FieldSymbol, zengin.RuleSymbolBank},
		"another branch":            {yucho(func(in *zengin.Input) { in.Branch = "418" }), zengin.FieldBranch, zengin.RuleSymbolBranch},
		"no such branch":            {yucho(func(in *zengin.Input) { in.Symbol = "11530" }), zengin.FieldSymbol, zengin.RuleSymbolNoBranch},
		"current with symbol 1":     {yucho(func(in *zengin.Input) { in.Type = "2" }), zengin.FieldType, zengin.RuleYuchoType},
		"bad type with symbol":      {yucho(func(in *zengin.Input) { in.Type = "x" }), zengin.FieldType, zengin.RuleUnknownType},
		"symbol alone":              {yucho(func(in *zengin.Input) { in.Number = "" }), zengin.FieldNumber, zengin.RuleRequired},
		"passbook number as number": {zengin.Input{Bank: "9900", Branch: "408", Type: "1", Number: "12345671", Name: "ｱ ｱ"}, zengin.FieldNumber, zengin.RuleYuchoNumber},
		"savings at a 9":            {zengin.Input{Bank: "9900", Branch: "019", Type: "4", Number: "31000", Name: "ｱ ｱ"}, zengin.FieldType, zengin.RuleYuchoType},
		"current at an 8":           {zengin.Input{Bank: "9900", Branch: "408", Type: "2", Number: "31000", Name: "ｱ ｱ"}, zengin.FieldType, zengin.RuleYuchoType},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := zengin.ParseAccount(row.in)
			require.Error(t, err)
			assertRule(t, err, row.field, row.rule)
		})
	}
	_, _, err := zengin.ParseAccount(zengin.Input{Symbol: "1", Number: "x", Name: ""})
	assert.Len(t, err, 3, "symbol, number and name at once")
}
