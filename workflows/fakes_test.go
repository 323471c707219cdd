package workflows_test

import (
	"context"
	"fmt"
	"strconv"
	"sync"
	"time"

	"soukin/activities"
	"soukin/contract"
	"soukin/remittance"
)

// fakeBooks keeps one merchant's books in memory by the rules of the real ones:
// steps in sequence, transitions by the table, no account below zero.
type fakeBooks struct {
	mu        sync.Mutex
	rows      map[remittance.Ref]*row
	available remittance.Yen
	held      remittance.Yen
	inFlight  remittance.Yen
	paid      remittance.Yen
	fees      remittance.Yen
	failMoves int // the next n moves fail as a broken database would
	// rival, once set, is the step that a dead worker committed under the number
	// of the next one.
	rival func(contract.Move) contract.Move
}

type row struct {
	order contract.Order
	owner string
	state contract.State
	moves []contract.Move
	fee   remittance.Yen
}

func newBooks(balance remittance.Yen) *fakeBooks {
	return &fakeBooks{rows: map[remittance.Ref]*row{}, available: balance}
}

func (b *fakeBooks) fund(y remittance.Yen) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.available += y
}

// instructedAtOnce: the account is known, or cash needs none.
func instructedAtOnce(o contract.Order) bool {
	return o.Account != "" || o.Pattern == remittance.ATMCash
}

func (b *fakeBooks) Open(_ context.Context, in contract.OpenInput) (contract.State, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if in.FundingDeadline.IsZero() || in.At.IsZero() || in.HoldOnly == instructedAtOnce(in.Order) {
		return contract.State{}, fmt.Errorf("%w: an incomplete order", activities.ErrConflict)
	}
	if r, ok := b.rows[in.Order.Ref]; ok {
		if r.order.RequestHash != in.Order.RequestHash {
			return contract.State{}, fmt.Errorf("%w: the id is taken", activities.ErrConflict)
		}
		s := r.state
		s.Inherited = r.owner != in.Owner
		return s, nil
	}
	o := in.Order
	r := &row{order: o, owner: in.Owner, state: contract.State{Ref: o.Ref, Pattern: o.Pattern, Amount: o.Amount, Account: o.Account, Seq: 2, Generation: 1, OpenedAt: in.At,
		Rail: o.Pattern.Rail(), Ways: in.Ways}, fee: o.Fee}
	b.rows[o.Ref] = r
	if b.available < o.Amount {
		r.state.Status, r.state.Reason = remittance.AwaitingFunds, remittance.WaitsForFunds
		r.state.Shortfall = o.Amount - b.available
		r.state.Deadline = &in.FundingDeadline
		return r.state, nil
	}
	b.available -= o.Amount
	if in.HoldOnly {
		b.held += o.Amount
		r.state.Status, r.state.Reason, r.state.Deadline = remittance.AwaitingRecipient, remittance.WaitsForRecipient, &in.RecipientDeadline
		return r.state, nil
	}
	b.inFlight += o.Amount
	r.state.Status, r.state.Reason, r.state.InFlight, r.state.Instructed = remittance.Processing, remittance.WaitsForRail, true, 1
	return r.state, nil
}

func (b *fakeBooks) Move(_ context.Context, m contract.Move) (contract.MoveResult, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.failMoves > 0 {
		b.failMoves--
		return contract.MoveResult{}, fmt.Errorf("database is closed")
	}
	if rival := b.rival; rival != nil {
		b.rival = nil
		if _, err := b.move(rival(m)); err != nil {
			panic(err)
		}
	}
	return b.move(m)
}

func (b *fakeBooks) move(m contract.Move) (contract.MoveResult, error) {
	r := b.rows[m.Ref]
	if r.state.Final && (m.To != m.From || len(m.Postings) > 0) {
		return contract.MoveResult{}, fmt.Errorf("%w: it has ended", activities.ErrConflict)
	}
	if m.Seq != r.state.Seq+1 || m.From != r.state.Status {
		return contract.MoveResult{}, fmt.Errorf("%w: step %d %s", activities.ErrConflict, m.Seq, m.From)
	}
	if m.To != m.From {
		if err := remittance.Transition(m.From, m.To); err != nil {
			return contract.MoveResult{}, fmt.Errorf("%w: %w", activities.ErrConflict, err)
		}
	}
	if short := r.order.Amount - b.available; len(m.Postings) > 0 && m.Postings[0] == contract.PostHold && short > 0 {
		return contract.MoveResult{Shortfall: short}, nil
	}
	for _, p := range m.Postings {
		if err := b.post(p, r, m); err != nil {
			return contract.MoveResult{}, err
		}
	}
	if m.Rail != r.state.Rail {
		return contract.MoveResult{}, fmt.Errorf("%w: rail %s is not instructed", activities.ErrConflict, m.Rail)
	}
	if b.available < 0 || b.held < 0 || b.inFlight < 0 {
		return contract.MoveResult{}, fmt.Errorf("%w: below zero after %v", activities.ErrConflict, m)
	}
	r.moves = append(r.moves, m)
	r.state.Seq, r.state.Status, r.state.Reason, r.state.Code = m.Seq, m.To, m.Reason, m.Code
	r.state.Final, r.state.Deadline, r.state.NeedsAttention = m.Final, m.Deadline, m.NeedsAttention
	r.state.Generation, r.state.Account, r.state.RailRef, r.state.Ways = m.Generation, m.Account, m.RailRef, m.Ways
	return contract.MoveResult{}, nil
}

func (b *fakeBooks) post(p contract.Posting, r *row, m contract.Move) error {
	o := r.order
	switch p {
	case contract.PostHold:
		b.available, b.held = b.available-o.Amount, b.held+o.Amount
	case contract.PostInstruct:
		if m.Generation != r.state.Instructed+1 {
			return fmt.Errorf("%w: generation %d is instructed after %d", activities.ErrConflict, m.Generation, r.state.Instructed)
		}
		b.held, b.inFlight = b.held-o.Amount, b.inFlight+o.Amount
		r.state.Rail, r.state.InFlight, r.state.Instructed, r.fee = m.Rail, true, m.Generation, m.Fee
	case contract.PostGiveBack:
		b.inFlight, b.held = b.inFlight-o.Amount, b.held+o.Amount
		r.state.InFlight = false
	case contract.PostRelease:
		b.held, b.available = b.held-o.Amount, b.available+o.Amount
	case contract.PostSettle:
		b.inFlight, b.paid = b.inFlight-o.Amount, b.paid+o.Amount
		r.state.InFlight = false
	case contract.PostFee:
		b.fees += r.fee
	}
	return nil
}

// answer is how the fake bank treats one call of Submit.
type answer string

const (
	takes       answer = "takes"        // 201 with a number
	approval    answer = "approval"     // taken, somebody must approve it
	losesAfter  answer = "loses-after"  // executed, the answer is lost
	losesBefore answer = "loses-before" // the outcome looks unknown, nothing was executed
	refuses     answer = "refuses"
	unreachable answer = "unreachable"
	throttles   answer = "throttles"
	locksOut    answer = "locks-out" // our credentials are refused
	crashes     answer = "crashes"   // our own code dies after the bank has taken it
)

// event is a later change of a taken transfer.
type event struct {
	after  time.Duration
	stage  contract.Stage
	reason remittance.Reason
}

// fakeBank executes each key once, as the sandbox does, and keeps books that
// the tests compare with ours.
type fakeBank struct {
	mu         sync.Mutex
	now        func() time.Time
	answers    []answer // one per Submit; afterwards it takes
	course     []event  // what becomes of each taken transfer
	finality   time.Duration
	hidden     time.Duration // how long Find does not show a transfer
	cancelTies answer        // "" cancels, refuses is too late, losesAfter cancels but loses the answer
	broken     int           // the next n enquiries fail
	submits    int
	enquiries  int
	transfers  map[string]*transfer
	order      []*transfer
}

type transfer struct {
	key       remittance.Key
	amount    remittance.Yen
	account   remittance.AccountID
	at        time.Time
	ref       string
	cancelled bool
}

func newBank(now func() time.Time) *fakeBank {
	return &fakeBank{now: now, transfers: map[string]*transfer{}, finality: 48 * time.Hour,
		course: []event{{0, contract.StageWaiting, ""}, {time.Minute, contract.StageExecuted, ""}}}
}

func (f *fakeBank) Submit(_ context.Context, in activities.Instruction) (contract.SubmitResult, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	how := takes
	if f.submits < len(f.answers) {
		how = f.answers[f.submits]
	}
	f.submits++
	switch how {
	case refuses:
		return contract.SubmitResult{}, &remittance.RailError{Outcome: remittance.OutcomeRejected, Reason: remittance.BadDetails, Code: "220001"}
	case unreachable:
		return contract.SubmitResult{}, &remittance.RailError{Outcome: remittance.OutcomeNotSent, Code: "dial"}
	case throttles:
		return contract.SubmitResult{}, &remittance.RailError{Outcome: remittance.OutcomeRateLimited, Code: "WG_ERR_154", RetryAfter: 7 * time.Second}
	case locksOut:
		return contract.SubmitResult{}, &remittance.RailError{Outcome: remittance.OutcomeMisconfigured, Code: "HTTP 401"}
	case losesBefore:
		return contract.SubmitResult{}, &remittance.RailError{Code: "reset before the answer"}
	}
	tr := f.take(in)
	switch how {
	case losesAfter:
		return contract.SubmitResult{}, &remittance.RailError{Code: "timeout after send"}
	case crashes:
		panic("the worker's own code broke")
	}
	return contract.SubmitResult{RailRef: tr.ref, AwaitsApproval: how == approval}, nil
}

func (f *fakeBank) take(in activities.Instruction) *transfer {
	if tr, ok := f.transfers[in.Key.String()]; ok {
		return tr
	}
	tr := &transfer{key: in.Key, amount: in.Amount, account: in.Account, at: f.now(), ref: strconv.Itoa(1000 + len(f.order))}
	f.transfers[in.Key.String()] = tr
	f.order = append(f.order, tr)
	return tr
}

func (f *fakeBank) stage(tr *transfer) event {
	if tr.cancelled {
		return event{stage: contract.StageNotExecuted, reason: remittance.ApprovalWithdrawn}
	}
	var now event
	for _, e := range f.course {
		if !f.now().Before(tr.at.Add(e.after)) {
			now = e
		}
	}
	return now
}

func (f *fakeBank) State(_ context.Context, _ activities.Instruction, ref string) (contract.RailState, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.enquiries++
	if f.broken > 0 {
		f.broken--
		return contract.RailState{}, &remittance.RailError{Code: "HTTP 500"}
	}
	for _, tr := range f.order {
		if tr.ref == ref {
			e := f.stage(tr)
			return contract.RailState{Stage: e.stage, RailRef: ref, Reason: e.reason, Code: "code"}, nil
		}
	}
	return contract.RailState{}, nil
}

func (f *fakeBank) Find(ctx context.Context, in activities.Instruction, _ time.Time) (contract.RailState, error) {
	f.mu.Lock()
	tr, ok := f.transfers[in.Key.String()]
	visible := ok && !f.now().Before(tr.at.Add(f.hidden)) && !tr.at.Before(in.At.Add(-24*time.Hour))
	f.mu.Unlock()
	if !visible {
		return contract.RailState{Stage: contract.StageNotFound}, nil
	}
	return f.State(ctx, in, tr.ref)
}

func (f *fakeBank) Cancel(_ context.Context, _ activities.Instruction, ref string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.cancelTies == refuses {
		return &remittance.RailError{Outcome: remittance.OutcomeRejected, Code: "too late"}
	}
	for _, tr := range f.order {
		if tr.ref != ref {
			continue
		}
		if s := f.stage(tr).stage; s != contract.StageWaiting && s != contract.StageApproval {
			return &remittance.RailError{Outcome: remittance.OutcomeRejected, Code: "too late, or asked for before"}
		}
		tr.cancelled = true
	}
	if f.cancelTies == losesAfter {
		f.cancelTies = ""
		return &remittance.RailError{Code: "timeout after send"}
	}
	return nil
}

func (f *fakeBank) FinalAfter(executed time.Time) time.Time { return executed.Add(f.finality) }

// keptBy says how much the recipients have for good by the bank's own books.
func (f *fakeBank) kept() (total remittance.Yen, count int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, tr := range f.order {
		if f.stage(tr).stage == contract.StageExecuted {
			total, count = total+tr.amount, count+1
		}
	}
	return total, count
}

// fakeNotifier keeps what recipients were told.
type fakeNotifier struct {
	mu   sync.Mutex
	sent []contract.NoticeInput
	err  error
}

func (n *fakeNotifier) Notify(_ context.Context, in contract.NoticeInput) (contract.NoticeResult, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.err != nil {
		return contract.NoticeResult{}, n.err
	}
	n.sent = append(n.sent, in)
	return contract.NoticeResult{Sent: []string{"mail"}}, nil
}

func (n *fakeNotifier) kinds() []contract.NoticeKind {
	n.mu.Lock()
	defer n.mu.Unlock()
	out := []contract.NoticeKind{}
	for _, s := range n.sent {
		out = append(out, s.Kind)
	}
	return out
}
