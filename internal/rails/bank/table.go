package bank

import (
	"net/http"
	"strings"

	"soukin/remittance"
)

// Stage is what the bank has done with an instruction.
type Stage string

// The stages. The empty stage is unknown: the bank said something this table
// does not know, or contradicted itself.
const (
	StageUnknown       Stage = ""
	StageApproval      Stage = "approval"       // somebody must approve it at the bank
	StageWaiting       Stage = "waiting"        // booked, in process, or being tried again
	StageExecuted      Stage = "executed"       // done; it can still come back
	StageRecalling     Stage = "recalling"      // executed, a recall is running
	StageRecallRefused Stage = "recall_refused" // executed, the recall failed: stays paid
	StageReturned      Stage = "returned"       // executed and come back
	StageNotExecuted   Stage = "not_executed"   // ended without execution
)

// Outcome says what the stage means for the instruction's key.
func (s Stage) Outcome() remittance.Outcome {
	switch s {
	case StageApproval, StageWaiting, StageRecalling:
		return remittance.OutcomePending
	case StageExecuted, StageRecallRefused:
		return remittance.OutcomeAccepted
	case StageReturned, StageNotExecuted:
		return remittance.OutcomeRejected
	}
	return remittance.OutcomeUnknown
}

// moneyLeft reports whether the account was debited at some point.
func (s Stage) moneyLeft() bool {
	switch s {
	case StageExecuted, StageRecalling, StageRecallRefused, StageReturned:
		return true
	}
	return false
}

// meaning is what a code of the bank says about a transfer.
type meaning struct {
	stage  Stage
	reason remittance.Reason
}

// transferStatuses are the documented values of transferStatus (transfer/status).
var transferStatuses = map[string]meaning{
	"2":  {StageApproval, remittance.WaitsForApproval},     // 申請中
	"3":  {StageNotExecuted, remittance.ApprovalWithdrawn}, // 差戻
	"4":  {StageNotExecuted, remittance.ApprovalWithdrawn}, // 取下げ
	"5":  {StageNotExecuted, remittance.ApprovalExpired},   // 期限切れ
	"8":  {StageNotExecuted, remittance.ApprovalWithdrawn}, // 承認取消/予約取消
	"11": {StageWaiting, remittance.WaitsForRail},          // 予約中
	"12": {StageWaiting, remittance.WaitsForRail},          // 手続中
	"13": {StageWaiting, remittance.WaitsForRail},          // リトライ中
	"20": {StageExecuted, remittance.ReasonNone},           // 手続済
	"22": {StageReturned, remittance.NotCreditable},        // 資金返却: the bank does not say why
	"24": {StageRecalling, remittance.WaitsForRail},        // 組戻手続中
	"25": {StageReturned, remittance.Recalled},             // 組戻済
	"26": {StageRecallRefused, remittance.ReasonNone},      // 組戻不成立
	"40": {StageNotExecuted, remittance.RefusedByRail},     // 手続不成立
	// 不能・組戻あり is documented for bulk transfers, which are never ordered
	// here: each line would have to be looked at.
	"30": {StageUnknown, remittance.ReasonNone},
}

// returnWords are how banks name the seven reasons for money that could not be
// credited. The specification has no field for the reason of a return; where the
// words of the status (transferStatusName) say it, they are believed, because
// only the sentence that people read depends on them.
var returnWords = []struct {
	word   string
	reason remittance.Reason
}{
	{"口座なし", remittance.NoSuchAccount},
	{"名義相違", remittance.NameMismatch},
	{"番号相違", remittance.AccountNumberMismatch},
	{"科目相違", remittance.AccountTypeMismatch},
	{"解約", remittance.AccountClosed},
	{"受入不可", remittance.AcceptanceError},
	{"入金不能", remittance.NotCreditable},
}

func returnReason(words string, otherwise remittance.Reason) remittance.Reason {
	for _, w := range returnWords {
		if strings.Contains(words, w.word) {
			return w.reason
		}
	}
	return otherwise
}

// applyStatuses are the documented values of applyStatus. They speak only where
// transferStatus is absent, and as a check on it.
var applyStatuses = map[string]meaning{
	"0": {StageApproval, remittance.WaitsForApproval},     // 未申請
	"1": {StageApproval, remittance.WaitsForApproval},     // 申請中
	"2": {StageNotExecuted, remittance.ApprovalWithdrawn}, // 差戻
	"3": {StageNotExecuted, remittance.ApprovalWithdrawn}, // 取下げ
	"4": {StageNotExecuted, remittance.ApprovalExpired},   // 期限切れ
	"5": {StageWaiting, remittance.WaitsForRail},          // 承認済
	"6": {StageNotExecuted, remittance.ApprovalWithdrawn}, // 承認取消
	"7": {StageWaiting, remittance.WaitsForRail},          // 自動承認
}

// resultCodes are the documented values of resultCode. It is about the latest
// request for the application number, which may be a cancellation: request-result
// says that a finished request may have executed nothing, and an expired one may
// have been the cancellation of a transfer that was executed.
var resultCodes = map[string]Progress{
	"1": RequestComplete, // 完了
	"2": RequestWaiting,  // 未完了
	"8": RequestExpired,  // 期限切
}

// beforeApplication says what a request means that transfer/status does not
// show: requests still 依頼中 or 作成中 are visible to request-result only, and
// cannot be cancelled, so the latest request is the transfer itself.
var beforeApplication = map[Progress]meaning{
	RequestWaiting: {StageApproval, remittance.WaitsForApproval},
	RequestExpired: {StageNotExecuted, remittance.ApprovalExpired},
	// Complete, and yet not visible: the status has not caught up.
	RequestComplete: {StageUnknown, remittance.ReasonNone},
}

// kind is what a call is for. The same answer means different things to an
// instruction and to an enquiry.
type kind int

const (
	instructs kind = iota // moves money
	checks                // the dry run of an instruction: moves nothing
	enquires              // moves nothing
	cancels               // asks to call an instruction off
)

// verdict is what an error answer means for each kind of call.
type verdict [4]remittance.Outcome

const (
	unknown       = remittance.OutcomeUnknown
	rejected      = remittance.OutcomeRejected
	rateLimited   = remittance.OutcomeRateLimited
	misconfigured = remittance.OutcomeMisconfigured
)

// fieldErrors is a 400 that names what is wrong with the instruction.
//
// For a cancellation a rejection means "not cancellable now": it says nothing
// about the transfer.
var fieldErrors = verdict{instructs: rejected, checks: rejected, enquires: misconfigured, cancels: rejected}

// httpStatuses are the documented error statuses, 408, 409 and 429. The rest
// is unknown. A gate that refuses a request for its form or its credentials
// has not executed it; a wrong path (404), an answer that cannot be put in the
// form we accept (406) or a failed precondition (412) may be said by something
// behind the gate, even after the work was done.
var httpStatuses = map[int]verdict{
	http.StatusBadRequest:           {instructs: unknown, checks: rejected, enquires: misconfigured, cancels: rejected},
	http.StatusUnauthorized:         {misconfigured, misconfigured, misconfigured, misconfigured},
	http.StatusForbidden:            {misconfigured, misconfigured, misconfigured, misconfigured},
	http.StatusNotFound:             {instructs: unknown, checks: misconfigured, enquires: misconfigured, cancels: unknown},
	http.StatusMethodNotAllowed:     {misconfigured, misconfigured, misconfigured, misconfigured},
	http.StatusNotAcceptable:        {instructs: unknown, checks: misconfigured, enquires: misconfigured, cancels: unknown},
	http.StatusLengthRequired:       {misconfigured, misconfigured, misconfigured, misconfigured},
	http.StatusPreconditionFailed:   {instructs: unknown, checks: misconfigured, enquires: misconfigured, cancels: unknown},
	http.StatusUnsupportedMediaType: {misconfigured, misconfigured, misconfigured, misconfigured},
	http.StatusRequestTimeout:       {unknown, unknown, unknown, unknown},
	http.StatusConflict:             {unknown, unknown, unknown, unknown}, // the key may already have been executed
	http.StatusTooManyRequests:      {rateLimited, rateLimited, rateLimited, rateLimited},
	http.StatusInternalServerError:  {unknown, unknown, unknown, unknown},
	http.StatusServiceUnavailable:   {unknown, unknown, unknown, unknown},
	http.StatusGatewayTimeout:       {unknown, unknown, unknown, unknown},
}

// errorCodes are the codes of the bank that are known, and the range of HTTP
// statuses they are believed with. The full list is in the bank's PDF
// specification only; Settings.ErrorCodes adds to it.
var errorCodes = map[string]struct {
	from, to int
	CodeMeaning
}{
	// Too many calls for the client id (corporate API specification v1.20.1).
	"WG_ERR_154": {400, 499, CodeMeaning{Outcome: rateLimited}},
	// Maintenance. Nothing read so far says that the request was not executed.
	"WG_ERR_300": {400, 599, CodeMeaning{Outcome: unknown, Reason: remittance.RailMaintenance}},
	// The payee's name is not half-width kana (observed).
	"220001": {400, 400, CodeMeaning{Outcome: rejected, Reason: remittance.BadDetails}},
	// The payee's account cannot be confirmed (observed at sunabar).
	"220011": {400, 400, CodeMeaning{Outcome: rejected, Reason: remittance.BadDetails}},
}

// aboutOurAccount are words of an error message that say our own account is
// short of money or over its limit. That is not the payee's doing and passes:
// the remittance waits and an operator acts. Guessing from words is safe here
// because it only ever leads to waiting.
var aboutOurAccount = []string{"残高", "限度額"}

// alreadyThere are words of an error message that say the bank knows the
// instruction already. The earlier one may have been executed, so such a
// refusal is unknown, never a rejection. Guessing from words is safe here
// because it only ever leads to an enquiry.
var alreadyThere = []string{"重複", "二重", "既に", "すでに", "登録済", "受付済", "申請済", "依頼済", "duplicate", "already"}
