package sandbox_test

import (
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"soukin/internal/sandbox"
	"soukin/internal/sandbox/aupay"
	"soukin/internal/sandbox/counterparty"
	"soukin/internal/sandbox/faults"
	"soukin/remittance"
)

const formType = "application/x-www-form-urlencoded"

func auPay(w *world) caller {
	return caller{w, parseAPI(w.t, aupay.Document()), aupay.BasePath, aupay.PublishedToken}
}

func (c caller) charge(t testing.TB, id, member string, amount int) (reply, bool) {
	t.Helper()
	return c.call(t, "POST", "/charges", "/charges", fields{"charge_id": id, "member_number": member, "amount": amount})
}

func (c caller) chargeState(t testing.TB, id string) reply {
	t.Helper()
	r, cut := c.call(t, "GET", "/charges/{charge_id}", "/charges/"+id, nil)
	require.False(t, cut)
	return r
}

func member(ending string) string { return "100000000000" + ending }

// executions is a counterparty's books by reference.
func (w *world) executions(t testing.TB, rail remittance.Rail) map[string]counterparty.Execution {
	t.Helper()
	found := map[string]counterparty.Execution{}
	for e, err := range w.control.Executions(t.Context(), rail) {
		require.NoError(t, err)
		found[e.Reference] = e
	}
	return found
}

func TestAuPayDecidesOnceForEver(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sandbox.db")
	w, stop := launch(t, path)
	defer stop()
	c := auPay(w)
	first, _ := c.charge(t, "shop.R-1.charge.1", member("0001"), 3000)
	require.Equal(t, 200, first.Status, first.Raw)
	assert.Equal(t, "executed", first.Body["state"])
	refused, _ := c.charge(t, "shop.R-2.charge.1", member("0002"), 3000)
	assert.Equal(t, "refused", refused.Body["state"], refused.Raw)
	assert.Equal(t, "WALLET_LIMIT", refused.Body["reason"])
	// The member spends, and could be charged now: the refusal stands all the same.
	status, body := w.page(t, "POST", "/sandbox/aupay/members/"+member("0002")+"/spend", "application/json", `{"amount":999999}`)
	require.Equal(t, 200, status, body)
	w.advance(400 * 24 * time.Hour)
	stop()

	w, stop = launch(t, path)
	defer stop()
	c = auPay(w)
	for range 2 {
		again, _ := c.charge(t, "shop.R-1.charge.1", member("0001"), 3000)
		assert.Equal(t, first, again)
		again, _ = c.charge(t, "shop.R-2.charge.1", member("0002"), 3000)
		assert.Equal(t, refused, again)
	}
	assert.Equal(t, first.Raw, c.chargeState(t, "shop.R-1.charge.1").Raw)
	assert.Equal(t, refused.Raw, c.chargeState(t, "shop.R-2.charge.1").Raw)
	for _, other := range []struct {
		member string
		amount int
	}{{member("0001"), 3001}, {member("0011"), 3000}} {
		r, _ := c.charge(t, "shop.R-1.charge.1", other.member, other.amount)
		assert.Equal(t, 409, r.Status)
		assert.Equal(t, "CONFLICT", r.Body["code"])
	}
	assert.Equal(t, map[string]counterparty.Execution{
		"shop.R-1.charge.1": {Reference: "shop.R-1.charge.1", Amount: 3000, Executed: 1, State: "executed"},
		"shop.R-2.charge.1": {Reference: "shop.R-2.charge.1", Amount: 3000, State: "refused"},
	}, w.executions(t, remittance.RailAuPay))
}

func TestAuPayMagicMembers(t *testing.T) {
	w := start(t)
	c := auPay(w)
	var used []string
	// each charges the same member a few times, under an id of its own each time.
	each := func(name string, amounts ...int) (answers []string) {
		for _, m := range aupay.Magics() {
			if m.Name != name {
				continue
			}
			used = append(used, name)
			for i, amount := range amounts {
				r, cut := c.charge(t, fmt.Sprintf("%s-%d", strings.ReplaceAll(name, "_", "-"), i), member(m.Ending), amount)
				switch {
				case cut:
					answers = append(answers, "cut")
				case r.Status != 200:
					answers = append(answers, fmt.Sprint(r.Status, " ", r.Body["code"], " ", r.Body["recorded"]))
				case r.Body["state"] == "refused":
					answers = append(answers, r.Body["reason"].(string))
				default:
					answers = append(answers, "executed")
				}
			}
		}
		return answers
	}
	assert.Equal(t, []string{"executed", "AMOUNT", "executed"}, each("ordinary", 500_000, 500_001, 500_000))
	assert.Equal(t, []string{"WALLET_LIMIT", "executed", "WALLET_LIMIT"}, each("full", 2, 1, 1))
	assert.Equal(t, []string{"NOT_VERIFIED", "NOT_VERIFIED"}, each("not_verified", 1, 1))
	assert.Equal(t, []string{"UNKNOWN_MEMBER"}, each("unknown", 1))
	assert.Equal(t, []string{"MEMBER_DAILY_LIMIT"}, each("daily_limit", 1))
	assert.Equal(t, []string{"WALLET_LIMIT", "executed"}, each("full_once", 3000, 3000))
	assert.Equal(t, []string{"503 MAINTENANCE false", "executed"}, each("maintenance_once", 3000, 3000))
	assert.Equal(t, []string{"cut"}, each("answer_lost_once", 3000))
	assert.Equal(t, []string{"cut"}, each("answer_lost", 3000))
	assert.Len(t, used, len(aupay.Magics()), "every magic value is tried")

	assert.Equal(t, 404, c.chargeState(t, "maintenance-once-0").Status, "maintenance records nothing")
	again, cut := c.charge(t, "answer-lost-once-0", member("0008"), 3000)
	assert.False(t, cut)
	assert.Equal(t, "executed", again.Body["state"], again.Raw)
	_, cut = c.charge(t, "answer-lost-0", member("0009"), 3000)
	assert.True(t, cut)
	assert.Equal(t, "executed", c.chargeState(t, "answer-lost-0").Body["state"])
	for _, e := range w.executions(t, remittance.RailAuPay) {
		assert.Equal(t, e.State == "executed", e.Executed == 1, "%+v", e)
	}
	f, err := w.control.Faults(t.Context())
	require.NoError(t, err)
	assert.Equal(t, map[faults.Kind]int{"magic:aupay_maintenance_once": 1, "magic:aupay_answer_lost_once": 1, "magic:aupay_answer_lost": 2}, f.Fired)
}

func TestAuPayRefusesWhatHasNotItsForm(t *testing.T) {
	c := auPay(start(t))
	good := `{"charge_id":"a","member_number":"1000000000000001","amount":1}`
	for field, bad := range map[string]string{
		"charge_id":     `{"charge_id":"a b","member_number":"1000000000000001","amount":1}`,
		"member_number": `{"charge_id":"a","member_number":"100000000000000","amount":1}`,
		"amount":        `{"charge_id":"a","member_number":"1000000000000001","amount":0}`,
		"body":          `{"charge_id":"a","member_number":"1000000000000001","amount":1,"name":"x"}`,
	} {
		r, _ := c.call(t, "POST", "/charges", "/charges", bad)
		assert.Equal(t, 400, r.Status, field)
		assert.Equal(t, field, r.Body["field"])
		assert.Equal(t, false, r.Body["recorded"])
	}
	assert.Equal(t, 404, c.chargeState(t, "a").Status)
	stranger := c
	stranger.token = "guessed"
	r, _ := stranger.call(t, "POST", "/charges", "/charges", good)
	assert.Equal(t, 401, r.Status)
	assert.Equal(t, 401, stranger.chargeState(t, "a").Status)
	r, _ = c.call(t, "POST", "/charges", "/charges", good)
	assert.Equal(t, 200, r.Status)
}

func TestAuPayDaysAreJapans(t *testing.T) {
	w := start(t, at(time.Date(2026, 11, 24, 14, 59, 0, 0, time.UTC))) // 23:59 in Japan
	c := auPay(w)
	for i, want := range []string{"executed", "executed", "refused"} {
		r, _ := c.charge(t, fmt.Sprintf("day-%d", i), member("0001"), 500_000)
		require.Equal(t, want, r.Body["state"], r.Raw)
	}
	status, body := w.page(t, "POST", "/sandbox/aupay/members/"+member("0001")+"/spend", "application/json", `{"amount":500000}`)
	require.Equal(t, 200, status, body)
	w.advance(time.Minute)
	r, _ := c.charge(t, "next-day", member("0001"), 500_000)
	assert.Equal(t, "executed", r.Body["state"], r.Raw)
}

func TestAuPayMembersAreChangedByTheControlAPI(t *testing.T) {
	w := start(t)
	c := auPay(w)
	for _, tc := range []struct {
		method, path, body string
		status             int
		has                string
	}{
		{"GET", "/members/" + member("0003"), "", 200, `"verified":false`},
		{"PUT", "/members/" + member("0003"), `{"verified":true,"balance":1234,"daily_limit":5000}`, 200, `"balance":1234`},
		{"POST", "/members/" + member("0003") + "/spend", `{"amount":1235}`, 409, "short"},
		{"POST", "/members/" + member("0003") + "/spend", `{"amount":234}`, 200, `"balance":1000`},
		{"PUT", "/members/" + member("0003"), `{"balance":-1}`, 400, "amounts"},
		{"PUT", "/members/" + member("0003"), `{"name":"x"}`, 400, "unknown field"},
		{"PUT", "/members/" + member("0004"), `{"verified":true}`, 404, "no such member"},
		{"GET", "/members/12", "", 400, "16 digits"},
		{"GET", "/members", "", 200, `{"members":[{"member_number":"1000000000000003","balance":1000,"verified":true,"daily_limit":5000}]}`},
	} {
		status, body := w.page(t, tc.method, "/sandbox/aupay"+tc.path, "application/json", tc.body)
		assert.Equal(t, tc.status, status, "%s %s %s: %s", tc.method, tc.path, tc.body, body)
		assert.Contains(t, body, tc.has)
	}
	r, _ := c.charge(t, "a", member("0003"), 5000)
	assert.Equal(t, "executed", r.Body["state"])
	r, _ = c.charge(t, "b", member("0003"), 1)
	assert.Equal(t, "MEMBER_DAILY_LIMIT", r.Body["reason"])
}

func TestAuPayMemberPage(t *testing.T) {
	w := start(t)
	c := auPay(w)
	english := header{"Accept-Language", "en"}
	status, body := w.page(t, "GET", "/aupay", "", "")
	assert.Equal(t, 200, status)
	assert.Contains(t, body, "会員ナンバーを入れると")
	status, body = w.page(t, "GET", "/aupay?member=1000-0000-0000-0003", "", "", english)
	assert.Equal(t, 200, status)
	assert.Contains(t, body, "Identity not verified")

	form := func(path string, values url.Values) (int, string) {
		return w.page(t, "POST", path, formType, values.Encode(), english)
	}
	status, body = form("/aupay/verify", url.Values{"member": {member("0003")}})
	assert.Equal(t, 200, status)
	assert.Contains(t, body, "Identity verified")
	r, _ := c.charge(t, "a", member("0003"), 3000)
	require.Equal(t, "executed", r.Body["state"])
	status, body = form("/aupay/spend", url.Values{"member": {member("0003")}, "amount": {"1,000"}})
	assert.Equal(t, 400, status)
	assert.Contains(t, body, "whole amount")
	status, body = form("/aupay/spend", url.Values{"member": {member("0003")}, "amount": {"1000"}})
	assert.Equal(t, 200, status)
	for _, want := range []string{"2,000", "+3,000", "-1,000", "Remittance received", "998,000"} {
		assert.Contains(t, body, want)
	}
	status, body = form("/aupay/spend", url.Values{"member": {member("0003")}, "amount": {"2001"}})
	assert.Equal(t, 409, status)
	assert.Contains(t, body, "The balance is short")
	for number, want := range map[string]int{member("0004"): 404, "123": 400, "<script>": 400} {
		status, body = w.page(t, "GET", "/aupay?member="+url.QueryEscape(number), "", "", english)
		assert.Equal(t, want, status)
		assert.NotContains(t, body, "<script>")
	}
	status, body = w.page(t, "GET", "/aupay/openapi.yaml", "", "")
	assert.Equal(t, 200, status)
	assert.Equal(t, string(aupay.Document()), body)
	status, body = w.page(t, "GET", "/aupay/style.css", "", "")
	assert.Equal(t, 200, status)
	assert.Contains(t, body, ".wallet")
}

// Whatever is repeated, lost or sent at once: what the wallet says it executed
// is on the balance once.
func TestAuPayExecutesOnce(t *testing.T) {
	w := start(t)
	c := auPay(w)
	runs := 0
	rapid.Check(t, func(rt *rapid.T) {
		runs++
		plan := faults.Even(rapid.Uint64().Draw(rt, "fault seed"), rapid.Float64Range(0, 0.15).Draw(rt, "rate"), 0)
		w.plan(plan)
		number := fmt.Sprintf("2%011d%s", runs, rapid.SampledFrom([]string{"0001", "0002", "0006", "0007", "0008", "0009"}).Draw(rt, "ending"))
		told := map[string]string{}
		for _, n := range rapid.SliceOfN(rapid.IntRange(0, 3), 1, 12).Draw(rt, "charges") {
			id := fmt.Sprintf("r%d.%d", runs, n)
			r, cut := c.charge(t, id, number, 1000*(n+1))
			if cut || r.Status != 200 {
				continue
			}
			if before, known := told[id]; known {
				require.Equal(rt, before, r.Raw, "the decision on an id never changes, fault seed %d", plan.Seed)
			}
			told[id] = r.Raw
		}
		w.plan(faults.Plan{})
		sum := remittance.Yen(0)
		for id, e := range w.executions(t, remittance.RailAuPay) {
			if !strings.HasPrefix(id, fmt.Sprintf("r%d.", runs)) {
				continue
			}
			require.LessOrEqual(rt, e.Executed, 1)
			require.Equal(rt, e.State == "executed", e.Executed == 1)
			sum += e.Amount * remittance.Yen(e.Executed)
		}
		_, body := w.page(t, "GET", "/aupay?lang=en&member="+number, "", "")
		require.Equal(rt, strings.Count(body, "Remittance received"), countExecuted(w, t, runs), "the member sees each once")
		if strings.HasSuffix(number, "0001") {
			_, body := w.page(t, "GET", "/sandbox/aupay/members/"+number, "", "")
			require.Contains(rt, body, fmt.Sprintf(`"balance":%d,`, int64(sum)))
		}
	})
}

func countExecuted(w *world, t testing.TB, run int) (n int) {
	for id, e := range w.executions(t, remittance.RailAuPay) {
		if strings.HasPrefix(id, fmt.Sprintf("r%d.", run)) {
			n += e.Executed
		}
	}
	return n
}

func TestAuPayChargesAtOnceAreOne(t *testing.T) {
	w := start(t)
	c := auPay(w)
	var all sync.WaitGroup
	var answers [8]reply
	for i := range answers {
		all.Go(func() { answers[i], _ = c.charge(t, "same", member("0001"), 1000) })
	}
	all.Wait()
	for _, a := range answers {
		assert.Equal(t, answers[0], a)
	}
	assert.Equal(t, 1, w.executions(t, remittance.RailAuPay)["same"].Executed)
}

func TestAuPaySettings(t *testing.T) {
	for _, change := range []func(*aupay.Settings){
		func(s *aupay.Settings) { s.Token = "" }, func(s *aupay.Settings) { s.WalletLimit = 0 },
		func(s *aupay.Settings) { s.ChargeLimit = 0 }, func(s *aupay.Settings) { s.DailyLimit = -1 },
	} {
		o := sandbox.Options{DBPath: filepath.Join(t.TempDir(), "s.db"), Settings: sandbox.DefaultSettings()}
		change(&o.Settings.AuPay)
		_, err := sandbox.New(t.Context(), o)
		assert.ErrorIs(t, err, aupay.ErrSettings)
	}
}
