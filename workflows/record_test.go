//go:build integration

package workflows_test

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
	sdklog "go.temporal.io/sdk/log"
	"go.temporal.io/sdk/worker"

	"soukin/activities"
	"soukin/contract"
	"soukin/internal/devserver"
	"soukin/internal/payload"
	"soukin/remittance"
	"soukin/workflows"
)

var record = flag.Bool("record", false, "record the histories under testdata anew from a real server")

// live runs the same fakes as the in-memory tests behind a real server.
type live struct {
	*world
	c     client.Client
	terms contract.LinkTerms
	ways  []contract.Way
}

// scenario is one way a remittance ends, with waits short enough for a real
// clock. Each leaves a history that must replay for as long as the version that
// wrote it may have remittances open.
type scenario struct {
	name    string
	arrange func(*live)
	drive   func(*testing.T, *live)
	status  remittance.Status
}

var bankTransfers = []scenario{
	{name: "paid", status: remittance.Paid},
	{name: "paid-after-funding", status: remittance.Paid,
		arrange: func(l *live) { l.books.available = 0 },
		drive: func(t *testing.T, l *live) {
			l.until(t, remittance.AwaitingFunds)
			l.books.fund(amount)
			require.NoError(t, l.c.SignalWorkflow(t.Context(), l.id(), "", contract.SignalFunds, nil))
		}},
	{name: "paid-after-a-lost-answer", status: remittance.Paid,
		arrange: func(l *live) { l.bank.answers = []answer{losesAfter, losesAfter, losesAfter} }},
	{name: "paid-after-it-never-arrived", status: remittance.Paid,
		arrange: func(l *live) { l.bank.answers = []answer{losesBefore, losesBefore, losesBefore} }},
	{name: "paid-after-approval", status: remittance.Paid,
		arrange: func(l *live) {
			l.bank.answers = []answer{approval}
			l.bank.course = []event{{0, contract.StageApproval, ""}, {time.Second, contract.StageExecuted, ""}}
		}},
	{name: "paid-after-correction", status: remittance.Paid,
		arrange: func(l *live) { l.in.Policy.CorrectionWindow = time.Minute; l.bank.answers = []answer{refuses} },
		drive: func(t *testing.T, l *live) {
			l.until(t, remittance.Returned)
			l.update(t, contract.UpdateCorrect, contract.CorrectInput{Account: other})
		}},
	{name: "refused", status: remittance.Failed, arrange: func(l *live) { l.bank.answers = []answer{refuses} }},
	{name: "refused-and-not-corrected", status: remittance.Failed,
		arrange: func(l *live) { l.in.Policy.CorrectionWindow = time.Second; l.bank.answers = []answer{refuses} }},
	{name: "bounced", status: remittance.Returned,
		arrange: func(l *live) {
			l.bank.course = append(l.bank.course, event{1500 * time.Millisecond, contract.StageReturned, remittance.NameMismatch})
		}},
	{name: "bounced-and-not-corrected", status: remittance.Returned,
		arrange: func(l *live) {
			l.in.Policy.CorrectionWindow = time.Second
			l.bank.course = append(l.bank.course, event{1500 * time.Millisecond, contract.StageReturned, remittance.NameMismatch})
		}},
	{name: "recalled-after-the-window", status: remittance.Returned,
		arrange: func(l *live) {
			l.bank.course = append(l.bank.course, event{1500 * time.Millisecond, contract.StageRecalling, ""}, event{4 * time.Second, contract.StageReturned, remittance.Recalled})
		}},
	{name: "cancelled-at-the-bank", status: remittance.Cancelled,
		arrange: func(l *live) { l.bank.course[1].after = time.Hour },
		drive: func(t *testing.T, l *live) {
			l.taken(t)
			l.update(t, contract.UpdateCancel, contract.CancelInput{Actor: remittance.ActorMerchant})
		}},
	{name: "cancelled-before-funding", status: remittance.Cancelled,
		arrange: func(l *live) { l.books.available = 0 },
		drive: func(t *testing.T, l *live) {
			l.until(t, remittance.AwaitingFunds)
			l.update(t, contract.UpdateCancel, contract.CancelInput{Actor: remittance.ActorMerchant})
		}},
	{name: "cancelled-in-the-web-ui", status: remittance.Cancelled,
		arrange: func(l *live) { l.books.available = 0 },
		drive: func(t *testing.T, l *live) {
			l.until(t, remittance.AwaitingFunds)
			require.NoError(t, l.c.CancelWorkflow(t.Context(), l.id(), ""))
		}},
	{name: "expired-without-funds", status: remittance.Expired,
		arrange: func(l *live) { l.books.available = 0; l.in.Policy.FundingWindow = 2 * time.Second }},
	{name: "resolved-as-not-executed", status: remittance.Failed,
		arrange: func(l *live) { l.hide(); l.bank.answers = []answer{losesBefore, losesBefore, losesBefore} },
		drive: func(t *testing.T, l *live) {
			l.attention(t)
			l.update(t, contract.UpdateResolve, contract.ResolveInput{Evidence: "bank's help desk"})
		}},
	{name: "resolved-as-executed", status: remittance.Paid,
		arrange: func(l *live) { l.hide(); l.bank.answers = []answer{losesAfter, losesAfter, losesAfter} },
		drive: func(t *testing.T, l *live) {
			l.attention(t)
			l.update(t, contract.UpdateResolve, contract.ResolveInput{Executed: true, Evidence: "statement, item 3"})
		}},
	{name: "resolved-with-the-banks-number", status: remittance.Paid,
		arrange: func(l *live) { l.hide(); l.bank.answers = []answer{losesAfter, losesAfter, losesAfter} },
		drive: func(t *testing.T, l *live) {
			l.attention(t)
			l.update(t, contract.UpdateResolve, contract.ResolveInput{Executed: true, RailRef: "1000", Evidence: "bank's screen"})
		}},
	{name: "inherited", status: remittance.Paid,
		arrange: func(l *live) {
			_, err := l.books.Open(context.Background(), contract.OpenInput{Order: l.in.Order, Owner: "another run", At: time.Now(), FundingDeadline: time.Now()})
			if err != nil {
				panic(err)
			}
		}},
}

var accountLinks = []scenario{
	{name: "paid", status: remittance.Paid, drive: func(t *testing.T, l *live) { l.designate(t, account) }},
	{name: "paid-after-funding-and-a-reminder", status: remittance.Paid,
		arrange: func(l *live) { l.books.available = 0 },
		drive: func(t *testing.T, l *live) {
			l.until(t, remittance.AwaitingFunds)
			l.books.fund(amount)
			require.NoError(t, l.c.SignalWorkflow(t.Context(), l.id(), "", contract.SignalFunds, nil))
			require.Eventually(t, func() bool { return len(l.told.kinds()) == 2 }, time.Minute, 50*time.Millisecond)
			l.designate(t, account)
		}},
	{name: "paid-after-a-bounce", status: remittance.Paid,
		arrange: func(l *live) { l.bank.answers = []answer{refuses} },
		drive: func(t *testing.T, l *live) {
			l.designate(t, account)
			l.eventually(t, func(s contract.State) bool { return s.Reason == remittance.BadDetails })
			l.designate(t, other)
		}},
	{name: "messages-of-every-kind", status: remittance.Paid,
		drive: func(t *testing.T, l *live) {
			l.until(t, remittance.AwaitingRecipient)
			l.update(t, contract.UpdateResend, nil)
			l.update(t, contract.UpdateExtend, contract.ExtendInput{Until: time.Now().Add(time.Hour)})
			l.update(t, contract.UpdateChangeContact, contract.ChangeContactInput{Contact: contact2})
			l.designate(t, account)
		}},
	{name: "expired", status: remittance.Expired, arrange: func(l *live) { l.terms.Window = 2 * time.Second }},
	{name: "expired-after-a-bounce", status: remittance.Expired,
		arrange: func(l *live) { l.bank.answers = []answer{refuses} },
		drive:   func(t *testing.T, l *live) { l.designate(t, account) }},
	{name: "expired-without-funds", status: remittance.Expired,
		arrange: func(l *live) { l.books.available = 0; l.in.Policy.FundingWindow = 2 * time.Second }},
	{name: "declined", status: remittance.Cancelled, drive: func(t *testing.T, l *live) {
		l.until(t, remittance.AwaitingRecipient)
		l.update(t, contract.UpdateDecline, nil)
	}},
	{name: "cancelled", status: remittance.Cancelled, drive: func(t *testing.T, l *live) {
		l.until(t, remittance.AwaitingRecipient)
		l.update(t, contract.UpdateCancel, contract.CancelInput{Actor: remittance.ActorMerchant})
	}},
	{name: "returned-once-too-often", status: remittance.Returned,
		arrange: func(l *live) {
			l.terms.MaxReopens = 0
			l.bank.course = append(l.bank.course, event{1500 * time.Millisecond, contract.StageReturned, remittance.AccountClosed})
		},
		drive: func(t *testing.T, l *live) { l.designate(t, account) }},
	{name: "refused-once-too-often", status: remittance.Failed,
		arrange: func(l *live) { l.terms.MaxReopens = 0; l.bank.answers = []answer{refuses} },
		drive:   func(t *testing.T, l *live) { l.designate(t, account) }},
}

func (l *live) designate(t *testing.T, a remittance.AccountID) {
	t.Helper()
	l.until(t, remittance.AwaitingRecipient)
	l.update(t, contract.UpdateDesignate, contract.DesignateInput{Account: a})
}

// TestLive runs every ending on a real server and, with -record, keeps its
// history.
func TestLive(t *testing.T) {
	if os.Getenv("SOUKIN_STICKY_CACHE") == "0" {
		worker.SetStickyWorkflowCacheSize(0) // every task replays its history
	}
	server := devserver.ForTest(t, contract.SearchAttributes())
	opts := client.Options{HostPort: server.Address, Namespace: server.Namespace, Logger: sdklog.NewStructuredLogger(slog.New(slog.DiscardHandler))}
	conv := converters(t)
	conv.Apply(&opts)
	c, err := client.Dial(opts)
	require.NoError(t, err)
	defer c.Close()
	for workflow, list := range map[string][]scenario{
		contract.WorkflowBankTransfer:  bankTransfers,
		contract.WorkflowAccountLink:   accountLinks,
		contract.WorkflowATMCash:       atmCash,
		contract.WorkflowGiftCard:      giftCards,
		contract.WorkflowAuPay:         auPays,
		contract.WorkflowPrepaidRefund: prepaidRefunds,
		contract.WorkflowChoice:        choices,
	} {
		for i, sc := range list {
			t.Run(workflow+"/"+sc.name, func(t *testing.T) { runLive(t, c, conv, workflow, i+1, sc) })
		}
	}
}

func runLive(t *testing.T, c client.Client, conv payload.Converters, workflow string, n int, sc scenario) {
	l := newLive(c, workflow, n)
	if sc.arrange != nil {
		sc.arrange(l)
	}
	started := l.books.available + l.books.inFlight
	stop := l.work(t)
	defer stop()
	run, err := c.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{ID: l.id(), TaskQueue: contract.QueueMain,
		WorkflowIDReusePolicy: enums.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE}, workflow, l.input(workflow))
	require.NoError(t, err)
	if sc.drive != nil {
		sc.drive(t, l)
	}
	var s contract.State
	require.NoError(t, run.Get(t.Context(), &s))
	require.Equal(t, sc.status, s.Status)
	if s.Status == remittance.Paid {
		started = max(started, amount)
	} else if l.books.available == 0 {
		started = 0
	}
	l.settled(t, s, started)
	if *record {
		keepHistory(t, c, conv, run, workflow, sc.name)
	}
}

func (l *live) input(workflow string) any {
	switch workflow {
	case contract.WorkflowBankTransfer:
		return l.in
	case contract.WorkflowPrepaidRefund:
		return contract.PrepaidRefundInput(l.in)
	}
	o := l.in.Order
	o.Account = ""
	return contract.LinkInput{Order: o, Policy: l.in.Policy, Link: l.terms, Ways: l.ways}
}

func newLive(c client.Client, workflow string, n int) *live {
	w := &world{books: newBooks(amount), bank: newBank(time.Now), told: &fakeNotifier{}, rails: map[remittance.Rail]*fakeRail{}}
	for _, r := range otherRails {
		w.rails[r] = newRail(r, time.Now)
		w.rails[r].recall = 2 * time.Second
	}
	w.bank.finality = 2 * time.Second
	w.bank.course = []event{{0, contract.StageWaiting, ""}, {300 * time.Millisecond, contract.StageExecuted, ""}}
	w.in = contract.BankTransferInput{
		Order: contract.Order{
			Ref:     remittance.Ref{Merchant: "demo", Remittance: remittance.RemittanceID(fmt.Sprintf("%s-%d", workflow, n))},
			Pattern: patternOf(workflow), Amount: amount, Fee: fee, Account: account, RequestHash: "h1",
		},
		Policy: contract.RailPolicy{
			FundingWindow: time.Minute, FundingRecheck: time.Second,
			SubmitAttempts: 3, SubmitWindow: time.Minute, VisibilityDelay: time.Second,
			EnquireEvery: 250 * time.Millisecond, AttentionAfter: 3 * time.Second, WatchEvery: 700 * time.Millisecond,
		},
	}
	l := &live{w, c, contract.LinkTerms{Contact: contact, Window: time.Minute, ReopenWindow: 3 * time.Second, Reminders: []time.Duration{59 * time.Second}, MaxReopens: 1}, nil}
	l.ways = l.waysOf(w.in.Order.Pattern)
	return l
}

func patternOf(workflow string) remittance.Pattern {
	for _, p := range remittance.Patterns() {
		if contract.Workflow(p) == workflow {
			return p
		}
	}
	return ""
}

// waysOf gives a pattern the ways it offers; a link for an account alone has none,
// as orders from before the others.
func (l *live) waysOf(p remittance.Pattern) []contract.Way {
	rails := []remittance.Rail{p.Rail()}
	switch p {
	case remittance.BankTransfer, remittance.AccountLink, remittance.PrepaidRefund:
		return nil
	case remittance.Choice:
		rails = remittance.ChoosableRails()
	}
	var out []contract.Way
	for _, r := range rails {
		w := way(r, "")
		w.Policy = l.in.Policy
		switch r {
		case remittance.RailATM:
			w.Term = 4 * time.Second
		case remittance.RailAmazon:
			w.Form = remittance.GiftBalance
		}
		out = append(out, w)
	}
	return out
}

// hide makes the bank show nothing for so long that only an operator can tell.
func (l *live) hide() {
	l.bank.hidden = time.Hour
	l.in.Policy.VisibilityDelay = time.Hour
}

func (l *live) id() string { return l.in.Order.WorkflowID() }

func (l *live) work(t *testing.T) func() {
	main := worker.New(l.c, contract.QueueMain, worker.Options{DisableRegistrationAliasing: true, WorkflowPanicPolicy: worker.BlockWorkflow})
	workflows.Register(main)
	activities.RegisterLedger(main, activities.NewLedger(l.books))
	rail := worker.New(l.c, contract.QueueRail(remittance.RailBank), worker.Options{DisableWorkflowWorker: true, DisableRegistrationAliasing: true})
	activities.RegisterRail(rail, remittance.RailBank, activities.NewCounterparty(l.bank, true, time.Now))
	notify := worker.New(l.c, contract.QueueNotify, worker.Options{DisableWorkflowWorker: true, DisableRegistrationAliasing: true})
	activities.RegisterNotices(notify, activities.NewNotices(l.told))
	all := []worker.Worker{main, rail, notify}
	for _, r := range otherRails {
		w := worker.New(l.c, contract.QueueRail(r), worker.Options{DisableWorkflowWorker: true, DisableRegistrationAliasing: true})
		activities.RegisterRail(w, r, activities.NewCounterparty(l.rails[r].port(), true, time.Now))
		all = append(all, w)
	}
	for _, w := range all {
		require.NoError(t, w.Start())
	}
	return func() {
		for _, w := range all {
			w.Stop()
		}
	}
}

func (l *live) state() (contract.State, error) {
	var s contract.State
	v, err := l.c.QueryWorkflow(context.Background(), l.id(), "", contract.QueryStatus)
	if err == nil {
		err = v.Get(&s)
	}
	return s, err
}

func (l *live) until(t *testing.T, status remittance.Status) {
	l.eventually(t, func(s contract.State) bool { return s.Status == status })
}

func (l *live) attention(t *testing.T) {
	l.eventually(t, func(s contract.State) bool { return s.NeedsAttention })
}

func (l *live) taken(t *testing.T) {
	l.eventually(t, func(s contract.State) bool { return s.RailRef != "" })
}

func (l *live) eventually(t *testing.T, ok func(contract.State) bool) {
	t.Helper()
	require.Eventually(t, func() bool {
		s, err := l.state()
		return err == nil && ok(s)
	}, time.Minute, 50*time.Millisecond)
}

func (l *live) update(t *testing.T, name string, arg any) {
	t.Helper()
	var args []any
	if arg != nil {
		args = []any{arg}
	}
	h, err := l.c.UpdateWorkflow(t.Context(), client.UpdateWorkflowOptions{WorkflowID: l.id(), UpdateName: name, Args: args, WaitForStage: client.WorkflowUpdateStageCompleted})
	require.NoError(t, err)
	require.NoError(t, h.Get(t.Context(), nil))
}
