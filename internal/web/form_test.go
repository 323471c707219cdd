package web_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"

	"soukin/internal/web"
	"soukin/internal/web/webtest"
	"soukin/internal/zengin"
	"soukin/remittance"
)

// atForm opens a link without codes, which starts with the account.
func atForm(t *testing.T) (site, string, doc) {
	t.Helper()
	s := open(t, web.Options{})
	token := s.Add(webtest.Example(noon))
	return s, path(token), s.get(t, path(token), "ja")
}

func TestFaultsAreTiedToTheirFieldsAndNothingIsLost(t *testing.T) {
	tests := []struct {
		name         string
		change       []string
		field, fault string
	}{
		{"no bank", []string{"bank_query", ""}, "bank_query", "金融機関を入力してください"},
		{"unknown bank", []string{"bank_query", "そんな銀行はない"}, "bank_query", "「そんな銀行はない」に当てはまる金融機関が見つかりません"},
		{"several banks", []string{"bank_query", "信用金庫"}, "bank_query", "金融機関を選んでください"},
		{"branch without bank", []string{"bank_query", "", "branch_query", "001"}, "branch_query", "先に金融機関を選んでください"},
		{"no branch", []string{"branch_query", ""}, "branch_query", "支店を入力してください"},
		{"unknown branch", []string{"branch_query", "月面"}, "branch_query", "「月面」に当てはまる支店が見つかりません"},
		{"no type", []string{"type", ""}, "type", "預金種目を選んでください"},
		{"no number", []string{"number", ""}, "number", "口座番号を入力してください"},
		{"long number", []string{"number", "12345678"}, "number", "7桁まで"},
		{"kanji name", []string{"name", "山田 太郎"}, "name", "漢字"},
		{"no name", []string{"name", ""}, "name", "口座名義をカナで入力してください"},
		{"no symbol", []string{"method", "symbol", "postal_number", "12345671"}, "symbol", "記号を入力してください"},
		{"no postal number", []string{"method", "symbol", "symbol", "14030"}, "postal_number", "番号を入力してください"},
		{"wrong postal number", []string{"method", "symbol", "symbol", "14030", "postal_number", "12345672"}, "postal_number", "末尾が1ではありません"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, _, d := atForm(t)
			sent := with(mine, tt.change...)
			d = s.submit(t, d, "check", sent)
			require.Equal(t, http.StatusUnprocessableEntity, d.Code)
			at := d.byID(tt.field)
			require.NotNil(t, at)
			assert.Contains(t, attr(at, "aria-describedby"), tt.field+"-fault")
			assert.Contains(t, textOf(d.byID(tt.field+"-fault")), tt.fault)
			assert.NotNil(t, d.find("a", "href", "#"+tt.field), "the summary leads there")
			assert.True(t, has(d.byID("faults"), "autofocus"))
			assert.True(t, strings.HasPrefix(textOf(d.find("title", "", "")), "入力エラー："))
			for _, name := range []string{"number", "symbol", "postal_number", "name"} {
				assert.Equal(t, sent[name], d.value(name), name)
			}
			for _, name := range []string{"bank_query", "branch_query"} {
				assert.Contains(t, d.value(name), sent[name], name)
			}
			if sent["type"] != "" {
				assert.True(t, has(d.radio("type", sent["type"]), "checked"))
			}
		})
	}
}

func (d doc) byID(id string) *html.Node {
	for n := range d.root.Descendants() {
		if attr(n, "id") == id {
			return n
		}
	}
	return nil
}

func (d doc) radio(name, value string) *html.Node {
	for n := range d.root.Descendants() {
		if attr(n, "type") == "radio" && attr(n, "name") == name && attr(n, "value") == value {
			return n
		}
	}
	return &html.Node{}
}

func TestSearchWithoutAScript(t *testing.T) {
	s, _, d := atForm(t)
	d = s.submit(t, d, "search_bank", map[string]string{"bank_query": "みつ", "name": "ヤマダ"})
	require.Equal(t, http.StatusOK, d.Code)
	require.Equal(t, "radio", attr(d.radio("bank", "0005"), "type"))
	assert.Equal(t, "ヤマダ", d.value("name"), "what was typed elsewhere stays")

	d = s.submit(t, d, "search_branch", map[string]string{"bank": "0005", "branch_query": "新宿"})
	assert.Equal(t, "三菱UFJ銀行（0005）", d.value("bank_query"))
	assert.Equal(t, "0005", d.value("bank"))
	require.Equal(t, "radio", attr(d.radio("branch", "341"), "type"), d.text())

	d = s.submit(t, d, "check", with(mine, "bank_query", "三菱UFJ銀行（0005）", "bank", "0005", "branch_query", "新宿", "branch", "341"))
	assert.Equal(t, "口座の確認", d.heading())
	assert.Contains(t, d.text(), "新宿支店 341")
}

func TestAChangedSearchForgetsWhatWasChosen(t *testing.T) {
	s, _, d := atForm(t)
	d = s.submit(t, d, "check", with(mine, "bank", "0005", "bank_query", "みずほ", "branch", "001", "branch_query", "本店（001）"))
	require.Equal(t, http.StatusUnprocessableEntity, d.Code, "a branch of the bank before is nobody's branch")
	assert.NotEqual(t, "0005", d.value("bank"))
	d = s.submit(t, d, "check", with(mine, "bank", "0001", "bank_query", "みずほ銀行（0001）", "branch", "", "branch_query", "001"))
	assert.Equal(t, "口座の確認", d.heading())
	assert.Contains(t, d.text(), "みずほ銀行 0001")
}

func TestJapanPostBySymbol(t *testing.T) {
	s, p, d := atForm(t)
	d = s.submit(t, d, "search_bank", map[string]string{"bank_query": "9900"})
	assert.True(t, has(d.radio("method", "symbol"), "checked"), "choosing the bank turns the form over")
	// A number in the hidden half of the form must not become anybody's account.
	d = s.submit(t, d, "check", map[string]string{"method": "symbol", "symbol": "１４０３０", "postal_number": "12345671", "number": "7654321", "name": "ヤマダ タロウ"})
	require.Equal(t, "口座の確認", d.heading(), d.text())
	for _, shown := range []string{"ゆうちょ銀行", "１４０３０ 12345671", "408", "1234567", "変換しました"} {
		assert.Contains(t, d.text(), shown)
	}
	d = s.submit(t, d, "", nil)
	require.Equal(t, http.StatusSeeOther, d.Code)
	assert.Equal(t, p, d.Header().Get("Location"))
}

func TestTheWayBackKeepsEverything(t *testing.T) {
	s, _, d := atForm(t)
	confirm := s.submit(t, d, "check", mine)
	form := s.submit(t, confirm, "edit", nil)
	assert.Equal(t, "受け取る口座の入力", form.heading())
	assert.Equal(t, "三菱UFJ銀行（0005）", form.value("bank_query"))
	assert.Equal(t, mine["name"], form.value("name"), "as typed, not as converted")
	assert.Equal(t, "口座の確認", s.submit(t, form, "check", nil).heading())
}

func TestAnOldProofCostsNothingTyped(t *testing.T) {
	s := open(t, web.Options{})
	token := s.Add(webtest.Example(noon), member)
	d := s.submit(t, s.get(t, path(token), "ja"), "", map[string]string{"code1": "1234"})
	confirm := s.submit(t, d, "check", mine)
	s.ForgetProofs(token)
	d = s.submit(t, confirm, "", nil)
	assert.Contains(t, d.text(), "もう一度ご本人の確認をお願いします")
	assert.Empty(t, s.Named(token))
	d = s.submit(t, d, "", map[string]string{"code1": "1234"})
	assert.Equal(t, mine["number"], d.value("number"))
	d = s.submit(t, s.submit(t, d, "check", nil), "", nil)
	assert.Equal(t, http.StatusSeeOther, d.Code)
	assert.Len(t, s.Named(token), 1)
}

func TestStepsWithoutTheCodes(t *testing.T) {
	s := open(t, web.Options{})
	token := s.Add(webtest.Example(noon), member)
	for _, step := range []string{"/account", "/designate", "/decline", "/declined"} {
		d := s.post(t, path(token)+step, url.Values{"proof": {"made-up"}, "number": {"1234567"}, "bank_query": {"0005"}, "branch_query": {"001"}, "type": {"1"}, "name": {"ヤマダ"}})
		assert.NotNil(t, d.find("input", "name", "code1"), step)
		assert.True(t, s.Now(token).Open, step)
	}
}

func TestSecondSubmits(t *testing.T) {
	s, p, d := atForm(t)
	confirm := s.submit(t, d, "check", mine)
	other := s.submit(t, d, "check", with(mine, "number", "7777777"))
	require.Equal(t, http.StatusSeeOther, s.submit(t, confirm, "", nil).Code)
	assert.Equal(t, http.StatusSeeOther, s.submit(t, confirm, "", nil).Code, "a double click is no fault of the person")
	late := s.submit(t, other, "", nil)
	assert.Equal(t, http.StatusConflict, late.Code)
	assert.Contains(t, late.text(), "すでに指定されています")
	assert.Contains(t, late.text(), "口座の指定2026年11月21日（土）12:00")
	assert.NotContains(t, late.text(), "1234567")
	assert.Equal(t, http.StatusConflict, s.submit(t, d, "check", mine).Code, "an old tab's form")
	assert.Equal(t, http.StatusConflict, s.post(t, p+"/declined", nil).Code)
	assert.Equal(t, "口座を受け付けました", s.get(t, p, "ja").heading())
}

func TestCancelledWhileOpen(t *testing.T) {
	s := open(t, web.Options{})
	token := s.Add(webtest.Example(noon))
	confirm := s.submit(t, s.get(t, path(token), "ja"), "check", mine)
	s.Change(token, func(v *web.View) {
		v.Open, v.Status, v.Reason = false, remittance.Cancelled, remittance.CancelledByUs
	})
	d := s.submit(t, confirm, "", nil)
	assert.Equal(t, http.StatusConflict, d.Code)
	assert.Equal(t, "送金は取り消されました", d.heading())
	assert.Contains(t, d.text(), "今入力した内容は使われていません")
	assert.Empty(t, s.Named(token))
}

func TestABounceOpensTheFormAgainWithItsReason(t *testing.T) {
	for _, reason := range append(remittance.Reasons(), "brand_new") {
		s := open(t, web.Options{})
		view := webtest.Example(noon)
		webtest.Returned(&view, reason, noon)
		for lang, want := range map[string]string{"ja": "振り込みできませんでした", "en": "The transfer did not arrive"} {
			d := s.get(t, path(s.Add(view)), lang)
			assert.Contains(t, d.text(), want, reason)
			assert.NotContains(t, d.text(), "Fail_")
			assert.NotNil(t, d.find("input", "name", "number"))
		}
	}
	s := open(t, web.Options{})
	view := webtest.Example(noon)
	webtest.Returned(&view, remittance.AccountClosed, noon)
	assert.Contains(t, s.get(t, path(s.Add(view, member)), "ja").text(), "解約されています", "also beside the codes")
	view.Open = false
	assert.NotContains(t, s.get(t, path(s.Add(view)), "ja").text(), "入力してください", "nobody is asked for what cannot be done any more")
}

func TestSuggestions(t *testing.T) {
	s, p, _ := atForm(t)
	var found []map[string]string
	require.NoError(t, json.Unmarshal(s.get(t, p+"/banks?q=mitsubishi", "").Body.Bytes(), &found))
	assert.Equal(t, "0005", found[0]["code"])
	require.NoError(t, json.Unmarshal(s.get(t, p+"/branches?bank=0005&q="+url.QueryEscape("新宿支店"), "").Body.Bytes(), &found))
	assert.Contains(t, found[0]["name"], "新宿")
	assert.JSONEq(t, `[]`, s.get(t, p+"/branches?bank=&q=1", "").Body.String())
}

func TestTheNameAsTheBankSeesIt(t *testing.T) {
	s, p, _ := atForm(t)
	var out struct {
		Text            string
		Notices, Errors []string
	}
	read := func(name, lang string) {
		t.Helper()
		d := s.post(t, p+"/name", url.Values{"name": {name}, "lang": {lang}})
		require.NoError(t, json.Unmarshal(d.Body.Bytes(), &out))
	}
	read("株式会社やまだ", "ja")
	want, err := zengin.NormalizeName("株式会社やまだ", zengin.LimitTransfer)
	require.NoError(t, err)
	assert.Equal(t, want.Text(), out.Text)
	assert.NotEmpty(t, out.Notices)
	read("山田", "en")
	assert.Empty(t, out.Text)
	require.Len(t, out.Errors, 1)
	assert.Contains(t, out.Errors[0], "katakana")
}
