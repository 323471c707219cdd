//go:build browser

package browser

import (
	"encoding/json"
	"fmt"
	"os"
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

const axeFile = "node_modules/axe-core/axe.min.js"

// stop is a page and the way to it.
type stop struct {
	name string
	walk func(b tab, s site, token link.Token, w words)
}

func stops() []stop {
	account := func(b tab, s site, token link.Token, w words) { b.prove(s.path(token), w) }
	out := []stop{
		{"codes", func(b tab, s site, token link.Token, w words) { b.open(s.path(token)); b.at(w.codes) }},
		{"codes-help", func(b tab, s site, token link.Token, w words) {
			b.open(s.path(token))
			b.at(w.codes)
			b.click("details summary")
			b.sees(`document.querySelector("details").open`)
		}},
		{"codes-wrong", func(b tab, s site, token link.Token, w words) {
			b.open(s.path(token))
			b.at(w.codes)
			b.fill("code1", "0")
			b.click("#step .button")
			b.sees(`document.activeElement.id === "faults"`)
		}},
		{"locked", func(b tab, s site, token link.Token, w words) {
			s.change(token, func(v *web.View) { v.Link.Locked, v.Link.LockedUntil = true, time.Now().Add(time.Hour) })
			b.open(s.path(token))
			b.at(w.locked)
		}},
		{"account", account},
		{"account-list", func(b tab, s site, token link.Token, w words) {
			account(b, s, token, w)
			b.fill("bank_query", "みずほ")
			b.sees(`document.querySelectorAll("[role=option]").length > 0`)
			b.key("\u0301")
		}},
		{"account-filled", func(b tab, s site, token link.Token, w words) {
			account(b, s, token, w)
			b.describe("1234567", "やまだ　たろう")
			b.sees(`document.querySelector(".seen strong")?.textContent === "ﾔﾏﾀﾞ ﾀﾛｳ"`)
		}},
		{"account-postal", func(b tab, s site, token link.Token, w words) {
			account(b, s, token, w)
			b.click("#method-symbol")
			b.sees(`document.querySelector("#symbol").offsetParent`)
		}},
		{"account-faults", func(b tab, s site, token link.Token, w words) {
			account(b, s, token, w)
			b.fill("bank_query", "信用金庫")
			b.fill("name", "山田 太郎")
			b.click("#step p .button")
			b.sees(`document.activeElement.id === "faults"`)
		}},
		{"confirm", func(b tab, s site, token link.Token, w words) {
			account(b, s, token, w)
			b.describe("123456", "やまだ　たろう")
			b.click("#step p .button")
			b.at(w.confirm)
		}},
		{"decline", func(b tab, s site, token link.Token, w words) {
			account(b, s, token, w)
			b.click(".aside button")
			b.at(w.decline)
		}},
		{"returned-open", func(b tab, s site, token link.Token, w words) {
			s.change(token, func(v *web.View) { webtest.Returned(v, remittance.NameMismatch, time.Now()) })
			account(b, s, token, w)
		}},
		{"ended", func(b tab, s site, token link.Token, _ words) {
			s.End(token)
			b.open(s.path(token))
			b.sees(`document.querySelector("h1")`)
		}},
	}
	for _, status := range remittance.Statuses() {
		out = append(out, stop{"status-" + string(status), showStatus(status, remittance.ReasonNone)})
	}
	out = append(out, stop{"status-declined", showStatus(remittance.Cancelled, remittance.DeclinedReason)})
	return append(out, wayStops()...)
}

func showStatus(status remittance.Status, reason remittance.Reason) func(tab, site, link.Token, words) {
	return func(b tab, s site, token link.Token, _ words) {
		s.change(token, func(v *web.View) {
			v.Open, v.Status, v.Reason, v.Updated = false, status, reason, time.Now()
			if status == remittance.Processing || status == remittance.Sent || status == remittance.Paid {
				v.Designated = time.Now().Add(-time.Hour)
			}
		})
		b.open(s.path(token))
		b.sees(`document.querySelector("h1")`)
	}
}

// TestAccessibility looks at every page with axe-core in both schemes, at 320
// pixels and at twice the size of letters, and keeps its picture.
func TestAccessibility(t *testing.T) {
	axe, err := os.ReadFile(axeFile)
	needs(t, err == nil, axeFile+" (npm ci in test/browser)")
	for _, lang := range languages {
		for _, stop := range stops() {
			t.Run(lang+" "+stop.name, func(t *testing.T) {
				s := serve(t)
				b := s.tab(t, phone, lang)
				b.scheme("light")
				stop.walk(b, s, s.refund(), said[lang])
				b.eval(`(() => {` + string(axe) + `; return "" })()`)
				for _, scheme := range []string{"light", "dark"} {
					b.scheme(scheme)
					b.sees(`matchMedia("(prefers-color-scheme: ` + scheme + `)").matches`)
					b.picture(fmt.Sprintf("%s-%s-phone-%s", stop.name, lang, scheme))
					b.violates(scheme)
				}
				b.scheme("light")
				b.reflows()
				b.resize(desk)
				b.violates("desk")
				b.picture(fmt.Sprintf("%s-%s-desk-light", stop.name, lang))
			})
		}
	}
}

const axeOptions = `{ runOnly: { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] } }`

func (b tab) violates(where string) {
	b.Helper()
	var found []struct {
		ID    string `json:"id"`
		Help  string `json:"help"`
		Nodes []struct {
			HTML    string `json:"html"`
			Summary string `json:"failureSummary"`
		} `json:"nodes"`
	}
	out := b.eval(`axe.run(document, ` + axeOptions + `).then(r => JSON.stringify(r.passes.length ? r.violations : [{ id: "nothing was looked at" }]))`)
	require.NoError(b, json.Unmarshal([]byte(out), &found))
	for _, v := range found {
		var nodes []string
		for _, n := range v.Nodes {
			nodes = append(nodes, n.HTML+"\n  "+n.Summary)
		}
		b.Errorf("%s: %s (%s)\n%s", where, v.ID, v.Help, strings.Join(nodes, "\n"))
	}
}

// reflows sees that nothing has to be scrolled sideways on the narrowest window
// that WCAG 1.4.10 names, and with letters of twice the size (1.4.4).
func (b tab) reflows() {
	b.Helper()
	wide := `String(document.documentElement.scrollWidth - document.documentElement.clientWidth)`
	b.resize(size{"narrow", 320, 640, true})
	assert.Equal(b, "0", b.eval(wide), "at 320 pixels")
	b.resize(phone)
	b.eval(`document.documentElement.style.fontSize = "200%"`)
	assert.Equal(b, "0", b.eval(wide), "at 200 %%")
	b.eval(`document.documentElement.style.fontSize = ""`)
}

// TestAxeCanFail keeps the check from passing because it sees nothing.
func TestAxeCanFail(t *testing.T) {
	axe, err := os.ReadFile(axeFile)
	needs(t, err == nil, axeFile+" (npm ci in test/browser)")
	s := serve(t)
	b := s.tab(t, phone, "ja")
	b.open(s.path(s.refund()))
	b.eval(`(() => {` + string(axe) + `; document.querySelector("label").remove(); document.documentElement.lang = ""; return "" })()`)
	out := b.eval(`axe.run(document, ` + axeOptions + `).then(r => r.violations.map(v => v.id).join())`)
	assert.Contains(t, out, "label")
	assert.Contains(t, out, "html-has-lang")
}
