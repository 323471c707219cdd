package atm

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"soukin/remittance"
)

// State is how an issue stands at the network.
type State string

// The states. Issued and Locked may still be paid out; the others are final.
const (
	Issued    State = "issued"
	Locked    State = "locked" // after wrong entries, until numbers are issued anew
	Withdrawn State = "withdrawn"
	Cancelled State = "cancelled"
	Expired   State = "expired"
)

func (s State) known() bool {
	switch s {
	case Issued, Locked, Withdrawn, Cancelled, Expired:
		return true
	}
	return false
}

// Order is what numbers are issued for.
type Order struct {
	Key remittance.Key
	// Amount is what the answers are compared with; 0 compares nothing, and issues
	// nothing.
	Amount remittance.Yen
	// Until is the last instant at which the cash can be taken. It is sent without
	// its fraction of a second, so always the same for the same order.
	Until time.Time
}

// Issue is an issue as the network tells of it.
type Issue struct {
	// ReceiptNo is the network's own number of it.
	ReceiptNo string
	State     State
	// Amount is the whole, Payable what of it an ATM pays in notes; the rest is
	// paid at the shop's register.
	Amount, Payable remittance.Yen
	// Reissues counts how often the numbers were replaced.
	Reissues  int
	ExpiresAt time.Time
	// Numbers are in the answers of Issue and Reissue, as long as cash can be
	// taken with them.
	Numbers Numbers
}

// Numbers are what an ATM asks for before it pays. Whoever has them has the
// cash: they print, encode and log as nothing.
type Numbers struct {
	reveal func() (partner, customer, confirmation string)
}

func numbersOf(partner, customer, confirmation string) Numbers {
	return Numbers{func() (string, string, string) { return partner, customer, confirmation }}
}

// Given reports whether there are numbers at all.
func (n Numbers) Given() bool { return n.reveal != nil }

// Reveal gives the partner code (4 digits), the customer number (9) and the
// confirmation number (6) in plain text; empty where there are none.
func (n Numbers) Reveal() (partner, customer, confirmation string) {
	if n.reveal == nil {
		return "", "", ""
	}
	return n.reveal()
}

// String says nothing.
func (n Numbers) String() string { return "(numbers)" }

// Format is masked for every verb.
func (n Numbers) Format(s fmt.State, _ rune) { fmt.Fprint(s, n.String()) }

// MarshalJSON is masked.
func (n Numbers) MarshalJSON() ([]byte, error) { return json.Marshal(n.String()) }

// LogValue is masked.
func (n Numbers) LogValue() slog.Value { return slog.StringValue(n.String()) }

// issueBody is the network's answer about an issue.
type issueBody struct {
	IssueID      string         `json:"issue_id"`
	ReceiptNo    string         `json:"receipt_no"`
	State        State          `json:"state"`
	Amount       remittance.Yen `json:"amount"`
	Payable      remittance.Yen `json:"payable_amount"`
	Reissues     int            `json:"reissues"`
	ExpiresAt    time.Time      `json:"expires_at"`
	Partner      string         `json:"partner_code"`
	Customer     string         `json:"customer_number"`
	Confirmation string         `json:"confirmation_number"`
}

// issueAbout reads the answer as one about the order. Where it contradicts the
// order somebody must look: the network may hold cash for somebody else.
func (b issueBody) issueAbout(o Order) (Issue, error) {
	switch {
	case b.IssueID != Reference(o.Key):
		return Issue{}, contradiction("answer about another issue")
	case o.Amount != 0 && b.Amount != o.Amount:
		return Issue{}, contradiction("answer about another amount")
	case b.ReceiptNo == "":
		return Issue{}, mismatch("answer without a receipt number")
	case !b.State.known():
		return Issue{}, mismatch("state is not documented")
	case b.ExpiresAt.IsZero():
		return Issue{}, mismatch("answer without an end")
	case b.Reissues < 0:
		return Issue{}, mismatch("count of reissues cannot be read")
	}
	out := Issue{ReceiptNo: b.ReceiptNo, State: b.State, Amount: b.Amount, Payable: b.Payable, Reissues: b.Reissues, ExpiresAt: b.ExpiresAt.UTC()}
	if digits(b.Partner, 4) && digits(b.Customer, 9) && digits(b.Confirmation, 6) {
		out.Numbers = numbersOf(b.Partner, b.Customer, b.Confirmation)
	}
	return out, nil
}

func digits(s string, n int) bool { return len(s) == n && strings.Trim(s, "0123456789") == "" }

func mismatch(what string) error { return &remittance.RailError{Code: what} }

func contradiction(what string) error {
	return &remittance.RailError{Reason: remittance.WaitsForOperator, Code: what}
}
