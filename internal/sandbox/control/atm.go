package control

import (
	"context"
	"iter"
	"net/http"
	"net/url"
	"time"

	"soukin/remittance"
)

// ATMEntry is the body of POST /sandbox/atm/withdraw: a person types three
// numbers into an ATM and takes the cash.
type ATMEntry struct {
	Partner      string `json:"partner"`      // 4 digits
	Customer     string `json:"customer"`     // 9 digits
	Confirmation string `json:"confirmation"` // 6 digits
}

// ATMResult is what the ATM makes of an entry.
type ATMResult string

// The results.
const (
	ATMPaid       ATMResult = "paid"
	ATMWrong      ATMResult = "wrong"      // one of the numbers; it does not say which
	ATMLocked     ATMResult = "locked"     // wrong entries before
	ATMDispensing ATMResult = "dispensing" // somebody stands at another ATM with the same numbers
	ATMOver       ATMResult = "over"       // withdrawn, cancelled or expired
)

// ATMWithdrawal answers POST /sandbox/atm/withdraw.
type ATMWithdrawal struct {
	Result ATMResult `json:"result"`
	// IssueID, ReceiptNo and Amount are set where the customer number is known.
	IssueID   string         `json:"issue_id,omitempty"`
	ReceiptNo string         `json:"receipt_no,omitempty"`
	Amount    remittance.Yen `json:"amount,omitempty"`
}

// ATMIssue is a line of the ATM network's books, without its numbers.
type ATMIssue struct {
	IssueID   string         `json:"issue_id"`
	ReceiptNo string         `json:"receipt_no"`
	Amount    remittance.Yen `json:"amount"`
	State     string         `json:"state"`
	Reissues  int            `json:"reissues"`
	ExpiresAt time.Time      `json:"expires_at"`
}

// ATMIssues answers GET /sandbox/atm/issues.
type ATMIssues struct {
	Issues []ATMIssue `json:"issues"`
	Next   string     `json:"next,omitempty"` // pass as ?after= for the next page
}

// WithdrawCash plays a person at an ATM.
func (c *Client) WithdrawCash(ctx context.Context, e ATMEntry) (w ATMWithdrawal, err error) {
	return w, c.call(ctx, http.MethodPost, "/sandbox/atm/withdraw", e, &w)
}

// ATMIssues goes through the books of the ATM network. An error ends it.
func (c *Client) ATMIssues(ctx context.Context) iter.Seq2[ATMIssue, error] {
	return func(yield func(ATMIssue, error) bool) {
		for after := ""; ; {
			var page ATMIssues
			if err := c.call(ctx, http.MethodGet, "/sandbox/atm/issues?"+url.Values{"after": {after}}.Encode(), nil, &page); err != nil {
				yield(ATMIssue{}, err)
				return
			}
			for _, i := range page.Issues {
				if !yield(i, nil) {
					return
				}
			}
			if after = page.Next; after == "" {
				return
			}
		}
	}
}
