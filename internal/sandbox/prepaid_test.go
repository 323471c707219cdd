package sandbox_test

import (
	"fmt"
	"net/url"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"soukin/internal/calendar"
	"soukin/internal/sandbox"
	"soukin/internal/sandbox/counterparty"
	"soukin/internal/sandbox/faults"
	"soukin/internal/sandbox/prepaid"
	"soukin/remittance"
)

func issuers(w *world) caller {
	return caller{w, parseAPI(w.t, prepaid.Document()), prepaid.BasePath, prepaid.PublishedToken}
}

func (c caller) refund(t testing.TB, id, issuer, purchase string, amount int) (reply, bool) {
	t.Helper()
	return c.call(t, "POST", "/refunds", "/refunds", fields{"refund_id": id, "issuer": issuer, "purchase_id": purchase, "amount": amount})
}

func (c caller) refundState(t testing.TB, id string) reply {
	t.Helper()
	r, cut := c.call(t, "GET", "/refunds/{refund_id}", "/refunds/"+id, nil)
	require.False(t, cut)
	return r
}

func (c caller) purchase(t testing.TB, issuer, id string) reply {
	t.Helper()
	r, cut := c.call(t, "GET", "/purchases/{issuer}/{purchase_id}", "/purchases/"+issuer+"/"+id, nil)
	require.False(t, cut)
	return r
}

// said is the state of a refund, or why it was refused or turned away.
func said(r reply, cut bool) string {
	switch {
	case cut:
		return "cut"
	case r.Status != 200:
		return fmt.Sprint(r.Status, " ", r.Body["code"], " ", r.Body["recorded"])
	case r.Body["state"] == "refused":
		return r.Body["reason"].(string)
	}
	return r.Body["state"].(string)
}

func TestPrepaidRefusals(t *testing.T) {
	w := start(t) // 24 November 2026
	c := issuers(w)
	for i, tc := range []struct {
		issuer, purchase string
		amount           int
		want             string
	}{
		{"webmoney", "WM-20261124-3000-1", 3000, "refunded"},
		{"webmoney", "WM-20261124-3000-1", 1, "OVER_PURCHASE"},
		{"webmoney", "WM-20261124-3000-2", 1000, "refunded"},
		{"webmoney", "WM-20261124-3000-2", 2001, "OVER_PURCHASE"},
		{"webmoney", "WM-20261124-3000-2", 2000, "refunded"},
		{"bitcash", "BC-20260801-500-1", 500, "refunded"},
		{"bitcash", "BC-20260731-500-1", 500, "WINDOW_PASSED"},
		{"netcash", "NC-20261101-500-1", 499, "NO_PARTIAL"},
		{"netcash", "NC-20261101-500-1", 500, "refunded"},
		{"jcb-premo", "JP-20261025-500-1", 500, "refunded"},
		{"jcb-premo", "JP-20261024-500-1", 500, "WINDOW_PASSED"},
		{"jcb-premo", "JP-20261124-500-1", 100, "NO_PARTIAL"},
		{"webmoney", "WM-20261125-500-1", 500, "PURCHASE_UNKNOWN"}, // tomorrow
		{"webmoney", "WM-20260231-500-1", 500, "PURCHASE_UNKNOWN"}, // no day
		{"webmoney", "WM-20261124-500-1000", 500, "PURCHASE_UNKNOWN"},
		{"webmoney", "WM-20261124-0500-1", 500, "PURCHASE_UNKNOWN"},
		{"webmoney", "XX-20261124-500-1", 500, "PURCHASE_UNKNOWN"},
		{"bitcash", "WM-20261124-500-1", 500, "PURCHASE_UNKNOWN"},
		{"nobody", "WM-20261124-500-1", 500, "PURCHASE_UNKNOWN"},
		{"webmoney", "A line\nbreak 購入", 500, "PURCHASE_UNKNOWN"},
	} {
		assert.Equal(t, tc.want, said(c.refund(t, fmt.Sprint("r-", i), tc.issuer, tc.purchase, tc.amount)), "%+v", tc)
	}
}

func TestPrepaidMagicPurchases(t *testing.T) {
	c := issuers(start(t))
	want := map[string][]string{
		"unknown":           {"PURCHASE_UNKNOWN", "PURCHASE_UNKNOWN"},
		"not_captured":      {"NOT_CAPTURED", "NOT_CAPTURED"},
		"answer_lost_once":  {"cut", "refunded"},
		"answer_lost":       {"cut", "cut"},
		"cut_once":          {"cut", "refunded"},
		"maintenance_once":  {"503 MAINTENANCE false", "refunded"},
		"rate_limited_once": {"429 RATE_LIMITED false", "refunded"},
		"server_error_once": {"500 SERVER_ERROR <nil>", "refunded"},
	}
	fired := map[faults.Kind]int{"magic:prepaid_answer_lost": 2}
	for _, m := range prepaid.Magics() {
		require.Contains(t, want, m.Name)
		id, purchase := fmt.Sprint("r-", m.N), fmt.Sprint("WM-20261101-500-", m.N)
		assert.Equal(t, want[m.Name][0], said(c.refund(t, id, "webmoney", purchase, 500)), m.Name)
		recorded := c.refundState(t, id).Status == 200
		assert.Equal(t, m.Name == "unknown" || m.Name == "not_captured" || m.Name == "answer_lost" || m.Name == "answer_lost_once", recorded, m.Name)
		assert.Equal(t, want[m.Name][1], said(c.refund(t, id, "webmoney", purchase, 500)), m.Name)
		if want[m.Name][1] == "refunded" {
			fired[faults.Magic("prepaid_"+m.Name)] = 1
		}
	}
	f, err := c.w.control.Faults(t.Context())
	require.NoError(t, err)
	assert.Equal(t, fired, f.Fired)
	for _, e := range c.w.executions(t, remittance.RailPrepaid) {
		assert.Equal(t, e.State == "refunded", e.Executed == 1, "%+v", e)
	}
}

func TestPrepaidRefusesWhatHasNotItsForm(t *testing.T) {
	c := issuers(start(t))
	for field, bad := range map[string]string{
		"refund_id":   `{"refund_id":"","issuer":"webmoney","purchase_id":"WM-20261101-500-1","amount":1}`,
		"issuer":      `{"refund_id":"a","issuer":"","purchase_id":"WM-20261101-500-1","amount":1}`,
		"purchase_id": `{"refund_id":"a","issuer":"webmoney","purchase_id":"","amount":1}`,
		"amount":      `{"refund_id":"a","issuer":"webmoney","purchase_id":"WM-20261101-500-1","amount":-1}`,
		"body":        `not json`,
	} {
		r, _ := c.call(t, "POST", "/refunds", "/refunds", bad)
		assert.Equal(t, 400, r.Status, field)
		assert.Equal(t, field, r.Body["field"])
		assert.Equal(t, false, r.Body["recorded"])
	}
	assert.Equal(t, 404, c.refundState(t, "a").Status)
	c.token = "guessed"
	r, _ := c.refund(t, "a", "webmoney", "WM-20261101-500-1", 500)
	assert.Equal(t, 401, r.Status)
	assert.Equal(t, 401, c.purchase(t, "webmoney", "WM-20261101-500-1").Status)
}

func TestPrepaidPurchaseIsRefundedToTheCardThatPaid(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sandbox.db")
	w, stop := launch(t, path)
	defer stop()
	c := issuers(w)
	card := "1234567812345678"
	bought, _ := c.call(t, "POST", "/purchases", "/purchases", fields{"order_id": "o-1", "issuer": "webmoney", "card_number": card, "amount": 3000})
	require.Equal(t, 200, bought.Status, bought.Raw)
	assert.Equal(t, "api", bought.Body["kind"])
	assert.Equal(t, "2027-02-28", bought.Body["refundable_until"])
	again, _ := c.call(t, "POST", "/purchases", "/purchases", fields{"order_id": "o-1", "issuer": "webmoney", "card_number": card, "amount": 3000})
	assert.Equal(t, bought, again, "an order is paid once")
	other, _ := c.call(t, "POST", "/purchases", "/purchases", fields{"order_id": "o-1", "issuer": "webmoney", "card_number": card, "amount": 3001})
	assert.Equal(t, 409, other.Status)
	short, _ := c.call(t, "POST", "/purchases", "/purchases", fields{"order_id": "o-2", "issuer": "webmoney", "card_number": card, "amount": 47_001})
	assert.Equal(t, "422 BALANCE false", said(short, false))
	id := bought.Body["purchase_id"].(string)
	assert.Equal(t, 404, c.purchase(t, "bitcash", id).Status)
	first, _ := c.refund(t, "r-1", "webmoney", id, 1000)
	require.Equal(t, "refunded", said(first, false), first.Raw)
	stop()

	w, stop = launch(t, path)
	defer stop()
	c = issuers(w)
	repeated, _ := c.refund(t, "r-1", "webmoney", id, 1000)
	assert.Equal(t, first, repeated, "a refund_id is honoured over a restart")
	w.advance(96 * 24 * time.Hour) // 28 February 2027, the last day
	last, _ := c.refund(t, "r-2", "webmoney", id, 500)
	assert.Equal(t, "refunded", said(last, false), last.Raw)
	w.advance(24 * time.Hour)
	late, _ := c.refund(t, "r-3", "webmoney", id, 500)
	assert.Equal(t, "WINDOW_PASSED", said(late, false))
	repeated, _ = c.refund(t, "r-1", "webmoney", id, 1000)
	assert.Equal(t, first, repeated, "also after the window")
	conflict, _ := c.refund(t, "r-1", "webmoney", id, 999)
	assert.Equal(t, 409, conflict.Status)
	assert.Equal(t, float64(1500), c.purchase(t, "webmoney", id).Body["refunded"])
	_, page := w.page(t, "GET", "/prepaid?lang=en&id="+card, "", "")
	assert.Contains(t, page, "48,500")
	assert.Equal(t, map[string]counterparty.Execution{
		"r-1": {Reference: "r-1", Amount: 1000, Executed: 1, State: "refunded"},
		"r-2": {Reference: "r-2", Amount: 500, Executed: 1, State: "refunded"},
		"r-3": {Reference: "r-3", Amount: 500, State: "refused"},
	}, w.executions(t, remittance.RailPrepaid))
}

func TestPrepaidPages(t *testing.T) {
	w := start(t)
	c := issuers(w)
	english := header{"Accept-Language", "en"}
	status, body := w.page(t, "GET", "/prepaid/pay?issuer=bitcash&amount=1500&order_id=shop-7", "", "")
	assert.Equal(t, 200, status)
	assert.Contains(t, body, `<option value="bitcash" selected>`)
	assert.Contains(t, body, `value="shop-7"`)
	pay := url.Values{"order_id": {"shop-7"}, "issuer": {"bitcash"}, "amount": {"1500"}, "card": {"1111 2222 3333 4444"}}
	var ids []string
	for range 2 {
		status, body = w.page(t, "POST", "/prepaid/pay", formType, pay.Encode(), english)
		assert.Equal(t, 200, status)
		assert.Contains(t, body, "Paid.")
		ids = append(ids, regexp.MustCompile(`BC-20261124-1500-\d+`).FindString(body))
	}
	require.NotEmpty(t, ids[0])
	assert.Equal(t, ids[0], ids[1], "a button pressed twice pays once")
	assert.Equal(t, "link", c.purchase(t, "bitcash", ids[0]).Body["kind"])
	r, _ := c.refund(t, "r-1", "bitcash", ids[0], 1500)
	require.Equal(t, "refunded", said(r, false))
	_, body = w.page(t, "GET", "/prepaid?id="+ids[0], "", "", english)
	assert.Contains(t, body, "+1,500")
	assert.Contains(t, body, "50,000")
	assert.Contains(t, body, "r-1")

	for field, bad := range map[string]struct{ value, want string }{
		"issuer": {"nobody", "Choose an issuer"}, "amount": {"1.5", "whole amount"}, "card": {"12", "16 digits"}, "order_id": {"a b", "order number"},
	} {
		form := url.Values{"order_id": {"shop-8"}, "issuer": {"bitcash"}, "amount": {"1500"}, "card": {"1111222233334444"}}
		form.Set(field, bad.value)
		status, body = w.page(t, "POST", "/prepaid/pay", formType, form.Encode(), english)
		assert.Equal(t, 400, status, field)
		assert.Contains(t, body, bad.want)
	}
	for _, missing := range []string{"WM-20261124-500-1000", "0000000000000000", "<script>"} {
		status, body = w.page(t, "GET", "/prepaid?id="+url.QueryEscape(missing), "", "", english)
		assert.Equal(t, 404, status, missing)
		assert.Contains(t, body, "There is no purchase or card")
		assert.NotContains(t, body, "<SCRIPT>")
	}
	status, body = w.page(t, "GET", "/prepaid/openapi.yaml", "", "")
	assert.Equal(t, 200, status)
	assert.Equal(t, string(prepaid.Document()), body)
}

func TestPrepaidControlMakesPurchasesOfOtherDays(t *testing.T) {
	w := start(t)
	c := issuers(w)
	made := func(body string) (int, string) {
		return w.page(t, "POST", "/sandbox/prepaid/purchases", "application/json", body)
	}
	status, body := made(`{"issuer":"jcb-premo","amount":700,"date":"2026-10-24","kind":"api"}`)
	require.Equal(t, 200, status, body)
	assert.Contains(t, body, `"refundable_until":"2026-11-23"`)
	id := regexp.MustCompile(`JP-20261024-700-\d+`).FindString(body)
	assert.Equal(t, "WINDOW_PASSED", said(c.refund(t, "r-1", "jcb-premo", id, 700)))
	_, body = made(`{"issuer":"webmoney","amount":700,"date":"2026-11-24","captured":false}`)
	id = regexp.MustCompile(`WM-20261124-700-\d+`).FindString(body)
	assert.Equal(t, "NOT_CAPTURED", said(c.refund(t, "r-2", "webmoney", id, 700)))
	for _, bad := range []string{
		`{"issuer":"nobody","amount":700,"date":"2026-10-24"}`, `{"issuer":"webmoney","amount":0,"date":"2026-10-24"}`,
		`{"issuer":"webmoney","amount":1,"date":"2026-11-25"}`, `{"issuer":"webmoney","amount":1,"date":"24/10/2026"}`,
		`{"issuer":"webmoney","amount":1,"date":"2026-10-24","kind":"cash"}`, `{"who":"x"}`,
	} {
		status, body = made(bad)
		assert.Equal(t, 400, status, bad)
		assert.Contains(t, body, `"error"`)
	}
}

// Whatever is repeated, lost or delivered twice: a purchase never gives back more
// than it took, and no refund twice.
func TestPrepaidRefundsOnce(t *testing.T) {
	w := start(t)
	c := issuers(w)
	runs := 0
	rapid.Check(t, func(rt *rapid.T) {
		runs++
		plan := faults.Even(rapid.Uint64().Draw(rt, "fault seed"), rapid.Float64Range(0, 0.15).Draw(rt, "rate"), 0)
		w.plan(plan)
		purchase := fmt.Sprintf("WM-20261101-%d-%d", 3000+runs, rapid.SampledFrom([]int{1, 903, 904, 905, 906, 907, 908}).Draw(rt, "n"))
		told := map[string]string{}
		for _, n := range rapid.SliceOfN(rapid.IntRange(0, 3), 1, 12).Draw(rt, "refunds") {
			id := fmt.Sprintf("p%d.%d", runs, n)
			r, cut := c.refund(t, id, "webmoney", purchase, 900*(n+1))
			if cut || r.Status != 200 {
				continue
			}
			if before, known := told[id]; known {
				require.Equal(rt, before, r.Raw, "the decision on an id never changes, fault seed %d", plan.Seed)
			}
			told[id] = r.Raw
		}
		w.plan(faults.Plan{})
		sum, books := remittance.Yen(0), w.executions(t, remittance.RailPrepaid)
		for n := range 4 {
			e := books[fmt.Sprintf("p%d.%d", runs, n)]
			require.LessOrEqual(rt, e.Executed, 1)
			require.Equal(rt, e.State == "refunded", e.Executed == 1)
			sum += e.Amount * remittance.Yen(e.Executed)
		}
		require.LessOrEqual(rt, sum, remittance.Yen(3000+runs))
		require.EqualValues(rt, sum, c.purchase(t, "webmoney", purchase).Body["refunded"])
	})
}

func TestPrepaidDaysAreJapans(t *testing.T) {
	w := start(t, at(time.Date(2026, 11, 30, 23, 59, 0, 0, calendar.JST)))
	c := issuers(w)
	assert.Equal(t, "refunded", said(c.refund(t, "r-1", "webmoney", "WM-20260801-500-1", 500)))
	w.advance(time.Minute)
	assert.Equal(t, "WINDOW_PASSED", said(c.refund(t, "r-2", "webmoney", "WM-20260801-500-2", 500)))
}

func TestPrepaidSettings(t *testing.T) {
	for _, change := range []func(*prepaid.Settings){func(s *prepaid.Settings) { s.Token = "" }, func(s *prepaid.Settings) { s.CardBalance = -1 }} {
		o := sandbox.Options{DBPath: filepath.Join(t.TempDir(), "s.db"), Settings: sandbox.DefaultSettings()}
		change(&o.Settings.Prepaid)
		_, err := sandbox.New(t.Context(), o)
		assert.ErrorIs(t, err, prepaid.ErrSettings)
	}
}
