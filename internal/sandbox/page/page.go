package page

import (
	"bytes"
	_ "embed"
	"html/template"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"golang.org/x/text/language"

	"soukin/internal/calendar"
	"soukin/remittance"
)

//go:embed base.css
var base []byte

// A page runs no script, loads nothing from elsewhere and is never framed.
const policy = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

var (
	tags    = []language.Tag{language.Japanese, language.English}
	matcher = language.NewMatcher(tags)
)

// Language is "ja" or "en": what ?lang= asks for, else what the browser likes best.
func Language(r *http.Request) string {
	switch lang := r.FormValue("lang"); lang {
	case "ja", "en":
		return lang
	}
	_, i := language.MatchStrings(matcher, r.Header.Get("Accept-Language"))
	return tags[i].String()
}

// Functions are those that templates use: yen, day and clock write an amount, a
// day and a moment as people in Japan read them.
func Functions() template.FuncMap {
	return template.FuncMap{
		"yen":   Yen,
		"day":   func(t time.Time) string { return t.In(calendar.JST).Format(time.DateOnly) },
		"clock": func(t time.Time) string { return t.In(calendar.JST).Format("2006-01-02 15:04") },
	}
}

// Yen groups an amount by thousands: -1,234.
func Yen(y remittance.Yen) string {
	digits, sign := strconv.FormatInt(int64(y), 10), ""
	if y < 0 {
		digits, sign = digits[1:], "-"
	}
	for at := len(digits) - 3; at > 0; at -= 3 {
		digits = digits[:at] + "," + digits[at:]
	}
	return sign + digits
}

// Write sends a page. What cannot be drawn is logged and answered as an error.
func Write(w http.ResponseWriter, log *slog.Logger, status int, t *template.Template, name string, data any) {
	var out bytes.Buffer
	if err := t.ExecuteTemplate(&out, name, data); err != nil {
		log.Error("sandbox page", "page", name, "error", err)
		http.Error(w, "the sandbox failed; its log says why", http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = out.WriteTo(w) // the reader may be gone
}

// Stylesheet serves the shared look and, behind it, a counterparty's own colours.
func Stylesheet(own string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/css; charset=utf-8")
		_, _ = w.Write(base)
		_, _ = io.WriteString(w, own)
	}
}
