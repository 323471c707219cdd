package page_test

import (
	"html/template"
	"io"
	"log/slog"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"soukin/internal/sandbox/page"
	"soukin/remittance"
)

func TestLanguage(t *testing.T) {
	for _, tc := range []struct{ url, accept, want string }{
		{"/", "", "ja"},
		{"/", "en-GB,en;q=0.9", "en"},
		{"/", "de, ja;q=0.5, en;q=0.4", "ja"},
		{"/?lang=en", "ja", "en"},
		{"/?lang=ja", "en", "ja"},
		{"/?lang=xx", "en", "en"},
	} {
		r := httptest.NewRequest("GET", tc.url, nil)
		r.Header.Set("Accept-Language", tc.accept)
		assert.Equal(t, tc.want, page.Language(r), "%s with %q", tc.url, tc.accept)
	}
}

func TestYen(t *testing.T) {
	for y, want := range map[remittance.Yen]string{0: "0", 7: "7", 999: "999", 1000: "1,000", 123456: "123,456", 1000000: "1,000,000", -1234: "-1,234", -123: "-123"} {
		assert.Equal(t, want, page.Yen(y))
	}
}

func TestWriteGuardsThePage(t *testing.T) {
	tmpl := template.Must(template.New("p").Parse(`<p>{{.Name}}</p>`))
	w := httptest.NewRecorder()
	page.Write(w, slog.New(slog.NewTextHandler(io.Discard, nil)), 404, tmpl, "p", map[string]string{"Name": "<script>"})
	require.Equal(t, 404, w.Code)
	assert.Equal(t, "<p>&lt;script&gt;</p>", w.Body.String())
	assert.Contains(t, w.Header().Get("Content-Security-Policy"), "default-src 'none'")
	assert.Equal(t, "no-store", w.Header().Get("Cache-Control"))

	w = httptest.NewRecorder()
	page.Write(w, slog.New(slog.NewTextHandler(io.Discard, nil)), 200, tmpl, "missing", nil)
	assert.Equal(t, 500, w.Code, "half a page is never sent")
}
