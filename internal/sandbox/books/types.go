package books

import (
	"time"

	"soukin/remittance"
)

// Account is an account of ours at the bank.
type Account struct {
	ID         string // 12 to 29 characters: branch, type code and number
	BranchCode string // 3 digits
	BranchName string // full-width, up to 30
	TypeCode   string // "01" 普通預金（有利息） or "02" 普通預金（決済用）
	Number     string // 7 digits
	Primary    bool
	Name       string // full-width, up to 48
	NameKana   string // half-width, up to 48
	// DailyLimit is the most that may be requested from the account on one day.
	DailyLimit remittance.Yen
	// Opening is the balance on the day the sandbox's books begin.
	Opening remittance.Yen
}

// Order is a transfer asked for, checked for form but not against the books.
type Order struct {
	ClientID     string // the OAuth client; idempotency keys are its own
	Key          string // Idempotency-Key, "" for none
	Hash         string // of the request's content, to tell whether a key is used again for something else
	AccountID    string
	RemitterName string // "" for the account's own name
	Designated   string // YYYY-MM-DD
	HolidayCode  string // "1", "2" or "3"
	ApplyComment string
	Lines        []Line
	Approval     Approval      // how this one is approved
	Hidden       time.Duration // how long only the request result shows it; 0 for not at all
}

// Total is the sum of the lines' amounts.
func (o Order) Total() (sum remittance.Yen) {
	for _, l := range o.Lines {
		sum += l.Amount
	}
	return sum
}

// Line is one payee of a transfer.
type Line struct {
	Item        int // from 1
	Amount      remittance.Yen
	Fee         remittance.Yen
	EDIInfo     string
	BankCode    string
	BranchCode  string
	BankKana    string
	BranchKana  string
	BankKanji   string
	BranchKanji string
	AccountType string
	Number      string
	Payee       string

	Fate   Fate
	Return string // Result_Detail of a return: "01" to "06" or "09"
	Fault  string // what to count when the fate comes true, "" for nothing

	Status   Status
	Executed int // how often it was debited
}

// Transfer is a transfer as the books hold it.
type Transfer struct {
	ApplyNo      string
	AccountID    string
	ClientID     string
	Key          string
	RemitterName string
	ApplyComment string
	Designated   string // after the holiday code was applied
	Approval     Approval
	RequestedAt  time.Time
	Result       ResultCode
	ResultAt     time.Time // zero until the result is 完了
	ApplyStatus  ApplyStatus
	Status       Status
	AcceptNo     string // "" until accepted
	AcceptedAt   time.Time
	Lines        []Line
	History      []Event
}

// Amount is the sum of the lines' amounts.
func (t Transfer) Amount() (sum remittance.Yen) {
	for _, l := range t.Lines {
		sum += l.Amount
	}
	return sum
}

// Fee is the sum of the lines' fees, planned until executed.
func (t Transfer) Fee() (sum remittance.Yen) {
	for _, l := range t.Lines {
		sum += l.Fee
	}
	return sum
}

// Event is one step of a transfer's life.
type Event struct {
	At     time.Time
	Status Status // of the whole transfer after the step
	Item   int    // the line that caused it, 0 for the transfer itself
	Return string // Result_Detail where the step is a return
}

// Receipt is the answer to a request.
type Receipt struct {
	ApplyNo  string
	Result   ResultCode
	ResultAt time.Time // set only where Result is 完了
	Replayed bool      // an idempotency key brought back the first answer
}

// Direction is the statement's 入払コード.
type Direction string

// The directions.
const (
	In  Direction = "1"
	Out Direction = "2"
)

// Item is one line of the statement.
type Item struct {
	Key       string // 明細キー: JST to the microsecond, 20 digits, unique and rising per account
	PostedAt  time.Time
	Direction Direction
	Amount    remittance.Yen
	Balance   remittance.Yen
	Remarks   string
	// Of incoming transfers only.
	Applicant, BankKana, BranchKana, EDIInfo string
}

// Branch names a branch of a bank as the bank's master knows it.
type Branch struct {
	BankKana, BankKanji, BranchKana, BranchKanji string
}

// Calendar knows on which days banks in Japan are open.
type Calendar interface {
	// IsBankDay reports whether the day that t falls on in Japan is one.
	IsBankDay(t time.Time) bool
}

// Directory is the master of banks and branches.
type Directory interface {
	// Branch finds a branch by its 4-digit and 3-digit codes.
	Branch(bankCode, branchCode string) (Branch, bool)
}
