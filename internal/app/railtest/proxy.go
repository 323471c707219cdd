package railtest

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// Proxy stands between the adapters and the sandbox, and can keep a request
// back: the network at its worst.
type Proxy struct {
	URL     string
	forward http.Handler

	mu      sync.Mutex
	holding bool
	held    []*http.Request
}

// NewProxy starts a proxy to the sandbox at target until the test ends.
func NewProxy(t *testing.T, target string) *Proxy {
	t.Helper()
	to, err := url.Parse(target)
	require.NoError(t, err)
	p := &Proxy{forward: &httputil.ReverseProxy{
		// The host stays as the client wrote it: signatures cover it.
		Rewrite:      func(r *httputil.ProxyRequest) { r.SetURL(to); r.Out.Host = r.In.Host },
		ErrorHandler: func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) },
	}}
	front := httptest.NewServer(p)
	t.Cleanup(front.Close)
	p.URL = front.URL
	return p
}

// ServeHTTP passes a request on, or keeps it back and cuts the connection.
func (p *Proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if p.keep(r) {
		panic(http.ErrAbortHandler)
	}
	p.forward.ServeHTTP(w, r)
}

// keep lets enquiries and logins through: only an instruction is worth keeping.
func (p *Proxy) keep(r *http.Request) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.holding || r.Method == http.MethodGet || strings.HasSuffix(r.URL.Path, "/token") {
		return false
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return false
	}
	late := r.Clone(r.Context())
	late.Body = io.NopCloser(bytes.NewReader(body))
	p.held = append(p.held, late)
	return true
}

// Hold keeps back every request that changes something, from now on.
func (p *Proxy) Hold() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.holding = true
}

// PassOn ends the keeping back; what is held stays held.
func (p *Proxy) PassOn() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.holding = false
}

// Deliver lets what was held arrive now, long after everybody gave it up, and
// gives how many requests that were.
func (p *Proxy) Deliver(t T) int {
	p.mu.Lock()
	held := p.held
	p.held = nil
	p.mu.Unlock()
	for _, r := range held {
		p.forward.ServeHTTP(httptest.NewRecorder(), r.WithContext(t.Context()))
	}
	return len(held)
}
