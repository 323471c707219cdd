package web_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"soukin/internal/link"
	"soukin/internal/web"
	"soukin/internal/web/webtest"
	"soukin/remittance"
)

var member = webtest.Code{Label: "会員番号", Value: "1234"}

func TestFromLinkToAccountWithoutAScript(t *testing.T) {
	for lang, heads := range map[string][4]string{
		"ja": {"東京チケットからの送金を受け取る", "受け取る口座の入力", "口座の確認", "口座を受け付けました"},
		"en": {"Receive money from 東京チケット", "Your bank account", "Check the account", "We have your account"},
	} {
		t.Run(lang, func(t *testing.T) {
			s := open(t, web.Options{})
			token := s.Add(webtest.Example(noon), member)
			d := s.get(t, path(token), lang)
			require.Equal(t, heads[0], d.heading())
			d = s.submit(t, d, "", map[string]string{"code1": "1234", "lang": lang})
			require.Equal(t, heads[1], d.heading())
			d = s.submit(t, d, "check", mine)
			require.Equal(t, heads[2], d.heading(), d.text())
			for _, shown := range []string{"三菱UFJ銀行", "0005", "本店", "001", "1234567", "ﾔﾏﾀﾞ ﾀﾛｳ"} {
				assert.Contains(t, d.text(), shown)
			}
			assert.Empty(t, s.Named(token), "nothing is named before the last button")
			d = s.submit(t, d, "", nil)
			require.Equal(t, http.StatusSeeOther, d.Code)
			assert.Equal(t, path(token)+"?lang="+lang, d.Header().Get("Location"))
			d = s.get(t, d.Header().Get("Location"), "")
			assert.Equal(t, heads[3], d.heading())

			require.Len(t, s.Named(token), 1)
			account := s.Named(token)[0]
			assert.Equal(t, [4]string{"0005", "001", "1234567", "ﾔﾏﾀﾞ ﾀﾛｳ"}, [4]string{account.Bank(), account.Branch(), account.Number(), account.Name()})
			assert.NotContains(t, d.text(), "1234567", "whoever opens the link later may not be who named the account")
			assertNothingLeaks(t, s, token)
		})
	}
}

// assertNothingLeaks looks at everything that was logged.
func assertNothingLeaks(t *testing.T, s site, token link.Token) {
	t.Helper()
	for _, secret := range []string{token.Reveal(), "1234567", "ﾔﾏﾀﾞ", "やまだ", "code1", "/r/" + token.Reveal()[:8]} {
		assert.NotContains(t, s.log.String(), secret)
	}
	assert.Contains(t, s.log.String(), "/r/{token}", "there is a line for each request")
}

func TestEveryStatusInBothLanguages(t *testing.T) {
	ended := []remittance.Status{remittance.Paid, remittance.Failed, remittance.Cancelled, remittance.Expired, remittance.Returned}
	for _, status := range remittance.Statuses() {
		for _, lang := range []string{"ja", "en"} {
			t.Run(string(status)+" "+lang, func(t *testing.T) {
				s := open(t, web.Options{})
				view := webtest.Example(noon)
				view.Open, view.Status, view.Reason = false, status, remittance.NameMismatch
				d := s.get(t, path(s.Add(view, member)), lang)
				assert.Equal(t, http.StatusOK, d.Code)
				assert.NotEmpty(t, d.heading())
				assert.NotRegexp(t, `\[[A-Z]\w+\]|<no value>`, d.text(), "every text exists")
				assert.Nil(t, d.find("form", "id", "step"), "nothing to fill in")
				assert.Contains(t, d.text(), "REFUND-2026-000123")
				assert.NotNil(t, d.find("a", "href", "tel:03-0000-0000"), "whom to ask")
				if !assert.ObjectsAreEqual(true, contains(ended, status)) {
					assert.NotNil(t, d.find("a", "class", "button quiet"), "an open one can be looked at again")
				}
			})
		}
	}
}

func contains(list []remittance.Status, s remittance.Status) bool {
	for _, one := range list {
		if one == s {
			return true
		}
	}
	return false
}

func TestDeclinedReadsUnlikeCancelled(t *testing.T) {
	s := open(t, web.Options{})
	token := s.Add(webtest.Example(noon))
	d := s.get(t, path(token), "en")
	d = s.post(t, path(token)+"/decline", url.Values{"proof": {d.value("proof")}, "lang": {"en"}})
	assert.Equal(t, "Give the money back?", d.heading())
	assert.Contains(t, d.text(), "¥12,800 will go back to 東京チケット")
	assert.True(t, s.Now(token).Open, "asking declines nothing")
	d = s.submit(t, d, "", nil)
	require.Equal(t, http.StatusSeeOther, d.Code)
	assert.Equal(t, "The money was declined", s.get(t, d.Header().Get("Location"), "").heading())
}

func TestWhatIsShownBeforeTheCodes(t *testing.T) {
	s := open(t, web.Options{})
	token := s.Add(webtest.Example(noon), member, webtest.Code{Label: "電話番号の下4桁", Value: "9999"})
	d := s.get(t, path(token), "ja")
	for _, shown := range []string{"東京チケット", "12,800円", "日比谷公演の中止による払い戻し", "2026年12月5日（土）12:00", "会員番号", "電話番号の下4桁"} {
		assert.Contains(t, d.text(), shown)
	}
	assert.NotNil(t, d.find("input", "name", "code2"))
	assert.Nil(t, d.find("input", "name", "code3"))
	assert.Contains(t, s.get(t, path(token), "en-US").text(), "Saturday, 5 December 2026, 12:00 Japan time")
}

func TestWrongCodesLock(t *testing.T) {
	s := open(t, web.Options{})
	token := s.Add(webtest.Example(noon), member)
	d := s.get(t, path(token), "ja")
	for left := webtest.Tries - 1; left > 0; left-- {
		d = s.submit(t, d, "", map[string]string{"code1": "0000"})
		require.Equal(t, http.StatusUnprocessableEntity, d.Code)
		require.Contains(t, d.text(), fmt.Sprintf("あと%d回", left))
		require.Equal(t, "true", attr(d.find("input", "id", "code1"), "aria-invalid"))
		require.NotNil(t, d.find("p", "id", attr(d.find("input", "id", "code1"), "aria-describedby")))
		require.Empty(t, d.value("code1"), "a code is not written back")
	}
	d = s.submit(t, d, "", map[string]string{"code1": "0000"})
	assert.Equal(t, http.StatusForbidden, d.Code)
	assert.Contains(t, d.text(), "2026年11月21日（土）12:15まで")
	assert.Contains(t, d.text(), "東京チケットへのお問い合わせ")
	d = s.post(t, path(token)+"/codes", url.Values{"code1": {"1234"}})
	assert.Equal(t, http.StatusForbidden, d.Code, "the right code does not help under the lock")
	assert.Equal(t, http.StatusOK, s.get(t, path(token), "ja").Code)

	s.Change(token, func(v *web.View) { v.Link.LockedUntil = time.Time{} })
	assert.Contains(t, s.get(t, path(token), "ja").text(), "東京チケットに連絡して、解除を依頼してください")
}

func TestLinksThatOpenNothing(t *testing.T) {
	s := open(t, web.Options{})
	token := s.Add(webtest.Example(noon))
	s.End(token)
	for p, want := range map[string]int{
		path(token): http.StatusGone, "/r/short": http.StatusNotFound, "/r/" + strings.Repeat("A", 43): http.StatusNotFound,
		"/": http.StatusNotFound, "/r/": http.StatusNotFound, "/assets/none.css": http.StatusNotFound,
	} {
		assert.Equal(t, want, s.get(t, p, "ja").Code, p)
	}
	assert.Contains(t, s.get(t, path(token), "ja").text(), "いちばん新しいメール")
}

func TestAnErrorPromisesNothingAndSaysNothing(t *testing.T) {
	s := open(t, web.Options{})
	token := s.Add(webtest.Example(noon))
	s.Fail(errors.New("database is away"))
	for _, d := range []doc{s.get(t, path(token), "en"), s.post(t, path(token)+"/designate?lang=en", nil)} {
		assert.Equal(t, http.StatusServiceUnavailable, d.Code)
		assert.Equal(t, "We cannot tell right now", d.heading())
		assert.NotContains(t, d.text(), "database")
	}
	assert.Contains(t, s.log.String(), "database is away")
}

func TestLanguages(t *testing.T) {
	s := open(t, web.Options{})
	p := path(s.Add(webtest.Example(noon), member))
	for accept, want := range map[string]string{"": "ja", "en-GB,en;q=0.9": "en", "ja,en;q=0.5": "ja", "fr": "ja", "fr,en;q=0.3": "en", ";;;": "ja"} {
		assert.Equal(t, want, attr(s.get(t, p, accept).find("html", "lang", want), "lang"), accept)
	}
	d := s.get(t, p+"?lang=en", "ja")
	assert.Equal(t, "en", d.Header().Get("Content-Language"), "the switch wins")
	assert.Equal(t, "en", d.value("lang"), "and is kept by the form")
	d = s.submit(t, d, "", map[string]string{"code1": "1234"})
	assert.Equal(t, "en", d.Header().Get("Content-Language"))
	assert.NotNil(t, d.find("button", "formaction", p+"/account?lang=ja"))
	assert.Empty(t, d.Header().Values("Set-Cookie"))
}

func TestReadingChangesNothing(t *testing.T) {
	s := open(t, web.Options{})
	token := s.Add(webtest.Example(noon))
	before := s.Now(token)
	for _, step := range []string{"", "/codes", "/account", "/designate", "/decline", "/declined", "/name", "/banks?q=1", "/branches?bank=0005&q=1"} {
		for _, method := range []string{http.MethodGet, http.MethodHead} {
			r := httptest.NewRequest(method, path(token)+step, nil)
			s.do(t, r)
			assert.Equal(t, before, s.Now(token), "%s %s", method, step)
		}
	}
	d := s.get(t, path(token)+"/designate?lang=en", "")
	assert.Equal(t, path(token)+"?lang=en", d.Header().Get("Location"), "a step's address leads back to the link")
}

func TestOneWinnerAmongMany(t *testing.T) {
	s := open(t, web.Options{})
	token := s.Add(webtest.Example(noon))
	codes := make([]int, 50)
	var wg sync.WaitGroup
	for i := range codes {
		wg.Go(func() {
			form := url.Values{}
			for name, value := range with(mine, "number", fmt.Sprintf("%07d", i)) {
				form.Set(name, value)
			}
			r := httptest.NewRequest(http.MethodPost, path(token)+"/designate", strings.NewReader(form.Encode()))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			rec := httptest.NewRecorder()
			s.handler.ServeHTTP(rec, r)
			codes[i] = rec.Code
			if rec.Code == http.StatusConflict {
				assert.Contains(t, rec.Body.String(), "すでに指定されています")
				assert.NotContains(t, rec.Body.String(), "name=\"number\"")
			}
		})
	}
	wg.Wait()
	assert.Len(t, s.Named(token), 1)
	won := 0
	for _, code := range codes {
		if code == http.StatusSeeOther {
			won++
		}
	}
	assert.Equal(t, 1, won)
}

func TestThePortIsRequired(t *testing.T) {
	_, err := web.Pages(nil, web.Options{})
	assert.Error(t, err)
	_, err = web.Pages(webtest.New(time.Now), web.Options{})
	assert.Error(t, err, "requests that nobody can follow up")
}

type panics struct{ web.Remittances }

func (panics) View(context.Context, link.Token) (web.View, error) { panic("the token is " + "secret") }
