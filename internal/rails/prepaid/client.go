package prepaid

import (
	"context"
	"net/http"

	"soukin/internal/rails/bearer"
	"soukin/internal/rails/decided"
	"soukin/remittance"
)

// Client speaks to the issuers. It is safe for concurrent use.
type Client struct{ rail *decided.Client }

// New makes a client. wrap, if not nil, goes around the HTTP transports. The
// error names every wrong setting.
func New(s bearer.Settings, wrap func(http.RoundTripper) http.RoundTripper) (*Client, error) {
	rail, err := decided.New(document, s, wrap)
	if err != nil {
		return nil, err
	}
	return &Client{rail}, nil
}

// Refund is one instruction: give an amount of a purchase back to what paid it.
type Refund struct {
	Key      remittance.Key
	Issuer   string
	Purchase string
	Amount   remittance.Yen
}

// State is what the issuer has done with a refund.
type State struct {
	Stage    Stage
	RefundNo string            // of an executed refund
	Reason   remittance.Reason // of a refused one
	Code     string            // the issuer's word for it
}

// Stage is how far a refund has come. The issuers decide at once.
type Stage = decided.Stage

// The stages.
const (
	NeverReceived = decided.NeverReceived
	Refunded      = decided.Done
	Refused       = decided.Refused
)

// Submit sends a refund and gives the issuer's number for it. Errors, with what
// may have happened: see the package comment. Outcomes: all but pending.
func (c *Client) Submit(ctx context.Context, r Refund) (refundNo string, err error) {
	ref := Reference(r.Key)
	return c.rail.Submit(ctx, ref, r.Amount, refundBody{ref, r.Issuer, r.Purchase, r.Amount})
}

// Find asks what became of a refund. Outcomes: NotSent, RateLimited,
// Misconfigured, Unknown; all of them are about the question only.
func (c *Client) Find(ctx context.Context, key remittance.Key, amount remittance.Yen) (State, error) {
	s, err := c.rail.Find(ctx, Reference(key), amount)
	return State{s.Stage, s.Number, s.Reason, s.Code}, err
}
