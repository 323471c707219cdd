package bank

import (
	"context"
	"net/url"
	"time"
)

// entriesPage covers TransactionsResponse and DepositTransactionsResponse of
// the specification, which differ in the name of the list.
type entriesPage struct {
	AccountID text       `json:"accountId"`
	HasNext   boolean    `json:"hasNext"`
	NextKey   text       `json:"nextItemKey"`
	Count     text       `json:"count"`
	Entries   []itemBody `json:"transactions"`
	Deposits  []itemBody `json:"paymentArrivals"`
}

type itemBody struct {
	Date      text `json:"transactionDate"`
	ValueDate text `json:"valueDate"`
	Direction text `json:"transactionType"`
	Amount    text `json:"amount"`
	Balance   text `json:"balance"`
	Remarks   text `json:"remarks"`
	ItemKey   text `json:"itemKey"`
	Applicant text `json:"applicantName"`
	Bank      text `json:"paymentBankName"`
	Branch    text `json:"paymentBranchName"`
	EDI       text `json:"ediInfo"`
}

// The directions of an entry (transactionType).
const (
	moneyIn  = "1"
	moneyOut = "2"
)

// Statement gives the account's entries of the days from and to, in Japan,
// oldest first (accounts/transactions, all pages). A zero to means until the
// bank's own today. Errors: RateLimited,
// Misconfigured, Unknown.
func (c *Client) Statement(ctx context.Context, from, to time.Time) ([]Entry, error) {
	var all []Entry
	err := c.eachEntry(ctx, opEntries, from, to, func(p entriesPage) error {
		for _, item := range p.Entries {
			e, err := item.entry()
			if err != nil {
				return err
			}
			all = append(all, e)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return all, nil
}

// Deposits gives the incoming transfers of the days from and to, in Japan,
// oldest first (accounts/deposit-transactions, all pages). A zero to means until
// the bank's own today. Errors:
// RateLimited, Misconfigured, Unknown.
func (c *Client) Deposits(ctx context.Context, from, to time.Time) ([]Deposit, error) {
	var all []Deposit
	err := c.eachEntry(ctx, opDeposits, from, to, func(p entriesPage) error {
		for _, item := range p.Deposits {
			d, err := item.deposit()
			if err != nil {
				return err
			}
			all = append(all, d)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return all, nil
}

func (c *Client) eachEntry(ctx context.Context, op operation, from, to time.Time, read func(entriesPage) error) error {
	q := c.daysQuery(from, to)
	return eachPage(q, func() (cursor, error) {
		var page entriesPage
		err := c.do(ctx, op, payload{query: q}, &page, func() error {
			switch {
			case page.AccountID != "" && string(page.AccountID) != c.set.AccountID:
				return mismatch("answer about another account")
			case page.Count == "":
				return mismatch("answer without a count")
			}
			return read(page)
		})
		return cursor{bool(page.HasNext), string(page.NextKey)}, err
	})
}

// daysQuery leaves out a zero to: the bank then goes up to its own today, which
// is right even where its clock and ours are days apart, as with the sandbox.
func (c *Client) daysQuery(from, to time.Time) url.Values {
	q := url.Values{"accountId": {c.set.AccountID}, "dateFrom": {day(from)}}
	if !to.IsZero() {
		q.Set("dateTo", day(to))
	}
	return q
}

func (b itemBody) entry() (Entry, error) {
	amount, err := b.Amount.yen()
	if err != nil {
		return Entry{}, mismatch("amount cannot be read")
	}
	balance, err := b.Balance.yen()
	if err != nil {
		return Entry{}, mismatch("balance cannot be read")
	}
	if b.Direction != moneyIn && b.Direction != moneyOut {
		return Entry{}, mismatch("entry goes neither in nor out")
	}
	return Entry{
		ItemKey: string(b.ItemKey), Date: parseDay(b.Date), ValueDate: parseDay(b.ValueDate),
		In: b.Direction == moneyIn, Amount: amount, Balance: balance, Remarks: string(b.Remarks),
	}, nil
}

func (b itemBody) deposit() (Deposit, error) {
	amount, err := b.Amount.yen()
	if err != nil {
		return Deposit{}, mismatch("amount cannot be read")
	}
	switch {
	case b.ItemKey == "":
		return Deposit{}, mismatch("deposit without an item key")
	case b.Direction != "" && b.Direction != moneyIn:
		return Deposit{}, mismatch("deposit that does not go in")
	}
	return Deposit{
		ItemKey: string(b.ItemKey), Date: parseDay(b.Date), ValueDate: parseDay(b.ValueDate), Amount: amount,
		Applicant: string(b.Applicant), Bank: string(b.Bank), Branch: string(b.Branch), EDI: string(b.EDI), Remarks: string(b.Remarks),
	}, nil
}
