package payload

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"strings"

	"go.temporal.io/sdk/converter"

	"soukin/internal/keyring"
)

const (
	// maxRequest is above the largest page of events the Web UI sends at once, in bytes.
	maxRequest = 16 << 20
	// minToken is the least length of a token, in characters: tokens are not rate-limited, so they must not be guessable.
	minToken = 20
)

// CodecOptions says who may decode payloads.
type CodecOptions struct {
	Ring *keyring.Ring
	// UIOrigin is the Web UI's exact origin, such as https://temporal.example.com
	// without a trailing slash. Pages of other origins are refused.
	UIOrigin string
	// Operators maps each operator's token (20 characters or more) to the name
	// that the audit log shows. Empty: only this machine may decode, without a
	// login, for demos.
	Operators map[string]string
	// Log receives the audit log: who decoded how many payloads of which key in
	// which namespace, never what was in them.
	Log *slog.Logger
}

// CodecHandler serves POST /decode for Temporal's Web UI and command line, and
// /login, which gives the browser of an operator with a token a session cookie.
// Tools send the token as "Authorization: Bearer <token>". It never encodes: who
// may read must not thereby be able to forge.
//
// In the Web UI set the codec endpoint to this handler's base URL and switch on
// "include cross-origin credentials"; UI and handler must share a site (the same
// host name, or hosts under one registered domain) for the cookie to be sent.
func CodecHandler(o CodecOptions) (http.Handler, error) {
	if err := checkOrigin(o.UIOrigin); err != nil {
		return nil, err
	}
	if o.Ring == nil || o.Log == nil {
		return nil, errors.New("codec handler: a key ring and a log are needed")
	}
	var who identifier = loopbackOnly{}
	mux := http.NewServeMux()
	h := &codecHandler{ring: o.Ring, origin: o.UIOrigin, log: o.Log}
	if len(o.Operators) > 0 {
		logins, err := newLogins(o)
		if err != nil {
			return nil, err
		}
		who = logins
		logins.register(mux)
	}
	h.who = who
	mux.HandleFunc("POST /decode", h.decode)
	mux.HandleFunc("OPTIONS /decode", h.preflight)
	mux.HandleFunc("/encode", func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "this server only decodes", http.StatusForbidden)
	})
	return mux, nil
}

func checkOrigin(origin string) error {
	u, err := url.Parse(origin)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") || u.Scheme+"://"+u.Host != origin {
		return fmt.Errorf("codec handler: UIOrigin %q must be scheme://host[:port] and nothing more, such as http://127.0.0.1:8233", origin)
	}
	return nil
}

// identifier finds out who sent a request.
type identifier interface {
	// identify returns the operator's name for the audit log, or false and why not.
	identify(r *http.Request) (name, refusal string, ok bool)
}

type codecHandler struct {
	ring   *keyring.Ring
	origin string
	who    identifier
	log    *slog.Logger
}

func (h *codecHandler) preflight(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Origin") != h.origin {
		http.Error(w, "this page may not decode payloads", http.StatusForbidden)
		return
	}
	h.allowOrigin(w)
	w.Header().Set("Access-Control-Allow-Methods", http.MethodPost)
	w.Header().Set("Access-Control-Allow-Headers", "authorization, content-type, x-namespace")
	w.Header().Set("Access-Control-Max-Age", "600")
	w.WriteHeader(http.StatusNoContent)
}

func (h *codecHandler) allowOrigin(w http.ResponseWriter) {
	w.Header().Set("Access-Control-Allow-Origin", h.origin)
	w.Header().Set("Access-Control-Allow-Credentials", "true")
	w.Header().Set("Vary", "Origin")
}

func (h *codecHandler) decode(w http.ResponseWriter, r *http.Request) {
	// Browsers name the origin of every cross-origin POST; tools name none.
	if origin := r.Header.Get("Origin"); origin != "" {
		if origin != h.origin {
			h.refuse(w, r, http.StatusForbidden, "this page may not decode payloads")
			return
		}
		h.allowOrigin(w)
	}
	name, refusal, ok := h.who.identify(r)
	if !ok {
		h.refuse(w, r, http.StatusUnauthorized, refusal)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxRequest))
	if tooLarge := new(http.MaxBytesError); errors.As(err, &tooLarge) {
		h.refuse(w, r, http.StatusRequestEntityTooLarge, fmt.Sprintf("more than %d bytes", maxRequest))
		return
	}
	if err != nil {
		h.refuse(w, r, http.StatusBadRequest, "the request could not be read")
		return
	}
	audit := &auditingCodec{codec: codec{ring: h.ring}}
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	r.Body = io.NopCloser(strings.NewReader(string(body)))
	converter.NewPayloadCodecHTTPHandler(audit).ServeHTTP(w, r)
	h.log.InfoContext(r.Context(), "payloads decoded", "operator", name, "remote", r.RemoteAddr,
		"namespace", r.Header.Get("X-Namespace"), "decoded", audit.opened, "unreadable", audit.unreadable,
		"plain", audit.plain, "keys", audit.keyIDs(), "fingerprints", audit.fingerprints)
}

func (h *codecHandler) refuse(w http.ResponseWriter, r *http.Request, status int, why string) {
	h.log.WarnContext(r.Context(), "decoding refused", "remote", r.RemoteAddr, "status", status, "why", why)
	http.Error(w, why, status)
}

// loopbackOnly lets whoever sits at this machine decode.
type loopbackOnly struct{}

func (loopbackOnly) identify(r *http.Request) (string, string, bool) {
	const refusal = "payloads are decoded for this machine only: configure operators to decode from elsewhere"
	from, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil || !from.Addr().Unmap().IsLoopback() {
		return "", refusal, false
	}
	// A proxy on this machine speaks for somebody elsewhere.
	if r.Header.Get("X-Forwarded-For") != "" || r.Header.Get("Forwarded") != "" {
		return "", refusal, false
	}
	// A name that somebody else's DNS points at this machine is not this machine.
	host := (&url.URL{Host: r.Host}).Hostname()
	if addr, err := netip.ParseAddr(host); host != "localhost" && (err != nil || !addr.IsLoopback()) {
		return "", refusal, false
	}
	return "this machine", "", true
}
