package bank

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"

	"soukin/internal/rails/call"
	"soukin/remittance"
)

// Client speaks to the bank for one account. It is safe for concurrent use.
type Client struct {
	set    Settings
	http   *call.Client
	tokens *keeper
}

// New makes a client. wrap, if not nil, goes around the HTTP transports
// (tracing, faults in tests). The error is that of [Settings.Validate].
func New(s Settings, tokens TokenStore, wrap func(http.RoundTripper) http.RoundTripper) (*Client, error) {
	if err := s.Validate(); err != nil {
		return nil, err
	}
	s = s.withDefaults()
	c := call.New(call.Options{Timeout: s.Timeout, Wrap: wrap})
	return &Client{set: s, http: c, tokens: newKeeper(s, tokens, c.Fresh())}, nil
}

// Close waits until a token renewal that is under way has been stored, or
// until ctx ends: a renewal cut off costs the login, see docs/rails-bank.md.
func (c *Client) Close(ctx context.Context) error { return c.tokens.wait(ctx) }

// operation is one row of the API: what it is called in metrics, what it is
// for and where it lives.
type operation struct {
	name   string
	kind   kind
	method string
	path   string
}

var (
	opAccounts = operation{"accounts", enquires, http.MethodGet, "/accounts"}
	opBalance  = operation{"balance", enquires, http.MethodGet, "/accounts/balances"}
	opEntries  = operation{"statement", enquires, http.MethodGet, "/accounts/transactions"}
	opDeposits = operation{"deposits", enquires, http.MethodGet, "/accounts/deposit-transactions"}
	opFee      = operation{"fee", checks, http.MethodPost, "/transfer/transferfee"}
	opSubmit   = operation{"submit", instructs, http.MethodPost, "/transfer/request"}
	opResult   = operation{"result", enquires, http.MethodGet, "/transfer/request-result"}
	opStatus   = operation{"status", enquires, http.MethodGet, "/transfer/status"}
	opCancel   = operation{"cancel", cancels, http.MethodPost, "/transfer/cancel"}
)

// payload is what goes with an operation: a query or a body, and a key.
type payload struct {
	query url.Values
	body  any
	key   string
}

// do runs one operation and decodes its answer into out. check judges the
// decoded answer; an answer that fails it is as undecodable as broken JSON.
func (c *Client) do(ctx context.Context, op operation, p payload, out any, check func() error) error {
	ctx, cancel := context.WithTimeout(ctx, c.set.Timeout)
	defer cancel()
	started := c.set.Now()
	err := c.attempt(ctx, op, p, out, check)
	outcome := remittance.OutcomeAccepted
	if err != nil {
		outcome = err.Outcome
	}
	c.set.OnCall(op.name, outcome, c.set.Now().Sub(started))
	if err != nil {
		return err
	}
	return nil
}

func (c *Client) attempt(ctx context.Context, op operation, p payload, out any, check func() error) *remittance.RailError {
	answer, err := c.withToken(ctx, op, p)
	if err != nil {
		return op.kind.aboutTheCall(err)
	}
	if answer.Status < 200 || answer.Status > 299 {
		return c.judge(op.kind, answer)
	}
	if err := json.Unmarshal(answer.Body, out); err != nil {
		return &remittance.RailError{Code: "answer cannot be decoded"}
	}
	if err := check(); err != nil {
		return railError(err)
	}
	return nil
}

// withToken makes the call, and once more with a renewed token if the bank
// refused the old one: it does so before it looks at the request.
func (c *Client) withToken(ctx context.Context, op operation, p payload) (call.Answer, error) {
	token, err := c.tokens.current(ctx)
	if err != nil {
		return call.Answer{}, err
	}
	req, err := c.request(op, p)
	if err != nil {
		return call.Answer{}, err
	}
	answer, err := c.send(ctx, req, token)
	if err != nil || !refusesToken(answer) {
		return answer, err
	}
	renewed, err := c.tokens.renew(ctx, token, answer.Status)
	if err != nil {
		return call.Answer{}, err
	}
	if renewed.AccessToken == token.AccessToken {
		return answer, nil
	}
	return c.send(ctx, req, renewed)
}

func (c *Client) send(ctx context.Context, req call.Request, token Token) (call.Answer, error) {
	req.Header.Set("X-Access-Token", token.AccessToken)
	answer, err := c.http.Do(ctx, req)
	if err == nil && !refusesToken(answer) {
		c.tokens.accepted(token)
	}
	return answer, err
}

func refusesToken(a call.Answer) bool {
	return a.Status == http.StatusUnauthorized || a.Status == http.StatusForbidden
}

func (c *Client) request(op operation, p payload) (call.Request, error) {
	r := call.Request{Method: op.method, URL: c.set.BaseURL + op.path, Key: p.key, Header: http.Header{}}
	r.Header.Set("Accept", "application/json;charset=UTF-8")
	r.Header.Set("User-Agent", "soukin")
	if p.query != nil {
		r.URL += "?" + p.query.Encode()
	}
	if p.body == nil {
		return r, nil
	}
	body, err := json.Marshal(p.body)
	if err != nil {
		return r, &remittance.RailError{Outcome: remittance.OutcomeNotSent, Code: "request cannot be encoded", Cause: err}
	}
	r.Body = body
	r.Header.Set("Content-Type", "application/json;charset=UTF-8")
	return r, nil
}

// aboutTheCall makes sure that only calls about a new instruction speak the
// words that let money go back: an enquiry that was not sent says nothing
// about the instruction it asked for.
func (k kind) aboutTheCall(err error) *remittance.RailError {
	rail := railError(err)
	if (k == enquires || k == cancels) && rail.Outcome == remittance.OutcomeNotSent {
		demoted := *rail
		demoted.Outcome = remittance.OutcomeUnknown
		return &demoted
	}
	return rail
}

// railError finds the rail error in err; any other error is an unknown outcome.
func railError(err error) *remittance.RailError {
	var rail *remittance.RailError
	if errors.As(err, &rail) {
		return rail
	}
	return &remittance.RailError{Code: "answer does not fit the question", Cause: err}
}
