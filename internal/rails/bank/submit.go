package bank

import (
	"context"
	"net/url"
	"time"

	"soukin/remittance"
)

// Receipt is the bank's word that it has an instruction.
type Receipt struct {
	// ApplyNo is the bank's number for the instruction, 16 digits.
	ApplyNo string
	// Progress is RequestComplete when the bank has taken the instruction on,
	// RequestWaiting when somebody must approve it first. Either way it is not
	// executed yet, and any other value means: ask for the status.
	Progress Progress
}

// Pending reports whether the request is not known to be complete: approval is
// waited for, or the bank answered with a code that is not documented.
func (r Receipt) Pending() bool { return r.Progress != RequestComplete }

// Progress is how far the latest request for an application number has come.
type Progress string

// The progresses (resultCode). The empty one is a code that is not documented.
const (
	RequestUnknown  Progress = ""
	RequestComplete Progress = "complete"
	RequestWaiting  Progress = "waiting"
	RequestExpired  Progress = "expired"
)

// Outcome says what the progress means for the request it is about.
func (p Progress) Outcome() remittance.Outcome {
	switch p {
	case RequestComplete:
		return remittance.OutcomeAccepted
	case RequestWaiting:
		return remittance.OutcomePending
	case RequestExpired:
		return remittance.OutcomeRejected
	}
	return remittance.OutcomeUnknown
}

type receiptBody struct {
	AccountID text `json:"accountId"`
	Result    text `json:"resultCode"`
	ApplyNo   text `json:"applyNo"`
	EndedAt   text `json:"applyEndDatetime"`
}

func (b receiptBody) check(accountID string) error {
	switch {
	case b.AccountID != "" && string(b.AccountID) != accountID:
		return mismatch("answer about another account")
	case !digits(string(b.ApplyNo), applyNoLength):
		return mismatch("answer without an application number")
	case b.Result == "":
		return mismatch("answer without a result code")
	}
	return nil
}

func (b receiptBody) checkAbout(accountID, applyNo string) error {
	if err := b.check(accountID); err != nil {
		return err
	}
	if string(b.ApplyNo) != applyNo {
		return mismatch("answer about another application")
	}
	return nil
}

// applyNoLength is that of the specification: 16 digits.
const applyNoLength = 16

// Submit sends one instruction (transfer/request). Errors, with what may have
// happened:
//
//   - NotSent: no byte left, or no token could be had. The same key may go again.
//   - RateLimited: turned away at the door. The same key may go again, after RetryAfter.
//   - Misconfigured: credentials, permissions or addresses are wrong. The same
//     key may go again once an operator has mended them.
//   - Rejected: the bank refused the details, or they are refused here before
//     sending. Nothing was executed by this call; an earlier call under the
//     same key whose answer was lost is not covered by it.
//   - Unknown: it may have been executed. Only [Client.Find] may tell.
func (c *Client) Submit(ctx context.Context, t Transfer) (Receipt, error) {
	if err := t.Validate(); err != nil {
		return Receipt{}, err
	}
	p := payload{body: c.body(t)}
	if c.set.HonoursIdempotencyKey {
		p.key = IdempotencyKey(t.Key)
	}
	var out receiptBody
	if err := c.do(ctx, opSubmit, p, &out, func() error { return out.check(c.set.AccountID) }); err != nil {
		return Receipt{}, err
	}
	return Receipt{ApplyNo: string(out.ApplyNo), Progress: resultCodes[string(out.Result)]}, nil
}

// Fee asks what a transfer would cost (transfer/transferfee). The bank checks
// the details as it would for [Client.Submit], and moves nothing; free quotas
// and points are not counted. Errors: those of Submit, without money at stake.
func (c *Client) Fee(ctx context.Context, t Transfer) (remittance.Yen, error) {
	if err := t.Validate(); err != nil {
		return 0, err
	}
	var out struct {
		AccountID text `json:"accountId"`
		Total     text `json:"totalFee"`
	}
	var fee remittance.Yen
	err := c.do(ctx, opFee, payload{body: c.body(t)}, &out, func() (err error) {
		if out.AccountID != "" && string(out.AccountID) != c.set.AccountID {
			return mismatch("answer about another account")
		}
		fee, err = out.Total.yen()
		if err == nil && fee < 0 {
			return mismatch("negative fee")
		}
		return err
	})
	if err != nil {
		return 0, err
	}
	return fee, nil
}

// RequestResult is the state of the latest request for an application number:
// the transfer's own, or that of a cancellation.
type RequestResult struct {
	Progress Progress
	Code     string    // resultCode as the bank gave it
	EndedAt  time.Time // when the request was completed; zero before
}

// Result asks for the latest request (transfer/request-result). It says
// nothing about execution, and nothing at all about the transfer once a
// cancellation has been asked for: [Client.Status] concludes, this does not.
// Errors: RateLimited, Misconfigured, Unknown.
func (c *Client) Result(ctx context.Context, applyNo string) (RequestResult, error) {
	var out receiptBody
	q := url.Values{"accountId": {c.set.AccountID}, "applyNo": {applyNo}}
	err := c.do(ctx, opResult, payload{query: q}, &out, func() error { return out.checkAbout(c.set.AccountID, applyNo) })
	if err != nil {
		return RequestResult{}, err
	}
	return RequestResult{resultCodes[string(out.Result)], string(out.Result), parseInstant(out.EndedAt)}, nil
}
