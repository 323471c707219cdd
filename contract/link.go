package contract

import (
	"time"

	"soukin/remittance"
)

// LinkInput starts every workflow whose recipient has a page: [WorkflowAccountLink],
// [WorkflowATMCash], [WorkflowGiftCard], [WorkflowAuPay] and [WorkflowChoice].
type LinkInput struct {
	Order  Order      `json:"order"` // Account is empty until the recipient names one
	Policy RailPolicy `json:"policy"`
	Link   LinkTerms  `json:"link"`
	// Ways are the ways to have the money, in the order of the page. Empty means a
	// bank account alone, under Order.Fee and Policy.
	Ways []Way `json:"ways,omitempty"`
}

// Way is one way in which a recipient may have the money.
type Way struct {
	Rail   remittance.Rail `json:"rail"`
	Fee    remittance.Yen  `json:"fee"`
	Policy RailPolicy      `json:"policy"`
	// Form is set for a gift card.
	Form remittance.GiftForm `json:"form,omitempty"`
	// Term is how long cash can be taken at an ATM after its numbers were issued,
	// and MaxReissues how often new numbers may replace lost or locked ones.
	Term        time.Duration `json:"term,omitempty"`
	MaxReissues int           `json:"max_reissues,omitempty"`
}

// Fallback is what a link offers after a way has failed.
type Fallback string

// The fallbacks. Empty means FallbackRemaining.
const (
	FallbackRemaining Fallback = "remaining" // every way that can still succeed
	FallbackSame      Fallback = "same"      // the same way, with other details
	FallbackNone      Fallback = "none"      // nothing: the remittance ends
)

// LinkTerms is how a recipient is asked. Durations are copied from the
// merchant's settings when the order is taken.
type LinkTerms struct {
	// Contact is the vault id of the recipient's mail address and telephone
	// number; empty when the merchant hands the link over by itself.
	Contact remittance.ContactID `json:"contact,omitempty"`
	// Window is how long the link is open, ReopenWindow how long it is open
	// again after a way failed.
	Window       time.Duration `json:"window"`
	ReopenWindow time.Duration `json:"reopen_window"`
	// Reminders are sent that long before the deadline.
	Reminders []time.Duration `json:"reminders,omitempty"`
	// MaxReopens bounds how often a link reopens.
	MaxReopens int `json:"max_reopens"`
	// Fallback is the merchant's policy for a way that failed.
	Fallback Fallback `json:"fallback,omitempty"`
}

// DesignateInput is the argument of [UpdateDesignate]: the way the recipient
// chose and where the money goes on it, already in the vault. Cash and gift
// codes need no account. An empty rail is the link's only way.
type DesignateInput struct {
	Rail    remittance.Rail      `json:"rail,omitempty"`
	Account remittance.AccountID `json:"account,omitempty"`
}

// ReissueInput is the argument of [UpdateReissue].
type ReissueInput struct {
	Actor remittance.Actor `json:"actor"`
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
	NoticeLink      NoticeKind = "link"      // say here how to have it
	NoticeReminder  NoticeKind = "reminder"  // the deadline comes near
	NoticeReopened  NoticeKind = "reopened"  // a way failed, choose or name another
	NoticePaid      NoticeKind = "paid"      // the money has been sent for good
	NoticeReturned  NoticeKind = "returned"  // it came back and the link is closed
	NoticeExpired   NoticeKind = "expired"   // the deadline passed
	NoticeCancelled NoticeKind = "cancelled" // the merchant called it off
	NoticeNumbers   NoticeKind = "numbers"   // ATM numbers are on the page
	NoticeLocked    NoticeKind = "locked"    // the ATM numbers are locked, have new ones issued
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
	// Rail is the way the money goes, or went; empty while several are open.
	Rail remittance.Rail     `json:"rail,omitempty"`
	Form remittance.GiftForm `json:"form,omitempty"`
	// Renew makes every earlier link of the remittance useless: the contact
	// changed, and who has the old one must not act on it.
	Renew bool `json:"renew,omitempty"`
}

// NoticeResult says by which ways the notice went out ("mail", "sms").
type NoticeResult struct {
	Sent []string `json:"sent"`
}
