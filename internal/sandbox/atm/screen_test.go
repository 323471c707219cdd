package atm_test

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"

	"soukin/internal/sandbox/atm"
)

// person stands at the machine: a browser without scripts that knows what the
// form holds.
type person struct {
	t      *testing.T
	w      *world
	status int
	text   string
	form   url.Values
	header http.Header
}

func (w *world) person(t *testing.T, lang string) *person {
	t.Helper()
	p := &person{t: t, w: w}
	p.load(http.MethodGet, "/atm?lang="+lang, nil)
	return p
}

func (p *person) load(method, path string, form url.Values) {
	p.t.Helper()
	req, err := http.NewRequestWithContext(p.t.Context(), method, p.w.url+path, strings.NewReader(form.Encode()))
	require.NoError(p.t, err)
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	res, err := http.DefaultClient.Do(req)
	require.NoError(p.t, err)
	defer res.Body.Close()
	page, err := html.Parse(io.LimitReader(res.Body, 1<<20))
	require.NoError(p.t, err)
	p.status, p.header, p.form, p.text = res.StatusCode, res.Header, url.Values{}, ""
	for n := range page.Descendants() {
		switch {
		case n.Type == html.TextNode:
			p.text += strings.TrimSpace(n.Data) + "\n"
		case n.Data == "input":
			p.form.Set(attribute(n, "name"), attribute(n, "value"))
		case n.Data == "script":
			assert.Fail(p.t, "the machine runs no script")
		}
	}
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func (p *person) press(key string) {
	p.t.Helper()
	p.form.Set("key", key)
	p.load(http.MethodPost, "/atm", p.form)
}

// touch enters digits by the keypad, write by a keyboard.
func (p *person) touch(digits string) {
	p.t.Helper()
	for _, d := range digits {
		p.press(string(d))
	}
	p.press("enter")
}

func (p *person) write(text string) {
	p.t.Helper()
	p.form.Set("more", text)
	p.press("enter")
}

func TestAPersonTakesCash(t *testing.T) {
	for lang, words := range map[string][]string{
		"ja": {"お受け取り金額", "現金をお取りください", "この番号の現金はお受け取り済みです。"},
		"en": {"Amount to receive", "Please take your cash", "The cash for these numbers has been taken."},
	} {
		t.Run(lang, func(t *testing.T) {
			w := newWorld(t, nil)
			a := w.issue("m.r.cash.1", 28_000)
			p := w.person(t, lang)
			p.press("")
			p.touch(a.Partner)
			p.touch(a.Customer)
			p.touch(a.Confirmation)
			assert.Contains(t, p.text, words[0])
			assert.Contains(t, p.text, "28,000")
			assert.Zero(t, w.paid("m.r.cash.1"), "looking takes nothing")
			confirmed := p.form
			p.press("enter")
			assert.Contains(t, p.text, words[1])
			assert.Contains(t, p.text, a.Receipt)
			assert.NotContains(t, p.text, a.Customer, "the next person must not find the numbers")
			assert.Equal(t, 1, w.paid("m.r.cash.1"))

			p.load(http.MethodPost, "/atm", confirmed) // the page is loaded again
			assert.Equal(t, http.StatusForbidden, p.status)
			assert.Contains(t, p.text, words[2])
			assert.Equal(t, 1, w.paid("m.r.cash.1"))
		})
	}
}

func TestNumbersMayBeTypedAsTheyAreWritten(t *testing.T) {
	w := newWorld(t, nil)
	a := w.issue("m.r.cash.1", 5_000)
	p := w.person(t, "ja")
	p.press("")
	p.press(a.Partner[:1])
	p.write(a.Partner[1:])
	p.write(a.Customer[:3] + "-" + a.Customer[3:6] + " " + a.Customer[6:])
	p.write(strings.Map(func(r rune) rune { return r - '0' + '０' }, a.Confirmation))
	assert.Contains(t, p.text, "5,000")
}

func TestTheMachineSaysWhatIsWrong(t *testing.T) {
	w := newWorld(t, nil)
	a := w.issue("m.r.cash.1", 5_000)
	p := w.person(t, "ja")
	p.press("")
	p.write("12")
	assert.Equal(t, http.StatusUnprocessableEntity, p.status)
	assert.Contains(t, p.text, "4桁の数字を入力してください。")
	p.press("clear")
	p.touch(a.Partner)
	p.press("9")
	p.press("clear")
	assert.Empty(t, p.form.Get("entry"))

	enter := func(confirmation string) {
		t.Helper()
		p = w.person(t, "ja")
		p.press("")
		p.write(a.Partner)
		p.write(a.Customer)
		p.write(confirmation)
		assert.Equal(t, http.StatusForbidden, p.status)
		assert.Empty(t, p.form, "nothing typed comes back")
	}
	enter(other(a.Confirmation))
	assert.Contains(t, p.text, "あと2回まちがえると")
	enter(other(a.Confirmation))
	assert.Contains(t, p.text, "あと1回まちがえると")
	enter(other(a.Confirmation))
	assert.Contains(t, p.text, "ロックされています")
	enter(a.Confirmation)
	assert.Contains(t, p.text, "ロックされています")
	assert.Equal(t, "locked", w.enquire("m.r.cash.1").State)

	a = w.issue("m.r.cash.2", 5_000)
	w.cancel("m.r.cash.2")
	enter(a.Confirmation)
	assert.Contains(t, p.text, "取り消されました")
	a = w.issue("m.r.cash.3", 7_000)
	w.cancel("m.r.cash.3")
	enter(a.Confirmation)
	assert.Contains(t, p.text, "別のATM")
	a = w.issue("m.r.cash.4", 5_000)
	w.pass(8 * 24 * 3600e9)
	enter(a.Confirmation)
	assert.Contains(t, p.text, "期限を過ぎました")
	a.Customer = "000000000"
	enter("000000")
	assert.Contains(t, p.text, "確認できませんでした")
	assert.NotContains(t, p.text, "あと", "a number nobody has cannot be locked")
}

func TestTheScreenIsSafe(t *testing.T) {
	w := newWorld(t, func(s *atm.Settings) { s.Coins = true })
	p := w.person(t, "en")
	assert.Contains(t, p.text, "日本語")
	assert.Contains(t, p.header.Get("Content-Security-Policy"), "default-src 'none'")
	assert.Equal(t, "no-store", p.header.Get("Cache-Control"))

	a := w.issue("m.r.cash.1", 5_500)
	form := url.Values{"lang": {"en"}, "step": {"amount"}, "partner": {a.Partner}, "customer": {a.Customer}, "confirmation": {a.Confirmation}, "key": {"enter"}}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, w.url+"/atm", strings.NewReader(form.Encode()))
	require.NoError(t, err)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Sec-Fetch-Site", "cross-site")
	res, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	res.Body.Close()
	assert.Equal(t, http.StatusForbidden, res.StatusCode, "another page may not press keys")
	assert.Zero(t, w.paid("m.r.cash.1"))

	form.Set("confirmation", other(a.Confirmation))
	p.load(http.MethodPost, "/atm", form)
	assert.Equal(t, http.StatusForbidden, p.status, "the last step checks all numbers again")
	assert.Zero(t, w.paid("m.r.cash.1"))
	form.Set("confirmation", a.Confirmation)
	p.load(http.MethodPost, "/atm", form)
	assert.Contains(t, p.text, "5,500")
	assert.Contains(t, p.text, "The part below 1,000 yen is paid at the register.")
	p.load(http.MethodPost, "/atm", url.Values{"step": {"<script>"}, "key": {"5"}})
	assert.Equal(t, http.StatusOK, p.status)
}
