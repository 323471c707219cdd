package contract

import (
	"time"

	"soukin/remittance"
)

// LinkInput starts a [WorkflowAccountLink].
type LinkInput struct {
	Order  Order      `json:"order"` // Account is empty until the recipient names one
	Policy BankPolicy `json:"policy"`
	Link   LinkTerms  `json:"link"`
}

// LinkTerms is how a recipient is asked. Durations are copied from the
// merchant's settings when the order is taken.
type LinkTerms struct {
	// Contact is the vault id of the recipient's mail address and telephone
	// number; empty when the merchant hands the link over by itself.
	Contact remittance.ContactID `json:"contact,omitempty"`
	// Window is how long the link is open, ReopenWindow how long it is open
	// again after the bank could not credit the account.
	Window       time.Duration `json:"window"`
	ReopenWindow time.Duration `json:"reopen_window"`
	// Reminders are sent that long before the deadline.
	Reminders []time.Duration `json:"reminders,omitempty"`
	// MaxReopens bounds how often a link reopens.
	MaxReopens int `json:"max_reopens"`
}

// DesignateInput is the argument of [UpdateDesignate]: the account the
// recipient named, already in the vault.
type DesignateInput struct {
	Account remittance.AccountID `json:"account"`
}

// ExtendInput is the argument of [UpdateExtend].
type ExtendInput struct {
	Until time.Time `json:"until"`
}

// ChangeContactInput is the argument of [UpdateChangeContact].
type ChangeContactInput struct {
	Contact remittance.ContactID `json:"contact"`
}

// NoticeKind is what a notice to the recipient is about.
type NoticeKind string

// The notices.
const (
	NoticeLink      NoticeKind = "link"      // name your account here
	NoticeReminder  NoticeKind = "reminder"  // the deadline comes near
	NoticeReopened  NoticeKind = "reopened"  // the bank could not credit it, name another account
	NoticePaid      NoticeKind = "paid"      // the money has been sent for good
	NoticeReturned  NoticeKind = "returned"  // it came back and the link is closed
	NoticeExpired   NoticeKind = "expired"   // the deadline passed
	NoticeCancelled NoticeKind = "cancelled" // the merchant called it off
)

// NoticeInput asks for one notice. Key makes it idempotent as far as mail can
// be: a repeated activity carries the same message id.
type NoticeInput struct {
	remittance.Ref
	Kind     NoticeKind           `json:"kind"`
	Key      string               `json:"key"` // "<kind>/<n>"
	Contact  remittance.ContactID `json:"contact"`
	Amount   remittance.Yen       `json:"amount"`
	Deadline *time.Time           `json:"deadline,omitempty"`
	Reason   remittance.Reason    `json:"reason,omitempty"`
	// Renew makes every earlier link of the remittance useless: the contact
	// changed, and who has the old one must not act on it.
	Renew bool `json:"renew,omitempty"`
}

// NoticeResult says by which ways the notice went out ("mail", "sms").
type NoticeResult struct {
	Sent []string `json:"sent"`
}
