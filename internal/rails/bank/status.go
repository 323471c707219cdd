package bank

import (
	"context"
	"log/slog"
	"net/url"
	"time"

	"soukin/remittance"
)

// State is what the bank says about one transfer.
type State struct {
	ApplyNo  string
	AcceptNo string // given when the transfer is booked or executed
	Stage    Stage
	Reason   remittance.Reason
	// Code is what the bank said, for operators: "20", "result 8", or both
	// sides of a contradiction.
	Code string
	// Amount is the bank's, or what was ordered where the bank shows none yet.
	Amount remittance.Yen
	// Fee is what the transfer cost once executed, and what is expected before.
	// 0 if the bank did not say.
	Fee remittance.Yen
	// PayeeMatches is whether bank, branch, type and number are those ordered.
	// Names are not compared: the bank converts some characters.
	PayeeMatches bool
	Reference    string    // the mark the transfer carries, see [Reference]
	AppliedAt    time.Time // zero if the bank did not say
}

// String leaves nothing personal in: a state holds no names or accounts.
func (s State) String() string {
	return "transfer " + s.ApplyNo + " " + string(s.Stage) + " (" + s.Code + ")"
}

// LogValue is String for logs.
func (s State) LogValue() slog.Value { return slog.StringValue(s.String()) }

// Status asks for one transfer by the bank's number (transfer/status, and
// transfer/request-result while the bank does not show it). ordered is what
// was instructed; its payee may be left empty, then PayeeMatches is false.
//
// An answer that does not fit ordered (another amount, another reference) is
// an Unknown error for an operator, never a state. Errors: RateLimited,
// Misconfigured, Unknown.
func (c *Client) Status(ctx context.Context, applyNo string, ordered Transfer) (State, error) {
	found, err := c.lookup(ctx, applyNo)
	if err != nil {
		return State{}, err
	}
	if found != nil {
		return found.stateFor(ordered)
	}
	result, err := c.Result(ctx, applyNo)
	if err != nil {
		return State{}, err
	}
	m := beforeApplication[result.Progress]
	return State{ApplyNo: applyNo, Stage: m.stage, Reason: m.reason, Amount: ordered.Amount, Code: "result " + plainCode(text(result.Code))}, nil
}

// lookup gives nil for a number that transfer/status does not show.
func (c *Client) lookup(ctx context.Context, applyNo string) (*entry, error) {
	q := url.Values{"accountId": {c.set.AccountID}, "queryKeyClass": {"1"}, "applyNo": {applyNo}}
	var page statusPage
	err := c.do(ctx, opStatus, payload{query: q}, &page, func() error {
		if err := page.check(); err != nil {
			return err
		}
		for _, e := range page.Entries {
			if e.applyNo() != applyNo {
				return mismatch("answer about another application")
			}
		}
		if len(page.Entries) > 1 {
			return mismatch("several answers about one application")
		}
		return nil
	})
	if err != nil || len(page.Entries) == 0 {
		return nil, err
	}
	return &page.Entries[0], nil
}
