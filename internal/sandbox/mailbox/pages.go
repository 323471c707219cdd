package mailbox

import (
	"embed"
	"errors"
	"html/template"
	"net/http"
	"strings"
	"time"

	"golang.org/x/text/language"

	"soukin/internal/calendar"
)

//go:embed pages
var pages embed.FS

var (
	templates = template.Must(template.New("").Funcs(template.FuncMap{"linked": linked, "clock": clock}).ParseFS(pages, "pages/*.html"))
	languages = language.NewMatcher([]language.Tag{language.Japanese, language.English})
)

// The page runs no script, loads nothing from elsewhere and tells nobody where a
// reader came from.
const pagePolicy = "default-src 'none'; style-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

// The HTML part of a mail is a stranger's: it may be drawn, and followed by a
// click, and nothing else.
const partPolicy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox allow-top-navigation-by-user-activation allow-popups allow-popups-to-escape-sandbox; frame-ancestors 'self'"

// labels are the page's own words.
type labels struct {
	Lang, Title, Empty, All, Newer, Older, From, To, At, Links, HTML, Plain, Raw, Reload, Missing, Search, TLS, NoTLS string
}

var texts = []labels{
	{Lang: "ja", Title: "サンドボックスの受信箱", Empty: "まだ何も届いていません。", All: "すべて", Newer: "最新に戻る", Older: "以前のメッセージ",
		From: "差出人", To: "宛先", At: "受信", Links: "リンク", HTML: "HTML表示", Plain: "テキスト", Raw: "原文", Reload: "再読み込み",
		Missing: "そのメッセージはありません。", Search: "宛先で絞り込む", TLS: "暗号化あり", NoTLS: "暗号化なし"},
	{Lang: "en", Title: "Sandbox mailbox", Empty: "Nothing has arrived yet.", All: "All", Newer: "Back to the newest", Older: "Older messages",
		From: "From", To: "To", At: "Received", Links: "Links", HTML: "HTML", Plain: "Plain text", Raw: "Raw", Reload: "Reload",
		Missing: "There is no such message.", Search: "Filter by recipient", TLS: "encrypted", NoTLS: "not encrypted"},
}

func wordsFor(r *http.Request) labels {
	_, i := language.MatchStrings(languages, r.Header.Get("Accept-Language"))
	return texts[i]
}

type page struct {
	T        labels
	Filter   Filter
	Messages []Message
	Older    string // id to go on from; empty on the last page
	Message  Message
}

func (s *Server) render(w http.ResponseWriter, status int, name string, p page) {
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", pagePolicy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	if err := templates.ExecuteTemplate(w, name, p); err != nil {
		s.log.Debug("mailbox page not finished", "error", err)
	}
}

func (s *Server) listPage(w http.ResponseWriter, r *http.Request) {
	f, err := filterOf(r)
	if err != nil {
		refuse(w, http.StatusBadRequest, err.Error())
		return
	}
	messages, err := s.Messages(r.Context(), f)
	if err != nil {
		s.broken(w, err)
		return
	}
	p := page{T: wordsFor(r), Filter: f, Messages: messages}
	if len(messages) == f.limit() {
		p.Older = messages[len(messages)-1].ID
	}
	s.render(w, http.StatusOK, "list.html", p)
}

// found gives the message of a request, or answers that there is none.
func (s *Server) found(w http.ResponseWriter, r *http.Request) (Message, bool) {
	m, err := s.Message(r.Context(), r.PathValue("id"))
	switch {
	case errors.Is(err, ErrNotFound):
		s.render(w, http.StatusNotFound, "missing.html", page{T: wordsFor(r)})
	case err != nil:
		s.broken(w, err)
	}
	return m, err == nil
}

func (s *Server) messagePage(w http.ResponseWriter, r *http.Request) {
	if m, ok := s.found(w, r); ok {
		s.render(w, http.StatusOK, "message.html", page{T: wordsFor(r), Message: m})
	}
}

// htmlPart serves what is drawn inside the frame. Links open in the whole
// window: the pages they lead to refuse to be framed.
func (s *Server) htmlPart(w http.ResponseWriter, r *http.Request) {
	m, ok := s.found(w, r)
	if !ok {
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", partPolicy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	_, _ = w.Write([]byte(`<!DOCTYPE html><base target="_top">` + m.HTML))
}

func (s *Server) rawMessage(w http.ResponseWriter, r *http.Request) {
	if m, ok := s.found(w, r); ok {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		_, _ = w.Write(m.raw)
	}
}

func styleSheet(w http.ResponseWriter, r *http.Request) {
	http.ServeFileFS(w, r, pages, "pages/style.css")
}

// linked escapes a text and makes its web addresses clickable.
func linked(text string) template.HTML {
	var b strings.Builder
	last := 0
	for _, at := range webAddress.FindAllStringIndex(text, -1) {
		b.WriteString(template.HTMLEscapeString(text[last:at[0]]))
		address := template.HTMLEscapeString(text[at[0]:at[1]])
		b.WriteString(`<a href="` + address + `">` + address + `</a>`)
		last = at[1]
	}
	b.WriteString(template.HTMLEscapeString(text[last:]))
	return template.HTML(b.String()) //nolint:gosec // every piece was escaped above
}

func clock(t time.Time) string { return t.In(calendar.JST).Format("2006-01-02 15:04:05") }
