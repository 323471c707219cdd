package ledgertest

import (
	"context"
	"errors"
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"soukin/internal/database"
	"soukin/internal/ledger"
	"soukin/remittance"
)

func again(t *testing.T, b books) {
	m := b.merchant()
	ref := refOf(m, "R-1")
	key := keyOf(ref, 1)
	history := []ledger.Entry{
		must(ledger.Fund(m, "deposit", amount)),
		must(ledger.Hold(ref, amount)),
		must(ledger.Instruct(key, rail, amount)),
		must(ledger.Settle(key, rail, amount)),
		must(ledger.Fee(key, 130)),
		must(ledger.LateReturn(key, rail, amount)),
	}
	b.must(history...)
	want := b.balances(m)
	before, err := b.Entries(context.Background(), ref)
	require.NoError(t, err)

	for _, e := range history {
		b.must(e)
	}
	b.must(history...)
	b.must(history[1], history[1])
	assert.Equal(t, want, b.balances(m))
	after, err := b.Entries(context.Background(), ref)
	require.NoError(t, err)
	assert.Equal(t, before, after)

	other := refOf(m, "R-2")
	b.must(must(ledger.Hold(other, 1000)), must(ledger.Hold(other, 1000)))
	assert.Equal(t, remittance.Yen(1000), b.balances(m).Held, "twice in one call is once")
	b.sound()
}

func conflict(t *testing.T, b books) {
	m := b.funded(100_000)
	ref := refOf(m, "R-1")
	key := keyOf(ref, 1)
	b.must(must(ledger.Hold(ref, amount)), must(ledger.Instruct(key, rail, amount)), must(ledger.Fee(key, 130)))
	want := b.balances(m)
	for name, e := range map[string]ledger.Entry{
		"another deposit of the same item": must(ledger.Fund(m, "deposit", 100_001)),
		"another amount held":              must(ledger.Hold(ref, amount+1)),
		"another amount instructed":        must(ledger.Instruct(key, rail, amount+1)),
		"another rail for the same key":    must(ledger.Instruct(key, otherRail, amount)),
		"another fee for the same attempt": must(ledger.Fee(key, 131)),
	} {
		t.Run(name, func(t *testing.T) {
			err := b.post(e)
			require.ErrorIs(t, err, ledger.ErrConflict)
			assert.ErrorContains(t, err, e.Content().Key)
			assert.Equal(t, want, b.balances(m))
		})
	}
	fresh := refOf(m, "R-2")
	err := b.post(must(ledger.Hold(fresh, 10)), must(ledger.Hold(fresh, 11)))
	require.ErrorIs(t, err, ledger.ErrConflict, "within one call too")
	b.sound()
}

func keysAreTheMerchants(t *testing.T, b books) {
	one, other := b.funded(amount), b.funded(2*amount)
	for _, m := range []remittance.MerchantID{one, other} {
		b.must(must(ledger.Hold(refOf(m, "R-1"), amount)))
	}
	assert.Equal(t, ledger.Balances{Held: amount}, b.balances(one))
	assert.Equal(t, ledger.Balances{Available: amount, Held: amount}, b.balances(other))

	// A merchant may choose ids that look like the ledger's own words.
	for _, id := range []string{"fund", "hold", "deposit"} {
		m := b.funded(amount)
		b.must(must(ledger.Hold(refOf(m, id), amount)))
		assert.Equal(t, amount, b.balances(m).Held)
	}
	b.sound()
}

func insufficient(t *testing.T, b books) {
	m := b.funded(5000)
	b.must(must(ledger.Hold(refOf(m, "R-1"), amount)))
	late := must(ledger.Hold(refOf(m, "R-2"), amount))
	err := b.post(late)
	require.ErrorIs(t, err, ledger.ErrInsufficient)
	var short *ledger.InsufficientError
	require.ErrorAs(t, err, &short)
	assert.Equal(t, ledger.InsufficientError{Merchant: m, Available: 2000, Wanted: 3000, Shortfall: 1000}, *short)

	b.must(must(ledger.Hold(refOf(m, "R-1"), amount))) // posted before: no new money is needed
	b.must(must(ledger.Fund(m, "the-rest", short.Shortfall)))
	b.must(late)
	assert.Equal(t, ledger.Balances{Held: 6000}, b.balances(m), "to the last yen")

	poor := b.merchant()
	err = b.post(must(ledger.Hold(refOf(poor, "R-1"), 1)))
	require.ErrorAs(t, err, &short)
	assert.Equal(t, remittance.Yen(1), short.Shortfall, "a merchant without a book has nothing")
	b.sound()
}

func refusedCallLeavesTheTransaction(t *testing.T, b books) {
	m := b.funded(1000)
	ref, small := refOf(m, "R-1"), refOf(m, "R-2")
	err := b.db.InTx(context.Background(), func(ctx context.Context, tx *database.Tx) error {
		if err := b.Post(ctx, tx, must(ledger.Hold(small, 400)), must(ledger.Hold(ref, amount))); !errors.Is(err, ledger.ErrInsufficient) {
			return err
		}
		if err := b.Post(ctx, tx, must(ledger.Release(ref, amount))); !errors.Is(err, ledger.ErrNotAllowed) {
			return err
		}
		if err := b.Post(ctx, tx, must(ledger.Fund(m, "deposit", 1))); !errors.Is(err, ledger.ErrConflict) {
			return err
		}
		return b.Post(ctx, tx, must(ledger.Hold(small, 300)))
	})
	require.NoError(t, err)
	assert.Equal(t, ledger.Balances{Available: 700, Held: 300}, b.balances(m), "only the last call was written")
	b.sound()
}

func allOrNothing(t *testing.T, b books) {
	m, other := b.funded(1000), b.funded(1000)
	err := b.post(must(ledger.Hold(refOf(m, "R-1"), 600)), must(ledger.Hold(refOf(other, "R-1"), 600)), must(ledger.Hold(refOf(m, "R-2"), 600)))
	require.ErrorIs(t, err, ledger.ErrInsufficient)
	assert.Equal(t, ledger.Balances{Available: 1000}, b.balances(m))
	assert.Equal(t, ledger.Balances{Available: 1000}, b.balances(other))

	refusal := errors.New("the record refused the step")
	err = b.db.InTx(context.Background(), func(ctx context.Context, tx *database.Tx) error {
		if err := b.Post(ctx, tx, must(ledger.Hold(refOf(m, "R-1"), 600))); err != nil {
			return err
		}
		return refusal
	})
	require.ErrorIs(t, err, refusal)
	assert.Equal(t, ledger.Balances{Available: 1000}, b.balances(m), "a posting goes with the caller's transaction")
	b.must()
	b.sound()
}

func strangeEntries(t *testing.T, b books) {
	require.ErrorIs(t, b.post(ledger.Entry{}), ledger.ErrEntry)
	m := b.merchant()
	many := make([]ledger.Entry, ledger.MaxEntries+1)
	for i := range many {
		many[i] = must(ledger.Fund(m, fmt.Sprintf("item-%d", i), remittance.LegalCap*1_000_000_000))
	}
	require.ErrorIs(t, b.post(many...), ledger.ErrEntry)
	b.must(many[1:]...)
	assert.Equal(t, ledger.MaxEntries*remittance.LegalCap*1_000_000_000, b.balances(m).Available)
	b.sound()
}

// tooLargeToCount starts from a balance that no real merchant reaches.
func tooLargeToCount(t *testing.T, b books) {
	m := b.funded(amount)
	require.NoError(t, b.sql(fmt.Sprintf("UPDATE ledger_balance SET amount = %d WHERE account = '%s'", math.MaxInt64-10, ledger.Available(m))))
	require.ErrorIs(t, b.post(must(ledger.Fund(m, "too-much", 11))), remittance.ErrAmount, "never wrapped around")
	b.must(must(ledger.Fund(m, "just-fits", 10)))
	assert.Equal(t, remittance.Yen(math.MaxInt64), b.balances(m).Available)
	assert.False(t, b.audited().OK, "the audit sees that the entries do not give this balance")
}
