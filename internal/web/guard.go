package web

import (
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/go-chi/httprate"
)

// maxBody is room for every field of the longest form, and no more.
const maxBody = 16 << 10

// policy lets a page load our own style sheet, script and icon and send forms
// to us, and nothing else.
const policy = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// headers go onto every answer, errors included.
func headers(h http.Header, https bool) {
	h.Set("Content-Security-Policy", policy)
	// The address holds the token, so it never leaves in a Referer. "no-referrer"
	// would also turn the Origin of our own forms into "null", and browsers that
	// send no Sec-Fetch-Site (old ones, and all of them over plain http on a local
	// network) would be taken for strangers.
	h.Set("Referrer-Policy", "strict-origin")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("X-Robots-Tag", "noindex, nofollow, noarchive")
	h.Set("Cache-Control", "no-store")
	if https {
		h.Set("Strict-Transport-Security", "max-age=63072000; includeSubDomains")
	}
}

// guard is everything around the routes, from the outside in.
func (p *pages) guard(next http.Handler, o Options) http.Handler {
	foreign := http.NewCrossOriginProtection()
	foreign.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.message(w, r, http.StatusForbidden, "Foreign")
	}))
	next = foreign.Handler(next)
	next = p.perAddress(o.Limits.PerAddress, next)
	next = p.recovered(next)
	return p.logged(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		headers(w.Header(), o.HTTPS || r.TLS != nil)
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		next.ServeHTTP(w, r)
	}))
}

// recovered answers a page where a fault of ours would cut the connection. The
// stack is logged; the address, which holds the token, is not.
func (p *pages) recovered(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			fault := recover()
			if fault == nil {
				return
			}
			if fault == http.ErrAbortHandler {
				panic(fault)
			}
			p.log.ErrorContext(r.Context(), "panic", "kind", fmt.Sprintf("%T", fault), "stack", string(debug.Stack()))
			p.message(w, r, http.StatusInternalServerError, "Unavailable")
		}()
		next.ServeHTTP(w, r)
	})
}

// limiter counts the requests of one minute in this process.
func (p *pages) limiter(perMinute int) *httprate.RateLimiter {
	return httprate.NewRateLimiter(perMinute, time.Minute, httprate.WithLimitHandler(func(w http.ResponseWriter, r *http.Request) {
		p.message(w, r, http.StatusTooManyRequests, "TooMany")
	}))
}

func (p *pages) perLink(limit int) func(http.Handler) http.Handler {
	if limit < 1 {
		return func(next http.Handler) http.Handler { return next }
	}
	l := p.limiter(limit)
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if !l.RespondOnLimit(w, r, r.PathValue("token")) {
				next.ServeHTTP(w, r)
			}
		})
	}
}

func (p *pages) perAddress(limit int, next http.Handler) http.Handler {
	if limit < 1 {
		return next
	}
	l := p.limiter(limit)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host, _, err := net.SplitHostPort(r.RemoteAddr)
		if err != nil {
			host = r.RemoteAddr
		}
		if !l.RespondOnLimit(w, r, httprate.CanonicalizeIP(host)) {
			next.ServeHTTP(w, r)
		}
	})
}

// logged writes a line for each request: the route, never the path, which holds
// the token, and no address of a visitor.
func (p *pages) logged(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began, rec := time.Now(), &recorder{ResponseWriter: w, status: http.StatusOK}
		next.ServeHTTP(rec, r)
		level := slog.LevelInfo
		if rec.status >= http.StatusInternalServerError {
			level = slog.LevelError
		}
		p.log.Log(r.Context(), level, "request", "method", r.Method, "route", r.Pattern, "status", rec.status,
			"bytes", rec.bytes, "took", time.Since(began))
	})
}

type recorder struct {
	http.ResponseWriter
	status, bytes int
}

func (r *recorder) WriteHeader(status int) {
	r.status = status
	r.ResponseWriter.WriteHeader(status)
}

func (r *recorder) Write(b []byte) (int, error) {
	n, err := r.ResponseWriter.Write(b)
	r.bytes += n
	return n, err
}

// Unwrap lets http.ResponseController reach what is underneath.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }
