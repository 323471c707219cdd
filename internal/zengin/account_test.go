package zengin_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"soukin/internal/zengin"
	"soukin/remittance"
)

func good() zengin.Input {
	return zengin.Input{Bank: "0005", Branch: "001", Type: "1", Number: "1234567", Name: "ﾔﾏﾀﾞ ﾀﾛｳ"}
}

func with(change func(*zengin.Input)) zengin.Input {
	in := good()
	change(&in)
	return in
}

func changesOf(notices []zengin.Notice) (out []zengin.Change) {
	for _, n := range notices {
		out = append(out, n.Change)
	}
	return out
}

func TestAnAccountInItsFinalFormIsLeftAlone(t *testing.T) {
	a, notices, err := zengin.ParseAccount(good())
	require.NoError(t, err)
	assert.Empty(t, notices)
	assert.Equal(t, []string{"0005", "001", "1234567", "ﾔﾏﾀﾞ ﾀﾛｳ"}, []string{a.Bank(), a.Branch(), a.Number(), a.Name()})
	assert.Equal(t, zengin.Ordinary, a.Type())

	rebuilt, err := zengin.NewPayeeAccount(a.Bank(), a.Branch(), a.Type(), a.Number(), a.Name())
	require.NoError(t, err)
	assert.True(t, a == rebuilt, "equal accounts compare equal")
	other, _, err := zengin.ParseAccount(with(func(in *zengin.Input) { in.Number = "1234568" }))
	require.NoError(t, err)
	assert.False(t, a == other)
}

func TestAccountNumbers(t *testing.T) {
	for _, row := range []struct {
		typed, number string
		changes       []zengin.Change
	}{
		{"1234567", "1234567", nil},
		{" 1234567 ", "1234567", nil},
		{"1", "0000001", []zengin.Change{zengin.ChangedPadding}},
		{"12345", "0012345", []zengin.Change{zengin.ChangedPadding}},
		{"0012345", "0012345", nil},
		{"１２３４５６７", "1234567", []zengin.Change{zengin.ChangedSeparators}},
		{"123-4567", "1234567", []zengin.Change{zengin.ChangedSeparators}},
		{"123 456", "0123456", []zengin.Change{zengin.ChangedSeparators, zengin.ChangedPadding}},
		{"１２３ー４５６", "0123456", []zengin.Change{zengin.ChangedSeparators, zengin.ChangedPadding}},
	} {
		a, notices, err := zengin.ParseAccount(with(func(in *zengin.Input) { in.Number = row.typed }))
		require.NoError(t, err, row.typed)
		assert.Equal(t, row.number, a.Number(), row.typed)
		assert.Equal(t, row.changes, changesOf(notices), row.typed)
	}
}

func TestAccountTypes(t *testing.T) {
	for typed, want := range map[string]zengin.AccountType{
		"1": zengin.Ordinary, "１": zengin.Ordinary, "普通": zengin.Ordinary, "普通預金": zengin.Ordinary, "Ordinary": zengin.Ordinary,
		"2": zengin.Current, "当座": zengin.Current, " current ": zengin.Current, "checking": zengin.Current,
		"4": zengin.Savings, "貯蓄": zengin.Savings, "savings": zengin.Savings,
		"9": zengin.OtherType, "その他": zengin.OtherType,
	} {
		got, err := zengin.ParseAccountType(typed)
		require.NoError(t, err, typed)
		assert.Equal(t, want, got, typed)
	}
	for _, bad := range []string{"3", "0", "01", "5", "普", "定期", "11", "-1"} {
		_, err := zengin.ParseAccountType(bad)
		assertRule(t, err, zengin.FieldType, zengin.RuleUnknownType)
	}
	assert.Equal(t, "4", zengin.Savings.Code())
	assert.Equal(t, "貯蓄", zengin.Savings.Label(remittance.Ja))
	assert.Equal(t, "savings", zengin.Savings.Label(remittance.En))
	assert.Equal(t, "account type 7", zengin.AccountType(7).String())
}

func TestOneFaultIsNamed(t *testing.T) {
	for name, row := range map[string]struct {
		in    zengin.Input
		field zengin.Field
		rule  zengin.Rule
	}{
		"no bank":             {with(func(in *zengin.Input) { in.Bank = " " }), zengin.FieldBank, zengin.RuleRequired},
		"bank name":           {with(func(in *zengin.Input) { in.Bank = "三菱" }), zengin.FieldBank, zengin.RuleNotDigits},
		"bank zeros lost":     {with(func(in *zengin.Input) { in.Bank = "5" }), zengin.FieldBank, zengin.RuleLength},
		"bank too long":       {with(func(in *zengin.Input) { in.Bank = "00005" }), zengin.FieldBank, zengin.RuleLength},
		"bank unknown":        {with(func(in *zengin.Input) { in.Bank = "9999" }), zengin.FieldBank, zengin.RuleUnknownBank},
		"no branch":           {with(func(in *zengin.Input) { in.Branch = "" }), zengin.FieldBranch, zengin.RuleRequired},
		"branch zeros lost":   {with(func(in *zengin.Input) { in.Branch = "1" }), zengin.FieldBranch, zengin.RuleLength},
		"branch unknown":      {with(func(in *zengin.Input) { in.Branch = "999" }), zengin.FieldBranch, zengin.RuleUnknownBranch},
		"no type":             {with(func(in *zengin.Input) { in.Type = "" }), zengin.FieldType, zengin.RuleRequired},
		"tax account":         {with(func(in *zengin.Input) { in.Type = "3" }), zengin.FieldType, zengin.RuleUnknownType},
		"no number":           {with(func(in *zengin.Input) { in.Number = "" }), zengin.FieldNumber, zengin.RuleRequired},
		"letters in number":   {with(func(in *zengin.Input) { in.Number = "12345O7" }), zengin.FieldNumber, zengin.RuleNotDigits},
		"other digits":        {with(func(in *zengin.Input) { in.Number = "١٢٣٤٥٦٧" }), zengin.FieldNumber, zengin.RuleNotDigits},
		"number too long":     {with(func(in *zengin.Input) { in.Number = "12345678" }), zengin.FieldNumber, zengin.RuleNumberTooLong},
		"no name":             {with(func(in *zengin.Input) { in.Name = "" }), zengin.FieldName, zengin.RuleRequired},
		"kanji name":          {with(func(in *zengin.Input) { in.Name = "山田" }), zengin.FieldName, zengin.RuleNameKanji},
		"name over the limit": {with(func(in *zengin.Input) { in.Name = "ﾔﾏﾀﾞ ﾀﾛｳ"; in.NameLimit = 7 }), zengin.FieldName, zengin.RuleNameTooLong},
		"comma in a file":     {with(func(in *zengin.Input) { in.Name = "A,B"; in.Charset = zengin.CharsetFile }), zengin.FieldName, zengin.RuleNameCharacter},
	} {
		t.Run(name, func(t *testing.T) {
			a, notices, err := zengin.ParseAccount(row.in)
			var all zengin.FieldErrors
			require.True(t, errors.As(err, &all))
			require.Len(t, all, 1, "%v", err)
			assertRule(t, err, row.field, row.rule)
			assert.True(t, a.IsZero())
			assert.Empty(t, notices)
		})
	}
}

func TestAllFaultsAreReportedAtOnce(t *testing.T) {
	_, _, err := zengin.ParseAccount(zengin.Input{Bank: "9999", Branch: "x", Type: "3", Number: "123456789", Name: "山 ヲ"})
	var all zengin.FieldErrors
	require.True(t, errors.As(err, &all))
	var got []string
	for _, e := range all {
		got = append(got, string(e.Field)+" "+string(e.Rule))
	}
	assert.Equal(t, []string{
		"bank unknown_bank", "branch not_digits", "type unknown_type", "number number_too_long", "name name_kanji", "name name_character",
	}, got)
}

func TestRebuildingChecksTheFormOnly(t *testing.T) {
	_, err := zengin.NewPayeeAccount("9999", "999", zengin.OtherType, "0000000", "ｦ｢A｣\\,/")
	assert.NoError(t, err, "a merged bank's account stays what it was")
	_, err = zengin.NewPayeeAccount("005", "1", 3, "123", "ヤマダ")
	var all zengin.FieldErrors
	require.True(t, errors.As(err, &all))
	assert.Len(t, all, 5)
	for _, name := range []string{"", "ｱﾟ", "ｧ", "ｰ", "a", "山"} {
		_, err = zengin.NewPayeeAccount("0005", "001", zengin.Ordinary, "1234567", name)
		assert.Error(t, err, name)
	}
	_, err = zengin.NewPayeeAccount("0005", "001", zengin.Ordinary, "1234567", "ｱｱｱｱｱｱｱｱｱｱｱｱｱｱｱｱｱｱｱｱｱｱｱｱｱｱｱｱｱｱｱｱｱｱｱｱｱｱｱｱｱｱｱｱｱｱｱｱｱ")
	assertRule(t, err, zengin.FieldName, zengin.RuleNameTooLong)
	_, err = zengin.NewPayeeAccount("0005", "00a", zengin.Ordinary, "1234567", "ｱ")
	assertRule(t, err, zengin.FieldBranch, zengin.RuleNotDigits)
}
