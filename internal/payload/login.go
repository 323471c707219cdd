package payload

import (
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"html/template"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"
	"unicode/utf8"
)

const (
	cookieName = "soukin-codec"
	// sessionLength is one working day.
	sessionLength = 10 * time.Hour
)

// logins knows operators by their token or by the session it began.
type logins struct {
	origin string
	log    *slog.Logger
	// Tokens and session ids are kept as hashes: looking a hash up tells nothing by its timing.
	operators map[[sha256.Size]byte]string

	mu       sync.Mutex
	sessions map[[sha256.Size]byte]session
}

type session struct {
	operator string
	until    time.Time
}

func newLogins(o CodecOptions) (*logins, error) {
	l := &logins{origin: o.UIOrigin, log: o.Log, operators: map[[sha256.Size]byte]string{}, sessions: map[[sha256.Size]byte]session{}}
	for token, name := range o.Operators {
		if name == "" {
			return nil, errors.New("codec handler: an operator has no name for the audit log")
		}
		if utf8.RuneCountInString(token) < minToken {
			return nil, fmt.Errorf("codec handler: the token of operator %q is shorter than %d characters: make one with `openssl rand -hex 20`", name, minToken)
		}
		l.operators[sha256.Sum256([]byte(token))] = name
	}
	return l, nil
}

func (l *logins) identify(r *http.Request) (name, refusal string, ok bool) {
	if token, found := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); found {
		name, ok = l.operators[sha256.Sum256([]byte(token))]
		return name, "this token is not known", ok
	}
	cookie, err := r.Cookie(cookieName)
	if err != nil {
		return "", "log in at /login first, or send an operator's token", false
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	s, found := l.sessions[sha256.Sum256([]byte(cookie.Value))]
	if !found || time.Now().After(s.until) {
		return "", "the session has ended: log in at /login again", false
	}
	return s.operator, "", true
}

func (l *logins) register(mux *http.ServeMux) {
	// A login or logout that another site's page sends is refused.
	sameSite := http.NewCrossOriginProtection()
	mux.HandleFunc("GET /login", func(w http.ResponseWriter, _ *http.Request) { l.page(w, http.StatusOK, loginPage{}) })
	mux.Handle("POST /login", sameSite.Handler(http.HandlerFunc(l.login)))
	mux.Handle("POST /logout", sameSite.Handler(http.HandlerFunc(l.logout)))
}

func (l *logins) login(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 4<<10)
	name, ok := l.operators[sha256.Sum256([]byte(r.PostFormValue("token")))]
	if !ok {
		l.log.WarnContext(r.Context(), "codec login refused", "remote", r.RemoteAddr)
		l.page(w, http.StatusUnauthorized, loginPage{Refused: true})
		return
	}
	id := rand.Text()
	l.begin(id, name)
	l.log.InfoContext(r.Context(), "codec login", "operator", name, "remote", r.RemoteAddr)
	http.SetCookie(w, l.cookie(id, int(sessionLength.Seconds())))
	l.page(w, http.StatusOK, loginPage{Operator: name, UI: l.origin})
}

func (l *logins) begin(id, name string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	for key, s := range l.sessions {
		if now.After(s.until) {
			delete(l.sessions, key)
		}
	}
	l.sessions[sha256.Sum256([]byte(id))] = session{operator: name, until: now.Add(sessionLength)}
}

func (l *logins) logout(w http.ResponseWriter, r *http.Request) {
	if cookie, err := r.Cookie(cookieName); err == nil {
		l.mu.Lock()
		delete(l.sessions, sha256.Sum256([]byte(cookie.Value)))
		l.mu.Unlock()
	}
	http.SetCookie(w, l.cookie("", -1))
	l.page(w, http.StatusOK, loginPage{})
}

// cookie is sent to this handler by pages of its own site only, among them the
// Web UI's; it needs TLS exactly if the Web UI has it.
func (l *logins) cookie(value string, maxAge int) *http.Cookie {
	return &http.Cookie{ //nolint:gosec // Secure follows the Web UI: a browser would drop the cookie of a demo without TLS
		Name: cookieName, Value: value, Path: "/", MaxAge: maxAge,
		HttpOnly: true, SameSite: http.SameSiteStrictMode, Secure: strings.HasPrefix(l.origin, "https://"),
	}
}

type loginPage struct {
	Operator, UI string
	Refused      bool
}

var loginTemplate = template.Must(template.New("login").Parse(`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Soukin: read payloads</title></head>
<body><main>
<h1>Read payloads in the Web UI</h1>
{{if .Operator}}<p>Logged in as {{.Operator}}. What you decode is recorded. <a href="{{.UI}}">Go to the Web UI</a></p>
<form method="post" action="logout"><button>Log out</button></form>
{{else}}{{if .Refused}}<p role="alert">This token is not known.</p>{{end}}
<form method="post" action="login"><label>Operator's token <input type="password" name="token" required autocomplete="current-password"></label> <button>Log in</button></form>
{{end}}</main></body></html>
`))

func (l *logins) page(w http.ResponseWriter, status int, p loginPage) {
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Security-Policy", "default-src 'none'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	w.WriteHeader(status)
	if err := loginTemplate.Execute(w, p); err != nil {
		l.log.Error("codec login page", "error", err)
	}
}
