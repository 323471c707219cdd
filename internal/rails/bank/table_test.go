package bank_test

import (
	"fmt"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"soukin/internal/rails/bank"
	"soukin/remittance"
)

// The documented values, from the bank's corporate API specification v1.1.12,
// and what they must mean. The list is written out again here on purpose.
var documentedStatuses = map[string]struct {
	stage   bank.Stage
	outcome remittance.Outcome
	reason  remittance.Reason
}{
	"2":  {bank.StageApproval, remittance.OutcomePending, remittance.WaitsForApproval},
	"3":  {bank.StageNotExecuted, rejected, remittance.ApprovalWithdrawn},
	"4":  {bank.StageNotExecuted, rejected, remittance.ApprovalWithdrawn},
	"5":  {bank.StageNotExecuted, rejected, remittance.ApprovalExpired},
	"8":  {bank.StageNotExecuted, rejected, remittance.ApprovalWithdrawn},
	"11": {bank.StageWaiting, remittance.OutcomePending, remittance.WaitsForRail},
	"12": {bank.StageWaiting, remittance.OutcomePending, remittance.WaitsForRail},
	"13": {bank.StageWaiting, remittance.OutcomePending, remittance.WaitsForRail},
	"20": {bank.StageExecuted, remittance.OutcomeAccepted, ""},
	"22": {bank.StageReturned, rejected, remittance.NotCreditable},
	"24": {bank.StageRecalling, remittance.OutcomePending, remittance.WaitsForRail},
	"25": {bank.StageReturned, rejected, remittance.Recalled},
	"26": {bank.StageRecallRefused, remittance.OutcomeAccepted, ""},
	"30": {bank.StageUnknown, unknown, ""}, // bulk transfers only
	"40": {bank.StageNotExecuted, rejected, remittance.RefusedByRail},
}

var documentedApplyStatuses = map[string]bank.Stage{
	"0": bank.StageApproval, "1": bank.StageApproval, "2": bank.StageNotExecuted, "3": bank.StageNotExecuted,
	"4": bank.StageNotExecuted, "5": bank.StageWaiting, "6": bank.StageNotExecuted, "7": bank.StageWaiting,
}

func stateOf(t require.TestingT, c *bank.Client) bank.State {
	s, err := c.Status(ctxOf(t), applyNo, ordered())
	require.NoError(t, err)
	return s
}

func TestEveryTransferStatus(t *testing.T) {
	e := executed()
	e.Apply = ""
	b := serve(t, func(int, exchange) (int, string) { return 200, page("", e) })
	c := client(t, settings(b.URL))
	for status, want := range documentedStatuses {
		e.Status = status
		s := stateOf(t, c)
		assert.Equal(t, want.stage, s.Stage, status)
		assert.Equal(t, want.outcome, s.Stage.Outcome(), status)
		assert.Equal(t, want.reason, s.Reason, status)
		assert.Equal(t, status, s.Code)
	}
	rapid.Check(t, func(t *rapid.T) {
		e.Status = rapid.OneOf(
			rapid.Map(rapid.IntRange(0, 999), strconv.Itoa),
			rapid.StringMatching(`[0-9A-Za-z]{1,3}|0[0-9]{1,2}`),
		).Draw(t, "status")
		if _, known := documentedStatuses[e.Status]; known {
			return
		}
		s := stateOf(t, c)
		if s.Stage != bank.StageUnknown || s.Stage.Outcome() != unknown || s.Code != e.Status {
			t.Fatalf("status %q means %q", e.Status, s.Stage)
		}
	})
}

func TestEveryApplyStatus(t *testing.T) {
	e := executed()
	b := serve(t, func(int, exchange) (int, string) { return 200, page("", e) })
	c := client(t, settings(b.URL))
	for n := range 100 {
		e.Status, e.Apply = "", strconv.Itoa(n)
		s := stateOf(t, c)
		assert.Equal(t, documentedApplyStatuses[e.Apply], s.Stage, e.Apply)
		assert.Equal(t, "apply "+e.Apply, s.Code)
	}
	// Beside a transfer status it only checks: a transfer cannot have been
	// executed, or still be going to be, if its application never was granted.
	for status, want := range documentedStatuses {
		for apply, applied := range documentedApplyStatuses {
			e.Status, e.Apply = status, apply
			s := stateOf(t, c)
			if applied == bank.StageNotExecuted && want.stage != bank.StageNotExecuted {
				assert.Equal(t, bank.StageUnknown, s.Stage, "%s beside %s", status, apply)
				assert.Equal(t, status+" apply "+apply, s.Code)
				continue
			}
			assert.Equal(t, want.stage, s.Stage, "%s beside %s", status, apply)
		}
	}
}

func TestEveryResultCode(t *testing.T) {
	documented := map[string]struct {
		progress bank.Progress
		outcome  remittance.Outcome
		stage    bank.Stage // where the bank does not show the transfer itself
		reason   remittance.Reason
	}{
		"1": {bank.RequestComplete, remittance.OutcomeAccepted, bank.StageUnknown, ""},
		"2": {bank.RequestWaiting, remittance.OutcomePending, bank.StageApproval, remittance.WaitsForApproval},
		"8": {bank.RequestExpired, rejected, bank.StageNotExecuted, remittance.ApprovalExpired},
	}
	result := ""
	b := serve(t, func(_ int, r exchange) (int, string) {
		if r.Path == "/corporation/v1/transfer/status" {
			return 200, page("")
		}
		return 200, fmt.Sprintf(`{"accountId":"101011234567","resultCode":%q,"applyNo":%q}`, result, applyNo)
	})
	c := client(t, settings(b.URL))
	for n := range 100 {
		result = strconv.Itoa(n)
		want := documented[result]
		got, err := c.Result(t.Context(), applyNo)
		require.NoError(t, err)
		assert.Equal(t, bank.RequestResult{Progress: want.progress, Code: result}, got)
		assert.Equal(t, want.outcome, got.Progress.Outcome(), result)
		s := stateOf(t, c)
		assert.Equal(t, want.stage, s.Stage, result)
		assert.Equal(t, want.reason, s.Reason, result)
		assert.Equal(t, "result "+result, s.Code)
	}
}

// The reason of a return is not in the specification; where the words of the
// status say it, people should read it.
func TestTheWordsOfAReturnSayWhy(t *testing.T) {
	e := executed()
	e.Status = "22"
	b := serve(t, func(int, exchange) (int, string) { return 200, page("", e) })
	c := client(t, settings(b.URL))
	for words, want := range map[string]remittance.Reason{
		"":             remittance.NotCreditable,
		"資金返却":         remittance.NotCreditable,
		"資金返却（口座なし）":   remittance.NoSuchAccount,
		"資金返却（名義相違）":   remittance.NameMismatch,
		"資金返却（口座番号相違）": remittance.AccountNumberMismatch,
		"資金返却（科目相違）":   remittance.AccountTypeMismatch,
		"資金返却（解約済み）":   remittance.AccountClosed,
		"資金返却（受入不可）":   remittance.AcceptanceError,
		"資金返却（入金不能）":   remittance.NotCreditable,
		"資金返却（いまだ知らず）": remittance.NotCreditable,
	} {
		e.Words = words
		s := stateOf(t, c)
		assert.Equal(t, bank.StageReturned, s.Stage, words)
		assert.Equal(t, want, s.Reason, words)
	}
	e.Status, e.Words = "20", "手続済（名義相違）"
	assert.Equal(t, remittance.ReasonNone, stateOf(t, c).Reason, "words alone return no money")
}

func TestAnExecutedTransferWithARefundBesideItIsUnknown(t *testing.T) {
	e := executed()
	b := serve(t, func(int, exchange) (int, string) { return 200, page("", e) })
	c := client(t, settings(b.URL))
	for unable, want := range map[string]bank.Stage{
		`{"transferDetailStatus":"1"}`:                    bank.StageExecuted,
		`{"transferDetailStatus":"1","refundStatus":"3"}`: bank.StageExecuted,
		`{"transferDetailStatus":"1","isRepayment":""}`:   bank.StageExecuted,
		`{"transferDetailStatus":"2"}`:                    bank.StageUnknown,
		`{"transferDetailStatus":1,"refundStatus":1}`:     bank.StageUnknown,
		`{"refundStatus":"2"}`:                            bank.StageUnknown,
		`{"isRepayment":"true"}`:                          bank.StageUnknown,
		`{"isRepayment":true}`:                            bank.StageUnknown,
	} {
		e.Unable = unable
		assert.Equal(t, want, stateOf(t, c).Stage, unable)
	}
}

func TestUnheardOfStagesAndProgressesAreUnknown(t *testing.T) {
	assert.Equal(t, unknown, bank.Stage("settled").Outcome())
	assert.Equal(t, unknown, bank.Progress("settled").Outcome())
}
