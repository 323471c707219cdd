package bearer

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"soukin/internal/rails/call"
	"soukin/remittance"
)

// Settings are the contract with one counterparty, as far as a call needs it.
type Settings struct {
	// BaseURL is the API without the path of an operation.
	BaseURL string
	Token   string
	// Timeout ends one call. It must be shorter than the activity around it.
	Timeout time.Duration

	Now func() time.Time // default time.Now
	// OnCall, if set, is told of every call: its name, its outcome and how long it took.
	OnCall func(operation string, outcome remittance.Outcome, took time.Duration)
}

func (s Settings) validate(rail remittance.Rail) error {
	var errs []error
	u, err := url.Parse(s.BaseURL)
	if err != nil || u.Host == "" || u.RawQuery != "" || u.User != nil || !call.Protected(u) {
		errs = append(errs, fmt.Errorf("%s setting BaseURL: must be an https URL with a host and a path only (http only on this machine or a private network): the token travels over it", rail))
	}
	if s.Token == "" {
		errs = append(errs, fmt.Errorf("%s setting Token: must not be empty", rail))
	}
	if s.Timeout <= 0 {
		errs = append(errs, fmt.Errorf("%s setting Timeout: must be above 0, as 15s", rail))
	}
	return errors.Join(errs...)
}

// String shows where the client points, and no secret.
func (s Settings) String() string { return "API at " + s.BaseURL }

// GoString is String under %#v.
func (s Settings) GoString() string { return s.String() }

// LogValue is String for logs.
func (s Settings) LogValue() slog.Value { return slog.StringValue(s.String()) }

// Client makes the calls. It is safe for concurrent use.
type Client struct {
	set  Settings
	http *call.Client
}

// New makes a client for a rail. wrap, if not nil, goes around the HTTP
// transports (tracing, faults in tests). The error names every wrong setting.
func New(rail remittance.Rail, s Settings, wrap func(http.RoundTripper) http.RoundTripper) (*Client, error) {
	if err := s.validate(rail); err != nil {
		return nil, err
	}
	if s.Now == nil {
		s.Now = time.Now
	}
	if s.OnCall == nil {
		s.OnCall = func(string, remittance.Outcome, time.Duration) {}
	}
	s.BaseURL = strings.TrimSuffix(s.BaseURL, "/")
	return &Client{s, call.New(call.Options{Timeout: s.Timeout, MaxAnswer: maxAnswer, Wrap: wrap})}, nil
}

// maxAnswer is far above what one instruction is answered with.
const maxAnswer = 1 << 20

// Operation is one row of an API.
type Operation struct {
	Name   string // in metrics
	Method string
	Path   string
	Body   any // nil for none
}

// Do makes one call and lets judge say what its answer means; nil is accepted.
// The error is always a *remittance.RailError.
func (c *Client) Do(ctx context.Context, op Operation, judge func(call.Answer) *remittance.RailError) error {
	started := c.set.Now()
	err := c.attempt(ctx, op, judge)
	outcome := remittance.OutcomeAccepted
	if err != nil {
		outcome = err.Outcome
	}
	c.set.OnCall(op.Name, outcome, c.set.Now().Sub(started))
	if err != nil {
		return err
	}
	return nil
}

func (c *Client) attempt(ctx context.Context, op Operation, judge func(call.Answer) *remittance.RailError) *remittance.RailError {
	req := call.Request{Method: op.Method, URL: c.set.BaseURL + op.Path, Header: http.Header{}}
	req.Header.Set("Authorization", "Bearer "+c.set.Token)
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", "soukin")
	if op.Body != nil {
		body, err := json.Marshal(op.Body)
		if err != nil {
			return &remittance.RailError{Outcome: remittance.OutcomeNotSent, Code: "request cannot be encoded", Cause: err}
		}
		req.Body = body
		req.Header.Set("Content-Type", "application/json")
	}
	answer, err := c.http.Do(ctx, req)
	var rail *remittance.RailError
	switch {
	case errors.As(err, &rail):
		return rail
	case err != nil:
		return &remittance.RailError{Code: "call failed", Cause: err}
	}
	return judge(answer)
}
