//go:build browser

package browser

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"soukin/internal/link"
	"soukin/internal/web"
	"soukin/internal/web/webtest"
	"soukin/remittance"
)

// wayWords are the headings of the ways' pages.
type wayWords struct{ ways, cash, numbers, locked, amazon, load, code, gift, wallet, check, issuing, cashPaid, adding, charging string }

var saidOfWays = map[string]wayWords{
	"ja": {"受け取り方法を選ぶ", "セブン銀行ATMで現金を受け取る", "ATMで現金を受け取る番号", "番号がロックされています", "Amazonギフトカードで受け取る",
		"残高に追加するアカウントの確認", "Amazonギフトカードのコードで受け取る", "Amazonギフトカードのコード", "au PAY 残高で受け取る", "au PAY会員番号の確認",
		"番号を準備しています", "現金の受け取りが完了しました", "Amazonの残高に追加しています", "au PAYに入金しています"},
	"en": {"Choose how to receive it", "Take cash at a Seven Bank ATM", "Your numbers for the ATM", "The numbers are locked", "Receive it as an Amazon gift card",
		"Confirm your Amazon account", "Receive an Amazon gift card code", "Your Amazon gift card code", "Receive it on au PAY", "Check your au PAY number",
		"Your numbers are being prepared", "The cash was taken", "Adding it to your Amazon balance", "Adding it to your au PAY balance"},
}

const memberNumber = "1234567890123456"

// several makes a remittance one whose recipient has the choice.
func (s site) several(token link.Token, form remittance.GiftForm) {
	s.change(token, func(v *web.View) { v.Ways = webtest.Choice(time.Now(), form).Ways })
}

// through goes from the link through the codes to a heading.
func (b tab) through(url string, w words, heading string) {
	b.Helper()
	b.open(url)
	b.at(w.codes)
	b.fill("code1", rightCode)
	b.click("#step .button")
	b.at(heading)
}

// pick takes a way on the page of all ways.
func (b tab) pick(rail remittance.Rail, heading string) {
	b.Helper()
	b.click("button.way[value=" + string(rail) + "]")
	b.at(heading)
}

// show opens what is masked, which asks for the codes.
func (b tab) show(heading, opened string) {
	b.Helper()
	b.at(heading)
	b.click("#step .button")
	b.sees(`document.getElementById("code1")`)
	b.fill("code1", rightCode)
	b.click("#step .button")
	b.at(opened)
}

func wayStops() []stop {
	choose := func(form remittance.GiftForm, then func(b tab, w wayWords)) func(tab, site, link.Token, words) {
		return func(b tab, s site, token link.Token, w words) {
			s.several(token, form)
			ways := wayWordsOf(w)
			b.through(s.path(token), w, ways.ways)
			then(b, ways)
		}
	}
	cash := func(then func(b tab, w wayWords), change func(*web.View)) func(tab, site, link.Token, words) {
		return func(b tab, s site, token link.Token, w words) {
			s.change(token, func(v *web.View) { webtest.Issued(v, time.Now()); change(v) })
			b.open(s.path(token))
			then(b, wayWordsOf(w))
		}
	}
	out := []stop{
		{"ways", choose(remittance.GiftBalance, func(tab, wayWords) {})},
		{"ways-failed", func(b tab, s site, token link.Token, w words) {
			s.several(token, remittance.GiftCode)
			s.change(token, func(v *web.View) {
				webtest.Failed(v, remittance.RailAuPay, remittance.WalletFull, time.Now())
				v.Amount, v.Ways[1].Available = 128_000, false
			})
			b.through(s.path(token), w, wayWordsOf(w).ways)
		}},
		{"cash", choose("", func(b tab, w wayWords) { b.pick(remittance.RailATM, w.cash) })},
		{"numbers-masked", cash(func(b tab, w wayWords) { b.at(w.numbers) }, func(*web.View) {})},
		{"numbers", cash(func(b tab, w wayWords) { b.show(w.numbers, w.numbers) }, func(*web.View) {})},
		{"numbers-locked", cash(func(b tab, w wayWords) { b.at(w.locked) }, func(v *web.View) { v.Cash.Locked = true })},
		{"numbers-none-left", cash(func(b tab, w wayWords) { b.at(w.locked) }, func(v *web.View) { v.Cash.Locked, v.Cash.ReissuesLeft = true, 0 })},
		{"amazon", choose(remittance.GiftBalance, func(b tab, w wayWords) { b.pick(remittance.RailAmazon, w.amazon) })},
		{"amazon-code", choose(remittance.GiftCode, func(b tab, w wayWords) { b.pick(remittance.RailAmazon, w.code) })},
		{"gift", func(b tab, s site, token link.Token, w words) {
			s.change(token, func(v *web.View) { webtest.Settled(v, remittance.RailAmazon, remittance.GiftCode, time.Now()) })
			b.open(s.path(token))
			b.sees(`document.querySelector("#step .button")`)
			b.show(b.text("h1"), wayWordsOf(w).gift)
		}},
		{"wallet", choose("", func(b tab, w wayWords) { b.pick(remittance.RailAuPay, w.wallet) })},
		{"wallet-fault", choose("", func(b tab, w wayWords) {
			b.pick(remittance.RailAuPay, w.wallet)
			b.fill("member", "1234")
			b.enter()
			b.sees(`document.activeElement.id === "faults"`)
		})},
		{"wallet-check", choose("", func(b tab, w wayWords) {
			b.pick(remittance.RailAuPay, w.wallet)
			b.fill("member", memberNumber)
			b.enter()
			b.at(w.check)
		})},
		{"wallet-full", func(b tab, s site, token link.Token, w words) {
			s.change(token, func(v *web.View) {
				v.Ways = webtest.Only(webtest.Choice(time.Now(), ""), remittance.RailAuPay).Ways
				webtest.Failed(v, remittance.RailAuPay, remittance.WalletFull, time.Now())
			})
			b.through(s.path(token), w, wayWordsOf(w).wallet)
		}},
	}
	for name, way := range map[string]web.Way{
		"atm": {Rail: remittance.RailATM}, "amazon": {Rail: remittance.RailAmazon, Form: remittance.GiftBalance},
		"amazon-code": {Rail: remittance.RailAmazon, Form: remittance.GiftCode}, "aupay": {Rail: remittance.RailAuPay},
	} {
		for _, status := range []remittance.Status{remittance.Processing, remittance.Checking, remittance.Paid} {
			out = append(out, stop{"status-" + name + "-" + string(status), func(b tab, s site, token link.Token, w words) {
				s.change(token, func(v *web.View) { webtest.Settled(v, way.Rail, way.Form, time.Now()) })
				showStatus(status, remittance.ReasonNone)(b, s, token, w)
			}})
		}
	}
	return out
}

func wayWordsOf(w words) wayWords {
	for lang, one := range said {
		if one == w {
			return saidOfWays[lang]
		}
	}
	return wayWords{}
}

// amazon plays Amazon's login on an origin of its own.
func (s *site) amazon(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		back := s.url + "/amazon/callback?state=" + r.URL.Query().Get("state")
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte(`<!DOCTYPE html><link rel="icon" href="data:,"><h1>Amazon</h1><a id="yes" href="` + back + `&amp;code=c1">yes</a> <a id="no" href="` + back + `&amp;error=access_denied">no</a>`))
	}))
	t.Cleanup(server.Close)
	s.with, s.LoginAt = server.URL, server.URL+"/ap/oa"
}

func TestAmazonLoginAcrossOrigins(t *testing.T) {
	each(t, func(t *testing.T, z size, lang string, w words) {
		for _, scripts := range []bool{true, false} {
			s := serve(t)
			s.amazon(t)
			token := s.refund()
			s.several(token, remittance.GiftBalance)
			b, ways := s.tab(t, z, lang), saidOfWays[lang]
			if !scripts {
				b.withoutScripts()
			}
			b.through(s.path(token), w, ways.ways)
			b.pick(remittance.RailAmazon, ways.amazon)
			b.click("#step a.button")
			b.at("Amazon")
			b.click("#no")
			b.at(ways.amazon)
			assert.NotEmpty(t, b.text("#notice"), "what became of the login")
			b.click("#step a.button")
			b.at("Amazon")
			b.click("#yes")
			b.at(ways.load)
			b.picture("amazon-confirm-" + lang + "-" + z.name)
			assert.Empty(t, s.Chosen(token), "nothing happens before the last button")
			b.click("#step .button")
			b.at(ways.adding)
			b.sees(`location.href === "` + s.path(token) + `"`)
			assert.Len(t, s.Chosen(token), 1)
		}
	})
}

func TestCashByChoice(t *testing.T) {
	each(t, func(t *testing.T, z size, lang string, w words) {
		for _, scripts := range []bool{true, false} {
			s := serve(t)
			token := s.refund()
			s.several(token, "")
			b, ways := s.tab(t, z, lang), saidOfWays[lang]
			if !scripts {
				b.withoutScripts()
			}
			b.through(s.path(token), w, ways.ways)
			b.pick(remittance.RailATM, ways.cash)
			b.click("#step .aside button")
			b.at(ways.ways)
			b.pick(remittance.RailATM, ways.cash)
			b.click("#step .button")
			b.at(ways.issuing)
			assert.Len(t, s.Chosen(token), 1)
			s.change(token, func(v *web.View) { webtest.Issued(v, time.Now()) })
			b.open(s.path(token))
			b.show(ways.numbers, ways.numbers)
			assert.Contains(t, b.text(".numbers"), "511 000 100")
			b.sees(`document.querySelector(".qr path.ink")`)
			b.click("button[value=reissue]")
			b.sees(`document.readyState === "complete" && document.querySelector(".numbers")?.innerText.includes("511 000 101")`)
			b.sees(`document.activeElement.id === "notice"`)
			s.change(token, func(v *web.View) { webtest.Settled(v, remittance.RailATM, "", time.Now()) })
			b.open(s.path(token))
			b.at(ways.cashPaid)
			assert.NotContains(t, s.log.String(), "5110001")
		}
	})
}

func TestAuPayFromAFullWalletToAnother(t *testing.T) {
	each(t, func(t *testing.T, z size, lang string, w words) {
		s := serve(t)
		token := s.refund()
		s.several(token, "")
		b, ways := s.tab(t, z, lang), saidOfWays[lang]
		b.through(s.path(token), w, ways.ways)
		b.pick(remittance.RailAuPay, ways.wallet)
		b.fill("member", "１２３４ ５６７８")
		b.enter()
		b.sees(`document.activeElement.id === "faults"`)
		b.fill("member", "１２３４ ５６７８-9012 3456")
		b.click("nav button")
		b.sees(`document.documentElement.lang !== "` + lang + `"`)
		assert.Equal(t, "１２３４ ５６７８-9012 3456", b.value("member"), "the other language keeps what was typed")
		b.click("nav button")
		b.at(ways.wallet)
		b.enter()
		b.sees(`document.querySelector("#member")`)
		b.click("#step p .button")
		b.at(ways.check)
		assert.Contains(t, b.text("main"), "3456")
		assert.NotContains(t, b.text("main"), "123456")
		b.click("#step .button")
		b.at(ways.charging)
		assert.Equal(t, memberNumber, s.Chosen(token)[0].Member)

		s.change(token, func(v *web.View) { webtest.Failed(v, remittance.RailAuPay, remittance.WalletFull, time.Now()) })
		b.through(s.path(token), w, ways.ways)
		assert.Contains(t, b.text("#returned-title"), "au PAY")
		b.pick(remittance.RailBank, w.account)
		assert.Empty(t, b.text("#returned-title"), "what happened at au PAY is nothing to a bank")
		b.describe("1234567", "やまだ　たろう")
		b.click("#step p .button")
		b.at(w.confirm)
		b.click("#step .button")
		b.at(w.processing)
		b.named(s, token, "1234567")
	})
}

func TestGiftCodeIsShownToWhoProvesTheCodes(t *testing.T) {
	each(t, func(t *testing.T, z size, lang string, w words) {
		s := serve(t)
		token := s.refund()
		s.change(token, func(v *web.View) { webtest.Settled(v, remittance.RailAmazon, remittance.GiftCode, time.Now()) })
		b, ways := s.tab(t, z, lang), saidOfWays[lang]
		b.open(s.path(token))
		b.sees(`document.querySelector("#step .button")`)
		assert.NotContains(t, b.text("body"), webtest.GiftCode)
		b.show(b.text("h1"), ways.gift)
		assert.Contains(t, b.text(".code"), webtest.GiftCode)
		b.eval(`location.reload()`)
		b.sees(`document.readyState === "complete" && !document.body.innerText.includes("` + webtest.GiftCode + `")`)
	})
}
