package bank

import (
	"context"

	"soukin/remittance"
)

// Cancellation is the bank's answer to a request to call an instruction off.
// None of its values says what became of the transfer: ask for the status.
type Cancellation struct {
	// Refused means that the bank did not take the request: too late, or one is
	// under way already. Code says how it put it.
	Refused  bool
	Code     string
	Progress Progress // of the request, unless refused
}

type cancelBody struct {
	AccountID string `json:"accountId"`
	Class     string `json:"cancelTargetKeyClass"`
	ApplyNo   string `json:"applyNo"`
}

// The classes of cancellation (cancelTargetKeyClass).
const (
	cancelApplication = "1" // 振込申請取消: an application that still waits for approval
	cancelAcceptance  = "2" // 振込受付取消
)

// Cancel asks the bank to call an instruction off (transfer/cancel). Contracts
// without Business-ID management always name the acceptance; with it, an
// application that still waits for approval is named as such, which takes an
// enquiry first. Errors: RateLimited, Misconfigured, Unknown.
func (c *Client) Cancel(ctx context.Context, applyNo string) (Cancellation, error) {
	class := cancelAcceptance
	if c.set.BusinessID {
		found, err := c.lookup(ctx, applyNo)
		if err != nil {
			return Cancellation{}, err
		}
		if found != nil && found.meaning().stage == StageApproval {
			class = cancelApplication
		}
	}
	var out receiptBody
	body := cancelBody{c.set.AccountID, class, applyNo}
	err := c.do(ctx, opCancel, payload{body: body}, &out, func() error { return out.checkAbout(c.set.AccountID, applyNo) })
	if err == nil {
		return Cancellation{Progress: resultCodes[string(out.Result)], Code: string(out.Result)}, nil
	}
	if rail := railError(err); rail.Outcome == remittance.OutcomeRejected {
		return Cancellation{Refused: true, Code: rail.Code}, nil
	}
	return Cancellation{}, err
}
