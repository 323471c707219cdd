package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"soukin/internal/web"
	"soukin/internal/web/webtest"
	"soukin/remittance"
)

// callback is where Amazon sends the browser back to, from the page's link.
func callback(t *testing.T, d doc, query string) string {
	t.Helper()
	for n := range d.root.Descendants() {
		address, err := url.Parse(attr(n, "href"))
		if n.Data == "a" && err == nil && address.Query().Has("state") {
			require.Equal(t, "amazon.example", address.Host)
			return web.LoginPath + "?state=" + url.QueryEscape(address.Query().Get("state")) + "&" + query
		}
	}
	t.Fatalf("no link to Amazon in %s", d.text())
	return ""
}

func TestTheLoginIsConfirmedHere(t *testing.T) {
	s, token, d := choosing(t, remittance.GiftBalance)
	page := s.pick(t, d, remittance.RailAmazon)
	assert.NotContains(t, page.Header().Get("Content-Security-Policy"), "amazon", "a link needs no hole in the policy")
	back := s.get(t, callback(t, page, "code=c1"), "ja")
	require.Equal(t, "残高に追加するアカウントの確認", back.heading())
	assert.Contains(t, back.main(), "12,800円を追加します")
	assert.Empty(t, s.Chosen(token))
	again := s.submit(t, back, "relogin", nil)
	assert.NotEmpty(t, callback(t, again, "code=c2"), "another account can be logged in with")
	assert.Empty(t, again.value("login"))
	require.Equal(t, http.StatusSeeOther, s.submit(t, back, "", nil).Code)
	assert.Equal(t, "Amazonの残高に追加しています", s.get(t, path(token), "ja").heading())
}

func TestTheChosenLanguageComesBackFromAmazon(t *testing.T) {
	for _, lang := range []string{"ja", "en"} {
		s := open(t, web.Options{})
		token := s.Add(webtest.Only(webtest.Choice(noon, remittance.GiftBalance), remittance.RailAmazon))
		page := s.get(t, path(token)+"?lang="+lang, "fr")
		for _, query := range []string{"code=c1", "error=access_denied"} {
			assert.Equal(t, lang, s.get(t, callback(t, page, query), "fr").Header().Get("Content-Language"))
			assert.Equal(t, "ja", s.get(t, callback(t, page, query)+"&lang=ja", "").Header().Get("Content-Language"), "the switch wins")
		}
		unasked := s.get(t, path(token), lang)
		assert.Equal(t, lang, s.get(t, callback(t, unasked, "code=c1"), lang).Header().Get("Content-Language"), "as the browser says")
	}
}

func TestALoginThatDidNotSucceed(t *testing.T) {
	for _, query := range []string{"error=access_denied", "error=access_denied&code=c1", "code=" + webtest.RefusedCode, ""} {
		s, token, d := choosing(t, remittance.GiftBalance)
		back := s.get(t, callback(t, s.pick(t, d, remittance.RailAmazon), query), "ja")
		require.Equal(t, http.StatusOK, back.Code)
		assert.Contains(t, back.main(), "Amazonへのログインが完了しませんでした", query)
		assert.NotEmpty(t, callback(t, back, "code=c1"), "and can be tried again")
		assert.Contains(t, back.main(), "ほかの受け取り方法を見る")
		assert.Empty(t, s.Chosen(token))
	}
}

func TestWhatNobodySentToAmazon(t *testing.T) {
	s := open(t, web.Options{})
	for _, query := range []string{"", "?state=made-up&code=c1", "?error=access_denied"} {
		d := s.get(t, web.LoginPath+query, "en")
		assert.Equal(t, http.StatusBadRequest, d.Code)
		assert.Equal(t, "The login at Amazon could not be confirmed", d.heading())
	}
	assert.NotContains(t, s.log.String(), "made-up")
}

func TestALoginThatComesTooLate(t *testing.T) {
	s, token, d := choosing(t, remittance.GiftBalance)
	page := s.pick(t, d, remittance.RailAmazon)
	confirm := s.get(t, callback(t, page, "code=c1"), "ja")
	s.ForgetProofs(token)
	codes := s.submit(t, confirm, "", nil)
	require.Contains(t, codes.main(), "もう一度ご本人の確認をお願いします")
	proved := s.submit(t, codes, "", map[string]string{"code1": "1234"})
	require.Equal(t, "残高に追加するアカウントの確認", proved.heading(), "the login rode along")

	changed := url.Values{"proof": {proved.value("proof")}, "way": {"amazon"}, "login": {"of-somebody-else"}}
	refused := s.post(t, path(token)+"/designate", changed)
	assert.Contains(t, refused.main(), "もう一度ログインしてください")
	assert.NotEmpty(t, callback(t, refused, "code=c1"))

	s.Change(token, func(v *web.View) {
		v.Open, v.Status, v.Reason = false, remittance.Expired, remittance.RecipientDeadline
	})
	late := s.get(t, callback(t, page, "code=c1"), "ja")
	assert.Equal(t, http.StatusConflict, late.Code)
	assert.Equal(t, "受取期限が過ぎました", late.heading())
	assert.Empty(t, s.Chosen(token))
}

func TestAGiftCodeIsMaskedUntilItIsOpened(t *testing.T) {
	s := open(t, web.Options{})
	view := webtest.Choice(noon, remittance.GiftCode)
	webtest.Settled(&view, remittance.RailAmazon, remittance.GiftCode, noon)
	token := s.Add(view, member)
	d := s.get(t, path(token), "ja")
	require.Equal(t, "コードの準備ができました", d.heading())
	require.NotContains(t, d.Body.String(), webtest.GiftCode)
	codes := s.submit(t, d, "", nil)
	require.NotContains(t, codes.Body.String(), webtest.GiftCode, "the link alone is not enough")
	wrong := s.submit(t, codes, "", map[string]string{"code1": "0000"})
	require.NotContains(t, wrong.Body.String(), webtest.GiftCode)
	shown := s.submit(t, wrong, "", map[string]string{"code1": "1234"})
	require.Contains(t, shown.main(), webtest.GiftCode)
	assert.Contains(t, shown.main(), "www.amazon.co.jp/gc/redeem")
	assert.Equal(t, "no-store", shown.Header().Get("Cache-Control"))
	assert.Contains(t, s.submit(t, shown, "", nil).main(), webtest.GiftCode, "with the proof at hand")
	s.ForgetProofs(token)
	assert.Contains(t, s.submit(t, shown, "", nil).main(), "もう一度ご本人の確認")

	s.Change(token, func(v *web.View) { v.Code, v.Status = false, remittance.Cancelled })
	gone := s.submit(t, shown, "", nil)
	assert.Equal(t, "送金は取り消されました", gone.heading())
	assert.NotContains(t, s.log.String(), webtest.GiftCode)
}

func TestAMemberNumberAsPeopleTypeIt(t *testing.T) {
	for typed, fault := range map[string]string{
		"1234567890123456": "", " 1234 5678 9012 3456 ": "", "１２３４－５６７８－９０１２－３４５６": "", "1234‐5678–9012ー3456": "",
		"": "au PAY会員番号を入力してください", "　": "au PAY会員番号を入力してください", "123456789012345": "読み取れません",
		"12345678901234567": "読み取れません", "123456789012345a": "読み取れません", "090-1234-5678": "読み取れません",
	} {
		s, token, d := choosing(t, "")
		d = s.submit(t, s.pick(t, d, remittance.RailAuPay), "check", map[string]string{"member": typed})
		if fault != "" {
			require.Equal(t, http.StatusUnprocessableEntity, d.Code, typed)
			assert.Contains(t, textOf(d.byID("member-fault")), fault)
			assert.Contains(t, attr(d.byID("member"), "aria-describedby"), "member-fault")
			assert.Equal(t, typed, d.value("member"), "as typed")
			assert.Equal(t, "numeric", attr(d.byID("member"), "inputmode"))
			continue
		}
		require.Equal(t, "au PAY会員番号の確認", d.heading(), typed)
		assert.Contains(t, d.main(), "3456")
		assert.NotContains(t, d.main(), "9012", "only the last four are shown")
		require.Equal(t, http.StatusSeeOther, s.submit(t, d, "", nil).Code)
		assert.Equal(t, "1234567890123456", s.Chosen(token)[0].Member)
	}
}

func TestAMemberNumberThatTheRailRefuses(t *testing.T) {
	s, token, d := choosing(t, "")
	d = s.submit(t, s.pick(t, d, remittance.RailAuPay), "check", map[string]string{"member": webtest.RefusedMember})
	d = s.submit(t, d, "", nil)
	require.Equal(t, http.StatusUnprocessableEntity, d.Code)
	assert.Equal(t, "この会員番号は使えません。", strings.TrimSpace(textOf(d.byID("member-fault"))))
	assert.Equal(t, webtest.RefusedMember, d.value("member"))
	assert.Empty(t, s.Chosen(token))
	s.ForgetProofs(token)
	codes := s.submit(t, s.submit(t, d, "check", nil), "", nil)
	assert.Contains(t, codes.main(), "もう一度ご本人の確認")
	back := s.submit(t, codes, "", map[string]string{"code1": "1234"})
	assert.Equal(t, webtest.RefusedMember, back.value("member"), "the number rode along")
}
