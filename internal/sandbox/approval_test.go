package sandbox_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"soukin/internal/sandbox"
	"soukin/internal/sandbox/books"
	"soukin/internal/sandbox/control"
)

func approval(a books.Approval) setting {
	return with(func(s *sandbox.Settings) { s.Bank.Approval = a })
}

func (w *world) decide(applyNo string, d control.Decision) error {
	_, err := w.control.Decide(w.t.Context(), applyNo, d)
	return err
}

func (w *world) cancel(applyNo, class string) reply {
	w.t.Helper()
	return w.post("/transfer/cancel", fields{"accountId": ourAccount, "cancelTargetKeyClass": class, "applyNo": applyNo})
}

func (w *world) applyStatus(applyNo string) string {
	w.t.Helper()
	apply := w.detail(applyNo)["transferApplies"].([]any)[0].(map[string]any)
	return apply["transferApplyDetails"].([]any)[0].(map[string]any)["applyStatus"].(string)
}

func TestApprovalByPassword(t *testing.T) {
	w := start(t, approval(books.ApprovalPassword))
	r := w.post("/transfer/request", order(transfer(100, "1234567")))
	require.Equal(t, 201, r.Status)
	assert.Equal(t, "2", r.Body["resultCode"])
	assert.NotContains(t, r.Body, "applyEndDatetime")
	no := r.Body["applyNo"].(string)

	assert.Empty(t, w.status(no), "an unapproved request is not shown")
	assert.Equal(t, "2", w.result(no))
	balance, withdrawable := w.balance()
	assert.Equal(t, []int{10_000_000, 10_000_000}, []int{balance, withdrawable})
	assert.ErrorContains(t, w.decide(no, control.SendBack), "409", "only ビジネスID管理 can send back")

	require.NoError(t, w.decide(no, control.Approve))
	assert.Equal(t, "1", w.result(no))
	assert.Equal(t, "20", w.status(no))
	assert.Equal(t, "7", w.applyStatus(no))
	assert.ErrorContains(t, w.decide(no, control.Approve), "409", "nothing waits any more")
	assert.Equal(t, 1, w.held(no).ExecutedCount)
}

func TestApprovalByPasswordExpiresOrIsWithdrawn(t *testing.T) {
	w := start(t, approval(books.ApprovalPassword))
	expired, withdrawn := w.request(order(transfer(100, "1234567"))), w.request(order(transfer(100, "1234567")))
	require.NoError(t, w.decide(withdrawn, control.Withdraw))
	w.advance(w.settings.Bank.ApprovalExpiry)
	for _, no := range []string{expired, withdrawn} {
		assert.Equal(t, "8", w.result(no))
		assert.Empty(t, w.status(no))
		assert.Zero(t, w.held(no).ExecutedCount)
		assert.ErrorContains(t, w.decide(no, control.Approve), "409")
	}
}

func TestALateApprovalMovesTheDay(t *testing.T) {
	w := start(t, approval(books.ApprovalPassword))
	no := w.request(order(transfer(100, "1234567")))
	w.advance(48*time.Hour + 12*time.Hour) // Thursday 26 November, 22:00
	require.NoError(t, w.decide(no, control.Approve))
	assert.Equal(t, "20", w.status(no))
	assert.Equal(t, "2026-11-26", w.held(no).Designated)
}

func TestApprovalByBusinessID(t *testing.T) {
	w := start(t, approval(books.ApprovalBusinessID))
	ask := func() string { return w.request(order(transfer(100, "1234567")).and("applyComment", "至急")) }
	approved, sentBack, withdrawn, expired, cancelled := ask(), ask(), ask(), ask(), ask()
	assert.Equal(t, "2", w.status(approved))
	assert.Equal(t, "1", w.applyStatus(approved))
	assert.Equal(t, "1", w.result(approved), "the request is through, the transfer is not")

	require.NoError(t, w.decide(approved, control.Approve))
	require.NoError(t, w.decide(sentBack, control.SendBack))
	require.NoError(t, w.decide(withdrawn, control.Withdraw))
	assert.Equal(t, 400, w.cancel(cancelled, "2").Status, "class 2 is for what is booked")
	assert.Equal(t, 201, w.cancel(cancelled, "1").Status)
	w.advance(w.settings.Bank.ApprovalExpiry)

	for no, want := range map[string][2]string{approved: {"20", "5"}, sentBack: {"3", "2"}, withdrawn: {"4", "3"}, expired: {"5", "4"}, cancelled: {"4", "3"}} {
		assert.Equal(t, want, [2]string{w.status(no), w.applyStatus(no)})
		executed := 0
		if no == approved {
			executed = 1
		}
		assert.Equal(t, executed, w.held(no).ExecutedCount)
	}
	assert.Equal(t, []string{approved}, numbers(w.byDate("dateFrom", "2026-11-24", "requestTransferClass", "3")), "3 is 振込受付情報のみ")
	assert.Len(t, numbers(w.byDate("dateFrom", "2026-11-24", "requestTransferClass", "2")), 4)
	assert.Contains(t, w.get("/transfer/status", "accountId", ourAccount, "queryKeyClass", "1", "applyNo", approved).Raw, "至急")
}

func TestTheCommentIsDroppedWithoutBusinessID(t *testing.T) {
	w := start(t)
	no := w.request(order(transfer(100, "1234567")).and("applyComment", "至急"))
	assert.NotContains(t, w.get("/transfer/status", "accountId", ourAccount, "queryKeyClass", "1", "applyNo", no).Raw, "至急")
	assert.Equal(t, "至急", w.held(no).ApplyComment)
}

func TestABookingCanBeCancelledOnce(t *testing.T) {
	w := start(t)
	later := order(transfer(100, "1234567")).and("transferDesignatedDate", "2026-11-27")
	no := w.request(later)
	assert.Equal(t, 400, w.cancel(no, "1").Status, "class 1 needs ビジネスID管理")
	assert.Equal(t, 400, w.cancel(no, "4").Status, "class 4 is for bulk transfers")

	r := w.cancel(no, "2")
	require.Equal(t, 201, r.Status, r.Raw)
	assert.Equal(t, "1", r.Body["resultCode"])
	assert.Equal(t, "2026-11-24T10:00:00+09:00", r.Body["applyEndDatetime"])
	assert.Equal(t, "8", w.status(no))
	assert.Equal(t, "予約取消", w.detail(no)["transferStatusName"])
	assert.Equal(t, 400, w.cancel(no, "2").Status, "a second cancel is refused")

	w.advance(30 * 24 * time.Hour)
	assert.Equal(t, "8", w.status(no), "its day came and nothing happened")
	assert.Zero(t, w.held(no).ExecutedCount)
	assert.Equal(t, 404, w.cancel("2026112499999999", "2").Status)
}

func TestAnExecutedTransferCannotBeCancelled(t *testing.T) {
	w := start(t)
	no := w.request(order(transfer(100, "1234567")))
	r := w.cancel(no, "2")
	assert.Equal(t, 400, r.Status)
	assert.Equal(t, "SB_ERR_409", r.Body["errorCode"])
	assert.Equal(t, "1", w.result(no), "a refused cancel is no request of its own")
}

func TestACancelWaitsForThePasswordToo(t *testing.T) {
	w := start(t, approval(books.ApprovalPassword))
	later := order(transfer(100, "1234567")).and("transferDesignatedDate", "2026-12-10")
	no := w.request(later)
	require.NoError(t, w.decide(no, control.Approve))
	require.Equal(t, "11", w.status(no))

	require.Equal(t, "2", w.cancel(no, "2").Body["resultCode"])
	assert.Equal(t, "2", w.result(no), "the latest request is the cancel")
	assert.Equal(t, 400, w.cancel(no, "2").Status)
	w.advance(w.settings.Bank.ApprovalExpiry)
	assert.Equal(t, "8", w.result(no))
	assert.Equal(t, "11", w.status(no), "the cancel expired, the booking did not")

	require.Equal(t, "2", w.cancel(no, "2").Body["resultCode"], "after an expired cancel another one may be asked for")
	require.NoError(t, w.decide(no, control.Withdraw))
	assert.Equal(t, "8", w.result(no))

	require.Equal(t, "2", w.cancel(no, "2").Body["resultCode"])
	require.NoError(t, w.decide(no, control.Approve))
	assert.Equal(t, "1", w.result(no))
	assert.Equal(t, "8", w.status(no))
}

func TestExecutionOvertakesACancelThatWaits(t *testing.T) {
	w := start(t, approval(books.ApprovalPassword))
	no := w.request(order(transfer(100, "1234567")).and("transferDesignatedDate", "2026-11-25"))
	require.NoError(t, w.decide(no, control.Approve))
	require.Equal(t, "2", w.cancel(no, "2").Body["resultCode"])
	w.advance(24 * time.Hour)
	assert.Equal(t, "20", w.status(no))
	assert.Equal(t, "8", w.result(no))
	assert.ErrorContains(t, w.decide(no, control.Approve), "409")
}
