package orders_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"soukin/contract"
	"soukin/internal/books"
	"soukin/internal/database"
	"soukin/internal/database/databasetest"
	"soukin/internal/ledger"
	"soukin/internal/link"
	"soukin/internal/orders"
	"soukin/internal/record"
	"soukin/internal/refund"
	"soukin/internal/vault"
	"soukin/remittance"
)

var noon = time.Date(2026, 11, 21, 3, 0, 0, 0, time.UTC)

const shop remittance.MerchantID = "shop"

// fakeTemporal opens remittances in the real books, as the workflow's first
// step does, and answers updates as the test says.
type fakeTemporal struct {
	books   *books.Books
	starts  []started
	updates []client.UpdateWorkflowOptions
	signals []string
	down    bool
	closed  bool // the workflow of every id has run and ended
	// beforeStart and answers let a test play what happens at the other end.
	beforeStart  func(contract.Order)
	beforeUpdate func()
	answer       func(client.UpdateWorkflowOptions) (contract.State, error)
}

type started struct {
	options  client.StartWorkflowOptions
	workflow any
	input    contract.BankTransferInput
	link     *contract.LinkInput // set where the recipient has a page
	update   client.UpdateWorkflowOptions
}

// ways are what the recipient may choose from.
func (s started) ways() []remittance.Rail {
	if s.link == nil {
		return nil
	}
	var rails []remittance.Rail
	for _, w := range s.link.Ways {
		rails = append(rails, w.Rail)
	}
	return rails
}

type operation struct{ started }

func (operation) Get(context.Context) (client.WorkflowRun, error) {
	return nil, errors.New("not needed")
}

func (f *fakeTemporal) NewWithStartWorkflowOperation(o client.StartWorkflowOptions, workflow any, args ...any) client.WithStartWorkflowOperation {
	s := started{options: o, workflow: workflow}
	switch in := args[0].(type) {
	case contract.BankTransferInput:
		s.input = in
	case contract.PrepaidRefundInput:
		s.input = contract.BankTransferInput(in)
	case contract.LinkInput:
		s.input, s.link = contract.BankTransferInput{Order: in.Order, Policy: in.Policy}, &in
	}
	return operation{s}
}

func (f *fakeTemporal) UpdateWithStartWorkflow(ctx context.Context, o client.UpdateWithStartWorkflowOptions) (client.WorkflowUpdateHandle, error) {
	op := o.StartWorkflowOperation.(operation).started
	op.update = o.UpdateOptions
	f.starts = append(f.starts, op)
	if f.down {
		return nil, serviceerror.NewUnavailable("connection refused")
	}
	if f.beforeStart != nil {
		f.beforeStart(op.input.Order)
	}
	if f.closed {
		return nil, serviceerror.NewWorkflowExecutionAlreadyStarted("closed", "", "")
	}
	state, err := f.books.Open(ctx, contract.OpenInput{Order: op.input.Order, At: noon, Owner: "run", FundingDeadline: noon.Add(time.Hour),
		HoldOnly: op.link != nil, RecipientDeadline: noon.Add(48 * time.Hour), Ways: op.ways()})
	if errors.Is(err, books.ErrConflict) {
		err = temporal.NewNonRetryableApplicationError("taken", contract.ErrTypeConflict, nil)
	}
	return handle{state: state, err: err}, nil
}

func (f *fakeTemporal) UpdateWorkflow(_ context.Context, o client.UpdateWorkflowOptions) (client.WorkflowUpdateHandle, error) {
	f.updates = append(f.updates, o)
	if f.beforeUpdate != nil {
		f.beforeUpdate()
	}
	switch {
	case f.down:
		return nil, serviceerror.NewUnavailable("connection refused")
	case f.closed:
		return nil, serviceerror.NewNotFound("workflow execution already completed")
	}
	state, err := f.answer(o)
	return handle{state: state, err: err}, nil
}

func (f *fakeTemporal) SignalWorkflow(_ context.Context, id, _, name string, _ any) error {
	if f.down {
		return serviceerror.NewUnavailable("connection refused")
	}
	f.signals = append(f.signals, name+" to "+id)
	return nil
}

type handle struct {
	client.WorkflowUpdateHandle
	state contract.State
	err   error
}

func (h handle) Get(_ context.Context, out any) error {
	if h.err == nil {
		*out.(*contract.State) = h.state
	}
	return h.err
}

type fixture struct {
	t        *testing.T
	db       *database.DB
	temporal *fakeTemporal
	vault    *vault.Vault
	record   *record.Record
	ledger   *ledger.Ledger
	books    *books.Books
	links    *link.Links
	service  *orders.Service
}

func policy() contract.RailPolicy {
	return contract.RailPolicy{FundingWindow: time.Hour, CorrectionWindow: 240 * time.Hour, SubmitAttempts: 1, SubmitWindow: time.Hour,
		EnquireEvery: time.Minute, AttentionAfter: time.Hour, WatchEvery: time.Hour}
}

func settings() orders.Settings {
	return orders.Settings{
		Rails: map[remittance.Rail]orders.RailSettings{
			remittance.RailBank:    {Cap: 500_000, Fee: 130, Policy: policy()},
			remittance.RailATM:     {Cap: 100_000, Fee: 300, Policy: policy()},
			remittance.RailAmazon:  {Cap: 400_000, Fee: 90, Policy: policy()},
			remittance.RailAuPay:   {Cap: 300_000, Fee: 80, Policy: policy()},
			remittance.RailPrepaid: {Cap: 200_000, Policy: policy(), Sandbox: true},
		},
		Bank:    orders.BankSettings{FeeSameBank: 10, OwnBank: "0310"},
		ATM:     orders.ATMSettings{Term: 360 * time.Hour, MaxReissues: 2},
		Amazon:  orders.AmazonSettings{Form: remittance.GiftBalance},
		Prepaid: map[string]refund.Window{"webmoney": {Months: 3, Partial: true}, "jcb-premo": {Days: 30}},
		Link:    contract.LinkTerms{Window: 48 * time.Hour, ReopenWindow: 24 * time.Hour, Reminders: []time.Duration{time.Hour}, MaxReopens: 3},
		PageURL: func(t link.Token) string { return "https://pay.example.jp/r/" + t.Reveal() },
	}
}

func newFixture(t *testing.T) *fixture {
	t.Helper()
	return fixtureOn(t, databasetest.SQLite(t)())
}

func fixtureOn(t *testing.T, db *database.DB) *fixture {
	t.Helper()
	for _, migrate := range []func(context.Context, *database.DB) error{ledger.Migrate, record.Migrate, vault.Migrate, link.Migrate} {
		require.NoError(t, migrate(t.Context(), db))
	}
	now := func() time.Time { return noon }
	v, err := vault.Open(t.Context(), db, filepath.Join(t.TempDir(), "keys"), now)
	require.NoError(t, err)
	f := &fixture{t: t, db: db, vault: v, record: record.New(db, now), ledger: ledger.New(db, now)}
	f.books = books.New(db, f.ledger)
	f.temporal = &fakeTemporal{books: f.books}
	f.links, err = link.New(db, v.Fingerprint, now, link.DefaultSettings())
	require.NoError(t, err)
	f.service = orders.New(orders.Deps{DB: db, Record: f.record, Ledger: f.ledger, Vault: v, Links: f.links, Books: f.books,
		Temporal: f.temporal, Settings: settings(), Now: now})
	require.NoError(t, f.record.SaveMerchant(t.Context(), record.Merchant{ID: shop, DisplayName: "Shop"}))
	require.NoError(t, f.record.SaveMerchant(t.Context(), record.Merchant{ID: "other", DisplayName: "Other"}))
	return f
}

func (f *fixture) fund(amount remittance.Yen) orders.Funding {
	f.t.Helper()
	funding, err := f.service.Fund(f.t.Context(), shop, fmt.Sprint("item-", int64(amount)), amount)
	require.NoError(f.t, err)
	return funding
}

// good is an order that nothing is wrong with: 三菱UFJ銀行, 本店.
func good(id string) orders.Request {
	return orders.Request{Merchant: string(shop), RemittanceID: id, Amount: "10,000",
		Payee: orders.Payee{Bank: "0005", Branch: "001", Type: "普通", Number: "123456", Name: "やまだ　ハナコ"}}
}

func with(r orders.Request, change func(*orders.Request)) orders.Request {
	change(&r)
	return r
}

func (f *fixture) take(r orders.Request) contract.State {
	f.t.Helper()
	s, _, err := f.service.Take(f.t.Context(), r)
	require.NoError(f.t, err)
	return s
}

// move makes a step as the workflow would.
func (f *fixture) move(id string, to remittance.Status, final bool, postings ...contract.Posting) contract.State {
	f.t.Helper()
	ref := remittance.Ref{Merchant: shop, Remittance: remittance.RemittanceID(id)}
	row, err := f.record.Get(f.t.Context(), ref)
	require.NoError(f.t, err)
	_, err = f.books.Move(f.t.Context(), contract.Move{Ref: ref, Seq: row.Seq + 1, From: row.Status, To: to, Final: final,
		Actor: remittance.ActorSystem, At: noon, Generation: row.Generation, Account: row.Account, Postings: postings})
	require.NoError(f.t, err)
	row, err = f.record.Get(f.t.Context(), ref)
	require.NoError(f.t, err)
	return books.StateOf(row)
}

// only gives the one fault of an error.
func only(t *testing.T, err error) *orders.Error {
	t.Helper()
	faults := orders.FaultsOf(err)
	require.Len(t, faults, 1, "%v", err)
	return faults[0]
}

func stored(t *testing.T, f *fixture) int {
	t.Helper()
	list, err := f.vault.List(t.Context(), shop, 100, "")
	require.NoError(t, err)
	return len(list)
}
