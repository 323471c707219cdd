package prepaid

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"

	"soukin/internal/rails/bearer"
	"soukin/internal/rails/call"
	"soukin/remittance"
)

// Client speaks to the issuers. It is safe for concurrent use.
type Client struct{ api *bearer.Client }

// New makes a client. wrap, if not nil, goes around the HTTP transports. The
// error names every wrong setting.
func New(s bearer.Settings, wrap func(http.RoundTripper) http.RoundTripper) (*Client, error) {
	api, err := bearer.New(remittance.RailPrepaid, s, wrap)
	if err != nil {
		return nil, err
	}
	return &Client{api}, nil
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
type Stage string

// The stages.
const (
	NeverReceived Stage = "never_received"
	Refunded      Stage = "refunded"
	Refused       Stage = "refused"
)

type refundBody struct {
	RefundID   string         `json:"refund_id"`
	Issuer     string         `json:"issuer"`
	PurchaseID string         `json:"purchase_id"`
	Amount     remittance.Yen `json:"amount"`
}

type resultBody struct {
	RefundID string         `json:"refund_id"`
	Amount   remittance.Yen `json:"amount"`
	State    string         `json:"state"`
	Reason   string         `json:"reason"`
	RefundNo string         `json:"refund_no"`
}

// Submit sends a refund and gives the issuer's number for it. Errors, with what
// may have happened: see the package comment. Outcomes: all but pending.
func (c *Client) Submit(ctx context.Context, r Refund) (refundNo string, err error) {
	ref := Reference(r.Key)
	op := bearer.Operation{Name: "refund", Method: http.MethodPost, Path: "/refunds", Body: refundBody{ref, r.Issuer, r.Purchase, r.Amount}}
	err = c.api.Do(ctx, op, func(a call.Answer) *remittance.RailError {
		if a.Status != http.StatusOK {
			return judgeSubmit(a)
		}
		s, bad := stateOf(a, ref, r.Amount)
		if bad != nil {
			return bad
		}
		if s.Stage == Refused {
			return &remittance.RailError{Outcome: remittance.OutcomeRejected, Reason: s.Reason, Code: s.Code}
		}
		refundNo = s.RefundNo
		return nil
	})
	return refundNo, err
}

// Find asks what became of a refund. Outcomes: NotSent, RateLimited,
// Misconfigured, Unknown; all of them are about the question only.
func (c *Client) Find(ctx context.Context, key remittance.Key, amount remittance.Yen) (s State, err error) {
	ref := Reference(key)
	op := bearer.Operation{Name: "refund-state", Method: http.MethodGet, Path: "/refunds/" + url.PathEscape(ref)}
	err = c.api.Do(ctx, op, func(a call.Answer) (bad *remittance.RailError) {
		switch {
		case a.Status == http.StatusOK:
			s, bad = stateOf(a, ref, amount)
			return bad
		case a.Status == http.StatusNotFound && bearer.ProblemOf(a).Code == codeNotFound:
			s = State{Stage: NeverReceived}
			return nil
		}
		return bearer.Otherwise(a)
	})
	return s, err
}

// stateOf reads a refund and holds it against what was asked for.
func stateOf(a call.Answer, ref string, amount remittance.Yen) (State, *remittance.RailError) {
	var b resultBody
	if err := json.Unmarshal(a.Body, &b); err != nil {
		return State{}, bearer.Contradiction("not readable")
	}
	switch {
	case b.RefundID != ref:
		return State{}, bearer.Contradiction("another refund_id")
	case b.Amount != amount:
		return State{}, bearer.Contradiction("another amount")
	case b.State == stateRefunded && b.RefundNo != "" && b.Reason == "":
		return State{Stage: Refunded, RefundNo: b.RefundNo}, nil
	case b.State == stateRefused && b.RefundNo == "" && b.Reason != "":
		return State{Stage: Refused, Reason: reasonOf(b.Reason), Code: bearer.Plain(b.Reason)}, nil
	}
	return State{}, bearer.Contradiction("neither refunded nor refused")
}
