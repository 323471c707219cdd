package web_test

import (
	"bytes"
	"compress/gzip"
	"crypto/tls"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"soukin/internal/web"
	"soukin/internal/web/webtest"
	"soukin/remittance"
)

func TestEveryAnswerIsGuarded(t *testing.T) {
	s, p, d := atForm(t)
	foreign := httptest.NewRequest(http.MethodPost, p+"/designate", nil)
	foreign.Header.Set("Sec-Fetch-Site", "cross-site")
	huge := url.Values{"name": {strings.Repeat("ア", 20_000)}}
	answers := map[string]doc{
		"page": d, "fault": s.submit(t, d, "check", nil), "not found": s.get(t, "/nowhere", ""), "unknown link": s.get(t, "/r/x", ""),
		"redirect": s.get(t, p+"/account", ""), "suggestions": s.get(t, p+"/banks?q=1", ""), "foreign": s.do(t, foreign),
		"huge": s.post(t, p+"/account", huge), "asset": s.get(t, stylesheet(d), ""),
	}
	require.Equal(t, http.StatusForbidden, answers["foreign"].Code)
	require.Equal(t, http.StatusBadRequest, answers["huge"].Code)
	for name, a := range answers {
		h := a.Header()
		assert.Contains(t, h.Get("Content-Security-Policy"), "default-src 'none'; style-src 'self'; script-src 'self'", name)
		assert.NotContains(t, h.Get("Content-Security-Policy"), "unsafe", name)
		for _, part := range []string{"form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'"} {
			assert.Contains(t, h.Get("Content-Security-Policy"), part, name)
		}
		assert.Equal(t, "strict-origin", h.Get("Referrer-Policy"), name)
		assert.Equal(t, "nosniff", h.Get("X-Content-Type-Options"), name)
		assert.Equal(t, "DENY", h.Get("X-Frame-Options"), name)
		assert.Equal(t, "same-origin", h.Get("Cross-Origin-Opener-Policy"), name)
		assert.Contains(t, h.Get("Permissions-Policy"), "camera=()", name)
		assert.Contains(t, h.Get("X-Robots-Tag"), "noindex", name)
		assert.Empty(t, h.Get("Strict-Transport-Security"), "a promise of TLS over plain http")
		assert.Empty(t, h.Values("Set-Cookie"), name)
		if name != "asset" {
			assert.Equal(t, "no-store", h.Get("Cache-Control"), name)
		}
		if name == "redirect" {
			continue // to the link itself
		}
		for field, values := range h {
			assert.NotContains(t, fmt.Sprint(values), strings.TrimPrefix(p, "/r/"), "%s: %s", name, field)
		}
	}
	assert.NotContains(t, s.log.String(), strings.TrimPrefix(p, "/r/"))
}

func TestTLSIsPromisedWhereItIs(t *testing.T) {
	s := open(t, web.Options{HTTPS: true})
	assert.Contains(t, s.get(t, "/", "").Header().Get("Strict-Transport-Security"), "max-age=63072000")
	s = open(t, web.Options{})
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.TLS = &tls.ConnectionState{}
	assert.NotEmpty(t, s.do(t, r).Header().Get("Strict-Transport-Security"))
}

// Old browsers, and all of them over plain http on a local network, tell only
// the Origin.
func TestFormsOfBrowsersThatSendOnlyAnOrigin(t *testing.T) {
	s, p, _ := atForm(t)
	for origin, want := range map[string]int{"http://example.com": http.StatusUnprocessableEntity, "https://evil.example": http.StatusForbidden, "null": http.StatusForbidden} {
		r := httptest.NewRequest(http.MethodPost, p+"/account", nil)
		r.Header.Set("Origin", origin)
		assert.Equal(t, want, s.do(t, r).Code, origin)
	}
}

func TestLimits(t *testing.T) {
	s := open(t, web.Options{Limits: web.Limits{PerLink: 3}})
	one, other := path(s.Add(webtest.Example(noon))), path(s.Add(webtest.Example(noon)))
	from := func(p, address string) int {
		r := httptest.NewRequest(http.MethodGet, p, nil)
		r.RemoteAddr = address
		// What a visitor claims must not move them to another count.
		r.Header.Set("X-Forwarded-For", address)
		r.Header.Set("X-Real-IP", address)
		return s.do(t, r).Code
	}
	for i := range 3 {
		require.Equal(t, http.StatusOK, from(one, fmt.Sprintf("192.0.2.%d:1", i)))
	}
	assert.Equal(t, http.StatusTooManyRequests, from(one, "192.0.2.99:1"), "from wherever")
	assert.Equal(t, http.StatusOK, from(other, "192.0.2.99:1"))

	s = open(t, web.Options{Limits: web.Limits{PerAddress: 3}})
	for range 3 {
		require.Equal(t, http.StatusNotFound, from("/r/x", "192.0.2.1:1"))
	}
	assert.Equal(t, http.StatusTooManyRequests, from("/r/x", "192.0.2.1:2"))
	assert.Equal(t, http.StatusNotFound, from("/r/x", "192.0.2.2:1"))
	for range 3 {
		require.Equal(t, http.StatusNotFound, from("/r/x", "[2001:db8::1]:1"))
	}
	assert.Equal(t, http.StatusTooManyRequests, from("/r/x", "[2001:db8::2]:1"), "one network of a household")
}

func TestAPanicIsAPage(t *testing.T) {
	var log bytes.Buffer
	h, err := web.Pages(panics{}, web.Options{Log: slog.New(slog.NewTextHandler(&log, nil))})
	require.NoError(t, err)
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/r/"+strings.Repeat("A", 43), nil))
	assert.Equal(t, http.StatusInternalServerError, rec.Code)
	assert.NotContains(t, log.String(), "secret")
	assert.NotContains(t, log.String(), "AAAA")
	assert.Contains(t, log.String(), "panic")
}

func stylesheet(d doc) string { return attr(d.find("link", "rel", "stylesheet"), "href") }

// budget is what a page may weigh in all, without compression.
const budget = 60_000

func TestAPageIsSmallAndNeedsNobodyElse(t *testing.T) {
	s := open(t, web.Options{})
	token := s.Add(webtest.Example(noon), member, webtest.Code{Label: "b", Value: "b"}, webtest.Code{Label: "c", Value: "c"})
	first := s.get(t, path(token), "ja")
	proved := s.submit(t, first, "", map[string]string{"code1": "1234", "code2": "b", "code3": "c"})
	pages := map[string]doc{
		"codes": first, "account": proved, "choices": s.submit(t, proved, "check", map[string]string{"bank_query": "信用金庫", "name": "漢字"}),
		"confirm": s.submit(t, proved, "check", mine), "missing": s.get(t, "/x", ""),
	}
	_, _, pages["ways"] = choosing(t, remittance.GiftBalance)
	at, _, masked := atATMs(t)
	pages["masked"], pages["numbers"] = masked, at.opened(t, masked)
	for name, d := range pages {
		total, wire := d.Body.Len(), zipped(t, d.Body.Bytes())
		for _, address := range loaded(d) {
			require.True(t, strings.HasPrefix(address, "/assets/"), "%s loads %s", name, address)
			a := s.get(t, address, "")
			require.Equal(t, http.StatusOK, a.Code)
			require.Contains(t, a.Header().Get("Cache-Control"), "immutable")
			total, wire = total+a.Body.Len(), wire+zipped(t, a.Body.Bytes())
		}
		t.Logf("%s: %d bytes in all, %d compressed", name, total, wire)
		assert.Less(t, total, budget, name)
		assert.NotRegexp(t, `(?i)<style|style="|\son\w+="|<script>`, d.Body.String(), "nothing inline")
	}
}

// loaded lists what a browser fetches for a page.
func loaded(d doc) []string {
	var out []string
	for n := range d.root.Descendants() {
		switch n.Data {
		case "link":
			out = append(out, attr(n, "href"))
		case "script", "img", "iframe":
			out = append(out, attr(n, "src"))
		}
	}
	return out
}

func zipped(t *testing.T, b []byte) int {
	t.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	_, err := w.Write(b)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return out.Len()
}

func TestBothLanguagesHaveEveryTextThatIsUsed(t *testing.T) {
	keys := map[string][]string{}
	for _, lang := range []string{"ja", "en"} {
		var all map[string]any
		_, err := toml.DecodeFile("texts/"+lang+".toml", &all)
		require.NoError(t, err)
		for key := range all {
			keys[lang] = append(keys[lang], key)
		}
	}
	assert.ElementsMatch(t, keys["ja"], keys["en"])
	entries, err := os.ReadDir("templates")
	require.NoError(t, err)
	used := regexp.MustCompile(`\bt "(\w+)"`)
	for _, e := range entries {
		content, err := os.ReadFile("templates/" + e.Name())
		require.NoError(t, err)
		for _, m := range used.FindAllStringSubmatch(string(content), -1) {
			assert.Contains(t, keys["ja"], m[1], e.Name())
		}
	}
}

var _ web.Remittances = panics{}
