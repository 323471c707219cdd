package aupay

import (
	"context"
	"net/http"

	"soukin/internal/rails/bearer"
	"soukin/internal/rails/decided"
	"soukin/remittance"
)

// Client speaks to au PAY. It is safe for concurrent use.
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

// Charge is one instruction: put an amount onto a member's balance.
type Charge struct {
	Key    remittance.Key
	Member string // personal data
	Amount remittance.Yen
}

// State is what au PAY has done with a charge.
type State struct {
	Stage         Stage
	TransactionNo string            // of an executed charge
	Reason        remittance.Reason // of a refused one
	Code          string            // au PAY's word for it
}

// Stage is how far a charge has come. au PAY decides at once.
type Stage = decided.Stage

// The stages.
const (
	NeverReceived = decided.NeverReceived
	Executed      = decided.Done
	Refused       = decided.Refused
)

// Submit sends a charge and gives au PAY's number for it. Errors, with what may
// have happened: see the package comment. Outcomes: all but pending.
func (c *Client) Submit(ctx context.Context, charge Charge) (transactionNo string, err error) {
	ref := Reference(charge.Key)
	return c.rail.Submit(ctx, ref, charge.Amount, chargeBody{ref, charge.Member, charge.Amount})
}

// Find asks what became of a charge. Outcomes: NotSent, RateLimited,
// Misconfigured, Unknown; all of them are about the question only.
func (c *Client) Find(ctx context.Context, key remittance.Key, amount remittance.Yen) (State, error) {
	s, err := c.rail.Find(ctx, Reference(key), amount)
	return State{s.Stage, s.Number, s.Reason, s.Code}, err
}
