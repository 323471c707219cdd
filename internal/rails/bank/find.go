package bank

import (
	"context"
	"net/url"
	"time"

	"soukin/remittance"
)

// clockSkew widens the days that are searched, for an instruction sent around
// midnight with clocks that differ.
const clockSkew = time.Hour

// fullPage is how many transfers the bank shows at once.
const fullPage = 500

// Find looks for an instruction whose answer was lost, by the reference it
// carries (transfer/status by date of application, from the day of from to the
// bank's own today, all pages). from is when the first attempt of the key began
// and to when the last one ended.
//
// nil means that it was never received, and only when that is proven: the bank
// shows everything it has (Settings.NeedsApproval is false), and it has had
// Settings.VisibilityDelay since to before the search began. Until then, a
// transfer that is not found comes back as a state of StageUnknown.
//
// It is an Unknown error for an operator if the bank shows the reference on
// another amount or on more than one live transfer, or shows a transfer of the
// same amount to the same payee that carries no reference of ours at all (the
// bank may have dropped or changed it). If ordered names no payee, the amount alone makes such a
// look-alike. Errors: RateLimited, Misconfigured, Unknown.
func (c *Client) Find(ctx context.Context, ordered Transfer, from, to time.Time) (*State, error) {
	began := c.set.Now()
	if from.IsZero() {
		return nil, &remittance.RailError{Code: "search without a first day"}
	}
	if to.Before(from) {
		to = from
	}
	var marked []State
	lookAlike := false
	ref := Reference(ordered.Key)
	err := c.eachTransfer(ctx, from, time.Time{}, func(e entry) error {
		switch {
		case e.carries(ref):
			s, err := e.stateFor(ordered)
			if err != nil {
				return err
			}
			marked = append(marked, s)
		case e.looksLike(ordered):
			lookAlike = true
		}
		return nil
	})
	switch {
	case err != nil:
		return nil, err
	case len(marked) > 0:
		return theLiveOne(marked)
	case lookAlike:
		return nil, contradiction("a transfer without reference looks like the one ordered")
	case c.set.NeedsApproval:
		return &State{Amount: ordered.Amount, Code: "not shown, may wait for approval"}, nil
	case began.Before(to.Add(c.set.VisibilityDelay)):
		return &State{Amount: ordered.Amount, Code: "not shown yet"}, nil
	}
	return nil, nil
}

// theLiveOne chooses among transfers with one reference. Those that ended
// without execution do not count beside one that may move money.
func theLiveOne(marked []State) (*State, error) {
	latest := &marked[len(marked)-1]
	live := 0
	for i := range marked {
		if marked[i].Stage != StageNotExecuted {
			latest = &marked[i]
			live++
		}
	}
	if live > 1 {
		return nil, contradiction("the bank shows the instruction more than once")
	}
	return latest, nil
}

// looksLike reports whether the entry could be the transfer with its marks
// dropped or changed by the bank. An amount that cannot be read could be any.
func (e entry) looksLike(ordered Transfer) bool {
	if len(e.references()) > 0 || e.meaning().stage == StageNotExecuted {
		return false
	}
	for _, l := range e.lines() {
		amount, err := l.Amount.yen()
		same := err != nil || amount == ordered.Amount
		if same && (ordered.Payee == Payee{} || l.pays(ordered.Payee)) {
			return true
		}
	}
	return false
}

// Sweep gives every transfer of one line that carries a reference of ours and
// was applied for on the days from and to, in Japan, to follow many remittances
// with one enquiry. A zero to means until the bank's own today. States are found again by their Reference; Amount is the bank's,
// for the caller to compare, and PayeeMatches is not looked at. Errors:
// RateLimited, Misconfigured, Unknown.
func (c *Client) Sweep(ctx context.Context, from, to time.Time) ([]State, error) {
	var all []State
	err := c.eachTransfer(ctx, from, to, func(e entry) error {
		lines := e.lines()
		if len(e.references()) == 0 || len(lines) != 1 {
			return nil
		}
		amount, err := lines[0].Amount.yen()
		if err != nil {
			return mismatch("amount cannot be read")
		}
		all = append(all, e.state(amount))
		return nil
	})
	if err != nil {
		return nil, err
	}
	return all, nil
}

func (c *Client) eachTransfer(ctx context.Context, from, to time.Time, visit func(entry) error) error {
	q := c.daysQuery(from.Add(-clockSkew), to)
	q.Set("queryKeyClass", "2")
	q.Set("requestTransferTerm", "1")
	return eachPage(q, func() (cursor, error) {
		var page statusPage
		next := cursor{}
		err := c.do(ctx, opStatus, payload{query: q}, &page, func() error {
			if err := page.check(); err != nil {
				return err
			}
			// Days in one form of fixed length: text order is time order.
			if string(page.BaseDate) < q.Get("dateFrom") {
				return mismatch("the bank's day is before the search, or not given")
			}
			for _, p := range page.Paging {
				next = cursor{bool(p.HasNext), string(p.NextKey)}
			}
			if len(page.Paging) == 0 && len(page.Entries) >= fullPage {
				return mismatch("full page without a word on the next")
			}
			return nil
		})
		if err != nil {
			return next, err
		}
		for _, e := range page.Entries {
			if err := visit(e); err != nil {
				return next, err
			}
		}
		return next, nil
	})
}

// cursor is where the next page begins.
type cursor struct {
	more bool
	key  string
}

// eachPage calls fetch with nextItemKey set in q until there are no more
// pages. A key that comes again would make it run for ever.
func eachPage(q url.Values, fetch func() (cursor, error)) error {
	seen := map[string]bool{}
	for {
		next, err := fetch()
		if err != nil || !next.more {
			return err
		}
		if next.key == "" || seen[next.key] {
			return &remittance.RailError{Code: "the next page has no new key"}
		}
		seen[next.key] = true
		q.Set("nextItemKey", next.key)
	}
}
