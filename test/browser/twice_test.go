//go:build browser

package browser

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func (b tab) confirm(number string, w words) {
	b.Helper()
	b.describe(number, "ヤマダ タロウ")
	b.click("#step p .button")
	b.at(w.confirm)
}

func TestDoubleSubmit(t *testing.T) {
	each(t, func(t *testing.T, z size, lang string, w words) {
		s := serve(t)
		token := s.refund()
		b := s.tab(t, z, lang)
		b.prove(s.path(token), w)
		b.confirm("1234567", w)
		b.eval(`(b => { b.click(); b.click(); return "" })(document.querySelector("#step .button"))`)
		b.at(w.processing)
		assert.Len(t, s.Named(token), 1)
		b.open(s.path(token))
		b.at(w.processing)
	})
}

func TestBackButton(t *testing.T) {
	each(t, func(t *testing.T, z size, lang string, w words) {
		s := serve(t)
		token := s.refund()
		b := s.tab(t, z, lang)
		b.prove(s.path(token), w)
		b.confirm("1234567", w)
		b.back()
		b.at(w.account)
		assert.Equal(t, "1234567", b.value("number"), "the form is as it was left")
		b.choose("branch_query", "本店", "001")
		b.choose("branch_query", "しんじゅく", "341")
		b.fill("number", "7654321")
		b.click("#step p .button")
		b.at(w.confirm)
		b.click("#step .button")
		b.at(w.processing)
		b.named(s, token, "7654321")

		// Behind the end lie only addresses of the link itself, which show the end.
		b.back()
		b.at(w.processing)
		assert.Len(t, s.Named(token), 1)
	})
}

func TestReloadRepeatsNothing(t *testing.T) {
	s := serve(t)
	token := s.refund()
	w := said["ja"]
	b := s.tab(t, phone, "ja")
	b.prove(s.path(token), w)
	b.confirm("1234567", w)
	b.eval(`location.reload()`)
	b.at(w.codes)
	assert.Empty(t, s.Named(token))
}

func TestWithoutAConnectionNothingIsLost(t *testing.T) {
	for _, lang := range languages {
		t.Run(lang, func(t *testing.T) {
			s := serve(t)
			b := s.tab(t, phone, lang)
			b.prove(s.path(s.refund()), said[lang])
			b.describe("1234567", "ヤマダ タロウ")
			s.stop()
			b.click("#step p .button")
			b.sees(`document.querySelector("#offline[role=alert]")?.textContent`)
			assert.Equal(t, "1234567", b.value("number"))
			b.picture("offline-" + lang + "-phone")
		})
	}
}

func TestTwoTabs(t *testing.T) {
	each(t, func(t *testing.T, z size, lang string, w words) {
		s := serve(t)
		token := s.refund()
		one, two := s.tab(t, z, lang), s.tab(t, z, lang)
		one.prove(s.path(token), w)
		one.confirm("1111111", w)
		two.prove(s.path(token), w)
		two.confirm("2222222", w)
		one.click("#step .button")
		one.at(w.processing)
		two.click("#step .button")
		two.at(w.processing)
		two.sees(`document.activeElement.id === "notice"`)
		assert.Contains(t, two.text("#notice"), map[string]string{"ja": "すでに指定されています", "en": "named already"}[lang])
		assert.NotContains(t, two.text("body"), "1111111")
		assert.Len(t, s.Named(token), 1)
		two.picture("late-" + lang + "-" + z.name)
	})
}

func TestKeyboardOnly(t *testing.T) {
	for _, lang := range languages {
		t.Run(lang, func(t *testing.T) {
			w := said[lang]
			s := serve(t)
			token := s.refund()
			b := s.tab(t, desk, lang)
			b.open(s.path(token))
			b.at(w.codes)
			b.key("\t")
			b.sees(`document.activeElement.classList.contains("skip")`)
			b.tabTo("#code1")
			b.write(rightCode)
			b.enter()
			b.at(w.account)
			b.tabTo("#bank_query")
			b.write("みつびし")
			b.sees(`document.querySelectorAll("#bank_query-list [role=option]").length > 0`)
			b.key("\u0301") // arrow down
			b.sees(`document.getElementById(document.querySelector("#bank_query").getAttribute("aria-activedescendant"))?.getAttribute("aria-selected") === "true"`)
			b.enter()
			b.sees(`document.querySelector("#bank_query").value === "三菱UFJ銀行（0005）" && document.querySelector("#bank_query").getAttribute("aria-expanded") === "false"`)
			b.tabTo("#branch_query")
			b.write("341")
			b.sees(`document.querySelectorAll("#branch_query-list [role=option]").length > 0`)
			b.key("\x1b")
			b.sees(`document.querySelector("#branch_query-list").hidden`)
			b.tabTo("#type input")
			b.key(" ")
			b.tabTo("#number")
			b.write("1234567")
			b.tabTo("#name")
			b.write("ヤマダ タロウ")
			b.enter()
			b.at(w.confirm)
			b.sees(`document.activeElement.id === "main"`)
			b.tabTo("#step .button")
			b.enter()
			b.at(w.processing)
			b.named(s, token, "1234567")
		})
	}
}

// tabTo moves on with the Tab key until a control has the focus, and sees that
// each stop on the way is visible.
func (b tab) tabTo(selector string) {
	b.Helper()
	for range 30 {
		b.key("\t")
		there, err := b.now(`document.activeElement.matches("` + selector + `")`)
		if err != nil {
			b.Fatal(err)
		}
		b.sees(`document.activeElement === document.body || getComputedStyle(document.activeElement).outlineStyle !== "none"`)
		if there {
			return
		}
	}
	b.Fatalf("the Tab key does not lead to %s", selector)
}
