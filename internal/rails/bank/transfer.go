package bank

import (
	"log/slog"
	"strconv"
	"time"
	"unicode/utf8"

	"soukin/remittance"
)

// maxLine is the most one line of a transfer carries (corporate API v1.1.12:
// ten digits for a line).
const maxLine remittance.Yen = 9_999_999_999

// maxName is the length of names in single transfers (corporate API v1.1.12:
// remitterName and beneficiaryName, 48 half-width characters).
const maxName = 48

// Payee is the account that is paid, as the bank wants it written. It is
// personal data: it prints as the bank and branch only.
type Payee struct {
	BankCode    string // 4 digits
	BranchCode  string // 3 digits
	AccountType string // 1 ordinary, 2 current, 4 savings, 9 other
	Number      string // 7 digits, zeros on the left
	Name        string // 1 to 48 half-width characters
}

// String leaves out the account number and the name.
func (p Payee) String() string { return "payee at " + p.BankCode + "-" + p.BranchCode }

// GoString is String under %#v.
func (p Payee) GoString() string { return p.String() }

// LogValue is String for logs.
func (p Payee) LogValue() slog.Value { return slog.StringValue(p.String()) }

// HolidayCode says what the bank does with a day that is not a bank day.
type HolidayCode string

// The holiday codes (transferDateHolidayCode). Empty leaves it to the bank,
// which takes the next bank day.
const (
	HolidayNextBankDay     HolidayCode = "1"
	HolidayPreviousBankDay HolidayCode = "2"
	HolidayRefuse          HolidayCode = "3"
)

// Transfer is one instruction.
type Transfer struct {
	Key          remittance.Key
	Amount       remittance.Yen
	Payee        Payee
	RemitterName string    // up to 48 half-width characters; empty is the account's own name
	Date         time.Time // its day in Japan is the day of the transfer
	HolidayCode  HolidayCode
}

// String leaves out the names and the account number.
func (t Transfer) String() string { return t.Key.String() + " of " + t.Amount.String() }

// GoString is String under %#v.
func (t Transfer) GoString() string { return t.String() }

// LogValue is String for logs.
func (t Transfer) LogValue() slog.Value { return slog.StringValue(t.String()) }

// Validate checks the form of every field. It is the form the bank's
// specification demands; whether the bank and branch exist is not looked at.
// The error is a *remittance.RailError that names the field and never its
// value: Rejected, because no such instruction can ever be executed.
func (t Transfer) Validate() error {
	switch {
	case t.Amount < 1 || t.Amount > maxLine:
		return badField("amount: must be from 1 to 9,999,999,999 yen")
	case !digits(t.Payee.BankCode, 4):
		return badField("payee bank code: must be 4 digits")
	case !digits(t.Payee.BranchCode, 3):
		return badField("payee branch code: must be 3 digits")
	case !oneOf(t.Payee.AccountType, "1", "2", "4", "9"):
		return badField("payee account type: must be 1, 2, 4 or 9")
	case !digits(t.Payee.Number, 7):
		return badField("payee account number: must be 7 digits")
	case t.Payee.Name == "" || !halfWidth(t.Payee.Name):
		return badField("payee name: must be 1 to 48 half-width characters")
	case !halfWidth(t.RemitterName):
		return badField("remitter name: must be up to 48 half-width characters")
	case t.Date.IsZero():
		return badField("date: must be the day of the transfer")
	case !oneOf(string(t.HolidayCode), "", "1", "2", "3"):
		return badField("holiday code: must be 1, 2 or 3, or left out")
	}
	if _, err := remittance.ParseKey(t.Key.String()); err != nil {
		return badField("key: " + err.Error())
	}
	return nil
}

func badField(rule string) error {
	return &remittance.RailError{Outcome: remittance.OutcomeRejected, Reason: remittance.BadDetails, Code: "not sent, " + rule}
}

func digits(s string, n int) bool {
	for _, r := range s {
		if r < '0' || r > '9' {
			return false
		}
	}
	return len(s) == n
}

func oneOf(s string, allowed ...string) bool {
	for _, a := range allowed {
		if s == a {
			return true
		}
	}
	return false
}

// halfWidth checks width and length only; which of the half-width characters a
// bank takes is for the package that normalises names.
func halfWidth(s string) bool {
	for _, r := range s {
		if !(' ' <= r && r <= '~' || '｡' <= r && r <= 'ﾟ') {
			return false
		}
	}
	return utf8.RuneCountInString(s) <= maxName
}

// transferBody is TransferRequest of the specification. Every number is a
// string there.
type transferBody struct {
	AccountID   string     `json:"accountId"`
	Remitter    string     `json:"remitterName,omitempty"`
	Date        string     `json:"transferDesignatedDate"`
	HolidayCode string     `json:"transferDateHolidayCode,omitempty"`
	TotalCount  string     `json:"totalCount"`
	TotalAmount string     `json:"totalAmount"`
	Comment     string     `json:"applyComment"`
	Lines       []lineBody `json:"transfers"`
}

type lineBody struct {
	ItemID      string `json:"itemId"`
	Amount      string `json:"transferAmount"`
	EDI         string `json:"ediInfo"`
	BankCode    string `json:"beneficiaryBankCode"`
	BranchCode  string `json:"beneficiaryBranchCode"`
	AccountType string `json:"accountTypeCode"`
	Number      string `json:"accountNumber"`
	Name        string `json:"beneficiaryName"`
}

// body writes the transfer. The reference goes into both fields that come
// back in enquiries: the bank drops applyComment unless the contract uses
// Business-ID management, and ediInfo is kept for everybody. The totals may be
// left out for one line; they are sent so that the bank checks them.
func (c *Client) body(t Transfer) transferBody {
	amount := strconv.FormatInt(int64(t.Amount), 10)
	ref := Reference(t.Key)
	return transferBody{
		AccountID: c.set.AccountID, Remitter: t.RemitterName, Date: day(t.Date), HolidayCode: string(t.HolidayCode),
		TotalCount: "1", TotalAmount: amount, Comment: ref,
		Lines: []lineBody{{
			ItemID: "1", Amount: amount, EDI: ref,
			BankCode: t.Payee.BankCode, BranchCode: t.Payee.BranchCode,
			AccountType: t.Payee.AccountType, Number: t.Payee.Number, Name: t.Payee.Name,
		}},
	}
}

// mismatch is an answer that cannot be the answer to our question.
func mismatch(what string) error {
	return &remittance.RailError{Code: what}
}
