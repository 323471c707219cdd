package books_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"soukin/contract"
	"soukin/internal/books"
	"soukin/internal/database"
	"soukin/internal/database/databasetest"
	"soukin/internal/ledger"
	"soukin/internal/record"
	"soukin/remittance"
)

const (
	payee remittance.AccountID = "acc_00000000000000000000000001"
	other remittance.AccountID = "acc_00000000000000000000000002"
)

var noon = time.Date(2026, 11, 21, 3, 0, 0, 0, time.UTC)

type fixture struct {
	t        testing.TB
	merchant remittance.MerchantID
	db       *database.DB
	books    *books.Books
	ledger   *ledger.Ledger
	record   *record.Record
	funded   int
}

// with is the fixture for a subtest, on a book of its own in the same database.
func (f *fixture) with(t *testing.T, number int) *fixture {
	g := *f
	g.t, g.merchant = t, remittance.MerchantID(fmt.Sprint("shop-", number))
	return &g
}

func each(t *testing.T, test func(f *fixture)) {
	databasetest.Each(t, func(t *testing.T, open func() *database.DB) { test(fixtureOn(t, open())) })
}

func fixtureOn(t testing.TB, db *database.DB) *fixture {
	require.NoError(t, ledger.Migrate(t.Context(), db))
	require.NoError(t, record.Migrate(t.Context(), db))
	clock := func() time.Time { return noon }
	l := ledger.New(db, clock)
	return &fixture{t: t, merchant: "shop", db: db, books: books.New(db, l), ledger: l, record: record.New(db, clock)}
}

func (f *fixture) fund(amount remittance.Yen) {
	f.t.Helper()
	f.funded++
	entry, err := ledger.Fund(f.merchant, fmt.Sprintf("item-%d", f.funded), amount)
	require.NoError(f.t, err)
	require.NoError(f.t, f.db.InTx(f.t.Context(), func(ctx context.Context, tx *database.Tx) error { return f.ledger.Post(ctx, tx, entry) }))
}

func (f *fixture) ref(id string) remittance.Ref {
	return remittance.Ref{Merchant: f.merchant, Remittance: remittance.RemittanceID(id)}
}

func (f *fixture) order(id string) contract.OpenInput {
	return contract.OpenInput{
		Order: contract.Order{Ref: f.ref(id), Pattern: remittance.BankTransfer, Amount: 10_000, Fee: 130, Account: payee, RequestHash: "hash-" + id},
		At:    noon, Owner: "run-1", FundingDeadline: noon.Add(time.Hour), RecipientDeadline: noon.Add(2 * time.Hour),
	}
}

func (f *fixture) open(in contract.OpenInput) contract.State {
	f.t.Helper()
	s, err := f.books.Open(f.t.Context(), in)
	require.NoError(f.t, err)
	return s
}

func (f *fixture) state(id string) contract.State {
	f.t.Helper()
	row, err := f.record.Get(f.t.Context(), f.ref(id))
	require.NoError(f.t, err)
	return books.StateOf(row)
}

func (f *fixture) balances() ledger.Balances {
	f.t.Helper()
	b, err := f.ledger.Balances(f.t.Context(), f.merchant)
	require.NoError(f.t, err)
	return b
}

func (f *fixture) audit() {
	f.t.Helper()
	report, err := books.Audit(f.t.Context(), f.db)
	require.NoError(f.t, err)
	require.True(f.t, report.OK, "%+v", report.Findings)
}

// from is the move that follows where a remittance stands, as the workflow
// makes it.
func from(s contract.State, to remittance.Status, postings ...contract.Posting) contract.Move {
	return contract.Move{
		Ref: s.Ref, Seq: s.Seq + 1, From: s.Status, To: to, Actor: remittance.ActorSystem, At: noon.Add(time.Minute),
		Generation: s.Generation, Account: s.Account, RailRef: s.RailRef, Postings: postings,
	}
}

func final(m contract.Move) contract.Move { m.Final = true; return m }

func (f *fixture) move(m contract.Move) contract.MoveResult {
	f.t.Helper()
	res, err := f.books.Move(f.t.Context(), m)
	require.NoError(f.t, err)
	return res
}

func TestOpenWithEnoughFundsHoldsAndInstructs(t *testing.T) {
	each(t, func(f *fixture) {
		f.fund(15_000)
		got := f.open(f.order("R-1"))
		want := contract.State{OpenedAt: noon, Ref: f.ref("R-1"), Pattern: remittance.BankTransfer, Amount: 10_000, Status: remittance.Processing,
			Reason: remittance.WaitsForRail, Seq: 2, Generation: 1, Account: payee, Rail: remittance.RailBank, InFlight: true, Instructed: 1}
		assert.Empty(f.t, cmp.Diff(want, got))
		assert.Empty(f.t, cmp.Diff(want, f.state("R-1")))
		assert.Equal(f.t, ledger.Balances{Available: 5_000, InFlight: 10_000}, f.balances())

		steps, err := f.record.Timeline(f.t.Context(), f.ref("R-1"))
		require.NoError(f.t, err)
		require.Len(f.t, steps, 2)
		assert.Equal(f.t, [2]remittance.Status{"", remittance.Accepted}, [2]remittance.Status{steps[0].From, steps[0].To})
		assert.Equal(f.t, []string{"hold", "instruct"}, steps[1].Postings)
		f.audit()
	})
}

func TestOpenWithTooLittleWaitsForFunds(t *testing.T) {
	each(t, func(f *fixture) {
		f.fund(9_999)
		got := f.open(f.order("R-1"))
		deadline := noon.Add(time.Hour)
		assert.Empty(f.t, cmp.Diff(contract.State{OpenedAt: noon, Ref: f.ref("R-1"), Pattern: remittance.BankTransfer, Amount: 10_000, Status: remittance.AwaitingFunds,
			Reason: remittance.WaitsForFunds, Seq: 2, Generation: 1, Account: payee, Deadline: &deadline, Shortfall: 1, Rail: remittance.RailBank}, got))
		assert.Empty(f.t, cmp.Diff(got, f.state("R-1")))
		assert.Equal(f.t, ledger.Balances{Available: 9_999}, f.balances())
		f.audit()
	})
}

func TestOpenForTheRecipientOnlyHolds(t *testing.T) {
	each(t, func(f *fixture) {
		in := f.order("R-1")
		in.HoldOnly, in.Order.Account = true, ""
		f.fund(10_000)
		got := f.open(in)
		assert.Equal(f.t, remittance.AwaitingRecipient, got.Status)
		assert.Equal(f.t, noon.Add(2*time.Hour), *got.Deadline)
		assert.Equal(f.t, ledger.Balances{Held: 10_000}, f.balances())

		_, err := f.books.Move(f.t.Context(), from(got, remittance.Processing, contract.PostInstruct))
		assert.ErrorIs(f.t, err, books.ErrConflict, "no account, no instruction")
		m := from(got, remittance.Processing, contract.PostInstruct)
		m.Account = payee
		f.move(m)
		assert.Equal(f.t, payee, f.state("R-1").Account)
		assert.Equal(f.t, ledger.Balances{InFlight: 10_000}, f.balances())
		f.audit()
	})
}

func TestOpenAgain(t *testing.T) {
	each(t, func(f *fixture) {
		f.fund(50_000)
		first := f.open(f.order("R-1"))
		f.move(from(first, remittance.Sent))

		later := f.order("R-1")
		later.At, later.FundingDeadline = noon.Add(time.Hour), noon.Add(9*time.Hour)
		assert.Empty(f.t, cmp.Diff(f.state("R-1"), f.open(later)), "it comes back as it stands")

		inherited := f.state("R-1")
		inherited.Inherited = true
		later.Owner = "run-2"
		assert.Empty(f.t, cmp.Diff(inherited, f.open(later)))

		conflicting := f.order("R-1")
		conflicting.Order.RequestHash = "another body"
		_, err := f.books.Open(f.t.Context(), conflicting)
		assert.ErrorIs(f.t, err, books.ErrConflict)
		assert.Equal(f.t, ledger.Balances{Available: 40_000, InFlight: 10_000}, f.balances())
		f.audit()
	})
}

func TestOpenRefusesWhatIsNoOrder(t *testing.T) {
	each(t, func(f *fixture) {
		f.fund(10_000_000)
		for name, spoil := range map[string]func(*contract.OpenInput){
			"merchant":           func(in *contract.OpenInput) { in.Order.Merchant = "Shop" },
			"id":                 func(in *contract.OpenInput) { in.Order.Ref.Remittance = "" },
			"nothing":            func(in *contract.OpenInput) { in.Order.Amount = 0 },
			"over the law":       func(in *contract.OpenInput) { in.Order.Amount = remittance.LegalCap + 1 },
			"negative fee":       func(in *contract.OpenInput) { in.Order.Fee = -1 },
			"hash":               func(in *contract.OpenInput) { in.Order.RequestHash = "" },
			"time":               func(in *contract.OpenInput) { in.At = time.Time{} },
			"funding deadline":   func(in *contract.OpenInput) { in.FundingDeadline = time.Time{} },
			"recipient deadline": func(in *contract.OpenInput) { in.HoldOnly, in.RecipientDeadline = true, time.Time{} },
			"account":            func(in *contract.OpenInput) { in.Order.Account = "" },
			"pattern":            func(in *contract.OpenInput) { in.Order.Pattern = "pigeon" },
		} {
			in := f.order("R-1")
			spoil(&in)
			_, err := f.books.Open(f.t.Context(), in)
			assert.ErrorIs(f.t, err, books.ErrConflict, name)
		}
		_, err := f.record.Get(f.t.Context(), f.ref("R-1"))
		assert.ErrorIs(f.t, err, record.ErrNotFound)
	})
}

func TestAHoldThatIsNotCoveredChangesNothing(t *testing.T) {
	each(t, func(f *fixture) {
		s := f.open(f.order("R-1"))
		f.fund(4_000)
		m := from(s, remittance.Processing, contract.PostHold, contract.PostInstruct)
		assert.Equal(f.t, contract.MoveResult{Shortfall: 6_000}, f.move(m))
		assert.Empty(f.t, cmp.Diff(s, f.state("R-1")))
		f.fund(6_000)
		assert.Equal(f.t, contract.MoveResult{}, f.move(m), "the same step goes through when the funds are there")
		assert.Zero(f.t, f.state("R-1").Shortfall)
		f.audit()
	})
}

func TestTheSameStepAgainChangesNothing(t *testing.T) {
	each(t, func(f *fixture) {
		f.fund(10_000)
		m := from(f.open(f.order("R-1")), remittance.Sent)
		deadline := noon.Add(time.Hour)
		m.Deadline = &deadline
		f.move(m)
		before := f.state("R-1")

		later := m
		d := deadline.Add(time.Second)
		later.At, later.Deadline = m.At.Add(time.Second), &d
		assert.Equal(f.t, contract.MoveResult{}, f.move(later), "a workflow that asks again does so with a later clock")
		assert.Empty(f.t, cmp.Diff(before, f.state("R-1")))

		paid := final(from(before, remittance.Paid, contract.PostSettle, contract.PostFee))
		f.move(paid)
		assert.Equal(f.t, contract.MoveResult{}, f.move(m), "also when steps followed")

		for name, spoil := range map[string]func(*contract.Move){
			"to":       func(m *contract.Move) { m.To = remittance.Checking },
			"reason":   func(m *contract.Move) { m.Reason = remittance.WaitsForOperator },
			"rail ref": func(m *contract.Move) { m.RailRef = "77" },
			"postings": func(m *contract.Move) { m.Postings = []contract.Posting{contract.PostFee} },
			"number 2": func(m *contract.Move) { m.Seq = 2 },
			"number 0": func(m *contract.Move) { m.Seq = 0 },
		} {
			another := m
			spoil(&another)
			_, err := f.books.Move(f.t.Context(), another)
			assert.ErrorIs(f.t, err, books.ErrConflict, name)
		}
		f.audit()
	})
}

func TestSixteenAtOnceCommitOnce(t *testing.T) {
	each(t, func(f *fixture) {
		f.fund(30_000)
		inputs := f.order("R-1")
		var wg sync.WaitGroup
		for range 16 {
			wg.Go(func() {
				s, err := f.books.Open(f.t.Context(), inputs)
				assert.NoError(f.t, err)
				assert.Equal(f.t, remittance.Processing, s.Status)
			})
		}
		wg.Wait()
		m := final(from(f.state("R-1"), remittance.Returned, contract.PostGiveBack, contract.PostFee, contract.PostRelease))
		for range 16 {
			wg.Go(func() {
				_, err := f.books.Move(f.t.Context(), m)
				assert.NoError(f.t, err)
			})
		}
		wg.Wait()
		assert.Equal(f.t, ledger.Balances{Available: 30_000, FeesDue: 130}, f.balances())
		assert.Equal(f.t, 3, f.state("R-1").Seq)
		f.audit()
	})
}

func TestRivalStepsHaveOneWinner(t *testing.T) {
	each(t, func(f *fixture) {
		f.fund(10_000)
		s := f.open(f.order("R-1"))
		rivals := []contract.Move{
			from(s, remittance.Sent), from(s, remittance.Checking),
			final(from(s, remittance.Failed, contract.PostGiveBack, contract.PostRelease)),
			final(from(s, remittance.Paid, contract.PostSettle)),
		}
		var mu sync.Mutex
		var wg sync.WaitGroup
		winners := 0
		for _, m := range rivals {
			for range 4 {
				wg.Go(func() {
					_, err := f.books.Move(f.t.Context(), m)
					if err != nil {
						assert.ErrorIs(f.t, err, books.ErrConflict)
						return
					}
					mu.Lock()
					defer mu.Unlock()
					winners++
				})
			}
		}
		wg.Wait()
		assert.Equal(f.t, 4, winners, "the winner's four, and nobody else's")
		f.audit()
	})
}

func TestMoveOfAnUnknownRemittance(t *testing.T) {
	each(t, func(f *fixture) {
		_, err := f.books.Move(f.t.Context(), from(contract.State{Ref: f.ref("none"), Status: remittance.Processing, Seq: 2, Generation: 1}, remittance.Sent))
		assert.ErrorIs(f.t, err, books.ErrConflict)
		_, err = f.books.LateReturn(f.t.Context(), books.LateReturn{Ref: f.ref("none"), At: noon, Actor: remittance.ActorRail})
		assert.ErrorIs(f.t, err, books.ErrConflict)
	})
}

func TestABrokenDatabaseIsNoConflict(t *testing.T) {
	f := fixtureOn(t, databasetest.SQLite(t)())
	f.fund(10_000)
	s := f.open(f.order("R-1"))
	stopped, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := f.books.Move(stopped, from(s, remittance.Sent))
	require.Error(t, err)
	assert.NotErrorIs(t, err, books.ErrConflict, "it must be tried again")
	_, err = f.books.Open(stopped, f.order("R-2"))
	require.Error(t, err)
	assert.NotErrorIs(t, err, books.ErrConflict)
}
