package examples_test

import (
	"bytes"
	"encoding/csv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"soukin/config"
	"soukin/examples"
	"soukin/internal/calendar"
	"soukin/internal/orders"
	"soukin/internal/refund"
	"soukin/internal/zengin"
)

// What the file promises about each row is checked against the real bank data,
// so that a merged branch shows here and not in front of a newcomer.
func TestRowsAreWhatTheySay(t *testing.T) {
	rows, err := csv.NewReader(bytes.NewReader(examples.Remittances)).ReadAll()
	require.NoError(t, err)
	require.Len(t, rows, 21, "a header and twenty remittances")
	at := map[string]int{}
	for i, name := range rows[0] {
		at[name] = i
	}
	endings := map[string]int{}
	for _, row := range rows[1:] {
		get := func(name string) string { return row[at[name]] }
		number := get("number")
		if number == "" {
			number = get("jp_number")
		}
		_, _, err := zengin.ParseAccount(zengin.Input{
			Bank: get("bank"), Branch: get("branch"), Type: get("type"), Number: number, Symbol: get("symbol"), Name: get("name"),
		})
		if get("expect") == "refused" && get("amount") != "1,200,000" {
			assert.Error(t, err, get("remittance_id"))
		} else {
			assert.NoError(t, err, get("remittance_id"))
		}
		endings[get("expect")]++
	}
	assert.Equal(t, map[string]int{"paid": 14, "refused": 4, "failed": 1, "returned": 1}, endings)
}

func TestLinksAreWhatTheySay(t *testing.T) {
	rows, err := orders.ParseCSV(bytes.NewReader(examples.Links))
	require.NoError(t, err)
	endings := map[string]int{}
	for _, row := range rows {
		assert.Empty(t, row.Faults, row.Request.RemittanceID)
		assert.Equal(t, "account-link", row.Request.Pattern)
		assert.Equal(t, orders.Payee{}, row.Request.Payee, "the recipient names the account")
		endings[row.Expect]++
	}
	assert.Equal(t, map[string]int{"paid": 4, "expired": 1, "cancelled": 2}, endings)
}

func TestRailsAreWhatTheySay(t *testing.T) {
	rows, err := orders.ParseCSV(bytes.NewReader(examples.Rails(time.Now())))
	require.NoError(t, err)
	endings, patterns := map[string]int{}, map[string]int{}
	for _, row := range rows {
		assert.Empty(t, row.Faults, "%s: what is refused, settings refuse", row.Request.RemittanceID)
		endings[row.Expect]++
		patterns[row.Request.Pattern]++
	}
	assert.Equal(t, map[string]int{"paid": 18, "expired": 2, "cancelled": 2, "refused": 4, "failed": 1}, endings)
	assert.Equal(t, map[string]int{"atm-cash": 8, "gift-card": 5, "au-pay": 3, "prepaid-refund": 6, "choice": 5}, patterns)
}

// TestPurchasesStayRefundable: whatever day it is, a purchase that is to be paid
// is inside its issuer's window, and the one that is not stays outside.
func TestPurchasesStayRefundable(t *testing.T) {
	cfg, err := config.Load([]string{"SOUKIN_HOME=" + t.TempDir()})
	require.NoError(t, err)
	windows, err := refund.ParseIssuers(cfg.Prepaid.Issuers)
	require.NoError(t, err)
	start := time.Date(2026, 11, 21, 14, 59, 59, 0, time.UTC) // the last second of a day in Japan
	for day := range 800 {
		now := start.AddDate(0, 0, day)
		rows, err := orders.ParseCSV(bytes.NewReader(examples.Rails(now)))
		require.NoError(t, err)
		for _, row := range rows {
			r := row.Request
			if r.Pattern != "prepaid-refund" {
				continue
			}
			bought, err := time.ParseInLocation(time.DateOnly, r.PurchasedOn, calendar.JST)
			require.NoError(t, err, r.RemittanceID)
			require.Contains(t, r.Purchase, bought.Format("-20060102-"), "the number of a purchase says its day")
			require.False(t, bought.After(now), r.RemittanceID)
			require.Equal(t, r.RemittanceID != "R-03", windows[r.Issuer].Open(bought, now), "%s on %s", r.RemittanceID, now)
		}
	}
}

func TestDaysAgoAreJapans(t *testing.T) {
	last, next := time.Date(2026, 3, 1, 14, 59, 0, 0, time.UTC), time.Date(2026, 3, 1, 15, 0, 0, 0, time.UTC)
	assert.Contains(t, string(examples.Rails(last)), "WM-20260219-3000-1,2026-02-19,")
	assert.Contains(t, string(examples.Rails(next)), "WM-20260220-3000-1,2026-02-20,")
	assert.NotContains(t, string(examples.Rails(next)), "{")
}
