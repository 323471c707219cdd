package atm

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"time"

	"soukin/internal/rails/call"
	"soukin/remittance"
)

// Client speaks to the network. It is safe for concurrent use.
type Client struct {
	set  Settings
	http *call.Client
}

// New makes a client. wrap, if not nil, goes around the HTTP transports
// (tracing, faults in tests). The error is that of [Settings.Validate].
func New(s Settings, wrap func(http.RoundTripper) http.RoundTripper) (*Client, error) {
	if err := s.Validate(); err != nil {
		return nil, err
	}
	s = s.withDefaults()
	return &Client{s, call.New(call.Options{Timeout: s.Timeout, Wrap: wrap})}, nil
}

// Issue has the numbers issued. The same order brings the issue as it stands
// now, with the numbers in force; after its end there are none. Errors, with
// what may have happened: see the package's comment.
func (c *Client) Issue(ctx context.Context, o Order) (Issue, error) {
	if o.Amount < 1 || o.Until.IsZero() {
		return Issue{}, &remittance.RailError{Outcome: remittance.OutcomeRejected, Reason: remittance.RefusedByRail, Code: "not sent, the order has no amount or no end"}
	}
	body, err := json.Marshal(struct {
		IssueID   string         `json:"issue_id"`
		Amount    remittance.Yen `json:"amount"`
		ExpiresAt time.Time      `json:"expires_at"`
	}{Reference(o.Key), o.Amount, o.Until.UTC().Truncate(time.Second)})
	if err != nil {
		return Issue{}, &remittance.RailError{Outcome: remittance.OutcomeNotSent, Code: "request cannot be encoded", Cause: err}
	}
	return c.about(ctx, operation{"issue", issues, http.MethodPost, "/issues", body, hasNumbers}, o)
}

// Enquire asks how an issue stands; nil means that the network never received
// it, as far as it can tell now. Errors: all but Rejected.
func (c *Client) Enquire(ctx context.Context, o Order) (*Issue, error) {
	found, err := c.about(ctx, operation{"enquire", enquires, http.MethodGet, "/issues/" + Reference(o.Key), nil, anyState}, o)
	if errors.Is(err, errNotReceived) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &found, nil
}

// Cancel calls an issue off. An issue that is over without payment already comes
// back as it is. Errors: all; Rejected means that the cash is out or coming out.
func (c *Client) Cancel(ctx context.Context, o Order) (Issue, error) {
	return c.about(ctx, operation{"cancel", cancels, http.MethodPost, "/issues/" + Reference(o.Key) + "/cancel", nil, calledOff}, o)
}

// Reissue replaces the customer and the confirmation number, which unlocks too.
// n counts the reissues of the order, from 1; the same n brings the same
// numbers. Errors: all; Rejected means that the issue is over.
func (c *Client) Reissue(ctx context.Context, o Order, n int) (Issue, error) {
	fits := func(i Issue) error {
		if i.Reissues != n {
			return mismatch("answer about another reissue")
		}
		return hasNumbers(i)
	}
	return c.about(ctx, operation{"reissue", reissues, http.MethodPost, "/issues/" + Reference(o.Key) + "/reissues/" + strconv.Itoa(n), nil, fits}, o)
}

// operation is one call: what it is called in metrics, what it is for, where it
// goes, with which body, and which issue is an answer to it.
type operation struct {
	name   string
	kind   kind
	method string
	path   string
	body   []byte
	fits   func(Issue) error
}

func anyState(Issue) error { return nil }

// hasNumbers wants numbers where cash can be taken with them.
func hasNumbers(i Issue) error {
	if (i.State == Issued || i.State == Locked) && !i.Numbers.Given() {
		return mismatch("answer without the three numbers")
	}
	return nil
}

func calledOff(i Issue) error {
	if i.State != Cancelled && i.State != Expired {
		return mismatch("called off and yet not over")
	}
	return nil
}

// about makes one call and reads its answer as one about the order.
func (c *Client) about(ctx context.Context, op operation, o Order) (Issue, error) {
	started := c.set.Now()
	i, err := c.attempt(ctx, op, o)
	outcome := remittance.OutcomeAccepted
	var rail *remittance.RailError
	if errors.As(err, &rail) && !errors.Is(err, errNotReceived) {
		outcome = rail.Outcome
	}
	c.set.OnCall(op.name, outcome, c.set.Now().Sub(started))
	return i, err
}

func (c *Client) attempt(ctx context.Context, op operation, o Order) (Issue, error) {
	header := http.Header{}
	header.Set("Authorization", "Bearer "+c.set.Token)
	header.Set("Accept", "application/json")
	header.Set("User-Agent", "soukin")
	if op.body != nil {
		header.Set("Content-Type", "application/json")
	}
	answer, err := c.http.Do(ctx, call.Request{Method: op.method, URL: c.set.BaseURL + op.path, Header: header, Body: op.body})
	if err != nil {
		return Issue{}, err
	}
	if answer.Status != http.StatusOK && answer.Status != http.StatusCreated {
		return Issue{}, judge(op.kind, answer)
	}
	var body issueBody
	if err := json.Unmarshal(answer.Body, &body); err != nil {
		return Issue{}, mismatch("answer cannot be decoded")
	}
	i, err := body.issueAbout(o)
	if err == nil {
		err = op.fits(i)
	}
	if err != nil {
		return Issue{}, err
	}
	return i, nil
}
