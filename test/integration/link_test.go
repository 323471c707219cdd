//go:build integration

package integration

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"soukin/contract"
	"soukin/internal/orders"
	"soukin/internal/zengin"
	"soukin/remittance"
)

func linkOrder(id string) orders.Request {
	return orders.Request{Merchant: string(shop), RemittanceID: id, Pattern: "account-link", Amount: "1200",
		Recipient: orders.Recipient{Email: "hanako@example.jp", Code: "4711"}}
}

func payee(number int) zengin.Input {
	return zengin.Input{Bank: "0005", Branch: "001", Type: "1", Number: fmt.Sprintf("%07d", 1000000+number), Name: "ヤマダ ハナコ"}
}

// TestFiftyNameAnAccount: of fifty people who name an account on one link at the
// same time, one is paid and the others are told.
func TestFiftyNameAnAccount(t *testing.T) {
	onEachDatabase(t, func(t *testing.T, dsn string) {
		in := install(t, dsn, with{"SOUKIN_LINK_WINDOW": "1h", "SOUKIN_SMS": "none"})
		in.startWorker(t)
		_, err := in.desk.Orders.Fund(t.Context(), shop, "item-1", 10_000)
		require.NoError(t, err)
		require.Equal(t, remittance.AwaitingRecipient, in.take(t, linkOrder("L-1")).Status)
		var won, late atomic.Int32
		var wg sync.WaitGroup
		for i := range 50 {
			wg.Go(func() {
				_, err := in.desk.Orders.Designate(t.Context(), ref("L-1"), orders.Designation{Account: payee(i)})
				switch faults := orders.FaultsOf(err); {
				case err == nil:
					won.Add(1)
				case len(faults) == 1 && faults[0].Code == orders.CodeTooLate:
					late.Add(1)
				default:
					assert.NoError(t, err)
				}
			})
		}
		wg.Wait()
		assert.Equal(t, int32(1), won.Load())
		assert.Equal(t, int32(49), late.Load())
		require.Equal(t, remittance.Paid, in.awaitEnd(t, "L-1").Status)
		in.agree(t)
	})
}

// TestClaimCancelAndExpiryRace lets the three meet on one link at its deadline,
// again and again: one wins, and the money moves once.
func TestClaimCancelAndExpiryRace(t *testing.T) {
	onEachDatabase(t, func(t *testing.T, dsn string) {
		in := install(t, dsn, with{"SOUKIN_LINK_WINDOW": "2s", "SOUKIN_LINK_REMINDERS": "1s", "SOUKIN_SMS": "none"})
		in.startWorker(t)
		const rounds = 12
		_, err := in.desk.Orders.Fund(t.Context(), shop, "item-1", rounds*1200)
		require.NoError(t, err)
		var wg sync.WaitGroup
		for i := range rounds {
			id := fmt.Sprintf("L-%d", i)
			state := in.take(t, linkOrder(id))
			wg.Go(func() { in.race(t, id, *state.Deadline, i) })
		}
		wg.Wait()
		in.agree(t)
	})
}

func (in *installation) race(t *testing.T, id string, deadline time.Time, i int) {
	var claimed, cancelled contract.State
	var claimErr, cancelErr error
	start := time.NewTimer(time.Until(deadline.Add(time.Duration(i-6) * 10 * time.Millisecond)))
	<-start.C
	var both sync.WaitGroup
	both.Go(func() {
		claimed, claimErr = in.desk.Orders.Designate(t.Context(), ref(id), orders.Designation{Account: payee(i)})
	})
	both.Go(func() { cancelled, cancelErr = in.desk.Orders.Cancel(t.Context(), ref(id), remittance.ActorMerchant) })
	both.Wait()
	end := in.awaitEnd(t, remittance.RemittanceID(id))
	switch end.Status {
	case remittance.Paid:
		assert.NoError(t, claimErr)
		assert.Error(t, cancelErr)
		assert.Equal(t, end.Account, claimed.Account)
	case remittance.Cancelled:
		assert.NoError(t, cancelErr)
		assert.Equal(t, remittance.Cancelled, cancelled.Status)
	case remittance.Expired:
		assert.Error(t, claimErr)
		assert.Error(t, cancelErr)
	default:
		assert.Fail(t, "an ending of another kind", "%s", end.Status)
	}
}
