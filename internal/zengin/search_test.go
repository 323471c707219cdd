package zengin_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"soukin/internal/zengin"
)

func firstBank(t testing.TB, query string) string {
	found := directory(t).SearchBanks(query, 5)
	if len(found) == 0 {
		return ""
	}
	return found[0].Name
}

func TestSearchFindsTheBankThatIsMeant(t *testing.T) {
	for name, queries := range map[string][]string{
		"三菱UFJ銀行": {"三菱", "三菱UFJ", "三菱ＵＦＪ銀行", "三菱 UFJ", "みつびし", "ミツビシ", "ﾐﾂﾋﾞｼ", "mitsubishi", "MITSUBISHI", "mitubisi",
			"Mitsubishi UFJ Bank", "mitsubishiufj", "mufg", "0005", "０００５", "5", "005"},
		"三井住友銀行":       {"三井住友", "三井", "みついすみとも", "mitsui", "mitsui sumitomo", "SMBC", "9"},
		"みずほ銀行":        {"みずほ", "ミズホ", "ﾐｽﾞﾎ", "mizuho", "mizuho bank", "みずほ銀行", "みずほぎんこう", "mizu"},
		"ゆうちょ銀行":       {"ゆうちょ", "ユウチョ", "ﾕｳﾁﾖ", "yucho", "yuucho", "yūcho", "郵貯", "japan post", "JP Bank", "9900"},
		"東京スター銀行":      {"東京", "とうきょう", "ﾄｳｷｮｳ", "tokyo", "tōkyō", "toukyou", "Tôkyô", "東京銀行"},
		"京都銀行":         {"京都", "きょうと", "kyoto", "kyouto", "京都銀行"},
		"北海道銀行":        {"北海道", "ほっかいどう", "ホッカイドウ", "hokkaido", "hokkaidou", "hokkaidō"},
		"群馬銀行":         {"群馬", "gunma", "gumma"},
		"北國銀行":         {"北國", "北国", "hokkoku"},
		"ローソン銀行":       {"ローソン", "ろーそん", "ﾛｰｿﾝ", "ロ－ソン", "lawson"},
		"auじぶん銀行":      {"au", "じぶん", "ａｕじぶん", "jibun"},
		"ドコモSMTBネット銀行": {"住信", "docomo", "ドコモ"},
		"PayPay銀行":     {"paypay", "ペイペイ", "ジャパンネット"},
		"京都中央信金":       {"京都中央信用金庫", "京都中央信金", "きょうとちゅうおう", "kyoto chuo"},
		"西日本シティ銀行":     {"西日本シティ", "にしにっぽん", "nishinippon"},
		"伊予銀行":         {"伊予", "iyo", "いよ"},
		"十八親和銀行":       {"十八親和", "juhachi", "jūhachi shinwa"},
		"SBI新生銀行":      {"SBI新生", "新生", "shinsei"},
		"第四北越銀行":       {"第四", "daishi"},
		"千葉銀行":         {"千葉", "chiba", "tiba"},
		"中国銀行":         {"中国", "ちゅうごく", "chugoku", "tyuugoku"},
	} {
		for _, query := range queries {
			assert.Equal(t, name, firstBank(t, query), query)
		}
	}
	for _, nothing := range []string{"", " ", "　", "・", "zzzz", "99999", "存在しない", "mitsubishi zzzz", "\xff"} {
		assert.Empty(t, directory(t).SearchBanks(nothing, 5), nothing)
	}
}

func TestBetterMatchesComeFirst(t *testing.T) {
	found := directory(t).SearchBanks("三菱", 10)
	var names []string
	for _, b := range found {
		names = append(names, b.Name)
	}
	assert.Equal(t, []string{"三菱UFJ銀行", "三菱UFJ信託銀行", "長崎三菱信組"}, names, "prefix before inside, large before small")

	tokyo := directory(t).SearchBanks("東京", 100)
	require.Greater(t, len(tokyo), 5)
	at := slices.IndexFunc(tokyo, func(b zengin.Bank) bool { return b.Name == "東京スター銀行" })
	assert.Zero(t, at, "banks before credit unions")
}

func TestSearchBranches(t *testing.T) {
	d := directory(t)
	first := func(bank, query string) string {
		if found := d.SearchBranches(bank, query, 3); len(found) > 0 {
			return found[0].Code + " " + found[0].Name
		}
		return ""
	}
	for want, queries := range map[string][]string{
		"341 新宿":  {"新宿", "新宿支店", "しんじゅく", "ｼﾝｼﾞｭｸ", "ｼﾝｼﾞﾕｸ", "shinjuku", "sinzyuku", "341", "３４１"},
		"002 丸の内": {"丸の内", "丸ノ内", "丸之内", "まるのうち", "marunouchi", "002", "2"},
		"001 本店":  {"本店", "ほんてん", "honten", "1"},
	} {
		for _, query := range queries {
			assert.Equal(t, want, first("0005", query), query)
		}
	}
	assert.Equal(t, "238 二三八", first("9900", "二三八"))
	assert.Equal(t, "238 二三八", first("9900", "ニサンハチ"))
	assert.Empty(t, d.SearchBranches("9999", "本店", 3))
	assert.Empty(t, d.SearchBranches("0005", "", 3))
	for _, b := range d.SearchBranches("0005", "新", 50) {
		assert.Equal(t, "0005", b.Bank)
	}
}

func TestTheLimitHolds(t *testing.T) {
	d := directory(t)
	assert.Len(t, d.SearchBanks("農協", 3), 3)
	assert.Len(t, d.SearchBanks("農協", 0), 10)
	assert.Len(t, d.SearchBanks("農協", -1), 10)
	assert.Greater(t, len(d.SearchBanks("農協", 1000)), 300)
	assert.Len(t, d.SearchBranches("0005", "東京", 2), 2)
}

// TestEveryBranchIsFoundByWhatItIsCalled takes branches at random: the code,
// the name and the reading, in half-width, each find the branch.
func TestEveryBranchIsFoundByWhatItIsCalled(t *testing.T) {
	d := directory(t)
	banks := []string{"0001", "0005", "0009", "0010", "0036", "0116", "0130", "0158", "0190", "1311", "2963", "9900"}
	rapid.Check(t, func(t *rapid.T) {
		bank := rapid.SampledFrom(banks).Draw(t, "bank")
		some := d.SearchBranches(bank, rapid.SampledFrom([]string{"ン", "シ", "ウ", "本", "1", "2", "ハチ"}).Draw(t, "seed"), 1000)
		if len(some) == 0 {
			t.Skip("no branch of this bank has the seed")
		}
		want := rapid.SampledFrom(some).Draw(t, "branch")
		for _, query := range []string{want.Code, want.Name, want.Name + "支店", want.Kana, halfWidth(want.Kana)} {
			assert.Contains(t, d.SearchBranches(bank, query, 1000), want, query)
		}
	})
}

func BenchmarkSearch(b *testing.B) {
	d := directory(b)
	for _, query := range []string{"三菱", "みつびし", "mitsubishi ufj", "ン", "0005", "zzzz"} {
		b.Run("banks/"+query, func(b *testing.B) {
			d.SearchBanks(query, 10) // the first search builds the index
			b.ReportAllocs()
			for b.Loop() {
				d.SearchBanks(query, 10)
			}
		})
		b.Run("branches/"+query, func(b *testing.B) {
			d.SearchBranches("0005", query, 10)
			b.ReportAllocs()
			for b.Loop() {
				d.SearchBranches("0005", query, 10)
			}
		})
	}
}

func BenchmarkParseAccount(b *testing.B) {
	in := zengin.Input{Bank: "0005", Branch: "001", Type: "1", Number: "12345", Name: "ヤマダ　株式会社　チバ営業所"}
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := zengin.ParseAccount(in); err != nil {
			b.Fatal(err)
		}
	}
}
