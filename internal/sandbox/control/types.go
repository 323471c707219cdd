package control

import (
	"time"

	"soukin/internal/sandbox/faults"
	"soukin/remittance"
)

// Health answers GET /sandbox/health.
type Health struct {
	Status string    `json:"status"` // "ok"
	Now    time.Time `json:"now"`    // the sandbox's time
}

// Clock answers GET and POST /sandbox/clock.
type Clock struct {
	Now   time.Time `json:"now"`   // the sandbox's time
	Moved string    `json:"moved"` // how far it is ahead of the real one, as "72h0m0s"
}

// Advance is the body of POST /sandbox/clock.
type Advance struct {
	Advance string `json:"advance"` // as "90s", "72h"; the clock only goes forward
}

// Deposit is the body of POST /sandbox/deposits: an incoming transfer to one of
// our accounts.
type Deposit struct {
	AccountID  string         `json:"account_id,omitempty"` // default: the primary account
	Amount     remittance.Yen `json:"amount"`               // whole yen, at least 1
	Applicant  string         `json:"applicant,omitempty"`  // half-width kana, up to 48
	BankName   string         `json:"bank_name,omitempty"`  // half-width kana, up to 30
	BranchName string         `json:"branch_name,omitempty"`
	EDIInfo    string         `json:"edi_info,omitempty"` // half-width, up to 20
}

// Deposited answers POST /sandbox/deposits.
type Deposited struct {
	AccountID string         `json:"account_id"`
	ItemKey   string         `json:"item_key"` // as the bank's statement has it
	Amount    remittance.Yen `json:"amount"`
	Balance   remittance.Yen `json:"balance"`
}

// Transfers answers GET /sandbox/transfers: transfers in the order of their
// numbers, those invisible to the bank's own enquiries too.
type Transfers struct {
	Transfers []Transfer `json:"transfers"`
	Next      string     `json:"next,omitempty"` // pass as ?after= for the next page
}

// Transfer is a transfer as the sandbox's books hold it.
type Transfer struct {
	ApplyNo        string         `json:"apply_no"`
	IdempotencyKey string         `json:"idempotency_key,omitempty"`
	ApplyComment   string         `json:"apply_comment,omitempty"`
	RequestedAt    time.Time      `json:"requested_at"`
	Designated     string         `json:"designated"` // YYYY-MM-DD
	Amount         remittance.Yen `json:"amount"`
	Fee            remittance.Yen `json:"fee"`
	ResultCode     string         `json:"result_code"`
	Status         int            `json:"status"` // the bank's transferStatus; 0 while invisible
	// ExecutedCount is how often money left for this transfer: the most often
	// debited line counts. More than 1 is a bug of the sandbox.
	ExecutedCount int     `json:"executed_count"`
	Lines         []Line  `json:"lines"`
	History       []Event `json:"history"`
}

// Line is one payee of a transfer.
type Line struct {
	Item          int               `json:"item"`
	Amount        remittance.Yen    `json:"amount"`
	Fee           remittance.Yen    `json:"fee"`
	EDIInfo       string            `json:"edi_info,omitempty"`
	Status        int               `json:"status"`
	ExecutedCount int               `json:"executed_count"`
	Reason        remittance.Reason `json:"reason,omitempty"` // why it came back
}

// Event is one step of a transfer's life.
type Event struct {
	At     time.Time         `json:"at"`
	Status int               `json:"status"`
	Item   int               `json:"item,omitempty"` // the line that caused it
	Reason remittance.Reason `json:"reason,omitempty"`
}

// Decision is what POST /sandbox/transfers/{apply_no}/{decision} does.
type Decision string

// The decisions.
const (
	Approve  Decision = "approve"
	Withdraw Decision = "withdraw"
	SendBack Decision = "send-back"
)

// Accounts answers GET /sandbox/accounts.
type Accounts struct {
	Accounts []Account `json:"accounts"`
}

// Account is what ever moved on an account of ours. Balance = Opening +
// Deposits - Executed - Fees + Returned, or the sandbox has a bug.
type Account struct {
	AccountID    string         `json:"account_id"`
	Balance      remittance.Yen `json:"balance"`
	Withdrawable remittance.Yen `json:"withdrawable"`
	Opening      remittance.Yen `json:"opening"`
	Deposits     remittance.Yen `json:"deposits"`
	Executed     remittance.Yen `json:"executed"`
	Fees         remittance.Yen `json:"fees"`
	Returned     remittance.Yen `json:"returned"`
}

// Faults answers GET and POST /sandbox/faults; the body of the POST is the plan.
type Faults struct {
	Plan faults.Plan `json:"plan"`
	// Fired counts what struck: kinds of the plan since it was set, magic values
	// as "magic:<name>" since the books began.
	Fired map[faults.Kind]int `json:"fired"`
}

// Problem is the body of every error.
type Problem struct {
	Error string `json:"error"` // names the field, the rule and the fix
}
