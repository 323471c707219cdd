package zengin_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/text/unicode/norm"
	"golang.org/x/text/width"

	"soukin/internal/zengin"
	"soukin/remittance"
)

// TestNamesAsTheBankWillSeeThem begins with what other systems got wrong: the
// long vowel mark, legal-form marks, half- and full-width digits, U+3000.
func TestNamesAsTheBankWillSeeThem(t *testing.T) {
	for _, row := range []struct{ typed, seen string }{
		// people
		{"ヤマダ タロウ", "ﾔﾏﾀﾞ ﾀﾛｳ"},
		{"ヤマダ　タロウ", "ﾔﾏﾀﾞ ﾀﾛｳ"},
		{"やまだ たろう", "ﾔﾏﾀﾞ ﾀﾛｳ"},
		{"ﾔﾏﾀﾞ ﾀﾛｳ", "ﾔﾏﾀﾞ ﾀﾛｳ"},
		{"  ヤマダ \u3000 タロウ\t", "ﾔﾏﾀﾞ ﾀﾛｳ"},
		{"ヤマダ\u00a0タロウ", "ﾔﾏﾀﾞ ﾀﾛｳ"},
		{"サトー ショーコ", "ｻﾄ- ｼﾖ-ｺ"},
		{"ｻﾄｰ ｼｮｰｺ", "ｻﾄ- ｼﾖ-ｺ"},
		{"サト－ ショ—コ", "ｻﾄ- ｼﾖ-ｺ"},
		{"サト‐ ショ−コ", "ｻﾄ- ｼﾖ-ｺ"},
		{"さとー", "ｻﾄ-"},
		{"シュッチョウ リョウ", "ｼﾕﾂﾁﾖｳ ﾘﾖｳ"},
		{"ぁぃぅぇぉっゃゅょゎゕゖ", "ｱｲｳｴｵﾂﾔﾕﾖﾜｶｹ"},
		{"ァィゥェォッャュョヮヵヶ", "ｱｲｳｴｵﾂﾔﾕﾖﾜｶｹ"},
		{"ｧｨｩｪｫｯｬｭｮ", "ｱｲｳｴｵﾂﾔﾕﾖ"},
		{"アㇰㇱㇲ", "ｱｸｼｽ"},
		{"ヴァイオレット", "ｳﾞｱｲｵﾚﾂﾄ"},
		{"ゔぁ", "ｳﾞｱ"},
		{"キヱ ヰサム", "ｷｴ ｲｻﾑ"},
		{"ゐ ゑ", "ｲ ｴ"},
		{"smith john", "SMITH JOHN"},
		{"ＳＭＩＴＨ　ｊｏｈｎ", "SMITH JOHN"},
		{"ヤマダ １２３ 456", "ﾔﾏﾀﾞ 123 456"},
		{"ヲハラ", ""},
		{"ﾊﾟﾋﾟﾌﾟﾍﾟﾎﾟ", "ﾊﾟﾋﾟﾌﾟﾍﾟﾎﾟ"},
		{"ガギグゲゴザジズゼゾダヂヅデド", "ｶﾞｷﾞｸﾞｹﾞｺﾞｻﾞｼﾞｽﾞｾﾞｿﾞﾀﾞﾁﾞﾂﾞﾃﾞﾄﾞ"},
		{"ばびぶべぼぱぴぷぺぽ", "ﾊﾞﾋﾞﾌﾞﾍﾞﾎﾞﾊﾟﾋﾟﾌﾟﾍﾟﾎﾟ"},
		// voicing marks, however they were typed
		{"カ\u3099", "ｶﾞ"}, {"か゛", "ｶﾞ"}, {"カﾞ", "ｶﾞ"}, {"ｶ゛", "ｶﾞ"}, {"ﾊ\u309a", "ﾊﾟ"}, {"は゜", "ﾊﾟ"},
		// marks
		{"ヤマダ・タロウ", "ﾔﾏﾀﾞ.ﾀﾛｳ"},
		{"ﾔﾏﾀﾞ･ﾀﾛｳ", "ﾔﾏﾀﾞ.ﾀﾛｳ"},
		{"ヤマダ．タロウ", "ﾔﾏﾀﾞ.ﾀﾛｳ"},
		{"ヤマダ（タロウ）", "ﾔﾏﾀﾞ(ﾀﾛｳ)"},
		{"A-B", "A-B"},
		// companies
		{"株式会社ヤマダ", "ｶ)ﾔﾏﾀﾞ"},
		{"株式会社　ヤマダ", "ｶ)ﾔﾏﾀﾞ"},
		{"ヤマダ株式会社", "ﾔﾏﾀﾞ(ｶ"},
		{"ヤマダ　株式会社", "ﾔﾏﾀﾞ(ｶ"},
		{"ヤマダ株式会社チバシテン", "ﾔﾏﾀﾞ(ｶ)ﾁﾊﾞｼﾃﾝ"},
		{"ヤマダ 株式会社 チバシテン", "ﾔﾏﾀﾞ(ｶ)ﾁﾊﾞｼﾃﾝ"},
		{"ヤマダ株式会社チバ営業所", "ﾔﾏﾀﾞ(ｶ)ﾁﾊﾞ(ｴｲ"},
		{"カブシキガイシャヤマダ", "ｶ)ﾔﾏﾀﾞ"},
		{"ヤマダカブシキガイシヤ", "ﾔﾏﾀﾞ(ｶ"},
		{"かぶしきがいしゃやまだ", "ｶ)ﾔﾏﾀﾞ"},
		{"ｶﾌﾞｼｷｶﾞｲｼｬﾔﾏﾀﾞ", "ｶ)ﾔﾏﾀﾞ"},
		{"カブシキカイシャ ヤマダ", "ｶ)ﾔﾏﾀﾞ"},
		{"カ)ヤマダ", "ｶ)ﾔﾏﾀﾞ"}, {"カ）ヤマダ", "ｶ)ﾔﾏﾀﾞ"}, {"ｶ)ﾔﾏﾀﾞ", "ｶ)ﾔﾏﾀﾞ"}, {"か）やまだ", "ｶ)ﾔﾏﾀﾞ"},
		{"カ） ヤマダ", "ｶ)ﾔﾏﾀﾞ"},
		{"（カ）ヤマダ", "ｶ)ﾔﾏﾀﾞ"}, {"(株)ヤマダ", "ｶ)ﾔﾏﾀﾞ"}, {"㈱ヤマダ", "ｶ)ﾔﾏﾀﾞ"}, {"㍿ヤマダ", "ｶ)ﾔﾏﾀﾞ"}, {"㊑ヤマダ", "ｶ)ﾔﾏﾀﾞ"},
		{"（株式会社）ヤマダ", "ｶ)ﾔﾏﾀﾞ"}, {"株）ヤマダ", "ｶ)ﾔﾏﾀﾞ"},
		{"ヤマダ（カ", "ﾔﾏﾀﾞ(ｶ"}, {"ヤマダ（カ）", "ﾔﾏﾀﾞ(ｶ"}, {"ヤマダ㈱", "ﾔﾏﾀﾞ(ｶ"}, {"ヤマダ（株", "ﾔﾏﾀﾞ(ｶ"},
		{"ヤマダ（カ）チバ", "ﾔﾏﾀﾞ(ｶ)ﾁﾊﾞ"}, {"ヤマダ㈱チバ", "ﾔﾏﾀﾞ(ｶ)ﾁﾊﾞ"},
		{"ド)ヤマダ", "ﾄﾞ)ﾔﾏﾀﾞ"}, {"ユ)ヤマダ", "ﾕ)ﾔﾏﾀﾞ"}, {"合同会社ヤマダ", "ﾄﾞ)ﾔﾏﾀﾞ"},
		{"医療法人社団ハナコカイ", "ｲ)ﾊﾅｺｶｲ"}, {"イリョウホウジンザイダン ハナコカイ", "ｲ)ﾊﾅｺｶｲ"},
		{"一般社団法人ヤマダ", "ｼﾔ)ﾔﾏﾀﾞ"}, {"公益財団法人ヤマダ", "ｻﾞｲ)ﾔﾏﾀﾞ"},
		{"NPO法人ハナ", "ﾄｸﾋ)ﾊﾅ"}, {"ｎｐｏ法人ハナ", "ﾄｸﾋ)ﾊﾅ"}, {"特定非営利活動法人ハナ", "ﾄｸﾋ)ﾊﾅ"},
		{"地方独立行政法人ハナ", "ﾁﾄﾞｸ)ﾊﾅ"}, {"独立行政法人ハナ", "ﾄﾞｸ)ﾊﾅ"},
		{"ヤマダショウテン ヤマダ タロウ", "ﾔﾏﾀﾞｼﾖｳﾃﾝ ﾔﾏﾀﾞ ﾀﾛｳ"},
		// not legal forms: only part of a word, or in the wrong place
		{"カ)カ)ヤマダ", "ｶ)ｶ)ﾔﾏﾀﾞ"},
		{"ヤマダ(カ ブ", "ﾔﾏﾀﾞ(ｶ ﾌﾞ"},
		{"シ)", ""},
	} {
		name, err := zengin.NormalizeName(row.typed, zengin.LimitTransfer)
		if row.seen == "" {
			assert.Error(t, err, row.typed)
			continue
		}
		require.NoError(t, err, row.typed)
		assert.Equal(t, row.seen, name.Text(), row.typed)
	}
}

// legalForms is the published table: full name, its reading, abbreviation.
var legalForms = [][3]string{
	{"株式会社", "カブシキガイシャ", "ｶ"}, {"有限会社", "ユウゲンガイシャ", "ﾕ"}, {"合名会社", "ゴウメイガイシャ", "ﾒ"},
	{"合資会社", "ゴウシガイシャ", "ｼ"}, {"合同会社", "ゴウドウガイシャ", "ﾄﾞ"}, {"相互会社", "ソウゴガイシャ", "ｿ"},
	{"医療法人", "イリョウホウジン", "ｲ"}, {"医療法人社団", "イリョウホウジンシャダン", "ｲ"},
	{"医療法人財団", "イリョウホウジンザイダン", "ｲ"}, {"社会医療法人", "シャカイイリョウホウジン", "ｲ"},
	{"財団法人", "ザイダンホウジン", "ｻﾞｲ"}, {"一般財団法人", "イッパンザイダンホウジン", "ｻﾞｲ"}, {"公益財団法人", "コウエキザイダンホウジン", "ｻﾞｲ"},
	{"社団法人", "シャダンホウジン", "ｼﾔ"}, {"一般社団法人", "イッパンシャダンホウジン", "ｼﾔ"}, {"公益社団法人", "コウエキシャダンホウジン", "ｼﾔ"},
	{"宗教法人", "シュウキョウホウジン", "ｼﾕｳ"}, {"学校法人", "ガッコウホウジン", "ｶﾞｸ"}, {"社会福祉法人", "シャカイフクシホウジン", "ﾌｸ"},
	{"更生保護法人", "コウセイホゴホウジン", "ﾎｺﾞ"}, {"特定非営利活動法人", "トクテイヒエイリカツドウホウジン", "ﾄｸﾋ"},
	{"独立行政法人", "ドクリツギョウセイホウジン", "ﾄﾞｸ"}, {"地方独立行政法人", "チホウドクリツギョウセイホウジン", "ﾁﾄﾞｸ"},
	{"弁護士法人", "ベンゴシホウジン", "ﾍﾞﾝ"}, {"有限責任中間法人", "ユウゲンセキニンチュウカンホウジン", "ﾁﾕｳ"},
	{"無限責任中間法人", "ムゲンセキニンチュウカンホウジン", "ﾁﾕｳ"}, {"行政書士法人", "ギョウセイショシホウジン", "ｷﾞﾖ"},
	{"司法書士法人", "シホウショシホウジン", "ｼﾎｳ"}, {"税理士法人", "ゼイリシホウジン", "ｾﾞｲ"},
	{"国立大学法人", "コクリツダイガクホウジン", "ﾀﾞｲ"}, {"公立大学法人", "コウリツダイガクホウジン", "ﾀﾞｲ"},
	{"農事組合法人", "ノウジクミアイホウジン", "ﾉｳ"}, {"管理組合法人", "カンリクミアイホウジン", "ｶﾝﾘ"},
	{"社会保険労務士法人", "シャカイホケンロウムシホウジン", "ﾛｳﾑ"},
	{"営業所", "エイギョウショ", "ｴｲ"}, {"出張所", "シュッチョウジョ", "ｼﾕﾂ"},
}

func TestEveryLegalFormInEveryPlaceAndWriting(t *testing.T) {
	for _, form := range legalForms {
		half := width.Narrow.String(norm.NFD.String(form[1]))
		wide := norm.NFKC.String(form[2])
		for _, word := range []string{form[0], form[1], half, "（" + form[0] + "）", "(" + form[2] + ")", "（" + wide + "）"} {
			for _, row := range [][2]string{
				{word + "ハナ", form[2] + ")ﾊﾅ"},
				{word + "　ハナ", form[2] + ")ﾊﾅ"},
				{"ハナ" + word, "ﾊﾅ(" + form[2]},
				{"ハナ " + word, "ﾊﾅ(" + form[2]},
				{"ハナ" + word + "ツキ", "ﾊﾅ(" + form[2] + ")ﾂｷ"},
				{"ハナ " + word + " ツキ", "ﾊﾅ(" + form[2] + ")ﾂｷ"},
			} {
				name, err := zengin.NormalizeName(row[0], zengin.LimitTransfer)
				require.NoError(t, err, row[0])
				assert.Equal(t, row[1], name.Text(), row[0])
			}
		}
		for _, typed := range []string{form[2] + ")ﾊﾅ", wide + "）ハナ", wide + "）　ハナ"} {
			name, err := zengin.NormalizeName(typed, zengin.LimitTransfer)
			require.NoError(t, err, typed)
			assert.Equal(t, form[2]+")ﾊﾅ", name.Text(), typed)
		}
		_, err := zengin.NormalizeName(form[0], zengin.LimitTransfer)
		assertRule(t, err, zengin.FieldName, zengin.RuleNameOnlyForm)
	}
}

func assertRule(t *testing.T, err error, field zengin.Field, rule zengin.Rule) *zengin.FieldError {
	t.Helper()
	var e *zengin.FieldError
	require.ErrorAs(t, err, &e)
	assert.Equal(t, field, e.Field)
	assert.Equal(t, rule, e.Rule)
	return e
}

func TestNamesAreRefusedAtTheExactCharacter(t *testing.T) {
	for _, row := range []struct {
		typed   string
		rule    zengin.Rule
		at      int
		text    string
		suggest string
	}{
		{"株式会社山田", zengin.RuleNameKanji, 5, "山田", ""},
		{"ヤマダ太郎", zengin.RuleNameKanji, 4, "太郎", ""},
		{"佐々木 イチロウ", zengin.RuleNameKanji, 1, "佐々木", ""},
		{"髙﨑 タロウ", zengin.RuleNameKanji, 1, "髙﨑", ""},
		{"𠮷田", zengin.RuleNameKanji, 1, "𠮷田", ""},
		{"田中一郎", zengin.RuleNameKanji, 1, "田中一郎", ""},
		{"ヤマダ㈹", zengin.RuleNameKanji, 4, "㈹", ""},
		{"ソニ一", zengin.RuleNameLookalike, 3, "一", "-"},
		{"ト一タル", zengin.RuleNameLookalike, 2, "一", "-"},
		{"ヤマ夕", zengin.RuleNameLookalike, 3, "夕", "タ"},
		{"力メイ", zengin.RuleNameLookalike, 1, "力", "カ"},
		{"アベ ヒ口シ", zengin.RuleNameLookalike, 5, "口", "ロ"},
		{"ヲハラ", zengin.RuleNameCharacter, 1, "ヲ", "オ"},
		{"をはら", zengin.RuleNameCharacter, 1, "を", "オ"},
		{"ヤマダ＆タロウ", zengin.RuleNameCharacter, 4, "＆", "アンド"},
		{"ヤマダ〜タロウ", zengin.RuleNameCharacter, 4, "〜", "-"},
		{"ヤマダ「タロウ」", zengin.RuleNameCharacter, 4, "「", "("},
		{"アヽ", zengin.RuleNameCharacter, 2, "ヽ", "ア"},
		{"さゝき", zengin.RuleNameCharacter, 2, "ゝ", "サ"},
		{"José", zengin.RuleNameCharacter, 4, "é", "E"},
		{"ヤマダ!", zengin.RuleNameCharacter, 4, "!", ""},
		{"ヤマダ…", zengin.RuleNameCharacter, 4, "…", ""},
		{"ヤマダ№", zengin.RuleNameCharacter, 4, "№", ""},
		{"ヤマダ🙂", zengin.RuleNameCharacter, 4, "🙂", ""},
		{"ヤマダ\xff", zengin.RuleNameCharacter, 4, "\ufffd", ""},
		{"ﾔﾏﾀﾞ\u200bﾀﾛｳ", zengin.RuleNameInvisible, 5, "U+200B", ""},
		{"ヤマダ\nタロウ", zengin.RuleNameInvisible, 4, "U+000A", ""},
		{"\ufeffヤマダ", zengin.RuleNameInvisible, 1, "U+FEFF", ""},
		{"ワ゛", zengin.RuleNameMark, 1, "ワ゛", "バ"},
		{"ﾜﾞ", zengin.RuleNameMark, 1, "ﾜﾞ", "バ"},
		{"ヷ", zengin.RuleNameMark, 1, "ヷ", "バ"},
		{"ア゛", zengin.RuleNameMark, 2, "゛", ""},
		{"゛ア", zengin.RuleNameMark, 1, "゛", ""},
		{"ガ゛", zengin.RuleNameMark, 2, "゛", ""},
		{"カ゜", zengin.RuleNameMark, 2, "゜", ""},
		{"カ ゛", zengin.RuleNameMark, 3, "゛", ""},
		{"カ\u3099\u3099", zengin.RuleNameMark, 1, "\u3099", ""},
		{"Ａ゛", zengin.RuleNameMark, 2, "゛", ""},
		{"", zengin.RuleRequired, 0, "", ""},
		{" 　 ", zengin.RuleRequired, 0, "", ""},
		{"-.-", zengin.RuleRequired, 0, "", ""},
		{"株式会社 営業所", zengin.RuleNameOnlyForm, 0, "", ""},
	} {
		_, err := zengin.NormalizeName(row.typed, zengin.LimitTransfer)
		e := assertRule(t, err, zengin.FieldName, row.rule)
		assert.Equal(t, row.at, e.Position, row.typed)
		assert.Equal(t, row.text, e.Text, row.typed)
		assert.Equal(t, row.suggest, e.Suggest, row.typed)
	}
}

func TestEveryFaultOfANameIsReportedWithItsPlace(t *testing.T) {
	_, err := zengin.NormalizeName("山田 ﾀﾛｳ&ヲ株式会社花!", zengin.LimitTransfer)
	var all zengin.FieldErrors
	require.ErrorAs(t, err, &all)
	var places []int
	for _, e := range all {
		places = append(places, e.Position)
	}
	assert.Equal(t, []int{1, 7, 8, 13, 14}, places)
	assert.Equal(t, "山田", all[0].Text)
}

func TestTheRailsCharsetDecides(t *testing.T) {
	for _, row := range []struct {
		charset zengin.Charset
		typed   string
		seen    string
		suggest string
	}{
		{zengin.CharsetTransfer, "ヤマダ,タロウ/ハナコ", "ﾔﾏﾀﾞ,ﾀﾛｳ/ﾊﾅｺ", ""},
		{zengin.CharsetFile, "ヤマダ,タロウ", "", "."},
		{zengin.CharsetFile, "ヤマダ/タロウ", "", "-"},
		{zengin.CharsetFile, "ヤマダ、タロウ", "", "."},
		{zengin.Charset{Name: "no stop", Extra: "()-"}, "ヤマダ・タロウ", "ﾔﾏﾀﾞ ﾀﾛｳ", ""},
		{zengin.Charset{Name: "no stop", Extra: "()-"}, "ヤマダ ・タロウ・", "ﾔﾏﾀﾞ ﾀﾛｳ", ""},
		{zengin.Charset{Name: "no stop", Extra: "()-"}, "ヤマダ.タロウ", "", ""},
		{zengin.Charset{Name: "wo", Extra: "()-.ｦ"}, "ヲハラ", "ｦﾊﾗ", ""},
		{zengin.Charset{Name: "edi", Extra: "()-./\\｢｣ｦ"}, "「ヤマダ」￥", "", ""},
		{zengin.Charset{Name: "edi", Extra: "()-./\\｢｣ｦ"}, "「ヤマダ」＼", "｢ﾔﾏﾀﾞ｣\\", ""},
	} {
		name, err := row.charset.Normalize(row.typed, zengin.LimitFile)
		if row.seen != "" {
			require.NoError(t, err, row.typed)
			assert.Equal(t, row.seen, name.Text(), row.typed)
			continue
		}
		assert.Equal(t, row.suggest, assertRule(t, err, zengin.FieldName, zengin.RuleNameCharacter).Suggest, row.typed)
	}
}

func TestLengthAndTruncation(t *testing.T) {
	typed := "ガギグゲゴガギグゲゴガギグゲゴ" // 30 letters as banks count
	name, err := zengin.NormalizeName(typed, zengin.LimitFile)
	require.NoError(t, err)
	assert.Equal(t, 30, name.Len())

	_, err = zengin.NormalizeName(typed+"ア", zengin.LimitFile)
	e := assertRule(t, err, zengin.FieldName, zengin.RuleNameTooLong)
	assert.Equal(t, []int{30, 31}, []int{e.Limit, e.Got})

	long, err := zengin.NormalizeName(typed+"アガ", zengin.LimitNone)
	require.NoError(t, err)
	for limit, want := range map[int]string{
		48: "ｶﾞｷﾞｸﾞｹﾞｺﾞｶﾞｷﾞｸﾞｹﾞｺﾞｶﾞｷﾞｸﾞｹﾞｺﾞｱｶﾞ",
		33: "ｶﾞｷﾞｸﾞｹﾞｺﾞｶﾞｷﾞｸﾞｹﾞｺﾞｶﾞｷﾞｸﾞｹﾞｺﾞｱｶﾞ",
		32: "ｶﾞｷﾞｸﾞｹﾞｺﾞｶﾞｷﾞｸﾞｹﾞｺﾞｶﾞｷﾞｸﾞｹﾞｺﾞｱ", // not ｶ for ｶﾞ
		31: "ｶﾞｷﾞｸﾞｹﾞｺﾞｶﾞｷﾞｸﾞｹﾞｺﾞｶﾞｷﾞｸﾞｹﾞｺﾞｱ",
		3:  "ｶﾞ",
		1:  "",
		0:  "",
		-1: "",
	} {
		assert.Equal(t, want, long.Truncate(limit).Text(), limit)
	}
	spaced, err := zengin.NormalizeName("ヤマダ タロウ", zengin.LimitNone)
	require.NoError(t, err)
	assert.Equal(t, "ﾔﾏﾀﾞ", spaced.Truncate(5).Text(), "no space at the end")

	_, err = zengin.NormalizeName(string(make([]rune, 100_000)), zengin.LimitNone)
	assertRule(t, err, zengin.FieldName, zengin.RuleNameTooLong)
}

func TestNoticesShowWhatWasChanged(t *testing.T) {
	changes := func(typed string) (out []zengin.Change) {
		name, err := zengin.NormalizeName(typed, zengin.LimitTransfer)
		require.NoError(t, err, typed)
		for _, n := range name.Notices() {
			out = append(out, n.Change)
		}
		return out
	}
	assert.Empty(t, changes("ﾔﾏﾀﾞ ﾀﾛｳ"))
	assert.Empty(t, changes("ﾔﾏﾀﾞ(ｶ"))
	assert.Equal(t, []zengin.Change{zengin.AdviceOneWord}, changes("ﾔﾏﾀﾞﾀﾛｳ"))
	assert.Equal(t, []zengin.Change{zengin.ChangedWidth}, changes("ヤマダ　タロウ"))
	assert.Equal(t, []zengin.Change{zengin.ChangedHiragana}, changes("やまだ たろう"))
	assert.Equal(t, []zengin.Change{zengin.ChangedSpaces}, changes(" ﾔﾏﾀﾞ  ﾀﾛｳ "))
	assert.Equal(t, []zengin.Change{zengin.ChangedCase}, changes("John SMITH"))
	assert.Equal(t, []zengin.Change{zengin.ChangedLegalForm}, changes("株式会社ﾔﾏﾀﾞ"))
	assert.Equal(t, []zengin.Change{zengin.ChangedLegalForm}, changes("カブシキガイシャﾔﾏﾀﾞ"))
	assert.Equal(t, []zengin.Change{zengin.ChangedLegalForm, zengin.ChangedSpaces}, changes("カブシキガイシャ ﾔﾏﾀﾞ"))
	assert.Equal(t, []zengin.Change{zengin.ChangedSmallKana, zengin.ChangedSmallKana, zengin.ChangedLongVowel}, changes("ｼｭｯｼｭ ｱｰ"))
	assert.Equal(t, []zengin.Change{zengin.ChangedMark, zengin.AdviceOneWord}, changes("A･B"))
	assert.Equal(t, []zengin.Change{zengin.ChangedWidth, zengin.ChangedOldKana, zengin.ChangedOldKana}, changes("ヰ ヱヒ"))

	name, err := zengin.NormalizeName("キョウ 株式会社", zengin.LimitTransfer)
	require.NoError(t, err)
	var form zengin.Notice
	for _, n := range name.Notices() {
		if n.Change == zengin.ChangedLegalForm {
			form = n
		}
	}
	assert.Equal(t, zengin.Notice{Field: zengin.FieldName, Change: zengin.ChangedLegalForm, From: "株式会社", To: "(ｶ", Position: 5}, form)
	assert.Equal(t, "口座名義：法人の種類を銀行の略語にしました（「株式会社」→「(ｶ」）。", form.Message(remittance.Ja))
	assert.Equal(t, `account name: the legal form written in the banks' abbreviation ("株式会社" to "(ｶ").`, form.Message(remittance.En))
}

func TestMessagesNameCharacterPlaceAndFix(t *testing.T) {
	_, err := zengin.NormalizeName("ヤマダ株式会社花", zengin.LimitTransfer)
	var all zengin.FieldErrors
	require.True(t, errors.As(err, &all))
	assert.Equal(t, "口座名義の8文字目「花」：銀行は漢字の名義を扱いません。通帳の表紙の裏などにあるカタカナの読みで書いてください。", all.Message(remittance.Ja))
	assert.Equal(t, `account name "花" at character 8: banks do not keep kanji names. Write the reading in katakana, as printed in the passbook.`, all.Message(remittance.En))
	assert.NotContains(t, err.Error(), "花", "the log form holds nothing of the name")
	assert.Contains(t, err.Error(), "character 8")
}
