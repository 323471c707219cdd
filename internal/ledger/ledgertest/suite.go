package ledgertest

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"soukin/internal/database"
	"soukin/internal/ledger"
	"soukin/internal/ledger/audit"
	"soukin/remittance"
)

// Run runs the suite; each part of it opens a fresh database.
func Run(t *testing.T, each func(t *testing.T, test func(t *testing.T, open func() *database.DB))) {
	for _, part := range []struct {
		name string
		test func(*testing.T, books)
	}{
		{"every event moves what the table says", everyEvent},
		{"a remittance that comes back late", lateReturn},
		{"reads of an unknown merchant and remittance", unknown},
		{"posting again changes nothing", again},
		{"another content under the same key is a conflict", conflict},
		{"keys of one merchant are no other's", keysAreTheMerchants},
		{"a hold beyond the balance says how much is missing", insufficient},
		{"a refused call leaves the transaction usable", refusedCallLeavesTheTransaction},
		{"a call is all or nothing", allOrNothing},
		{"entries no constructor made, and too many", strangeEntries},
		{"a balance too large to count", tooLargeToCount},
		{"every event at every place", everyEventAtEveryPlace},
		{"entries cannot be changed or deleted", appendOnly},
		{"stored balances cannot be negative", balanceConstraint},
		{"random histories agree with a model", randomHistories},
		{"64 writers of one merchant", manyWriters},
		{"64 writers of the same entry", sameEntryAtOnce},
		{"two merchants in opposite order", oppositeOrder},
		{"two processes", twoProcesses},
		{"the audit finds planted corruption", plantedCorruption},
	} {
		t.Run(part.name, func(t *testing.T) {
			each(t, func(t *testing.T, open func() *database.DB) { part.test(t, openBooks(t, open)) })
		})
	}
}

// noon is when every entry of the suite is posted.
var noon = time.Date(2026, 11, 20, 3, 0, 0, 123456789, time.UTC)

const (
	rail      = remittance.Rail("bank")
	otherRail = remittance.Rail("atm")
	amount    = remittance.Yen(3000)
)

// tester is what *testing.T, *testing.B and *rapid.T have in common.
type tester interface {
	require.TestingT
	Helper()
}

type books struct {
	t    tester
	db   *database.DB
	open func() *database.DB
	*ledger.Ledger
	merchants *atomic.Int64
}

func openBooks(t tester, open func() *database.DB) books {
	t.Helper()
	db := open()
	require.NoError(t, ledger.Migrate(context.Background(), db))
	return books{t, db, open, ledger.New(db, func() time.Time { return noon }), new(atomic.Int64)}
}

// merchant gives a merchant whose book is empty.
func (b books) merchant() remittance.MerchantID {
	return remittance.MerchantID(fmt.Sprintf("shop-%d", b.merchants.Add(1)))
}

// funded gives a merchant with a balance.
func (b books) funded(balance remittance.Yen) remittance.MerchantID {
	b.t.Helper()
	m := b.merchant()
	b.must(must(ledger.Fund(m, "deposit", balance)))
	return m
}

func (b books) post(entries ...ledger.Entry) error {
	return b.db.InTx(context.Background(), func(ctx context.Context, tx *database.Tx) error {
		return b.Post(ctx, tx, entries...)
	})
}

func (b books) must(entries ...ledger.Entry) {
	b.t.Helper()
	require.NoError(b.t, b.post(entries...))
}

func (b books) balances(m remittance.MerchantID) ledger.Balances {
	b.t.Helper()
	balances, err := b.Balances(context.Background(), m)
	require.NoError(b.t, err)
	return balances
}

func (b books) position(ref remittance.Ref) ledger.Position {
	b.t.Helper()
	p, err := b.Position(context.Background(), ref)
	require.NoError(b.t, err)
	return p
}

func (b books) audited() audit.Report {
	b.t.Helper()
	report, err := audit.Check(context.Background(), b.db)
	require.NoError(b.t, err)
	return report
}

func (b books) sound() {
	b.t.Helper()
	report := b.audited()
	require.True(b.t, report.OK, "the audit must hold: %+v", report.Findings)
}

func must(e ledger.Entry, err error) ledger.Entry {
	if err != nil {
		panic(err)
	}
	return e
}

func refOf(m remittance.MerchantID, id string) remittance.Ref {
	return remittance.Ref{Merchant: m, Remittance: remittance.RemittanceID(id)}
}

func keyOf(ref remittance.Ref, generation int) remittance.Key {
	return remittance.Key{Ref: ref, Step: "transfer", Generation: generation}
}
