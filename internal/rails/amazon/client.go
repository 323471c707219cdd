package amazon

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"soukin/internal/rails/call"
	"soukin/remittance"
)

const (
	signedService = "AGCODService"
	targetPrefix  = "com.amazonaws.agcod.AGCODService."
	// maxAnswer is far above any answer of the API and keeps a stranger's short.
	maxAnswer = 1 << 20
)

// Client speaks to the Incentives API for one partner account. It is safe for
// concurrent use.
type Client struct {
	set    Settings
	http   *call.Client
	signer *v4.Signer
}

// New makes a client. wrap, if not nil, goes around the HTTP transports
// (tracing, faults in tests). The error is that of [Settings.Validate].
func New(s Settings, wrap func(http.RoundTripper) http.RoundTripper) (*Client, error) {
	if err := s.Validate(); err != nil {
		return nil, err
	}
	s = s.withDefaults()
	return &Client{s, call.New(call.Options{Timeout: s.Timeout, MaxAnswer: maxAnswer, Wrap: wrap}), v4.NewSigner()}, nil
}

// Reference is [Reference] under our partner id.
func (c *Client) Reference(k remittance.Key) string { return Reference(c.set.PartnerID, k) }

// operation is one row of the API: its name there, what it is called in
// metrics, and what a refusal of it is about.
type operation struct {
	name   string
	metric string
	kind   kind
}

var (
	opLoad   = operation{"LoadAmazonBalance", "load", gives}
	opCreate = operation{"CreateGiftCard", "create", gives}
	opCancel = operation{"CancelGiftCard", "cancel", cancels}
	opFunds  = operation{"GetAvailableFunds", "funds", asks}
)

// do makes one call and decodes its answer into out. check judges the decoded
// answer; one that fails it is as unreadable as broken JSON.
func (c *Client) do(ctx context.Context, op operation, body, out any, check func() error) error {
	started := c.set.Now()
	err := c.attempt(ctx, op, body, out, check)
	outcome := remittance.OutcomeAccepted
	if err != nil {
		outcome = err.Outcome
	}
	c.set.OnCall(op.metric, outcome, c.set.Now().Sub(started))
	if err != nil {
		return err
	}
	return nil
}

func (c *Client) attempt(ctx context.Context, op operation, body, out any, check func() error) *remittance.RailError {
	req, err := c.request(ctx, op, body)
	if err != nil {
		return &remittance.RailError{Outcome: remittance.OutcomeNotSent, Code: "request cannot be signed", Cause: err}
	}
	answer, err := c.http.Do(ctx, req)
	if err != nil {
		return railError(err)
	}
	if refused := c.judge(op.kind, answer); refused != nil {
		return refused
	}
	if err := json.Unmarshal(answer.Body, out); err != nil {
		return &remittance.RailError{Code: "answer cannot be decoded"} // its error may repeat a claim code
	}
	if err := check(); err != nil {
		return railError(err)
	}
	return nil
}

// request signs what is to be sent. Exactly the headers that the API's example
// signs are signed (accept;host;x-amz-date;x-amz-target): proxies may add others.
func (c *Client) request(ctx context.Context, op operation, body any) (call.Request, error) {
	raw, err := json.Marshal(body)
	if err != nil {
		return call.Request{}, err
	}
	r := call.Request{Method: http.MethodPost, URL: c.set.Endpoint + "/" + op.name, Body: raw}
	toSign, err := http.NewRequestWithContext(ctx, r.Method, r.URL, nil)
	if err != nil {
		return call.Request{}, err
	}
	toSign.Header.Set("Accept", "application/json")
	toSign.Header.Set("X-Amz-Target", targetPrefix+op.name)
	sum := sha256.Sum256(raw)
	keys := aws.Credentials{AccessKeyID: c.set.KeyID, SecretAccessKey: c.set.Secret}
	if err := c.signer.SignHTTP(ctx, keys, toSign, hex.EncodeToString(sum[:]), signedService, c.set.Region, c.set.Now().UTC()); err != nil {
		return call.Request{}, err
	}
	r.Header = toSign.Header
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", "soukin")
	return r, nil
}

// railError finds the rail error in err; any other error is an unknown outcome.
func railError(err error) *remittance.RailError {
	var rail *remittance.RailError
	if errors.As(err, &rail) {
		return rail
	}
	return &remittance.RailError{Code: "answer does not fit the question", Cause: err}
}
