package workflows_test

import (
	"context"
	"strconv"
	"sync"
	"time"

	"soukin/activities"
	"soukin/contract"
	"soukin/remittance"
)

// fakeRail plays every rail but the bank: it executes each key once and keeps
// books that the tests compare with ours.
type fakeRail struct {
	mu      sync.Mutex
	now     func() time.Time
	rail    remittance.Rail
	answers []answer                                                 // one per Submit; afterwards it takes
	reasons []remittance.Reason                                      // one per refusal; afterwards RefusedByRail
	people  []person                                                 // one per issue of numbers; afterwards nobody comes
	stuck   int                                                      // the next n cancels are refused although nothing was paid
	silent  int                                                      // the next n cancels and reissues get no answer, and do nothing
	mute    int                                                      // the next n cancels get no answer, and are carried out
	lost    int                                                      // the next n reissues get no answer, and are carried out
	asked   func(activities.Instruction) (contract.RailState, error) // if set, what enquiries by key are answered
	deaf    func() bool                                              // while it says so, enquiries get no answer
	cancels int                                                      // how often it was asked to cancel
	recall  time.Duration                                            // how long a gift code can be taken back
	submits int
	taken   map[string]*taking
	order   []*taking
}

// person is what somebody does at an ATM, counted from the issue; 0 is never.
type person struct{ locks, comes time.Duration }

type taking struct {
	key       remittance.Key
	amount    remittance.Yen
	account   remittance.AccountID
	form      remittance.GiftForm
	at, until time.Time
	ref       string
	person    person
	refused   remittance.Reason
	recalled  time.Time
	reissued  []time.Time
	numbers   map[int]bool // the reissues that were asked for
	times     int          // how often it was executed
}

func newRail(r remittance.Rail, now func() time.Time) *fakeRail {
	return &fakeRail{rail: r, now: now, recall: 15 * time.Minute, taken: map[string]*taking{}}
}

func (f *fakeRail) Submit(_ context.Context, in activities.Instruction) (contract.SubmitResult, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	how := takes
	if f.submits < len(f.answers) {
		how = f.answers[f.submits]
	}
	f.submits++
	switch how {
	case unreachable:
		return contract.SubmitResult{}, &remittance.RailError{Outcome: remittance.OutcomeNotSent, Code: "dial"}
	case throttles:
		return contract.SubmitResult{}, &remittance.RailError{Outcome: remittance.OutcomeRateLimited, Code: "429", RetryAfter: 7 * time.Second}
	case locksOut:
		return contract.SubmitResult{}, &remittance.RailError{Outcome: remittance.OutcomeMisconfigured, Code: "HTTP 401"}
	case losesBefore:
		return contract.SubmitResult{}, &remittance.RailError{Code: "reset before the answer"}
	}
	t := f.take(in, how == refuses)
	switch {
	case how == losesAfter:
		return contract.SubmitResult{}, &remittance.RailError{Code: "timeout after send"}
	case how == crashes:
		panic("the worker's own code broke")
	case t.refused != "":
		return contract.SubmitResult{}, &remittance.RailError{Outcome: remittance.OutcomeRejected, Reason: t.refused, Code: "no"}
	}
	s := f.stateOf(t)
	return contract.SubmitResult{RailRef: t.ref, Stage: s.Stage, Until: s.Until}, nil
}

func (f *fakeRail) take(in activities.Instruction, refuse bool) *taking {
	if t, ok := f.taken[in.Key.String()]; ok {
		return t
	}
	t := &taking{key: in.Key, amount: in.Amount, account: in.Account, form: in.Form, at: f.now(), until: in.Until,
		ref: string(f.rail) + "-" + strconv.Itoa(len(f.order)+1), numbers: map[int]bool{}}
	switch {
	case refuse && len(f.reasons) > 0:
		t.refused, f.reasons = f.reasons[0], f.reasons[1:]
	case refuse:
		t.refused = remittance.RefusedByRail
	case len(f.people) > 0:
		t.person, f.people = f.people[0], f.people[1:]
	}
	if t.refused == "" && f.rail != remittance.RailATM {
		t.times++
	}
	f.taken[in.Key.String()] = t
	f.order = append(f.order, t)
	return t
}

// withdrawn tells whether somebody took the cash: in time, while the numbers were
// good.
func (f *fakeRail) withdrawn(t *taking) bool {
	comes := t.at.Add(t.person.comes)
	if f.rail != remittance.RailATM || t.person.comes == 0 || f.now().Before(comes) || !comes.Before(t.until) {
		return false
	}
	return (t.recalled.IsZero() || comes.Before(t.recalled)) && !f.lockedAt(t, comes)
}

func (f *fakeRail) lockedAt(t *taking, when time.Time) bool {
	locks := t.at.Add(t.person.locks)
	if t.person.locks == 0 || when.Before(locks) {
		return false
	}
	for _, again := range t.reissued {
		if again.After(locks) && !again.After(when) {
			return false
		}
	}
	return true
}

func (f *fakeRail) stateOf(t *taking) contract.RailState {
	s := contract.RailState{RailRef: t.ref, Code: "code"}
	switch {
	case t.refused != "":
		s.Stage, s.Reason = contract.StageNotExecuted, t.refused
	case f.withdrawn(t):
		s.Stage = contract.StageSettled
	case !t.recalled.IsZero():
		s.Stage, s.Reason = contract.StageNotExecuted, remittance.CancelledByUs
	case f.rail != remittance.RailATM && t.form == remittance.GiftCode:
		s.Stage = contract.StageExecuted
	case f.rail != remittance.RailATM:
		s.Stage = contract.StageSettled
	case !f.now().Before(t.until):
		s.Stage, s.Reason = contract.StageNotExecuted, remittance.RecipientDeadline
	default:
		s.Stage, s.Until = contract.StageIssued, &t.until
		if f.lockedAt(t, f.now()) {
			s.Stage = contract.StageLocked
		}
	}
	return s
}

func (f *fakeRail) State(ctx context.Context, in activities.Instruction, _ string) (contract.RailState, error) {
	return f.Find(ctx, in, time.Time{})
}

// Find at Amazon is the same request again.
func (f *fakeRail) Find(_ context.Context, in activities.Instruction, _ time.Time) (contract.RailState, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	t, ok := f.taken[in.Key.String()]
	switch {
	case f.asked != nil:
		return f.asked(in)
	case f.deaf != nil && f.deaf():
		return contract.RailState{}, &remittance.RailError{Code: "timeout after send"}
	case ok:
		return f.stateOf(t), nil
	case f.rail != remittance.RailAmazon:
		return contract.RailState{Stage: contract.StageNotFound}, nil
	case in.LookOnly:
		return contract.RailState{}, nil
	}
	return f.stateOf(f.take(in, false)), nil
}

// arrive takes an instruction that was on its way.
func (f *fakeRail) arrive(in activities.Instruction) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.take(in, false)
}

func (f *fakeRail) Cancel(_ context.Context, in activities.Instruction, _ string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.cancels++
	if f.silent > 0 {
		f.silent--
		return &remittance.RailError{Code: "timeout after send"}
	}
	t, ok := f.taken[in.Key.String()]
	over := ok && f.stateOf(t).Stage == contract.StageNotExecuted
	if !ok || over || f.withdrawn(t) || f.stuck > 0 || f.rail != remittance.RailATM && t.form != remittance.GiftCode {
		f.stuck = max(0, f.stuck-1)
		return &remittance.RailError{Outcome: remittance.OutcomeRejected, Code: "too late"}
	}
	t.recalled = f.now()
	if f.mute > 0 {
		f.mute--
		return &remittance.RailError{Code: "timeout after send"}
	}
	return nil
}

func (f *fakeRail) Reissue(_ context.Context, in activities.Instruction, _ string, n int) (contract.SubmitResult, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.silent > 0 {
		f.silent--
		return contract.SubmitResult{}, &remittance.RailError{Code: "timeout after send"}
	}
	t := f.taken[in.Key.String()]
	s := f.stateOf(t)
	switch {
	case t.numbers[n]: // as it stands by now
	case s.Stage != contract.StageIssued && s.Stage != contract.StageLocked:
		return contract.SubmitResult{}, &remittance.RailError{Outcome: remittance.OutcomeRejected, Code: "over"}
	default:
		t.numbers[n] = true
		t.reissued = append(t.reissued, f.now())
		s = f.stateOf(t)
	}
	if f.lost > 0 {
		f.lost--
		return contract.SubmitResult{}, &remittance.RailError{Code: "timeout after send"}
	}
	return contract.SubmitResult{RailRef: t.ref, Stage: s.Stage, Until: s.Until}, nil
}

func (f *fakeRail) FinalAfter(executed time.Time) time.Time { return executed.Add(f.recall) }

// onlyRail hides Reissue where a rail has no numbers.
type onlyRail struct{ activities.Rail }

func (f *fakeRail) port() activities.Rail {
	if f.rail == remittance.RailATM {
		return f
	}
	return onlyRail{f}
}

// kept says how much recipients have for good by the rail's own books.
func (f *fakeRail) kept() (total remittance.Yen, count int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, t := range f.order {
		if f.withdrawn(t) || t.times > 0 && t.recalled.IsZero() {
			total, count = total+t.amount, count+1
		}
	}
	return total, count
}
