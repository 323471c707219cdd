package sandbox_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"soukin/internal/sandbox"
	"soukin/internal/sandbox/ganb"
)

func TestTheSameKeyBringsTheSameAnswer(t *testing.T) {
	w := start(t)
	body := order(transfer(1000, "1234567"))
	first := w.post("/transfer/request", body, key("k/1"))
	require.Equal(t, 201, first.Status)
	w.advance(23*time.Hour + 59*time.Minute)
	again := w.post("/transfer/request", body, key("k/1"))
	assert.Equal(t, first, again, "even on the next day, when the designated day is over")
	assert.Len(t, w.all("k/1"), 1)
	assert.Len(t, w.all(""), 1)
}

func TestAKeyIsForgottenAfterItsTime(t *testing.T) {
	w := start(t)
	body := order(transfer(1000, "1234567")).and("transferDesignatedDate", "2026-11-26")
	first := w.request(body, key("k"))
	w.advance(w.settings.Bank.KeyRetention)
	assert.NotEqual(t, first, w.request(body, key("k")), "whoever resends that late pays twice, as at the bank")
	assert.Len(t, w.all("k"), 2)
}

func TestTheSameKeyForAnotherRequestIsRefused(t *testing.T) {
	for name, tt := range map[string]struct{ set, want int }{"default": {http.StatusPreconditionFailed, 412}, "by setting": {http.StatusBadRequest, 400}} {
		t.Run(name, func(t *testing.T) {
			w := start(t, with(func(s *sandbox.Settings) { s.Door.KeyConflictStatus = tt.set }))
			w.request(order(transfer(1000, "1234567")), key("k"))
			r, err := w.try(t.Context(), http.MethodPost, "/transfer/request", order(transfer(1001, "1234567")), key("k"))
			require.NoError(t, err)
			assert.Equal(t, tt.want, r.Status)
			assert.Equal(t, "SB_ERR_412", r.Body["errorCode"])
			assert.Len(t, w.all(""), 1)
		})
	}
}

func TestHowTheContentIsWrittenDoesNotMatter(t *testing.T) {
	w := start(t)
	body := order(transfer(1000, "1234567"))
	no := w.request(body, key("k"))
	assert.Equal(t, no, w.request(body.and("applyComment", ""), key("k")), "empty and absent are the same")
}

func TestWithoutAKeyEveryRequestIsANewOne(t *testing.T) {
	w := start(t)
	assert.NotEqual(t, w.request(order(transfer(1, "1234567"))), w.request(order(transfer(1, "1234567"))))
}

func TestTwentyAtOnceExecuteOnce(t *testing.T) {
	w := start(t)
	const calls = 20
	answers := make([]reply, calls)
	var group sync.WaitGroup
	for i := range calls {
		group.Go(func() { answers[i] = w.post("/transfer/request", order(transfer(1000, "1234567")), key("k")) })
	}
	group.Wait()
	for _, a := range answers {
		assert.Equal(t, 201, a.Status)
		assert.Equal(t, answers[0].Body, a.Body)
	}
	all := w.all("")
	require.Len(t, all, 1)
	assert.Equal(t, 1, all[0].ExecutedCount)
	balance, _ := w.balance()
	assert.Equal(t, 10_000_000-1130, balance)
}

func TestAClientThatGoesAwayDoesNotStopTheBank(t *testing.T) {
	w := start(t)
	text, err := json.Marshal(order(transfer(1000, "1234567")))
	require.NoError(t, err)
	ctx, gone := context.WithCancel(t.Context())
	gone()
	r := httptest.NewRequestWithContext(ctx, http.MethodPost, ganb.BasePath+"/transfer/request", bytes.NewReader(text))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("x-access-token", w.access)
	w.handler.ServeHTTP(httptest.NewRecorder(), r)
	assert.Equal(t, 1130, w.spent())
}
