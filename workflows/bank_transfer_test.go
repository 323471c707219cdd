package workflows_test

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"
	"pgregory.net/rapid"

	"soukin/activities"
	"soukin/contract"
	"soukin/remittance"
	"soukin/workflows"
)

const (
	amount  = remittance.Yen(30_000)
	fee     = remittance.Yen(150)
	account = remittance.AccountID("acc_00000000000000000000000001")
	other   = remittance.AccountID("acc_00000000000000000000000002")
)

var otherRails = []remittance.Rail{remittance.RailATM, remittance.RailAmazon, remittance.RailAuPay, remittance.RailPrepaid}

func policy() contract.RailPolicy {
	return contract.RailPolicy{
		FundingWindow: 72 * time.Hour, FundingRecheck: time.Hour,
		SubmitAttempts: 3, SubmitWindow: 12 * time.Hour, VisibilityDelay: 15 * time.Minute,
		EnquireEvery: time.Minute, AttentionAfter: 24 * time.Hour, WatchEvery: 4 * time.Hour,
	}
}

type world struct {
	env   *testsuite.TestWorkflowEnvironment
	books *fakeBooks
	bank  *fakeBank
	rails map[remittance.Rail]*fakeRail
	told  *fakeNotifier
	in    contract.BankTransferInput
}

type fataler interface {
	require.TestingT
	Helper()
}

func newWorld(balance remittance.Yen, honoursKeys bool) *world {
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(quiet{})
	w := &world{env: suite.NewTestWorkflowEnvironment(), books: newBooks(balance), told: &fakeNotifier{}}
	w.env.SetStartTime(time.Date(2026, 11, 20, 1, 0, 0, 0, time.UTC))
	w.env.SetTestTimeout(time.Minute)
	w.bank = newBank(w.env.Now)
	workflows.Register(w.env)
	activities.RegisterLedger(w.env, activities.NewLedger(w.books))
	activities.RegisterRail(w.env, remittance.RailBank, activities.NewCounterparty(w.bank, honoursKeys, w.env.Now))
	w.rails = map[remittance.Rail]*fakeRail{}
	for _, r := range otherRails {
		w.rails[r] = newRail(r, w.env.Now)
		activities.RegisterRail(w.env, r, activities.NewCounterparty(w.rails[r].port(), true, w.env.Now))
	}
	activities.RegisterNotices(w.env, activities.NewNotices(w.told))
	w.in = contract.BankTransferInput{
		Order: contract.Order{
			Ref:     remittance.Ref{Merchant: "demo", Remittance: "R-1"},
			Pattern: remittance.BankTransfer, Amount: amount, Fee: fee, Account: account, RequestHash: "h1",
		},
		Policy: policy(),
	}
	return w
}

// quiet drops the SDK's log: a failing test prints the timeline instead.
type quiet struct{}

func (quiet) Debug(string, ...any) {}
func (quiet) Info(string, ...any)  {}
func (quiet) Warn(string, ...any)  {}
func (quiet) Error(string, ...any) {}

func (w *world) run(t fataler) contract.State {
	t.Helper()
	return w.runAs(t, contract.WorkflowBankTransfer, w.in)
}

func (w *world) runAs(t fataler, workflow string, in any) contract.State {
	t.Helper()
	w.env.ExecuteWorkflow(workflow, in)
	require.True(t, w.env.IsWorkflowCompleted(), "the workflow is still open")
	require.NoError(t, w.env.GetWorkflowError())
	var s contract.State
	require.NoError(t, w.env.GetWorkflowResult(&s))
	return s
}

func (w *world) path() []remittance.Status {
	out := []remittance.Status{}
	for _, m := range w.books.rows[w.in.Order.Ref].moves {
		out = append(out, m.To)
	}
	return out
}

// settled checks what must hold at the end of every remittance, whatever
// happened on the way: our books and the rails' agree to the yen.
func (w *world) settled(t fataler, s contract.State, started remittance.Yen) {
	t.Helper()
	require.True(t, s.Final)
	require.Zero(t, w.books.held, "still held")
	require.Zero(t, w.books.inFlight, "still in flight")
	kept, count := w.bank.kept()
	for _, r := range w.rails {
		k, n := r.kept()
		kept, count = kept+k, count+n
	}
	require.LessOrEqual(t, count, 1, "paid more than once")
	require.Equal(t, kept, w.books.paid, "our books and the rails' differ")
	require.Equal(t, started, w.books.available+w.books.paid, "a yen was lost")
	require.Equal(t, s.Status == remittance.Paid, count == 1)
}

func TestBankTransferEndings(t *testing.T) {
	bounce := func(at time.Duration, r remittance.Reason) []event {
		return []event{{0, contract.StageWaiting, ""}, {time.Minute, contract.StageExecuted, ""}, {at, contract.StageReturned, r}}
	}
	for name, c := range map[string]struct {
		arrange func(*world)
		noKeys  bool
		status  remittance.Status
		reason  remittance.Reason
		path    []remittance.Status
		fees    remittance.Yen
	}{
		"paid after the finality window": {
			arrange: func(*world) {}, status: remittance.Paid,
			path: []remittance.Status{remittance.Sent, remittance.Paid}, fees: fee,
		},
		"refused by the bank": {
			arrange: func(w *world) { w.bank.answers = []answer{refuses} },
			status:  remittance.Failed, reason: remittance.BadDetails, path: []remittance.Status{remittance.Failed},
		},
		"bounces a day after it was sent": {
			arrange: func(w *world) { w.bank.course = bounce(26*time.Hour, remittance.NameMismatch) },
			status:  remittance.Returned, reason: remittance.NameMismatch,
			path: []remittance.Status{remittance.Sent, remittance.Returned}, fees: fee,
		},
		"bounces in the last minute of the window": {
			arrange: func(w *world) { w.bank.course = bounce(48*time.Hour, remittance.AccountClosed) },
			status:  remittance.Returned, reason: remittance.AccountClosed,
			path: []remittance.Status{remittance.Sent, remittance.Returned}, fees: fee,
		},
		"the answer is lost and the bank honours keys": {
			arrange: func(w *world) { w.bank.answers = []answer{losesAfter} }, status: remittance.Paid,
			path: []remittance.Status{remittance.Sent, remittance.Paid}, fees: fee,
		},
		"every answer is lost": {
			arrange: func(w *world) {
				w.bank.answers = []answer{losesAfter, losesAfter, losesAfter}
				w.bank.hidden = 10 * time.Minute
			},
			status: remittance.Paid,
			path:   []remittance.Status{remittance.Checking, remittance.Sent, remittance.Paid}, fees: fee,
		},
		"the answer is lost and the bank keeps no keys": {
			arrange: func(w *world) { w.bank.answers = []answer{losesAfter} }, noKeys: true, status: remittance.Paid,
			path: []remittance.Status{remittance.Checking, remittance.Sent, remittance.Paid}, fees: fee,
		},
		"never arrived, found out after the visibility delay": {
			arrange: func(w *world) { w.bank.answers = []answer{losesBefore} }, noKeys: true, status: remittance.Paid,
			path: []remittance.Status{remittance.Checking, remittance.Processing, remittance.Sent, remittance.Paid}, fees: fee,
		},
		"a refusal after a lost answer is not believed": {
			arrange: func(w *world) { w.bank.answers = []answer{losesAfter, refuses} }, status: remittance.Paid,
			path: []remittance.Status{remittance.Checking, remittance.Sent, remittance.Paid}, fees: fee,
		},
		"our own code crashes after the bank has taken it": {
			arrange: func(w *world) { w.bank.answers = []answer{crashes} }, noKeys: true, status: remittance.Paid,
			path: []remittance.Status{remittance.Checking, remittance.Sent, remittance.Paid}, fees: fee,
		},
		"throttled, locked out, unreachable, then taken": {
			arrange: func(w *world) {
				w.in.Policy.SubmitAttempts = 10
				w.bank.answers = []answer{throttles, locksOut, unreachable}
			},
			status: remittance.Paid, path: []remittance.Status{remittance.Sent, remittance.Paid}, fees: fee,
		},
		"approved at the bank after an hour": {
			arrange: func(w *world) {
				w.bank.answers = []answer{approval}
				w.bank.course = []event{{0, contract.StageApproval, ""}, {time.Hour, contract.StageExecuted, ""}}
			},
			status: remittance.Paid, path: []remittance.Status{remittance.Processing, remittance.Sent, remittance.Paid}, fees: fee,
		},
		"approval runs out at the bank": {
			arrange: func(w *world) {
				w.bank.answers = []answer{approval}
				w.bank.course = []event{{0, contract.StageApproval, ""}, {time.Hour, contract.StageNotExecuted, remittance.ApprovalExpired}}
			},
			status: remittance.Failed, reason: remittance.ApprovalExpired,
			path: []remittance.Status{remittance.Processing, remittance.Failed},
		},
		"a recall outlasts the window and succeeds": {
			arrange: func(w *world) {
				w.bank.course = append(bounce(60*time.Hour, remittance.Recalled), event{40 * time.Hour, contract.StageRecalling, ""})
				w.bank.course[2], w.bank.course[3] = w.bank.course[3], w.bank.course[2]
			},
			status: remittance.Returned, reason: remittance.Recalled, fees: fee,
		},
		"our database is away for a while": {
			arrange: func(w *world) { w.books.failMoves = 4 }, status: remittance.Paid,
			path: []remittance.Status{remittance.Sent, remittance.Paid}, fees: fee,
		},
		"no funds before the deadline": {
			arrange: func(w *world) { w.books.available = amount - 1 }, status: remittance.Expired, reason: remittance.FundingDeadline,
			path: []remittance.Status{remittance.Expired},
		},
		"funds arrive and no signal does": {
			arrange: func(w *world) {
				w.books.available = amount - 1
				w.env.RegisterDelayedCallback(func() { w.books.fund(1) }, 10*time.Hour)
			},
			status: remittance.Paid, path: []remittance.Status{remittance.Processing, remittance.Sent, remittance.Paid}, fees: fee,
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(amount+500, !c.noKeys)
			c.arrange(w)
			started := w.books.available
			if c.status == remittance.Paid && started < amount {
				started++
			}
			s := w.run(t)
			require.Equal(t, c.status, s.Status)
			require.Equal(t, c.reason, s.Reason)
			if c.path != nil {
				require.Equal(t, c.path, w.path())
			}
			require.Equal(t, c.fees, w.books.fees)
			w.settled(t, s, started)
		})
	}
}

// TestBankTransferAnyCourse drives random answers of the bank, random later
// events and random messages, and asks only what must always hold.
func TestBankTransferAnyCourse(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w := newWorld(amount, rapid.Bool().Draw(rt, "honours keys"))
		w.bank.answers = rapid.SliceOfN(rapid.SampledFrom([]answer{takes, approval, losesAfter, losesBefore, refuses, unreachable, throttles, crashes}), 0, 5).Draw(rt, "answers")
		w.bank.hidden = rapid.SampledFrom([]time.Duration{0, time.Minute, 14 * time.Minute}).Draw(rt, "hidden")
		w.bank.broken = rapid.IntRange(0, 12).Draw(rt, "broken enquiries")
		w.bank.cancelTies = rapid.SampledFrom([]answer{"", refuses, losesAfter}).Draw(rt, "cancel")
		w.bank.course = drawCourse(rt)
		w.books.failMoves = rapid.IntRange(0, 3).Draw(rt, "database faults")
		if rapid.Bool().Draw(rt, "corrections") {
			w.in.Policy.CorrectionWindow = 24 * time.Hour
			w.at(rapid.IntRange(0, 4000).Draw(rt, "correct minute"), contract.UpdateCorrect, contract.CorrectInput{Account: other})
		}
		if rapid.Bool().Draw(rt, "cancels") {
			w.at(rapid.IntRange(0, 4000).Draw(rt, "cancel minute"), contract.UpdateCancel, contract.CancelInput{Actor: remittance.ActorMerchant})
		}
		if rapid.Bool().Draw(rt, "short of funds") {
			w.books.available = 0
			w.env.RegisterDelayedCallback(func() {
				w.books.fund(amount)
				w.env.SignalWorkflow(contract.SignalFunds, nil)
			}, time.Duration(rapid.IntRange(0, 600).Draw(rt, "funding minute"))*time.Minute)
		}
		w.env.RegisterDelayedCallback(func() { w.env.SignalWorkflow(contract.SignalRailNotice, nil) }, time.Duration(rapid.IntRange(0, 3000).Draw(rt, "notice minute"))*time.Minute)
		s := w.run(rt)
		started := amount
		if s.Status == remittance.Cancelled && w.books.available == 0 {
			started = 0 // cancelled before the funds came
		}
		w.settled(rt, s, started)
		for key, n := range executions(w.bank) {
			require.LessOrEqual(rt, n, 1, key)
		}
	})
}

func drawCourse(rt *rapid.T) []event {
	course := []event{{0, contract.StageWaiting, ""}}
	at := time.Duration(rapid.IntRange(0, 120).Draw(rt, "executed minute")) * time.Minute
	switch rapid.SampledFrom([]string{"executed", "bounced", "not executed"}).Draw(rt, "course") {
	case "not executed":
		return append(course, event{at, contract.StageNotExecuted, remittance.RefusedByRail})
	case "bounced":
		back := at + time.Duration(rapid.IntRange(1, 2000).Draw(rt, "bounce minute"))*time.Minute
		return append(course, event{at, contract.StageExecuted, ""}, event{back, contract.StageReturned, remittance.NameMismatch})
	default:
		return append(course, event{at, contract.StageExecuted, ""})
	}
}

func executions(b *fakeBank) map[string]int {
	out := map[string]int{}
	for _, tr := range b.order {
		out[tr.key.String()]++
	}
	return out
}

// at sends an update at a minute of the workflow's life and ignores the
// answer: which one is right depends on the race.
func (w *world) at(minute int, update string, arg any) {
	w.env.RegisterDelayedCallback(func() {
		w.env.UpdateWorkflow(update, "", &testsuite.TestUpdateCallback{OnAccept: func() {}, OnReject: func(error) {}, OnComplete: func(any, error) {}}, arg)
	}, time.Duration(minute)*time.Minute)
}

// ask sends an update and keeps its answer.
func (w *world) ask(after time.Duration, update string, arg any) *reply {
	r := &reply{}
	w.env.RegisterDelayedCallback(func() {
		w.env.UpdateWorkflow(update, "", &testsuite.TestUpdateCallback{
			OnAccept:   func() {},
			OnReject:   func(err error) { r.err, r.answered = err, true },
			OnComplete: func(v any, err error) { r.err, r.answered = err, true; r.state, _ = v.(contract.State) },
		}, arg)
	}, after)
	return r
}

type reply struct {
	state    contract.State
	err      error
	answered bool // false when the workflow had ended before
}

func (r *reply) won() bool { return r.answered && r.err == nil }

func (r *reply) errType() string {
	var app *temporal.ApplicationError
	if errors.As(r.err, &app) {
		return app.Type()
	}
	return ""
}

func TestAcceptAnswersInTheFirstTask(t *testing.T) {
	w := newWorld(amount, true)
	same := w.ask(0, contract.UpdateAccept, contract.AcceptInput{RequestHash: "h1"})
	otherBody := w.ask(0, contract.UpdateAccept, contract.AcceptInput{RequestHash: "h2"})
	w.run(t)
	require.NoError(t, same.err)
	require.Equal(t, remittance.Processing, same.state.Status)
	require.Equal(t, contract.ErrTypeConflict, otherBody.errType())
}

func TestCorrection(t *testing.T) {
	bounced := []event{{0, contract.StageWaiting, ""}, {time.Minute, contract.StageExecuted, ""}, {5 * time.Hour, contract.StageReturned, remittance.NameMismatch}}
	t.Run("new details are paid under a new generation", func(t *testing.T) {
		w := newWorld(amount, true)
		w.in.Policy.CorrectionWindow = 24 * time.Hour
		w.bank.answers = []answer{refuses}
		early := w.ask(-1, contract.UpdateCorrect, contract.CorrectInput{Account: other})
		bad := w.ask(time.Hour, contract.UpdateCorrect, contract.CorrectInput{Account: "1234567"})
		good := w.ask(2*time.Hour, contract.UpdateCorrect, contract.CorrectInput{Account: other})
		s := w.run(t)
		require.Equal(t, contract.ErrTypeTooLate, early.errType())
		require.Equal(t, contract.ErrTypeInvalid, bad.errType())
		require.NoError(t, good.err)
		require.Equal(t, remittance.Paid, s.Status)
		require.Equal(t, 2, s.Generation)
		require.Equal(t, other, w.bank.order[0].account)
		require.Equal(t, []remittance.Status{remittance.Returned, remittance.Processing, remittance.Sent, remittance.Paid}, w.path())
		w.settled(t, s, amount)
	})
	for name, c := range map[string]struct {
		arrange func(*world)
		status  remittance.Status
		fees    remittance.Yen
	}{
		"a bounce without new details stays returned":  {func(w *world) { w.bank.course = bounced }, remittance.Returned, fee},
		"a refusal without new details ends as failed": {func(w *world) { w.bank.answers = []answer{refuses} }, remittance.Failed, 0},
		"a bounce is cancelled while it waits":         {func(w *world) { w.bank.course = bounced; w.at(10*60, contract.UpdateCancel, contract.CancelInput{}) }, remittance.Cancelled, fee},
		"a bounce that details cannot mend ends at once": {func(w *world) {
			w.bank.course = append([]event{}, bounced...)
			w.bank.course[2].reason = remittance.Recalled
		}, remittance.Returned, fee},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(amount, true)
			w.in.Policy.CorrectionWindow = 24 * time.Hour
			c.arrange(w)
			s := w.run(t)
			require.Equal(t, c.status, s.Status)
			require.Equal(t, c.fees, w.books.fees)
			w.settled(t, s, amount)
		})
	}
}

func TestOperatorResolves(t *testing.T) {
	for name, c := range map[string]struct {
		in     contract.ResolveInput
		hidden time.Duration
		status remittance.Status
	}{
		"not executed":                     {contract.ResolveInput{Evidence: "bank's help desk, case 12"}, 0, remittance.Failed},
		"executed, with the bank's number": {contract.ResolveInput{Executed: true, RailRef: "1000", Evidence: "bank's screen"}, 1000 * time.Hour, remittance.Paid},
		"executed, by statement only":      {contract.ResolveInput{Executed: true, Evidence: "statement, item 3"}, 1000 * time.Hour, remittance.Paid},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(amount, true)
			w.in.Policy.VisibilityDelay = 500 * time.Hour // the bank shows nothing and nothing is certain
			w.bank.hidden = c.hidden
			w.bank.answers = []answer{losesBefore, losesBefore, losesBefore}
			if c.in.Executed {
				w.bank.answers = []answer{losesAfter, losesAfter, losesAfter}
			}
			var before contract.State
			w.env.RegisterDelayedCallback(func() {
				v, err := w.env.QueryWorkflow(contract.QueryStatus)
				require.NoError(t, err)
				require.NoError(t, v.Get(&before))
			}, 29*time.Hour)
			empty := w.ask(30*time.Hour, contract.UpdateResolve, contract.ResolveInput{Executed: true})
			done := w.ask(31*time.Hour, contract.UpdateResolve, c.in)
			s := w.run(t)
			require.True(t, before.NeedsAttention)
			require.Equal(t, remittance.WaitsForOperator, before.WaitsFor())
			require.Equal(t, contract.ErrTypeInvalid, empty.errType())
			require.NoError(t, done.err)
			require.Equal(t, c.status, s.Status)
			w.settled(t, s, amount)
		})
	}
}

// TestResolveIsCheckedWithTheBank: a verdict that would release money is not
// taken while the bank shows the transfer as its own.
func TestResolveIsCheckedWithTheBank(t *testing.T) {
	w := newWorld(amount, true)
	w.in.Policy.VisibilityDelay = 500 * time.Hour
	w.bank.hidden = 30 * time.Hour
	w.bank.answers = []answer{losesAfter, losesAfter, losesAfter}
	w.bank.course[1].after = 60 * time.Hour
	w.in.Policy.EnquireEvery = 20 * time.Hour // it has not looked since
	verdict := w.ask(31*time.Hour, contract.UpdateResolve, contract.ResolveInput{Evidence: "help desk"})
	s := w.run(t)
	require.Equal(t, contract.ErrTypeTooLate, verdict.errType())
	require.Equal(t, remittance.Paid, s.Status)
	w.settled(t, s, amount)
}

// TestWhatItWaitsFor: approval at the bank and refused credentials are seen by
// whoever looks at the remittance.
func TestWhatItWaitsFor(t *testing.T) {
	for name, c := range map[string]struct {
		arrange func(*world)
		reason  remittance.Reason
		waits   remittance.Reason
		status  remittance.Status
	}{
		"the bank tells of the approval only when asked": {func(w *world) {
			w.bank.course = []event{{0, contract.StageApproval, ""}, {10 * time.Hour, contract.StageExecuted, ""}}
		}, remittance.WaitsForApproval, remittance.WaitsForApproval, remittance.Processing},
		"our credentials are refused": {func(w *world) {
			w.bank.answers = []answer{locksOut, locksOut, locksOut}
			w.in.Policy.VisibilityDelay = 6 * time.Hour
		}, remittance.CredentialsRefused, remittance.WaitsForOperator, remittance.Checking},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(amount, true)
			c.arrange(w)
			var seen contract.State
			w.env.RegisterDelayedCallback(func() {
				v, err := w.env.QueryWorkflow(contract.QueryStatus)
				require.NoError(t, err)
				require.NoError(t, v.Get(&seen))
			}, 5*time.Hour)
			s := w.run(t)
			require.Equal(t, c.status, seen.Status)
			require.Equal(t, c.reason, seen.Reason)
			require.Equal(t, c.waits, seen.WaitsFor())
			require.Equal(t, remittance.Paid, s.Status)
			w.settled(t, s, amount)
		})
	}
}

// TestInherited: a workflow that finds its remittance already open by another
// execution enquires before it instructs.
func TestInherited(t *testing.T) {
	for name, sent := range map[string]bool{"the other one had sent it": true, "the other one had not": false} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(amount, false)
			_, err := w.books.Open(t.Context(), contract.OpenInput{Order: w.in.Order, Owner: "another run", At: w.env.Now(), FundingDeadline: w.env.Now()})
			require.NoError(t, err)
			key := remittance.Key{Ref: w.in.Order.Ref, Step: "transfer", Generation: 1}
			if sent {
				w.bank.take(activities.Instruction{Key: key, Amount: amount, Account: account})
			}
			s := w.run(t)
			require.Equal(t, remittance.Paid, s.Status)
			require.Equal(t, remittance.Checking, w.path()[0])
			require.Equal(t, sent, w.bank.submits == 0)
			w.settled(t, s, amount)
		})
	}
}

// TestRivalStep: a worker committed a step and died, and the task that runs
// again chooses another. The first one stands, whichever it was.
func TestRivalStep(t *testing.T) {
	t.Run("funded, while the next task expires it", func(t *testing.T) {
		w := newWorld(0, true)
		w.env.RegisterDelayedCallback(func() {
			w.books.fund(amount)
			w.books.rival = func(m contract.Move) contract.Move {
				m.To, m.Reason, m.Final = remittance.Processing, remittance.WaitsForRail, false
				m.Postings = []contract.Posting{contract.PostHold, contract.PostInstruct}
				return m
			}
		}, 71*time.Hour+30*time.Minute)
		w.in.Policy.FundingRecheck = 72 * time.Hour
		s := w.run(t)
		require.Equal(t, remittance.Paid, s.Status)
		w.settled(t, s, amount)
	})
	t.Run("cancelled, while the next task instructs it", func(t *testing.T) {
		w := newWorld(0, true)
		w.env.RegisterDelayedCallback(func() {
			w.books.fund(amount)
			w.books.rival = func(m contract.Move) contract.Move {
				m.To, m.Reason, m.Final, m.Postings = remittance.Cancelled, remittance.CancelledByUs, true, nil
				return m
			}
			w.env.SignalWorkflow(contract.SignalFunds, nil)
		}, time.Hour)
		s := w.run(t)
		require.Equal(t, remittance.Cancelled, s.Status)
		require.Zero(t, w.bank.submits)
		w.settled(t, s, amount)
	})
}

// TestBooksRefuse: when the books and the workflow disagree, nothing more is
// decided; an operator sees it.
func TestBooksRefuse(t *testing.T) {
	w := newWorld(amount, true)
	w.env.RegisterDelayedCallback(func() { w.books.rows[w.in.Order.Ref].state.Seq = 9 }, 30*time.Second)
	w.env.RegisterDelayedCallback(func() {
		v, err := w.env.QueryWorkflow(contract.QueryStatus)
		require.NoError(t, err)
		var s contract.State
		require.NoError(t, v.Get(&s))
		require.True(t, s.NeedsAttention)
		require.Equal(t, 1, w.bank.submits)
	}, 100*time.Hour)
	w.env.SetWorkflowRunTimeout(200 * time.Hour)
	w.env.ExecuteWorkflow(contract.WorkflowBankTransfer, w.in)
	require.Error(t, w.env.GetWorkflowError(), "it must not end by itself")
}
