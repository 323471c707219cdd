package atm

import (
	"strings"
	"time"

	"soukin/remittance"
)

// State is how an issue stands.
type State string

// The states. An issue leaves issued and locked only, and never the others.
const (
	Issued    State = "issued"
	Locked    State = "locked"
	Withdrawn State = "withdrawn"
	Cancelled State = "cancelled"
	Expired   State = "expired"
)

// due is what happens to an issue by itself.
type due string

const (
	dueNothing due = ""
	dueLock    due = "lock"
	duePay     due = "pay"
)

// issue is one line of the books.
type issue struct {
	id        string
	serial    int64
	amount    remittance.Yen
	expiresAt time.Time
	state     State
	reissues  int
	wrong     int
	endedAt   time.Time // zero while it is open
	due       due
	dueAt     time.Time
	// dispensing: the ATM is counting the notes, nothing stops it any more.
	dispensing bool

	numbers numbers // those in force
}

// numbers are what an ATM asks for besides the partner code.
type numbers struct{ customer, confirmation string }

func (i *issue) open() bool { return i.state == Issued || i.state == Locked }

func (i *issue) end(s State, at time.Time) {
	i.state, i.endedAt, i.due, i.dispensing = s, at, dueNothing, false
}

// startDispensing lets the recipient win a race that has begun at the given time.
func (i *issue) startDispensing(at time.Time, moment time.Duration) {
	i.dispensing, i.due, i.dueAt = true, duePay, at.Add(moment)
}

// event is something that happened to an issue, for a notice.
type event struct {
	kind string
	at   time.Time
}

// The events that the network tells of.
const (
	eventWithdrawn = "withdrawn"
	eventLocked    = "locked"
	eventExpired   = "expired"
)

// catchUp applies what happened by itself until now, in the order in which it
// fell due. Expiry waits while the ATM is counting.
func (i *issue) catchUp(now time.Time, moment time.Duration) (happened []event) {
	for i.open() {
		expires := !i.dispensing && !i.expiresAt.After(now)
		falls := i.due != dueNothing && !i.dueAt.After(now)
		switch {
		case falls && (!expires || !i.dueAt.After(i.expiresAt)):
			happened = append(happened, i.fall())
		case expires && i.state == Issued && magicOf(i.amount).atEnd:
			i.startDispensing(i.expiresAt, moment)
		case expires:
			i.end(Expired, i.expiresAt)
			happened = append(happened, event{eventExpired, i.endedAt})
		default:
			return happened
		}
	}
	return happened
}

func (i *issue) fall() event {
	if i.due == dueLock {
		i.state, i.due = Locked, dueNothing
		return event{eventLocked, i.dueAt}
	}
	i.end(Withdrawn, i.dueAt)
	return event{eventWithdrawn, i.endedAt}
}

func digits(s string, n int) bool { return len(s) == n && strings.Trim(s, "0123456789") == "" }
