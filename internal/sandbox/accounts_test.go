package sandbox_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"soukin/internal/sandbox"
	"soukin/internal/sandbox/control"
)

func (w *world) deposit(d control.Deposit) control.Deposited {
	w.t.Helper()
	out, err := w.control.Deposit(w.t.Context(), d)
	require.NoError(w.t, err)
	return out
}

func items(r reply, list string) (out []map[string]any) {
	for _, it := range r.Body[list].([]any) {
		out = append(out, it.(map[string]any))
	}
	return out
}

func second(s *sandbox.Settings) {
	a := s.Accounts[0]
	a.ID, a.Number, a.TypeCode, a.Primary, a.Opening = "101029999999", "9999999", "02", false, 0
	s.Accounts = append(s.Accounts, a)
}

func TestAccountsAndBalances(t *testing.T) {
	w := start(t, with(second))
	accounts := items(w.get("/accounts"), "accounts")
	require.Len(t, accounts, 2)
	assert.Equal(t, ourAccount, accounts[0]["accountId"], "the primary account comes first")
	assert.Equal(t, "1", accounts[0]["primaryAccountCode"])
	assert.Equal(t, "2", accounts[1]["primaryAccountCode"])
	assert.Equal(t, "普通預金（決済用）", accounts[1]["accountTypeName"])

	w.deposit(control.Deposit{AccountID: "101029999999", Amount: 500})
	balances := items(w.get("/accounts/balances"), "balances")
	require.Len(t, balances, 2)
	assert.Equal(t, "10000000", balances[0]["balance"])
	assert.Equal(t, "500", balances[1]["balance"])
	assert.Equal(t, "2026-11-24", balances[1]["baseDate"])
	assert.Equal(t, "10:00:00+09:00", balances[1]["baseTime"])

	assert.Equal(t, 404, w.get("/accounts/balances", "accountId", "999999999999").Status)
	assert.Equal(t, 400, w.get("/accounts/balances", "accountId", "short").Status)
}

func TestYesterdaysAndLastMonthsBalance(t *testing.T) {
	w := start(t)
	previous := func() (day, month string) {
		b := items(w.get("/accounts/balances", "accountId", ourAccount), "balances")[0]
		return b["previousDayBalance"].(string), b["previousMonthBalance"].(string)
	}
	day, month := previous()
	assert.Equal(t, []string{"0", "0"}, []string{day, month}, "the account was opened today")

	w.advance(24 * time.Hour) // 25 November
	w.deposit(control.Deposit{Amount: 7})
	day, month = previous()
	assert.Equal(t, []string{"10000000", "0"}, []string{day, month})

	w.advance(6 * 24 * time.Hour) // 1 December
	w.deposit(control.Deposit{Amount: 1000})
	day, month = previous()
	assert.Equal(t, []string{"10000007", "10000007"}, []string{day, month})
}

func TestADepositIsOnTheStatementUnderItsKey(t *testing.T) {
	w := start(t)
	made := w.deposit(control.Deposit{Amount: 250_000, Applicant: "ｶ)ﾐｾ", BankName: "ﾐｽﾞﾎ", BranchName: "ﾄｳｷﾖｳ", EDIInfo: "INV-7"})
	assert.EqualValues(t, 10_250_000, made.Balance)
	require.Len(t, made.ItemKey, 20)

	r := w.get("/accounts/deposit-transactions", "accountId", ourAccount)
	arrivals := items(r, "paymentArrivals")
	require.Len(t, arrivals, 1, "the opening balance is no incoming transfer")
	assert.Equal(t, map[string]any{"transactionDate": "2026-11-24", "valueDate": "2026-11-24", "transactionType": "1", "remarks": "振込 INV-7 ｶ)ﾐｾ", "amount": "250000",
		"applicantName": "ｶ)ﾐｾ", "paymentBankName": "ﾐｽﾞﾎ", "paymentBranchName": "ﾄｳｷﾖｳ", "ediInfo": "INV-7", "itemKey": made.ItemKey}, arrivals[0])
	assert.Equal(t, "1", r.Body["count"])

	transactions := items(w.get("/accounts/transactions", "accountId", ourAccount), "transactions")
	require.Len(t, transactions, 2)
	assert.Equal(t, "10000000", transactions[0]["balance"])
	assert.Equal(t, made.ItemKey, transactions[1]["itemKey"])
	assert.Equal(t, "10250000", transactions[1]["balance"])
}

func TestStatementPeriods(t *testing.T) {
	w := start(t)
	for range 3 { // 24, 26 and 28 November
		w.deposit(control.Deposit{Amount: 10})
		w.advance(48 * time.Hour)
	}
	// Now it is 30 November, a day without items.
	for name, tt := range map[string]struct {
		query    []string
		want     int
		from, to string
	}{
		"neither: today":                 {nil, 0, "2026-11-30", "2026-11-30"},
		"from: until today":              {[]string{"dateFrom", "2026-11-26"}, 2, "2026-11-26", "2026-11-30"},
		"to: from the first item":        {[]string{"dateTo", "2026-11-26"}, 2, "2026-11-24", "2026-11-26"},
		"both":                           {[]string{"dateFrom", "2026-11-25", "dateTo", "2026-11-27"}, 1, "2026-11-25", "2026-11-27"},
		"to, before the first item":      {[]string{"dateTo", "2026-01-01"}, 0, "2026-01-01", "2026-01-01"},
		"from, after today: no surprise": {[]string{"dateFrom", "2027-01-01"}, 0, "2027-01-01", "2027-01-01"},
	} {
		t.Run(name, func(t *testing.T) {
			w.t = t
			r := w.get("/accounts/deposit-transactions", append([]string{"accountId", ourAccount}, tt.query...)...)
			require.Equal(t, 200, r.Status, r.Raw)
			assert.Len(t, items(r, "paymentArrivals"), tt.want)
			assert.Equal(t, tt.from, r.Body["dateFrom"])
			assert.Equal(t, tt.to, r.Body["dateTo"])
		})
	}
}

func TestStatementEnquiriesAreChecked(t *testing.T) {
	w := start(t)
	for name, query := range map[string][]string{
		"no account":   {},
		"no such date": {"accountId", ourAccount, "dateFrom", "2026-02-30"},
		"reversed":     {"accountId", ourAccount, "dateFrom", "2026-11-25", "dateTo", "2026-11-24"},
		"key":          {"accountId", ourAccount, "nextItemKey", "12345"},
		"key's date":   {"accountId", ourAccount, "nextItemKey", "99999999999999999999"},
	} {
		for _, path := range []string{"/accounts/transactions", "/accounts/deposit-transactions"} {
			assert.Equal(t, 400, w.get(path, query...).Status, "%s: %s", path, name)
		}
	}
	assert.Equal(t, 404, w.get("/accounts/transactions", "accountId", "999999999999").Status)
}

func TestStatementPagesAreCompleteAndDoNotOverlap(t *testing.T) {
	w := start(t)
	const deposits = 1003
	for i := range deposits {
		w.deposit(control.Deposit{Amount: 1, EDIInfo: fmt.Sprint(i)})
	}
	query := []string{"accountId", ourAccount, "dateFrom", "2026-11-24"}
	seen, pages, last := 0, []string{}, ""
	next := ""
	for more := true; more; {
		page := query
		if next != "" {
			page = append(append([]string{}, query...), "nextItemKey", next)
		}
		r := w.get("/accounts/deposit-transactions", page...)
		require.Equal(t, 200, r.Status, r.Raw)
		for _, it := range items(r, "paymentArrivals") {
			assert.Equal(t, fmt.Sprint(seen), it["ediInfo"], "items come in the order in which they were posted")
			assert.Greater(t, it["itemKey"], last)
			last = it["itemKey"].(string)
			seen++
		}
		pages = append(pages, r.Body["count"].(string))
		next, more = "", r.Body["hasNext"].(bool)
		if more {
			next = r.Body["nextItemKey"].(string)
		}
	}
	assert.Equal(t, deposits, seen)
	assert.Equal(t, []string{"500", "500", "3"}, pages)
}
