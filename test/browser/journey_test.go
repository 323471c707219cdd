//go:build browser

package browser

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"soukin/internal/link"
	"soukin/internal/web"
	"soukin/internal/web/webtest"
	"soukin/remittance"
)

// each runs a journey at both sizes in both languages.
func each(t *testing.T, journey func(t *testing.T, z size, lang string, w words)) {
	for _, z := range sizes {
		for _, lang := range languages {
			t.Run(z.name+" "+lang, func(t *testing.T) { journey(t, z, lang, said[lang]) })
		}
	}
}

// prove goes from the link to the account form.
func (b tab) prove(url string, w words) {
	b.Helper()
	b.open(url)
	b.at(w.codes)
	b.fill("code1", rightCode)
	b.click("#step .button")
	b.at(w.account)
}

// choose types into a search field and takes a suggestion.
func (b tab) choose(id, query, option string) {
	b.Helper()
	b.fill(id, query)
	b.sees(`[...document.querySelectorAll("#` + id + `-list [role=option]")].some(o => o.dataset.code === "` + option + `")`)
	b.click(`#` + id + `-list [data-code="` + option + `"]`)
	b.sees(`document.getElementById("` + id + `").value.includes("（` + option + `）")`)
}

// describe fills in the account form.
func (b tab) describe(number, name string) {
	b.Helper()
	b.choose("bank_query", "みつびし", "0005")
	b.choose("branch_query", "しんじゅく", "341")
	b.click("#type input[value='1']")
	b.fill("number", number)
	b.fill("name", name)
}

func (b tab) named(s site, token link.Token, number string) {
	b.Helper()
	accounts := s.Named(token)
	require.NotEmpty(b, accounts)
	account := accounts[len(accounts)-1]
	assert.Equal(b, [4]string{"0005", "341", number, "ﾔﾏﾀﾞ ﾀﾛｳ"}, [4]string{account.Bank(), account.Branch(), account.Number(), account.Name()})
}

func TestHappyPath(t *testing.T) {
	each(t, func(t *testing.T, z size, lang string, w words) {
		s := serve(t)
		token := s.refund()
		b := s.tab(t, z, lang)
		b.prove(s.path(token), w)
		b.describe("1234567", "やまだ　たろう")
		b.sees(`document.querySelector(".seen strong")?.textContent === "ﾔﾏﾀﾞ ﾀﾛｳ"`)
		b.click("#step p .button")
		b.at(w.confirm)
		assert.Contains(t, b.text("main"), "三菱UFJ銀行")
		assert.NotContains(t, b.eval("location.href"), "1234567")
		assert.Empty(t, s.Named(token), "nothing happens before the last button")
		b.click("#step .button")
		b.at(w.processing)
		b.named(s, token, "1234567")
		assert.Equal(t, s.path(token), b.eval("location.href"), "the same link is the status page")

		for status, want := range map[remittance.Status]string{remittance.Sent: "12,800", remittance.Paid: "12,800"} {
			s.change(token, func(v *web.View) { v.Status = status })
			b.open(s.path(token))
			b.sees(`document.body.innerText.includes("` + want + `")`)
			assert.NotContains(t, b.text("body"), "1234567")
		}
		assert.NotContains(t, s.log.String(), token.Reveal())
		assert.Equal(t, "0", b.eval(`document.cookie.length + localStorage.length + sessionStorage.length`))
	})
}

func TestWithoutJavaScript(t *testing.T) {
	each(t, func(t *testing.T, z size, lang string, w words) {
		s := serve(t)
		token := s.refund()
		b := s.tab(t, z, lang)
		b.withoutScripts()
		b.prove(s.path(token), w)
		b.fill("bank_query", "みつびし")
		b.click("button[value=search_bank]")
		b.sees(`document.readyState === "complete" && document.querySelector("input[type=radio][value='0005']")`)
		b.click("input[type=radio][value='0005']")
		b.fill("branch_query", "新宿")
		b.click("button[value=search_branch]")
		b.sees(`document.readyState === "complete" && document.querySelector("input[type=radio][value='341']")`)
		b.picture("account-search-noscript-" + lang + "-" + z.name)
		b.click("input[type=radio][value='341']")
		b.click("#type input[value='1']")
		b.fill("number", "1234567")
		b.fill("name", "山田")
		b.click("#step p .button")
		b.sees(`document.readyState === "complete" && document.getElementById("name-fault")`)
		b.sees(`document.activeElement.id === "faults"`)
		assert.Equal(t, "1234567", b.value("number"), "nothing typed is lost")
		b.fill("name", "ヤマダ タロウ")
		b.click("#step p .button")
		b.at(w.confirm)
		b.click("#step button[value=edit]")
		b.at(w.account)
		assert.Equal(t, "ヤマダ タロウ", b.value("name"))
		b.click("#step p .button")
		b.at(w.confirm)
		b.click("#step .button")
		b.at(w.processing)
		b.named(s, token, "1234567")
	})
}

func TestWrongCodesLeadToALock(t *testing.T) {
	each(t, func(t *testing.T, z size, lang string, w words) {
		s := serve(t)
		token := s.refund()
		b := s.tab(t, z, lang)
		b.open(s.path(token))
		for left := webtest.Tries - 1; left > 0; left-- {
			b.at(w.codes)
			b.fill("code1", "000000000")
			b.click("#step .button")
			b.sees(`document.activeElement.id === "faults" && document.querySelector("#code1").value === ""`)
			if left > 1 {
				require.Contains(t, b.text("#faults"), string(rune('0'+left)))
			}
		}
		b.fill("code1", "000000000")
		b.click("#step .button")
		b.at(w.locked)
		assert.Contains(t, b.text("main"), "東京チケット", "whom to ask")
		assert.Contains(t, b.text("footer"), "03-0000-0000")
		s.change(token, func(v *web.View) { v.Link.LockedUntil = time.Now() })
		b.click(".button")
		b.at(w.codes)
		b.fill("code1", rightCode)
		b.click("#step .button")
		b.at(w.account)
	})
}

func TestMistakesAreCorrectedInPlace(t *testing.T) {
	each(t, func(t *testing.T, z size, lang string, w words) {
		s := serve(t)
		token := s.refund()
		b := s.tab(t, z, lang)
		b.prove(s.path(token), w)

		b.fill("bank_query", "そんな銀行はない")
		b.sees(`document.querySelector("[data-code=bank] [role=status]").textContent === document.querySelector("[data-code=bank]").dataset.none`)
		b.fill("name", "山田 太郎")
		b.sees(`document.querySelector(".seen.fault")`)
		b.click("#step p .button")
		b.sees(`document.activeElement.id === "faults"`)
		b.sees(`document.title.startsWith("` + map[string]string{"ja": "入力エラー", "en": "Error"}[lang] + `")`)
		require.Contains(t, b.text("#bank_query-fault"), "そんな銀行はない")
		require.NotEmpty(t, b.text("#name-fault"))
		b.click(`.faults a[href="#bank_query"]`)
		b.sees(`document.activeElement.id === "bank_query"`)
		require.Equal(t, "山田 太郎", b.value("name"))

		b.describe("1234567", "ヤマダ タロウ")
		b.click("#step p .button")
		b.at(w.confirm)
		b.click("#step .button")
		b.at(w.processing)
		b.named(s, token, "1234567")
	})
}

func TestJapanPostBySymbolAndNumber(t *testing.T) {
	each(t, func(t *testing.T, z size, lang string, w words) {
		s := serve(t)
		token := s.refund()
		b := s.tab(t, z, lang)
		b.prove(s.path(token), w)
		b.choose("bank_query", "ゆうちょ", "9900")
		b.sees(`document.activeElement.id === "symbol"`)
		b.fill("symbol", "14030")
		b.fill("postal_number", "12345671")
		b.fill("name", "ヤマダ タロウ")
		b.picture("account-postal-" + lang + "-" + z.name)
		b.click("#step p .button")
		b.at(w.confirm)
		assert.Contains(t, b.text("main"), "1234567")
		b.picture("confirm-postal-" + lang + "-" + z.name)
		b.click("#step .button")
		b.at(w.processing)
		account := s.Named(token)[0]
		assert.Equal(t, [3]string{"9900", "408", "1234567"}, [3]string{account.Bank(), account.Branch(), account.Number()})
	})
}

func TestABounceAndAnotherAccount(t *testing.T) {
	each(t, func(t *testing.T, z size, lang string, w words) {
		s := serve(t)
		token := s.refund()
		b := s.tab(t, z, lang)
		b.prove(s.path(token), w)
		b.describe("1111111", "ヤマダ タロウ")
		b.click("#step p .button")
		b.at(w.confirm)
		b.click("#step .button")
		b.at(w.processing)
		s.change(token, func(v *web.View) { webtest.Returned(v, remittance.AccountNumberMismatch, time.Now()) })
		b.open(s.path(token))
		b.at(w.codes)
		assert.Contains(t, b.text("#returned-title"), map[string]string{"ja": "振り込みできませんでした", "en": "did not arrive"}[lang])
		b.picture("returned-codes-" + lang + "-" + z.name)
		b.prove(s.path(token), w)
		b.describe("2222222", "ヤマダ タロウ")
		b.click("#step p .button")
		b.at(w.confirm)
		b.click("#step .button")
		b.at(w.processing)
		b.named(s, token, "2222222")
		assert.Len(t, s.Named(token), 2)
	})
}

func TestEndedWhileOpen(t *testing.T) {
	each(t, func(t *testing.T, z size, lang string, w words) {
		for status, reason := range map[remittance.Status]remittance.Reason{
			remittance.Cancelled: remittance.CancelledByUs, remittance.Expired: remittance.RecipientDeadline,
		} {
			s := serve(t)
			token := s.refund()
			b := s.tab(t, z, lang)
			b.prove(s.path(token), w)
			b.describe("1234567", "ヤマダ タロウ")
			b.click("#step p .button")
			b.at(w.confirm)
			s.change(token, func(v *web.View) { v.Open, v.Status, v.Reason = false, status, reason })
			b.click("#step .button")
			b.at(map[remittance.Status]string{remittance.Cancelled: w.cancelled, remittance.Expired: w.expired}[status])
			assert.NotEmpty(t, b.text("#notice"))
			assert.Contains(t, b.text("footer"), "03-0000-0000", "whom to ask")
			assert.Empty(t, s.Named(token))
		}
	})
}

func TestDecline(t *testing.T) {
	each(t, func(t *testing.T, z size, lang string, w words) {
		s := serve(t)
		token := s.refund()
		b := s.tab(t, z, lang)
		b.prove(s.path(token), w)
		b.fill("number", "1234567")
		b.click(".aside button")
		b.at(w.decline)
		b.click("#step button[value=edit]")
		b.at(w.account)
		assert.Equal(t, "1234567", b.value("number"), "who thinks again has lost nothing")
		b.click(".aside button")
		b.at(w.decline)
		assert.True(t, s.Now(token).Open)
		b.click(".danger")
		b.at(w.declined)
		assert.Equal(t, remittance.DeclinedReason, s.Now(token).Reason)
	})
}

func TestLanguageSwitchKeepsWhatWasTyped(t *testing.T) {
	s := serve(t)
	b := s.tab(t, phone, "ja")
	b.prove(s.path(s.refund()), said["ja"])
	b.describe("1234567", "ヤマダ タロウ")
	b.click("nav button[lang=en]")
	b.at(said["en"].account)
	assert.Equal(t, "1234567", b.value("number"))
	assert.True(t, strings.HasPrefix(b.value("bank_query"), "三菱"))
	b.click("#step p .button")
	b.at(said["en"].confirm)
	b.click("#step .button")
	b.at(said["en"].processing)
	assert.Contains(t, b.eval("location.search"), "lang=en")
}
