package notify

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"soukin/internal/rails/call"
	"soukin/remittance"
)

// SMS sends one short message.
type SMS interface {
	// SendSMS sends text to a number in the form of E.164. key is the same for
	// the same notice; a service that honours keys sends it once. Errors:
	// *remittance.RailError only.
	SendSMS(ctx context.Context, to, text, key string) error
}

// HTTPSMS sends by a service with this one call, such as the sandbox's mailbox:
//
//	POST <url>  Idempotency-Key: <key>  {"to":"+819012345678","text":"…"}
//
// 2xx means taken; 429 and 503 come again later (Retry-After is heeded); 401,
// 403, 404 and 405 are a mistake of ours; any other 4xx refuses this message.
type HTTPSMS struct {
	url  string
	http *call.Client
}

// NewHTTPSMS takes the service's address and how long one message may take.
func NewHTTPSMS(address string, timeout time.Duration) (*HTTPSMS, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.User != nil || u.Scheme != "https" && (u.Scheme != "http" || !local(u.Hostname())) {
		return nil, fmt.Errorf("SMS setting: the address must be https://host/path (http only to this machine or a private network): links travel over it")
	}
	if timeout <= 0 {
		return nil, fmt.Errorf("SMS setting: the timeout is %s and must be above 0, as 10s", timeout)
	}
	return &HTTPSMS{address, call.New(call.Options{Timeout: timeout})}, nil
}

// SendSMS makes the call.
func (s *HTTPSMS) SendSMS(ctx context.Context, to, text, key string) error {
	body, err := json.Marshal(map[string]string{"to": to, "text": text})
	if err != nil {
		return &remittance.RailError{Outcome: remittance.OutcomeNotSent, Code: "encode", Cause: err}
	}
	answer, err := s.http.Do(ctx, call.Request{
		Method: http.MethodPost, URL: s.url, Header: http.Header{"Content-Type": {"application/json"}}, Body: body, Key: key,
	})
	if err != nil {
		return err
	}
	return judge(answer)
}

func judge(a call.Answer) error {
	out := &remittance.RailError{Code: fmt.Sprintf("HTTP %d", a.Status), RetryAfter: a.RetryAfter}
	switch {
	case a.Status >= 200 && a.Status < 300:
		return nil
	case a.Status == http.StatusTooManyRequests, a.Status == http.StatusServiceUnavailable:
		out.Outcome = remittance.OutcomeRateLimited
	case a.Status == http.StatusUnauthorized, a.Status == http.StatusForbidden, a.Status == http.StatusNotFound, a.Status == http.StatusMethodNotAllowed:
		out.Outcome = remittance.OutcomeMisconfigured
	case a.Status >= 400 && a.Status < 500 && a.Status != http.StatusRequestTimeout && a.Status != http.StatusConflict:
		out.Outcome = remittance.OutcomeRejected
	}
	return out
}
