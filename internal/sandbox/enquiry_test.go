package sandbox_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"soukin/internal/sandbox"
	"soukin/internal/sandbox/books"
)

func (w *world) byDate(query ...string) reply {
	w.t.Helper()
	return w.get("/transfer/status", append([]string{"accountId", ourAccount, "queryKeyClass", "2"}, query...)...)
}

// numbers is the 受付番号 of every transfer that an enquiry shows.
func numbers(r reply) (out []string) {
	for _, d := range items(r, "transferDetails") {
		out = append(out, d["transferApplies"].([]any)[0].(map[string]any)["applyNo"].(string))
	}
	return out
}

func TestStatusPagesAreCompleteAndDoNotOverlap(t *testing.T) {
	w := start(t)
	const transfers = 520
	var want []string
	day := "2026-11-24"
	for i := range transfers {
		if i == 300 {
			w.advance(24 * time.Hour)
			day = "2026-11-25"
		}
		want = append(want, w.request(order(transfer(1+i%7, "1234567")).and("transferDesignatedDate", day), key(fmt.Sprint("k", i))))
	}
	for _, term := range []string{"1", "2"} {
		var got, sizes []string
		next := ""
		for more := true; more; {
			query := []string{"dateFrom", "2026-11-24", "requestTransferTerm", term}
			if next != "" {
				query = append(query, "nextItemKey", next)
			}
			r := w.byDate(query...)
			require.Equal(t, 200, r.Status, r.Raw)
			got, sizes = append(got, numbers(r)...), append(sizes, r.Body["count"].(string))
			echo := items(r, "transferQueryBulkResponses")[0]
			assert.Equal(t, "2026-11-24", echo["dateFrom"])
			assert.Equal(t, term, echo["requestTransferTerm"])
			if next == "" {
				assert.NotContains(t, echo, "requestNextItemKey")
			} else {
				assert.Equal(t, next, echo["requestNextItemKey"])
			}
			next, more = "", echo["hasNext"].(bool)
			if more {
				next = echo["nextItemKey"].(string)
			}
		}
		assert.Equal(t, want, got)
		assert.Equal(t, []string{"500", "20"}, sizes)
	}
}

func TestStatusByDateFiltersByDayAndStatus(t *testing.T) {
	w := start(t)
	executed := w.request(order(transfer(1, "1234567")))
	booked := w.request(order(transfer(1, "1234567")).and("transferDesignatedDate", "2026-11-27"))
	failed := w.request(order(transfer(1, "9000017")))
	w.advance(24 * time.Hour)
	tomorrow := w.request(order(transfer(1, "1234567")).and("transferDesignatedDate", "2026-11-25"))

	assert.Equal(t, []string{tomorrow}, numbers(w.byDate()), "neither end means today")
	assert.Equal(t, []string{executed, booked, failed, tomorrow}, numbers(w.byDate("dateFrom", "2026-11-24")))
	assert.Equal(t, []string{executed, booked, failed}, numbers(w.byDate("dateTo", "2026-11-24")))
	assert.Equal(t, []string{executed, tomorrow}, numbers(w.byDate("dateFrom", "2026-11-24", "requestTransferStatus", "20")))
	assert.Equal(t, []string{booked, failed}, numbers(w.byDate("dateFrom", "2026-11-24", "requestTransferStatus", "11", "requestTransferStatus", "40")), "several statuses are joined by OR")
	assert.Equal(t, []string{booked}, numbers(w.byDate("dateFrom", "2026-11-26", "dateTo", "2026-11-28", "requestTransferTerm", "2")), "by 振込指定日")
	assert.Empty(t, numbers(w.byDate("dateFrom", "2026-11-24", "requestTransferStatus", "22")))
}

func TestStatusEnquiriesAreChecked(t *testing.T) {
	w := start(t)
	no := w.request(order(transfer(1, "1234567")))
	for name, query := range map[string][]string{
		"class":                {"queryKeyClass", "3"},
		"1 without number":     {"queryKeyClass", "1"},
		"1 with date":          {"queryKeyClass", "1", "applyNo", no, "dateFrom", "2026-11-24"},
		"1 with status":        {"queryKeyClass", "1", "applyNo", no, "requestTransferStatus", "20"},
		"1 with term":          {"queryKeyClass", "1", "applyNo", no, "requestTransferTerm", "1"},
		"2 with number":        {"queryKeyClass", "2", "applyNo", no},
		"2 reversed":           {"queryKeyClass", "2", "dateFrom", "2026-11-25", "dateTo", "2026-11-24"},
		"2 bulk status":        {"queryKeyClass", "2", "requestTransferStatus", "30"},
		"2 class without ID":   {"queryKeyClass", "2", "requestTransferClass", "1"},
		"2 term":               {"queryKeyClass", "2", "requestTransferTerm", "3"},
		"2 key":                {"queryKeyClass", "2", "nextItemKey", "x"},
		"2 key of a statement": {"queryKeyClass", "2", "nextItemKey", "20261124100000000000"},
	} {
		assert.Equal(t, 400, w.get("/transfer/status", append([]string{"accountId", ourAccount}, query...)...).Status, name)
	}
	assert.Equal(t, 400, w.get("/transfer/status", "queryKeyClass", "2").Status)
	assert.Equal(t, 404, w.get("/transfer/status", "accountId", "999999999999", "queryKeyClass", "2").Status)

	assert.Equal(t, "0", w.get("/transfer/status", "accountId", ourAccount, "queryKeyClass", "1", "applyNo", "2026112499999999").Body["count"], "an unknown number is 200 without details")
	assert.Equal(t, 404, w.get("/transfer/request-result", "accountId", ourAccount, "applyNo", "2026112499999999").Status)
	assert.Equal(t, 400, w.get("/transfer/request-result", "accountId", ourAccount, "applyNo", "1").Status)
}

func TestAnotherAccountsTransfersAreNotShown(t *testing.T) {
	w := start(t, with(second))
	no := w.request(order(transfer(1, "1234567")))
	other := []string{"accountId", "101029999999", "applyNo", no}
	assert.Equal(t, "0", w.get("/transfer/status", append(other, "queryKeyClass", "1")...).Body["count"])
	assert.Equal(t, 404, w.get("/transfer/request-result", other...).Status)
	assert.Equal(t, 404, w.post("/transfer/cancel", fields{"accountId": "101029999999", "cancelTargetKeyClass": "2", "applyNo": no}).Status)
}

func TestHolidayCodes(t *testing.T) {
	// 21 to 23 November 2026 are a weekend and a holiday; 20 is the Friday before.
	const saturday, monday = "2026-11-21", "2026-11-23"
	own := transfer(1, "1234567").and("beneficiaryBankCode", "0310")
	friday := tuesday.AddDate(0, 0, -4)
	for name, tt := range map[string]struct {
		now      time.Time
		line     fields
		day      string
		code     any
		want     string // the day it is moved to, "" for refused
		everyDay bool
		status   string
	}{
		"bank day":                   {friday, transfer(1, "1234567"), "2026-11-20", nil, "2026-11-20", false, "20"},
		"default is the next":        {friday, transfer(1, "1234567"), saturday, nil, "2026-11-24", false, "11"},
		"1 is the next":              {friday, transfer(1, "1234567"), monday, "1", "2026-11-24", false, "11"},
		"2 is the one before":        {friday, transfer(1, "1234567"), monday, "2", "2026-11-20", false, "20"},
		"2 cannot go into the past":  {friday.AddDate(0, 0, 1), transfer(1, "1234567"), monday, "2", "", false, ""},
		"3 is an error":              {friday, transfer(1, "1234567"), saturday, "3", "", false, ""},
		"own bank runs on any day":   {friday.AddDate(0, 0, 1), own, saturday, "3", saturday, false, "20"},
		"every day by setting":       {friday.AddDate(0, 0, 1), transfer(1, "1234567"), saturday, "3", saturday, true, "20"},
		"3 does not mind a bank day": {friday, transfer(1, "1234567"), "2026-11-24", "3", "2026-11-24", false, "11"},
	} {
		t.Run(name, func(t *testing.T) {
			w := start(t, at(tt.now), with(func(s *sandbox.Settings) { s.Bank.EveryDay = tt.everyDay }))
			r := w.post("/transfer/request", order(tt.line).and("transferDesignatedDate", tt.day).and("transferDateHolidayCode", tt.code))
			if tt.want == "" {
				require.Equal(t, 400, r.Status, r.Raw)
				assert.Contains(t, r.Raw, "transferDesignatedDate")
				return
			}
			require.Equal(t, 201, r.Status, r.Raw)
			d := w.detail(r.Body["applyNo"].(string))
			assert.Equal(t, tt.want, d["transferResponses"].([]any)[0].(map[string]any)["transferDesignatedDate"])
			assert.Equal(t, tt.status, d["transferStatus"])
		})
	}
}

func TestABookingRunsOnItsDayAndOnlyWithFunds(t *testing.T) {
	w := start(t)
	booked := w.request(order(transfer(9_000_000, "1234567")).and("transferDesignatedDate", "2026-11-27"))
	second := w.request(order(transfer(9_000_000, "1234567")).and("transferDesignatedDate", "2026-11-27"))
	balance, withdrawable := w.balance()
	assert.Equal(t, []int{10_000_000, 10_000_000}, []int{balance, withdrawable}, "a booking withholds nothing")

	w.advance(70*time.Hour + 29*time.Minute) // 27 November, 08:29
	assert.Equal(t, "11", w.status(booked))
	w.advance(time.Minute)
	assert.Equal(t, "20", w.status(booked))
	assert.Equal(t, "40", w.status(second), "the balance was short: 手続不成立")
	balance, _ = w.balance()
	assert.Equal(t, 10_000_000-9_000_000-130, balance)
	unable := w.detail(second)["transferResponses"].([]any)[0].(map[string]any)["transferInfos"].([]any)[0].(map[string]any)["unableDetailInfos"].([]any)[0]
	assert.Equal(t, map[string]any{"transferDetailStatus": "2"}, unable)
}

func TestStepsAreDatedWhenTheyWereDue(t *testing.T) {
	w := start(t)
	no := w.request(order(transfer(1000, "9000031")).and("transferDesignatedDate", "2026-11-27"))
	w.advance(60 * 24 * time.Hour)
	held := w.held(no)
	assert.Equal(t, []int{0, 11, 20, 22}, statuses(held))
	run := time.Date(2026, 11, 27, 8, 30, 0, 0, tuesday.Location())
	assert.True(t, run.Equal(held.History[2].At), "executed at %v", held.History[2].At)
	assert.True(t, run.Add(72*time.Hour).Equal(held.History[3].At), "returned at %v", held.History[3].At)
	r := w.get("/accounts/transactions", "accountId", ourAccount, "dateFrom", "2026-11-30", "dateTo", "2026-11-30")
	assert.Len(t, items(r, "transactions"), 1, "the return is on the statement of its day")
}

func TestProcessingWithholdsTheMoney(t *testing.T) {
	w := start(t, with(func(s *sandbox.Settings) { s.Bank.ProcessingDelay = time.Minute }))
	no := w.request(order(transfer(6_000_000, "1234567")))
	assert.Equal(t, "12", w.status(no))
	balance, withdrawable := w.balance()
	assert.Equal(t, []int{10_000_000, 10_000_000 - 6_000_130}, []int{balance, withdrawable})
	assert.Equal(t, 400, w.post("/transfer/request", order(transfer(6_000_000, "1234567"))).Status, "what is withheld cannot be spent again")
	w.advance(time.Minute)
	assert.Equal(t, "20", w.status(no))
	balance, withdrawable = w.balance()
	assert.Equal(t, []int{3_999_870, 3_999_870}, []int{balance, withdrawable})
}

func TestVisibilityDelayHidesEveryRequest(t *testing.T) {
	w := start(t, with(func(s *sandbox.Settings) { s.Bank.VisibilityDelay = time.Minute }))
	no := w.request(order(transfer(1, "1234567")))
	assert.Empty(t, w.status(no))
	assert.Equal(t, "2", w.result(no))
	assert.Equal(t, 400, w.post("/transfer/cancel", fields{"accountId": ourAccount, "cancelTargetKeyClass": "2", "applyNo": no}).Status, "依頼中 cannot be cancelled")
	w.advance(time.Minute)
	assert.Equal(t, "20", w.status(no))
	assert.Equal(t, "1", w.result(no))
}

func TestTheLinesOfOneTransferMayEndDifferently(t *testing.T) {
	w := start(t)
	no := w.request(order(transfer(100, "1234567"), transfer(200, "9000022"), transfer(300, "9000017")))
	w.advance(w.settings.Bank.BounceDelay)
	d := w.detail(no)
	assert.Equal(t, "22", d["transferStatus"])
	assert.Equal(t, "資金返却", d["transferStatusName"], "one name for several lines tells no reason")
	var unable []any
	for _, i := range d["transferResponses"].([]any)[0].(map[string]any)["transferInfos"].([]any) {
		unable = append(unable, i.(map[string]any)["unableDetailInfos"])
	}
	assert.Equal(t, []any{nil, []any{map[string]any{"transferDetailStatus": "1", "isRepayment": true}}, []any{map[string]any{"transferDetailStatus": "2"}}}, unable)
	balance, _ := w.balance()
	assert.Equal(t, 10_000_000-100-200+200-2*130, balance)
	assert.Equal(t, books.Returned, books.Status(w.held(no).Lines[1].Status))
}
