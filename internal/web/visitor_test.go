package web_test

import (
	"bytes"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"

	"soukin/internal/link"
	"soukin/internal/web"
	"soukin/internal/web/webtest"
)

var noon = time.Date(2026, 11, 21, 3, 0, 0, 0, time.UTC)

// site is the pages on a fake, with everything they logged.
type site struct {
	*webtest.Fake
	handler http.Handler
	log     *bytes.Buffer
}

func open(t *testing.T, o web.Options) site {
	t.Helper()
	s := site{Fake: webtest.New(func() time.Time { return noon }), log: &bytes.Buffer{}}
	o.Log = slog.New(slog.NewTextHandler(s.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	h, err := web.Pages(s.Fake, o)
	require.NoError(t, err)
	s.handler = h
	return s
}

// doc is an answer and its parsed page.
type doc struct {
	*httptest.ResponseRecorder
	root *html.Node
}

func (s site) do(t *testing.T, r *http.Request) doc {
	t.Helper()
	rec := httptest.NewRecorder()
	s.handler.ServeHTTP(rec, r)
	root, err := html.Parse(strings.NewReader(rec.Body.String()))
	require.NoError(t, err)
	return doc{rec, root}
}

func (s site) get(t *testing.T, path, accept string) doc {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, path, nil)
	r.Header.Set("Accept-Language", accept)
	return s.do(t, r)
}

func (s site) post(t *testing.T, path string, form url.Values) doc {
	t.Helper()
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return s.do(t, r)
}

// submit sends the page's form as a browser without a script would: what is in
// it, with some fields changed, by its main button or the one with that value.
func (s site) submit(t *testing.T, d doc, button string, change map[string]string) doc {
	t.Helper()
	form := d.find("form", "id", "step")
	require.NotNil(t, form, "no form in %s", d.text())
	action, values := attr(form, "action"), url.Values{}
	for n := range form.Descendants() {
		if n.Type != html.ElementNode || attr(n, "name") == "" {
			continue
		}
		switch {
		case n.Data == "input" && attr(n, "type") == "radio" && !has(n, "checked"):
		case n.Data == "input":
			values.Set(attr(n, "name"), attr(n, "value"))
		case n.Data == "button" && attr(n, "value") == button && button != "":
			values.Set(attr(n, "name"), button)
			if to := attr(n, "formaction"); to != "" {
				action = to
			}
		}
	}
	for name, value := range change {
		values.Set(name, value)
	}
	return s.post(t, action, values)
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, name string) bool {
	for _, a := range n.Attr {
		if a.Key == name {
			return true
		}
	}
	return false
}

func (d doc) find(tag, name, value string) *html.Node {
	for n := range d.root.Descendants() {
		if n.Type == html.ElementNode && n.Data == tag && attr(n, name) == value {
			return n
		}
	}
	return nil
}

func (d doc) value(name string) string {
	if n := d.find("input", "name", name); n != nil {
		return attr(n, "value")
	}
	return ""
}

func textOf(n *html.Node) string {
	var b strings.Builder
	for c := range n.Descendants() {
		if c.Type == html.TextNode {
			b.WriteString(c.Data)
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

func (d doc) text() string { return textOf(d.root) }

func (d doc) heading() string {
	for n := range d.root.Descendants() {
		if n.Data == "h1" {
			return textOf(n)
		}
	}
	return ""
}

// mine is an account that all rules accept.
var mine = map[string]string{
	"method": "transfer", "bank_query": "0005", "branch_query": "001", "type": "1", "number": "1234567", "name": "やまだ たろう",
}

func with(base map[string]string, pairs ...string) map[string]string {
	out := maps.Clone(base)
	for i := 0; i < len(pairs); i += 2 {
		out[pairs[i]] = pairs[i+1]
	}
	return out
}

func path(token link.Token) string { return "/r/" + token.Reveal() }
