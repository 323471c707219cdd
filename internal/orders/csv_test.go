package orders_test

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/text/encoding/japanese"
	"pgregory.net/rapid"

	"soukin/internal/orders"
	"soukin/remittance"
)

const header = "remittance_id,amount,bank,branch,type,number,name,symbol,jp_number,account,expect,note\n"

func parse(t *testing.T, text string) []orders.Row {
	t.Helper()
	rows, err := orders.ParseCSV(strings.NewReader(text))
	require.NoError(t, err)
	return rows
}

func TestAFileOfAllKindsOfPayees(t *testing.T) {
	rows := parse(t, header+
		"R-1,\"12,345\",0005,001,1,1234567,ヤマダ ハナコ,,,,paid,a note\n"+
		"R-2,500,,,,,ヤマダ ハナコ,12345,12345671,,,\n"+
		"R-3,1,,,,,,,,acc_00000000000000000000000001,refused,\n")
	require.Len(t, rows, 3)
	assert.Equal(t, orders.Row{Line: 2, Expect: "paid", Request: orders.Request{RemittanceID: "R-1", Amount: "12,345",
		Payee: orders.Payee{Bank: "0005", Branch: "001", Type: "1", Number: "1234567", Name: "ヤマダ ハナコ"}}}, rows[0])
	assert.Equal(t, orders.Payee{Name: "ヤマダ ハナコ", Symbol: "12345", JPNumber: "12345671"}, rows[1].Request.Payee)
	assert.Equal(t, orders.Payee{Account: "acc_00000000000000000000000001"}, rows[2].Request.Payee)
	assert.Equal(t, orders.ExpectRefused, rows[2].Expect)
	for _, r := range rows {
		assert.Empty(t, r.Faults)
	}
}

func TestColumnsInAnyOrderAndCase(t *testing.T) {
	rows := parse(t, "Name, Amount ,ACCOUNT,remittance_id\n,700,acc_00000000000000000000000001,R-9\n")
	require.Len(t, rows, 1)
	assert.Equal(t, "R-9", rows[0].Request.RemittanceID)
	assert.Equal(t, "700", rows[0].Request.Amount)
	assert.Empty(t, rows[0].Faults)
}

func TestEncodings(t *testing.T) {
	const utf8 = "remittance_id,amount,bank,branch,type,number,name\r\nR-1,100,0005,001,普通,1234567,ヤマダ　花子～①\r\n"
	const half = "remittance_id,amount,bank,branch,type,number,name\r\nR-1,100,0005,001,1,1234567,ﾐｷ ﾐｷ\r\n"
	sjis := func(s string) string {
		out, err := japanese.ShiftJIS.NewEncoder().String(s)
		require.NoError(t, err)
		return out
	}
	for name, tc := range map[string]struct{ give, want string }{
		"utf-8":                            {utf8, "ヤマダ　花子～①"},
		"utf-8 with a byte order mark":     {"\ufeff" + utf8, "ヤマダ　花子～①"},
		"shift_jis":                        {sjis(utf8), "ヤマダ　花子～①"},
		"shift_jis of half-width kana":     {sjis(half), "ﾐｷ ﾐｷ"},
		"utf-8 of half-width kana":         {half, "ﾐｷ ﾐｷ"},
		"half-width, with byte order mark": {"\ufeff" + half, "ﾐｷ ﾐｷ"},
		"ascii":                            {strings.ReplaceAll(half, "ﾐｷ ﾐｷ", "MIKI"), "MIKI"},
	} {
		rows := parse(t, tc.give)
		require.Len(t, rows, 1, name)
		assert.Equal(t, tc.want, rows[0].Request.Name, name)
	}
	for name, give := range map[string]string{
		"utf-16":          "\xff\xfer\x00e\x00m\x00",
		"utf-16, ascii":   "r\x00e\x00m\x00i\x00t\x00",
		"cut in a letter": "\ufeffremittance_id,amount\nR-1,\xe5\xb1",
		"noise":           "remittance_id,amount\n\x85\xff\xfe\x80,1\n",
	} {
		_, err := orders.ParseCSV(strings.NewReader(give))
		require.Error(t, err, name)
		if name != "utf-16, ascii" { // which is a strange header in plain ASCII
			assert.Equal(t, orders.RuleEncoding, only(t, err).Rule, name)
		}
	}
}

func TestWhatIsWrongWithAFile(t *testing.T) {
	for name, tc := range map[string]struct {
		give  string
		rule  orders.Rule
		field string
	}{
		"empty":               {"", orders.RuleEmptyFile, ""},
		"only a line end":     {"\n", orders.RuleEmptyFile, ""},
		"unknown column":      {"remittance_id,amount,amonut\n", orders.RuleUnknownColumn, "amonut"},
		"column without name": {"remittance_id,amount,\n", orders.RuleUnknownColumn, ""},
		"column twice":        {"remittance_id,amount,Amount\n", orders.RuleRepeatedColumn, "amount"},
		"no id":               {"amount,account\n", orders.RuleMissingColumn, "remittance_id"},
		"no amount":           {"remittance_id,account\n", orders.RuleMissingColumn, "amount"},
		"broken header":       {"\"remittance_id,amount\nR-1,1\n", orders.RuleRowQuotes, ""},
		"too large":           {header + strings.Repeat("x", 33<<20), orders.RuleLargeFile, ""},
	} {
		_, err := orders.ParseCSV(strings.NewReader(tc.give))
		refused := only(t, err)
		assert.Equal(t, [2]any{tc.rule, tc.field}, [2]any{refused.Rule, refused.Field}, name)
	}
	_, err := orders.ParseCSV(strings.NewReader("remittance_id,amount,amonut\n"))
	assert.Contains(t, only(t, err).Sentence(remittance.En), `"amonut"`)
	assert.Contains(t, only(t, err).Sentence(remittance.Ja), "jp_number", "and which there are")

	broken := errors.New("disk")
	_, err = orders.ParseCSV(iotest.ErrReader(broken))
	assert.ErrorIs(t, err, broken)
}

type found struct {
	line  int
	field string
	rule  orders.Rule
}

func faultsOf(rows []orders.Row) []found {
	var out []found
	for _, r := range rows {
		for _, f := range r.Faults {
			out = append(out, found{r.Line, f.Field, f.Rule})
		}
	}
	return out
}

func TestOneBadRowSpoilsNoOther(t *testing.T) {
	const ok = ",100,0005,001,1,1234567,ヤマダ,,,,,\n"
	rows := parse(t, header+
		"A-1"+ok+
		"A 2,,0005,1,1,1234567,山田,,,,,\n"+ // line 3
		"\n"+
		",,,,,,,,,,,\n"+
		"A-3,100\n"+ // 6
		"A-4"+ok+
		"A-5,100,\"0005,001,1,1234567,ヤマダ,,,,,\n"+ // 8: the quotation mark is not closed
		"A-6"+ok+
		"A-7,100,0005,001,1,1234567,ヤマ\"ダ,,,,,\n"+ // 10: one in the middle
		"A-8,100,0005,001,1,1234567,ヤマダ,,,,,\"a note\nof two lines\"\n"+
		"A-9,100,0005,001,1,1234567,ヤマダ,,,,arrives,\n"+ // 13
		"A-4"+ok) // 14, and line 7
	assert.Equal(t, []found{
		{3, "remittance_id", orders.RuleRemittanceID}, {3, "amount", orders.RuleAmountForm}, {3, "branch", "length"}, {3, "name", "name_kanji"},
		{6, "", orders.RuleRowLength},
		{7, "remittance_id", orders.RuleDuplicateRow},
		{8, "", orders.RuleRowQuotes},
		{10, "", orders.RuleRowQuotes},
		{13, "expect", orders.RuleExpectation},
		{14, "remittance_id", orders.RuleDuplicateRow},
	}, faultsOf(rows))
	var good []string
	for _, r := range rows {
		if len(r.Faults) == 0 {
			good = append(good, r.Request.RemittanceID)
		}
	}
	assert.Equal(t, []string{"A-1", "A-6", "A-8"}, good)
	assert.Contains(t, rows[len(rows)-1].Faults[0].Sentence(remittance.Ja), "7行目")
	assert.Contains(t, rows[3].Faults[0].Sentence(remittance.En), "line 14")
}

// TestBadRowsAnywhere puts rubbish between good rows: all good ones must come
// through, each on its own line.
func TestBadRowsAnywhere(t *testing.T) {
	rubbish := rapid.SampledFrom([]string{"\"", "\"a", "a\"b", "\"a\"b\"", "a,b", ",,,,,,,,,,,,,,,", "", " ", "ヤ", "\"\"\"", "x,\"y"})
	rapid.Check(t, func(t *rapid.T) {
		var text strings.Builder
		text.WriteString("remittance_id,amount,account\n")
		want := map[int]string{}
		line := 1
		for i := range rapid.IntRange(1, 15).Draw(t, "rows") {
			line++
			if rapid.Bool().Draw(t, "good") {
				id := "G-" + string(rune('a'+i))
				want[line] = id
				text.WriteString(id + ",100,acc_00000000000000000000000001\n")
				continue
			}
			text.WriteString(rubbish.Draw(t, "rubbish") + "\n")
		}
		rows, err := orders.ParseCSV(strings.NewReader(text.String()))
		require.NoError(t, err)
		got := map[int]string{}
		for _, r := range rows {
			if len(r.Faults) == 0 {
				got[r.Line] = r.Request.RemittanceID
			}
		}
		require.Equal(t, want, got, "%q", text.String())
	})
}

func FuzzParseCSV(f *testing.F) {
	for _, seed := range []string{"", header, header + "R-1,1,,,,,,,,acc_00000000000000000000000001,,\n", "\"", "a,b\n\"\n\"", "\ufeffremittance_id,amount\n1,1\n\"\n"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		rows, err := orders.ParseCSV(strings.NewReader(text))
		if err != nil {
			require.NotNil(t, orders.FaultsOf(err))
			return
		}
		last := 1
		for _, r := range rows {
			require.Greater(t, r.Line, last)
			last = r.Line
		}
	})
}

func TestAFileIsReadFromAnyReader(t *testing.T) {
	rows, err := orders.ParseCSV(iotest.OneByteReader(io.MultiReader(strings.NewReader(header), strings.NewReader("R-1,1,,,,,,,,acc_00000000000000000000000001,,"))))
	require.NoError(t, err)
	require.Len(t, rows, 1)
	assert.Empty(t, rows[0].Faults)
}
