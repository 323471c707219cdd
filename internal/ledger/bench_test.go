package ledger_test

import (
	"context"
	"fmt"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"soukin/internal/database"
	"soukin/internal/database/databasetest"
	"soukin/internal/ledger"
	"soukin/remittance"
)

// BenchmarkPost measures remittances by 64 writers: two transactions with two
// entries each (hold and instruct, then settle and fee), as a worker posts them.
func BenchmarkPost(b *testing.B) {
	for _, engine := range []struct {
		name string
		open func(testing.TB) func() *database.DB
	}{{"sqlite", databasetest.SQLite}, {"postgres", databasetest.Postgres}} {
		for _, merchants := range []int{1, 64} {
			b.Run(fmt.Sprintf("%s/%d-merchants", engine.name, merchants), func(b *testing.B) {
				postRemittances(b, engine.open(b)(), merchants)
			})
		}
	}
}

func postRemittances(b *testing.B, db *database.DB, merchants int) {
	const writers = 64
	require.NoError(b, ledger.Migrate(b.Context(), db))
	books := ledger.New(db, time.Now)
	post := func(entries ...ledger.Entry) error {
		return db.InTx(b.Context(), func(ctx context.Context, tx *database.Tx) error { return books.Post(ctx, tx, entries...) })
	}
	for m := range merchants {
		require.NoError(b, post(must(ledger.Fund(shop(m), "deposit", remittance.LegalCap*1_000_000_000))))
	}
	var count atomic.Int64
	b.SetParallelism((writers + runtime.GOMAXPROCS(0) - 1) / runtime.GOMAXPROCS(0))
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			n := int(count.Add(1))
			ref := remittance.Ref{Merchant: shop(n % merchants), Remittance: remittance.RemittanceID(fmt.Sprint(n))}
			key := remittance.Key{Ref: ref, Step: "transfer", Generation: 1}
			if err := post(must(ledger.Hold(ref, 1000)), must(ledger.Instruct(key, remittance.RailBank, 1000))); err != nil {
				b.Error(err)
			}
			if err := post(must(ledger.Settle(key, remittance.RailBank, 1000)), must(ledger.Fee(key, 130))); err != nil {
				b.Error(err)
			}
		}
	})
	b.ReportMetric(float64(2*b.N)/b.Elapsed().Seconds(), "tx/s")
	b.ReportMetric(float64(4*b.N)/b.Elapsed().Seconds(), "entries/s")
	b.ReportMetric(float64(db.Stats().Retries()), "retries")
}

func shop(n int) remittance.MerchantID { return remittance.MerchantID(fmt.Sprintf("shop-%d", n)) }

func must(e ledger.Entry, err error) ledger.Entry {
	if err != nil {
		panic(err)
	}
	return e
}
