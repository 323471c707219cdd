package call

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"sync/atomic"
	"time"

	"soukin/remittance"
)

// KeyHeader carries the idempotency key on rails that honour one.
const KeyHeader = "Idempotency-Key"

const (
	defaultMaxAnswer = 8 << 20
	dialTimeout      = 10 * time.Second
	idleTimeout      = 30 * time.Second
)

// Options are the limits of a client.
type Options struct {
	// Timeout ends one call, from looking for a connection to the last byte of
	// the answer. It must be shorter than the activity around it, so that the
	// activity and not its timeout names the outcome.
	Timeout time.Duration
	// MaxAnswer is the most bytes of an answer that are read; 0 means 8 MiB.
	MaxAnswer int64
	// Wrap, if set, is put around each transport (tracing, faults in tests).
	Wrap func(http.RoundTripper) http.RoundTripper
}

// Client makes calls. It is safe for concurrent use.
type Client struct {
	shared    *http.Client
	fresh     *http.Client
	timeout   time.Duration
	maxAnswer int64
}

// New makes a client.
func New(o Options) *Client {
	if o.MaxAnswer == 0 {
		o.MaxAnswer = defaultMaxAnswer
	}
	if o.Wrap == nil {
		o.Wrap = func(rt http.RoundTripper) http.RoundTripper { return rt }
	}
	shared := newTransport()
	fresh := newTransport()
	fresh.DisableKeepAlives = true
	return &Client{
		shared:    &http.Client{Transport: o.Wrap(shared), CheckRedirect: neverFollow},
		fresh:     &http.Client{Transport: o.Wrap(fresh), CheckRedirect: neverFollow},
		timeout:   o.Timeout,
		maxAnswer: o.MaxAnswer,
	}
}

// newTransport speaks HTTP/1.1 only: HTTP/2 replays requests by its own rules
// (a stream refused, a connection going away), which would be one more case to
// prove harmless for every rail.
func newTransport() *http.Transport {
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	return &http.Transport{
		Proxy:               http.ProxyFromEnvironment,
		DialContext:         (&net.Dialer{Timeout: dialTimeout}).DialContext,
		TLSHandshakeTimeout: dialTimeout,
		IdleConnTimeout:     idleTimeout,
		MaxIdleConnsPerHost: 16,
		Protocols:           protocols,
	}
}

// neverFollow hands a redirect back as an answer: following one would repeat
// the call somewhere nobody configured.
func neverFollow(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// Fresh is the HTTP client that never reuses a connection, for libraries that
// make their own calls (OAuth2).
func (c *Client) Fresh() *http.Client { return c.fresh }

// Request is one call.
type Request struct {
	Method string
	URL    string
	Header http.Header
	Body   []byte
	// Key is sent as Idempotency-Key, on rails that honour keys.
	Key string
}

// mayRepeat says whether the request can be sent twice without anybody noticing.
func (r Request) mayRepeat() bool { return r.Method == http.MethodGet }

// Answer is a complete answer, whatever its status.
type Answer struct {
	Status     int
	Body       []byte
	RetryAfter time.Duration // 0 if the other side did not say
}

// Do makes one call. The error is always a *remittance.RailError whose outcome
// is NotSent or Unknown.
//
// Everything but GET goes out on a connection of its own and its body cannot be
// rewound, so that net/http has no way to send it a second time. It would do so
// by itself where a reused connection turns out dead and the request carries an
// Idempotency-Key; but a refusal counts only if it answers the first sending,
// and the caller can count only the sendings it knows of. The fresh connection
// also keeps an idle one that the other side has just closed from turning an
// ordinary instruction into an unknown outcome.
func (c *Client) Do(ctx context.Context, r Request) (Answer, error) {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	if err := ctx.Err(); err != nil {
		return Answer{}, notSent(err)
	}
	var seen progress
	req, err := r.build(httptrace.WithClientTrace(ctx, seen.trace()))
	if err != nil {
		return Answer{}, notSent(err)
	}
	httpClient := c.fresh
	if r.mayRepeat() {
		httpClient = c.shared
	}
	resp, err := httpClient.Do(req)
	if err != nil {
		if seen.provesNothingLeft() {
			return Answer{}, notSent(err)
		}
		return Answer{}, lost(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, c.maxAnswer+1))
	if err != nil {
		return Answer{}, cutShort(err)
	}
	if int64(len(body)) > c.maxAnswer {
		return Answer{}, &remittance.RailError{Code: "answer too large"}
	}
	return Answer{resp.StatusCode, body, retryAfter(resp.Header)}, nil
}

func (r Request) build(ctx context.Context) (*http.Request, error) {
	var body io.Reader
	if r.Body != nil {
		body = bytes.NewReader(r.Body)
	}
	req, err := http.NewRequestWithContext(ctx, r.Method, r.URL, body)
	if err != nil {
		return nil, err
	}
	for name, values := range r.Header {
		req.Header[name] = values
	}
	if r.Key != "" {
		req.Header.Set(KeyHeader, r.Key)
	}
	if !r.mayRepeat() {
		req.GetBody = nil
	}
	return req, nil
}

// progress is how far net/http came. Hooks may run on other goroutines.
type progress struct{ sought, got atomic.Bool }

func (p *progress) trace() *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		GetConn: func(string) { p.sought.Store(true) },
		GotConn: func(httptrace.GotConnInfo) { p.got.Store(true) },
	}
}

// provesNothingLeft needs positive evidence: a transport that does not report
// looking for a connection would not report getting one either.
func (p *progress) provesNothingLeft() bool { return p.sought.Load() && !p.got.Load() }
