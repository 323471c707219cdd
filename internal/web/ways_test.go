package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"

	"soukin/internal/link"
	"soukin/internal/web"
	"soukin/internal/web/webtest"
	"soukin/remittance"
)

// choosing opens a link with every way and one code, and proves it.
func choosing(t *testing.T, form remittance.GiftForm) (site, link.Token, doc) {
	t.Helper()
	s := open(t, web.Options{})
	token := s.Add(webtest.Choice(noon, form), member)
	d := s.submit(t, s.get(t, path(token), "ja"), "", map[string]string{"code1": "1234"})
	require.Equal(t, "受け取り方法を選ぶ", d.heading(), d.text())
	return s, token, d
}

// pick presses the card of a way.
func (s site) pick(t *testing.T, d doc, rail remittance.Rail) doc {
	t.Helper()
	require.NotNil(t, d.find("button", "value", string(rail)), "no card of %s in %s", rail, d.text())
	return s.submit(t, d, string(rail), nil)
}

// unlimited is for tests that look at more pages than a person would.
var unlimited = web.Options{Limits: web.Limits{PerLink: -1}}

// main is what the page itself says, without the sender's footer.
func (d doc) main() string { return textOf(d.find("main", "id", "main")) }

func TestTheChoiceTellsEveryWay(t *testing.T) {
	_, _, d := choosing(t, remittance.GiftBalance)
	for _, shown := range []string{
		"銀行口座", "翌銀行営業日", "ご自分の銀行口座", "1,000,000円まで", "セブン銀行ATMで現金", "100,000円まで",
		"Amazonギフトカード残高", "Amazonアカウントへのログイン", "au PAY 残高", "16桁のau PAY会員番号", "500,000円まで",
	} {
		assert.Contains(t, d.main(), shown)
	}
	var order []string
	for n := range d.root.Descendants() {
		if n.Data == "button" && attr(n, "name") == "way" {
			order = append(order, attr(n, "value"))
		}
	}
	assert.Equal(t, []string{"bank", "atm", "amazon", "aupay"}, order, "as the port gives them")
}

func TestAWayOverItsLimitCannotBeChosen(t *testing.T) {
	s, token, _ := choosing(t, remittance.GiftBalance)
	s.Change(token, func(v *web.View) { v.Amount, v.Ways[1].Available = 128_000, false })
	d := s.submit(t, s.get(t, path(token), "ja"), "", map[string]string{"code1": "1234"})
	assert.Contains(t, d.main(), "金額が上限の100,000円を超えるため、選べません")
	assert.Nil(t, d.find("button", "value", "atm"))
	forced := s.submit(t, d, "", map[string]string{"way": "atm"})
	assert.Equal(t, "受け取り方法を選ぶ", forced.heading())
	form := url.Values{"proof": {d.value("proof")}, "way": {"atm"}}
	refused := s.post(t, path(token)+"/designate", form)
	assert.Equal(t, "受け取り方法を選ぶ", refused.heading())
	assert.Contains(t, refused.main(), "その方法は今は選べません")
	assert.Empty(t, s.Chosen(token))
}

func TestAStepOfAWayThatIsNotOffered(t *testing.T) {
	s, token, d := choosing(t, remittance.GiftBalance)
	s.Change(token, func(v *web.View) { v.Ways = v.Ways[1:3] })
	for step, form := range map[string]map[string]string{"/account": mine, "/wallet": {"member": "1234567890123456"}} {
		values := url.Values{"proof": {d.value("proof")}}
		for name, value := range form {
			values.Set(name, value)
		}
		refused := s.post(t, path(token)+step, values)
		assert.Equal(t, "受け取り方法を選ぶ", refused.heading(), step)
		assert.Contains(t, refused.main(), "その方法は今は選べません")
	}
}

func TestOneWayIsNoChoice(t *testing.T) {
	for rail, heading := range map[remittance.Rail]string{
		remittance.RailBank: "受け取る口座の入力", remittance.RailATM: "セブン銀行ATMで現金を受け取る",
		remittance.RailAmazon: "Amazonギフトカードで受け取る", remittance.RailAuPay: "au PAY 残高で受け取る",
	} {
		s := open(t, web.Options{})
		d := s.get(t, path(s.Add(webtest.Only(webtest.Choice(noon, remittance.GiftBalance), rail))), "ja")
		assert.Equal(t, heading, d.heading())
		assert.NotContains(t, d.main(), "ほかの受け取り方法")
	}
}

// walks are the ways from their card to the button that counts.
var walks = map[string]struct {
	rail remittance.Rail
	form remittance.GiftForm
	walk func(t *testing.T, s site, d doc) doc
}{
	"bank":        {remittance.RailBank, "", func(t *testing.T, s site, d doc) doc { return s.submit(t, d, "check", mine) }},
	"atm":         {remittance.RailATM, "", func(_ *testing.T, _ site, d doc) doc { return d }},
	"amazon":      {remittance.RailAmazon, remittance.GiftBalance, func(t *testing.T, s site, d doc) doc { return s.get(t, callback(t, d, "code=c1"), "ja") }},
	"amazon code": {remittance.RailAmazon, remittance.GiftCode, func(_ *testing.T, _ site, d doc) doc { return d }},
	"aupay": {remittance.RailAuPay, "", func(t *testing.T, s site, d doc) doc {
		return s.submit(t, d, "check", map[string]string{"member": "1234-5678-9012-3456"})
	}},
}

func TestEveryWayToItsEnd(t *testing.T) {
	for name, way := range walks {
		t.Run(name, func(t *testing.T) {
			s, token, d := choosing(t, way.form)
			confirm := way.walk(t, s, s.pick(t, d, way.rail))
			require.Empty(t, s.Chosen(token), "nothing is chosen before the last button")
			done := s.submit(t, confirm, "", nil)
			require.Equal(t, http.StatusSeeOther, done.Code, done.text())
			require.Equal(t, http.StatusSeeOther, s.submit(t, confirm, "", nil).Code, "a double click is no fault of the person")
			require.Len(t, s.Chosen(token), 1)
			assert.Equal(t, way.rail, s.Chosen(token)[0].Rail)
			assert.Equal(t, way.form, s.Now(token).Form)

			assert.Equal(t, http.StatusConflict, s.pick(t, d, way.rail).Code, "an old tab's form")
			assertNothingLeaks(t, s, token)
			for _, secret := range []string{"1234-5678", "123456789012", "c1", s.Chosen(token)[0].Login} {
				if secret != "" {
					assert.NotContains(t, s.log.String(), secret)
				}
			}
		})
	}
}

func TestAnotherWayAfterOneWasChosen(t *testing.T) {
	s, token, d := choosing(t, "")
	cash, wallet := s.pick(t, d, remittance.RailATM), s.pick(t, d, remittance.RailAuPay)
	check := s.submit(t, wallet, "check", map[string]string{"member": "1234567890123456"})
	require.Equal(t, http.StatusSeeOther, s.submit(t, cash, "", nil).Code)
	late := s.submit(t, check, "", nil)
	assert.Equal(t, http.StatusConflict, late.Code)
	assert.Contains(t, late.main(), "受け取り方法はすでに決まっています")
	assert.Len(t, s.Chosen(token), 1)
}

func TestTheWayBackToTheOtherWays(t *testing.T) {
	s, token, d := choosing(t, "")
	wallet := s.pick(t, d, remittance.RailAuPay)
	faulty := s.submit(t, wallet, "check", map[string]string{"member": "12"})
	back := s.post(t, path(token)+"/ways", url.Values{"proof": {d.value("proof")}, "way": {"aupay"}, "member": {faulty.value("member")}})
	require.Equal(t, "受け取り方法を選ぶ", back.heading())
	assert.Equal(t, "12", s.pick(t, back, remittance.RailAuPay).value("member"), "who comes back has lost nothing")
	declining := s.post(t, path(token)+"/decline", url.Values{"proof": {d.value("proof")}, "way": {"aupay"}, "member": {"12"}})
	kept := s.submit(t, declining, "edit", nil)
	assert.Equal(t, "au PAY 残高で受け取る", kept.heading(), "thinking again leads to where one was")
}

// A text about a bank account on the page of a wallet would send people to the
// wrong place to look for their money.
func TestNoWayBorrowsTheWordsOfABank(t *testing.T) {
	s := open(t, unlimited)
	foreign := map[string][]string{"ja": {"銀行", "口座", "振り込", "振込"}, "en": {"bank", "account was named", "transfer"}}
	for name, way := range walks {
		if way.rail == remittance.RailBank {
			continue
		}
		for _, status := range remittance.Statuses() {
			for lang, words := range foreign {
				view := webtest.Choice(noon, way.form)
				webtest.Settled(&view, way.rail, way.form, noon)
				view.Status, view.Code = status, false
				d := s.get(t, path(s.Add(view)), lang)
				said := strings.NewReplacer("セブン銀行", "", "seven bank", "").Replace(strings.ToLower(d.main()))
				for _, word := range words {
					assert.NotContains(t, said, word, "%s %s %s", name, status, lang)
				}
				assert.NotRegexp(t, `\[[A-Z]\w+\]|<no value>`, d.text())
				assert.NotEmpty(t, d.heading())
			}
		}
	}
}

func TestEveryFailureOfEveryWayIsSaid(t *testing.T) {
	s := open(t, unlimited)
	for _, rail := range remittance.ChoosableRails() {
		for _, reason := range append(remittance.Reasons(), "brand_new") {
			for _, lang := range []string{"ja", "en"} {
				view := webtest.Choice(noon, remittance.GiftBalance)
				webtest.Failed(&view, rail, reason, noon)
				d := s.get(t, path(s.Add(view)), lang)
				said := textOf(d.byID("returned-title").Parent)
				assert.Greater(t, len(said), 40, "%s %s", rail, reason)
				assert.NotRegexp(t, `\[[A-Z]\w+\]|<no value>|Fail`, said)
				assert.Contains(t, said, map[string]string{"ja": "お金は安全", "en": "The money is safe"}[lang])
				assert.NotNil(t, d.find("button", "value", string(rail)), "what remains can be chosen")
			}
		}
	}
}

func TestAFailureIsSaidWhereItBelongs(t *testing.T) {
	s, token, _ := choosing(t, "")
	s.Change(token, func(v *web.View) { webtest.Failed(v, remittance.RailAuPay, remittance.WalletFull, noon) })
	codes := s.get(t, path(token), "ja")
	assert.Contains(t, codes.main(), "au PAY 残高が上限", "beside the codes")
	d := s.submit(t, codes, "", map[string]string{"code1": "1234"})
	assert.Contains(t, d.main(), "残高を減らしてからもう一度")
	assert.Contains(t, s.pick(t, d, remittance.RailAuPay).main(), "au PAY 残高が上限")
	for _, other := range []remittance.Rail{remittance.RailBank, remittance.RailATM, remittance.RailAmazon} {
		assert.Nil(t, s.pick(t, d, other).byID("returned-title"), other)
	}
}

func TestReadingAWayChangesNothing(t *testing.T) {
	s := open(t, web.Options{})
	issued, gift := webtest.Choice(noon, ""), webtest.Choice(noon, "")
	webtest.Issued(&issued, noon)
	webtest.Settled(&gift, remittance.RailAmazon, remittance.GiftCode, noon)
	for _, view := range []web.View{webtest.Choice(noon, remittance.GiftBalance), issued, gift} {
		token := s.Add(view)
		before := s.Now(token)
		for _, step := range []string{"", "/ways", "/way?way=atm", "/wallet", "/designate?way=atm", "/numbers", "/reissue?left=2", "/gift"} {
			d := s.get(t, path(token)+step, "ja")
			assert.Equal(t, before, s.Now(token), step)
			assert.NotContains(t, d.text(), "511 000")
			assert.NotContains(t, d.text(), webtest.GiftCode)
		}
	}
}

func TestSwitchingTheLanguageOnEveryStep(t *testing.T) {
	for name, way := range walks {
		t.Run(name, func(t *testing.T) {
			s, _, d := choosing(t, way.form)
			first := s.pick(t, d, way.rail)
			for _, at := range []doc{d, first, way.walk(t, s, first)} {
				other := at.find("button", "lang", "en")
				require.NotNil(t, other, "a link would lose what was proved and typed: %s", at.heading())
				form := url.Values{"do": {"edit"}, "lang": {"en"}}
				for _, f := range hidden(at) {
					form.Set(f[0], f[1])
				}
				switched := s.post(t, attr(other, "formaction"), form)
				require.Equal(t, http.StatusOK, switched.Code)
				assert.Equal(t, "en", switched.Header().Get("Content-Language"))
				assert.NotEqual(t, "Confirm that it is you", switched.heading())
				assert.NotEmpty(t, switched.value("proof"))
			}
		})
	}
}

// hidden lists the hidden fields of the page's form.
func hidden(d doc) [][2]string {
	var out [][2]string
	for n := range d.find("form", "id", "step").Descendants() {
		if n.Type == html.ElementNode && attr(n, "type") == "hidden" {
			out = append(out, [2]string{attr(n, "name"), attr(n, "value")})
		}
	}
	return out
}
