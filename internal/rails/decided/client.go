package decided

import (
	"context"
	"net/http"
	"net/url"

	"soukin/internal/rails/bearer"
	"soukin/internal/rails/call"
	"soukin/remittance"
)

// Client speaks to one counterparty. It is safe for concurrent use.
type Client struct {
	api *bearer.Client
	doc Document
}

// New makes a client. wrap, if not nil, goes around the HTTP transports. The
// error names every wrong setting.
func New(d Document, s bearer.Settings, wrap func(http.RoundTripper) http.RoundTripper) (*Client, error) {
	api, err := bearer.New(d.Rail, s, wrap)
	if err != nil {
		return nil, err
	}
	return &Client{api, d}, nil
}

// State is what the counterparty has done with an instruction.
type State struct {
	Stage  Stage
	Number string            // of an executed instruction
	Reason remittance.Reason // of a refused one
	Code   string            // the counterparty's word for it
}

// Stage is how far an instruction has come.
type Stage string

// The stages.
const (
	NeverReceived Stage = "never_received"
	Done          Stage = "done"
	Refused       Stage = "refused"
)

// Submit sends an instruction and gives the counterparty's number for it.
// Errors, with what may have happened: see the package comment. Outcomes: all
// but pending.
func (c *Client) Submit(ctx context.Context, ref string, amount remittance.Yen, body any) (number string, err error) {
	op := bearer.Operation{Name: c.doc.Submit, Method: http.MethodPost, Path: c.doc.Path, Body: body}
	err = c.api.Do(ctx, op, func(a call.Answer) *remittance.RailError {
		if a.Status != http.StatusOK {
			return c.doc.judge(a)
		}
		s, bad := c.doc.stateOf(a, ref, amount)
		if bad != nil {
			return bad
		}
		if s.Stage == Refused {
			return &remittance.RailError{Outcome: remittance.OutcomeRejected, Reason: s.Reason, Code: s.Code}
		}
		number = s.Number
		return nil
	})
	return number, err
}

// Find asks what became of an instruction. A 404 without the document's code
// comes from somewhere else, as from a wrong base address, and proves nothing.
// Outcomes: NotSent, RateLimited, Misconfigured, Unknown; all of them are about
// the question only.
func (c *Client) Find(ctx context.Context, ref string, amount remittance.Yen) (s State, err error) {
	op := bearer.Operation{Name: c.doc.Enquire, Method: http.MethodGet, Path: c.doc.Path + "/" + url.PathEscape(ref)}
	err = c.api.Do(ctx, op, func(a call.Answer) (bad *remittance.RailError) {
		switch {
		case a.Status == http.StatusOK:
			s, bad = c.doc.stateOf(a, ref, amount)
			return bad
		case a.Status == http.StatusNotFound && bearer.ProblemOf(a).Code == codeNotFound:
			s = State{Stage: NeverReceived}
			return nil
		}
		return bearer.Otherwise(a)
	})
	return s, err
}
