package aupay

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"

	"soukin/internal/rails/bearer"
	"soukin/internal/rails/call"
	"soukin/remittance"
)

// Client speaks to au PAY. It is safe for concurrent use.
type Client struct{ api *bearer.Client }

// New makes a client. wrap, if not nil, goes around the HTTP transports. The
// error names every wrong setting.
func New(s bearer.Settings, wrap func(http.RoundTripper) http.RoundTripper) (*Client, error) {
	api, err := bearer.New(remittance.RailAuPay, s, wrap)
	if err != nil {
		return nil, err
	}
	return &Client{api}, nil
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
type Stage string

// The stages.
const (
	NeverReceived Stage = "never_received"
	Executed      Stage = "executed"
	Refused       Stage = "refused"
)

type chargeBody struct {
	ChargeID     string         `json:"charge_id"`
	MemberNumber string         `json:"member_number"`
	Amount       remittance.Yen `json:"amount"`
}

type resultBody struct {
	ChargeID      string         `json:"charge_id"`
	Amount        remittance.Yen `json:"amount"`
	State         string         `json:"state"`
	Reason        string         `json:"reason"`
	TransactionNo string         `json:"transaction_no"`
}

// Submit sends a charge and gives au PAY's number for it. Errors, with what may
// have happened: see the package comment. Outcomes: all but pending.
func (c *Client) Submit(ctx context.Context, charge Charge) (transactionNo string, err error) {
	ref := Reference(charge.Key)
	op := bearer.Operation{Name: "charge", Method: http.MethodPost, Path: "/charges", Body: chargeBody{ref, charge.Member, charge.Amount}}
	err = c.api.Do(ctx, op, func(a call.Answer) *remittance.RailError {
		if a.Status != http.StatusOK {
			return judgeSubmit(a)
		}
		s, bad := stateOf(a, ref, charge.Amount)
		if bad != nil {
			return bad
		}
		if s.Stage == Refused {
			return &remittance.RailError{Outcome: remittance.OutcomeRejected, Reason: s.Reason, Code: s.Code}
		}
		transactionNo = s.TransactionNo
		return nil
	})
	return transactionNo, err
}

// Find asks what became of a charge. Outcomes: NotSent, RateLimited,
// Misconfigured, Unknown; all of them are about the question only.
func (c *Client) Find(ctx context.Context, key remittance.Key, amount remittance.Yen) (s State, err error) {
	ref := Reference(key)
	op := bearer.Operation{Name: "charge-state", Method: http.MethodGet, Path: "/charges/" + url.PathEscape(ref)}
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

// stateOf reads a charge and holds it against what was asked for.
func stateOf(a call.Answer, ref string, amount remittance.Yen) (State, *remittance.RailError) {
	var b resultBody
	if err := json.Unmarshal(a.Body, &b); err != nil {
		return State{}, bearer.Contradiction("not readable")
	}
	switch {
	case b.ChargeID != ref:
		return State{}, bearer.Contradiction("another charge_id")
	case b.Amount != amount:
		return State{}, bearer.Contradiction("another amount")
	case b.State == stateExecuted && b.TransactionNo != "" && b.Reason == "":
		return State{Stage: Executed, TransactionNo: b.TransactionNo}, nil
	case b.State == stateRefused && b.TransactionNo == "" && b.Reason != "":
		return State{Stage: Refused, Reason: reasonOf(b.Reason), Code: bearer.Plain(b.Reason)}, nil
	}
	return State{}, bearer.Contradiction("neither executed nor refused")
}
