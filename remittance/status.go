package remittance

import "fmt"

// Status is where a remittance stands. Its text is the wire form, the same in
// the API, the command line, search attributes and the database.
type Status string

// The statuses, in the order a remittance usually meets them.
const (
	Accepted          Status = "accepted"           // order valid, id taken
	AwaitingFunds     Status = "awaiting_funds"     // the merchant's balance is short; resumes by itself
	AwaitingRecipient Status = "awaiting_recipient" // link or ATM numbers are out
	Processing        Status = "processing"         // the instruction is going to the rail
	Checking          Status = "checking"           // the outcome is unknown: enquire, never resend blindly
	Sent              Status = "sent"               // executed; it can still come back
	Paid              Status = "paid"               // the recipient has it
	Returned          Status = "returned"           // the rail gave the money back; new details may reopen it
	Failed            Status = "failed"             // refused; the hold is released
	Cancelled         Status = "cancelled"          // called off; the hold is released
	Expired           Status = "expired"            // a deadline passed; the hold is released
)

// Statuses lists every status once.
func Statuses() []Status {
	return []Status{Accepted, AwaitingFunds, AwaitingRecipient, Processing, Checking, Sent, Paid, Returned, Failed, Cancelled, Expired}
}

// ParseStatus accepts exactly the wire forms.
func ParseStatus(s string) (Status, error) {
	for _, known := range Statuses() {
		if string(known) == s {
			return known, nil
		}
	}
	return "", fmt.Errorf("status %q: must be one of %v", s, Statuses())
}

// Ended reports whether no step can follow by itself. Returned counts as
// ended although new details may reopen it while its workflow still waits.
func (s Status) Ended() bool {
	switch s {
	case Paid, Returned, Failed, Cancelled, Expired:
		return true
	}
	return false
}

var transitions = map[Status][]Status{
	"":                {Accepted},
	Accepted:          {AwaitingFunds, AwaitingRecipient, Processing, Failed, Cancelled},
	AwaitingFunds:     {AwaitingRecipient, Processing, Cancelled, Expired},
	AwaitingRecipient: {Processing, Paid, Cancelled, Expired, Failed},
	Processing:        {Checking, Sent, Paid, AwaitingRecipient, Returned, Failed, Cancelled},
	Checking:          {Processing, Sent, Paid, AwaitingRecipient, Returned, Failed, Cancelled, Expired},
	Sent:              {Paid, Returned, AwaitingRecipient, Checking, Cancelled},
	Returned:          {Processing, AwaitingRecipient, Failed, Cancelled, Expired},
	Paid:              {Returned},
	Failed:            nil,
	Cancelled:         nil,
	Expired:           nil,
}

// Transition says whether a remittance may go from one status to another; the
// empty status is "not yet known". It is the only place that decides. The
// error names both ends.
//
// Two steps look odd and are real: sent may return to checking when the rail
// later contradicts itself, and paid may become returned when money comes back
// after the finality window (a late return).
func Transition(from, to Status) error {
	for _, next := range transitions[from] {
		if next == to {
			return nil
		}
	}
	return fmt.Errorf("a remittance that is %q cannot become %q", from, to)
}
