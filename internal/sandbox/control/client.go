package control

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/url"
	"strings"
	"time"

	"golang.org/x/oauth2"

	"soukin/internal/sandbox/counterparty"
	"soukin/internal/sandbox/faults"
	"soukin/remittance"
)

// Error is returned by every method of [Client] when the sandbox answers with a
// status other than 2xx.
type Error struct {
	Status  int
	Message string
}

// Error is the sandbox's own sentence.
func (e *Error) Error() string { return fmt.Sprintf("sandbox: %s (HTTP %d)", e.Message, e.Status) }

// Client talks to the control API of one sandbox. Errors: [*Error] for what the
// sandbox refused, else that of the connection.
type Client struct {
	base string
	http *http.Client
}

// NewClient makes a client for the sandbox at base, as "http://127.0.0.1:8092".
func NewClient(base string, c *http.Client) *Client {
	return &Client{strings.TrimSuffix(base, "/"), c}
}

// Health asks whether the sandbox answers.
func (c *Client) Health(ctx context.Context) (h Health, err error) {
	return h, c.call(ctx, http.MethodGet, "/sandbox/health", nil, &h)
}

// Clock reads the sandbox's clock.
func (c *Client) Clock(ctx context.Context) (k Clock, err error) {
	return k, c.call(ctx, http.MethodGet, "/sandbox/clock", nil, &k)
}

// Advance moves the clock forward; what falls due has happened when it returns.
func (c *Client) Advance(ctx context.Context, d time.Duration) (k Clock, err error) {
	return k, c.call(ctx, http.MethodPost, "/sandbox/clock", Advance{d.String()}, &k)
}

// Deposit lets a transfer arrive.
func (c *Client) Deposit(ctx context.Context, d Deposit) (out Deposited, err error) {
	return out, c.call(ctx, http.MethodPost, "/sandbox/deposits", d, &out)
}

// Transfer shows one transfer of the books.
func (c *Client) Transfer(ctx context.Context, applyNo string) (t Transfer, err error) {
	return t, c.call(ctx, http.MethodGet, "/sandbox/transfers/"+url.PathEscape(applyNo), nil, &t)
}

// Transfers goes through the books, page by page; key narrows it to one
// idempotency key, "" for all. An error ends it.
func (c *Client) Transfers(ctx context.Context, key string) iter.Seq2[Transfer, error] {
	return func(yield func(Transfer, error) bool) {
		after := ""
		for {
			var page Transfers
			query := url.Values{"key": {key}, "after": {after}}
			if err := c.call(ctx, http.MethodGet, "/sandbox/transfers?"+query.Encode(), nil, &page); err != nil {
				yield(Transfer{}, err)
				return
			}
			for _, t := range page.Transfers {
				if !yield(t, nil) {
					return
				}
			}
			if after = page.Next; after == "" {
				return
			}
		}
	}
}

// Executions goes through the books of a counterparty other than the bank. An
// error ends it.
func (c *Client) Executions(ctx context.Context, rail remittance.Rail) iter.Seq2[counterparty.Execution, error] {
	return func(yield func(counterparty.Execution, error) bool) {
		for after := ""; ; {
			var page Executions
			if err := c.call(ctx, http.MethodGet, "/sandbox/executions/"+string(rail)+"?"+url.Values{"after": {after}}.Encode(), nil, &page); err != nil {
				yield(counterparty.Execution{}, err)
				return
			}
			for _, e := range page.Executions {
				if !yield(e, nil) {
					return
				}
			}
			if after = page.Next; after == "" {
				return
			}
		}
	}
}

// Decide approves, withdraws or sends back what waits: the transfer, or the
// cancel of it.
func (c *Client) Decide(ctx context.Context, applyNo string, d Decision) (t Transfer, err error) {
	return t, c.call(ctx, http.MethodPost, "/sandbox/transfers/"+url.PathEscape(applyNo)+"/"+string(d), nil, &t)
}

// Accounts adds up what moved on our accounts.
func (c *Client) Accounts(ctx context.Context) (a Accounts, err error) {
	return a, c.call(ctx, http.MethodGet, "/sandbox/accounts", nil, &a)
}

// Faults shows the fault plan in force and what it hurt.
func (c *Client) Faults(ctx context.Context) (f Faults, err error) {
	return f, c.call(ctx, http.MethodGet, "/sandbox/faults", nil, &f)
}

// SetFaults puts a plan in force and its counters at zero.
func (c *Client) SetFaults(ctx context.Context, p faults.Plan) (f Faults, err error) {
	return f, c.call(ctx, http.MethodPost, "/sandbox/faults", p, &f)
}

// FirstToken gets tokens without a browser: the sandbox consents by itself, so
// following its redirect is enough. The first refresh token of an installation
// comes from here; RedirectURL must be a loopback address or registered.
func (c *Client) FirstToken(ctx context.Context, config oauth2.Config) (*oauth2.Token, error) {
	noRedirect := *c.http
	noRedirect.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	verifier := oauth2.GenerateVerifier()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, config.AuthCodeURL("first-token", oauth2.S256ChallengeOption(verifier)), nil)
	if err != nil {
		return nil, fmt.Errorf("authorize: %w", err)
	}
	res, err := noRedirect.Do(req)
	if err != nil {
		return nil, fmt.Errorf("authorize: %w", err)
	}
	defer res.Body.Close()
	back, err := res.Location()
	if err != nil {
		said, _ := io.ReadAll(io.LimitReader(res.Body, 1<<10))
		return nil, &Error{res.StatusCode, "authorize: " + strings.TrimSpace(string(said))}
	}
	if code := back.Query().Get("code"); code != "" {
		return config.Exchange(context.WithValue(ctx, oauth2.HTTPClient, c.http), code, oauth2.VerifierOption(verifier))
	}
	return nil, fmt.Errorf("authorize: %s", back.Query().Get("error"))
}

func (c *Client) call(ctx context.Context, method, path string, in, out any) error {
	var body io.Reader
	if in != nil {
		text, err := json.Marshal(in)
		if err != nil {
			return err
		}
		body = bytes.NewReader(text)
	}
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, body)
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := c.http.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode < 200 || res.StatusCode > 299 {
		return refused(res)
	}
	if err := json.NewDecoder(res.Body).Decode(out); err != nil {
		return fmt.Errorf("sandbox: read answer: %w", err)
	}
	return nil
}

func refused(res *http.Response) error {
	var p Problem
	if err := json.NewDecoder(io.LimitReader(res.Body, 1<<16)).Decode(&p); err != nil || p.Error == "" {
		p.Error = http.StatusText(res.StatusCode)
	}
	return &Error{res.StatusCode, p.Error}
}
