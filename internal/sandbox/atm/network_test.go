package atm_test

import (
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"soukin/internal/sandbox/atm"
	"soukin/internal/sandbox/control"
	"soukin/internal/sandbox/counterparty"
	"soukin/internal/sandbox/faults"
)

func TestAnIssueIDIsHonouredForEver(t *testing.T) {
	w := newWorld(t, nil)
	first := w.issue("m.r.cash.1", 5_000)
	assert.Equal(t, http.StatusCreated, first.status)
	assert.Equal(t, "issued", first.State)
	assert.Equal(t, 5_000, first.Payable)
	again := w.issue("m.r.cash.1", 5_000)
	assert.Equal(t, http.StatusOK, again.status)
	again.status = first.status
	assert.Equal(t, first, again)
	for _, other := range []string{order("m.r.cash.1", 8_000, start.Add(7*24*time.Hour)), order("m.r.cash.1", 5_000, start.Add(time.Hour))} {
		a := w.call(http.MethodPost, "/issues", other)
		assert.Equal(t, http.StatusConflict, a.status)
		assert.Equal(t, "ISSUE_ID_CONFLICT", a.Error.Code)
	}
	require.Equal(t, control.ATMPaid, w.withdraw(first.entry()))
	w.pass(365 * 24 * time.Hour)
	over := w.issue("m.r.cash.1", 5_000)
	assert.Equal(t, http.StatusOK, over.status, "also long after its end")
	assert.Equal(t, "withdrawn", over.State)
	assert.Empty(t, over.Customer, "numbers that are good for nothing are not given")
	assert.Equal(t, start, *over.WithdrawnAt)
	assert.Equal(t, 1, w.paid("m.r.cash.1"))
}

func TestRules(t *testing.T) {
	w := newWorld(t, nil)
	in := start.Add(time.Hour)
	for code, body := range map[string]string{
		"INVALID_REQUEST":         `{"issue_id":"m r","amount":5000,"expires_at":"2026-12-01T00:00:00Z"}`,
		"AMOUNT_OVER_LIMIT":       order("m.a.cash.1", 101_000, in),
		"AMOUNT_NOT_IN_THOUSANDS": order("m.b.cash.1", 5_500, in),
		"EXPIRY_PASSED":           order("m.c.cash.1", 5_000, start),
		"ISSUE_REFUSED":           order("m.d.cash.1", 13_000, in),
	} {
		assert.Equal(t, code, w.call(http.MethodPost, "/issues", body).Error.Code)
	}
	for _, body := range []string{"", "{", `{"issue_id":"m.a","amount":0,"expires_at":"2026-12-01T00:00:00Z"}`, `{"issue_id":"m.a","amount":5000}`, `{"issue_id":"m.a","amount":5000,"expires_at":"2026-12-01T00:00:00Z","name":"x"}`} {
		assert.Equal(t, "INVALID_REQUEST", w.call(http.MethodPost, "/issues", body).Error.Code, body)
	}
	assert.Equal(t, "ISSUE_NOT_FOUND", w.enquire("m.a.cash.1").Error.Code, "a refusal leaves nothing behind")
	assert.Equal(t, "ISSUE_NOT_FOUND", w.cancel("m.a.cash.1").Error.Code)
	assert.Equal(t, "ISSUE_NOT_FOUND", w.reissue("m.a.cash.1", 1).Error.Code)
	assert.Equal(t, "INVALID_REQUEST", w.reissue("m.a.cash.1", 0).Error.Code)

	coins := newWorld(t, func(s *atm.Settings) { s.Coins = true })
	a := coins.issue("m.e.cash.1", 5_500)
	assert.Equal(t, []int{5_500, 5_000}, []int{a.Amount, a.Payable})
	assert.Equal(t, "AMOUNT_NOT_IN_THOUSANDS", coins.issue("m.f.cash.1", 500).Error.Code, "an ATM pays at least one note")
}

func TestTheTokenIsChecked(t *testing.T) {
	w := newWorld(t, nil)
	for _, token := range []string{"", "Bearer wrong", atm.PublishedToken} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, w.url+atm.BasePath+"/issues", strings.NewReader(order("m.r.cash.1", 5_000, start.Add(time.Hour))))
		require.NoError(t, err)
		req.Header.Set("Authorization", token)
		a, raw := w.send(req)
		assert.Equal(t, http.StatusUnauthorized, a.status)
		require.NoError(t, conforms(http.MethodPost, "/issues", a.status, raw))
	}
	assert.Equal(t, http.StatusNotFound, w.enquire("m.r.cash.1").status)
}

func TestWrongEntriesLockAndNewNumbersUnlock(t *testing.T) {
	w := newWorld(t, nil)
	a := w.issue("m.r.cash.1", 5_000)
	wrong := a.entry()
	wrong.Confirmation = other(a.Confirmation)
	assert.Equal(t, control.ATMWrong, w.withdraw(wrong))
	assert.Equal(t, control.ATMWrong, w.withdraw(wrong))
	assert.Equal(t, control.ATMLocked, w.withdraw(wrong))
	assert.Equal(t, control.ATMLocked, w.withdraw(a.entry()), "the right ones do not help any more")
	assert.Equal(t, "locked", w.enquire("m.r.cash.1").State)

	fresh := w.reissue("m.r.cash.1", 1)
	assert.Equal(t, "issued", fresh.State)
	assert.Equal(t, 1, fresh.Reissues)
	assert.Equal(t, a.Receipt, fresh.Receipt)
	assert.NotEqual(t, a.Customer, fresh.Customer)
	assert.Equal(t, fresh, w.reissue("m.r.cash.1", 1), "the same count, the same numbers")
	assert.Equal(t, control.ATMWrong, w.withdraw(a.entry()), "the earlier ones have ended")
	third := w.reissue("m.r.cash.1", 3)
	assert.Equal(t, 3, third.Reissues, "a count that was left out is passed over")
	assert.Equal(t, "SUPERSEDED", w.reissue("m.r.cash.1", 1).Error.Code)
	assert.Equal(t, third.Customer, w.issue("m.r.cash.1", 5_000).Customer, "the order tells the numbers in force")
	assert.Equal(t, control.ATMPaid, w.withdraw(third.entry()))
	assert.Equal(t, control.ATMOver, w.withdraw(third.entry()))
	assert.Equal(t, "ALREADY_WITHDRAWN", w.reissue("m.r.cash.1", 4).Error.Code)
	assert.Equal(t, 1, w.paid("m.r.cash.1"))
}

// other is a number of the same length that differs.
func other(number string) string {
	last := number[len(number)-1]
	return number[:len(number)-1] + string('0'+(last-'0'+1)%10)
}

func TestStrangersNumbersOpenNothing(t *testing.T) {
	w := newWorld(t, nil)
	a := w.issue("m.r.cash.1", 5_000)
	for range 5 {
		wrong := a.entry()
		wrong.Partner = other(a.Partner)
		assert.Equal(t, control.ATMWrong, w.withdraw(wrong))
		wrong = a.entry()
		wrong.Customer = other(a.Customer)
		assert.Equal(t, control.ATMWrong, w.withdraw(wrong))
		assert.Equal(t, control.ATMWrong, w.withdraw(control.ATMEntry{}))
	}
	assert.Equal(t, control.ATMPaid, w.withdraw(a.entry()), "nobody can lock what they do not know")
}

func TestTimeEndsNumbers(t *testing.T) {
	w := newWorld(t, nil)
	a := w.issue("m.r.cash.1", 5_000)
	w.pass(7*24*time.Hour - time.Second)
	assert.Equal(t, "issued", w.enquire("m.r.cash.1").State)
	w.pass(time.Second)
	assert.Equal(t, control.ATMOver, w.withdraw(a.entry()))
	assert.Equal(t, "expired", w.enquire("m.r.cash.1").State)
	assert.Equal(t, "ALREADY_EXPIRED", w.reissue("m.r.cash.1", 1).Error.Code)
	called := w.cancel("m.r.cash.1")
	assert.Equal(t, []any{http.StatusOK, "expired"}, []any{called.status, called.State}, "what is over stays as it is")
	assert.Zero(t, w.paid("m.r.cash.1"))
}

func TestCancel(t *testing.T) {
	w := newWorld(t, nil)
	a := w.issue("m.r.cash.1", 5_000)
	for range 2 {
		called := w.cancel("m.r.cash.1")
		assert.Equal(t, []any{http.StatusOK, "cancelled"}, []any{called.status, called.State})
	}
	assert.Equal(t, control.ATMOver, w.withdraw(a.entry()))
	assert.Equal(t, "ALREADY_CANCELLED", w.reissue("m.r.cash.1", 1).Error.Code)
	b := w.issue("m.r.cash.2", 5_000)
	require.Equal(t, control.ATMPaid, w.withdraw(b.entry()))
	assert.Equal(t, "ALREADY_WITHDRAWN", w.cancel("m.r.cash.2").Error.Code)
	assert.Equal(t, []int{0, 1}, []int{w.paid("m.r.cash.1"), w.paid("m.r.cash.2")})
}

func TestOneOfManyAtOnceGetsTheCash(t *testing.T) {
	w := newWorld(t, nil)
	for round := range 10 {
		id := fmt.Sprintf("m.r.cash.%d", round+1)
		a := w.issue(id, 5_000)
		results := make([]control.ATMResult, 6)
		var called answer
		var all sync.WaitGroup
		for i := range results {
			all.Go(func() { results[i] = w.withdraw(a.entry()) })
		}
		all.Go(func() { called = w.cancel(id) })
		all.Wait()
		paid := 0
		for _, r := range results {
			if r == control.ATMPaid {
				paid++
			}
		}
		assert.Equal(t, paid, w.paid(id), "what people hold is what the books say")
		if called.status == http.StatusOK {
			assert.Zero(t, paid)
		} else {
			assert.Equal(t, 1, paid)
		}
	}
}

func TestTheBooksSurviveARestart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sandbox.db")
	w, stop := openWorld(t, path, nil)
	paid, open := w.issue("m.a.cash.1", 5_000), w.issue("m.b.cash.1", 8_000)
	require.Equal(t, control.ATMPaid, w.withdraw(paid.entry()))
	stop()
	w, stop = openWorld(t, path, nil)
	defer stop()
	again := w.issue("m.b.cash.1", 8_000)
	assert.Equal(t, open.entry(), again.entry())
	assert.Equal(t, control.ATMOver, w.withdraw(paid.entry()))
	assert.Equal(t, control.ATMPaid, w.withdraw(open.entry()))
	third := w.issue("m.c.cash.1", 5_000)
	assert.NotContains(t, []string{paid.Receipt, open.Receipt}, third.Receipt)
}

func TestMagicAmounts(t *testing.T) {
	t.Run("locked", func(t *testing.T) {
		w := newWorld(t, nil)
		a := w.issue("m.r.cash.1", 4_000)
		assert.Equal(t, "issued", a.State)
		assert.Equal(t, "locked", w.enquire("m.r.cash.1").State)
		assert.Equal(t, control.ATMLocked, w.withdraw(a.entry()))
		assert.Equal(t, control.ATMPaid, w.withdraw(w.reissue("m.r.cash.1", 1).entry()))
	})
	t.Run("withdrawn by itself", func(t *testing.T) {
		w := newWorld(t, nil)
		w.issue("m.r.cash.1", 6_000)
		assert.Equal(t, "issued", w.enquire("m.r.cash.1").State)
		w.pass(time.Hour)
		over := w.enquire("m.r.cash.1")
		assert.Equal(t, "withdrawn", over.State)
		assert.Equal(t, start.Add(2*time.Second), *over.WithdrawnAt, "dated when it happened, not when it was seen")
		assert.Equal(t, 1, w.paid("m.r.cash.1"))
	})
	t.Run("the lost race against a cancellation", func(t *testing.T) {
		w := newWorld(t, nil)
		a := w.issue("m.r.cash.1", 7_000)
		for range 2 {
			assert.Equal(t, "DISPENSING", w.cancel("m.r.cash.1").Error.Code)
		}
		assert.Equal(t, control.ATMDispensing, w.withdraw(a.entry()))
		assert.Equal(t, "DISPENSING", w.reissue("m.r.cash.1", 1).Error.Code)
		w.pass(2 * time.Second)
		assert.Equal(t, "ALREADY_WITHDRAWN", w.cancel("m.r.cash.1").Error.Code)
		assert.Equal(t, 1, w.paid("m.r.cash.1"))
	})
	t.Run("the lost race against the end", func(t *testing.T) {
		w := newWorld(t, nil)
		w.issue("m.r.cash.1", 7_000)
		w.pass(7 * 24 * time.Hour)
		assert.Equal(t, "DISPENSING", w.cancel("m.r.cash.1").Error.Code)
		w.pass(2 * time.Second)
		assert.Equal(t, "withdrawn", w.enquire("m.r.cash.1").State)
	})
	t.Run("the first answer is lost", func(t *testing.T) {
		w := newWorld(t, nil)
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, w.url+atm.BasePath+"/issues", strings.NewReader(order("m.r.cash.1", 9_000, start.Add(7*24*time.Hour))))
		require.NoError(t, err)
		req.Header.Set("Authorization", "Bearer "+atm.PublishedToken)
		res, err := http.DefaultClient.Do(req)
		if err == nil {
			res.Body.Close()
		}
		require.Error(t, err)
		assert.Equal(t, "issued", w.enquire("m.r.cash.1").State)
		assert.Equal(t, control.ATMPaid, w.withdraw(w.issue("m.r.cash.1", 9_000).entry()))
	})
	w := newWorld(t, nil)
	w.issue("m.r.cash.1", 4_000)
	w.issue("m.r.cash.2", 13_000)
	fired, err := w.faults.Counts(t.Context())
	require.NoError(t, err)
	assert.Equal(t, map[faults.Kind]int{"magic:atm_locked": 1, "magic:atm_refused": 1}, fired)
}

func TestTheFaultPlanStrikesInTheNetworksWords(t *testing.T) {
	for kind, want := range map[faults.Kind]struct {
		status int
		code   string
	}{
		faults.RateLimited: {429, "TOO_MANY_REQUESTS"}, faults.Maintenance: {503, "MAINTENANCE"}, faults.ServerError: {500, "SYSTEM_ERROR"},
	} {
		w := newWorld(t, nil)
		require.NoError(t, w.faults.Set(t.Context(), faults.Plan{Rates: map[faults.Kind]float64{kind: 1}}))
		a := w.issue("m.r.cash.1", 5_000)
		assert.Equal(t, want.status, a.status)
		assert.Equal(t, want.code, a.Error.Code)
		require.NoError(t, w.faults.Set(t.Context(), faults.Plan{}))
		assert.Equal(t, http.StatusNotFound, w.enquire("m.r.cash.1").status, "nothing was done")
	}
}

func TestTheListShowsNoNumbers(t *testing.T) {
	w := newWorld(t, nil)
	a := w.issue("m.a.cash.1", 5_000)
	w.issue("m.b.cash.1", 8_000)
	var ids []string
	for i, err := range w.control.ATMIssues(t.Context()) {
		require.NoError(t, err)
		ids = append(ids, i.IssueID)
	}
	assert.Equal(t, []string{"m.a.cash.1", "m.b.cash.1"}, ids)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, w.url+"/sandbox/atm/issues", nil)
	require.NoError(t, err)
	_, raw := w.send(req)
	assert.NotContains(t, string(raw), a.Customer)
	assert.NotContains(t, string(raw), a.Confirmation)
}

func TestSettings(t *testing.T) {
	for name, change := range map[string]func(*atm.Settings){
		"PartnerCode":  func(s *atm.Settings) { s.PartnerCode = "1" },
		"Token":        func(s *atm.Settings) { s.Token = "" },
		"NoticeSecret": func(s *atm.Settings) { s.NoticeSecret = "whsec_!" },
		"NoticeURL":    func(s *atm.Settings) { s.NoticeURL = "nowhere" },
		"NoticeTries":  func(s *atm.Settings) { s.NoticeTries = 0 },
		"WrongEntries": func(s *atm.Settings) { s.WrongEntries = 0 },
	} {
		set := atm.DefaultSettings()
		change(&set)
		_, err := atm.New(t.Context(), counterparty.Env{}, set)
		require.ErrorIs(t, err, atm.ErrSettings)
		assert.ErrorContains(t, err, name)
	}
}
