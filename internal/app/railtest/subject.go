package railtest

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"soukin/activities"
	"soukin/internal/sandbox/control"
	"soukin/internal/sandbox/faults"
	"soukin/remittance"
)

// T is what *testing.T and *rapid.T have in common.
type T interface {
	require.TestingT
	Helper()
	Context() context.Context
}

// Subject is a rail under test: the adapter, the counterparty behind it, and
// what the suite must know about both.
type Subject struct {
	// Rail is the adapter as a worker has it. It reaches the sandbox through Proxy.
	Rail  activities.Rail
	Proxy *Proxy
	// Sandbox sets the faults of the counterparty.
	Sandbox *control.Client
	// Now is the clock of the adapter and the sandbox, and Pass moves it.
	Now  func() time.Time
	Pass func(time.Duration)

	// New gives an instruction under a key of its own, which the counterparty
	// executes, or for cash takes on.
	New func(T) activities.Instruction
	// Refusals are what the counterparty refuses in each of its ways.
	Refusals []Refusal
	// Books is what the counterparty's own books hold of an instruction.
	Books func(T, activities.Instruction) Books
	// Secrets must never be in an error or a result: the destination, and what the
	// counterparty answered for the recipient's eyes. It is asked when a test has
	// ended.
	Secrets func(T, activities.Instruction) []string

	// Settle does what else it takes until the money has left for good: a
	// withdrawal, the coming of a bank day. It does nothing to an instruction that
	// was not taken on, and is nil on rails that settle at once.
	Settle func(T, activities.Instruction)
	// Cancellable gives a new instruction that can be called off until Settle; nil
	// on rails that settle at once.
	Cancellable func(T) activities.Instruction
	// OnlyByRepeating is a rail that can only be asked by sending the request again.
	OnlyByRepeating bool
}

// Refusal is an instruction that the counterparty refuses, and the reason that
// people are told.
type Refusal struct {
	Name   string
	New    func(T) activities.Instruction
	Reason remittance.Reason
}

// Books is one instruction in the counterparty's own books.
type Books struct {
	Executed int  // how often money left
	Undone   bool // it was taken back, or came back
}

// visibility is longer than any counterparty of the sandbox needs to show what
// it has.
const visibility = 20 * time.Minute

// submitWindow is how long the settings let an instruction be sent again: a bank
// forgets its keys after a day.
const submitWindow = 12 * time.Hour

// part is one thing that is proven of every rail, or of those that can do it.
type part struct {
	name string
	test func(*testing.T, suite)
}

var parts = []part{
	{"the same key again is the same instruction", resent},
	{"many at once under one key are one instruction", atOnce},
	{"another body under a key moves nothing more", otherBody},
	{"a lost answer is found", lostAnswer},
	{"what was cut before is missing only when it must be seen", cutBefore},
	{"a request that arrives late", lateArrival},
	{"a request that is delivered twice", deliveredTwice},
	{"enquiries by number and by key agree", enquiriesAgree},
	{"an enquiry about something else is no answer", otherEnquiry},
	{"a refusal says why and moves nothing", refused},
	{"turned away for the rate", throttled},
	{"turned away for maintenance", maintained},
	{"a broken counterparty", broken},
	{"a call that was given up before it began", givenUp},
	{"any order of calls under any faults", randomCalls},
}

// Run runs the suite, one part after the other: they share the counterparty.
func Run(t *testing.T, s Subject) {
	for _, p := range append(partsFor(s), parts...) {
		t.Run(p.name, func(t *testing.T) { p.test(t, newSuite(t, s)) })
	}
}

// partsFor are those that depend on what the rail can do.
func partsFor(s Subject) []part {
	var able []part
	if s.Cancellable != nil {
		able = append(able, part{"called off in time", cancelled}, part{"called off too late", cancelledTooLate}, part{"called off and executed at once", cancelRace})
	} else {
		able = append(able, part{"never called off", cannotCancel})
	}
	if _, can := s.Rail.(activities.Reissuer); can {
		able = append(able, part{"numbers that are replaced", reissued})
	}
	return able
}

// suite is a subject that is watched while it is tested.
type suite struct {
	Subject
	*watched
}

func newSuite(t *testing.T, s Subject) suite {
	w := &watched{rail: s.Rail, secrets: s.Secrets}
	t.Cleanup(func() { w.check(t) })
	out := suite{s, w}
	out.under(t, faults.None) // whatever a part that failed left behind
	return out
}

// under has every call of the rail struck by one fault until it is called with
// [faults.None].
func (s suite) under(t T, kind faults.Kind) {
	t.Helper()
	plan := faults.Plan{}
	if kind != faults.None {
		plan.Rates = map[faults.Kind]float64{kind: 1}
	}
	s.setFaults(t, plan)
}

func (s suite) setFaults(t T, plan faults.Plan) {
	t.Helper()
	_, err := s.Sandbox.SetFaults(t.Context(), plan)
	require.NoError(t, err)
}

// executed lets happen what can, and reads how often money left.
func (s suite) executed(t T, in activities.Instruction) int {
	t.Helper()
	if s.Settle != nil {
		s.Settle(t, in)
	}
	return s.Books(t, in).Executed
}

// sooner is an instant for Find that does not let it prove anything yet, later
// passes the time until it must.
func (s suite) sooner() time.Time { return s.Now().Add(visibility) }

func (s suite) later(from time.Time) time.Time {
	s.Pass(from.Sub(s.Now()) + time.Second)
	return from
}
