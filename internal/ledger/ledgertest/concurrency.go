package ledgertest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"soukin/internal/database"
	"soukin/internal/ledger"
	"soukin/remittance"
)

const writers = 64

// manyWriters sends more than the balance covers through one merchant's book:
// exactly what it covers goes through, and nobody needs a retry because writers
// queue for the book.
func manyWriters(t *testing.T, b books) {
	const each, covered = 3, 100
	m := b.funded(covered*amount + 1)
	var paid, short atomic.Int64
	var group sync.WaitGroup
	for w := range writers {
		group.Go(func() {
			for i := range each {
				ref := refOf(m, fmt.Sprintf("R-%d-%d", w, i))
				key := keyOf(ref, 1)
				err := b.post(must(ledger.Hold(ref, amount)), must(ledger.Instruct(key, rail, amount)))
				if errors.Is(err, ledger.ErrInsufficient) {
					short.Add(1)
					continue
				}
				assert.NoError(t, err)
				assert.NoError(t, b.post(must(ledger.Settle(key, rail, amount)), must(ledger.Fee(key, 130))))
				paid.Add(1)
			}
		})
	}
	group.Wait()
	assert.Equal(t, int64(covered), paid.Load())
	assert.Equal(t, int64(writers*each-covered), short.Load())
	assert.Equal(t, ledger.Balances{Available: 1, Paid: covered * amount, FeesDue: covered * 130}, b.balances(m))
	stats := b.db.Stats()
	assert.Zero(t, stats.Retries(), "%+v", stats)
	assert.Zero(t, stats.GaveUp)
	b.sound()
}

func sameEntryAtOnce(t *testing.T, b books) {
	m := b.funded(amount)
	ref := refOf(m, "R-1")
	var group sync.WaitGroup
	for range writers {
		group.Go(func() { assert.NoError(t, b.post(must(ledger.Hold(ref, amount)))) })
	}
	group.Wait()
	assert.Equal(t, ledger.Balances{Held: amount}, b.balances(m))
	assert.Equal(t, 2, b.audited().Checked["entries"], "the deposit and one hold")
	b.sound()
}

// oppositeOrder posts to two books at once, in both orders: within one call
// books are locked in one order, so that no deadlock arises.
func oppositeOrder(t *testing.T, b books) {
	const each = 20
	one, other := b.merchant(), b.merchant()
	var group sync.WaitGroup
	for w := range 8 {
		group.Go(func() {
			for i := range each {
				item := fmt.Sprintf("item-%d-%d", w, i)
				entries := []ledger.Entry{must(ledger.Fund(one, item, 1)), must(ledger.Fund(other, item, 1))}
				if w%2 == 0 {
					entries[0], entries[1] = entries[1], entries[0]
				}
				assert.NoError(t, b.post(entries...))
			}
		})
	}
	group.Wait()
	for _, m := range []remittance.MerchantID{one, other} {
		assert.Equal(t, remittance.Yen(8*each), b.balances(m).Available)
	}
	assert.Zero(t, b.db.Stats().RetriesDeadlock)
	b.sound()
}

// twoProcesses share a book through two handles. SQLite's writers then meet in
// the file and may have to try again; nothing gets lost, and it is counted.
func twoProcesses(t *testing.T, b books) {
	const each = 20
	m := b.merchant()
	second := b.open()
	handles := []*database.DB{b.db, second}
	var group sync.WaitGroup
	for w := range 8 {
		group.Go(func() {
			for i := range each {
				e := must(ledger.Fund(m, fmt.Sprintf("item-%d-%d", w, i), 1))
				assert.NoError(t, handles[w%2].InTx(context.Background(), func(ctx context.Context, tx *database.Tx) error {
					return b.Post(ctx, tx, e)
				}))
			}
		})
	}
	group.Wait()
	assert.Equal(t, remittance.Yen(8*each), b.balances(m).Available)
	require.Zero(t, b.db.Stats().GaveUp+second.Stats().GaveUp)
	b.sound()
}
