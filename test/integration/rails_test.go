//go:build integration

package integration

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"soukin/internal/calendar"
	"soukin/internal/orders"
	"soukin/internal/record"
	"soukin/internal/sandbox/control"
	"soukin/remittance"
)

// railWaits shorten what the other rails wait for.
var railWaits = with{
	"SOUKIN_RAILS_VISIBILITY_DELAY": "1s", "SOUKIN_RAILS_ENQUIRE_EVERY": "300ms", "SOUKIN_RAILS_WATCH_EVERY": "500ms",
	"SOUKIN_AMAZON_CODE_RECALL": "1s", "SOUKIN_ATM_RATE": "100", "SOUKIN_AUPAY_RATE": "100", "SOUKIN_PREPAID_RATE": "100",
	"SOUKIN_LINK_WINDOW": "1h", "SOUKIN_SMS": "none",
}

// asked is an order whose recipient has a page.
func asked(id string, pattern remittance.Pattern, amount string, offer orders.Offer) orders.Request {
	return orders.Request{Merchant: string(shop), RemittanceID: id, Pattern: string(pattern), Amount: amount,
		Recipient: orders.Recipient{Email: "hanako@example.jp"}, Offer: offer}
}

func refundOf(id, amount string, daysAgo int) orders.Request {
	day := time.Now().In(calendar.JST).AddDate(0, 0, -daysAgo)
	return orders.Request{Merchant: string(shop), RemittanceID: id, Pattern: string(remittance.PrepaidRefund), Amount: amount,
		Purchased: orders.Purchased{Issuer: "webmoney", PurchasedOn: day.Format(time.DateOnly), PurchaseAmount: amount,
			Purchase: fmt.Sprintf("WM-%s-%s-1", day.Format("20060102"), amount)}}
}

func (in *installation) designate(t *testing.T, id string, d orders.Designation) {
	t.Helper()
	_, err := in.desk.Orders.Designate(t.Context(), ref(id), d)
	require.NoError(t, err, id)
}

func cashIsOut(r record.Remittance) bool {
	return r.Status == remittance.AwaitingRecipient && r.InFlight
}

// entry is what the recipient types into the ATM.
func (in *installation) entry(t *testing.T, id string) control.ATMEntry {
	t.Helper()
	in.await(t, remittance.RemittanceID(id), "had numbers", cashIsOut)
	n, err := in.desk.Orders.Numbers(t.Context(), ref(id))
	require.NoError(t, err)
	return control.ATMEntry{Partner: n.Partner(), Customer: n.Customer(), Confirmation: n.Confirmation()}
}

// amazonUser logs somebody in at the sandbox's Amazon.
func (in *installation) amazonUser(t *testing.T, email string) string {
	t.Helper()
	body, err := json.Marshal(map[string]string{"email": email})
	require.NoError(t, err)
	res, err := http.Post(in.cfg.Sandbox.URL+"/sandbox/amazon/users", "application/json", bytes.NewReader(body))
	require.NoError(t, err)
	defer func() { assert.NoError(t, res.Body.Close()) }()
	var out struct {
		UserID string `json:"user_id"`
	}
	require.NoError(t, json.NewDecoder(res.Body).Decode(&out))
	require.NotEmpty(t, out.UserID)
	return out.UserID
}

// TestEveryPatternFromOrderToEnd follows one remittance of each pattern, and a
// choice whose ways fail one after the other.
func TestEveryPatternFromOrderToEnd(t *testing.T) {
	onEachDatabase(t, func(t *testing.T, dsn string) {
		in := install(t, dsn, railWaits)
		in.startWorker(t)
		in.fund(t, 500_000)
		in.take(t, asked("CASH", remittance.ATMCash, "9000", orders.Offer{})) // the network's first answer is lost
		in.take(t, asked("CALLED-OFF", remittance.ATMCash, "5000", orders.Offer{}))
		in.take(t, asked("CODE", remittance.GiftCard, "4014", orders.Offer{GiftForm: "code"})) // RESEND, and executed
		in.take(t, asked("BALANCE", remittance.GiftCard, "3000", orders.Offer{GiftForm: "balance"}))
		in.take(t, asked("WALLET", remittance.AuPay, "2000", orders.Offer{}))
		in.take(t, refundOf("REFUND", "1500", 10))
		in.take(t, asked("CHOICE", remittance.Choice, "12000", orders.Offer{Rails: "bank,atm,aupay"}))
		_, _, err := in.desk.Orders.Take(t.Context(), refundOf("TOO-LATE", "1500", 400))
		refusedAs(t, err, orders.RuleWindowPassed)

		in.designate(t, "CODE", orders.Designation{})
		in.designate(t, "BALANCE", orders.Designation{AmazonUser: in.amazonUser(t, "hanako@example.com")})
		in.designate(t, "WALLET", orders.Designation{Member: "1000000000000009"}) // every answer is lost
		in.entry(t, "CALLED-OFF")
		_, err = in.desk.Orders.Cancel(t.Context(), ref("CALLED-OFF"), remittance.ActorMerchant)
		require.NoError(t, err)
		out, err := in.bank.WithdrawCash(t.Context(), in.entry(t, "CASH"))
		require.NoError(t, err)
		require.Equal(t, control.ATMPaid, out.Result)

		in.designate(t, "CHOICE", orders.Designation{Rail: remittance.RailAuPay, Member: "1000000000000002"})
		in.await(t, "CHOICE", "came back from the full wallet", func(r record.Remittance) bool { return r.Reason == remittance.WalletFull })
		in.designate(t, "CHOICE", orders.Designation{Rail: remittance.RailATM})
		wrong := in.entry(t, "CHOICE")
		wrong.Confirmation = fmt.Sprintf("%06d", (digits(t, wrong.Confirmation)+1)%1_000_000)
		for range 3 {
			_, err := in.bank.WithdrawCash(t.Context(), wrong)
			require.NoError(t, err)
		}
		in.await(t, "CHOICE", "came back from locked numbers", func(r record.Remittance) bool { return r.Reason == remittance.NumbersLocked && !r.InFlight })
		in.designate(t, "CHOICE", orders.Designation{Rail: remittance.RailBank, Account: payee(1)})

		for id, status := range map[remittance.RemittanceID]remittance.Status{
			"CASH": remittance.Paid, "CALLED-OFF": remittance.Cancelled, "CODE": remittance.Paid, "BALANCE": remittance.Paid,
			"WALLET": remittance.Paid, "REFUND": remittance.Paid, "CHOICE": remittance.Paid,
		} {
			row := in.awaitEnd(t, id)
			assert.Equal(t, status, row.Status, "%s %s", id, row.Reason)
		}
		in.agree(t)
	})
}

func digits(t *testing.T, text string) (n int) {
	t.Helper()
	_, err := fmt.Sscanf(text, "%d", &n)
	require.NoError(t, err)
	return n
}

// TestFiftyChooseDifferentWays: of fifty people who choose on one link at the same
// time, each another way or another place, one is followed.
func TestFiftyChooseDifferentWays(t *testing.T) {
	onEachDatabase(t, func(t *testing.T, dsn string) {
		in := install(t, dsn, railWaits)
		in.startWorker(t)
		in.fund(t, 10_000)
		in.take(t, asked("C-1", remittance.Choice, "2000", orders.Offer{Rails: "bank,atm,amazon,aupay", GiftForm: "code"}))
		ways := []func(i int) orders.Designation{
			func(i int) orders.Designation {
				return orders.Designation{Rail: remittance.RailBank, Account: payee(i)}
			},
			func(int) orders.Designation { return orders.Designation{Rail: remittance.RailATM} },
			func(int) orders.Designation { return orders.Designation{Rail: remittance.RailAmazon} },
			func(i int) orders.Designation {
				return orders.Designation{Rail: remittance.RailAuPay, Member: fmt.Sprintf("1%011d0001", i)}
			},
		}
		var mu sync.Mutex
		won := map[remittance.Rail]int{}
		var late atomic.Int32
		var wg sync.WaitGroup
		for i := range 50 {
			wg.Go(func() {
				d := ways[i%len(ways)](i)
				_, err := in.desk.Orders.Designate(t.Context(), ref("C-1"), d)
				switch faults := orders.FaultsOf(err); {
				case err == nil:
					mu.Lock()
					won[d.Rail]++
					mu.Unlock()
				case len(faults) == 1 && faults[0].Code == orders.CodeTooLate:
					late.Add(1)
				default:
					assert.NoError(t, err)
				}
			})
		}
		wg.Wait()
		require.Len(t, won, 1, "one way")
		for rail, n := range won {
			switch rail {
			case remittance.RailATM:
				out, err := in.bank.WithdrawCash(t.Context(), in.entry(t, "C-1"))
				require.NoError(t, err)
				require.Equal(t, control.ATMPaid, out.Result)
			case remittance.RailAmazon: // the same choice again is no other one
			default:
				assert.Equal(t, 1, n, "one place")
			}
			assert.Equal(t, 50, n+int(late.Load()))
			end := in.awaitEnd(t, "C-1")
			assert.Equal(t, remittance.Paid, end.Status)
			assert.Equal(t, rail, end.Rail)
			assert.Equal(t, 1, end.Generation)
		}
		in.agree(t)
	})
}

// TestWithdrawalCancelAndExpiryRace lets the three meet at the end of the numbers,
// again and again: one wins, and the money moves once.
func TestWithdrawalCancelAndExpiryRace(t *testing.T) {
	onEachDatabase(t, func(t *testing.T, dsn string) {
		short := with{"SOUKIN_ATM_TERM": "6s", "SOUKIN_LINK_REMINDERS": "1s"}
		for name, value := range railWaits {
			if _, set := short[name]; !set {
				short[name] = value
			}
		}
		in := install(t, dsn, short)
		in.startWorker(t)
		const rounds = 10
		in.fund(t, rounds*3000)
		var wg sync.WaitGroup
		for i := range rounds {
			id := fmt.Sprintf("A-%d", i)
			in.take(t, asked(id, remittance.ATMCash, "3000", orders.Offer{}))
			wg.Go(func() { in.raceForCash(t, id, i) })
		}
		wg.Wait()
		in.agree(t)
	})
}

func (in *installation) raceForCash(t *testing.T, id string, i int) {
	entry := in.entry(t, id)
	row, err := in.desk.Record.Get(t.Context(), ref(id))
	if !assert.NoError(t, err) || !assert.NotNil(t, row.Deadline) {
		return
	}
	var withdrawn control.ATMWithdrawal
	var withdrawErr, cancelErr error
	start := time.NewTimer(time.Until(row.Deadline.Add(time.Duration(i-6) * 10 * time.Millisecond)))
	<-start.C
	var both sync.WaitGroup
	both.Go(func() { withdrawn, withdrawErr = in.bank.WithdrawCash(t.Context(), entry) })
	both.Go(func() { _, cancelErr = in.desk.Orders.Cancel(t.Context(), ref(id), remittance.ActorMerchant) })
	both.Wait()
	assert.NoError(t, withdrawErr)
	end := in.awaitEnd(t, remittance.RemittanceID(id))
	switch end.Status {
	case remittance.Paid:
		assert.Equal(t, control.ATMPaid, withdrawn.Result, id)
		assert.Error(t, cancelErr)
	case remittance.Cancelled:
		assert.NotEqual(t, control.ATMPaid, withdrawn.Result, id)
	case remittance.Expired:
		assert.NotEqual(t, control.ATMPaid, withdrawn.Result, id)
		assert.Error(t, cancelErr)
	default:
		assert.Fail(t, "an ending of another kind", "%s", end.Status)
	}
}
