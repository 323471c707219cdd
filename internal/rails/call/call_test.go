package call_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"soukin/internal/rails/call"
	"soukin/remittance"
)

// patience is long enough that a limit never ends a test by itself.
const patience = time.Minute

func railError(t *testing.T, err error) *remittance.RailError {
	t.Helper()
	var rail *remittance.RailError
	require.ErrorAs(t, err, &rail)
	return rail
}

func post(url string) call.Request {
	return call.Request{Method: http.MethodPost, URL: url, Body: []byte(`{"amount":"1"}`)}
}

// deadline is a context whose deadline passes when the test says so.
type deadline struct {
	context.Context
	passed chan struct{}
}

func (d deadline) Done() <-chan struct{} { return d.passed }
func (d deadline) Err() error {
	select {
	case <-d.passed:
		return context.DeadlineExceeded
	default:
		return nil
	}
}

func TestNothingLeftIsNotSent(t *testing.T) {
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, closed.Close())

	var reached atomic.Int32
	unknownAuthority := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached.Add(1) }))
	unknownAuthority.Config.ErrorLog = log.New(io.Discard, "", 0) // the refused handshake is the point
	unknownAuthority.StartTLS()
	t.Cleanup(unknownAuthority.Close)
	plain := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached.Add(1) }))
	t.Cleanup(plain.Close)

	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	late := deadline{t.Context(), make(chan struct{})}
	close(late.passed)

	for name, tc := range map[string]struct {
		ctx  context.Context
		url  string
		code string
	}{
		"nobody listens":          {t.Context(), "http://" + closed.Addr().String(), "connection refused"},
		"certificate not trusted": {t.Context(), unknownAuthority.URL, "tls refused"},
		"https to a plain server": {t.Context(), strings.Replace(plain.URL, "http:", "https:", 1), "no connection"},
		"cancelled before":        {cancelled, plain.URL, "cancelled before sending"},
		"too late before":         {late, plain.URL, "timeout before sending"},
		"impossible address":      {t.Context(), "http://%zz", "no connection"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := call.New(call.Options{Timeout: patience}).Do(tc.ctx, post(tc.url))
			rail := railError(t, err)
			assert.Equal(t, remittance.OutcomeNotSent, rail.Outcome)
			assert.Equal(t, tc.code, rail.Code)
		})
	}
	assert.Zero(t, reached.Load(), "a request reached a handler although it was called not sent")
}

func TestOnceBytesMayHaveLeftTheOutcomeIsUnknown(t *testing.T) {
	for name, tc := range map[string]struct {
		serve func(net.Conn)
		code  string
	}{
		"cut before reading":    {func(net.Conn) {}, "connection lost after sending"},
		"cut after reading":     {func(c net.Conn) { readRequest(c) }, "connection lost after sending"},
		"cut inside the status": {func(c net.Conn) { readRequest(c); io.WriteString(c, "HTTP/1.1 201 Cre") }, "connection lost after sending"},
		"not http":              {func(c net.Conn) { readRequest(c); io.WriteString(c, "busy, call later\r\n\r\n") }, "connection lost after sending"},
		"cut inside the body": {func(c net.Conn) {
			readRequest(c)
			io.WriteString(c, "HTTP/1.1 201 Created\r\nContent-Length: 99\r\n\r\n{")
		}, "answer cut short"},
		"refusal cut inside a body": {func(c net.Conn) {
			readRequest(c)
			io.WriteString(c, "HTTP/1.1 400 Bad Request\r\nContent-Length: 99\r\n\r\n{")
		}, "answer cut short"},
		"endless body": {func(c net.Conn) {
			readRequest(c)
			io.WriteString(c, "HTTP/1.1 201 Created\r\n\r\n"+strings.Repeat("x", 4096))
		}, "answer too large"},
	} {
		t.Run(name, func(t *testing.T) {
			url := serveTCP(t, tc.serve)
			_, err := call.New(call.Options{Timeout: patience, MaxAnswer: 1024}).Do(t.Context(), post(url))
			rail := railError(t, err)
			assert.Equal(t, remittance.OutcomeUnknown, rail.Outcome)
			assert.Equal(t, tc.code, rail.Code)
		})
	}
}

func TestGivingUpAfterTheServerReadTheRequestIsUnknown(t *testing.T) {
	for name, tc := range map[string]struct {
		answerFirst bool
		cancelled   bool
		code        string
	}{
		"timeout":               {false, false, "timeout after sending"},
		"cancelled":             {false, true, "cancelled after sending"},
		"timeout in the body":   {true, false, "timeout inside the answer"},
		"cancelled in the body": {true, true, "cancelled inside the answer"},
	} {
		t.Run(name, func(t *testing.T) {
			cancelled, cancel := context.WithCancel(t.Context())
			defer cancel()
			late := deadline{t.Context(), make(chan struct{})}
			giveUp := func() { close(late.passed) }
			ctx := context.Context(late)
			if tc.cancelled {
				giveUp, ctx = cancel, cancelled
			}
			url := serveTCP(t, func(c net.Conn) {
				readRequest(c)
				if tc.answerFirst {
					io.WriteString(c, "HTTP/1.1 201 Created\r\nContent-Length: 99\r\n\r\n{")
				} else {
					giveUp()
				}
				io.Copy(io.Discard, c) // until the client hangs up
			})
			giveUpInTheBody := func(rt http.RoundTripper) http.RoundTripper {
				return roundTripper(func(r *http.Request) (*http.Response, error) {
					resp, err := rt.RoundTrip(r)
					if err == nil {
						giveUp()
					}
					return resp, err
				})
			}
			_, err := call.New(call.Options{Timeout: patience, Wrap: giveUpInTheBody}).Do(ctx, post(url))
			rail := railError(t, err)
			assert.Equal(t, remittance.OutcomeUnknown, rail.Outcome)
			assert.Equal(t, tc.code, rail.Code)
		})
	}
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestTheClientsOwnTimeoutEndsACall(t *testing.T) {
	url := serveTCP(t, func(c net.Conn) { io.Copy(io.Discard, c) })
	_, err := call.New(call.Options{Timeout: time.Millisecond}).Do(t.Context(), post(url))
	assert.ErrorIs(t, err, context.DeadlineExceeded)
}

// A transport that reports nothing about connections proves nothing.
func TestASilentTransportIsUnknown(t *testing.T) {
	silent := func(http.RoundTripper) http.RoundTripper {
		return roundTripper(func(*http.Request) (*http.Response, error) { return nil, errors.New("lost") })
	}
	_, err := call.New(call.Options{Timeout: patience, Wrap: silent}).Do(t.Context(), post("http://127.0.0.1:1"))
	assert.Equal(t, remittance.OutcomeUnknown, railError(t, err).Outcome)
}

// net/http repeats a request on its own when a reused connection turns out to
// be dead and it thinks the request idempotent.
func TestNetHTTPNeverRepeatsAnEffect(t *testing.T) {
	for name, key := range map[string]string{"without a key": "", "with a key": "the-key"} {
		t.Run(name, func(t *testing.T) {
			var received, rewindable atomic.Int32
			url := cutsReused(t, &received)
			r := post(url)
			r.Key = key
			c := call.New(call.Options{Timeout: patience, Wrap: func(rt http.RoundTripper) http.RoundTripper {
				return roundTripper(func(r *http.Request) (*http.Response, error) {
					if r.GetBody != nil {
						rewindable.Add(1)
					}
					assert.Equal(t, key, r.Header.Get(call.KeyHeader))
					return rt.RoundTrip(r)
				})
			}})
			for range 3 {
				_, err := c.Do(t.Context(), r)
				require.NoError(t, err, "each call has a connection of its own")
			}
			assert.EqualValues(t, 3, received.Load())
			assert.Zero(t, rewindable.Load(), "net/http could rewind the body and send it again")
		})
		t.Run(name+", even on a reused connection", func(t *testing.T) {
			// One transport for all, as if somebody undid the separation: that the
			// body cannot be rewound must suffice.
			reusing := &http.Transport{}
			t.Cleanup(reusing.CloseIdleConnections)
			var received atomic.Int32
			r := post(cutsReused(t, &received))
			r.Key = key
			c := call.New(call.Options{Timeout: patience, Wrap: func(http.RoundTripper) http.RoundTripper { return reusing }})
			_, err := c.Do(t.Context(), r)
			require.NoError(t, err)
			_, err = c.Do(t.Context(), r)
			assert.Equal(t, remittance.OutcomeUnknown, railError(t, err).Outcome)
			assert.EqualValues(t, 2, received.Load())
		})
	}
}

// cutsReused answers the first request of each connection and cuts the
// connection on reading a second one.
func cutsReused(t *testing.T, received *atomic.Int32) string {
	return serveTCP(t, func(c net.Conn) {
		in := bufio.NewReader(c)
		for n := 0; ; n++ {
			req, err := http.ReadRequest(in)
			if err != nil {
				return
			}
			io.Copy(io.Discard, req.Body)
			received.Add(1)
			if n > 0 {
				return
			}
			fmt.Fprint(c, "HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\n{}")
		}
	})
}

func TestAnswersComeBackWhole(t *testing.T) {
	for name, tc := range map[string]struct {
		headers    string
		status     int
		retryAfter time.Duration
	}{
		"created":                {"HTTP/1.1 201 Created\r\n", 201, 0},
		"a redirect is answered": {"HTTP/1.1 307 Temporary Redirect\r\nLocation: http://127.0.0.1:1/\r\n", 307, 0},
		"seconds":                {"HTTP/1.1 429 Too Many Requests\r\nRetry-After: 90\r\n", 429, 90 * time.Second},
		"a date beside a date":   {"HTTP/1.1 503 Unavailable\r\nDate: Sat, 21 Nov 2026 00:00:00 GMT\r\nRetry-After: Sat, 21 Nov 2026 00:10:00 GMT\r\n", 503, 10 * time.Minute},
		"a date in the past":     {"HTTP/1.1 503 Unavailable\r\nDate: Sat, 21 Nov 2026 00:20:00 GMT\r\nRetry-After: Sat, 21 Nov 2026 00:10:00 GMT\r\n", 503, 0},
		"a date without a date":  {"HTTP/1.1 503 Unavailable\r\nRetry-After: Sat, 21 Nov 2026 00:10:00 GMT\r\n", 503, 0},
		"negative":               {"HTTP/1.1 429 Too Many Requests\r\nRetry-After: -9223372036854775807\r\n", 429, 0},
		"a year":                 {"HTTP/1.1 429 Too Many Requests\r\nRetry-After: 31536000\r\n", 429, 24 * time.Hour},
		"nonsense":               {"HTTP/1.1 429 Too Many Requests\r\nRetry-After: soon\r\n", 429, 0},
	} {
		t.Run(name, func(t *testing.T) {
			url := serveTCP(t, func(c net.Conn) {
				readRequest(c)
				io.WriteString(c, tc.headers+"Content-Length: 2\r\n\r\n{}")
			})
			answer, err := call.New(call.Options{Timeout: patience}).Do(t.Context(), post(url))
			require.NoError(t, err)
			assert.Equal(t, call.Answer{Status: tc.status, Body: []byte("{}"), RetryAfter: tc.retryAfter}, answer)
		})
	}
}

func TestErrorsDoNotCarryTheURL(t *testing.T) {
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, closed.Close())
	for _, url := range []string{
		"http://" + closed.Addr().String() + "/?accountId=101011234567",
		serveTCP(t, func(net.Conn) {}) + "/?accountId=101011234567",
		"http://%zz/?accountId=101011234567",
	} {
		_, err := call.New(call.Options{Timeout: patience}).Do(t.Context(), call.Request{Method: http.MethodGet, URL: url})
		rail := railError(t, err)
		assert.NotContains(t, rail.Error(), "101011234567")
		assert.NotContains(t, fmt.Sprint(rail.Cause), "101011234567")
	}
}

func readRequest(c net.Conn) {
	req, err := http.ReadRequest(bufio.NewReader(c))
	if err == nil {
		io.Copy(io.Discard, req.Body)
	}
}

// serveTCP runs serve on each connection and closes it afterwards.
func serveTCP(t *testing.T, serve func(net.Conn)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				serve(c)
			}()
		}
	}()
	return "http://" + l.Addr().String()
}
