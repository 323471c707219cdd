package ledgertest

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"soukin/internal/ledger"
	"soukin/remittance"
)

func everyEvent(t *testing.T, b books) {
	m := b.merchant()
	ref := refOf(m, "R-1")
	first, second := keyOf(ref, 1), keyOf(ref, 2)
	for _, step := range []struct {
		name  string
		entry ledger.Entry
		want  ledger.Balances
		place ledger.Position
	}{
		{"funding arrives", must(ledger.Fund(m, "bank-item.1", 10_000)),
			ledger.Balances{Available: 10_000}, ledger.Position{}},
		{"hold", must(ledger.Hold(ref, amount)),
			ledger.Balances{Available: 7000, Held: 3000}, ledger.Position{Place: ledger.PlaceHeld, Amount: 3000}},
		{"instruct", must(ledger.Instruct(first, rail, amount)),
			ledger.Balances{Available: 7000, InFlight: 3000}, ledger.Position{Place: ledger.PlaceInFlight, Amount: 3000, Rail: rail, Instruction: "shop-1/R-1/transfer/1"}},
		{"fee of an executed attempt", must(ledger.Fee(first, 130)),
			ledger.Balances{Available: 7000, InFlight: 3000, FeesDue: 130}, ledger.Position{Place: ledger.PlaceInFlight, Amount: 3000, Rail: rail, Instruction: "shop-1/R-1/transfer/1"}},
		{"it came back", must(ledger.GiveBack(first, rail, amount)),
			ledger.Balances{Available: 7000, Held: 3000, FeesDue: 130}, ledger.Position{Place: ledger.PlaceHeld, Amount: 3000}},
		{"another try on another rail", must(ledger.Instruct(second, otherRail, amount)),
			ledger.Balances{Available: 7000, InFlight: 3000, FeesDue: 130}, ledger.Position{Place: ledger.PlaceInFlight, Amount: 3000, Rail: otherRail, Instruction: "shop-1/R-1/transfer/2"}},
		{"final", must(ledger.Settle(second, otherRail, amount)),
			ledger.Balances{Available: 7000, Paid: 3000, FeesDue: 130}, ledger.Position{Place: ledger.PlacePaid, Amount: 3000, Rail: otherRail, Instruction: "shop-1/R-1/transfer/2"}},
		{"its fee", must(ledger.Fee(second, 300)),
			ledger.Balances{Available: 7000, Paid: 3000, FeesDue: 430}, ledger.Position{Place: ledger.PlacePaid, Amount: 3000, Rail: otherRail, Instruction: "shop-1/R-1/transfer/2"}},
	} {
		b.must(step.entry)
		assert.Equal(t, step.want, b.balances(m), "balances after: %s", step.name)
		assert.Equal(t, step.place, b.position(ref), "position after: %s", step.name)
	}
	other := refOf(m, "R-2")
	b.must(must(ledger.Hold(other, 500)), must(ledger.Release(other, 500)))
	assert.Equal(t, ledger.Position{Place: ledger.PlaceReleased, Amount: 500}, b.position(other))

	assertAccounts(t, b)
	assertEntries(t, b, ref)
	report := b.audited()
	assert.True(t, report.OK, "%+v", report.Findings)
	assert.Equal(t, map[string]int{"books": 1, "entries": 10, "accounts": 8, "remittances": 2}, report.Checked)
}

func assertAccounts(t *testing.T, b books) {
	t.Helper()
	accounts, err := b.Accounts(context.Background())
	require.NoError(t, err)
	want := []ledger.AccountBalance{
		{Account: "bank:funding", Balance: -10_000},
		{Account: "income:fees", Balance: 430},
		{Account: "merchant:shop-1:available", Balance: 7000},
		{Account: "merchant:shop-1:fees_due", Balance: -430},
		{Account: "merchant:shop-1:held", Balance: 0},
		{Account: "rail:atm:in_flight", Balance: 0},
		{Account: "rail:atm:paid", Balance: 3000},
		{Account: "rail:bank:in_flight", Balance: 0},
	}
	assert.Empty(t, cmp.Diff(want, accounts), "all accounts by name, summing to zero")
	owed, err := b.Owed(context.Background())
	require.NoError(t, err)
	assert.Equal(t, remittance.Yen(7000), owed, "owed ends on receipt")
}

func assertEntries(t *testing.T, b books, ref remittance.Ref) {
	t.Helper()
	entries, err := b.Entries(context.Background(), ref)
	require.NoError(t, err)
	var keys []string
	for _, e := range entries {
		keys = append(keys, e.Key)
		assert.Equal(t, e.Content.Hash(), e.Hash)
		assert.Equal(t, noon.Truncate(time.Microsecond), e.PostedAt)
	}
	assert.Equal(t, []string{
		"hold:shop-1/R-1",
		"instruct:shop-1/R-1/transfer/1", "fee:shop-1/R-1/transfer/1", "give_back:shop-1/R-1/transfer/1",
		"instruct:shop-1/R-1/transfer/2", "settle:shop-1/R-1/transfer/2", "fee:shop-1/R-1/transfer/2",
	}, keys)
	settle := entries[5]
	assert.Equal(t, int64(7), settle.Seq)
	assert.Empty(t, cmp.Diff(must(ledger.Settle(keyOf(ref, 2), otherRail, amount)).Content(), settle.Content), "what was posted is what is read")
}

func lateReturn(t *testing.T, b books) {
	m := b.funded(amount)
	ref := refOf(m, "R-1")
	key := keyOf(ref, 1)
	b.must(must(ledger.Hold(ref, amount)), must(ledger.Instruct(key, rail, amount)))
	assert.Equal(t, amount, owed(t, b), "sent is still owed")
	b.must(must(ledger.Settle(key, rail, amount)))
	assert.Zero(t, owed(t, b), "received is not")
	b.must(must(ledger.LateReturn(key, rail, amount)))
	assert.Equal(t, ledger.Balances{Available: amount}, b.balances(m))
	assert.Equal(t, ledger.Position{Place: ledger.PlaceReturnedLate, Amount: amount, Rail: rail, Instruction: key.String()}, b.position(ref))
	assert.Equal(t, amount, owed(t, b))
	b.sound()
}

func owed(t *testing.T, b books) remittance.Yen {
	t.Helper()
	owed, err := b.Owed(context.Background())
	require.NoError(t, err)
	return owed
}

func unknown(t *testing.T, b books) {
	assert.Zero(t, b.balances("nobody"))
	assert.Zero(t, b.position(refOf("nobody", "R-1")))
	entries, err := b.Entries(context.Background(), refOf("nobody", "R-1"))
	require.NoError(t, err)
	assert.Empty(t, entries)
	assert.Zero(t, owed(t, b))
	accounts, err := b.Accounts(context.Background())
	require.NoError(t, err)
	assert.Empty(t, accounts)
	b.sound()
}
