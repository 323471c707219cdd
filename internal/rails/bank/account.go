package bank

import (
	"context"
	"log/slog"
	"net/url"
	"time"

	"soukin/remittance"
)

// Account is one of the accounts that the token may see.
type Account struct {
	ID            string
	Type          string // 01 and 02 ordinary, 11 time deposit, 51 foreign currency, 81 securities
	BranchCode    string
	Number        string
	NameKana      string
	TransferLimit remittance.Yen // 0 if the bank did not say
}

// String leaves out the number and the name.
func (a Account) String() string { return "account type " + a.Type + " at branch " + a.BranchCode }

// LogValue is String for logs.
func (a Account) LogValue() slog.Value { return slog.StringValue(a.String()) }

// Accounts lists the accounts (accounts). Errors: RateLimited, Misconfigured,
// Unknown.
func (c *Client) Accounts(ctx context.Context) ([]Account, error) {
	var out struct {
		Accounts []struct {
			ID     text `json:"accountId"`
			Type   text `json:"accountTypeCode"`
			Branch text `json:"branchCode"`
			Number text `json:"accountNumber"`
			Kana   text `json:"accountNameKana"`
			Limit  text `json:"transferLimitAmount"`
		} `json:"accounts"`
	}
	var all []Account
	err := c.do(ctx, opAccounts, payload{}, &out, func() error {
		if out.Accounts == nil {
			return mismatch("answer without a list of accounts")
		}
		for _, a := range out.Accounts {
			if a.ID == "" {
				return mismatch("account without an id")
			}
			limit, err := a.Limit.yen()
			if err != nil && a.Limit != "" {
				return mismatch("transfer limit cannot be read")
			}
			all = append(all, Account{string(a.ID), string(a.Type), string(a.Branch), string(a.Number), string(a.Kana), limit})
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return all, nil
}

// Balance is what the account holds.
type Balance struct {
	Current      remittance.Yen
	Withdrawable remittance.Yen // what a transfer can take now
	At           time.Time      // zero if the bank did not say
}

// Balance asks for the account's balance (accounts/balances). Errors:
// RateLimited, Misconfigured, Unknown.
func (c *Client) Balance(ctx context.Context) (Balance, error) {
	var out struct {
		Balances []struct {
			ID           text `json:"accountId"`
			Current      text `json:"balance"`
			Withdrawable text `json:"withdrawableAmount"`
			Date         text `json:"baseDate"`
			Time         text `json:"baseTime"`
		} `json:"balances"`
	}
	var b Balance
	q := url.Values{"accountId": {c.set.AccountID}}
	err := c.do(ctx, opBalance, payload{query: q}, &out, func() error {
		for _, each := range out.Balances {
			if string(each.ID) != c.set.AccountID {
				continue
			}
			current, err := each.Current.yen()
			if err != nil {
				return mismatch("balance cannot be read")
			}
			withdrawable, err := each.Withdrawable.yen()
			if err != nil {
				return mismatch("withdrawable amount cannot be read")
			}
			b = Balance{current, withdrawable, parseInstant(each.Date, each.Time)}
			return nil
		}
		return mismatch("answer without the account")
	})
	if err != nil {
		return Balance{}, err
	}
	return b, nil
}

// Entry is one line of the account's statement.
type Entry struct {
	ItemKey   string    // empty where the bank gives none
	Date      time.Time // midnight in Japan
	ValueDate time.Time
	In        bool
	Amount    remittance.Yen
	Balance   remittance.Yen // after this entry
	Remarks   string         // personal data: it may name people
}

// String leaves out the remarks.
func (e Entry) String() string { return "statement entry " + e.ItemKey }

// LogValue is String for logs.
func (e Entry) LogValue() slog.Value { return slog.StringValue(e.String()) }

// Deposit is an incoming transfer.
type Deposit struct {
	// ItemKey is unique in the account: whoever credits a deposit does so once
	// for each key. It is never empty.
	ItemKey   string
	Date      time.Time // midnight in Japan
	ValueDate time.Time
	Amount    remittance.Yen // may be negative: a correction
	Applicant string         // personal data
	Bank      string         // kana
	Branch    string         // kana
	EDI       string         // personal data: free text
	Remarks   string         // personal data
}

// String leaves out everything personal.
func (d Deposit) String() string { return "deposit " + d.ItemKey }

// LogValue is String for logs.
func (d Deposit) LogValue() slog.Value { return slog.StringValue(d.String()) }
