package call

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"syscall"
	"time"

	"soukin/remittance"
)

// maxRetryAfter bounds what the other side may ask for: a mistaken header must
// not park money for a year.
const maxRetryAfter = 24 * time.Hour

func notSent(err error) error {
	return &remittance.RailError{Outcome: remittance.OutcomeNotSent, Code: whyNotSent(err), Cause: withoutURL(err)}
}

func whyNotSent(err error) string {
	var dns *net.DNSError
	var cert *tls.CertificateVerificationError
	var alert tls.AlertError
	switch {
	case errors.Is(err, context.Canceled):
		return "cancelled before sending"
	case errors.As(err, &dns):
		return "host name not found"
	case errors.As(err, &cert), errors.As(err, &alert):
		return "tls refused"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "connection refused"
	case isTimeout(err):
		return "timeout before sending"
	}
	return "no connection"
}

func lost(err error) error {
	code := "connection lost after sending"
	switch {
	case errors.Is(err, context.Canceled):
		code = "cancelled after sending"
	case isTimeout(err):
		code = "timeout after sending"
	}
	return &remittance.RailError{Code: code, Cause: withoutURL(err)}
}

func cutShort(err error) error {
	code := "answer cut short"
	switch {
	case errors.Is(err, context.Canceled):
		code = "cancelled inside the answer"
	case isTimeout(err):
		code = "timeout inside the answer"
	}
	return &remittance.RailError{Code: code, Cause: err}
}

func isTimeout(err error) bool {
	var t interface{ Timeout() bool }
	return errors.As(err, &t) && t.Timeout()
}

// withoutURL drops what net/http puts around an error: the URL carries account
// ids in its query.
func withoutURL(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}

// retryAfter reads both forms of RFC 9110 section 10.2.3. A date is taken
// relative to the answer's own Date, so that a difference between the two
// clocks does not matter.
func retryAfter(h http.Header) time.Duration {
	value := h.Get("Retry-After")
	if seconds, err := strconv.ParseInt(value, 10, 64); err == nil {
		return bounded(time.Duration(min(max(seconds, 0), int64(maxRetryAfter/time.Second))) * time.Second)
	}
	until, err := http.ParseTime(value)
	if err != nil {
		return 0
	}
	now, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		return 0
	}
	return bounded(until.Sub(now))
}

func bounded(d time.Duration) time.Duration { return min(max(d, 0), maxRetryAfter) }
