package sandbox_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"soukin/internal/sandbox"
	"soukin/internal/sandbox/control"
	"soukin/internal/sandbox/faults"
	"soukin/internal/sandbox/ganb"
)

const magicKey = "m/r-1/instruct/1"

// magicOrder is a transfer of 1,000 yen under magicKey to the number with a name.
func magicOrder(t *testing.T, name string) fields {
	t.Helper()
	for _, m := range ganb.Magics() {
		if m.Name == name {
			return order(transfer(1000, m.Number))
		}
	}
	require.Fail(t, "no such magic value", name)
	return nil
}

// submit asks once under magicKey; cut tells that the connection ended instead.
func (w *world) submit(body fields) (r reply, cut bool) {
	w.t.Helper()
	r, err := w.try(w.t.Context(), http.MethodPost, "/transfer/request", body, key(magicKey))
	if errors.Is(err, errCut) {
		return r, true
	}
	require.NoError(w.t, err)
	return r, false
}

func (w *world) fired() map[faults.Kind]int {
	w.t.Helper()
	f, err := w.control.Faults(w.t.Context())
	require.NoError(w.t, err)
	return f.Fired
}

// spent is what left the account and has not come back.
func (w *world) spent() int {
	w.t.Helper()
	balance, _ := w.balance()
	return 10_000_000 - balance
}

var magicTests = map[string]func(t *testing.T, w *world, body fields){
	"executed": func(t *testing.T, w *world, body fields) {
		r, _ := w.submit(body)
		assert.Equal(t, "20", w.status(r.Body["applyNo"].(string)))
		assert.Equal(t, 1130, w.spent())
	},
	"refused_name":  refusedWith("220001"),
	"refused_payee": refusedWith("220011"),
	"refused_other": refusedWith("SB9999"),
	"answer_lost": func(t *testing.T, w *world, body fields) {
		for range 3 {
			_, cut := w.submit(body)
			assert.True(t, cut)
		}
		found := numbers(w.byDate())
		require.Len(t, found, 1, "an enquiry by date finds it")
		assert.Equal(t, "20", w.status(found[0]))
		assert.Equal(t, 1130, w.spent())
		assert.Equal(t, 3, w.fired()["magic:answer_lost"])
	},
	"answer_lost_once": func(t *testing.T, w *world, body fields) {
		_, cut := w.submit(body)
		assert.True(t, cut)
		assert.Equal(t, 1130, w.spent())
		r, cut := w.submit(body)
		require.False(t, cut)
		assert.Equal(t, 201, r.Status)
		assert.Len(t, w.all(magicKey), 1)
		assert.Equal(t, 1, w.fired()["magic:answer_lost_once"])
	},
	"cut_once": func(t *testing.T, w *world, body fields) {
		_, cut := w.submit(body)
		assert.True(t, cut)
		assert.Empty(t, w.all(""), "nothing was executed")
		r, _ := w.submit(body)
		assert.Equal(t, 201, r.Status)
		assert.Equal(t, 1130, w.spent())
	},
	"rate_limited_once": firstAnswer(429, "WG_ERR_154"),
	"maintenance_once":  firstAnswer(503, "WG_ERR_300"),
	"server_error_once": firstAnswer(500, "SB_ERR_500"),
	"slow": func(t *testing.T, w *world, body fields) {
		ctx, giveUp := context.WithCancel(t.Context())
		gone := make(chan error)
		go func() {
			_, err := w.try(ctx, http.MethodPost, "/transfer/request", body, key(magicKey))
			gone <- err
		}()
		require.Eventually(t, func() bool { return len(w.all(magicKey)) == 1 }, 10*time.Second, 5*time.Millisecond)
		select {
		case err := <-gone:
			require.Fail(t, "answered before its time", "%v", err)
		default:
		}
		giveUp()
		require.ErrorIs(t, <-gone, context.Canceled)
		assert.Equal(t, 1130, w.spent(), "the bank does not stop because the client went away")
	},
	"held":    becomes("12", "20", func(s sandbox.Settings) time.Duration { return s.Bank.HeldDelay }),
	"retried": becomes("13", "20", func(s sandbox.Settings) time.Duration { return s.Bank.HeldDelay }),
	"hidden": func(t *testing.T, w *world, body fields) {
		r, _ := w.submit(body)
		no := r.Body["applyNo"].(string)
		assert.Equal(t, "2", r.Body["resultCode"])
		assert.Empty(t, w.status(no))
		assert.Empty(t, numbers(w.byDate()))
		assert.Equal(t, "2", w.result(no))
		w.advance(w.settings.Door.HiddenDelay)
		assert.Equal(t, "20", w.status(no))
		assert.Equal(t, "1", w.result(no))
		again, _ := w.submit(body)
		assert.Equal(t, r.Body, again.Body, "the key brings the first answer, not the present one")
	},
	"approval_password": func(t *testing.T, w *world, body fields) {
		r, _ := w.submit(body)
		no := r.Body["applyNo"].(string)
		assert.Equal(t, "2", w.result(no))
		assert.Empty(t, w.status(no))
		require.NoError(t, w.decide(no, control.Approve))
		assert.Equal(t, "20", w.status(no))
	},
	"approval_business_id": func(t *testing.T, w *world, body fields) {
		r, _ := w.submit(body)
		no := r.Body["applyNo"].(string)
		assert.Equal(t, "1", w.result(no))
		assert.Equal(t, "2", w.status(no))
		require.NoError(t, w.decide(no, control.SendBack))
		assert.Equal(t, "3", w.status(no))
		assert.Zero(t, w.spent())
	},
	"not_executed": func(t *testing.T, w *world, body fields) {
		r, _ := w.submit(body)
		assert.Equal(t, "40", w.status(r.Body["applyNo"].(string)))
		assert.Zero(t, w.spent(), "no money moves and no fee is taken")
	},
	"recalled":       recallEnds("25", 130),
	"recall_refused": recallEnds("26", 1130),
	"delivered_twice": func(t *testing.T, w *world, body fields) {
		r, _ := w.submit(body)
		assert.Equal(t, 201, r.Status)
		assert.Len(t, w.all(""), 1, "the key caught the second delivery")
		w.post("/transfer/request", body)
		assert.Len(t, w.all(""), 3, "without a key both are executed")
		assert.Equal(t, 3*1130, w.spent())
	},
}

func refusedWith(code string) func(*testing.T, *world, fields) {
	return func(t *testing.T, w *world, body fields) {
		for _, path := range []string{"/transfer/transferfee", "/transfer/request"} {
			r := w.post(path, body, key(magicKey))
			require.Equal(t, 400, r.Status, r.Raw)
			line := r.Body["transferErrorDetails"].([]any)[0].(map[string]any)
			assert.Equal(t, code, line["errorDetails"].([]any)[0].(map[string]any)["errorDetailsCode"])
		}
		assert.Empty(t, w.all(""))
	}
}

func firstAnswer(status int, code string) func(*testing.T, *world, fields) {
	return func(t *testing.T, w *world, body fields) {
		r, _ := w.submit(body)
		assert.Equal(t, status, r.Status)
		assert.Equal(t, code, r.Body["errorCode"])
		assert.Empty(t, w.all(""), "nothing was executed")
		r, _ = w.submit(body)
		assert.Equal(t, 201, r.Status)
		assert.Equal(t, "20", w.status(r.Body["applyNo"].(string)))
		assert.Equal(t, 1130, w.spent())
	}
}

func becomes(before, after string, delay func(sandbox.Settings) time.Duration) func(*testing.T, *world, fields) {
	return func(t *testing.T, w *world, body fields) {
		r, _ := w.submit(body)
		no := r.Body["applyNo"].(string)
		assert.Equal(t, before, w.status(no))
		_, withdrawable := w.balance()
		assert.Equal(t, 10_000_000-1130, withdrawable)
		assert.Zero(t, w.spent())
		w.advance(delay(w.settings) - time.Second)
		assert.Equal(t, before, w.status(no))
		w.advance(time.Second)
		assert.Equal(t, after, w.status(no))
		assert.Equal(t, 1130, w.spent())
	}
}

func recallEnds(end string, spent int) func(*testing.T, *world, fields) {
	return func(t *testing.T, w *world, body fields) {
		r, _ := w.submit(body)
		no := r.Body["applyNo"].(string)
		assert.Equal(t, "20", w.status(no))
		w.advance(w.settings.Bank.BounceDelay)
		assert.Equal(t, "24", w.status(no))
		assert.Equal(t, 1130, w.spent(), "the money is still away while the recall runs")
		w.advance(w.settings.Bank.RecallDelay)
		assert.Equal(t, end, w.status(no))
		assert.Equal(t, spent, w.spent())
	}
}

// comesBack checks a return, and that its reason can be found in the two fields
// of the contract that carry it.
func comesBack(r faults.Return) func(*testing.T, *world, fields) {
	return func(t *testing.T, w *world, body fields) {
		rep, _ := w.submit(body)
		no := rep.Body["applyNo"].(string)
		assert.Equal(t, "20", w.status(no), "executed first")
		assert.Equal(t, 1130, w.spent())
		delay := w.settings.Bank.BounceDelay
		if r.Later {
			delay = w.settings.Bank.LateBounceDelay
		}
		w.advance(delay - time.Microsecond)
		assert.Equal(t, "20", w.status(no))
		w.advance(time.Microsecond)
		d := w.detail(no)
		assert.Equal(t, "22", d["transferStatus"])
		assert.Equal(t, "資金返却（"+r.Name+"）", d["transferStatusName"])
		assert.Equal(t, 130, w.spent(), "the amount is back, the fee is not")

		last := items(w.get("/accounts/transactions", "accountId", ourAccount, "dateFrom", "2026-11-24"), "transactions")
		returned := last[len(last)-1]
		assert.Equal(t, []any{"1", "1000", "資金返却 " + r.Code + " " + r.Name + " " + no + "-1"}, []any{returned["transactionType"], returned["amount"], returned["remarks"]})
		assert.Empty(t, items(w.get("/accounts/deposit-transactions", "accountId", ourAccount, "dateFrom", "2026-11-24"), "paymentArrivals"), "a return is no incoming transfer")

		assert.Equal(t, r.Reason, w.held(no).Lines[0].Reason)
		assert.Equal(t, 1, w.fired()[faults.Magic(string(r.Kind()))])
	}
}

func TestEveryMagicValue(t *testing.T) {
	for _, r := range faults.Returns() {
		magicTests[string(r.Kind())] = comesBack(r)
	}
	names := map[string]bool{}
	for _, m := range ganb.Magics() {
		test := magicTests[m.Name]
		require.NotNil(t, test, "magic value %s has no test", m.Name)
		require.False(t, names[m.Name], "magic value %s stands twice", m.Name)
		names[m.Name] = true
		t.Run(m.Name, func(t *testing.T) {
			w := start(t, with(func(s *sandbox.Settings) { s.Door.SlowAnswer = time.Hour }))
			test(t, w, magicOrder(t, m.Name))
			for _, tr := range w.all("") {
				assert.LessOrEqual(t, tr.ExecutedCount, 1)
			}
		})
	}
	assert.Len(t, names, len(magicTests), "a test for a magic value that does not exist")
}

func TestSlowAnswersComeInTheEnd(t *testing.T) {
	w := start(t, with(func(s *sandbox.Settings) { s.Door.SlowAnswer = time.Millisecond }))
	assert.Equal(t, 201, w.post("/transfer/request", magicOrder(t, "slow")).Status)
}

func TestAMagicLineAmongOthersRulesTheCall(t *testing.T) {
	w := start(t)
	r, _ := w.submit(order(transfer(1, "1234567"), transfer(1, "9000001"), transfer(1, "9000022"), transfer(1, "9000008")))
	assert.Equal(t, 429, r.Status)
}

func TestOnlyAnExecutedTransfersAnswerIsLost(t *testing.T) {
	w := start(t)
	r, cut := w.submit(order(transfer(10_000_000, "9000005")))
	assert.False(t, cut)
	assert.Equal(t, 400, r.Status, "the balance is short")
}
