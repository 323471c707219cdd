package books

// Status is the bank's transferStatus. The zero Status is 依頼中: asked for,
// not yet visible to status enquiries.
type Status int

// The statuses of GMO Aozora Net Bank's corporate API v1.1.12 (振込ステータス)
// that a transfer can have.
const (
	Requested     Status = 0  // 依頼中
	Applied       Status = 2  // 申請中
	SentBack      Status = 3  // 差戻
	Withdrawn     Status = 4  // 取下げ
	ApplyExpired  Status = 5  // 期限切れ
	BookingCalled Status = 8  // 承認取消/予約取消
	Booked        Status = 11 // 予約中
	InProcess     Status = 12 // 手続中
	Retrying      Status = 13 // リトライ中
	Executed      Status = 20 // 手続済
	Returned      Status = 22 // 資金返却
	Recalling     Status = 24 // 組戻手続中
	Recalled      Status = 25 // 組戻済
	RecallRefused Status = 26 // 組戻不成立
	NotExecuted   Status = 40 // 手続不成立
)

// Statuses lists every status that an enquiry can show or filter by.
func Statuses() []Status {
	return []Status{Applied, SentBack, Withdrawn, ApplyExpired, BookingCalled, Booked, InProcess, Retrying,
		Executed, Returned, Recalling, Recalled, RecallRefused, NotExecuted}
}

// whole is the status of a transfer of several lines: the least settled line
// speaks for all, and a line that came back speaks for those that arrived. The
// contract gives 一括振込 one status and leaves the rule open.
func whole(lines []Line) Status {
	for _, s := range []Status{InProcess, Retrying, Recalling, Returned, Recalled, RecallRefused, Executed} {
		for _, l := range lines {
			if l.Status == s {
				return s
			}
		}
	}
	return NotExecuted
}

// ResultCode is the bank's answer to "is my request through?" (結果コード).
type ResultCode string

// The result codes.
const (
	ResultDone    ResultCode = "1" // 完了
	ResultPending ResultCode = "2" // 未完了
	ResultExpired ResultCode = "8" // 期限切
)

// ApplyStatus is the bank's applyStatus (振込申請ステータス).
type ApplyStatus string

// The apply statuses that the sandbox uses.
const (
	ApplyPending         ApplyStatus = "1" // 申請中
	ApplySentBack        ApplyStatus = "2" // 差戻
	ApplyWithdrawn       ApplyStatus = "3" // 取下げ
	ApplyTimedOut        ApplyStatus = "4" // 期限切れ
	ApplyApproved        ApplyStatus = "5" // 承認済
	ApplyApprovalRevoked ApplyStatus = "6" // 承認取消
	ApplyAutomatic       ApplyStatus = "7" // 自動承認
)

// Approval is how a transfer is approved at the bank before it goes on.
type Approval string

// The ways of approval.
const (
	// ApprovalNone is a contract without two-factor authorisation.
	ApprovalNone Approval = "none"
	// ApprovalPassword holds a request back until the owner confirms it with the
	// transaction password: until then only the request result shows it (未完了),
	// and after the deadline it is 期限切.
	ApprovalPassword Approval = "password"
	// ApprovalBusinessID is a contract with ビジネスID管理: the request is through
	// and stands as 申請中 until somebody with the right approves it.
	ApprovalBusinessID Approval = "business-id"
)

// Approvals lists the ways of approval.
func Approvals() []Approval { return []Approval{ApprovalNone, ApprovalPassword, ApprovalBusinessID} }

// Fate is what happens to a line once its execution comes up. Magic values and
// the fault plan choose it; the zero Fate is plain execution.
type Fate string

// The fates.
const (
	FateExecuted      Fate = ""
	FateHeld          Fate = "held"           // stays 手続中 for HeldDelay, then executed
	FateRetried       Fate = "retried"        // stays リトライ中 for HeldDelay, then executed
	FateNotExecuted   Fate = "not_executed"   // 手続不成立
	FateReturned      Fate = "returned"       // executed, then 資金返却 after BounceDelay
	FateReturnedLater Fate = "returned_later" // the same after LateBounceDelay
	FateRecalled      Fate = "recalled"       // executed, 組戻手続中 after BounceDelay, 組戻済 after RecallDelay
	FateRecallRefused Fate = "recall_refused" // the same, but 組戻不成立: the money stays away
)
